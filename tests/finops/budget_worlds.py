"""Budgets and definitions built by hand."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from librechat_analytics.finops.definitions import Amount, Budget, Definitions
from librechat_analytics.usage.filters import EVERYTHING

if TYPE_CHECKING:
    from librechat_analytics.finops.definitions import BudgetUnit, Carry, Each
    from librechat_analytics.usage.filters import Filters

E6 = 10**12
"""Millionths of a credit in a dollar."""

BERLIN = ZoneInfo("Europe/Berlin")


def budget(
    usd: float | dict[str, float] = 100,
    *,
    name: str = "AI",
    where: Filters = EVERYTHING,
    period: BudgetUnit = "month",
    each: Each | None = None,
    thresholds: tuple[int, ...] = (50, 100),
    forecast: tuple[int, ...] = (100,),
    carry: Carry = "none",
) -> Budget:
    """A budget; its amounts by their first days, or one amount since January 2026."""
    amounts = usd if isinstance(usd, dict) else {"2026-01-01": usd}
    return Budget(
        name=name,
        where=where,
        period=period,
        amounts=tuple(
            Amount(date.fromisoformat(since), round(amount * E6)) for since, amount in amounts.items()
        ),
        each=each,
        thresholds=thresholds,
        forecast=forecast,
        carry=carry,
    )


def definitions(*budgets: Budget, zone: ZoneInfo = BERLIN, year_starts: int = 1) -> Definitions:
    """What a definitions file with these budgets says."""
    return Definitions(
        repr((budgets, zone.key, year_starts)), zone, year_starts=year_starts, budgets=tuple(budgets)
    )
