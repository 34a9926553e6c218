"""Dollars in the currency of the definitions file: each month at its own rate, with the rate in words."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from librechat_analytics.formatting import SHORT_MONTHS, money_in
from librechat_analytics.usage.periods import Period, TimeRange
from librechat_analytics.usage.wall_clock import DAY, midnight

if TYPE_CHECKING:
    from collections.abc import Iterable
    from fractions import Fraction

    from librechat_analytics.finops.definitions import Currency
    from librechat_analytics.usage.filters import Filters
    from librechat_analytics.usage.questions import Repository


LONGEST = 80 * 365 * DAY
"""A question has at most 1,000 months."""

MIDDLE_DAY = date(2050, 1, 1)
"""The middle of the time that periods can be in."""


class Rate(NamedTuple):
    """Units of the currency per dollar, and the first day of the month that the file gives them for."""

    month: date
    per_dollar: Fraction


@dataclass(frozen=True, slots=True)
class Converted:
    """An amount in another currency.

    ``average``: units per dollar, over the whole amount. ``rates``: those that were used, ascending.
    """

    code: str
    amount: float
    average: float
    rates: tuple[Rate, ...]

    def of(self, cost_usd: float) -> float:
        """Convert a part of the amount; all parts add up to it."""
        return cost_usd * self.average


def rate_on(currency: Currency, day: date) -> Rate | None:
    """Return the rate of a day: its month's or the newest earlier one; None before the first."""
    held = [Rate(month, per_dollar) for month, per_dollar in currency.rates if month <= day]
    return held[-1] if held else None


def converted(currency: Currency, costs_usd: Iterable[tuple[date, float]], last: date) -> Converted | None:
    """Convert the costs of some months, each at its own rate; None where one of them has no rate.

    ``last``: the day whose rate is named if there is no cost.
    """
    amounts: list[float] = []
    used: dict[Rate, float] = {}
    for day, cost_usd in costs_usd:
        if not cost_usd:
            continue
        rate = rate_on(currency, day)
        if rate is None:
            return None
        amounts.append(cost_usd * float(rate.per_dollar))
        used[rate] = used.get(rate, 0.0) + cost_usd
    amount, total_usd = math.fsum(amounts), math.fsum(used.values())
    if not used or not total_usd:
        rate = rate_on(currency, last)
        return None if rate is None else Converted(currency.code, 0.0, float(rate.per_dollar), (rate,))
    if len(used) == 1:
        # Not divided by the total, which could be off by a last digit.
        return Converted(currency.code, amount, float(next(iter(used)).per_dollar), tuple(used))
    return Converted(currency.code, amount, amount / total_usd, tuple(sorted(used)))


def cost_in_currency(
    repository: Repository, currency: Currency | None, period: Period, filters: Filters
) -> Converted | None:
    """Return what a period cost in the file's currency; None without one, or without a rate for a month."""
    if currency is None:
        return None
    points = (
        point
        for part in _with_few_months(period)
        for point in repository.spent_over_time(part, "month", filters).points
    )
    _, last = period.range.days(period.zone)
    return converted(currency, ((point.start.date(), point.cost_usd) for point in points), last)


def _with_few_months(period: Period) -> list[Period]:
    """Return the parts of a period that is too long for one question; most periods are their only part."""
    whole, middle = period.range, midnight(MIDDLE_DAY, period.zone)
    if whole.elapsed <= LONGEST or not whole.start < middle < whole.end:
        return [period]
    parts = (TimeRange(whole.start, middle), TimeRange(middle, whole.end))
    return [Period("custom", part, None, period.zone) for part in parts]


def in_words(money: Converted) -> str:
    """Write an amount with its rate, such as ``EUR 11.04 at 0.92 per dollar (Oct 2026)``."""
    return f"{money_in(money.code, money.amount)} {rates_in_words(money)}"


def rates_in_words(money: Converted) -> str:
    """Name the rates of an amount, such as ``at 0.92 per dollar (Oct 2026)``."""
    if len(money.rates) == 1:
        (rate,) = money.rates
        return f"at {_written(float(rate.per_dollar))} per dollar ({_month(rate.month)})"
    return f"at {_written(money.average)} per dollar on average, each month at its own rate"


def each_rate_in_words(money: Converted) -> str:
    """List the rates of an amount by month, for a tooltip."""
    listed = (f"{_month(rate.month)}: {_written(float(rate.per_dollar))}" for rate in money.rates)
    return f"{money.code} per dollar. {', '.join(listed)}. The rates are from the definitions file."


def _written(rate: float) -> str:
    return f"{rate:.4f}".rstrip("0").rstrip(".") if rate >= 0.1 else f"{rate:.4g}"


def _month(first: date) -> str:
    return f"{SHORT_MONTHS[first.month - 1]} {first.year}"
