"""Periods, their comparisons and buckets, by wall clocks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo


MOST_POINTS = 1_000


class TooManyPointsError(ValueError):
    """The buckets asked for are more than an answer holds."""


def instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """The instant of a wall clock: one that is skipped moves on by the gap, of two it is the first."""
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC)


def wall_clock(at: datetime, zone: ZoneInfo) -> datetime:
    return at.astimezone(zone).replace(tzinfo=None, fold=0)


def midnight(wall: datetime) -> datetime:
    return wall.replace(hour=0, minute=0, second=0, microsecond=0)


def months_later(wall: datetime, months: int) -> datetime | None:
    """The same day and clock time so many months on; None where that month is too short."""
    year, month = divmod(wall.year * 12 + wall.month - 1 + months, 12)
    try:
        return wall.replace(year=year, month=month + 1)
    except ValueError:
        return None


def month_start(wall: datetime, months: int = 0) -> datetime:
    start = months_later(midnight(wall).replace(day=1), months)
    assert start is not None
    return start


def year_before(wall: datetime) -> datetime:
    return months_later(wall, -12) or wall.replace(year=wall.year - 1, day=28)


ROLLING_HOURS = {"24h": 24, "7d": 168, "30d": 720, "90d": 2160}


def period_bounds(
    name: str, parameters: dict[str, Any], zone: ZoneInfo, now: datetime, first: datetime
) -> tuple[datetime, datetime]:
    if name in ROLLING_HOURS:
        return now - timedelta(hours=ROLLING_HOURS[name]), now
    if name == "custom":
        return custom_bound(parameters["start"], zone, 0), custom_bound(parameters["end"], zone, 1)
    if name == "all":
        return min(first, now), now
    local = wall_clock(now, zone)
    today, day = midnight(local), timedelta(days=1)
    begins = {
        "12m": year_before(local),
        "today": today,
        "yesterday": today - day,
        "this-week": today - local.weekday() * day,
        "this-month": month_start(local),
        "last-month": month_start(local, -1),
        "this-year": today.replace(month=1, day=1),
    }
    ends = {"yesterday": instant(today, zone), "last-month": instant(month_start(local), zone)}
    return instant(begins[name], zone), ends.get(name, now)


def custom_bound(given: str, zone: ZoneInfo, days_on: int) -> datetime:
    parsed = datetime.fromisoformat(given)
    if len(given) == len("2026-03-01"):
        return instant(parsed + timedelta(days=days_on), zone)
    return parsed.astimezone(UTC) if parsed.tzinfo else instant(parsed, zone)


def previous_bounds(
    name: str, start: datetime, end: datetime, zone: ZoneInfo, now: datetime
) -> tuple[datetime, datetime] | None:
    local = wall_clock(now, zone)
    first = wall_clock(start, zone)
    match name:
        case "all":
            return None
        case "yesterday":
            return instant(midnight(first) - timedelta(days=1), zone), start
        case "last-month":
            return instant(month_start(first, -1), zone), start
        case "today":
            begin, point = midnight(local) - timedelta(days=1), local - timedelta(days=1)
        case "this-week":
            monday = midnight(local) - timedelta(days=local.weekday())
            begin, point = monday - timedelta(days=7), local - timedelta(days=7)
        case "this-month":
            begin = month_start(local, -1)
            # 31 March has no counterpart in February: then all of it.
            point = months_later(local, -1) or month_start(local)
        case "this-year":
            begin, point = midnight(local).replace(year=local.year - 1, month=1, day=1), year_before(local)
        case _:
            return start - (end - start), start
    return instant(begin, zone), min(instant(point, zone), start)


def automatic_unit(elapsed: timedelta) -> str:
    hours = elapsed / timedelta(hours=1)
    if hours <= 48:
        return "hour"
    if hours <= 92 * 24:
        return "day"
    return "week" if hours <= 731 * 24 else "month"


def hour_key(at: datetime, zone: ZoneInfo) -> tuple[datetime, timedelta | None]:
    """What is the same within one hour of the clock; the hour that autumn repeats is two."""
    local = at.astimezone(zone)
    return wall_clock(at, zone).replace(minute=0, second=0, microsecond=0), local.utcoffset()


def hours_between(start: datetime, end: datetime, zone: ZoneInfo) -> list[tuple[datetime, datetime]]:
    quarter = timedelta(minutes=15)  # every zone's hours begin at a quarter of UTC's
    edge = start.replace(minute=start.minute // 15 * 15, second=0, microsecond=0)
    while hour_key(edge - quarter, zone) == hour_key(edge, zone):
        edge -= quarter
    buckets = []
    while edge < end:
        stop = edge + quarter
        while hour_key(stop, zone) == hour_key(edge, zone):
            stop += quarter
        buckets.append((edge, stop))
        if len(buckets) > MOST_POINTS:
            raise TooManyPointsError
        edge = stop
    return buckets


def calendar_between(
    unit: str, start: datetime, end: datetime, zone: ZoneInfo
) -> list[tuple[datetime, datetime]]:
    first = midnight(wall_clock(start, zone))
    if unit == "week":
        first -= timedelta(days=first.weekday())
    elif unit == "month":
        first = first.replace(day=1)

    def after(wall: datetime) -> datetime:
        if unit == "month":
            return month_start(wall, 1)
        return wall + timedelta(days=7 if unit == "week" else 1)

    buckets = []
    wall = first
    while instant(wall, zone) < end:
        buckets.append((instant(wall, zone), instant(after(wall), zone)))
        if len(buckets) > MOST_POINTS:
            raise TooManyPointsError
        wall = after(wall)
    return buckets
