"""A store that counts its reads, clocks that stand still, and a repository that keeps answers."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from librechat_analytics.answer_cache.repository import CachedRepository
from librechat_analytics.librechat.transactions import read_transaction
from librechat_analytics.store.store import Store
from librechat_analytics.sync.frames import ledger_table, refusal_frame
from librechat_analytics.usage.answers import SourceReport
from librechat_analytics.usage.periods import parse_period
from librechat_analytics.usage.repository import no_rules
from tests.support.documents import NOON

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import duckdb

    from librechat_analytics.usage.cost_center_rules import CostCenterRules
    from librechat_analytics.usage.periods import Period
    from tests.support.documents import Document


class CountingStore(Store):
    """A store that counts how often it is read, and can be slow or fail before each read."""

    reads = 0
    before_read: Callable[[], object] = staticmethod(lambda: None)

    @contextmanager
    def reading(self) -> Iterator[duckdb.DuckDBPyConnection]:
        self.reads += 1
        self.before_read()
        with super().reading() as cursor:
            yield cursor

    def add(self, *documents: Document, as_of: datetime = NOON) -> None:
        """Write new rows and move ``as_of``, as a sync does."""
        self.add_history(*documents)
        self.write_state(as_of=as_of.replace(tzinfo=None))

    def add_history(self, *documents: Document) -> None:
        rows = [read_transaction(document) for document in documents]
        self.write_batch(ledger_table(rows), refusal_frame(rows), {}, now=NOON.replace(tzinfo=None))


class Clock:
    """Both clocks of the cache: they move only when a test says so."""

    def __init__(self) -> None:
        yesterday = datetime.now(UTC) - timedelta(days=1)  # before the store's commits
        self._now = yesterday.replace(second=10, microsecond=0)
        self._seconds = 0.0

    def now(self) -> datetime:
        return self._now

    def seconds(self) -> float:
        return self._seconds

    def advance(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)
        self._seconds += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[CountingStore]:
    store = CountingStore(tmp_path)
    yield store
    store.close()


@pytest.fixture
def answers(store: CountingStore, clock: Clock) -> Iterator[CachedRepository]:
    answers = cached(store, clock)
    yield answers
    answers.close()


def cached(
    store: Store,
    clock: Clock,
    source: Callable[[], SourceReport] = lambda: SourceReport("ok"),
    rules: Callable[[], CostCenterRules | None] = no_rules,
) -> CachedRepository:
    return CachedRepository(
        store, Flask(__name__), source=source, clock=clock.now, seconds=clock.seconds, rules=rules
    )


def days(count: int) -> Period:
    """The days up to and including NOON's, one more than ``count``."""
    zone = ZoneInfo("UTC")
    start = (NOON - timedelta(days=count)).date().isoformat()
    return parse_period("custom", start, NOON.date().isoformat(), zone, now=NOON, first_usage=None)
