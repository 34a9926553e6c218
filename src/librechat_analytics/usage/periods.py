"""Ranges of time by name, the range before each, and calendar buckets.

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

BUCKET_UNITS: Final[tuple[BucketUnit, ...]] = get_args(BucketUnit)
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
    "this-year": "This year",
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

_EARLIEST: Final = datetime(2000, 1, 1)  # noqa: DTZ001 - a wall clock, compared with wall clocks
_LATEST: Final = datetime(2100, 1, 1)  # noqa: DTZ001

_TO: Final = "\N{EN DASH}"
# Not from strftime, which follows the locale of the machine.
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_UNTIL_NOW: Final = ("today", "this-week", "this-month", "this-year")
"""Periods that are compared with the same part of the period before."""

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
    """A named range in a zone, with the range that it is compared with (None for ``all``)."""

    name: str
    range: TimeRange
    previous: TimeRange | None
    zone: ZoneInfo


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
) -> Period:
    """Return the period of that name as of ``now``.

    ``start`` and ``end`` matter for ``custom`` only. ``all`` begins at ``first_usage`` and is empty if that
    is None. A calendar range is empty at the instant at which it begins. Raises BadPeriodError, and nothing
    else, for a name or a text that cannot be read.
    """
    if name not in PERIODS:
        raise BadPeriodError("unknown name", "period")
    now = now.astimezone(UTC)
    if name == "all":
        return Period(name, TimeRange(now if first_usage is None else min(first_usage, now), now), None, zone)
    if name == "custom":
        current = _custom(start, end, zone)
    elif name == "12m":
        current = TimeRange(
            wall_clock.same_time(now, wall_clock.year_before(now.astimezone(zone).date()), zone), now
        )
    elif name in _ELAPSED:
        current = TimeRange(now - _ELAPSED[name], now)
    else:
        return Period(name, *_calendar_ranges(name, zone, now), zone)
    return Period(name, current, TimeRange(current.start - current.elapsed, current.start), zone)


def period_at(period: Period, now: datetime) -> Period:
    """Return the period of the same name as of another present; a custom period does not change."""
    if period.name == "custom":
        return period
    return parse_period(period.name, None, None, period.zone, now=now, first_usage=period.range.start)


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


def describe(period: Period, now: datetime) -> str:
    """Return the period in words, its days and its zone, as a sentence beside the choice of it."""
    words = PERIODS[period.name]
    if period.name == "all" and not period.range.elapsed:
        return f"{words} · no usage yet, {period.zone.key}"
    if period.name == "custom" and not _is_whole_days(period):
        days = _to_the_minute(period.range, period.zone)
    else:
        days = describe_range(period.range, period.zone)
    ahead = ""
    if period.range.end > now:
        ahead = " (still ahead)" if period.range.start >= now else " (not over yet)"
    return f"{words} · {days}{ahead}, {period.zone.key}"


def describe_range(time_range: TimeRange, zone: ZoneInfo) -> str:
    """Return the days of a range in the zone, first and last included."""
    first, last = time_range.days(zone)
    if first == last:
        return day_in_words(last)
    if first.year != last.year:
        return f"{day_in_words(first)} {_TO} {day_in_words(last)}"
    if first.month != last.month:
        return f"{day_in_words(first, with_year=False)} {_TO} {day_in_words(last)}"
    return f"{first.day}{_TO}{day_in_words(last)}"


def describe_before(period: Period) -> str:
    """Return the days of the range before a period, and the time on the last day unless it is whole."""
    if period.previous is None:
        return ""
    words = describe_range(period.previous, period.zone)
    end = period.previous.end.astimezone(period.zone)
    is_cut = period.name in _UNTIL_NOW and end != midnight(end.date(), period.zone)
    return f"{words} until {end:%H:%M}" if is_cut else words


def _is_whole_days(period: Period) -> bool:
    return all(
        edge == midnight(edge.astimezone(period.zone).date(), period.zone)
        for edge in (period.range.start, period.range.end)
    )


def _to_the_minute(time_range: TimeRange, zone: ZoneInfo) -> str:
    start, end = time_range.start.astimezone(zone), time_range.end.astimezone(zone)
    if start.date() == end.date():
        return f"{day_in_words(start)} {start:%H:%M}{_TO}{end:%H:%M}"
    return f"{day_in_words(start)} {start:%H:%M} {_TO} {day_in_words(end)} {end:%H:%M}"


def day_in_words(day: date, *, with_year: bool = True) -> str:
    """Return a day as people write it: ``24 Nov 2026``."""
    return f"{day.day} {_MONTHS[day.month - 1]}{f' {day.year}' if with_year else ''}"


def _custom(start: str | None, end: str | None, zone: ZoneInfo) -> TimeRange:
    custom = TimeRange(_instant("start", start, zone), _instant("end", end, zone))
    if custom.start >= custom.end:
        raise BadPeriodError("end not after start", "end")
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


def _calendar_ranges(name: str, zone: ZoneInfo, now: datetime) -> tuple[TimeRange, TimeRange]:
    """Return the calendar range of that name and the one before it."""
    today = now.astimezone(zone).date()
    if name == "yesterday":
        return _whole(today - 2 * DAY, today - DAY, today, zone)
    first = wall_clock.first_day(today, "month")
    if name == "last-month":
        last = wall_clock.month_before(first)
        return _whole(wall_clock.month_before(last), last, first, zone)

    match name:
        case "today":
            first, before, same_day = today, today - DAY, today - DAY
        case "this-week":
            first = wall_clock.first_day(today, "week")
            before, same_day = first - 7 * DAY, today - 7 * DAY
        case "this-month":
            before = wall_clock.month_before(first)
            # Count from the first day: if that month is too short, this is after its end.
            same_day = before + (today - first)
        case _:
            first = date(today.year, 1, 1)
            before, same_day = wall_clock.year_before(first), wall_clock.year_before(today)
    start = midnight(first, zone)
    return (
        TimeRange(start, now),
        TimeRange(midnight(before, zone), min(wall_clock.same_time(now, same_day, zone), start)),
    )


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
