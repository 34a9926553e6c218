"""Periods in words."""

# ruff: noqa: RUF001 - ranges are written with an en dash
from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from librechat_analytics.usage.period_words import (
    comparison_rule,
    describe,
    describe_before,
    describe_range,
    period_in_words,
)
from librechat_analytics.usage.periods import PERIODS
from tests.support.wall_clocks import UTC_ZONE, custom, instant, named


class TestDescribe:
    @pytest.mark.parametrize(
        ("name", "zone", "now", "expected"),
        [
            ("7d", "Asia/Tokyo", "2026-11-24T05:00:00", "Last 7 days to 14:00 · 17–24 Nov 2026, Asia/Tokyo"),
            ("24h", "UTC", "2026-11-24T15:00:00", "Last 24 hours to 15:00 · 23–24 Nov 2026, UTC"),
            ("30d", "UTC", "2026-11-24T15:00:00", "Last 30 days to 15:00 · 25 Oct – 24 Nov 2026, UTC"),
            ("12m", "UTC", "2026-11-24T15:00:00", "Last 12 months to 15:00 · 24 Nov 2025 – 24 Nov 2026, UTC"),
            ("today", "UTC", "2026-11-24T15:00:00", "Today · 24 Nov 2026, UTC"),
            ("today", "UTC", "2026-11-24T00:00:00", "Today · 24 Nov 2026, UTC"),
            ("yesterday", "Asia/Kolkata", "2026-11-24T20:00:00", "Yesterday · 24 Nov 2026, Asia/Kolkata"),
            ("last-month", "UTC", "2026-11-24T15:00:00", "Last month · 1–31 Oct 2026, UTC"),
            ("all", "UTC", "2026-11-24T15:00:00", "All time · no usage yet, UTC"),
        ],
    )  # fmt: skip
    def test_named_periods_in_words(self, name, zone, now, expected):
        assert describe(named(name, ZoneInfo(zone), now), instant(now)) == expected

    @pytest.mark.parametrize(
        ("start", "end", "expected"),
        [
            ("2026-03-01", "2026-03-01", "1 Mar 2026, UTC"),
            ("2026-03-01T10:00", "2026-03-01T12:30", "1 Mar 2026 10:00–12:30, UTC"),
            ("2026-03-01", "2026-03-02T12:30", "1 Mar 2026 00:00 – 2 Mar 2026 12:30, UTC"),
            ("2026-11-01", "2026-11-30", "November 2026 · 1–30 Nov 2026 (not over yet), UTC"),
            ("2027-01-01", "2027-01-31", "January 2027 · 1–31 Jan 2027 (still ahead), UTC"),
        ],
    )  # fmt: skip
    def test_custom_ranges_in_words(self, start, end, expected):
        assert describe(custom(start, end), instant("2026-11-24T15:00:00")) == expected

    def test_the_range_before_in_words(self):
        previous = named("7d", UTC_ZONE, "2026-11-24T15:00:00").previous
        assert describe_range(previous, UTC_ZONE) == "10–17 Nov 2026"

    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            ("today", "23 Nov 2026 until 15:30"),
            ("this-week", "16–17 Nov 2026 until 15:30"),
            ("this-month", "1–24 Oct 2026 until 15:30"),
            ("yesterday", "22 Nov 2026"),
            ("last-month", "September 2026"),
            ("last-quarter", "Q2 2026"),
            ("last-year", "2024"),
            ("this-quarter", "1 Jul – 24 Aug 2026 until 15:30"),
            ("7d", "10–17 Nov 2026"),
            ("all", ""),
        ],
    )
    def test_what_a_running_period_is_compared_with_says_until_when(self, name, expected):
        assert describe_before(named(name, UTC_ZONE, "2026-11-24T15:30:00")) == expected

    @pytest.mark.parametrize(
        ("start", "end", "expected"),
        [
            ("2026-09-01", "2026-09-30", "September 2026"),
            ("2026-07-01", "2026-09-30", "Q3 2026"),
            ("2025-01-01", "2025-12-31", "2025"),
            ("2026-10-12", "2026-10-18", "Week of 12 Oct 2026"),
            ("2026-02-01T00:00:00+01:00", "2026-03-01T00:00:00+01:00", "February 2026"),
            ("2026-08-01", "2026-10-31", "1 Aug – 31 Oct 2026"),
            ("2026-10-13", "2026-10-19", "13–19 Oct 2026"),
            ("2026-10-25", "2026-10-25", "25 Oct 2026"),
            ("2026-10-25T08:00", "2026-10-25T10:30", "25 Oct 2026 08:00–10:30"),
        ],
    )
    def test_a_custom_range_that_is_a_unit_of_the_calendar_has_its_name(self, start, end, expected):
        assert period_in_words(custom(start, end, ZoneInfo("Europe/Berlin"))) == expected

    def test_the_same_month_is_compared_with_the_same_words_however_it_was_chosen(self):
        as_custom = custom("2026-10-01", "2026-10-31")
        assert describe_before(as_custom) == describe_before(named("last-month", UTC_ZONE, "2026-11-24"))

    @pytest.mark.parametrize(
        ("name", "rule"),
        [
            ("today", "A running day is compared with the same part of the day before."),
            ("this-quarter", "A running quarter is compared with the same part of the quarter before."),
            ("yesterday", "A whole day is compared with the day before."),
            ("last-month", "A whole month is compared with the month before."),
            ("30d", "The period is compared with the same length of time before."),
            ("all", ""),
        ],
    )
    def test_the_rule_of_the_comparison_is_a_sentence(self, name, rule):
        assert comparison_rule(named(name, UTC_ZONE, "2026-11-24T15:30:00")) == rule

    def test_a_custom_range_has_the_rule_of_its_length(self):
        assert comparison_rule(custom("2026-10-01", "2026-10-31")) == (
            "Whole months are compared with as many months before."
        )
        assert comparison_rule(custom("2026-10-02", "2026-10-31")) == (
            "Whole days are compared with as many days before."
        )
        assert "same length of time" in comparison_rule(custom("2026-10-02T08:00", "2026-10-31"))
        assert "a year earlier" in comparison_rule(custom("2026-10-02", "2026-10-31", UTC_ZONE, "year"))

    def test_every_period_has_its_own_words(self):
        now = "2026-11-24T15:00:00"
        words = {
            describe(named(name, UTC_ZONE, now), instant(now)).split(" · ")[0]
            for name in PERIODS
            if name != "custom"
        }
        assert len(words) == len(PERIODS) - 1
