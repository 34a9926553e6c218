"""Ranges of time by name, what each is compared with, and calendar buckets.

Instants are aware datetimes in UTC; only buckets and words are in the reader's zone. Nothing here reads a
clock: ``now`` is an argument.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Final, Literal, get_args

from librechat_analytics.usage import wall_clock
from librechat_analytics.usage.wall_clock import DAY, instant_at, midnight

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

BucketUnit = Literal["hour", "day", "week", "month"]
Compare = Literal["previous", "year", "none"]
"""What a period is compared with: the previous period, the same range a year earlier, or nothing."""

BUCKET_UNITS: Final[tuple[BucketUnit, ...]] = get_args(BucketUnit)
COMPARISONS: Final[tuple[Compare, ...]] = get_args(Compare)
MAX_BUCKETS: Final = 1000

PERIODS: Final[Mapping[str, str]] = {
    "24h": "Last 24 hours",
    "7d": "Last 7 days",
    "30d": "Last 30 days",
    "90d": "Last 90 days",
    "12m": "Last 12 months",
    "today": "Today",
    "yesterday": "Yesterday",
    "this-week": "This week",
    "this-month": "This month",
    "last-month": "Last month",
    "this-quarter": "This quarter",
    "last-quarter": "Last quarter",
    "this-year": "This year",
    "last-year": "Last year",
    "all": "All time",
    "custom": "Custom",
}
"""Every period's name and its label in a list to choose from, in that list's order."""

_ELAPSED: Final[Mapping[str, timedelta]] = {
    "24h": timedelta(hours=24),
    "7d": timedelta(hours=168),
    "30d": timedelta(hours=720),
    "90d": timedelta(hours=2160),
}

ROLLING: Final = (*_ELAPSED, "12m")
"""The periods that move with the clock."""

_MONTHS: Final[Mapping[str, int]] = {"month": 1, "quarter": 3, "year": 12}
"""The units of the calendar that periods begin with ``this-`` and ``last-`` for, in months."""

_EARLIEST: Final = datetime(2000, 1, 1)  # noqa: DTZ001 - a wall clock, compared with wall clocks
_LATEST: Final = datetime(2100, 1, 1)  # noqa: DTZ001

# datetime.fromisoformat alone would also take week dates, 20260101 and any separator.
_WRITTEN: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"(?P<time>T(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,3})?)?"
    r"(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])?)?"
)
_PLUS_BECAME_SPACE: Final = re.compile(r"[0-9-]{10}T[0-9:.]+ [0-9]{2}:?[0-9]{2}")

Fault = Literal[
    "unknown name",
    "missing",
    "unreadable",
    "space instead of plus",
    "no such day",
    "out of bounds",
    "end not after start",
    "last day before first",
    "too many buckets",
]


class BadPeriodError(ValueError):
    """A period or a bucket unit that cannot be used; the API and the page say it in their own words.

    ``parameter``: the part to blame: ``period``, ``start``, ``end`` or ``bucket``. Of too many buckets,
    ``unit`` is theirs, and ``coarser`` the next unit that has few enough, None if no unit has.
    """

    def __init__(
        self,
        fault: Fault,
        parameter: str,
        *,
        unit: BucketUnit | None = None,
        coarser: BucketUnit | None = None,
    ) -> None:
        super().__init__(f"{parameter}: {fault}")
        self.fault = fault
        self.parameter = parameter
        self.unit = unit
        self.coarser = coarser


@dataclass(frozen=True, slots=True)
class TimeRange:
    """A half-open range of instants in UTC; empty where start is end, never reversed."""

    start: datetime
    end: datetime

    @property
    def elapsed(self) -> timedelta:
        return self.end - self.start

    def days(self, zone: ZoneInfo) -> tuple[date, date]:
        """Return the first and last day in a zone, both included; a range to midnight ends the day before."""
        last_instant = max(self.start, self.end - timedelta(microseconds=1))
        return self.start.astimezone(zone).date(), last_instant.astimezone(zone).date()


@dataclass(frozen=True, slots=True)
class Period:
    """A named range in a zone, with the range that it is compared with.

    ``previous`` is None for ``all`` and where ``compare`` is ``none``. ``year_starts``: the month that
    quarters and years begin with.
    """

    name: str
    range: TimeRange
    previous: TimeRange | None
    zone: ZoneInfo
    compare: Compare = "previous"
    year_starts: int = 1


@dataclass(frozen=True, slots=True)
class Bucket:
    """A whole hour, day, week or month in the zone; partial if the period or the present cuts it off.

    Python compares two times in the same zone by their wall clocks, so that the repeated hour of an autumn
    night looks like one: convert to UTC before any arithmetic.
    """

    start: datetime
    end: datetime
    partial: bool


def parse_period(
    name: str,
    start: str | None,
    end: str | None,
    zone: ZoneInfo,
    *,
    now: datetime,
    first_usage: datetime | None,
    compare: Compare = "previous",
    year_starts: int = 1,
) -> Period:
    """Return the period of that name as of ``now``, and the range that it is compared with.

    ``start`` and ``end`` matter for ``custom`` only. ``all`` begins at ``first_usage`` and is empty if that
    is None. ``year_starts`` is the month (1 to 12) that quarters and years begin with. A calendar range is
    empty at the instant at which it begins. Raises BadPeriodError, and nothing else, for a name or a text
    that cannot be read.
    """
    if name not in PERIODS:
        raise BadPeriodError("unknown name", "period")
    now = now.astimezone(UTC)
    if name == "all":
        current = TimeRange(now if first_usage is None else min(first_usage, now), now)
        return Period(name, current, None, zone, compare, year_starts)
    if name == "custom":
        current = _custom(start, end, zone)
        before = _whole_days_before(current, zone) or _just_before(current)
    elif name == "12m":
        current = TimeRange(
            wall_clock.same_time(now, wall_clock.year_before(now.astimezone(zone).date()), zone), now
        )
        before = _just_before(current)
    elif name in _ELAPSED:
        current = TimeRange(now - _ELAPSED[name], now)
        before = _just_before(current)
    else:
        current, before = _calendar_ranges(name, zone, now, year_starts)
    if compare == "none":
        return Period(name, current, None, zone, compare, year_starts)
    previous = _year_earlier(current, zone) if compare == "year" else before
    return Period(name, current, previous, zone, compare, year_starts)


def this_month(zone: ZoneInfo, now: datetime) -> Period:
    """Return the running month in a zone, up to now."""
    return parse_period("this-month", None, None, zone, now=now, first_usage=None)


def period_at(period: Period, now: datetime) -> Period:
    """Return the period of the same name as of another present; a custom period does not change."""
    if period.name == "custom":
        return period
    return parse_period(
        period.name,
        None,
        None,
        period.zone,
        now=now,
        first_usage=period.range.start,
        compare=period.compare,
        year_starts=period.year_starts,
    )


def default_bucket(time_range: TimeRange) -> BucketUnit:
    """Return the unit that makes a chart of the range easiest to read."""
    if time_range.elapsed <= timedelta(hours=48):
        return "hour"
    if time_range.elapsed <= timedelta(days=92):
        return "day"
    if time_range.elapsed <= timedelta(days=731):
        return "week"
    return "month"


def buckets(period: Period, unit: BucketUnit, *, now: datetime) -> list[Bucket]:
    """Return every bucket that the period touches, in order, without gap or overlap.

    An empty period has none. Every boundary is a multiple of 15 minutes UTC. Raises BadPeriodError if
    there are more than MAX_BUCKETS.
    """
    edges = _edges(period, unit, at_most=MAX_BUCKETS + 2)
    if len(edges) > MAX_BUCKETS + 1:
        raise BadPeriodError("too many buckets", "bucket", unit=unit, coarser=_coarser(period, unit))
    whole_until = min(period.range.end, now)
    return [
        Bucket(
            start.astimezone(period.zone),
            end.astimezone(period.zone),
            partial=start < period.range.start or end > whole_until,
        )
        for start, end in pairwise(edges)
    ]


def _custom(start: str | None, end: str | None, zone: ZoneInfo) -> TimeRange:
    custom = TimeRange(_instant("start", start, zone), _instant("end", end, zone))
    if custom.start >= custom.end:
        days = [text for text in (end, start) if text and len(text) == len("2026-03-01")]
        is_reversed = len(days) == 2 and days[0] < days[1]
        raise BadPeriodError("last day before first" if is_reversed else "end not after start", "end")
    return custom


def _instant(parameter: str, text: str | None, zone: ZoneInfo) -> datetime:
    """Read a date, a wall clock in the zone or an instant.

    The bounds apply to the text: to a date and a wall clock in the zone, to an instant in UTC.
    """
    if text is None:
        raise BadPeriodError("missing", parameter)
    match = _WRITTEN.fullmatch(text)
    if match is None:
        is_plus_lost = _PLUS_BECAME_SPACE.fullmatch(text)
        raise BadPeriodError("space instead of plus" if is_plus_lost else "unreadable", parameter)
    try:
        written = datetime.fromisoformat(text)
        wall = written if written.tzinfo is None else written.astimezone(UTC).replace(tzinfo=None)
    except OverflowError as error:
        raise BadPeriodError("out of bounds", parameter) from error
    except ValueError as error:
        raise BadPeriodError("no such day", parameter) from error
    if not _EARLIEST <= wall <= _LATEST:
        raise BadPeriodError("out of bounds", parameter)
    if match["time"] is None:
        return midnight(wall.date() + DAY if parameter == "end" else wall.date(), zone)
    return instant_at(wall, zone) if written.tzinfo is None else wall.replace(tzinfo=UTC)


def _just_before(time_range: TimeRange) -> TimeRange:
    return TimeRange(time_range.start - time_range.elapsed, time_range.start)


def _whole_days_before(time_range: TimeRange, zone: ZoneInfo) -> TimeRange | None:
    """Return as many months before a range of whole months, as many days before one of whole days.

    Months and days are those of the calendar, so a day of 25 hours is one day. None for other ranges.
    """
    first, after = (wall_clock.day_that_begins(edge, zone) for edge in (time_range.start, time_range.end))
    if first is None or after is None:
        return None
    months = wall_clock.whole_months(first, after)
    before = wall_clock.months_later(first, -months) if months else first - (after - first)
    return TimeRange(midnight(before, zone), time_range.start)


def _year_earlier(time_range: TimeRange, zone: ZoneInfo) -> TimeRange:
    """Return the range a year earlier on the wall clock; days stay whole, 29 February becomes the 28th."""
    start = _edge_a_year_earlier(time_range.start, zone)
    after = wall_clock.day_that_begins(time_range.end, zone)
    if after is not None and (after.month, after.day) == (2, 29):
        # The last day is 28 February in both years.
        end = midnight(date(after.year - 1, 3, 1), zone)
    else:
        end = _edge_a_year_earlier(time_range.end, zone)
    return TimeRange(start, max(start, end))


def _edge_a_year_earlier(edge: datetime, zone: ZoneInfo) -> datetime:
    day = wall_clock.year_before(edge.astimezone(zone).date())
    is_midnight = wall_clock.day_that_begins(edge, zone) is not None
    return midnight(day, zone) if is_midnight else wall_clock.same_time(edge, day, zone)


def _calendar_ranges(
    name: str, zone: ZoneInfo, now: datetime, year_starts: int
) -> tuple[TimeRange, TimeRange]:
    """Return the calendar range of that name and the one before it."""
    today = now.astimezone(zone).date()
    which, _, unit = name.partition("-")
    if which == "yesterday":
        return _whole(today - 2 * DAY, today - DAY, today, zone)
    if unit in _MONTHS:
        months = _MONTHS[unit]
        first = wall_clock.first_of_months(today, months, year_starts)
        before = wall_clock.months_later(first, -months)
        if which == "last":
            return _whole(wall_clock.months_later(before, -months), before, first, zone)
        same_point = _months_earlier(now, months, zone)
    else:
        days = 7 if unit == "week" else 1
        first = wall_clock.first_day(today, "week") if unit == "week" else today
        before = first - days * DAY
        same_point = wall_clock.same_time(now, today - days * DAY, zone)
    start = midnight(first, zone)
    return TimeRange(start, now), TimeRange(midnight(before, zone), min(same_point, start))


def _months_earlier(now: datetime, months: int, zone: ZoneInfo) -> datetime:
    """Return the same day and clock time some months earlier; the end of a month that is too short.

    A year before 29 February is 28 February.
    """
    today = now.astimezone(zone).date()
    if months == _MONTHS["year"]:
        return wall_clock.same_time(now, wall_clock.year_before(today), zone)
    first = wall_clock.months_later(today.replace(day=1), -months)
    day = first + (today.day - 1) * DAY
    if day.month != first.month:
        return midnight(day.replace(day=1), zone)
    return wall_clock.same_time(now, day, zone)


def _whole(before: date, first: date, after: date, zone: ZoneInfo) -> tuple[TimeRange, TimeRange]:
    start = midnight(first, zone)
    return TimeRange(start, midnight(after, zone)), TimeRange(midnight(before, zone), start)


def _edges(period: Period, unit: BucketUnit, *, at_most: int) -> list[datetime]:
    """Return the boundaries of the period's buckets in UTC, from the last at or before its start."""
    if not period.range.elapsed:
        return []
    edges = []
    for edge in islice(wall_clock.boundaries(period.range.start, unit, period.zone), at_most):
        edges.append(edge)
        if edge >= period.range.end:
            break
    return edges


def _coarser(period: Period, unit: BucketUnit) -> BucketUnit | None:
    """Return the next unit that cuts the period into few enough buckets."""
    units = BUCKET_UNITS[BUCKET_UNITS.index(unit) + 1 :]
    return next((unit for unit in units if not _are_too_many(period, unit)), None)


def _are_too_many(period: Period, unit: BucketUnit) -> bool:
    return len(_edges(period, unit, at_most=MAX_BUCKETS + 2)) > MAX_BUCKETS + 1
