"""How budgets are doing: everything is computed from the ledger, and adds up to its summary."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from librechat_analytics.finops.budgets import budget_history, budget_states
from librechat_analytics.usage.filters import EVERYTHING, Filters
from librechat_analytics.usage.listing import Listing
from librechat_analytics.usage.periods import Period, TimeRange, parse_period
from librechat_analytics.usage.subject_costs import SubjectCosts
from tests.finops.budget_worlds import BERLIN, budget, definitions
from tests.support.examples import examples
from tests.usage.conftest import NOW

if TYPE_CHECKING:
    from librechat_analytics.finops.budgets import BudgetState
    from librechat_analytics.finops.definitions import BudgetUnit, Each
    from librechat_analytics.usage.repository import StoreRepository

EARLIER = datetime(2024, 1, 1, tzinfo=UTC)
WHERE = Filters.of({"context": ("message",)})


def only(states: tuple[BudgetState, ...]) -> BudgetState:
    (state,) = states
    return state


def cost_until(repository: StoreRepository, state: BudgetState, end: datetime, where: Filters) -> float:
    """What the summary says was spent from the beginning of a budget's period."""
    period = Period("custom", TimeRange(state.period.range.start, end), None, BERLIN)
    return repository.summary(period, where).totals.cost_usd


@pytest.mark.parametrize("unit", ["week", "month", "quarter", "year"])
@pytest.mark.parametrize("where", [EVERYTHING, WHERE])
def test_what_is_spent_is_what_the_summary_says(
    repository: StoreRepository, unit: BudgetUnit, where: Filters
) -> None:
    state = only(budget_states(repository, definitions(budget(period=unit, where=where))))
    period = parse_period(f"this-{unit}", None, None, BERLIN, now=NOW, first_usage=None)
    assert state.actual_usd == repository.summary(period, where).totals.cost_usd
    assert state.period.name == f"this-{unit}"
    assert state.period.range.start == period.range.start
    assert state.period.range.end > NOW


def test_users_with_usage_have_a_budget_each_and_add_up(repository: StoreRepository) -> None:
    states = budget_states(repository, definitions(budget(1, each="user")))
    month = parse_period("this-month", None, None, BERLIN, now=NOW, first_usage=None)
    listed = {row.id: row.cost_usd for row in repository.top_users(month, Listing(limit=1000)).rows}
    assert {state.key: state.actual_usd for state in states} == {key: listed[key] for key in listed if key}
    assert [state.actual_usd for state in states] == sorted(
        (state.actual_usd for state in states), reverse=True
    )
    assert all(state.label and state.available_usd == 1 for state in states)


@pytest.mark.parametrize("each", ["user", "model", "agent", "group"])
def test_a_budget_for_each_equals_one_for_that_subject_alone(repository: StoreRepository, each: Each) -> None:
    state = budget_states(repository, definitions(budget(5, each=each, where=WHERE, carry="both")))[0]
    alone = budget(5, where=WHERE.replacing(each, str(state.key)), carry="both")
    same = only(budget_states(repository, definitions(alone)))
    assert (same.actual_e6, same.carried_e6) == (state.actual_e6, state.carried_e6)
    assert same.thresholds == state.thresholds
    assert same.status == state.status


@settings(max_examples=examples(8), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(1, 1000), st.sampled_from([EVERYTHING, WHERE]))
def test_a_threshold_is_crossed_with_the_first_row_that_reaches_it(
    repository: StoreRepository, percent: int, where: Filters
) -> None:
    spent = only(budget_states(repository, definitions(budget(period="quarter", where=where)))).actual_usd
    quarterly = budget(spent, period="quarter", where=where, thresholds=(percent,))
    state = only(budget_states(repository, definitions(quarterly)))
    at = state.thresholds[0].crossed_at
    assert (at is None) == (percent > 100)
    if at is not None:
        limit = state.available_usd * percent / 100
        just_before = cost_until(repository, state, at, where)
        with_it = cost_until(repository, state, at + timedelta(milliseconds=1), where)
        assert just_before < limit * (1 + 1e-9)
        assert with_it > limit * (1 - 1e-9)


def test_a_budget_says_the_most_serious_of_its_states(repository: StoreRepository) -> None:
    spent = only(budget_states(repository, definitions(budget()))).actual_usd
    statuses = [
        only(budget_states(repository, definitions(budget(amount)))).status
        for amount in (spent * 2.01, spent * 1.5, spent)
    ]
    assert statuses == ["ok", "warned", "over"]


def test_the_dates_are_those_at_which_nothing_of_the_budget_was_left(repository: StoreRepository) -> None:
    spent = only(budget_states(repository, definitions(budget()))).actual_usd
    state = only(budget_states(repository, definitions(budget(spent / 2, thresholds=(100,)))))
    assert state.runs_out_at == state.thresholds[0].crossed_at is not None
    assert state.used_share == pytest.approx(2)
    assert state.pace_usd == pytest.approx(spent / state.elapsed_share)


def test_twelve_periods_of_history_end_with_the_running_one(repository: StoreRepository) -> None:
    monthly = definitions(budget({"2025-01-01": 50, "2026-06-01": 80}, carry="unused"))
    history = budget_history(repository, monthly, "AI")
    assert history is not None
    assert [state.period.range.start.astimezone(BERLIN).date() for state in history] == [
        *(date(2025, 12, 1),),
        *(date(2026, month, 1) for month in range(1, 12)),
    ]
    assert [state.amount_usd for state in history] == [50] * 6 + [80] * 6
    assert history[-1] == only(budget_states(repository, monthly))
    for state in history[:-1]:
        assert state.elapsed_share == 1
        assert state.actual_usd == cost_until(repository, state, state.period.range.end, EVERYTHING)
    for before, after in pairwise(history):
        assert after.carried_e6 == max(before.available_e6 - before.actual_e6, 0)


def test_a_history_is_about_one_of_each(repository: StoreRepository) -> None:
    weekly = definitions(budget(1, each="user", period="week"))
    state = budget_states(repository, weekly)[0]
    history = budget_history(repository, weekly, "AI", state.key)
    assert history is not None
    assert history[-1] == state
    assert {one.key for one in history} == {state.key}
    assert budget_history(repository, weekly, "AI", "nobody") is None
    assert budget_history(repository, weekly, "AI") is None
    assert budget_history(repository, weekly, "No such budget") is None
    assert budget_history(repository, definitions(budget()), "AI", state.key) is None


def test_who_used_something_only_before_the_periods_has_no_history(repository: StoreRepository) -> None:
    month = parse_period("this-month", None, None, BERLIN, now=NOW, first_usage=None).range
    earlier, now = repository.subject_costs((EARLIER, month.start, NOW), "user"), month.start.date()
    gone = next(one.key for one in earlier if not one.in_last)
    this_month = definitions(budget({f"{now + timedelta(days=1)}": 1}, each="user"))
    assert budget_history(repository, this_month, "AI", gone) is None


@settings(max_examples=examples(25))
@given(st.lists(st.integers(0, 9), min_size=1), st.data())
def test_costs_of_longer_ranges_are_those_of_the_ranges_in_them(
    costs: list[int], data: st.DataObject
) -> None:
    numbers = st.integers(0, len(costs) - 1)
    used = data.draw(st.frozensets(numbers))
    starts = sorted(data.draw(st.sets(numbers, min_size=1)))
    longer = SubjectCosts("a", "A", tuple(costs), used).added_up(starts)
    assert sum(longer.costs_e6) == sum(costs[starts[0] :])
    assert len(longer.costs_e6) == len(starts)
    assert longer.costs_e6[-1] == sum(costs[starts[-1] :])
    assert longer.in_last == any(number >= starts[-1] for number in used)


def test_a_budget_of_the_future_is_not_listed_yet(repository: StoreRepository) -> None:
    assert budget_states(repository, definitions(budget({"2026-12-01": 100}))) == ()


def test_where_nothing_was_spent_nothing_is_used(repository: StoreRepository) -> None:
    state = only(budget_states(repository, definitions(budget(where=Filters.of({"user": ("x",)})))))
    assert (state.actual_usd, state.used_share, state.status) == (0, 0, "ok")
    assert datetime(2026, 1, 1, tzinfo=UTC) < state.period.range.start
