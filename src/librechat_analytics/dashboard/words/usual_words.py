"""Whether a cost is usual, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from librechat_analytics.formatting import WEEKDAYS, money

if TYPE_CHECKING:
    from datetime import datetime

    from librechat_analytics.usage.usual import Usual

RANGE = "\N{EN DASH}"
MOST_TIMES = 99
CENT = 0.01


def band(usual: Usual) -> str:
    """Write what is usual: ``$1.90`` to ``$3.40`` with a dash."""
    low, high = money(usual.low_usd), money(usual.high_usd)
    return low if low == high else f"{low}{RANGE}{high}"


def deviation(usual: Usual, cost_usd: float, day: int) -> str:
    """Say how far a cost is from the usual: ``14 times the usual for a Sunday``; empty where it is usual.

    ``day``: the weekday, 0 for Monday.
    """
    kind, weekday = usual.deviation(cost_usd), WEEKDAYS[day]
    if kind is None:
        return ""
    if kind == "below":
        return f"far below the usual {band(usual)} for a {weekday}"
    if usual.middle_usd < CENT:
        return f"usually nothing on a {weekday}"
    times = cost_usd / usual.middle_usd
    if times > MOST_TIMES:
        return f"more than {MOST_TIMES} times the usual for a {weekday}"
    return f"{times:.0f} times the usual for a {weekday}"


def so_far(usual: Usual, cost_usd: float, until: datetime) -> str:
    """Compare the day that is not over with the usual until the same minute; ``until`` is in the zone."""
    spent = f"{WEEKDAYS[until.weekday()]} until {until:%H:%M}: {money(cost_usd)}"
    words = deviation(usual, cost_usd, until.weekday())
    return f"{spent}, {words}." if words else f"{spent}, usually {band(usual)}."


def unusual(label: str, words: str) -> str:
    """Say of one bucket how it is unusual."""
    return f"{label}: {words}."
