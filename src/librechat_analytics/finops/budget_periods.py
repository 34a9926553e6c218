"""The calendar of budgets: weeks, months, quarters, years, and what is allowed and carried over in each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from librechat_analytics.usage import wall_clock
from librechat_analytics.usage.periods import Period, TimeRange

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from librechat_analytics.finops.definitions import Budget, BudgetUnit

MONTHS: Final[Mapping[BudgetUnit, int]] = {"month": 1, "quarter": 3, "year": 12}
WEEK = 7 * wall_clock.DAY


@dataclass(frozen=True, slots=True)
class Days:
    """The days of a period: ``first`` is part of it, ``after`` is the first day that is not."""

    first: date
    after: date

    def range(self, zone: ZoneInfo) -> TimeRange:
        """Return the same range as instants: days of 23 and 25 hours are whole days."""
        return TimeRange(wall_clock.midnight(self.first, zone), wall_clock.midnight(self.after, zone))


@dataclass(frozen=True, slots=True)
class Allowed:
    """What may be spent in a period, in millionths of a credit: the amount and what is carried over."""

    amount_e6: int
    carried_e6: int

    @property
    def available_e6(self) -> int:
        return self.amount_e6 + self.carried_e6


def days_around(day: date, unit: BudgetUnit, year_starts: int) -> Days:
    """Return the week (from Monday), month, quarter or year that a day is in.

    Quarters and years are counted from the month ``year_starts`` (1 to 12) on.
    """
    if unit == "week":
        first = day - day.weekday() * wall_clock.DAY
    else:
        first = wall_clock.first_of_months(day, MONTHS[unit], year_starts)
    return Days(first, periods_later(first, unit, 1))


def periods_later(first: date, unit: BudgetUnit, count: int) -> date:
    """Return the first day of a period some periods later, or earlier, given the first day of a period."""
    if unit == "week":
        return first + count * WEEK
    return wall_clock.months_later(first, count * MONTHS[unit])


def periods_until(budget: Budget, today: date, year_starts: int) -> list[Days]:
    """Return the budget's periods, from the one that its first amount begins in to the one of today.

    There are none while the first amount lies ahead.
    """
    found = [days_around(budget.amounts[0].since, budget.period, year_starts)]
    while found[-1].after <= today:
        found.append(days_around(found[-1].after, budget.period, year_starts))
    return found if found[0].first <= today else []


def amount_e6(budget: Budget, days: Days) -> int:
    """Return what a budget allows in one of its periods, in millionths of a credit.

    An amount holds for the periods that begin on its day or later, so that a period's amount never changes
    while it runs. The first amount also holds for the period that it begins in.
    """
    begun = [amount for amount in budget.amounts if amount.since <= days.first]
    return (begun[-1] if begun else budget.amounts[0]).amount_e6


def allowed(budget: Budget, periods: Sequence[Days], actual_e6: Sequence[int]) -> list[Allowed]:
    """Return what may be spent in each of a budget's periods, given what was spent in each.

    ``periods`` begin with the budget's first one, as nothing is carried into it.
    """
    found: list[Allowed] = []
    carried = 0
    for days, actual in zip(periods, actual_e6, strict=True):
        found.append(Allowed(amount_e6(budget, days), carried))
        left = found[-1].available_e6 - actual
        carried = {"none": 0, "unused": max(left, 0), "both": left}[budget.carry]
    return found


def named_period(budget: Budget, days: Days, zone: ZoneInfo, year_starts: int, *, is_running: bool) -> Period:
    """Return a budget's period as a period of answers, to its own end even while it runs."""
    name = f"this-{budget.period}" if is_running else "custom"
    return Period(name, days.range(zone), None, zone, "none", year_starts)


def elapsed_share(time_range: TimeRange, now: datetime) -> float:
    """Return the part of a range that is over, from 0 to 1."""
    return min(max((now - time_range.start) / time_range.elapsed, 0.0), 1.0)
