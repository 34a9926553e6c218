"""What holds for periods and buckets of any kind, in any zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import assume, example, given
from hypothesis import strategies as st

from librechat_analytics.usage.periods import (
    BUCKET_UNITS,
    COMPARISONS,
    PERIODS,
    Period,
    TimeRange,
    buckets,
    parse_period,
    period_at,
)
from tests.support.wall_clocks import AWKWARD_ZONES, UTC_ZONE, instant, refusals

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
    def test_no_text_raises_anything_but_a_bad_period(self, name, start, end, zone):
        now = instant("2026-11-24T15:00:00")
        with refusals() as refused:
            period = parse_period(name, start, end, zone, now=now, first_usage=None)
            assert period.range.start < period.range.end or name in {"all", "today"}
        assert {refusal.parameter for refusal in refused} <= {"period", "start", "end"}

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

    @given(st.dates(datetime(2001, 1, 1).date(), datetime(2099, 1, 1).date()), st.integers(0, 800), zones)  # noqa: DTZ001
    def test_whole_days_are_compared_with_whole_days(self, first, more, zone):
        last = first + timedelta(days=more)
        for compare in ("previous", "year"):
            with refusals() as refused:
                now = instant("2026-11-24T15:00:00")
                period = parse_period(
                    "custom", str(first), str(last), zone, now=now, first_usage=None, compare=compare
                )
            assume(not refused)
            before = period.previous
            days = before.days(zone)
            again = parse_period("custom", *map(str, days), zone, now=now, first_usage=None)
            assert again.range == before
            assert compare == "year" or before.end == period.range.start

    @given(st.sampled_from(list(PERIODS)), zones, nows, nows, st.sampled_from(COMPARISONS))
    def test_a_period_at_another_present_is_what_its_name_means_then(self, name, zone, now, then, compare):
        def read(present):
            first = min(now, then) - timedelta(days=5)
            return parse_period(
                name, "2026-03-01", "2026-03-28", zone, now=present, first_usage=first, compare=compare
            )

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
