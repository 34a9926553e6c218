"""How budgets are doing: what is spent of what is available, and what is expected at the end of the period.

Nothing is counted along the way: what is spent is the cost of the period's usage so far.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from librechat_analytics.finops.budget_forecasts import (
    BudgetForecast,
    Prospect,
    prospect_of_days,
    prospects,
    runs_out_at,
)
from librechat_analytics.finops.budget_periods import (
    allowed,
    elapsed_share,
    named_period,
    periods_until,
)
from librechat_analytics.finops.budget_scopes import seen_filters
from librechat_analytics.finops.forecast import READ_DAYS
from librechat_analytics.finops.period_forecast import figures_until
from librechat_analytics.usage.daily_costs import Days as DailyDays
from librechat_analytics.usage.rows import usd
from librechat_analytics.usage.subject_costs import Limit
from librechat_analytics.usage.wall_clock import DAY

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from librechat_analytics.finops.budget_periods import Allowed, Days
    from librechat_analytics.finops.definitions import Budget, Definitions, Each
    from librechat_analytics.usage.filters import Filters, Scope
    from librechat_analytics.usage.periods import Period
    from librechat_analytics.usage.questions import Repository
    from librechat_analytics.usage.subject_costs import Edges, SubjectCosts

BudgetStatus = Literal["ok", "warned", "likely-over", "over"]
"""The most serious that holds: a threshold is crossed, the forecast expects no less, all of it is spent."""

ALL_OF_IT: Final = 100
"""The per cent that are the whole budget."""

PERIODS_OF_HISTORY: Final = 12
NO_PROSPECT: Final = Prospect(None, None)


@dataclass(frozen=True, slots=True)
class Threshold:
    """A part of what is available, in per cent, and the date of the row with which it was spent.

    ``crossed_at`` is None while it is not spent.
    """

    percent: int
    crossed_at: datetime | None


@dataclass(frozen=True, slots=True)
class BudgetState:
    """One budget in one period; of a budget for each user and so on, the one with this key.

    ``period``: the whole period, in the zone of the definitions. ``carried_e6``: what earlier periods left,
    or negative what they lack. Amounts are millionths of a credit. ``elapsed_share``: the part of the period
    that is over, from 0 to 1. ``forecast_reason``: why there is no forecast. ``runs_out_at``: when all of it
    is spent, or is expected to be; None if that is not expected within the period.
    """

    budget: Budget
    key: str | None
    label: str | None
    period: Period
    amount_e6: int
    carried_e6: int
    actual_e6: int
    elapsed_share: float
    forecast: BudgetForecast | None
    forecast_reason: str | None
    runs_out_at: datetime | None
    thresholds: tuple[Threshold, ...]

    @property
    def name(self) -> str:
        return self.budget.name

    @property
    def where(self) -> Mapping[str, str | tuple[str, ...]]:
        """The filters of the budget by the API's names, as the definitions file writes them."""
        given = self.budget.where.given()
        return {name: values[0] if len(values) == 1 else values for name, values in given.items()}

    @property
    def each(self) -> Each | None:
        return self.budget.each

    @property
    def start(self) -> datetime:
        """When the period begins, in its zone."""
        return self.period.range.start.astimezone(self.period.zone)

    @property
    def end(self) -> datetime:
        """When the period ends, in its zone."""
        return self.period.range.end.astimezone(self.period.zone)

    @property
    def available_e6(self) -> int:
        """What may be spent in the period; not above 0 where earlier periods lack more than the amount."""
        return self.amount_e6 + self.carried_e6

    @property
    def amount_usd(self) -> float:
        return usd(self.amount_e6)

    @property
    def carried_usd(self) -> float:
        return usd(self.carried_e6)

    @property
    def available_usd(self) -> float:
        return usd(self.available_e6)

    @property
    def actual_usd(self) -> float:
        return usd(self.actual_e6)

    @property
    def used_share(self) -> float | None:
        """What is spent of what is available, above 1 when over; None where nothing is available."""
        return self.actual_e6 / self.available_e6 if self.available_e6 > 0 else None

    @property
    def pace_usd(self) -> float | None:
        """What the period would cost if the rest of it went as it did so far; None at its first instant."""
        return self.actual_usd / self.elapsed_share if self.elapsed_share else None

    @property
    def expected_usd(self) -> float | None:
        return None if self.forecast is None else self.forecast.expected_usd

    @property
    def low_usd(self) -> float | None:
        return None if self.forecast is None else self.forecast.low_usd

    @property
    def high_usd(self) -> float | None:
        return None if self.forecast is None else self.forecast.high_usd

    @property
    def status(self) -> BudgetStatus:
        if self.actual_e6 >= self.available_e6:
            return "over"
        if self.forecast is not None and self.forecast.low_usd >= self.available_usd:
            return "likely-over"
        return "warned" if any(one.crossed_at is not None for one in self.thresholds) else "ok"

    @property
    def expected_percents(self) -> tuple[int, ...]:
        """The per cent of the budget's ``forecast`` that are not spent yet, but expected to be."""
        if self.forecast is None:
            return ()
        expected_usd, spent = self.forecast.expected_usd, self.actual_e6 * ALL_OF_IT
        return tuple(
            percent
            for percent in self.budget.forecast
            if spent < self.available_e6 * percent
            and expected_usd >= self.available_usd * percent / ALL_OF_IT
        )


def budget_states(
    repository: Repository, definitions: Definitions, scope: Scope | None = None
) -> tuple[BudgetState, ...]:
    """Return the budgets that a scope may see in their running periods, in the order of the file.

    Of a budget for each user and so on, those with usage in the period come by what they spent. Callers
    use ``Repository.ask``, which keeps the answer.
    """
    found: list[BudgetState] = []
    for budget in definitions.budgets:
        reading = _reading(repository, definitions, budget, scope, carry_alone=True)
        if reading is not None:
            costs = repository.subject_costs(reading.edges, budget.each, reading.filters)
            seen = [one for one in costs if one.in_last or budget.each is None]
            seen.sort(key=lambda one: (-one.costs_e6[-1], one.key or ""))
            last = len(reading.periods) - 1
            expected = _prospects(repository, reading, seen)
            found += _states(repository, reading, [(one, last) for one in seen], expected)
    return tuple(found)


def budget_history(
    repository: Repository,
    definitions: Definitions,
    name: str,
    key: str | None = None,
    scope: Scope | None = None,
) -> tuple[BudgetState, ...] | None:
    """Return a budget's last twelve periods, the running one last.

    ``key``: which of a budget for each user and so on. None where the scope sees no such budget, or where
    nothing with this key has usage in these periods.
    """
    budget = next((one for one in definitions.budgets if one.name == name), None)
    if budget is None or (budget.each is None) != (key is None):
        return None
    reading = _reading(repository, definitions, budget, scope, carry_alone=False)
    if reading is None:
        return None
    filters = reading.filters
    if budget.each is not None and key is not None and budget.each not in filters.chosen():
        filters = filters.replacing(budget.each, key)
    # One question about days answers both: what the periods cost, and what the forecast comes from.
    until = figures_until(repository.freshness(), reading.now)
    today, first = until.astimezone(reading.zone).date(), reading.periods[0].first
    days = DailyDays(reading.zone, min(first, today - READ_DAYS * DAY), reading.today + DAY)
    costs = repository.subject_costs((*days.edges()[:-1], reading.now), budget.each, filters)
    by_day = next((one for one in costs if one.key == key), None)
    chosen = by_day and by_day.added_up([(period.first - days.first).days for period in reading.periods])
    if not by_day or not chosen or (key is not None and not chosen.used):
        return None
    number = (today - days.first).days
    costs_usd = np.array([usd(cost_e6) for cost_e6 in by_day.costs_e6[number - READ_DAYS : number + 1]])
    running, actual_usd = reading.periods[-1], usd(chosen.costs_e6[-1])
    expected = prospect_of_days(running, until, reading.zone, budget.each, costs_usd, actual_usd)
    last = range(len(reading.periods))[-PERIODS_OF_HISTORY:]
    return tuple(_states(repository, reading, [(chosen, period) for period in last], {key: expected}))


@dataclass(frozen=True, slots=True)
class _Reading:
    """The periods of a budget that are read from the store, up to now."""

    budget: Budget
    periods: Sequence[Days]
    zone: ZoneInfo
    year_starts: int
    now: datetime
    filters: Filters

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    @property
    def edges(self) -> Edges:
        return (*(days.range(self.zone).start for days in self.periods), self.now)


def _reading(
    repository: Repository,
    definitions: Definitions,
    budget: Budget,
    scope: Scope | None,
    *,
    carry_alone: bool,
) -> _Reading | None:
    """Return what to read of a budget; None where the scope does not see it, or before its first period.

    With ``carry_alone`` earlier periods are read only if something is carried over from them.
    """
    filters = seen_filters(repository, budget, scope)
    now = repository.now()
    today = now.astimezone(definitions.zone).date()
    periods = periods_until(budget, today, definitions.year_starts)
    if filters is None or not periods:
        return None
    if budget.carry == "none":
        periods = periods[-1:] if carry_alone else periods[-PERIODS_OF_HISTORY:]
    return _Reading(budget, periods, definitions.zone, definitions.year_starts, now, filters)


def _states(
    repository: Repository,
    reading: _Reading,
    wanted: Sequence[tuple[SubjectCosts, int]],
    expected: Mapping[str | None, Prospect],
) -> Iterator[BudgetState]:
    """Yield the states of some subjects in some periods, by the periods' numbers.

    ``expected``: what to expect of the running period of each subject.
    """
    budget, zone, running = reading.budget, reading.zone, len(reading.periods) - 1
    periods = {
        number: named_period(
            budget, reading.periods[number], zone, reading.year_starts, is_running=number == running
        )
        for number in {number for _, number in wanted}
    }
    elapsed = {number: elapsed_share(period.range, reading.now) for number, period in periods.items()}
    subjects = {one.key: one for one, _ in wanted}
    can_spend = {key: allowed(budget, reading.periods, one.costs_e6) for key, one in subjects.items()}
    crossed_at = _crossings(repository, reading, wanted, can_spend)
    none_crossed = tuple(Threshold(percent, None) for percent in budget.thresholds)
    for one, number in wanted:
        dates = crossed_at.get((one.key, number))
        allows, actual_e6 = can_spend[one.key][number], one.costs_e6[number]
        prospect = expected[one.key] if number == running else NO_PROSPECT
        yield BudgetState(
            budget=budget,
            key=one.key,
            label=one.label,
            period=periods[number],
            amount_e6=allows.amount_e6,
            carried_e6=allows.carried_e6,
            actual_e6=actual_e6,
            elapsed_share=elapsed[number],
            forecast=prospect.forecast,
            forecast_reason=prospect.reason,
            runs_out_at=(dates and dates.get(ALL_OF_IT))
            or runs_out_at(usd(allows.available_e6 - actual_e6), prospect, zone),
            thresholds=tuple(Threshold(percent, dates.get(percent)) for percent in budget.thresholds)
            if dates
            else none_crossed,
        )


def _crossings(
    repository: Repository,
    reading: _Reading,
    wanted: Sequence[tuple[SubjectCosts, int]],
    can_spend: Mapping[str | None, Sequence[Allowed]],
) -> dict[tuple[str | None, int], dict[int, datetime | None]]:
    """Return when thresholds were crossed, by per cent, of each subject and period in which any were."""
    percents = sorted({*reading.budget.thresholds, ALL_OF_IT})
    reached: dict[tuple[str | None, int, int], Limit] = {}
    for one, number in wanted:
        available_e6 = can_spend[one.key][number].available_e6
        for percent in percents:
            limit_e6 = -(-available_e6 * percent // ALL_OF_IT)  # the least cost that is as much
            if one.costs_e6[number] < limit_e6:
                break
            reached[one.key, number, percent] = Limit(one.key, number, limit_e6)
    limits = tuple(reached.values())
    dates = repository.crossings(reading.edges, reading.budget.each, limits, reading.filters)
    found: dict[tuple[str | None, int], dict[int, datetime | None]] = {}
    for (key, number, percent), at in zip(reached, dates, strict=True):
        found.setdefault((key, number), {})[percent] = at
    return found


def _prospects(
    repository: Repository, reading: _Reading, subjects: Collection[SubjectCosts]
) -> dict[str | None, Prospect]:
    """Return what to expect of the running period of each subject."""
    actual_usd = {one.key: usd(one.costs_e6[-1]) for one in subjects}
    days, each = reading.periods[-1], reading.budget.each
    return prospects(repository, days, reading.zone, each, reading.filters, actual_usd)
