"""What budgets are expected to cost by the end of their period, and when they run out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from librechat_analytics.finops.budget_forecasts import Prospect, runs_out_at
from librechat_analytics.finops.budgets import budget_history, budget_states
from librechat_analytics.finops.period_forecast import forecast
from librechat_analytics.usage.filters import Filters
from librechat_analytics.usage.periods import parse_period
from tests.finops.budget_worlds import BERLIN, budget, definitions
from tests.support.examples import examples

if TYPE_CHECKING:
    from librechat_analytics.finops.budgets import BudgetState
    from librechat_analytics.finops.definitions import Budget, BudgetUnit, Each
    from librechat_analytics.usage.repository import StoreRepository

NOON = datetime(2026, 11, 24, 11, tzinfo=UTC)  # 12:00 in Berlin


def state_of(repository: StoreRepository, one: Budget) -> BudgetState:
    (state,) = budget_states(repository, definitions(one))
    return state


@pytest.mark.parametrize(
    ("left_usd", "hours"), [(0, 0), (3, 6), (6, 12), (12, 12 + 12), (18, 12 + 24), (18.01, None)]
)
def test_a_budget_runs_out_within_the_day_that_takes_what_is_left(left_usd: float, hours: int | None) -> None:
    found = runs_out_at(left_usd, Prospect(None, None, (6.0, 12.0, 0.0), NOON), BERLIN)
    assert found == (None if hours is None else NOON + timedelta(hours=hours))


def test_days_of_25_hours_are_longer() -> None:
    evening = datetime(2026, 10, 24, 18, tzinfo=UTC)  # the clock goes back in the night after it
    found = runs_out_at(12.5, Prospect(None, None, (0.0, 25.0), evening), BERLIN)
    assert found == datetime(2026, 10, 24, 22, tzinfo=UTC) + timedelta(hours=12.5)


@settings(max_examples=examples(20))
@given(st.lists(st.floats(0, 100), max_size=40), st.floats(0.01, 2000), st.floats(1, 2))
def test_the_more_is_left_the_later_it_runs_out(by_day: list[float], left: float, more: float) -> None:
    prospect = Prospect(None, None, tuple(by_day), NOON)
    first, second = (runs_out_at(usd, prospect, BERLIN) for usd in (left, left * more))
    if second is not None:
        assert first is not None
        assert NOON <= first <= second


def test_a_forecast_is_about_the_whole_period(repository: StoreRepository) -> None:
    state = state_of(repository, budget())
    assert state.forecast is not None
    assert state.forecast_reason is None
    assert state.actual_usd <= state.forecast.low_usd <= state.forecast.expected_usd
    assert state.forecast.expected_usd <= state.forecast.high_usd
    assert state.forecast.level == 0.8


def test_the_forecast_decides_what_is_likely_and_when_it_runs_out(repository: StoreRepository) -> None:
    forecast = state_of(repository, budget()).forecast
    assert forecast is not None
    likely = state_of(repository, budget(forecast.low_usd * 0.999, forecast=(1, 99, 100, 110_000)))
    assert likely.status == "likely-over"
    assert likely.expected_percents == (99, 100), "what is spent is no longer expected"
    assert likely.runs_out_at is not None
    assert likely.period.range.start < likely.runs_out_at < likely.period.range.end

    at_most = state_of(repository, budget(forecast.expected_usd * 1.001))
    assert at_most.status == "warned"
    assert at_most.runs_out_at is None


def test_usage_that_is_rare_has_no_forecast_and_says_why(repository: StoreRepository) -> None:
    rare = state_of(repository, budget(where=Filters.of({"model": ("x",)})))
    assert rare.forecast is None
    assert str(rare.forecast_reason).startswith("Too early for a forecast: ")
    assert rare.runs_out_at is None


@pytest.mark.parametrize("each", ["user", "model", "agent"])
def test_each_has_the_forecast_of_a_budget_for_it_alone(repository: StoreRepository, each: Each) -> None:
    states = budget_states(repository, definitions(budget(5, each=each)))
    expected = next((one for one in states if one.forecast), states[0])
    alone = state_of(repository, budget(5, where=Filters.of({each: (str(expected.key),)})))
    assert (alone.forecast, alone.runs_out_at) == (expected.forecast, expected.runs_out_at)


@pytest.mark.parametrize("period", ["month", "quarter"])
def test_a_budget_has_the_forecast_of_what_it_is_for(repository: StoreRepository, period: BudgetUnit) -> None:
    states = budget_states(repository, definitions(budget(each="user", period=period)))
    of_users = [(one, one.forecast) for one in states if one.forecast is not None]
    assert of_users
    for state, of_budget in of_users:
        running = parse_period(f"this-{period}", None, None, BERLIN, now=repository.now(), first_usage=None)
        of_period = forecast(repository, running, Filters.of({"user": (str(state.key),)}))
        expected = (of_period.expected_usd, of_period.low_usd, of_period.high_usd)
        assert (of_budget.expected_usd, of_budget.low_usd, of_budget.high_usd) == pytest.approx(expected)


def test_only_the_running_period_has_a_forecast(repository: StoreRepository) -> None:
    history = budget_history(repository, definitions(budget()), "AI")
    assert history is not None
    assert history[-1].forecast is not None
    assert {(one.forecast, one.forecast_reason) for one in history[:-1]} == {(None, None)}
