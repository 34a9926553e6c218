"""Periods and ranges of time in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from librechat_analytics.usage import wall_clock
from librechat_analytics.usage.periods import PERIODS, ROLLING
from librechat_analytics.usage.wall_clock import DAY, midnight

if TYPE_CHECKING:
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from librechat_analytics.usage.periods import Period, TimeRange

_TO: Final = "\N{EN DASH}"
# Not from strftime, which follows the locale of the machine.
_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)

_UNTIL_NOW: Final = ("today", "this-week", "this-month", "this-quarter", "this-year")
"""Periods that are compared with the same part of another one."""


def describe(period: Period, now: datetime) -> str:
    """Return the period in words, its days and its zone, as a sentence beside the choice of it."""
    name = period_in_words(period)
    if period.name == "all" and not period.range.elapsed:
        return f"{name} · no usage yet, {period.zone.key}"
    days = _days_or_minutes(period)
    ahead = ""
    if period.range.end > now:
        ahead = " (still ahead)" if period.range.start >= now else " (not over yet)"
    # Of a period that moves with the clock, only the time makes it clear what its figures are of.
    until = f" to {period.range.end.astimezone(period.zone):%H:%M}" if period.name in ROLLING else ""
    words = days if days == name else f"{name}{until} · {days}"
    return f"{words}{ahead}, {period.zone.key}"


def period_in_words(period: Period) -> str:
    """Return what people call a period: ``Last 7 days``, ``September 2026``, ``Week of 12 Oct 2026``.

    A custom range that is no unit of the calendar is called by its days, or to the minute.
    """
    if period.name != "custom":
        return PERIODS[period.name]
    return (
        _months_in_words(period.range, period)
        or _week_in_words(period.range, period.zone)
        or _days_or_minutes(period)
    )


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
    """Name the range that a period is compared with, and the time on its last day where that is cut off.

    Whole months, quarters and years have their names; other ranges are named by their days.
    """
    if period.previous is None:
        return ""
    end = period.previous.end.astimezone(period.zone)
    if period.name in _UNTIL_NOW and end != midnight(end.date(), period.zone):
        return f"{describe_range(period.previous, period.zone)} until {end:%H:%M}"
    return _months_in_words(period.previous, period) or describe_range(period.previous, period.zone)


def comparison_rule(period: Period) -> str:
    """Say by which rule a period is compared with another range; empty where it is not compared."""
    if period.previous is None:
        return ""
    if period.compare == "year":
        return "Every period is compared with the same days a year earlier."
    which, _, unit = period.name.partition("-")
    unit = unit or "day"
    if period.name in _UNTIL_NOW:
        return f"A running {unit} is compared with the same part of the {unit} before."
    if which in ("last", "yesterday"):
        return f"A whole {unit} is compared with the {unit} before."
    edges = (period.range.start, period.range.end)
    first, after = (wall_clock.day_that_begins(edge, period.zone) for edge in edges)
    if period.name == "custom" and first and after:
        units = "months" if wall_clock.whole_months(first, after) else "days"
        return f"Whole {units} are compared with as many {units} before."
    return "The period is compared with the same length of time before."


def _months_in_words(time_range: TimeRange, period: Period) -> str | None:
    """Name a range that is one month, quarter or year of the calendar.

    Where years begin with another month than January, a quarter's number is ambiguous, so it has no name.
    """
    edges = (time_range.start, time_range.end)
    first, after = (wall_clock.day_that_begins(edge, period.zone) for edge in edges)
    months = wall_clock.whole_months(first, after) if first and after else 0
    if not first or first != wall_clock.first_of_months(first, months or 1):
        return None
    names = {
        1: f"{_MONTHS[first.month - 1]} {first.year}",
        3: f"Q{(first.month + 2) // 3} {first.year}",
        12: f"{first.year}",
    }
    return None if months == 3 and period.year_starts != 1 else names.get(months)


def _week_in_words(time_range: TimeRange, zone: ZoneInfo) -> str | None:
    """Name a range that is one week from Monday."""
    first, after = (wall_clock.day_that_begins(edge, zone) for edge in (time_range.start, time_range.end))
    if not first or not after or after - first != 7 * DAY or first.weekday():
        return None
    return f"Week of {day_in_words(first)}"


def _days_or_minutes(period: Period) -> str:
    """Return the days of a range, or the minutes of a custom one that is not made of whole days."""
    edges = (period.range.start, period.range.end)
    if period.name != "custom" or all(wall_clock.day_that_begins(edge, period.zone) for edge in edges):
        return describe_range(period.range, period.zone)
    return _to_the_minute(period.range, period.zone)


def _to_the_minute(time_range: TimeRange, zone: ZoneInfo) -> str:
    start, end = time_range.start.astimezone(zone), time_range.end.astimezone(zone)
    if start.date() == end.date():
        return f"{day_in_words(start)} {start:%H:%M}{_TO}{end:%H:%M}"
    return f"{day_in_words(start)} {start:%H:%M} {_TO} {day_in_words(end)} {end:%H:%M}"


def day_in_words(day: date, *, with_year: bool = True) -> str:
    """Return a day as people write it: ``24 Nov 2026``."""
    return f"{day.day} {_MONTHS[day.month - 1][:3]}{f' {day.year}' if with_year else ''}"
