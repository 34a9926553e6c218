"""What running periods of budgets are expected to cost in all, and when what is available runs out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from librechat_analytics.finops.forecast import (
    FEWEST_DAYS_WITH_COST,
    LATELY_DAYS,
    LEVEL,
    READ_DAYS,
    to_come,
)
from librechat_analytics.finops.period_forecast import figures_end_before, figures_until, too_early
from librechat_analytics.usage.daily_costs import Days as DailyDays
from librechat_analytics.usage.wall_clock import DAY, midnight

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping, Sequence
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from numpy.typing import NDArray

    from librechat_analytics.finops.budget_periods import Days
    from librechat_analytics.finops.definitions import Each
    from librechat_analytics.usage.filters import Filters
    from librechat_analytics.usage.questions import Repository

TOO_LITTLE: Final = (
    f"Too little usage for a forecast: it needs {FEWEST_DAYS_WITH_COST} days with cost in the last"
    f" {LATELY_DAYS}."
)


@dataclass(frozen=True, slots=True)
class BudgetForecast:
    """What a period is expected to cost in all, in US dollars.

    ``low_usd`` to ``high_usd`` held as often in the past as ``level`` says, from 0 to 1.
    """

    expected_usd: float
    low_usd: float
    high_usd: float
    level: float


@dataclass(frozen=True, slots=True)
class Prospect:
    """What is to be expected of one running period; without a forecast, ``reason`` says why.

    ``by_day_usd``: what each day to come is expected to cost, from the rest of the
    first one on, which begins at ``until``, where the figures end.
    """

    forecast: BudgetForecast | None
    reason: str | None
    by_day_usd: tuple[float, ...] = ()
    until: datetime | None = None


def prospects(
    repository: Repository,
    running: Days,
    zone: ZoneInfo,
    each: Each | None,
    filters: Filters,
    actual_usd: Mapping[str | None, float],
) -> dict[str | None, Prospect]:
    """Return what to expect of a running period, for each of some subjects.

    ``actual_usd``: what each subject has cost in the period so far.
    """
    until = figures_until(repository.freshness(), repository.now())
    today = until.astimezone(zone).date()
    reason = figures_end_before(today, running.first)
    found = dict.fromkeys(actual_usd, Prospect(None, reason or TOO_LITTLE))
    subjects = [] if reason else list(actual_usd)
    if subjects and each is not None:
        # Most of many users use too little for a forecast, and a year of all of them would take much longer.
        subjects = _active(repository, today, zone, each, filters, actual_usd)
        filters = filters.replacing(each, *(key for key in subjects if key))
    if not subjects:
        return found
    read = DailyDays(zone, today - READ_DAYS * DAY, today + DAY)
    daily = repository.daily_costs(read, each, filters)
    costs_usd = daily.costs_usd[[daily.rows[key] for key in subjects]]
    spent_usd = [actual_usd[key] for key in subjects]
    found.update(
        zip(subjects, _of_days(costs_usd, spent_usd, (running.after - today).days, until), strict=True)
    )
    return found


def prospect_of_days(
    running: Days,
    until: datetime,
    zone: ZoneInfo,
    each: Each | None,
    costs_usd: NDArray[np.float64],
    actual_usd: float,
) -> Prospect:
    """Return what ``prospects`` would for one subject whose costs are known.

    ``costs_usd``: what each day cost, from READ_DAYS before the day of ``until`` to that day, where the
    figures end.
    """
    today = until.astimezone(zone).date()
    reason = figures_end_before(today, running.first)
    lately = costs_usd[-1 - LATELY_DAYS : -1]
    if reason or (each is not None and (lately > 0).sum() < FEWEST_DAYS_WITH_COST):
        return Prospect(None, reason or TOO_LITTLE)
    (found,) = _of_days(costs_usd[np.newaxis], [actual_usd], (running.after - today).days, until)
    return found


def _of_days(
    costs_usd: NDArray[np.float64], actual_usd: Sequence[float], days: int, until: datetime
) -> Iterator[Prospect]:
    """Yield what to expect of each subject: its row has the cost of each day up to that of ``until``."""
    coming = to_come(costs_usd[:, :-1], costs_usd[:, -1], days)
    for place, so_far in enumerate(actual_usd):
        why = too_early(coming, costs_usd[place, :-1], place)
        if why is not None:
            yield Prospect(None, why)
            continue
        expected, low, high = (
            so_far + float(values[place]) for values in (coming.expected_usd, coming.low_usd, coming.high_usd)
        )
        by_day = tuple(coming.by_day_usd(place).tolist())
        yield Prospect(BudgetForecast(expected, low, high, LEVEL), None, by_day, until)


def _active(
    repository: Repository,
    today: date,
    zone: ZoneInfo,
    each: Each,
    filters: Filters,
    keys: Container[str | None],
) -> list[str | None]:
    """Return the subjects that had cost on enough days lately for a forecast."""
    lately = repository.daily_costs(DailyDays(zone, today - LATELY_DAYS * DAY, today), each, filters)
    days_with_cost = (lately.costs_usd > 0).sum(axis=1)
    return [
        subject.key
        for subject, days in zip(lately.subjects, days_with_cost, strict=True)
        if days >= FEWEST_DAYS_WITH_COST and subject.key in keys
    ]


def runs_out_at(left_usd: float, prospect: Prospect, zone: ZoneInfo) -> datetime | None:
    """Return when the costs of the days to come add up to what is left; None where they do not.

    A day's cost spreads evenly over the day, that of the first over what is left of it.
    """
    if prospect.until is None:
        return None
    today = prospect.until.astimezone(zone).date()
    sums = np.cumsum(prospect.by_day_usd)
    day = int(np.searchsorted(sums, left_usd))
    if day == len(sums):
        return None
    begins = midnight(today + day * DAY, zone) if day else prospect.until
    ends = midnight(today + (day + 1) * DAY, zone)
    before = float(sums[day - 1]) if day else 0.0
    cost = prospect.by_day_usd[day]
    return begins + (ends - begins) * ((left_usd - before) / cost if cost else 0.0)
