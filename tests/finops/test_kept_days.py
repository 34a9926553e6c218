"""Daily costs that are kept are those that the store has."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING, get_args

import pytest

from librechat_analytics.finops.kept_days import KEPT_SECONDS, EvaluatedRepository, KeptDays
from librechat_analytics.librechat.dump import DumpSource
from librechat_analytics.librechat.sample.writer import write_sample
from librechat_analytics.store.store import Store
from librechat_analytics.sync.imports import import_dump
from librechat_analytics.usage.answers import SourceReport
from librechat_analytics.usage.cost_center_rules import NO_RULES, CostCenterRules
from librechat_analytics.usage.daily_costs import DailyBy, DailyCosts, Days
from librechat_analytics.usage.filters import EVERYTHING
from librechat_analytics.usage.repository import StoreRepository
from tests.finops.budget_worlds import BERLIN
from tests.usage.conftest import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator

DAY = timedelta(days=1)
TODAY = NOW.astimezone(BERLIN).date()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("days")
    write_sample(folder / "dump", transactions=1000, seed=5, until=NOW)
    with closing(Store(folder / "data")) as store:
        import_dump(store, DumpSource(folder / "dump"), now=NOW)
        yield store


def repository(store: Store, kept: KeptDays) -> EvaluatedRepository:
    return EvaluatedRepository(kept, store, source=lambda: SourceReport("offline"), fixed_now=NOW)


def by_subject(costs: DailyCosts) -> dict[str | None, list[float]]:
    return {subject.key: costs.costs_usd[row].tolist() for row, subject in enumerate(costs.subjects)}


@pytest.mark.parametrize("by", [None, *(each for each in get_args(DailyBy) if each != "cost_center")])
@pytest.mark.parametrize(("first", "end"), [(-30, 1), (-30, 0), (-30, -5), (0, 1), (-1, 3)])
def test_kept_days_are_those_of_the_store(store: Store, by: DailyBy | None, first: int, end: int) -> None:
    days = Days(BERLIN, TODAY + first * DAY, TODAY + end * DAY)
    whole = StoreRepository(store, source=lambda: SourceReport("offline"), fixed_now=NOW)
    right, kept = whole.daily_costs(days, by), KeptDays()
    for _ in range(2):
        found = repository(store, kept).daily_costs(days, by)
        assert by_subject(found) == by_subject(right)
        assert found.days == right.days
        sums = found.costs_usd.sum(axis=1).tolist()
        assert sums == sorted(sums, reverse=True)


def test_they_are_read_again_after_a_while_and_under_other_rules(store: Store) -> None:
    seconds = [0.0]
    kept, read = KeptDays(lambda: seconds[0]), list[int]()
    days = Days(BERLIN, TODAY - DAY, TODAY)
    costs = repository(store, KeptDays()).daily_costs(days)

    def compute() -> DailyCosts:
        read.append(1)
        return costs

    def times_read(rules: CostCenterRules | None = None) -> int:
        kept.get(days, None, EVERYTHING, rules, compute)
        return len(read)

    assert [times_read(), times_read()] == [1, 1]
    seconds[0] = KEPT_SECONDS
    assert times_read() == 2
    assert times_read(NO_RULES) == 3
