"""Quarters and years that begin with another month than January."""

# ruff: noqa: RUF001 - ranges are written with an en dash
from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from librechat_analytics.usage.period_words import describe, describe_before, period_in_words
from librechat_analytics.usage.periods import Period, parse_period, period_at
from librechat_analytics.usage.wall_clock import first_of_months, months_later
from tests.support.examples import examples
from tests.support.wall_clocks import BERLIN, UTC_ZONE, instant, local

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

FEBRUARY = instant("2026-02-10T12:00:00")


def fiscal(name: str, year_starts: int, zone: ZoneInfo = UTC_ZONE, now: datetime = FEBRUARY) -> Period:
    return parse_period(name, None, None, zone, now=now, first_usage=None, year_starts=year_starts)


@pytest.mark.parametrize(
    ("name", "year_starts", "start", "end"),
    [
        ("this-year", 4, "2025-04-01 00:00", "2026-02-10 12:00"),
        ("last-year", 4, "2024-04-01 00:00", "2025-04-01 00:00"),
        ("this-quarter", 4, "2026-01-01 00:00", "2026-02-10 12:00"),
        ("this-quarter", 2, "2026-02-01 00:00", "2026-02-10 12:00"),
        ("last-quarter", 2, "2025-11-01 00:00", "2026-02-01 00:00"),
        ("this-quarter", 12, "2025-12-01 00:00", "2026-02-10 12:00"),
        ("this-month", 4, "2026-02-01 00:00", "2026-02-10 12:00"),
        ("this-year", 1, "2026-01-01 00:00", "2026-02-10 12:00"),
    ],
)
def test_they_begin_with_the_month_that_the_year_begins_with(name, year_starts, start, end):
    assert local(fiscal(name, year_starts).range, UTC_ZONE) == (start, end)


def test_a_running_year_is_compared_with_the_same_part_of_the_one_before():
    period = fiscal("this-year", 4, BERLIN)
    assert local(period.previous, BERLIN) == ("2024-04-01 00:00", "2025-02-10 13:00")


def test_their_days_are_said_since_a_number_of_a_quarter_could_mean_another_one():
    assert describe(fiscal("last-year", 4), FEBRUARY) == "Last year · 1 Apr 2024 – 31 Mar 2025, UTC"
    assert describe_before(fiscal("last-year", 4)) == "1 Apr 2023 – 31 Mar 2024"
    assert describe_before(fiscal("last-quarter", 1)) == "Q3 2025"
    assert describe_before(fiscal("last-quarter", 4)) == "1 Jul – 30 Sep 2025"
    months = parse_period(
        "custom", "2025-04-01", "2025-06-30", UTC_ZONE, now=FEBRUARY, first_usage=None, year_starts=4
    )
    assert period_in_words(months) == "1 Apr – 30 Jun 2025"


@settings(max_examples=examples(25))
@given(st.dates(date(2001, 1, 1), date(2098, 1, 1)), st.sampled_from([1, 3, 12]), st.integers(1, 12))
def test_every_day_is_in_one_quarter_and_one_year(day, months, year_starts):
    first = first_of_months(day, months, year_starts)
    assert first <= day < months_later(first, months)
    assert (first.month - year_starts) % months == 0


@settings(max_examples=examples(25))
@given(
    st.sampled_from(["this-quarter", "last-quarter", "this-year", "last-year"]),
    st.integers(1, 12),
    st.integers(0, 800),
)
def test_a_period_keeps_the_beginning_of_its_years_at_another_present(name, year_starts, days):
    then = datetime(2026, 5, 5, tzinfo=UTC) + timedelta(days=days)
    assert period_at(fiscal(name, year_starts), then) == fiscal(name, year_starts, now=then)
