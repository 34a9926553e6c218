"""The calendar of budgets: which periods there are, how long they are, and what each allows."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from librechat_analytics.finops.budget_periods import (
    Days,
    allowed,
    amount_e6,
    days_around,
    elapsed_share,
    named_period,
    periods_until,
)
from librechat_analytics.finops.definitions import BudgetUnit
from tests.finops.budget_worlds import BERLIN, E6, budget
from tests.support.examples import examples

if TYPE_CHECKING:
    from librechat_analytics.finops.definitions import Carry

UNITS: tuple[BudgetUnit, ...] = get_args(BudgetUnit)
DAYS = st.dates(date(2000, 1, 10), date(2090, 12, 31))


@pytest.mark.parametrize(
    ("unit", "year_starts", "first", "after"),
    [
        ("week", 1, "2026-11-23", "2026-11-30"),
        ("month", 1, "2026-11-01", "2026-12-01"),
        ("month", 4, "2026-11-01", "2026-12-01"),
        ("quarter", 1, "2026-10-01", "2027-01-01"),
        ("quarter", 3, "2026-09-01", "2026-12-01"),
        ("year", 1, "2026-01-01", "2027-01-01"),
        ("year", 4, "2026-04-01", "2027-04-01"),
        ("year", 12, "2025-12-01", "2026-12-01"),
    ],
)
def test_periods_follow_the_calendar_and_the_month_in_which_years_start(
    unit: BudgetUnit, year_starts: int, first: str, after: str
) -> None:
    found = days_around(date(2026, 11, 24), unit, year_starts)
    assert (found.first.isoformat(), found.after.isoformat()) == (first, after)


@settings(max_examples=examples(25))
@given(DAYS, st.sampled_from(UNITS), st.integers(1, 12))
def test_periods_follow_each_other_without_gap(day: date, unit: BudgetUnit, year_starts: int) -> None:
    found = days_around(day, unit, year_starts)
    assert found.first <= day < found.after
    assert days_around(found.first, unit, year_starts) == found
    assert days_around(found.after, unit, year_starts).first == found.after
    last = found.first - timedelta(days=1)
    assert days_around(last, unit, year_starts).after == found.first


@pytest.mark.parametrize(("month", "hours"), [(3, 31 * 24 - 1), (10, 31 * 24 + 1), (11, 30 * 24)])
def test_a_month_has_the_hours_that_its_zone_gives_it(month: int, hours: int) -> None:
    november = named_period(
        budget(), days_around(date(2026, month, 5), "month", 1), BERLIN, 1, is_running=False
    )
    assert november.range.elapsed == timedelta(hours=hours)


def test_two_zones_begin_a_month_at_different_instants() -> None:
    days = days_around(date(2026, 11, 5), "month", 1)
    starts = [days.range(ZoneInfo(zone)).start for zone in ("Asia/Tokyo", "America/New_York")]
    assert starts == [datetime(2026, 10, 31, 15, tzinfo=UTC), datetime(2026, 11, 1, 4, tzinfo=UTC)]


def test_periods_begin_with_the_one_of_the_first_amount() -> None:
    yearly = budget({"2025-07-01": 100}, period="year")
    assert [days.first.year for days in periods_until(yearly, date(2026, 11, 24), 1)] == [2025, 2026]
    assert periods_until(budget({"2026-12-01": 100}), date(2026, 11, 30), 1) == []
    assert len(periods_until(budget({"2026-11-30": 100}), date(2026, 11, 30), 1)) == 1


def test_a_raise_changes_no_period_that_began_before_it() -> None:
    raised = budget({"2026-01-01": 2000, "2026-07-01": 2500})
    months = periods_until(raised, date(2026, 8, 15), 1)
    assert [amount_e6(raised, days) // E6 for days in months] == [2000] * 6 + [2500] * 2

    in_its_middle = budget({"2026-01-14": 10, "2026-01-21": 20}, period="week")
    weeks = periods_until(in_its_middle, date(2026, 1, 31), 1)
    assert [amount_e6(in_its_middle, days) // E6 for days in weeks] == [10, 10, 20]


@pytest.mark.parametrize(
    ("carry", "carried"), [("none", [0, 0, 0]), ("unused", [0, 40, 0]), ("both", [0, 40, -60])]
)
def test_what_is_left_or_missing_is_carried_over_as_the_budget_says(carry: Carry, carried: list[int]) -> None:
    months = periods_until(budget(), date(2026, 3, 31), 1)
    found = allowed(budget(carry=carry), months, [60 * E6, 200 * E6, 0])
    assert [one.carried_e6 // E6 for one in found] == carried


@settings(max_examples=examples(25))
@given(st.lists(st.integers(0, 300 * E6), min_size=2, max_size=14))
def test_carrying_both_keeps_the_sum_of_all_amounts(spent: list[int]) -> None:
    months = [Days(date(2026, 1, 1), date(2026, 2, 1))] * len(spent)
    found = allowed(budget(carry="both"), months, spent)
    assert found[-1].available_e6 == len(spent) * 100 * E6 - sum(spent[:-1])
    assert all(one.carried_e6 >= 0 for one in allowed(budget(carry="unused"), months, spent))


def test_a_share_of_a_period_is_a_share_of_its_time() -> None:
    october = days_around(date(2026, 10, 5), "month", 1).range(BERLIN)  # has 745 hours
    assert elapsed_share(october, october.start) == 0
    assert elapsed_share(october, october.start + timedelta(hours=149)) == 149 / 745
    assert elapsed_share(october, october.end + timedelta(days=3)) == 1
