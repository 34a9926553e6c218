"""What is drawn over a period has the same weekdays, and none of the period's own days."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from librechat_analytics.usage.periods import PERIODS, Period, TimeRange, parse_period
from librechat_analytics.usage.weekdays import comparable_range
from tests.support.examples import examples

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 29, 18, 41, tzinfo=UTC)
NAMES = sorted(PERIODS.keys() - {"all", "custom"})
NOWS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001


def period(name: str, now: datetime = NOW, **custom: Any) -> Period:
    return parse_period(name, custom.get("start"), custom.get("end"), BERLIN, now=now, first_usage=None)


def days(found: TimeRange | None) -> str:
    assert found is not None
    return " to ".join(f"{day:%a %-d %b}" for day in found.days(BERLIN))


@pytest.mark.parametrize(
    ("name", "compared"),
    [
        ("30d", "Fri 25 Sep to Sun 25 Oct"),
        ("7d", "Sun 15 Nov to Sun 22 Nov"),
        ("last-month", "Thu 27 Aug to Sat 26 Sep"),
        ("today", "Sun 22 Nov to Sun 22 Nov"),
        ("yesterday", "Sat 21 Nov to Sat 21 Nov"),
        ("24h", "Sat 21 Nov to Sun 22 Nov"),
    ],
)
def test_the_weekdays_are_the_same(name: str, compared: str) -> None:
    assert days(comparable_range(period(name), "day")) == compared


def test_months_are_those_of_the_previous_period() -> None:
    year = period("this-year")
    assert comparable_range(year, "month") == year.previous


def test_nothing_is_drawn_where_nothing_is_compared() -> None:
    everything = Period("all", TimeRange(NOW - timedelta(days=9), NOW), None, BERLIN)
    assert comparable_range(everything, "day") is None


@settings(max_examples=examples(40))
@given(st.sampled_from(NAMES), NOWS)
def test_any_period_is_compared_with_whole_weeks_before_it(name: str, now: datetime) -> None:
    chosen = period(name, now)
    found = comparable_range(chosen, "day")
    assert found is not None
    assert found.end <= chosen.range.start
    start, earlier = (one.start.astimezone(BERLIN).date() for one in (chosen.range, found))
    assert (start - earlier).days % 7 == 0
    assert start != earlier
