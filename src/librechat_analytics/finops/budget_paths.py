"""What is left of a budget from day to day of its running period, and what is expected to be left."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import accumulate
from typing import TYPE_CHECKING

from librechat_analytics.finops.budget_forecasts import prospects
from librechat_analytics.finops.budget_periods import Days
from librechat_analytics.usage import daily_costs

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from librechat_analytics.finops.budgets import BudgetState
    from librechat_analytics.usage.filters import Scope
    from librechat_analytics.usage.questions import Repository


@dataclass(frozen=True, slots=True)
class Fan:
    """What is expected to be left at the ends of the days to come, in US dollars, today the first."""

    expected_usd: tuple[float, ...]
    least_usd: tuple[float, ...]
    most_usd: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class DayOfBudget:
    """What is left at the end of a day, in US dollars, and what is expected; None where that is not known."""

    day: date
    left_usd: float | None
    expected_usd: float | None
    least_usd: float | None
    most_usd: float | None

    @property
    def amounts_usd(self) -> tuple[float | None, ...]:
        return self.left_usd, self.expected_usd, self.least_usd, self.most_usd


@dataclass(frozen=True, slots=True)
class BudgetPath:
    """What was left at the end of each day of the period so far, in US dollars, today the last.

    ``days``: all days of the period. ``fan``: None without a forecast.
    """

    days: daily_costs.Days
    left_usd: tuple[float, ...]
    fan: Fan | None

    def rows(self) -> tuple[DayOfBudget, ...]:
        """Return every day of the period."""
        today = len(self.left_usd) - 1
        found = []
        for number, day in enumerate(self.days.dates()):
            left = self.left_usd[number] if number <= today else None
            if self.fan is None or number < today:
                found.append(DayOfBudget(day, left, None, None, None))
                continue
            fan = (self.fan.expected_usd, self.fan.least_usd, self.fan.most_usd)
            found.append(DayOfBudget(day, left, *(line[number - today] for line in fan)))
        return tuple(found)


def budget_path(repository: Repository, state: BudgetState, scope: Scope | None = None) -> BudgetPath:
    """Return the path of a budget that is in its running period."""
    zone = state.period.zone
    first, end = state.start.date(), state.end.date()
    filters = replace(state.budget.where, scope=scope)
    if state.each is not None and state.key is not None:
        filters = filters.replacing(state.each, state.key)
    days = daily_costs.Days(zone, first, end)
    costs = repository.daily_costs(days, None, filters).costs_usd[0]
    actual_usd: dict[str | None, float] = {None: state.actual_usd}
    coming = prospects(repository, Days(first, end), zone, None, filters, actual_usd)[None]
    today = (coming.until or repository.now()).astimezone(zone).date()
    so_far = costs[: (today - first).days + 1].tolist()
    left = tuple(_left(state.available_usd, so_far))
    if coming.forecast is None:
        return BudgetPath(days, left, None)
    return BudgetPath(
        days,
        left,
        Fan(
            *(
                tuple(_left(left[-1], _scaled(coming.by_day_usd, whole_usd - state.actual_usd)))
                for whole_usd in (
                    coming.forecast.expected_usd,
                    coming.forecast.high_usd,
                    coming.forecast.low_usd,
                )
            )
        ),
    )


def _left(available_usd: float, costs_usd: Iterable[float]) -> Iterable[float]:
    return (available_usd - spent for spent in accumulate(costs_usd))


def _scaled(costs_usd: tuple[float, ...], whole_usd: float) -> list[float]:
    """Return the same costs so that they add up to another whole."""
    whole = sum(costs_usd)
    return [cost * whole_usd / whole if whole else 0.0 for cost in costs_usd]
