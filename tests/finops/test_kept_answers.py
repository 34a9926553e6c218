"""What is kept for evaluations is what the store has."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING, Any, get_args

import pytest

from librechat_analytics.finops.kept_answers import KEPT_SECONDS, EvaluatedRepository, KeptAnswers
from librechat_analytics.librechat.dump import DumpSource
from librechat_analytics.librechat.sample.writer import write_sample
from librechat_analytics.store.store import Store
from librechat_analytics.sync.imports import import_dump
from librechat_analytics.usage.answers import SourceReport
from librechat_analytics.usage.cost_center_rules import NO_RULES, CostCenterRules
from librechat_analytics.usage.daily_costs import DailyBy, DailyCosts, Days
from librechat_analytics.usage.filters import Scope
from librechat_analytics.usage.repository import StoreRepository
from librechat_analytics.usage.subject_costs import Limit
from librechat_analytics.usage.wall_clock import midnight
from tests.finops.budget_worlds import BERLIN
from tests.usage.conftest import NOW

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from librechat_analytics.usage.filters import Filters
    from librechat_analytics.usage.subject_costs import Edges, SubjectBy

DAY = timedelta(days=1)
TODAY = NOW.astimezone(BERLIN).date()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("days")
    write_sample(folder / "dump", transactions=1000, seed=5, until=NOW)
    with closing(Store(folder / "data")) as store:
        import_dump(store, DumpSource(folder / "dump"), now=NOW)
        yield store


def repository(store: Store, kept: KeptAnswers, rules: CostCenterRules | None = None) -> EvaluatedRepository:
    return EvaluatedRepository(
        kept, store, source=lambda: SourceReport("offline"), fixed_now=NOW, rules=lambda: rules
    )


def by_subject(costs: DailyCosts) -> dict[str | None, list[float]]:
    return {subject.key: costs.costs_usd[row].tolist() for row, subject in enumerate(costs.subjects)}


@pytest.mark.parametrize("by", [None, *(each for each in get_args(DailyBy) if each != "cost_center")])
@pytest.mark.parametrize(("first", "end"), [(-30, 1), (-30, 0), (-30, -5), (0, 1), (-1, 3)])
def test_kept_days_are_those_of_the_store(store: Store, by: DailyBy | None, first: int, end: int) -> None:
    days = Days(BERLIN, TODAY + first * DAY, TODAY + end * DAY)
    whole = StoreRepository(store, source=lambda: SourceReport("offline"), fixed_now=NOW)
    right, kept = whole.daily_costs(days, by), KeptAnswers()
    for _ in range(2):
        found = repository(store, kept).daily_costs(days, by)
        assert by_subject(found) == by_subject(right)
        assert found.days == right.days
        sums = found.costs_usd.sum(axis=1).tolist()
        assert sums == sorted(sums, reverse=True)


def test_days_are_read_again_after_a_while_and_under_other_rules(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds, read = [0.0], list[Days]()
    kept, days = KeptAnswers(lambda: seconds[0]), Days(BERLIN, TODAY - DAY, TODAY)
    daily_costs = StoreRepository.daily_costs

    def counted(repository: StoreRepository, days: Days, *rest: Any) -> DailyCosts:
        read.append(days)
        return daily_costs(repository, days, *rest)

    monkeypatch.setattr(StoreRepository, "daily_costs", counted)

    def times_read(rules: CostCenterRules | None = None) -> int:
        repository(store, kept, rules).daily_costs(days)
        return len(read)

    assert [times_read(), times_read()] == [1, 1]
    seconds[0] = KEPT_SECONDS
    assert times_read() == 2
    assert times_read(NO_RULES) == 3


class Following(EvaluatedRepository):
    """A repository whose present a test moves."""

    present = NOW

    def now(self) -> datetime:
        return self.present


def test_today_is_read_again_for_each_present(store: Store) -> None:
    following = Following(KeptAnswers(), store, source=lambda: SourceReport("offline"))
    days = Days(BERLIN, TODAY - DAY, TODAY + DAY)
    assert following.daily_costs(days).costs_usd[0, 1] > 0
    following.present = midnight(TODAY, BERLIN)
    assert following.daily_costs(days).costs_usd[0, 1] == 0


@pytest.mark.parametrize("by", [None, "user", "model"])
def test_crossings_that_are_kept_are_those_of_the_store(
    store: Store, by: SubjectBy | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = StoreRepository(store, source=lambda: SourceReport("offline"), fixed_now=NOW)
    kept, asked = KeptAnswers(), list[tuple[Limit, ...]]()
    starts = [midnight(TODAY - back * DAY, BERLIN) for back in (60, 30, 10)]
    # The longest range comes first: it reaches limits that shorter ones from the same day on do not.
    for edges in [(starts[0], NOW), (*starts, NOW), (starts[0], starts[2]), (starts[1], NOW)]:
        limits = tuple(
            Limit(one.key, number, cost_e6 * part // 100)
            for one in whole.subject_costs(edges, by)
            for number, cost_e6 in enumerate(one.costs_e6)
            for part in (1, 50, 100, 101, 200)
        )
        right = whole.crossings(edges, by, limits)
        assert any(right)
        with monkeypatch.context() as patch:
            patch.setattr(StoreRepository, "crossings", noting(asked))
            for _ in range(2):
                assert repository(store, kept).crossings(edges, by, limits) == right
        assert not {*asked[-1]} & {limit for limit, at in zip(limits, right, strict=True) if at}


def test_the_first_usage_that_is_kept_is_that_of_the_store(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = [0.0]
    kept = KeptAnswers(lambda: seconds[0])
    first = StoreRepository(store, source=lambda: SourceReport("offline")).first_usage()
    assert first is not None
    assert repository(store, kept).first_usage() == first
    earlier = first - DAY  # as if a row had come late
    monkeypatch.setattr(StoreRepository, "first_usage", lambda *_: earlier)
    assert repository(store, kept).first_usage() == first
    assert repository(store, kept).first_usage(Scope((), ("staff",))) == earlier
    seconds[0] = KEPT_SECONDS
    assert repository(store, kept).first_usage() == earlier


def noting(asked: list[tuple[Limit, ...]]) -> Callable[..., tuple[datetime | None, ...]]:
    """Return the store's answer about crossings, which notes the limits that it is asked about."""
    crossings = StoreRepository.crossings

    def noted(
        repository: StoreRepository,
        edges: Edges,
        by: SubjectBy | None,
        limits: tuple[Limit, ...],
        filters: Filters,
    ) -> tuple[datetime | None, ...]:
        asked.append(limits)
        return crossings(repository, edges, by, limits, filters)

    return noted
