"""The rule by which a day's cost is an anomaly: arrays in, days out.

A cost is compared with what the same weekdays cost, as a ratio, and that ratio with those of the 56 days
before. So weekends and growth are no anomalies. Only days that cost more can be one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

WEEK: Final = 7
WEEKS: Final = 8
DECAY: Final = 0.5
"""Each earlier week counts this much of the one after it."""

PULL: Final = 0.25
"""How much the mean of all 56 days counts, beside the newest weekday's 1."""

COMPARED: Final = WEEK * WEEKS
"""How many days before a day it is compared with."""

READ: Final = 2 * COMPARED
"""How many days before a day decide whether it is an anomaly: the 56, and those each is compared with."""

LEAD: Final = 28
"""How many days before the first one to judge too: after an anomaly among them it may have to rest.

One of them may rest itself, after one before it; so anomalies a week apart are followed back four weeks.
"""

FLOOR_DAYS: Final = 30
FLOOR_SHARE: Final = 0.02
LEAST_FLOOR_USD: Final = 1.0
LIMIT: Final = 3.5
LEAST_SPREAD: Final = 0.1
TO_DEVIATION: Final = 1.4826
"""Times the median of absolute deviations, the standard deviation of a normal distribution."""

ENOUGH_DAYS: Final = 28
"""With fewer days to compare with, only what costs five times the floor is an anomaly."""

LEAST_DAYS: Final = 7
"""With fewer days nothing is an anomaly, because no weekday is known."""

NEW_FLOORS: Final = 5
REST_DAYS: Final = 7
"""After an anomaly the same subject has none for so many days."""

WEIGHTS: Final = DECAY ** np.arange(WEEKS)


@dataclass(frozen=True, slots=True)
class UnusualDay:
    """A day that is an anomaly: the subject's row, the day's column, and what was expected in US dollars."""

    row: int
    day: int
    expected_usd: float


def floors(total_usd: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return for each day the least excess that counts, in US dollars: 2 % of the 30 days before, or $1.

    ``total_usd``: what each day of the history cost in all.
    """
    until = np.concatenate(([0.0], np.cumsum(total_usd)))
    days = np.arange(len(total_usd))
    of_30_days = until[days] - until[np.maximum(days - FLOOR_DAYS, 0)]
    return np.maximum(LEAST_FLOOR_USD, FLOOR_SHARE * of_30_days)


def expected(costs_usd: NDArray[np.float64], days: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return what a day of each row was expected to cost, in US dollars, by the days before it.

    ``costs_usd``: rows of days; the history begins at the first column. ``days``: a column for each row.
    Without any history it is 0.
    """
    return _expected(*_windows(costs_usd, np.arange(len(costs_usd)), days, COMPARED))[:, -1]


def unusual_days(
    costs_usd: NDArray[np.float64], floors_usd: NDArray[np.float64], first: int
) -> list[UnusualDay]:
    """Find the days that are anomalies, from the column ``first`` on, in order of row and day.

    ``costs_usd``: a row of days for each subject. ``floors_usd``: the floor of each day. The first column is
    where the history begins, or ``READ`` and ``LEAD`` days before ``first``, so that what is an anomaly
    shortly before ``first`` is known too.
    """
    rows, days = np.nonzero(costs_usd > floors_usd)
    before, _ = _windows(costs_usd, rows, days, COMPARED)
    is_greatest = before[:, -1] > before[:, :-1].max(axis=1)
    rows, days = rows[is_greatest], days[is_greatest]
    history, exists = _windows(costs_usd, rows, days, READ)
    expected_usd = _expected(history, exists)
    floor, cost = floors_usd[days], history[:, -1]
    judged = exists[:, COMPARED:-1] & exists[:, COMPARED - 1 : -2]
    count = judged.sum(axis=1)
    is_far = np.where(
        count >= ENOUGH_DAYS,
        _deviation(history[:, COMPARED:], expected_usd, floor, judged) > LIMIT,
        (count >= LEAST_DAYS) & (cost > NEW_FLOORS * floor),
    )
    found = np.flatnonzero(is_far & (cost - expected_usd[:, -1] > floor))
    return [
        UnusualDay(int(rows[index]), int(days[index]), float(expected_usd[index, -1]))
        for index in _rested(rows, days, found)
        if days[index] >= first
    ]


def _windows(
    costs_usd: NDArray[np.float64], rows: NDArray[np.int64], days: NDArray[np.int64], before: int
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return some days before and each given day itself, and which of them are within the history."""
    columns = days[:, None] + np.arange(-before, 1)
    exists = columns >= 0
    return np.where(exists, costs_usd[rows[:, None], np.maximum(columns, 0)], 0.0), exists


def _expected(history: NDArray[np.float64], exists: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return what is expected of every day of some rows that has 56 columns before it."""
    costs = sliding_window_view(history, COMPARED, axis=1)[:, : history.shape[1] - COMPARED]
    known = sliding_window_view(exists, COMPARED, axis=1)[:, : history.shape[1] - COMPARED]
    count = known.sum(axis=2)
    # The newest of the same weekdays is a week before the day, the oldest begins the window.
    weekly, has_week = costs[:, :, ::WEEK][:, :, ::-1], known[:, :, ::WEEK][:, :, ::-1]
    mean = costs.sum(axis=2) / np.maximum(count, 1)
    weights = (has_week * WEIGHTS).sum(axis=2) + PULL
    found: NDArray[np.float64] = ((weekly * WEIGHTS).sum(axis=2) + PULL * mean) / weights
    return found


def _deviation(
    costs: NDArray[np.float64],
    expected_usd: NDArray[np.float64],
    floor: NDArray[np.float64],
    judged: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """Return by how many spreads the last day's ratio to what was expected is above those before it."""
    ratios = np.log((costs + floor[:, None]) / (expected_usd + floor[:, None]))
    before = np.where(judged, ratios[:, :-1], np.nan)
    middle = _median(before)
    spread = TO_DEVIATION * _median(np.abs(before - middle[:, None]))
    found: NDArray[np.float64] = (ratios[:, -1] - middle) / np.maximum(spread, LEAST_SPREAD)
    return found


def _median(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the median of each row without its NaNs; 0 for a row that has nothing else."""
    ordered = np.sort(values, axis=1)
    count = np.isfinite(values).sum(axis=1)
    lower, upper = np.maximum(count - 1, 0) // 2, count // 2
    index = np.arange(len(values))
    middle = (ordered[index, lower] + ordered[index, np.minimum(upper, values.shape[1] - 1)]) / 2
    return np.where(count > 0, middle, 0.0)


def _rested(rows: NDArray[np.int64], days: NDArray[np.int64], found: NDArray[np.int64]) -> Iterator[int]:
    """Yield those of the found days that do not follow another one of the same row within seven days."""
    last_row, last_day = -1, 0
    for index in found.tolist():
        if rows[index] != last_row or days[index] - last_day > REST_DAYS:
            last_row, last_day = rows[index], days[index]
            yield index
