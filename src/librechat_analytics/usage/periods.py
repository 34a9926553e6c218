"""Ranges of time as people name them, the range before, and calendar buckets.

Instants are aware datetimes in UTC; only buckets and words are in the reader's zone. Nothing here reads a
clock: ``now`` is an argument.
"""

from __future__ import annotations

import re
import zoneinfo
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Final, Literal, get_args
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

BucketUnit = Literal["hour", "day", "week", "month"]

BUCKET_UNITS: Final[tuple[BucketUnit, ...]] = get_args(BucketUnit)
MAX_BUCKETS: Final = 1000

PERIODS: Final[Mapping[str, str]] = {
    "24h": "24H",
    "7d": "7D",
    "30d": "30D",
    "90d": "90D",
    "12m": "12 months",
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

_SHORT_LABELS_IN_WORDS: Final[Mapping[str, str]] = {
    "24h": "Last 24 hours",
    "7d": "Last 7 days",
    "30d": "Last 30 days",
    "90d": "Last 90 days",
    "12m": "Last 12 months",
}
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
"""What is compared with as much of the one before."""

_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_SLOT: Final = timedelta(minutes=15)

# datetime.fromisoformat alone would also take week dates, 20260101 and any separator.
_WRITTEN: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"(?P<time>T(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,3})?)?"
    r"(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])?)?"
)
_PLUS_ARRIVED_AS_BLANK: Final = re.compile(r"[0-9-]{10}T[0-9:.]+ [0-9]{2}:?[0-9]{2}")

# "localtime" is whatever the machine is set to, "Factory" stands for a machine that nobody has set.
_NOT_A_PLACE: Final = frozenset({"localtime", "Factory"})


class BadParameterError(ValueError):
    """A parameter that cannot be read; says which one and what to do."""

    def __init__(self, parameter: str, message: str) -> None:
        super().__init__(message)
        self.parameter = parameter


@dataclass(frozen=True, slots=True)
class TimeRange:
    """A half-open range of instants in UTC; empty where start is end, never reversed."""

    start: datetime
    end: datetime

    @property
    def elapsed(self) -> timedelta:
        return self.end - self.start

    def days(self, zone: ZoneInfo) -> tuple[date, date]:
        """First and last day in a zone, both part of it: what ends at midnight ends with the day before."""
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
    """One whole calendar step of a timeline, in the zone; partial where the period or the present cuts it.

    Two instants in the same zone compare and subtract by their wall clocks, so that both hours of an autumn
    night look equal: convert to UTC before any arithmetic.
    """

    start: datetime
    end: datetime
    partial: bool


def parse_zone(name: str) -> ZoneInfo:
    """Return the zone of an IANA name such as ``Europe/Berlin``; raises BadParameterError for others."""
    if name not in _zone_names():
        raise BadParameterError("tz", "tz must be an IANA time zone such as Europe/Berlin or UTC.")
    return ZoneInfo(name)


def zone_name(text: str) -> str:
    """Return the IANA name that is written in whatever case; raises BadParameterError where there is none."""
    name = _names_by_lower_case().get(text.lower(), text)
    return parse_zone(name).key


@cache
def _names_by_lower_case() -> dict[str, str]:
    return {name.lower(): name for name in _zone_names()}


@cache
def _zone_names() -> frozenset[str]:
    # A list, not an attempt to open a file: what is accepted must not depend on the case of file names or
    # on folders such as posix/ and right/ that some machines have beside the zones.
    return frozenset(zoneinfo.available_timezones() - _NOT_A_PLACE)


def parse_period(
    name: str,
    start: str | None,
    end: str | None,
    zone: ZoneInfo,
    *,
    now: datetime,
    first_usage: datetime | None,
) -> Period:
    """Return the period of that name as of now.

    ``start`` and ``end`` are looked at for ``custom`` only. ``first_usage`` is the beginning of ``all``
    (None: an empty ledger, an empty range). A calendar range is empty at the instant in which it begins.
    Raises BadParameterError for a name or a text that cannot be read, whatever it holds.
    """
    if name not in PERIODS:
        raise BadParameterError("period", f"period must be one of {', '.join(PERIODS)}.")
    now = now.astimezone(UTC)
    if name == "all":
        return Period(name, TimeRange(now if first_usage is None else min(first_usage, now), now), None, zone)
    if name == "custom":
        current = _custom(start, end, zone)
    elif name == "12m":
        current = TimeRange(_same_time(now, _year_before(now.astimezone(zone).date()), zone), now)
    elif name in _ELAPSED:
        current = TimeRange(now - _ELAPSED[name], now)
    else:
        return Period(name, *_calendar_ranges(name, zone, now), zone)
    return Period(name, current, TimeRange(current.start - current.elapsed, current.start), zone)


def period_at(period: Period, now: datetime) -> Period:
    """Return the period of the same name as of another present; a custom one stays as it is."""
    if period.name == "custom":
        return period
    return parse_period(period.name, None, None, period.zone, now=now, first_usage=period.range.start)


def default_bucket(time_range: TimeRange) -> BucketUnit:
    """Return the unit in which a range of that elapsed length is easiest to read."""
    if time_range.elapsed <= timedelta(hours=48):
        return "hour"
    if time_range.elapsed <= timedelta(days=92):
        return "day"
    if time_range.elapsed <= timedelta(days=731):
        return "week"
    return "month"


def buckets(period: Period, unit: BucketUnit, *, now: datetime) -> list[Bucket]:
    """Return every bucket that the period touches, in order, without gap or overlap.

    An empty period has none. Every boundary is a multiple of 15 minutes UTC. Raises BadParameterError where
    there would be more than MAX_BUCKETS of them.
    """
    edges = _edges(period, unit, at_most=MAX_BUCKETS + 2)
    if len(edges) > MAX_BUCKETS + 1:
        raise BadParameterError("bucket", _what_would_do(period, unit))
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
    words = _SHORT_LABELS_IN_WORDS.get(period.name, PERIODS[period.name])
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
    """Return the days of the range before a period, and until when on the last where that is so far only."""
    if period.previous is None:
        return ""
    words = describe_range(period.previous, period.zone)
    end = period.previous.end.astimezone(period.zone)
    is_cut = period.name in _UNTIL_NOW and end != _midnight(end.date(), period.zone)
    return f"{words} until {end:%H:%M}" if is_cut else words


def _is_whole_days(period: Period) -> bool:
    return all(
        edge == _midnight(edge.astimezone(period.zone).date(), period.zone)
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
        raise BadParameterError("end", "end is not part of the range and must be later than start.")
    return custom


def _instant(parameter: str, text: str | None, zone: ZoneInfo) -> datetime:
    """Read a date, a wall clock in the zone or an instant.

    The bounds hold for what was written: a date and a wall clock in the zone, an instant in UTC.
    """
    if text is None:
        raise BadParameterError(parameter, f"period=custom needs {parameter}, such as 2026-03-01.")
    match = _WRITTEN.fullmatch(text)
    if match is None:
        raise _unreadable(parameter, text)
    out_of_bounds = BadParameterError(parameter, f"{parameter} must lie between 2000-01-01 and 2100-01-01.")
    try:
        written = datetime.fromisoformat(text)
        wall = written if written.tzinfo is None else written.astimezone(UTC).replace(tzinfo=None)
    except OverflowError as error:
        raise out_of_bounds from error
    except ValueError as error:
        raise BadParameterError(
            parameter, f"{parameter} is not a day of the calendar; write one such as 2026-03-01."
        ) from error
    if not _EARLIEST <= wall <= _LATEST:
        raise out_of_bounds
    if match["time"] is None:
        return _midnight(wall.date() + _DAY if parameter == "end" else wall.date(), zone)
    return _at(wall, zone) if written.tzinfo is None else wall.replace(tzinfo=UTC)


def _unreadable(parameter: str, text: str) -> BadParameterError:
    if _PLUS_ARRIVED_AS_BLANK.fullmatch(text):
        return BadParameterError(
            parameter, f"{parameter} has a blank where a + was; write the + of the offset as %2B in a URL."
        )
    return BadParameterError(
        parameter,
        f"{parameter} must be a date such as 2026-03-01 or an instant such as 2026-03-01T12:00:00Z "
        "or 2026-03-01T12:00:00.000+01:00.",
    )


def _at(wall: datetime, zone: ZoneInfo) -> datetime:
    # fold=0 is the contract's rule for both oddities: of a wall clock that occurs twice it is the first, and
    # one that does not exist is read with the offset before the gap, which moves it forward by the gap.
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return _at(datetime.combine(day, time()), zone)


def _same_time(instant: datetime, day: date, zone: ZoneInfo) -> datetime:
    return _at(datetime.combine(day, instant.astimezone(zone).time()), zone)


def _year_before(day: date) -> date:
    if (day.month, day.day) == (2, 29):
        return date(day.year - 1, 2, 28)
    return day.replace(year=day.year - 1)


def _month_before(first: date) -> date:
    return (first - _DAY).replace(day=1)


def _calendar_ranges(name: str, zone: ZoneInfo, now: datetime) -> tuple[TimeRange, TimeRange]:
    """Return the calendar range of that name and the one before it."""
    today = now.astimezone(zone).date()
    if name == "yesterday":
        return _whole(today - 2 * _DAY, today - _DAY, today, zone)
    first = _first_day(today, "month")
    if name == "last-month":
        last = _month_before(first)
        return _whole(_month_before(last), last, first, zone)

    match name:
        case "today":
            first, before, same_day = today, today - _DAY, today - _DAY
        case "this-week":
            first = _first_day(today, "week")
            before, same_day = first - 7 * _DAY, today - 7 * _DAY
        case "this-month":
            before = _month_before(first)
            # Counted from the beginning: where that month has no such day, it lies beyond its end.
            same_day = before + (today - first)
        case _:
            first = date(today.year, 1, 1)
            before, same_day = _year_before(first), _year_before(today)
    start = _midnight(first, zone)
    return (
        TimeRange(start, now),
        TimeRange(_midnight(before, zone), min(_same_time(now, same_day, zone), start)),
    )


def _whole(before: date, first: date, after: date, zone: ZoneInfo) -> tuple[TimeRange, TimeRange]:
    start = _midnight(first, zone)
    return TimeRange(start, _midnight(after, zone)), TimeRange(_midnight(before, zone), start)


def _edges(period: Period, unit: BucketUnit, *, at_most: int) -> list[datetime]:
    """Return the boundaries of the period's buckets in UTC, from the last at or before its start."""
    if not period.range.elapsed:
        return []
    boundaries = _hours if unit == "hour" else _calendar_steps
    edges = []
    for edge in islice(boundaries(period.range.start, unit, period.zone), at_most):
        edges.append(edge)
        if edge >= period.range.end:
            break
    return edges


def _calendar_steps(start: datetime, unit: BucketUnit, zone: ZoneInfo) -> Iterator[datetime]:
    """Yield the beginnings of days, weeks or months without end, from the last at or before start."""
    # From a day earlier: a gap over midnight moves the beginning of a day behind its first minutes.
    day = _first_day(start.astimezone(zone).date() - _DAY, unit)
    edge = _midnight(day, zone)
    while True:
        day = _next_first_day(day, unit)
        following = _midnight(day, zone)
        # Behind start: where clocks go back over midnight, the old date returns for an hour of the new day.
        # No later than edge: a day that a zone skipped when it crossed the date line (Apia, 30 Dec 2011).
        if edge < following and following > start:
            yield edge
        edge = following


def _first_day(day: date, unit: BucketUnit) -> date:
    if unit == "week":
        return day - day.weekday() * _DAY
    return day.replace(day=1) if unit == "month" else day


def _next_first_day(first: date, unit: BucketUnit) -> date:
    if unit == "month":
        return (first + 31 * _DAY).replace(day=1)
    return first + (7 * _DAY if unit == "week" else _DAY)


def _hours(start: datetime, _unit: BucketUnit, zone: ZoneInfo) -> Iterator[datetime]:
    """Yield the beginnings of the zone's hours without end, from the last at or before start."""
    edge = next(_calendar_steps(start, "day", zone))
    while True:
        following = _next_hour(edge, zone)
        if following > start:
            yield edge
        edge = following


def _next_hour(edge: datetime, zone: ZoneInfo) -> datetime:
    offset = _offset(edge, zone)
    following = edge + _HOUR - timedelta(minutes=edge.astimezone(zone).minute)
    if not (_offset(following, zone) - offset) % _HOUR:
        return following
    # The clock moves by half an hour (Lord Howe): no full hour is near, the new one begins right there.
    following = edge + _SLOT
    while _offset(following, zone) == offset:
        following += _SLOT
    return following


def _offset(instant: datetime, zone: ZoneInfo) -> timedelta:
    return instant.astimezone(zone).utcoffset() or timedelta()


def _what_would_do(period: Period, unit: BucketUnit) -> str:
    coarser = BUCKET_UNITS[BUCKET_UNITS.index(unit) + 1 :]
    fitting = (u for u in coarser if len(_edges(period, u, at_most=MAX_BUCKETS + 2)) <= MAX_BUCKETS + 1)
    advice = next((f"bucket={u} or a shorter range" for u in fitting), "a shorter range")
    return f"The range has more than {MAX_BUCKETS:,} {unit}s; choose {advice}."
