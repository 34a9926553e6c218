"""Periods and their comparisons, with a fixed now; wall clocks in tables."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from librechat_analytics.usage.periods import (
    BadPeriodError,
    TimeRange,
    parse_period,
)
from tests.support.wall_clocks import BERLIN, NEW_YORK, UTC_ZONE, custom, instant, local, named


class TestNamedPeriods:
    @pytest.mark.parametrize(
        ("name", "zone", "now", "expected", "previous"),
        [
            (
                "24h", BERLIN, "2026-11-24T15:00:00",
                ("2026-11-23 16:00", "2026-11-24 16:00"), ("2026-11-22 16:00", "2026-11-23 16:00"),
            ),
            (  # 24 hours are 24 hours, on a night that has one less
                "24h", BERLIN, "2026-03-29T12:00:00+02:00",
                ("2026-03-28 11:00", "2026-03-29 12:00"), ("2026-03-27 11:00", "2026-03-28 11:00"),
            ),
            (
                "7d", UTC_ZONE, "2026-11-24T15:00:00",
                ("2026-11-17 15:00", "2026-11-24 15:00"), ("2026-11-10 15:00", "2026-11-17 15:00"),
            ),
            (
                "30d", UTC_ZONE, "2026-11-24T15:00:00",
                ("2026-10-25 15:00", "2026-11-24 15:00"), ("2026-09-25 15:00", "2026-10-25 15:00"),
            ),
            (
                "90d", UTC_ZONE, "2026-11-24T15:00:00",
                ("2026-08-26 15:00", "2026-11-24 15:00"), ("2026-05-28 15:00", "2026-08-26 15:00"),
            ),
            (  # the same clock time, not the same number of hours: summer time then, winter time now
                "12m", BERLIN, "2026-10-25T12:00:00+01:00",
                ("2025-10-25 12:00", "2026-10-25 12:00"), ("2024-10-25 11:00", "2025-10-25 12:00"),
            ),
            (
                "12m", UTC_ZONE, "2028-02-29T08:30:00",
                ("2027-02-28 08:30", "2028-02-29 08:30"), ("2026-02-27 08:30", "2027-02-28 08:30"),
            ),
            (  # no 02:30 that day: forward by the gap
                "12m", BERLIN, "2027-03-29T02:30:00+02:00",
                ("2026-03-29 03:30", "2027-03-29 02:30"), ("2025-03-29 03:30", "2026-03-29 03:30"),
            ),
            (
                "today", BERLIN, "2026-11-24T15:00:00",
                ("2026-11-24 00:00", "2026-11-24 16:00"), ("2026-11-23 00:00", "2026-11-23 16:00"),
            ),
            (  # the zone's day, not that of UTC
                "today", ZoneInfo("Pacific/Kiritimati"), "2026-11-24T15:00:00",
                ("2026-11-25 00:00", "2026-11-25 05:00"), ("2026-11-24 00:00", "2026-11-24 05:00"),
            ),
            (  # yesterday had 23 hours: its 04:00 came after three of them
                "today", NEW_YORK, "2026-03-09T04:00:00-04:00",
                ("2026-03-09 00:00", "2026-03-09 04:00"), ("2026-03-08 00:00", "2026-03-08 04:00"),
            ),
            (  # yesterday had no 02:30
                "today", NEW_YORK, "2026-03-09T02:30:00-04:00",
                ("2026-03-09 00:00", "2026-03-09 02:30"), ("2026-03-08 00:00", "2026-03-08 03:30"),
            ),
            (  # midnight did not exist: the day begins at 01:00
                "today", ZoneInfo("America/Sao_Paulo"), "2018-11-04T10:00:00-02:00",
                ("2018-11-04 01:00", "2018-11-04 10:00"), ("2018-11-03 00:00", "2018-11-03 10:00"),
            ),
            (
                "today", UTC_ZONE, "2026-11-24T00:00:00",
                ("2026-11-24 00:00", "2026-11-24 00:00"), ("2026-11-23 00:00", "2026-11-23 00:00"),
            ),
            (
                "yesterday", NEW_YORK, "2026-11-02T09:00:00-05:00",
                ("2026-11-01 00:00", "2026-11-02 00:00"), ("2026-10-31 00:00", "2026-11-01 00:00"),
            ),
            (
                "this-week", BERLIN, "2026-11-24T15:00:00",
                ("2026-11-23 00:00", "2026-11-24 16:00"), ("2026-11-16 00:00", "2026-11-17 16:00"),
            ),
            (  # Sunday belongs to the week that ends with it, and so do the days of the old year
                "this-week", UTC_ZONE, "2027-01-03T23:59:59",
                ("2026-12-28 00:00", "2027-01-03 23:59"), ("2026-12-21 00:00", "2026-12-27 23:59"),
            ),
            (
                "this-month", UTC_ZONE, "2026-11-24T15:00:00",
                ("2026-11-01 00:00", "2026-11-24 15:00"), ("2026-10-01 00:00", "2026-10-24 15:00"),
            ),
            (  # September has no 31st: at most to its end
                "this-month", UTC_ZONE, "2026-10-31T15:00:00",
                ("2026-10-01 00:00", "2026-10-31 15:00"), ("2026-09-01 00:00", "2026-10-01 00:00"),
            ),
            (
                "this-month", UTC_ZONE, "2027-03-29T10:00:00",
                ("2027-03-01 00:00", "2027-03-29 10:00"), ("2027-02-01 00:00", "2027-03-01 00:00"),
            ),
            (
                "this-month", UTC_ZONE, "2028-03-29T10:00:00",
                ("2028-03-01 00:00", "2028-03-29 10:00"), ("2028-02-01 00:00", "2028-02-29 10:00"),
            ),
            (
                "this-month", UTC_ZONE, "2027-01-05T10:00:00",
                ("2027-01-01 00:00", "2027-01-05 10:00"), ("2026-12-01 00:00", "2026-12-05 10:00"),
            ),
            (
                "last-month", UTC_ZONE, "2027-01-31T10:00:00",
                ("2026-12-01 00:00", "2027-01-01 00:00"), ("2026-11-01 00:00", "2026-12-01 00:00"),
            ),
            (
                "last-month", UTC_ZONE, "2028-03-31T10:00:00",
                ("2028-02-01 00:00", "2028-03-01 00:00"), ("2028-01-01 00:00", "2028-02-01 00:00"),
            ),
            (
                "this-quarter", BERLIN, "2026-11-24T15:00:00",
                ("2026-10-01 00:00", "2026-11-24 16:00"), ("2026-07-01 00:00", "2026-08-24 16:00"),
            ),
            (  # February has no 31st: to its end, as months do
                "this-quarter", UTC_ZONE, "2026-05-31T15:00:00",
                ("2026-04-01 00:00", "2026-05-31 15:00"), ("2026-01-01 00:00", "2026-03-01 00:00"),
            ),
            (
                "this-quarter", UTC_ZONE, "2026-12-31T15:00:00",
                ("2026-10-01 00:00", "2026-12-31 15:00"), ("2026-07-01 00:00", "2026-10-01 00:00"),
            ),
            (
                "last-quarter", UTC_ZONE, "2026-02-10T15:00:00",
                ("2025-10-01 00:00", "2026-01-01 00:00"), ("2025-07-01 00:00", "2025-10-01 00:00"),
            ),
            (
                "last-year", NEW_YORK, "2027-01-01T03:00:00",
                ("2025-01-01 00:00", "2026-01-01 00:00"), ("2024-01-01 00:00", "2025-01-01 00:00"),
            ),
            (
                "this-year", BERLIN, "2026-11-24T15:00:00",
                ("2026-01-01 00:00", "2026-11-24 16:00"), ("2025-01-01 00:00", "2025-11-24 16:00"),
            ),
            (
                "this-year", UTC_ZONE, "2028-02-29T10:00:00",
                ("2028-01-01 00:00", "2028-02-29 10:00"), ("2027-01-01 00:00", "2027-02-28 10:00"),
            ),
            (
                "this-year", NEW_YORK, "2027-01-01T03:00:00",
                ("2026-01-01 00:00", "2026-12-31 22:00"), ("2025-01-01 00:00", "2025-12-31 22:00"),
            ),
        ],
    )  # fmt: skip
    def test_range_and_the_one_before(self, name, zone, now, expected, previous):
        period = named(name, zone, now)
        assert local(period.range, zone) == expected
        assert local(period.previous, zone) == previous

    def test_days_of_23_and_25_hours_are_whole(self):
        assert named("yesterday", NEW_YORK, "2026-03-09T12:00:00").range.elapsed == timedelta(hours=23)
        assert named("yesterday", NEW_YORK, "2026-11-02T12:00:00").range.elapsed == timedelta(hours=25)

    def test_all_runs_from_the_first_usage_and_has_nothing_before(self):
        now, first = instant("2026-11-24T15:00:00"), instant("2024-02-03T04:05:06.789")
        period = parse_period("all", None, None, BERLIN, now=now, first_usage=first)
        assert (period.range, period.previous) == (TimeRange(first, now), None)

    @pytest.mark.parametrize("first_usage", [None, "2026-11-24T15:00:01"])
    def test_all_is_empty_where_nothing_was_used_by_now(self, first_usage):
        now = instant("2026-11-24T15:00:00")
        first = first_usage and instant(first_usage)
        period = parse_period("all", None, None, BERLIN, now=now, first_usage=first)
        assert period.range == TimeRange(now, now)

    def test_start_and_end_are_not_looked_at(self):
        now = instant("2026-11-24T15:00:00")
        period = parse_period("7d", "rubbish", "2026-01-01", UTC_ZONE, now=now, first_usage=None)
        assert period == named("7d", UTC_ZONE, "2026-11-24T15:00:00")

    @pytest.mark.parametrize(
        "name",
        [
            *(
                "24H",
                "",
                "1000d",
                "7d ",
                " 7d",
                "7d\0",
                "\0",
                "\xff",
                "\u0436",
                "<script>",
                "7d\r\nSet-Cookie:x=1",
            ),
            *("[$ne]=x", "30", "month", "\uff17d", "\ud800", "this_month", "Today", "d" * 9999),
        ],
    )
    def test_other_names_are_refused(self, name):
        with pytest.raises(BadPeriodError) as refusal:
            named(name, UTC_ZONE, "2026-11-24T15:00:00")
        assert (refusal.value.fault, refusal.value.parameter) == ("unknown name", "period")


class TestCustom:
    @pytest.mark.parametrize(
        ("start", "end", "zone", "expected"),
        [
            ("2026-03-01", "2026-03-01", "UTC", ("2026-03-01T00:00", "2026-03-02T00:00")),
            ("2026-03-28", "2026-03-29", "Europe/Berlin", ("2026-03-27T23:00", "2026-03-29T22:00")),
            (
                "2026-03-01T10:00:00Z", "2026-03-01T10:00:00.001Z", "UTC",
                ("2026-03-01T10:00", "2026-03-01T10:00:00.001"),
            ),
            (
                "2026-03-01T10:00:00+05:45", "2026-03-01T06:00:00.5Z", "UTC",
                ("2026-03-01T04:15", "2026-03-01T06:00:00.5"),
            ),
            (
                "2026-03-01T10:00", "2026-03-01T12:00:00", "Europe/Berlin",
                ("2026-03-01T09:00", "2026-03-01T11:00"),
            ),
            ("2026-03-01", "2026-03-01T01:00:00Z", "Europe/Berlin", ("2026-02-28T23:00", "2026-03-01T01:00")),
            # 02:30 does not exist: 03:30; 02:30 occurs twice: the first
            ("2026-03-29T02:30:00", "2026-03-30", "Europe/Berlin", ("2026-03-29T01:30", "2026-03-30T22:00")),
            ("2026-10-25T02:30:00", "2026-10-25", "Europe/Berlin", ("2026-10-25T00:30", "2026-10-25T23:00")),
            # no midnight in Beirut on the day that summer time begins
            ("2026-03-29", "2026-03-29", "Asia/Beirut", ("2026-03-28T22:00", "2026-03-29T21:00")),
            ("2000-01-01", "2100-01-01", "UTC", ("2000-01-01T00:00", "2100-01-02T00:00")),
            ("2000-01-01", "2100-01-01T00:00:00", "Asia/Tokyo", ("1999-12-31T15:00", "2099-12-31T15:00")),
            ("2000-01-01", "2099-12-31", "America/New_York", ("2000-01-01T05:00", "2100-01-01T05:00")),
            ("2099-01-01", "2100-01-01T01:00:00+02:00", "UTC", ("2099-01-01T00:00", "2099-12-31T23:00")),
            (
                "1999-12-31T20:00:00-04:00", "2100-01-01T00:00:00Z", "UTC",
                ("2000-01-01T00:00", "2100-01-01T00:00"),
            ),
        ],
    )  # fmt: skip
    def test_dates_wall_clocks_and_instants(self, start, end, zone, expected):
        period = custom(start, end, ZoneInfo(zone))
        assert period.range == TimeRange(instant(expected[0]), instant(expected[1]))

    @pytest.mark.parametrize(
        ("start", "end", "previous"),
        [
            # a day of 23 hours, and one of 25
            ("2026-03-29", "2026-03-29", ("2026-03-28 00:00", "2026-03-29 00:00")),
            ("2026-10-25", "2026-10-25", ("2026-10-24 00:00", "2026-10-25 00:00")),
            ("2026-10-24", "2026-10-26", ("2026-10-21 00:00", "2026-10-24 00:00")),
            # whole months
            ("2026-10-01", "2026-10-31", ("2026-09-01 00:00", "2026-10-01 00:00")),
            ("2026-03-01", "2026-03-31", ("2026-02-01 00:00", "2026-03-01 00:00")),
            ("2026-01-01", "2026-02-28", ("2025-11-01 00:00", "2026-01-01 00:00")),
            ("2024-01-01", "2024-12-31", ("2023-01-01 00:00", "2024-01-01 00:00")),
            ("2026-10-01T00:00:00+02:00", "2026-10-31T23:00:00Z", ("2026-09-01 00:00", "2026-10-01 00:00")),
            # as many days, where only one end is the first of a month
            ("2026-10-01", "2026-10-30", ("2026-09-01 00:00", "2026-10-01 00:00")),
            ("2026-09-30", "2026-10-31", ("2026-08-29 00:00", "2026-09-30 00:00")),
            # as much time, where it is not made of days
            ("2026-03-29T01:00", "2026-03-29T05:00", ("2026-03-28 22:00", "2026-03-29 01:00")),
            ("2026-10-25", "2026-10-25T12:00", ("2026-10-24 11:00", "2026-10-25 00:00")),
        ],
    )
    def test_the_range_before_has_as_many_months_or_days_or_as_much_time(self, start, end, previous):
        assert local(custom(start, end, BERLIN).previous, BERLIN) == previous

    @pytest.mark.parametrize("month", range(1, 13))
    def test_a_month_has_one_range_before_however_it_was_chosen(self, month):
        after = f"2026-{month + 1:02}-10" if month < 12 else "2027-01-10"
        by_name = named("last-month", BERLIN, f"{after}T12:00:00")
        first, last = by_name.range.days(BERLIN)
        assert custom(str(first), str(last), BERLIN).previous == by_name.previous

    @pytest.mark.parametrize("parameter", ["start", "end"])
    @pytest.mark.parametrize(
        "text",
        [
            *("", " ", "1700000000", "20260101", "2026-W01-1", "2026-060", "2026-1-1", "26-01-01"),
            *("now", "tomorrow"),
            *("NaN", "Infinity", "null", "2026-03-01 ", "2026-03-01\n", "2026-03-01T", "2026-03-01x00:00:00"),
            *("2026-03-01 00:00:00Z", "2026-03-01t00:00:00z", "2026-03-01T10Z", "2026-03-01T10:00:00,5Z"),
            *("2026-02-29", "2026-13-01", "2026-00-10", "0000-01-01", "2026-02-30T00:00:00Z"),
            *("2026-03-01T25:00:00Z", "2026-03-01T24:00:00Z", "2026-03-01T23:59:60Z", "2026-03-01T10:60:00Z"),
            *("2026-03-01T10:00:00.1234Z", "2026-03-01T10:00:00.Z", "2026-03-01T10:00:00+24:00"),
            *("2026-03-01T10:00:00+0100", "2026-03-01T10:00:00+01", "2026-03-01T10:00:00+01:00:30"),
            *("\uff12\uff10\uff12\uff16-03-01", "-2026-03-01", "+2026-03-01", "2026-03-01\0"),
            *("\ud800", "9" * 9999),
            *("1969-12-31", "1999-12-31", "2100-01-02", "9999-12-31", "0001-01-01T00:00:00+14:00"),
            *("9999-12-31T23:59:59-01:00", "2100-01-01T00:00:00.001Z", "2000-01-01T00:00:00+00:01"),
        ],
    )  # fmt: skip
    def test_other_texts_are_refused_and_the_parameter_named(self, parameter, text):
        texts = {"start": "2000-01-01", "end": "2099-12-31", parameter: text}
        with pytest.raises(BadPeriodError, match=f"^{parameter}: ") as refusal:
            custom(texts["start"], texts["end"])
        assert refusal.value.parameter == parameter

    @pytest.mark.parametrize(
        "text", ["2026-03-01T00:00:00 00:00", "2026-03-01T00:00:00.5 01:00", "2026-03-01T00:00 0530"]
    )
    def test_a_plus_that_arrived_as_a_space_is_noticed(self, text):
        with pytest.raises(BadPeriodError, match="space instead of plus"):
            custom(text, "2026-03-02")

    @pytest.mark.parametrize(
        ("start", "end", "missing"), [(None, "2026-03-01", "start"), ("2026-03-01", None, "end")]
    )
    def test_it_needs_both_ends(self, start, end, missing):
        with pytest.raises(BadPeriodError, match="missing") as refusal:
            custom(start, end)
        assert refusal.value.parameter == missing

    @pytest.mark.parametrize(
        ("start", "end"),
        [
            ("2026-03-02", "2026-03-01"),
            ("2026-03-01T10:00:00Z", "2026-03-01T10:00:00Z"),
            ("2026-03-01T10:00:00Z", "2026-03-01T11:00:00+01:00"),
        ],
    )
    def test_the_end_must_be_later_than_the_start(self, start, end):
        fault = "last day before first" if len(start) == len("2026-03-01") else "end not after start"
        with pytest.raises(BadPeriodError, match=fault) as refusal:
            custom(start, end)
        assert refusal.value.parameter == "end"

    def test_a_day_that_the_zone_skipped_is_empty(self):
        with pytest.raises(BadPeriodError, match="end not after start"):
            custom("2011-12-30", "2011-12-30", ZoneInfo("Pacific/Apia"))


class TestAYearEarlier:
    @pytest.mark.parametrize(
        ("start", "end", "previous"),
        [
            ("2026-10-01", "2026-10-31", ("2025-10-01 00:00", "2025-11-01 00:00")),
            ("2024-02-29", "2024-02-29", ("2023-02-28 00:00", "2023-03-01 00:00")),
            ("2024-02-28", "2024-02-28", ("2023-02-28 00:00", "2023-03-01 00:00")),
            ("2025-02-01", "2025-02-28", ("2024-02-01 00:00", "2024-03-01 00:00")),
            ("2024-02-29T12:00", "2024-02-29T13:00", ("2023-02-28 12:00", "2023-02-28 13:00")),
            # the 29th becomes the 28th: nothing is left between its morning and the evening before
            ("2024-02-28T18:00", "2024-02-29T06:00", ("2023-02-28 18:00", "2023-02-28 18:00")),
            # the same wall clock, in summer and in winter
            ("2026-03-29T12:00", "2026-10-25T12:00", ("2025-03-29 12:00", "2025-10-25 12:00")),
        ],
    )
    def test_both_ends_move_by_a_year_on_the_wall_clock(self, start, end, previous):
        assert local(custom(start, end, BERLIN, "year").previous, BERLIN) == previous

    def test_a_day_without_midnight_stays_a_whole_day(self):
        beirut = ZoneInfo("Asia/Beirut")
        of_next_year = custom("2027-03-28", "2027-03-28", beirut, "year")
        assert local(of_next_year.previous, beirut) == ("2026-03-28 00:00", "2026-03-29 01:00")
        assert local(custom("2026-03-29", "2026-03-29", beirut, "year").previous, beirut) == (
            "2025-03-29 00:00",
            "2025-03-30 01:00",
        )

    def test_a_running_period_is_compared_up_to_the_same_moment(self):
        now = instant("2026-11-24T15:00:00")
        for name in ("this-month", "this-quarter", "this-year", "today"):
            period = parse_period(name, None, None, BERLIN, now=now, first_usage=None, compare="year")
            assert local(period.previous, BERLIN)[1] == "2025-11-24 16:00"

    @pytest.mark.parametrize(("name", "compare"), [("30d", "none"), ("all", "year"), ("all", "previous")])
    def test_without_a_comparison_there_is_no_previous_period(self, name, compare):
        now = instant("2026-11-24T15:00:00")
        period = parse_period(name, None, None, BERLIN, now=now, first_usage=now, compare=compare)
        assert (period.previous, period.compare) == (None, compare)
