"""The buttons that go to the same length of time just before and just after."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qs

import pytest

from librechat_analytics.dashboard.period_arrows import earlier, later, step_buttons
from tests.dashboard.ready_answers import NOW, page_data, period, query

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def days(name: str, start: str | None = None, end: str | None = None) -> dict[str, tuple[str, ...]]:
    """What the buttons put into the address: the period's name, or its first and last moment."""
    asked = replace(query(), period=period(name, start, end))
    found = {}
    for place, (button,) in step_buttons(page_data(asked)).items():
        attributes = button[1]
        if "data-set" in attributes:
            values = {key: value[0] for key, value in parse_qs(attributes["data-set"]).items()}
            found[place] = tuple(
                values[key] for key in ("period", "start", "end") if values.get(key, "custom") != "custom"
            )
    return found


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("today", "2026-11-23", "2026-11-23"),
        ("yesterday", "2026-11-22", "2026-11-22"),
        ("this-week", "2026-11-16", "2026-11-22"),
        ("this-month", "2026-10-01", "2026-10-31"),
        ("last-month", "2026-09-01", "2026-09-30"),
        ("this-year", "2025-01-01", "2025-12-31"),
    ],
)
def test_before_a_range_of_the_calendar_is_a_whole_one(name: str, first: str, last: str) -> None:
    assert days(name)["earlier"] == (first, last)


def test_before_a_rolling_range_is_the_same_length() -> None:
    week = period("7d")
    before = earlier(week, first_usage=LONG_AGO)

    assert before is not None
    assert before.range == week.previous


@pytest.mark.parametrize("name", ["24h", "7d", "30d", "12m", "today", "this-month", "all"])
def test_after_what_runs_up_to_now_there_is_nothing(name: str) -> None:
    assert later(period(name), now=NOW) is None


@pytest.mark.parametrize("name", ["yesterday", "last-month"])
def test_after_what_is_over_comes_what_runs(name: str) -> None:
    assert days(name)["later"] == ({"yesterday": "today", "last-month": "this-month"}[name],)


@pytest.mark.parametrize(
    ("start", "end", "before", "after"),
    [
        ("2026-02-01", "2026-02-28", ("2026-01-01", "2026-01-31"), ("2026-03-01", "2026-03-31")),
        ("2026-04-01", "2026-06-30", ("2026-01-01", "2026-03-31"), ("2026-07-01", "2026-09-30")),
        ("2026-03-28", "2026-03-29", ("2026-03-26", "2026-03-27"), ("2026-03-30", "2026-03-31")),
        ("2026-10-01", "2026-10-31", ("2026-09-01", "2026-09-30"), ("this-month",)),
        ("2026-11-16", "2026-11-22", ("2026-11-09", "2026-11-15"), ("this-week",)),
        ("2026-11-18", "2026-11-22", ("2026-11-13", "2026-11-17"), None),
    ],
)
def test_days_and_months_keep_their_number(
    start: str, end: str, before: tuple[str, ...], after: tuple[str, ...] | None
) -> None:
    found = days("custom", start, end)

    assert found["earlier"] == before
    assert found.get("later") == after


def test_there_and_back_again_is_where_one_began() -> None:
    week = period("7d")
    before = earlier(week, first_usage=LONG_AGO)
    assert before is not None
    back = later(before, now=NOW)

    assert back is not None
    assert back.range == week.range


def test_there_is_no_earlier_period_before_the_first_usage_or_the_first_year() -> None:
    month = period("custom", "2020-01-01", "2020-01-31")

    assert earlier(month, first_usage=LONG_AGO) is None
    assert earlier(month, first_usage=None) is None
    assert earlier(period("custom", "2000-01-01", "2000-01-31"), first_usage=LONG_AGO) is None


def test_a_button_says_its_period_and_one_without_a_period_stays() -> None:
    places = step_buttons(page_data(query("last-month")))
    assert places["earlier"][0][1]["aria-label"] == "Earlier: 1\N{EN DASH}30 Sep 2026"

    ((tag, attributes),) = step_buttons(page_data(query("7d")))["later"]
    assert (tag, attributes["aria-disabled"]) == ("button", "true")
    assert "data-set" not in attributes
