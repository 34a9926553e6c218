"""When reports are due: once for each week or month, whatever the clocks do."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from librechat_analytics.finops.definitions import Schedule
from librechat_analytics.finops.schedule import covered, due_between, last_due
from tests.support.wall_clocks import AWKWARD_ZONES

BERLIN = ZoneInfo("Europe/Berlin")
MONDAYS = Schedule(time(8), weekday=0)
THIRDS = Schedule(time(8), day_of_month=3)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_weekly_report_is_due_on_its_weekday_by_the_clock_of_the_zone() -> None:
    assert last_due(MONDAYS, BERLIN, utc("2026-11-30T07:00")).at == utc("2026-11-30T07:00")
    assert last_due(MONDAYS, BERLIN, utc("2026-11-30T06:59")).day == date(2026, 11, 23)
    assert last_due(MONDAYS, BERLIN, utc("2026-07-06T12:00")).at == utc("2026-07-06T06:00")


def test_it_covers_the_week_from_monday_to_sunday_before() -> None:
    for weekday, day in ((0, date(2026, 11, 30)), (4, date(2026, 12, 4)), (6, date(2026, 12, 6))):
        period = covered(Schedule(time(8), weekday=weekday), day, BERLIN)
        assert (period.range.start, period.range.end) == (utc("2026-11-22T23:00"), utc("2026-11-29T23:00"))
        assert period.previous is not None
        assert period.previous.start == utc("2026-11-15T23:00")


def test_a_monthly_report_covers_the_whole_month_before() -> None:
    due = last_due(THIRDS, BERLIN, utc("2026-12-02T23:59"))
    assert due.day == date(2026, 11, 3)
    period = covered(THIRDS, due.day, BERLIN)
    assert (period.range.start, period.range.end) == (utc("2026-09-30T22:00"), utc("2026-10-31T23:00"))
    assert period.previous is not None
    assert period.previous.start == utc("2026-08-31T22:00")


@pytest.mark.parametrize(
    ("sunday", "at"), [("2026-03-29", "2026-03-29T01:30"), ("2026-10-25", "2026-10-25T00:30")]
)
def test_an_hour_that_does_not_exist_or_exists_twice_is_due_once(sunday: str, at: str) -> None:
    sundays = Schedule(time(2, 30), weekday=6)
    day, week = date.fromisoformat(sunday), timedelta(days=7)
    assert last_due(sundays, BERLIN, utc(at) - timedelta(seconds=1)).day == day - week
    for later in (timedelta(0), timedelta(hours=1), timedelta(days=6)):
        due = last_due(sundays, BERLIN, utc(at) + later)
        assert (due.day, due.at) == (day, utc(at))


SCHEDULES = st.one_of(
    st.builds(Schedule, st.times().map(lambda at: at.replace(second=0, microsecond=0)), st.integers(0, 6)),
    st.builds(
        lambda at, day: Schedule(at.replace(second=0, microsecond=0), day_of_month=day),
        st.times(),
        st.integers(1, 28),
    ),
)
INSTANTS = st.integers(0, 10 * 365 * 24 * 60).map(
    lambda minutes: utc("2020-01-01") + timedelta(minutes=minutes)
)


@given(schedule=SCHEDULES, zone=st.sampled_from(AWKWARD_ZONES).map(ZoneInfo), now=INSTANTS)
@settings(max_examples=25)
def test_due_times_follow_each_other_without_gap_and_each_covers_the_next_range(
    schedule: Schedule, zone: ZoneInfo, now: datetime
) -> None:
    dues = [last_due(schedule, zone, now)]
    assert dues[0].at <= now
    for _ in range(14):
        dues.insert(0, last_due(schedule, zone, dues[0].at - timedelta(seconds=1)))
    for one, following in pairwise(dues):
        before, after = (covered(schedule, due.day, zone) for due in (one, following))
        assert before.range.end == after.range.start
        assert after.previous == before.range
        assert after.range.end <= following.at
        assert list(due_between(schedule, one.day, following.day)) == []
    assert list(due_between(schedule, dues[0].day, dues[-1].day)) == [due.day for due in dues[1:-1]]
