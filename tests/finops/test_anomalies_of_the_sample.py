"""How often a generated ledger has anomalies by chance, and whether expensive days are found in it."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import bson
import numpy as np
import pytest

from librechat_analytics.finops.unusual_costs import LEAD, READ, floors, unusual_days
from librechat_analytics.librechat.sample.writer import write_sample

if TYPE_CHECKING:
    from numpy.typing import NDArray

UNTIL = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
MONTHS = 14
JUDGED = MONTHS * 30
LARGE_COMPANY = 100
"""The sample is cheap: at its own prices the floor would be $1 and hide most days."""


@pytest.fixture(scope="module")
def costs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, NDArray[np.float64]]:
    """What each complete day cost in all and by user and model, a row for each of them."""
    folder = tmp_path_factory.mktemp("sample")
    write_sample(folder, transactions=20_000, seed=7, until=UNTIL)
    credits_spent: dict[str, dict[str, Counter[date]]] = defaultdict(lambda: defaultdict(Counter))
    with next(folder.rglob("transactions.bson")).open("rb") as file:
        for row in bson.decode_file_iter(file):
            if row.get("tokenType") in ("prompt", "completion") and row.get("createdAt"):
                cost = round(-min(row.get("tokenValue") or 0, 0))
                for kind, key in (("total", ""), ("user", row.get("user")), ("model", row.get("model"))):
                    credits_spent[kind][str(key)][row["createdAt"].date()] += cost
    first = UNTIL.date() - timedelta(days=JUDGED + READ + LEAD)
    days = [first + timedelta(days=number) for number in range((UNTIL.date() - first).days)]
    return {
        kind: LARGE_COMPANY / 1e6 * np.array([[of_key[day] for day in days] for of_key in of_kind.values()])
        for kind, of_kind in credits_spent.items()
    }


@pytest.mark.parametrize(("kind", "most"), [("total", 1), ("user", 8), ("model", 5)])
def test_few_days_are_unusual_by_chance(
    costs: dict[str, NDArray[np.float64]], kind: str, most: float
) -> None:
    found = unusual_days(costs[kind], floors(costs["total"][0]), READ + LEAD)
    assert len(found) / MONTHS < most


@pytest.mark.parametrize("kind", ["user", "model"])
def test_days_to_which_a_tenth_of_a_month_is_added_are_found(
    costs: dict[str, NDArray[np.float64]], kind: str
) -> None:
    total, rows = costs["total"][0], costs[kind]
    random = np.random.default_rng(1)
    tried = found = 0
    for day in random.integers(READ + LEAD, len(total), 60).tolist():
        row = rows[random.integers(0, len(rows))][day - READ - LEAD : day + 1].copy()
        floor = floors(total)[day - READ - LEAD : day + 1]
        if any(len(row) - 1 - each.day <= 7 for each in unusual_days(row[None], floor, 0)):
            continue  # unusual already, or resting
        row[-1] += total[day - 30 : day].sum() / 10
        tried += 1
        found += any(each.day == len(row) - 1 for each in unusual_days(row[None], floor, 0))
    assert found > 0.9 * tried
