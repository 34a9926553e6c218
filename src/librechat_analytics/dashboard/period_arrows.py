"""The buttons beside the period, which go to the same length of time just before and just after."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from librechat_analytics.dashboard import ids
from librechat_analytics.dashboard.html.markup import element
from librechat_analytics.usage.periods import BadPeriodError, Period, describe_range, parse_period

if TYPE_CHECKING:
    from datetime import datetime

    from librechat_analytics.dashboard.data import PageData
    from librechat_analytics.dashboard.html.markup import Markup

ONE_DAY = timedelta(days=1)
CALENDAR = {
    "today": "today",
    "yesterday": "today",
    "this-week": "this-week",
    "this-month": "this-month",
    "last-month": "this-month",
    "this-year": "this-year",
}
"""The period that each period of the calendar was, or is, while it runs."""


def step_buttons(data: PageData) -> dict[str, list[Markup]]:
    """Make the buttons before and after the choice of the period."""
    period, now, first_usage = data.period, data.now, data.first_usage
    return {
        ids.EARLIER: [_button("Earlier", earlier(period, first_usage=first_usage))],
        ids.LATER: [_button("Later", later(period, now=now))],
    }


def _button(label: str, period: Period | None) -> Markup:
    class_name = f"quiet-button step {label.lower()}"
    if period is None:
        # A button without effect stays on the page, so that it keeps the focus.
        nowhere = f"{label}: nothing there"
        return element("button", class_name=class_name, label=nowhere, title=nowhere, disabled="true")
    words = f"{label}: {describe_range(period.range, period.zone)}"
    return element("button", class_name=class_name, label=words, title=words, set=_address(period))


def _address(period: Period) -> str:
    """Write a period for the address, in days if it is made of whole days."""
    if period.name != "custom":
        return urlencode({"period": period.name, "start": "", "end": "", "page": ""})
    days = _days(period)
    start, end = (
        (day.isoformat() for day in days)
        if days
        else (
            edge.astimezone(period.zone).isoformat(timespec="seconds")
            for edge in (period.range.start, period.range.end)
        )
    )
    return urlencode({"period": "custom", "start": start, "end": end, "page": ""})


def earlier(period: Period, *, first_usage: datetime | None) -> Period | None:
    """Give the same length of time just before; None if all usage is later."""
    found = _shifted(period, -1)
    if found is None or first_usage is None or found.range.end <= first_usage:
        return None
    return found


def later(period: Period, *, now: datetime) -> Period | None:
    """Give the same length of time just after; None if it is not over yet and has no name of its own."""
    if period.range.end >= now:
        return None
    found = _shifted(period, 1)
    if found is None or found.range.end <= now:
        return found
    for name in dict.fromkeys(CALENDAR.values()):
        running = parse_period(name, None, None, period.zone, now=now, first_usage=None)
        if _days(_whole(running)) == _days(found):
            return running
    return None


def _shifted(period: Period, steps: int) -> Period | None:
    if period.name == "all" or not period.range.elapsed:
        return None
    days = _days(_whole(period))
    if days is None:
        length = period.range.elapsed * steps
        return _custom(
            period,
            *(
                (edge + length).isoformat(timespec="milliseconds")
                for edge in (period.range.start, period.range.end)
            ),
        )
    first, last = days
    months = _months(first, last)
    if months:
        start = _month_after(first, steps * months)
        return _custom(period, start.isoformat(), (_month_after(start, months) - ONE_DAY).isoformat())
    shift = steps * (last - first + ONE_DAY)
    return _custom(period, (first + shift).isoformat(), (last + shift).isoformat())


def _custom(period: Period, start: str, end: str) -> Period | None:
    try:
        return parse_period("custom", start, end, period.zone, now=period.range.end, first_usage=None)
    except BadPeriodError:
        return None  # outside the years that a period may have


def _whole(period: Period) -> Period:
    """Extend a period of the calendar to its last day, even if that is in the future."""
    running = CALENDAR.get(period.name)
    if running is None or period.name != running:
        return period
    first, _ = period.range.days(period.zone)
    last = {
        "today": first,
        "this-week": first + 6 * ONE_DAY,
        "this-month": _month_after(first, 1) - ONE_DAY,
        "this-year": _month_after(first, 12) - ONE_DAY,
    }[running]
    found = _custom(period, first.isoformat(), last.isoformat())
    return found or period


def _days(period: Period) -> tuple[date, date] | None:
    """Give the first and the last day of a period of whole days; None for others."""
    first, last = period.range.days(period.zone)
    whole = _custom(period, first.isoformat(), last.isoformat())
    return (first, last) if whole is not None and whole.range == period.range else None


def _months(first: date, last: date) -> int:
    """Count the whole months of the calendar that these days make up; 0 if they don't."""
    after = last + ONE_DAY
    if first.day != 1 or after.day != 1:
        return 0
    return (after.year - first.year) * 12 + after.month - first.month


def _month_after(first: date, months: int) -> date:
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, 1)
