"""When reports are due, and which whole week or month each of them covers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from librechat_analytics.usage.periods import parse_period
from librechat_analytics.usage.wall_clock import DAY, first_day, instant_at, months_later

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

    from librechat_analytics.finops.definitions import Schedule
    from librechat_analytics.usage.periods import Period


@dataclass(frozen=True, slots=True)
class Due:
    """A report is due once on a day in the zone of the definitions; ``at`` is the instant, in UTC."""

    day: date
    at: datetime


def last_due(schedule: Schedule, zone: ZoneInfo, now: datetime) -> Due:
    """Return the last time at or before ``now`` at which the report was due."""
    day = now.astimezone(zone).date()
    while not (_is_due_on(schedule, day) and _at(schedule, day, zone) <= now):
        day -= DAY
    return Due(day, _at(schedule, day, zone))


def due_between(schedule: Schedule, after: date, before: date) -> Iterator[date]:
    """Yield the days between two days, without both, on which the report is due."""
    day = after + DAY
    while day < before:
        if _is_due_on(schedule, day):
            yield day
        day += DAY


def covered(schedule: Schedule, day: date, zone: ZoneInfo) -> Period:
    """Return the last whole week (from Monday) or month before a day on which the report is due."""
    after = first_day(day, "month" if schedule.weekday is None else "week")
    first = months_later(after, -1) if schedule.weekday is None else after - 7 * DAY
    return parse_period(
        "custom",
        first.isoformat(),
        (after - DAY).isoformat(),
        zone,
        now=datetime.combine(day, schedule.at, UTC),  # no custom range depends on it
        first_usage=None,
    )


def _is_due_on(schedule: Schedule, day: date) -> bool:
    if schedule.weekday is not None:
        return day.weekday() == schedule.weekday
    return day.day == schedule.day_of_month


def _at(schedule: Schedule, day: date, zone: ZoneInfo) -> datetime:
    """Return the instant on a day: the first of two with this time of day, or the one after a gap in it."""
    return instant_at(datetime.combine(day, schedule.at), zone)
