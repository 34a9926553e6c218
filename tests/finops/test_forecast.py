"""The forecast of the days to come: the formulas, its range, its own misses, and when it is too early."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from librechat_analytics.finops.forecast import Backtest, backtest, to_come
from tests.support.examples import examples

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from librechat_analytics.finops.forecast import ToCome

DAYS_TO_COME = st.sampled_from([1, 6, 7, 8, 17, 31, 92])
SEEDS = st.integers(0, 2**32 - 1)


def series(seed: int, days: int = 500) -> NDArray[np.float64]:
    """Costs that grow, with quiet weekends and with noise."""
    random = np.random.default_rng(seed)
    growth = 1 + np.arange(days) / 300
    weekends = np.where(np.arange(days) % 7 > 4, 0.2, 1.0)
    return random.gamma(1.5, 5.0, days) * growth * weekends


def one(costs: NDArray[np.float64], days: int, spent_today: float = 0.0) -> ToCome:
    return to_come(costs[np.newaxis], np.array([spent_today]), days)


class Plainly:
    """The same formulas as they are written down, one day after the other."""

    def __init__(self, costs: NDArray[np.float64], days: int, first: int) -> None:
        self.costs, self.days, self.first = costs, days, first

    def of_weekday(self, origin: int, ahead: int) -> float:
        mean = self.costs[origin - 56 : origin].mean()
        weeks = sum(0.5**k * self.costs[origin + ahead % 7 - 7 * (k + 1)] for k in range(8))
        return float((weeks + 0.25 * mean) / (sum(0.5**k for k in range(8)) + 0.25))

    def forecast(self, origin: int, spent_today: float = 0.0) -> float:
        later = sum(self.of_weekday(origin, ahead) for ahead in range(1, self.days))
        return max(0.0, self.of_weekday(origin, 0) - spent_today) + later

    def outcome(self, origin: int) -> float:
        return float(self.costs[origin : origin + self.days].sum())

    def misses(self, origin: int) -> list[float]:
        origins = range(max(self.first + 56, origin - 365), origin - self.days + 1)
        return [self.outcome(each) / self.forecast(each) for each in origins if self.forecast(each) > 0]

    def factors(self, origin: int) -> tuple[float, float, float]:
        misses = self.misses(origin)
        level = min(1.0, 0.8 * (1 + self.days / len(misses)))
        low, high = np.quantile(misses, [(1 - level) / 2, (1 + level) / 2])
        return float(np.clip(np.sqrt(np.median(misses)), low, high)), float(low), float(high)


@settings(max_examples=examples(8), deadline=None)
@given(SEEDS, DAYS_TO_COME, st.floats(0, 40), st.integers(0, 100))
def test_the_forecast_follows_the_formulas(seed: int, days: int, spent: float, unused_days: int) -> None:
    costs = series(seed)
    costs[:unused_days] = 0
    plainly = Plainly(costs, days, unused_days)
    found = one(costs, days, spent)
    still = plainly.forecast(len(costs), spent)
    expected, low, high = plainly.factors(len(costs))

    assert found.expected_usd[0] == pytest.approx(still * expected)
    assert found.low_usd[0] == pytest.approx(still * low)
    assert found.high_usd[0] == pytest.approx(still * high)
    assert found.misses[0] == len(plainly.misses(len(costs)))


@settings(max_examples=examples(2), deadline=None)
@given(SEEDS, st.sampled_from([3, 30]))
def test_the_backtest_judges_each_day_by_the_misses_known_before_it(seed: int, days: int) -> None:
    costs = series(seed, 130)
    plainly = Plainly(costs, days, 0)
    errors, inside = [], []
    for origin in range(56, 130 - days + 1):
        if len(plainly.misses(origin)) < 20:
            continue
        forecast, outcome = plainly.forecast(origin), plainly.outcome(origin)
        expected, low, high = plainly.factors(origin)
        errors.append(abs(outcome - forecast * expected) / outcome)
        inside.append(forecast * low <= outcome <= forecast * high)
    found = backtest(costs, days)

    assert found.origins == 130 - days + 1 - 56
    assert found.mean_absolute_error == pytest.approx(np.mean(errors))
    assert found.coverage == pytest.approx(np.mean(inside))


@settings(max_examples=examples(10), deadline=None)
@given(SEEDS, DAYS_TO_COME, st.floats(0, 40), st.floats(0.001, 1000))
def test_all_figures_scale_with_the_costs(seed: int, days: int, spent: float, factor: float) -> None:
    costs = series(seed)
    plain, scaled = one(costs, days, spent), one(costs * factor, days, spent * factor)
    for name in ("expected_usd", "low_usd", "high_usd", "today_usd", "weekdays_usd"):
        assert getattr(scaled, name) == pytest.approx(getattr(plain, name) * factor), name
    assert backtest(costs * factor, days).coverage == backtest(costs, days).coverage


@settings(max_examples=examples(10), deadline=None)
@given(SEEDS, DAYS_TO_COME, st.floats(0, 400))
def test_the_range_holds_what_is_expected(seed: int, days: int, spent: float) -> None:
    found = one(series(seed), days, spent)
    assert 0 <= found.low_usd[0] <= found.expected_usd[0] <= found.high_usd[0]
    assert found.by_day_usd().sum() == pytest.approx(found.expected_usd[0])


@settings(max_examples=examples(5), deadline=None)
@given(SEEDS, DAYS_TO_COME)
def test_several_series_are_forecast_as_each_alone(seed: int, days: int) -> None:
    rows = np.stack([series(seed), series(seed + 1), np.zeros(500), np.full(500, 2.0)])
    rows[1, :450] = 0
    spent = np.array([1.0, 2.0, 0.0, 0.5])
    together = to_come(rows, spent, days)
    for number, row in enumerate(rows):
        alone = one(row, days, spent[number])
        assert alone.too_early == (together.too_early[number],)
        assert alone.expected_usd == pytest.approx(together.expected_usd[number : number + 1], nan_ok=True)


@pytest.mark.parametrize("days", [1, 10, 31])
def test_equal_days_are_forecast_exactly(days: int) -> None:
    found = one(np.full(200, 3.0), days)
    assert [found.low_usd[0], found.expected_usd[0], found.high_usd[0]] == pytest.approx([3.0 * days] * 3)
    judged = backtest(np.full(200, 3.0), days)
    assert judged.mean_absolute_error == pytest.approx(0.0)


def test_equal_weeks_are_forecast_exactly_as_whole_weeks() -> None:
    found = one(np.tile([5.0, 5.0, 6.0, 5.0, 4.0, 0.0, 0.0], 40), 28)
    assert [found.low_usd[0], found.expected_usd[0], found.high_usd[0]] == pytest.approx([100.0] * 3)


def test_what_was_spent_today_is_not_expected_again() -> None:
    costs = np.full(200, 3.0)
    assert [one(costs, 2, spent).expected_usd[0] for spent in (0.0, 1.0, 3.0, 50.0)] == pytest.approx(
        [6.0, 5.0, 3.0, 3.0]
    )


@pytest.mark.parametrize(
    ("costs", "days", "why"),
    [
        (np.full(55, 1.0), 10, "history"),
        (np.concatenate([np.zeros(400), np.full(55, 1.0)]), 10, "history"),
        (np.zeros(0), 10, "history"),
        (np.zeros(300), 10, "history"),
        (np.full(84, 1.0), 10, "misses"),
        (np.full(85, 1.0), 10, None),
        (np.full(700, 1.0), 347, "misses"),
        (np.full(700, 1.0), 346, None),
        (np.full(700, 1.0), 366, "misses"),
        (np.concatenate([np.full(300, 1.0), np.tile([0.0, 0.0, 1.0], 9), [0.0]]), 10, "lately"),
        (np.concatenate([np.full(300, 1.0), np.tile([0.0, 0.0, 1.0], 9), [1.0]]), 10, None),
    ],
)
def test_it_can_be_too_early(costs: NDArray[np.float64], days: int, why: str | None) -> None:
    found = one(costs, days)
    assert found.too_early == (why,)
    assert np.isnan(found.expected_usd[0]) == np.isnan(found.low_usd[0]) == (why is not None)


def test_a_backtest_without_misses_judges_nothing() -> None:
    assert backtest(np.full(60, 1.0), 10) == Backtest(0, None, None)
    assert backtest(np.full(700, 1.0), 366) == Backtest(0, None, None)
    assert backtest(np.full(90, 1.0), 10).mean_absolute_error is None
