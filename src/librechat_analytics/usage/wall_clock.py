"""From days and wall clocks of a time zone to instants in UTC, and the boundaries of calendar buckets."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

    from librechat_analytics.usage.periods import BucketUnit

DAY: Final = timedelta(days=1)
HOUR: Final = timedelta(hours=1)
SLOT: Final = timedelta(minutes=15)
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""The beginning of slot 0."""


def instant_at(wall: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant of a wall clock without a zone.

    Of a wall clock that occurs twice it is the first. One that does not exist is read with the offset before
    the gap, which moves it forward by the gap. Both are promised to users of the API.
    """
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return the instant at which a day begins."""
    return instant_at(datetime.combine(day, time()), zone)


def same_time(instant: datetime, day: date, zone: ZoneInfo) -> datetime:
    """Return the instant with the same wall clock on another day."""
    return instant_at(datetime.combine(day, instant.astimezone(zone).time()), zone)


def year_before(day: date) -> date:
    """Return the same day a year earlier; 28 February for a leap day."""
    if (day.month, day.day) == (2, 29):
        return date(day.year - 1, 2, 28)
    return day.replace(year=day.year - 1)


def months_later(first: date, months: int) -> date:
    """Return the first day of a month some months later, or earlier, given the first day of a month."""
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, 1)


def first_of_months(day: date, months: int, year_starts: int = 1) -> date:
    """Return the first day of the month (1), quarter (3) or year (12) that a day is in.

    ``year_starts``: the month that quarters and years are counted from.
    """
    return months_later(day.replace(day=1), -((day.month - year_starts) % months))


def whole_months(first: date, after: date) -> int:
    """Count the whole months of the calendar from a day to before another; 0 where they are not whole."""
    if first.day != 1 or after.day != 1:
        return 0
    return (after.year - first.year) * 12 + after.month - first.month


def day_that_begins(instant: datetime, zone: ZoneInfo) -> date | None:
    """Return the day that begins at an instant in the zone; None where none does."""
    day = instant.astimezone(zone).date()
    return day if midnight(day, zone) == instant else None


def first_day(day: date, unit: BucketUnit) -> date:
    """Return the first day of the week or month that a day is in; weeks begin on Monday."""
    if unit == "week":
        return day - day.weekday() * DAY
    return day.replace(day=1) if unit == "month" else day


def boundaries(start: datetime, unit: BucketUnit, zone: ZoneInfo) -> Iterator[datetime]:
    """Yield where buckets begin, without end, from the last boundary at or before ``start``.

    Every boundary is a multiple of 15 minutes in UTC.
    """
    return _hours(start, zone) if unit == "hour" else _calendar_steps(start, unit, zone)


def _calendar_steps(start: datetime, unit: BucketUnit, zone: ZoneInfo) -> Iterator[datetime]:
    # Start a day early: where the clock skips midnight, a day begins after its first minutes.
    day = first_day(start.astimezone(zone).date() - DAY, unit)
    edge = midnight(day, zone)
    while True:
        day = _next_first_day(day, unit)
        following = midnight(day, zone)
        # ``following > start`` is not enough: where clocks go back over midnight, the old date returns for an
        # hour of the new day. ``edge < following`` drops a day that a zone skipped when it crossed the date
        # line (Apia, 30 December 2011).
        if edge < following and following > start:
            yield edge
        edge = following


def _next_first_day(first: date, unit: BucketUnit) -> date:
    if unit == "month":
        return (first + 31 * DAY).replace(day=1)
    return first + (7 * DAY if unit == "week" else DAY)


def _hours(start: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    edge = next(_calendar_steps(start, "day", zone))
    while True:
        following = _next_hour(edge, zone)
        if following > start:
            yield edge
        edge = following


def _next_hour(edge: datetime, zone: ZoneInfo) -> datetime:
    offset = _offset(edge, zone)
    following = edge + HOUR - timedelta(minutes=edge.astimezone(zone).minute)
    if not (_offset(following, zone) - offset) % HOUR:
        return following
    # The clock moves by half an hour (Lord Howe), away from any full hour: a new hour begins at the change.
    following = edge + SLOT
    while _offset(following, zone) == offset:
        following += SLOT
    return following


def _offset(instant: datetime, zone: ZoneInfo) -> timedelta:
    return instant.astimezone(zone).utcoffset() or timedelta()
