"""What the days to come will cost, from what each weekday cost lately and how far that was off before.

Each day costs about what the same weekday cost in the last eight weeks, the newest counting most. How much
the same computation missed in the last year at the same distance gives the range, and half of the drift.
No calendar is needed: a series of days ends yesterday, and every seventh day is the same weekday.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

if TYPE_CHECKING:
    from numpy.typing import NDArray

WEEKS = 8
HISTORY_DAYS = 7 * WEEKS
"""How many days say what a weekday costs; a shorter history gives no forecast."""

NEWER_COUNTS_MORE = 0.5
"""A week counts this much of what the week after it counts."""

WEIGHT_OF_MEAN = 0.25
"""How much the mean day of the eight weeks counts, where the last week counts 1."""

LEVEL = 0.8
"""The part of all outcomes that the range is meant to hold."""

MISSES_DAYS = 365
"""How long ago the method may have been wrong to count."""

FEWEST_MISSES = 20
LATELY_DAYS = 28
READ_DAYS = 2 * MISSES_DAYS + HISTORY_DAYS + LATELY_DAYS
"""How many days before today to read, so that all forecasts of a series come from the same days.

A forecast a year ago knew the misses of the year before it, and the first of these needed eight weeks. Four
weeks more show that a series that costs nothing on some days had begun by then.
"""

FEWEST_DAYS_WITH_COST = 10
"""Of the last 28 days; with fewer, single days decide the sum."""

_WEIGHTS = NEWER_COUNTS_MORE ** np.arange(WEEKS)
_ALL_WEIGHTS = float(_WEIGHTS.sum()) + WEIGHT_OF_MEAN

TooEarly = Literal["history", "misses", "lately"]
"""Why there is no forecast: a short history, too few past misses, or too few days with cost lately."""


@dataclass(frozen=True, slots=True)
class ToCome:
    """What the days from today to a period's end will still cost, in US dollars, for one or more series.

    ``weekdays_usd``: what today's weekday and the six after it cost lately. ``today_usd``: what today still
    costs by that. ``expected_usd``, ``low_usd`` and ``high_usd`` are NaN where it is ``too_early``.
    ``misses``: how many past misses the range comes from.
    """

    days: int
    weekdays_usd: NDArray[np.float64]
    today_usd: NDArray[np.float64]
    expected_usd: NDArray[np.float64]
    low_usd: NDArray[np.float64]
    high_usd: NDArray[np.float64]
    misses: NDArray[np.int64]
    too_early: tuple[TooEarly | None, ...]

    def by_day_usd(self, series: int = 0) -> NDArray[np.float64]:
        """Return what each day to come costs; they add up to what is expected of the series."""
        costs = self.weekdays_usd[series][np.arange(self.days) % 7].copy()
        costs[0] = self.today_usd[series]
        whole = costs.sum()
        scale = self.expected_usd[series] / whole if whole else 0.0
        scaled: NDArray[np.float64] = costs * scale
        return scaled


@dataclass(frozen=True, slots=True)
class Backtest:
    """How far the same forecast was off on each day of the last year, as many days before the outcome.

    ``origins``: the days whose outcome is known. The others are None where no origin had enough misses before
    it. ``mean_absolute_error``: a share of what the days really cost. ``coverage``: the share of outcomes
    within the range.
    """

    origins: int
    mean_absolute_error: float | None
    coverage: float | None


def to_come(costs_usd: NDArray[np.float64], spent_today_usd: NDArray[np.float64], days: int) -> ToCome:
    """Forecast the next ``days`` days, today included.

    ``costs_usd``: a row for each series, a column for each complete day up to yesterday; days before the
    first with cost do not count. ``spent_today_usd``: what each series has cost today.
    """
    costs_usd = _at_least(costs_usd, HISTORY_DAYS)
    today = costs_usd.shape[1]
    first = _first_days(costs_usd)
    weekdays = _weekdays(costs_usd, today)
    rest_of_today = np.maximum(0.0, weekdays[:, 0] - spent_today_usd)
    still = weekdays @ _counts(days) - weekdays[:, 0] + rest_of_today
    ratios = _ratios(costs_usd, max(HISTORY_DAYS, today - MISSES_DAYS), days, first)
    factors = _factors(ratios, days)
    lately = (costs_usd[:, -LATELY_DAYS:] > 0).sum(axis=1)
    too_early = tuple(
        _too_early(today - int(start), int(count), int(active))
        for start, count, active in zip(first, factors.misses, lately, strict=True)
    )
    unknown = np.array([why is not None for why in too_early])
    expected, low, high = (
        np.where(unknown, np.nan, still * factor) for factor in (factors.expected, factors.low, factors.high)
    )
    return ToCome(days, weekdays, rest_of_today, expected, low, high, factors.misses, too_early)


def backtest(costs_usd: NDArray[np.float64], days: int) -> Backtest:
    """Judge the forecasts of one series ``days`` days ahead, each by the misses that were known before it."""
    costs = _at_least(costs_usd[np.newaxis], HISTORY_DAYS)
    today = costs.shape[1]
    # Of two years, because a forecast of a year ago knew the misses of the year before it.
    start = today - 2 * MISSES_DAYS
    known = _ratios(costs, max(HISTORY_DAYS, start), days, _first_days(costs))[0]
    ratios = np.concatenate([np.full(max(0, today - days + 1 - start - len(known)), np.nan), known])
    width = MISSES_DAYS - days + 1
    judged = ratios[MISSES_DAYS:]
    if width <= 0 or not len(judged):
        return Backtest(0, None, None)
    # The misses known on a day begin as long before it as those known today do.
    factors = _factors(sliding_window_view(ratios[: len(judged) + width - 1], width), days)
    with np.errstate(divide="ignore", invalid="ignore"):
        errors = np.abs(1 - factors.expected / judged)
    is_judged = (factors.misses >= FEWEST_MISSES) & (judged > 0)
    count = int(np.isfinite(judged).sum())
    if not is_judged.any():
        return Backtest(count, None, None)
    inside = (factors.low <= judged) & (judged <= factors.high)
    return Backtest(count, float(errors[is_judged].mean()), float(inside[is_judged].mean()))


@dataclass(frozen=True, slots=True)
class _Factors:
    """What to multiply a plain forecast by, from past misses; NaN without any."""

    expected: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    misses: NDArray[np.int64]


def _factors(ratios: NDArray[np.float64], days: int) -> _Factors:
    """Turn rows of past misses, outcome through forecast, into factors; NaN is no miss."""
    ordered = np.sort(ratios, axis=1)
    misses = np.isfinite(ratios).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        # Misses of days side by side overlap, so only one in ``days`` says something of its own.
        level = np.minimum(1.0, LEVEL * (1 + days / misses))
    low = _quantiles(ordered, misses, (1 - level) / 2)
    high = _quantiles(ordered, misses, (1 + level) / 2)
    expected = np.sqrt(_quantiles(ordered, misses, np.full(len(misses), 0.5)))
    return _Factors(np.clip(expected, low, high), low, high, misses)


def _quantiles(
    ordered: NDArray[np.float64], counts: NDArray[np.int64], parts: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return a quantile of the first ``counts`` values of each ordered row, linear between ranks."""
    if not ordered.shape[1]:
        return np.full(len(counts), np.nan)
    ranks = parts * np.maximum(counts - 1, 0)
    below = np.floor(np.nan_to_num(ranks)).astype("int64")
    above = np.minimum(below + 1, np.maximum(counts - 1, 0))
    rows = np.arange(len(counts))
    at_below, at_above = ordered[rows, below], ordered[rows, above]
    between: NDArray[np.float64] = at_below + (ranks - below) * (at_above - at_below)
    return between


def _ratios(
    costs: NDArray[np.float64], start: int, days: int, first: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return what came through what was forecast, for each origin from a day to the last with an outcome.

    It is NaN where nothing could be forecast.
    """
    end = costs.shape[1] - days + 1
    if start >= end:
        return np.full((len(costs), 0), np.nan)
    outcomes = _sums(costs[:, start:], days)
    weighted = _weighted(costs, start, end + 6)
    means = _sums(costs[:, start - HISTORY_DAYS : end - 1], HISTORY_DAYS) / HISTORY_DAYS
    forecasts = days * WEIGHT_OF_MEAN * means
    for weekday, count in enumerate(_counts(days)):
        forecasts += count * weighted[:, weekday : weekday + end - start]
    forecasts /= _ALL_WEIGHTS
    known = (np.arange(start, end) >= first[:, np.newaxis] + HISTORY_DAYS) & (forecasts > 0)
    ratios: NDArray[np.float64] = np.divide(
        outcomes, forecasts, out=np.full(outcomes.shape, np.nan), where=known
    )
    return ratios


def _weekdays(costs: NDArray[np.float64], origin: int) -> NDArray[np.float64]:
    """Return what the weekday of a day and the six after it cost before that day, by series."""
    means = costs[:, origin - HISTORY_DAYS : origin].mean(axis=1)
    weighted = _weighted(costs, origin, origin + 7)
    weekdays: NDArray[np.float64] = (weighted + WEIGHT_OF_MEAN * means[:, np.newaxis]) / _ALL_WEIGHTS
    return weekdays


def _weighted(costs: NDArray[np.float64], start: int, end: int) -> NDArray[np.float64]:
    """Add up for each day of a range the same weekday of the eight weeks before, the newest counting most."""
    weighted = np.zeros((len(costs), end - start))
    for week, weight in enumerate(_WEIGHTS, start=1):
        weighted += weight * costs[:, start - 7 * week : end - 7 * week]
    return weighted


def _sums(costs: NDArray[np.float64], days: int) -> NDArray[np.float64]:
    """Add up every run of so many days."""
    until = np.concatenate([np.zeros((len(costs), 1)), costs.cumsum(axis=1)], axis=1)
    sums: NDArray[np.float64] = until[:, days:] - until[:, :-days]
    return sums


def _counts(days: int) -> NDArray[np.int64]:
    """Count how often today's weekday and the six after it come within some days."""
    return np.bincount(np.arange(days) % 7, minlength=7)


def _first_days(costs: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the first day with cost of each series, and the number of days where there is none."""
    has_cost = costs > 0
    first: NDArray[np.int64] = np.where(has_cost.any(axis=1), has_cost.argmax(axis=1), costs.shape[1])
    return first


def _at_least(costs: NDArray[np.float64], days: int) -> NDArray[np.float64]:
    """Put days without cost before a short history."""
    missing = days - costs.shape[1]
    return costs if missing <= 0 else np.pad(costs, ((0, 0), (missing, 0)))


def _too_early(history_days: int, misses: int, days_with_cost: int) -> TooEarly | None:
    if history_days < HISTORY_DAYS:
        return "history"
    if days_with_cost < FEWEST_DAYS_WITH_COST:
        return "lately"
    return "misses" if misses < FEWEST_MISSES else None
