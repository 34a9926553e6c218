"""What a running week, month, quarter or year is expected to cost by its end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

from librechat_analytics.finops.budget_periods import elapsed_share, periods_later
from librechat_analytics.finops.forecast import (
    FEWEST_DAYS_WITH_COST,
    FEWEST_MISSES,
    LATELY_DAYS,
    LEVEL,
    MISSES_DAYS,
    READ_DAYS,
    Backtest,
    backtest,
    to_come,
)
from librechat_analytics.formatting import counted
from librechat_analytics.usage import wall_clock
from librechat_analytics.usage.daily_costs import Days
from librechat_analytics.usage.period_words import day_in_words
from librechat_analytics.usage.periods import TimeRange
from librechat_analytics.usage.rows import usd

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from numpy.typing import NDArray

    from librechat_analytics.finops.definitions import BudgetUnit
    from librechat_analytics.finops.forecast import ToCome
    from librechat_analytics.usage.answers import Freshness
    from librechat_analytics.usage.filters import Filters
    from librechat_analytics.usage.periods import Period
    from librechat_analytics.usage.questions import Repository

UNITS: Final[Mapping[str, BudgetUnit]] = {
    "this-month": "month",
    "this-quarter": "quarter",
    "this-year": "year",
    "this-week": "week",
}
FORECAST_PERIODS: Final = tuple(UNITS)
"""The periods that a forecast can be about, the usual one first."""

FARTHEST_DAYS: Final = MISSES_DAYS - FEWEST_MISSES + 1
"""How far ahead a forecast can reach at most."""

PAST_PERIODS: Final = 12
"""How many periods before the running one are looked at: a year of months."""


@dataclass(frozen=True, slots=True)
class PastPeriods:
    """How earlier periods ended, each forecast as many days before its end as the running one is now.

    ``count``: those of the last twelve that could be forecast. ``mean_absolute_error``: a share of what a
    whole period cost, None without any. ``inside``: how many ended in the range.
    """

    count: int
    mean_absolute_error: float | None
    inside: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a period has cost and is expected to cost by its end, in US dollars.

    ``low_usd`` to ``high_usd`` is meant to hold the part ``level`` of all outcomes. Where it is too early,
    ``reason`` says so in a sentence and the three are None. ``pace_usd``: what the period would cost if the
    rest of it went as it did so far; None at its first instant. ``days``: how many days are still to come,
    today included. ``end``: the end of the period.
    """

    actual_usd: float
    expected_usd: float | None
    low_usd: float | None
    high_usd: float | None
    pace_usd: float | None
    reason: str | None
    backtest: Backtest
    past_periods: PastPeriods
    days: int
    end: datetime
    level: float = LEVEL


def forecast(repository: Repository, period: Period, filters: Filters) -> Forecast:
    """Forecast the end of a period that is one of FORECAST_PERIODS.

    Callers use ``Repository.ask``, which keeps the answer.
    """
    zone, now = period.zone, repository.now()
    freshness = repository.freshness()
    today = figures_until(freshness, now).astimezone(zone).date()
    first = period.range.start.astimezone(zone).date()
    after = periods_later(first, UNITS[period.name], 1)
    end = wall_clock.midnight(after, zone)
    actual_usd = _cost(repository, period, filters)
    costs_usd = _daily_costs(repository, Days(zone, today, today + wall_clock.DAY), filters)
    days = (after - today).days
    found = to_come(costs_usd[np.newaxis, :-1], costs_usd[-1:], days)
    reason = figures_end_before(today, first) or too_early(found, costs_usd[:-1])
    if reason and freshness.status == "importing":
        reason = "Too early for a forecast: older history is still being read."
    share = elapsed_share(TimeRange(period.range.start, end), now)
    return Forecast(
        actual_usd=actual_usd,
        expected_usd=None if reason else actual_usd + float(found.expected_usd[0]),
        low_usd=None if reason else actual_usd + float(found.low_usd[0]),
        high_usd=None if reason else actual_usd + float(found.high_usd[0]),
        pace_usd=actual_usd / share if share else None,
        reason=reason,
        backtest=backtest(costs_usd[:-1], days),
        past_periods=past_periods(costs_usd[:-1], today, period.name, first, days),
        days=days,
        end=end,
    )


def too_early(found: ToCome, costs_usd: NDArray[np.float64], series: int = 0) -> str | None:
    """Say in a sentence why there is no forecast of a series; None where there is one.

    ``costs_usd``: what each complete day of this series cost.
    """
    why = found.too_early[series]
    if why == "history":
        used = np.flatnonzero(costs_usd)
        history = counted(len(costs_usd) - int(used[0]) if len(used) else 0, "day")
        return f"Too early for a forecast: it needs eight weeks of usage, and there are {history}."
    if why == "lately":
        some = int((costs_usd[-LATELY_DAYS:] > 0).sum())
        return (
            f"Too little usage for a forecast: it needs {FEWEST_DAYS_WITH_COST} days with cost in the last"
            f" {LATELY_DAYS}, and there are {some}."
        )
    if why == "misses" and found.days > FARTHEST_DAYS:
        return (
            f"Too early for a forecast: it reaches {FARTHEST_DAYS} days ahead at most, and the period ends in"
            f" {found.days} days."
        )
    if why == "misses":
        more = counted(FEWEST_MISSES - int(found.misses[series]), "more day", "more days")
        return f"Too early for a forecast {found.days} days ahead: it needs {more} of usage."
    return None


def past_periods(
    costs_usd: NDArray[np.float64], today: date, name: str, first: date, days: int
) -> PastPeriods:
    """Forecast earlier periods from what was known then; ``costs_usd``: each day up to yesterday."""
    errors, inside = [], 0
    after = first
    for _ in range(PAST_PERIODS):
        start = periods_later(after, UNITS[name], -1)
        origin = max(start, after - timedelta(days=days))
        begun, known, ended = (len(costs_usd) - (today - day).days for day in (start, origin, after))
        after = start
        if begun < 0:
            break
        found = to_come(costs_usd[np.newaxis, :known], np.zeros(1), ended - known)
        actual_usd = costs_usd[begun:ended].sum()
        if found.too_early[0] is None and actual_usd > 0:
            spent_usd = costs_usd[begun:known].sum()
            errors.append(abs(spent_usd + found.expected_usd[0] - actual_usd) / actual_usd)
            inside += bool(spent_usd + found.low_usd[0] <= actual_usd <= spent_usd + found.high_usd[0])
    return PastPeriods(len(errors), float(np.mean(errors)) if errors else None, inside)


def figures_until(freshness: Freshness, now: datetime) -> datetime:
    """Return the present; where the figures end on an earlier day, their end: all after it is to come."""
    if freshness.as_of is None:
        return now
    # The import of a night holds all of the day before, though its newest row may be hours old.
    is_of_last_night = freshness.status == "offline" and now - freshness.as_of < wall_clock.DAY
    return now if is_of_last_night else min(freshness.as_of, now)


def figures_end_before(today: date, first: date) -> str | None:
    """Say in a sentence that the figures end before a period begins; None where they do not."""
    if today >= first:
        return None
    return f"No forecast: the figures end on {day_in_words(today)}, before the period begins."


def _cost(repository: Repository, period: Period, filters: Filters) -> float:
    (whole,) = repository.subject_costs((period.range.start, period.range.end), None, filters)
    return usd(whole.costs_e6[0])


def _daily_costs(repository: Repository, today: Days, filters: Filters) -> NDArray[np.float64]:
    """Return the cost of each day up to today, from the first with usage that matters."""
    first_usage = repository.first_usage(filters.scope)
    earliest = today.first - timedelta(days=READ_DAYS)
    begun = today.first if first_usage is None else first_usage.astimezone(today.zone).date()
    days = Days(today.zone, min(max(begun, earliest), today.first), today.end)
    costs: NDArray[np.float64] = repository.daily_costs(days, None, filters).costs_usd[0]
    return costs
