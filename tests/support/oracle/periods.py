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


def quarter_start(wall: datetime) -> datetime:
    return month_start(wall, -((wall.month - 1) % 3))


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
        "this-quarter": quarter_start(local),
        "last-quarter": month_start(quarter_start(local), -3),
        "this-year": today.replace(month=1, day=1),
        "last-year": today.replace(year=today.year - 1, month=1, day=1),
    }
    ends = {
        "yesterday": instant(today, zone),
        "last-month": instant(month_start(local), zone),
        "last-quarter": instant(quarter_start(local), zone),
        "last-year": instant(begins["this-year"], zone),
    }
    return instant(begins[name], zone), ends.get(name, now)


def custom_bound(given: str, zone: ZoneInfo, days_on: int) -> datetime:
    parsed = datetime.fromisoformat(given)
    if len(given) == len("2026-03-01"):
        return instant(parsed + timedelta(days=days_on), zone)
    return parsed.astimezone(UTC) if parsed.tzinfo else instant(parsed, zone)


def day_begun(at: datetime, zone: ZoneInfo) -> datetime | None:
    """The midnight of the day that begins at an instant, even where clocks skip it; None where none does."""
    wall = midnight(wall_clock(at, zone))
    return wall if instant(wall, zone) == at else None


def custom_before(start: datetime, end: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    first, after = day_begun(start, zone), day_begun(end, zone)
    if first is None or after is None:
        return start - (end - start), start
    if first.day == after.day == 1:
        months = (after.year - first.year) * 12 + after.month - first.month
        return instant(month_start(first, -months), zone), start
    return instant(first - (after - first), zone), start


def bounds_a_year_before(start: datetime, end: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    def back(at: datetime) -> datetime:
        return instant(year_before(day_begun(at, zone) or wall_clock(at, zone)), zone)

    after = day_begun(end, zone)
    if after and (after.month, after.day) == (2, 29):
        return back(start), instant(after.replace(year=after.year - 1, month=3, day=1), zone)
    return back(start), max(back(start), back(end))


def previous_bounds(
    name: str, start: datetime, end: datetime, zone: ZoneInfo, now: datetime, compare: str = "previous"
) -> tuple[datetime, datetime] | None:
    if name == "all" or compare == "none":
        return None
    if compare == "year":
        return bounds_a_year_before(start, end, zone)
    if name == "custom":
        return custom_before(start, end, zone)
    whole = {"yesterday": -1, "last-month": -1, "last-quarter": -3, "last-year": -12}
    if name in whole:
        first = midnight(wall_clock(start, zone))
        begin = first - timedelta(days=1) if name == "yesterday" else month_start(first, whole[name])
        return instant(begin, zone), start
    if name.startswith("this-") or name == "today":
        begin, point = running_before(name, wall_clock(now, zone))
        return instant(begin, zone), min(instant(point, zone), start)
    return start - (end - start), start


def running_before(name: str, local: datetime) -> tuple[datetime, datetime]:
    """The beginning of the unit before the one that runs, and the same point in it."""
    match name:
        case "today":
            return midnight(local) - timedelta(days=1), local - timedelta(days=1)
        case "this-week":
            monday = midnight(local) - timedelta(days=local.weekday())
            return monday - timedelta(days=7), local - timedelta(days=7)
        case "this-month":
            # 31 March has no counterpart in February: then all of it.
            return month_start(local, -1), months_later(local, -1) or month_start(local)
        case "this-quarter":
            before = month_start(quarter_start(local), -3)
            return before, months_later(local, -3) or month_start(local, -2)
        case _:
            return midnight(local).replace(year=local.year - 1, month=1, day=1), year_before(local)


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
