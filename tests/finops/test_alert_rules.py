"""What alerts tell of: pure functions of answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from librechat_analytics.finops.alert_rules import (
    crossed_thresholds,
    expected_overruns,
    new_models_without_price,
    runaway_days,
    source_problems,
    unusual_days,
)
from librechat_analytics.finops.anomalies import Anomaly, Driver, Runaway
from librechat_analytics.finops.budgets import BudgetForecast, BudgetState, Threshold
from librechat_analytics.usage.answers import Freshness
from librechat_analytics.usage.periods import Period, TimeRange
from librechat_analytics.usage.quality import UnpricedModel
from tests.finops.alert_worlds import DAY, HOUR, MINUTE, NOW, USER
from tests.finops.budget_worlds import BERLIN, E6, budget

if TYPE_CHECKING:
    from collections.abc import Iterable

    from librechat_analytics.finops.alert_rules import Found
    from librechat_analytics.finops.definitions import Each
    from librechat_analytics.store.outbox_items import Condition
    from librechat_analytics.usage.answers import SourceStatus

TODAY = date(2026, 11, 24)
NOVEMBER = TimeRange(datetime(2026, 11, 1, tzinfo=BERLIN), datetime(2026, 12, 1, tzinfo=BERLIN))


def state(
    *crossed: int, each: Each | None = None, key: str | None = None, forecast: BudgetForecast | None = None
) -> BudgetState:
    """A budget of $100 in November with thresholds at 50, 80 and 100 per cent, some of them crossed."""
    return BudgetState(
        budget=replace(budget(name="Sales", each=each, thresholds=(50, 80, 100)), to=("finance",)),
        key=key,
        label=key and f"label of {key}",
        period=Period("this-month", NOVEMBER, None, BERLIN, "none"),
        amount_e6=100 * E6,
        carried_e6=0,
        actual_e6=max(crossed, default=0) * E6,
        elapsed_share=0.8,
        forecast=forecast,
        forecast_reason=None,
        runs_out_at=None,
        thresholds=tuple(Threshold(each, NOW if each in crossed else None) for each in (50, 80, 100)),
    )


def identities(conditions: Iterable[Condition]) -> list[tuple[str, str, int | None]]:
    return [(each.identity.subject, each.identity.period, each.identity.level) for each in conditions]


def test_each_threshold_that_is_crossed_is_a_condition_of_its_period() -> None:
    found = crossed_thresholds([state(50, 80), state()])
    assert identities(found) == [("Sales", "month 2026-11-01", 50), ("Sales", "month 2026-11-01", 80)]
    assert {each.receivers for each in found} == {("finance",)}
    assert (found[1].facts["percent"], found[1].facts["actual"], found[1].facts["available"]) == (80, 80, 100)


def test_a_budget_for_each_user_is_known_by_the_id_and_holds_no_name() -> None:
    (found,) = crossed_thresholds([state(50, each="user", key=USER)])
    assert found.identity.subject == f"Sales/{USER}"
    assert "label" not in found.facts
    (found,) = crossed_thresholds([state(50, each="cost_center", key="IT")])
    assert found.facts["label"] == "label of IT"


def overruns(low: float, *, marks: dict[str, str], day: date = TODAY) -> Found:
    forecast = BudgetForecast(expected_usd=110, low_usd=low, high_usd=130, level=0.8)
    return expected_overruns([state(forecast=forecast)], marks, day)


def test_an_expected_overrun_is_told_when_it_is_expected_on_a_second_day() -> None:
    first = overruns(90, marks={})
    assert [each.opens for each in first.conditions] == [False]
    again = overruns(90, marks=dict(first.marks))
    assert [each.opens for each in again.conditions] == [False], "the same day"
    next_day = overruns(90, marks=dict(first.marks), day=TODAY + DAY)
    assert [each.opens for each in next_day.conditions] == [True]
    assert next_day.marks == first.marks


def test_an_overrun_is_told_at_once_if_even_the_low_end_is_over() -> None:
    found = overruns(100, marks={}, day=date(2026, 11, 1))
    assert [each.opens for each in found.conditions] == [True]
    assert identities(found.conditions) == [("Sales", "month 2026-11-01", 100)]


def test_in_the_first_days_of_a_period_only_a_certain_overrun_is_told() -> None:
    marks = dict(overruns(90, marks={}, day=date(2026, 11, 1)).marks)
    told = [overruns(90, marks=marks, day=date(2026, 11, day)).conditions[0].opens for day in (2, 3, 4)]
    assert told == [False, False, True]


def test_an_overrun_that_is_expected_no_more_is_forgotten() -> None:
    assert expected_overruns([state()], {"expected:x": "2026-11-01"}, TODAY).marks == {}


def unusual(day: date = TODAY, subject: str = USER) -> Anomaly:
    drivers = (Driver("model", "gpt-5.4", "GPT", 90.0),)
    return Anomaly(day, "user", subject, "Ana", 10.0, 110.0, 100.0, drivers, 10.0)


def test_an_unusual_day_is_told_when_it_is_first_judged() -> None:
    days = [unusual(TODAY - 2 * DAY), unusual(TODAY - DAY)]
    found = unusual_days(days, TODAY - DAY, ("finance",))
    assert identities(found) == [(f"user/{USER}", "2026-11-22", None), (f"user/{USER}", "2026-11-23", None)]
    assert [each.opens for each in found] == [False, True]
    assert "Ana" not in repr(found)
    assert found[1].facts["drivers"] == [
        {"kind": "model", "subject": "gpt-5.4", "label": "GPT", "excess": 90.0}
    ]


def test_at_most_ten_unusual_things_of_a_day_are_told() -> None:
    found = unusual_days([unusual(subject=str(number)) for number in range(30)], None, ())
    assert len(found) == 10


def test_a_runaway_is_told_once_a_day() -> None:
    found = runaway_days([Runaway("total", None, "All", 90.0, 20.0)], TODAY, ("ops",))
    assert identities(found) == [("total", "2026-11-24", None)]
    assert (found[0].facts["today"], found[0].facts["greatest"]) == (90, 20)


def test_a_model_without_a_price_is_told_if_it_is_new() -> None:
    models = [
        UnpricedModel("new", 3.0, NOW - DAY, NOW),
        UnpricedModel("old", 3.0, NOW - 40 * DAY, NOW),
        UnpricedModel("gone", 3.0, NOW - 50 * DAY, NOW - 40 * DAY),
    ]
    found = new_models_without_price(models, NOW, ("finance",))
    assert [(each.identity.subject, each.opens) for each in found] == [("new", True), ("old", False)]


def problems(
    status: SourceStatus,
    *,
    marks: dict[str, str] | None = None,
    now: datetime = NOW,
    as_of: datetime = NOW,
    last_sync: datetime = NOW,
    started_at: datetime = NOW - DAY,
) -> Found | None:
    return source_problems(
        Freshness(as_of, status, last_sync, None),
        marks or {},
        now=now,
        started_at=started_at,
        receivers=("ops",),
    )


def test_an_unreachable_source_is_told_after_two_minutes() -> None:
    first = problems("unreachable")
    assert first
    later = problems("unreachable", marks=dict(first.marks), now=NOW + 2 * MINUTE)
    assert later
    assert [each.opens for each in (*first.conditions, *later.conditions)] == [False, True]
    assert later.conditions[0].identity == first.conditions[0].identity
    assert later.conditions[0].identity.rule == "source-unreachable"


def test_figures_that_stay_old_although_the_source_answers_are_told() -> None:
    fresh, stale = problems("ok", as_of=NOW - 14 * MINUTE), problems("ok", as_of=NOW - HOUR)
    assert fresh
    assert stale
    assert fresh.conditions == ()
    assert [each.identity.rule for each in stale.conditions] == ["stale-sync"]


def test_after_a_start_the_sync_has_time_to_catch_up() -> None:
    found = problems("ok", as_of=NOW - DAY, started_at=NOW - 5 * MINUTE)
    assert found
    assert found.conditions == ()


@pytest.mark.parametrize("status", ["ok", "offline", "importing"])
def test_nothing_is_known_of_the_source_before_it_has_answered(status: SourceStatus) -> None:
    assert problems(status, last_sync=NOW - timedelta(days=2)) is None
