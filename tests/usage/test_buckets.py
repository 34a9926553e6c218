"""Buckets of periods; their boundaries by the calendars of zones."""

from __future__ import annotations

import zoneinfo
from datetime import timedelta

import pytest

from librechat_analytics.usage.periods import (
    BUCKET_UNITS,
    BadPeriodError,
    TimeRange,
    buckets,
    default_bucket,
)
from librechat_analytics.zones import parse_zone
from tests.support.wall_clocks import BERLIN, UTC_ZONE, bucket_texts, custom, instant, named


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
        ("start", "end", "unit", "coarser"),
        [
            ("2026-01-01T00:00:00Z", "2026-02-11T16:00:00.001Z", "hour", "day"),
            ("2020-01-01", "2026-01-01", "day", "week"),
            ("2000-01-01", "2099-12-31", "hour", None),
            ("2020-01-01", "2099-12-31", "week", "month"),
            ("2000-01-01", "2099-12-31", "month", None),
        ],
    )
    def test_more_than_a_thousand_are_refused_with_the_unit_that_would_do(self, start, end, unit, coarser):
        with pytest.raises(BadPeriodError, match="too many buckets") as refusal:
            buckets(custom(start, end), unit, now=instant("2026-11-24"))
        assert (refusal.value.parameter, refusal.value.unit) == ("bucket", unit)
        assert refusal.value.coarser == coarser

    def test_a_thousand_are_not_too_many(self):
        period = custom("2026-01-01T00:00:00Z", "2026-02-11T16:00:00Z")
        assert len(buckets(period, "hour", now=instant("2026-11-24"))) == 1000

    @pytest.mark.parametrize(
        ("start", "end", "unit"),
        [
            ("2000-01-01", "2030-01-01", "month"),
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
