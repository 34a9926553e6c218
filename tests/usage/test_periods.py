"""Periods, zones and buckets, with a fixed now; wall clocks in the tables are those of the named zone."""

# ruff: noqa: RUF001 - ranges are written with an en dash
from __future__ import annotations

import os
import subprocess
import sys
import zoneinfo
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from librechat_analytics.usage.periods import (
    BUCKET_UNITS,
    PERIODS,
    BadParameterError,
    Period,
    TimeRange,
    buckets,
    default_bucket,
    describe,
    describe_before,
    describe_range,
    parse_period,
    parse_zone,
    period_at,
)

BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
UTC_ZONE = ZoneInfo("UTC")

if TYPE_CHECKING:
    from collections.abc import Iterator

AWKWARD_ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/St_Johns",
    "America/Sao_Paulo",
    "America/Havana",
    "America/Caracas",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Asia/Beirut",
    "Asia/Gaza",
    "Asia/Pyongyang",
    "Asia/Colombo",
    "Africa/Casablanca",
    "Antarctica/Casey",
    "Antarctica/Troll",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Pacific/Chatham",
    "Pacific/Kiritimati",
]


@contextmanager
def refusals() -> Iterator[list[BadParameterError]]:
    """Collect the refusal of the block, if there is one, and let every other exception through."""
    refused: list[BadParameterError] = []
    try:
        yield refused
    except BadParameterError as error:
        refused.append(error)


def instant(text: str) -> datetime:
    """Read an instant of a table; without an offset it is UTC."""
    read = datetime.fromisoformat(text)
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)


def local(time_range: TimeRange | None, zone: ZoneInfo) -> tuple[str, str]:
    assert time_range is not None
    return tuple(f"{edge.astimezone(zone):%Y-%m-%d %H:%M}" for edge in (time_range.start, time_range.end))


def named(name: str, zone: ZoneInfo, now: str) -> Period:
    return parse_period(name, None, None, zone, now=instant(now), first_usage=None)


def custom(start: str | None, end: str | None, zone: ZoneInfo = UTC_ZONE) -> Period:
    return parse_period("custom", start, end, zone, now=instant("2026-11-24T15:00:00"), first_usage=None)


def bucket_texts(start: str, end: str, zone: str, unit: str) -> list[str]:
    """Return the boundaries of a finished range's buckets, as the API writes them."""
    period = custom(start, end, ZoneInfo(zone))
    found = buckets(period, unit, now=instant("2099-01-01"))
    return [found[0].start.isoformat(), *(bucket.end.isoformat() for bucket in found)]


class TestParseZone:
    @pytest.mark.parametrize("name", ["UTC", "Europe/Berlin", "America/Argentina/Ushuaia", "Etc/GMT+5"])
    def test_it_takes_iana_names(self, name):
        assert parse_zone(name).key == name

    @pytest.mark.parametrize(
        "name",
        [
            *("", " ", "Berlin", "europe/berlin", "Europe/Berlin ", "Europe/Berlin\n", "Europe/", "Europe"),
            *(
                "localtime",
                "Factory",
                "posixrules",
                "posix/Europe/Berlin",
                "right/Europe/Berlin",
                "tzdata.zi",
            ),
            *("../Europe/Berlin", "/etc/localtime", "Europe/../UTC", "Europe//Berlin", "./UTC", "C:\\UTC"),
            *(
                "UTC\0",
                "\ud800",
                "+01:00",
                "UTC+1",
                "EST5EDT,M3.2.0,M11.1.0",
                "\uff35\uff34\uff23",
                "A" * 9999,
            ),
        ],
    )
    def test_it_refuses_everything_else(self, name):
        with pytest.raises(BadParameterError) as refusal:
            parse_zone(name)
        assert refusal.value.parameter == "tz"

    @given(st.text())
    def test_no_text_raises_anything_else(self, name):
        with refusals() as refused:
            assert parse_zone(name).key == name
        assert {refusal.parameter for refusal in refused} <= {"tz"}

    def test_it_needs_no_zones_of_the_machine(self):
        script = (
            "from librechat_analytics.usage.periods import parse_zone; print(parse_zone('Asia/Kathmandu'))"
        )
        done = subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONTZPATH": ""},
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        assert done.stdout.strip() == "Asia/Kathmandu"


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
    def test_other_names_are_refused_with_the_list_of_names(self, name):
        with pytest.raises(BadParameterError, match=r"24h, 7d, .*, custom") as refusal:
            named(name, UTC_ZONE, "2026-11-24T15:00:00")
        assert refusal.value.parameter == "period"


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

    def test_the_range_before_has_the_same_elapsed_length(self):
        period = custom("2026-03-29", "2026-03-29", BERLIN)
        assert local(period.previous, BERLIN) == ("2026-03-28 01:00", "2026-03-29 00:00")

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
        with pytest.raises(BadParameterError, match=f"^{parameter} .*[.]$") as refusal:
            custom(texts["start"], texts["end"])
        assert refusal.value.parameter == parameter

    @pytest.mark.parametrize(
        "text", ["2026-03-01T00:00:00 00:00", "2026-03-01T00:00:00.5 01:00", "2026-03-01T00:00 0530"]
    )
    def test_a_plus_that_arrived_as_a_blank_gets_a_hint(self, text):
        with pytest.raises(BadParameterError, match="%2B"):
            custom(text, "2026-03-02")

    @pytest.mark.parametrize(
        ("start", "end", "missing"), [(None, "2026-03-01", "start"), ("2026-03-01", None, "end")]
    )
    def test_it_needs_both_ends(self, start, end, missing):
        with pytest.raises(BadParameterError, match=f"needs {missing}") as refusal:
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
        with pytest.raises(BadParameterError, match="later than start") as refusal:
            custom(start, end)
        assert refusal.value.parameter == "end"

    def test_a_day_that_the_zone_skipped_is_empty(self):
        with pytest.raises(BadParameterError, match="later than start"):
            custom("2011-12-30", "2011-12-30", ZoneInfo("Pacific/Apia"))


class TestDefaultBucket:
    @pytest.mark.parametrize(
        ("hours", "unit"),
        [(48, "hour"), (92 * 24, "day"), (731 * 24, "week")],
    )
    def test_each_unit_ends_where_the_next_begins(self, hours, unit):
        start = instant("2024-01-01")
        longest = TimeRange(start, start + timedelta(hours=hours))
        longer = TimeRange(start, longest.end + timedelta(milliseconds=1))
        assert default_bucket(longest) == unit
        assert default_bucket(longer) == BUCKET_UNITS[BUCKET_UNITS.index(unit) + 1]

    def test_an_empty_range_has_hours(self):
        assert default_bucket(TimeRange(instant("2026-11-24"), instant("2026-11-24"))) == "hour"


class TestBuckets:
    def test_the_period_and_the_present_cut_the_outer_buckets(self):
        period = named("7d", UTC_ZONE, "2026-11-24T15:00:00")
        found = buckets(period, "day", now=instant("2026-11-24T15:00:00"))
        assert [(f"{b.start:%d}", b.partial) for b in found] == [
            *(("17", True), ("18", False), ("19", False), ("20", False)),
            *(("21", False), ("22", False), ("23", False), ("24", True)),
        ]

    def test_what_lies_ahead_is_partial(self):
        period = custom("2026-11-23", "2026-11-26")
        found = buckets(period, "day", now=instant("2026-11-24T15:00:00"))
        assert [b.partial for b in found] == [False, True, True, True]

    def test_a_bucket_that_ends_now_is_whole(self):
        period = custom("2026-11-23", "2026-11-23")
        assert [b.partial for b in buckets(period, "day", now=instant("2026-11-24"))] == [False]

    def test_a_range_inside_one_bucket_has_that_one(self):
        assert bucket_texts("2026-11-24T10:20:00Z", "2026-11-24T10:20:00.001Z", "UTC", "month") == [
            "2026-11-01T00:00:00+00:00",
            "2026-12-01T00:00:00+00:00",
        ]

    def test_an_empty_period_has_none(self):
        assert (
            buckets(named("all", BERLIN, "2026-11-24T15:00:00"), "hour", now=instant("2026-11-24T15:00:00"))
            == []
        )

    @pytest.mark.parametrize(
        ("start", "end", "zone", "unit", "expected"),
        [
            (
                "2026-10-24", "2026-10-26", "Europe/Berlin", "day",
                ["2026-10-24T00:00:00+02:00", "2026-10-25T00:00:00+02:00", "2026-10-26T00:00:00+01:00",
                 "2026-10-27T00:00:00+01:00"],
            ),
            (
                "2027-01-01", "2027-01-04", "UTC", "week",
                ["2026-12-28T00:00:00+00:00", "2027-01-04T00:00:00+00:00", "2027-01-11T00:00:00+00:00"],
            ),
            (
                "2028-01-31", "2028-03-01", "America/New_York", "month",
                ["2028-01-01T00:00:00-05:00", "2028-02-01T00:00:00-05:00", "2028-03-01T00:00:00-05:00",
                 "2028-04-01T00:00:00-04:00"],
            ),
            (  # the repeated hour, twice
                "2026-11-01T00:59:00-04:00", "2026-11-01T02:01:00-05:00", "America/New_York", "hour",
                ["2026-11-01T00:00:00-04:00", "2026-11-01T01:00:00-04:00", "2026-11-01T01:00:00-05:00",
                 "2026-11-01T02:00:00-05:00", "2026-11-01T03:00:00-05:00"],
            ),
            (
                "2026-03-08T01:00:00-05:00", "2026-03-08T04:00:00-04:00", "America/New_York", "hour",
                ["2026-03-08T01:00:00-05:00", "2026-03-08T03:00:00-04:00", "2026-03-08T04:00:00-04:00"],
            ),
            (
                "2026-05-01T10:10:00Z", "2026-05-01T11:00:00Z", "Asia/Kathmandu", "hour",
                ["2026-05-01T15:00:00+05:45", "2026-05-01T16:00:00+05:45", "2026-05-01T17:00:00+05:45"],
            ),
            (  # half an hour back: the hour of 01 again, but only its second half
                "2026-04-05T01:20:00+11:00", "2026-04-05T02:20:00+10:30", "Australia/Lord_Howe", "hour",
                ["2026-04-05T01:00:00+11:00", "2026-04-05T01:30:00+10:30", "2026-04-05T02:00:00+10:30",
                 "2026-04-05T03:00:00+10:30"],
            ),
            (  # half an hour forward: only the second half of the hour of 02
                "2026-10-04T01:20:00+10:30", "2026-10-04T03:20:00+11:00", "Australia/Lord_Howe", "hour",
                ["2026-10-04T01:00:00+10:30", "2026-10-04T02:30:00+11:00", "2026-10-04T03:00:00+11:00",
                 "2026-10-04T04:00:00+11:00"],
            ),
            (  # half an hour forward in the middle of an hour, to midnight
                "2018-05-04T23:00:00", "2018-05-05T00:30:00", "Asia/Pyongyang", "hour",
                ["2018-05-04T23:00:00+08:30", "2018-05-05T00:00:00+09:00", "2018-05-05T01:00:00+09:00"],
            ),
            (  # half an hour back in the middle of an hour
                "2006-04-15T00:00:00+06:00", "2006-04-15T01:00:00+05:30", "Asia/Colombo", "hour",
                ["2006-04-15T00:00:00+06:00", "2006-04-15T00:00:00+05:30", "2006-04-15T01:00:00+05:30"],
            ),
            (  # no midnight
                "2018-11-03", "2018-11-04", "America/Sao_Paulo", "day",
                ["2018-11-03T00:00:00-03:00", "2018-11-04T01:00:00-02:00", "2018-11-05T00:00:00-02:00"],
            ),
            (
                "2026-03-28", "2026-03-29", "Asia/Beirut", "day",
                ["2026-03-28T00:00:00+02:00", "2026-03-29T01:00:00+03:00", "2026-03-30T00:00:00+03:00"],
            ),
            (  # midnight twice: the day begins with the first
                "2026-10-31", "2026-11-01", "America/Havana", "day",
                ["2026-10-31T00:00:00-04:00", "2026-11-01T00:00:00-04:00", "2026-11-02T00:00:00-05:00"],
            ),
            (  # a minute after midnight back to 23:01: those 59 minutes stay with the day that had begun
                "2010-11-07T23:30:00-03:30", "2010-11-08", "America/St_Johns", "day",
                ["2010-11-07T00:00:00-02:30", "2010-11-08T00:00:00-03:30", "2010-11-09T00:00:00-03:30"],
            ),
            (
                "2010-11-06T23:30:00-03:30", "2010-11-07T12:00:00", "America/St_Johns", "day",
                ["2010-11-07T00:00:00-02:30", "2010-11-08T00:00:00-03:30"],
            ),
            (  # 30 December 2011 never was
                "2011-12-29", "2011-12-31", "Pacific/Apia", "day",
                ["2011-12-29T00:00:00-10:00", "2011-12-31T00:00:00+14:00", "2012-01-01T00:00:00+14:00"],
            ),
        ],
    )  # fmt: skip
    def test_boundaries_follow_the_calendar_of_the_zone(self, start, end, zone, unit, expected):
        assert bucket_texts(start, end, zone, unit) == expected

    @pytest.mark.parametrize(("day", "hours"), [("2026-03-08", 23), ("2026-11-01", 25), ("2026-11-02", 24)])
    def test_a_day_has_as_many_hours_as_it_has(self, day, hours):
        assert len(bucket_texts(day, day, "America/New_York", "hour")) - 1 == hours

    @pytest.mark.parametrize(
        ("start", "end", "unit", "advice"),
        [
            ("2026-01-01T00:00:00Z", "2026-02-11T16:00:00.001Z", "hour", "bucket=day or a shorter range"),
            ("2020-01-01", "2026-01-01", "day", "bucket=week or a shorter range"),
            ("2000-01-01", "2099-12-31", "hour", "choose a shorter range"),
            ("2020-01-01", "2099-12-31", "week", "bucket=month or a shorter range"),
            ("2000-01-01", "2099-12-31", "month", "choose a shorter range"),
        ],
    )
    def test_more_than_a_thousand_are_refused_with_what_would_do(self, start, end, unit, advice):
        with pytest.raises(BadParameterError, match=advice) as refusal:
            buckets(custom(start, end), unit, now=instant("2026-11-24"))
        assert refusal.value.parameter == "bucket"

    def test_a_thousand_are_not_too_many(self):
        period = custom("2026-01-01T00:00:00Z", "2026-02-11T16:00:00Z")
        assert len(buckets(period, "hour", now=instant("2026-11-24"))) == 1000

    @pytest.mark.parametrize(
        ("start", "end", "unit"),
        [
            ("2000-01-01", "2060-01-01", "month"),
            ("2011-12-01", "2012-01-15", "day"),
            ("2026-03-28", "2026-03-30", "hour"),
            ("2026-10-24", "2026-11-02", "hour"),
        ],
    )
    def test_every_zone_has_its_boundaries_on_quarters_of_an_hour(self, start, end, unit):
        names = zoneinfo.available_timezones() - {"localtime", "Factory"}
        periods = [custom(start, end, parse_zone(name)) for name in names]
        found = [bucket for period in periods for bucket in buckets(period, unit, now=period.range.end)]
        assert len(found) > len(names) > 400
        assert [bucket for bucket in found if bucket.start.timestamp() % 900] == []


class TestDescribe:
    @pytest.mark.parametrize(
        ("name", "zone", "now", "expected"),
        [
            ("7d", "Europe/Berlin", "2026-11-24T15:00:00", "Last 7 days · 17–24 Nov 2026, Europe/Berlin"),
            ("24h", "UTC", "2026-11-24T15:00:00", "Last 24 hours · 23–24 Nov 2026, UTC"),
            ("30d", "UTC", "2026-11-24T15:00:00", "Last 30 days · 25 Oct – 24 Nov 2026, UTC"),
            ("12m", "UTC", "2026-11-24T15:00:00", "Last 12 months · 24 Nov 2025 – 24 Nov 2026, UTC"),
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
            ("2026-03-01", "2026-03-01", "Custom · 1 Mar 2026, UTC"),
            ("2026-03-01T10:00", "2026-03-01T12:30", "Custom · 1 Mar 2026 10:00–12:30, UTC"),
            ("2026-03-01", "2026-03-02T12:30", "Custom · 1 Mar 2026 00:00 – 2 Mar 2026 12:30, UTC"),
            ("2026-11-01", "2026-11-30", "Custom · 1–30 Nov 2026 (not over yet), UTC"),
            ("2027-01-01", "2027-01-31", "Custom · 1–31 Jan 2027 (still ahead), UTC"),
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
            ("last-month", "1–30 Sep 2026"),
            ("7d", "10–17 Nov 2026"),
            ("all", ""),
        ],
    )
    def test_what_a_running_period_is_compared_with_says_until_when(self, name, expected):
        assert describe_before(named(name, UTC_ZONE, "2026-11-24T15:30:00")) == expected

    def test_every_period_has_its_own_words(self):
        now = "2026-11-24T15:00:00"
        words = {
            describe(named(name, UTC_ZONE, now), instant(now)).split(" · ")[0]
            for name in PERIODS
            if name != "custom"
        }
        assert len(words) == len(PERIODS) - 1


zones = st.sampled_from(AWKWARD_ZONES).map(ZoneInfo)
nows = st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31), timezones=st.just(UTC)).map(  # noqa: DTZ001
    lambda now: now.replace(microsecond=0)
)
lengths = st.integers(1, 60_000_000_000).map(lambda ms: timedelta(milliseconds=ms))


class TestProperties:
    @given(
        st.just("custom") | st.sampled_from(["today", "rubbish"]) | st.text(),
        st.none()
        | st.text()
        | st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:.]{5,12}[Z+ -][0-9:]{0,5})?"),
        st.none() | st.text() | st.datetimes().map(datetime.isoformat) | st.dates().map(str),
        zones,
    )
    @example("custom", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", UTC_ZONE)
    @example("custom", "2026-01-01", "9999-12-31", UTC_ZONE)
    def test_no_text_raises_anything_but_a_bad_parameter(self, name, start, end, zone):
        now = instant("2026-11-24T15:00:00")
        with refusals() as refused:
            period = parse_period(name, start, end, zone, now=now, first_usage=None)
            assert period.range.start < period.range.end or name in {"all", "today"}
        assert {refusal.parameter for refusal in refused} <= {"period", "start", "end"}
        assert all(str(refusal).endswith(".") for refusal in refused)

    @given(st.sampled_from([name for name in PERIODS if name != "custom"]), zones, nows)
    @example("this-month", ZoneInfo("Pacific/Apia"), instant("2011-12-31T05:00:00"))
    @example("today", ZoneInfo("America/St_Johns"), instant("2010-11-07T03:00:00"))
    def test_ranges_are_ordered_in_utc_and_never_reach_past_now(self, name, zone, now):
        first_usage = now - timedelta(days=400)
        period = parse_period(name, None, None, zone, now=now, first_usage=first_usage)
        ranges = [period.range] if period.previous is None else [period.previous, period.range]
        edges = [edge for time_range in ranges for edge in (time_range.start, time_range.end)]
        assert edges == sorted(edges)
        assert {edge.tzinfo for edge in edges} == {UTC}
        assert edges[-1] <= now
        # Empty only in the second in which a calendar range begins.
        assert edges[-2] < edges[-1] or edges[-1].astimezone(zone).strftime("%M:%S") == "00:00"

    @given(st.sampled_from(list(PERIODS)), zones, nows, nows)
    def test_a_period_at_another_present_is_what_its_name_means_then(self, name, zone, now, then):
        def read(present):
            first = min(now, then) - timedelta(days=5)
            return parse_period(name, "2026-03-01", "2026-03-28", zone, now=present, first_usage=first)

        assert period_at(read(now), then) == read(then)

    @given(nows, lengths, zones, st.sampled_from(BUCKET_UNITS), nows)
    @example(
        instant("2010-11-07T02:31:30"),
        timedelta(hours=1),
        ZoneInfo("America/St_Johns"),
        "hour",
        instant("2026-01-01"),
    )
    @example(
        instant("2026-04-04T15:10:00"),
        timedelta(hours=1),
        ZoneInfo("Australia/Lord_Howe"),
        "hour",
        instant("2026-01-01"),
    )
    @example(
        instant("2011-12-30T09:00:00"),
        timedelta(days=2),
        ZoneInfo("Pacific/Apia"),
        "day",
        instant("2026-01-01"),
    )
    def test_buckets_tile_the_period(self, start, length, zone, unit, now):
        period = Period("custom", TimeRange(start, start + length), None, zone)
        with refusals() as refused:
            found = buckets(period, unit, now=now)
        assume(not refused)
        spans = [(b.start.astimezone(UTC), b.end.astimezone(UTC)) for b in found]
        assert all(first < last for first, last in spans)
        assert all(one[1] == other[0] for one, other in pairwise(spans))
        assert spans[0][0] <= start < spans[0][1]
        assert spans[-1][0] < start + length <= spans[-1][1]
        assert all(b.start.tzinfo is b.end.tzinfo is zone for b in found)
        assert [b.partial for b in found] == [
            first < start or last > start + length or last > now for first, last in spans
        ]

    @given(nows, zones)
    def test_days_are_made_of_whole_hours(self, start, zone):
        period = Period("custom", TimeRange(start, start + timedelta(days=3)), None, zone)
        hours = {b.start.isoformat() for b in buckets(period, "hour", now=start)}
        days = [b.start.isoformat() for b in buckets(period, "day", now=start)]
        assert hours.issuperset(days[1:])
