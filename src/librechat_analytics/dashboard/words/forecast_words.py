"""What a running period is expected to cost, in words."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from librechat_analytics.formatting import counted, money
from librechat_analytics.usage.period_words import day_in_words

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from librechat_analytics.finops.period_forecast import Forecast, PastPeriods

WHOLE_DOLLARS_FROM = 100
"""Cents would pretend to know more than anybody can."""


def expected(found: Forecast, zone: ZoneInfo, now: datetime, *, of: str = "") -> str:
    """Say what a period is expected to cost and by when, or why that is not known.

    ``of`` names the period where the page is about another one; then the cost so far comes first. Empty where
    nothing was spent and nothing is expected.
    """
    so_far = f"{of}: {money(found.actual_usd)} so far" if of else ""
    if found.expected_usd is None or found.low_usd is None or found.high_usd is None:
        if not found.actual_usd:
            return ""
        return ". ".join(filter(None, (so_far, found.reason)))
    last = (found.end - timedelta(microseconds=1)).astimezone(zone)
    by = day_in_words(last, with_year=last.year != now.astimezone(zone).year)
    amounts = (_about(usd, found.high_usd) for usd in (found.expected_usd, found.low_usd, found.high_usd))
    middle, low, high = amounts
    likely = "" if low == high else f", likely {low} to {high}"
    if of:
        return f"{so_far}, about {middle} expected by {by}{likely}."
    return f"Expected by {by}: about {middle}{likely}."


def past_errors(past: PastPeriods, period: str, days: int) -> str:
    """Say how far forecasts of earlier periods were off; empty where that is not known.

    ``period``: the word for such a period, such as ``month``. ``days``: how many days before its end.
    """
    if past.mean_absolute_error is None:
        return ""
    when = "on its last day" if days == 1 else f"{days} days before its end"
    off = f"{100 * past.mean_absolute_error:.0f}%"
    ended = f"{past.inside} of {counted(past.count, period)} ended in the range"
    return f"Forecasts of a {period} {when} were off by {off} on average; {ended}."


def _about(usd: float, greatest_usd: float) -> str:
    """Write an amount as exactly as the greatest of several is worth it."""
    return f"${usd:,.0f}" if greatest_usd >= WHOLE_DOLLARS_FROM else money(usd)
