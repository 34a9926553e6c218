"""How good the forecast is on generated ledgers: better than run-rate early in a month, and honest."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import bson
import numpy as np
import pytest

from librechat_analytics.finops.forecast import to_come
from librechat_analytics.librechat.sample.writer import write_sample

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

UNTIL = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
SEEDS = (7, 21, 33)
DAYS_SPENT = (1, 3, 7, 14, 21)


@dataclass
class MonthsEnd:
    """What was forecast for a month after some of its days, and what it cost."""

    days_spent: int
    expected: float
    low: float
    high: float
    run_rate: float
    actual: float

    def error(self, forecast: float) -> float:
        return abs(forecast - self.actual) / self.actual


def daily_costs(folder: Path, seed: int) -> tuple[date, NDArray[np.float64]]:
    """The first day of a generated ledger, and what each complete day cost."""
    write_sample(folder, transactions=20_000, seed=seed, until=UNTIL)
    costs: Counter[date] = Counter()
    with next(folder.rglob("transactions.bson")).open("rb") as file:
        for row in bson.decode_file_iter(file):
            if row.get("tokenType") in ("prompt", "completion") and row.get("createdAt"):
                costs[row["createdAt"].date()] -= min(row.get("tokenValue") or 0, 0)
    first = min(costs)
    days = (UNTIL.date() - first).days
    return first, np.array([costs[first + timedelta(days=number)] / 1e6 for number in range(days)])


def months_ends(first: date, costs: NDArray[np.float64]) -> Iterator[MonthsEnd]:
    """Forecast each whole month after some of its days, from what was known then."""
    month = (first + timedelta(days=31)).replace(day=1)
    while (following := (month + timedelta(days=31)).replace(day=1)) <= UNTIL.date():
        start, end = (month - first).days, (following - first).days
        for days_spent in DAYS_SPENT:
            today = start + days_spent
            found = to_come(costs[np.newaxis, :today], np.zeros(1), end - today)
            if found.too_early[0] is None:
                spent = costs[start:today].sum()
                yield MonthsEnd(
                    days_spent,
                    spent + found.expected_usd[0],
                    spent + found.low_usd[0],
                    spent + found.high_usd[0],
                    spent / days_spent * (end - start),
                    costs[start:end].sum(),
                )
        month = following


@pytest.fixture(scope="module")
def ends(tmp_path_factory: pytest.TempPathFactory) -> list[MonthsEnd]:
    """The ends of months of three generated ledgers."""
    folder = tmp_path_factory.mktemp("ledgers")
    return [end for seed in SEEDS for end in months_ends(*daily_costs(folder / str(seed), seed))]


@pytest.mark.parametrize("days_spent", [1, 3])
def test_early_in_a_month_the_forecast_is_much_better_than_run_rate(
    ends: list[MonthsEnd], days_spent: int
) -> None:
    early = [end for end in ends if end.days_spent == days_spent]
    errors = np.mean([end.error(end.expected) for end in early])

    assert len(early) > 20
    assert errors < 0.7 * np.mean([end.error(end.run_rate) for end in early])


def test_later_in_a_month_the_forecast_is_about_as_good_as_run_rate(ends: list[MonthsEnd]) -> None:
    late = [end for end in ends if end.days_spent >= 14]
    errors = np.mean([end.error(end.expected) for end in late])

    assert errors < 1.15 * np.mean([end.error(end.run_rate) for end in late])
    assert errors < 0.15


def test_the_range_holds_about_as_many_months_as_it_says(ends: list[MonthsEnd]) -> None:
    coverage = np.mean([end.low <= end.actual <= end.high for end in ends])
    assert 0.65 <= coverage <= 0.95
