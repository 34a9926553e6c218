"""Kept answers: computed once for everybody, and never older than the store."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from bson import ObjectId
from flask import Flask

from librechat_analytics.answer_cache import repository
from librechat_analytics.answer_cache.repository import CachedRepository
from librechat_analytics.librechat.transactions import read_transaction
from librechat_analytics.store.store import Store, StoreError
from librechat_analytics.sync.frames import ledger_frame, refusal_frame
from librechat_analytics.usage.answers import SourceReport
from librechat_analytics.usage.periods import parse_period
from tests.support.documents import NOON, usage
from tests.support.servers import eventually

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import duckdb

    from librechat_analytics.usage.answers import SourceStatus
    from librechat_analytics.usage.periods import Period
    from tests.support.documents import Document


NEW_WITHIN_SECONDS = 10


class CountingStore(Store):
    """A store that counts how often it is read, and can be slow or fail before it is."""

    reads = 0
    before_read: Callable[[], object] = staticmethod(lambda: None)

    @contextmanager
    def reading(self) -> Iterator[duckdb.DuckDBPyConnection]:
        self.reads += 1
        self.before_read()
        with super().reading() as cursor:
            yield cursor

    def add(self, *documents: Document, as_of: datetime = NOON) -> None:
        """Write rows that the store then claims to have, as news are written."""
        self.add_history(*documents)
        self.write_state(as_of=as_of.replace(tzinfo=None))

    def add_history(self, *documents: Document) -> None:
        rows = [read_transaction(document) for document in documents]
        self.write_batch(ledger_frame(rows), refusal_frame(rows), {}, now=NOON.replace(tzinfo=None))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[CountingStore]:
    store = CountingStore(tmp_path)
    yield store
    store.close()


@pytest.fixture
def answers(store: CountingStore) -> Iterator[CachedRepository]:
    answers = CachedRepository(store, Flask(__name__), source=lambda: SourceReport("ok"))
    yield answers
    answers.close()


def days(count: int) -> Period:
    zone = ZoneInfo("UTC")
    start = (NOON - timedelta(days=count)).date().isoformat()
    return parse_period("custom", start, NOON.date().isoformat(), zone, now=NOON, first_usage=None)


def test_the_same_question_is_asked_of_the_store_once(
    store: CountingStore, answers: CachedRepository
) -> None:
    store.add(usage())
    first = answers.summary(days(7))
    before = store.reads
    assert answers.summary(days(7)) == first
    assert store.reads == before


def test_eight_who_ask_at_the_same_time_wait_for_one_answer(
    store: CountingStore, answers: CachedRepository
) -> None:
    store.add(usage())
    answers.now()
    store.reads, store.before_read = 0, lambda: threading.Event().wait(0.1)
    together = threading.Barrier(8)

    def ask(_: int) -> float:
        together.wait(10)
        return answers.summary(days(7)).totals.cost_usd

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(ask, range(8))) == {0.003}
    assert store.reads == 1


def test_different_questions_do_not_wait_for_each_other(
    store: CountingStore, answers: CachedRepository
) -> None:
    inside = threading.Barrier(2)
    store.before_read = lambda: inside.wait(10)
    with ThreadPoolExecutor(2) as threads:
        assert len(list(threads.map(answers.summary, [days(7), days(8)]))) == 2


def test_an_answer_changes_with_the_store(store: CountingStore, answers: CachedRepository) -> None:
    store.add(usage())
    assert answers.summary(days(7)).totals.calls == 1
    store.add(usage(number=1))
    assert answers.summary(days(7)).totals.calls == 2


def test_history_changes_answers_less_often_the_more_they_cost(
    store: CountingStore, answers: CachedRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.add(usage())
    store.before_read = lambda: time.sleep(0.5)
    assert answers.summary(days(7)).totals.calls == 1
    for number in range(1, 4):
        store.add_history(usage(number=number))
        assert answers.summary(days(7)).totals.calls == 1
    store.before_read = lambda: None
    store.write_state(as_of=NOON.replace(tzinfo=None))
    assert answers.summary(days(7)).totals.calls == 4, "what as_of claims is there"
    monkeypatch.setattr(repository, "HELD_SECONDS", 0.0)
    store.add_history(usage(number=4))
    assert answers.summary(days(7)).totals.calls == 5


class TestManyWhoAskForMuch:
    """Answers that took long, asked for without a pause: the next ones are computed beside them."""

    @pytest.fixture(autouse=True)
    def _dear(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(repository, "CHEAP_SECONDS", 0.0)

    @pytest.fixture
    def gate(self, store: CountingStore) -> Iterator[threading.Event]:
        """Reading waits for it; opened at the end, so that no thread is left behind."""
        gate = threading.Event()
        gate.set()
        store.before_read = lambda: gate.wait(10) if threading.current_thread().name == "answers" else None
        yield gate
        gate.set()

    def test_have_what_was_with_its_as_of_until_what_is_new_is_computed(
        self, store: CountingStore, answers: CachedRepository, gate: threading.Event
    ) -> None:
        store.add(usage())
        assert answers.summary(days(7)).totals.calls == 1
        gate.clear()
        store.add(usage(number=1), as_of=NOON + timedelta(hours=1))
        for _ in range(3):
            assert answers.summary(days(7)).totals.calls == 1
            assert answers.freshness().as_of == NOON
        gate.set()
        eventually(lambda: answers.freshness().as_of == NOON + timedelta(hours=1), NEW_WITHIN_SECONDS)
        assert answers.summary(days(7)).totals.calls == 2

    def test_find_their_questions_answered_as_of_the_new_present(
        self, store: CountingStore, answers: CachedRepository
    ) -> None:
        def ask() -> None:
            period = parse_period("24h", None, None, ZoneInfo("UTC"), now=answers.now(), first_usage=None)
            answers.summary(period)
            answers.spent_before_over_time(period, "hour")

        store.add(usage())
        ask()
        present = answers.now()
        store.add(usage(number=1), as_of=NOON + timedelta(hours=1))
        eventually(lambda: answers.now() != present, NEW_WITHIN_SECONDS)
        store.reads = 0
        ask()
        assert store.reads == 0

    def test_are_not_told_how_a_source_does_that_is_ahead_of_their_figures(
        self, store: CountingStore, gate: threading.Event
    ) -> None:
        statuses: list[SourceStatus] = ["importing"]
        answers = CachedRepository(store, Flask(__name__), source=lambda: SourceReport(statuses[-1]))
        answers.summary(days(7))
        gate.clear()
        store.add(usage())
        statuses.append("ok")
        assert (answers.freshness().as_of, answers.freshness().status) == (None, "importing")
        gate.set()
        eventually(lambda: answers.freshness().as_of == NOON, NEW_WITHIN_SECONDS)
        assert answers.freshness().status == "ok"
        statuses.append("unreachable")
        assert answers.freshness().status == "unreachable"
        answers.close()

    def test_wait_after_a_pause_for_what_is_new(
        self, store: CountingStore, answers: CachedRepository, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        store.add(usage())
        assert answers.summary(days(7)).totals.calls == 1
        monkeypatch.setattr(repository, "PAUSE_SECONDS", 0.0)
        store.add(usage(number=1))
        assert answers.summary(days(7)).totals.calls == 2

    def test_get_what_is_new_at_last_however_long_it_takes_to_prepare(
        self,
        store: CountingStore,
        answers: CachedRepository,
        gate: threading.Event,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        store.add(usage())
        assert answers.summary(days(7)).totals.calls == 1
        gate.clear()
        store.add(usage(number=1))
        assert answers.summary(days(7)).totals.calls == 1
        monkeypatch.setattr(repository, "PREPARING_SECONDS", 0.0)
        answers.now()
        store.before_read = lambda: None
        gate.set()
        assert answers.summary(days(7)).totals.calls == 2

    def test_keep_what_they_have_while_the_store_cannot_be_read(
        self, store: CountingStore, answers: CachedRepository
    ) -> None:
        store.add(usage())
        assert answers.summary(days(7)).totals.calls == 1
        store.add(usage(number=1))

        def fail() -> None:
            raise StoreError("The store is away.")

        store.before_read = fail
        assert answers.summary(days(7)).totals.calls == 1
        with pytest.raises(StoreError):
            answers.summary(days(8))
        store.before_read = lambda: None
        eventually(lambda: answers.summary(days(7)).totals.calls == 2, NEW_WITHIN_SECONDS)

    def test_are_not_computed_for_any_more_when_the_store_closes(
        self, store: CountingStore, answers: CachedRepository, gate: threading.Event
    ) -> None:
        store.add(usage())
        for count in (7, 8, 9):
            answers.summary(days(count))
        gate.clear()
        store.add(usage(number=1))
        answers.summary(days(7))
        store.reads = 0
        closing = threading.Thread(target=answers.close)
        closing.start()
        time.sleep(0.1)
        gate.set()
        closing.join(10)
        assert not closing.is_alive()
        assert store.reads <= 1, "the question in hand"
        assert "answers" not in [thread.name for thread in threading.enumerate()]

    def test_no_longer_have_computed_what_nobody_has_asked_for_a_minute(
        self, store: CountingStore, answers: CachedRepository, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        store.add(usage())
        answers.summary(days(7))
        monkeypatch.setattr(repository, "WANTED_SECONDS", 0.0)
        present = answers.now()
        store.add(usage(number=1))
        eventually(lambda: answers.now() != present, NEW_WITHIN_SECONDS)
        store.reads = 0
        answers.summary(days(7))
        assert store.reads == 1


def test_another_period_is_another_question(store: CountingStore, answers: CachedRepository) -> None:
    store.add(usage(), usage(NOON - timedelta(days=20)))
    assert answers.summary(days(7)).totals.calls == 1
    assert answers.summary(days(30)).totals.calls == 2


def test_another_limit_is_another_question(store: CountingStore, answers: CachedRepository) -> None:
    store.add(usage(), usage(number=1, model="gpt-4o"))
    assert len(answers.top_models(days(7), 1).rows) == 1
    assert len(answers.top_models(days(7), 2).rows) == 2


def test_a_list_of_very_many_is_not_kept_so_that_whoever_asks_for_many_takes_no_memory(
    store: CountingStore, answers: CachedRepository
) -> None:
    many = [usage(number=number, user=ObjectId(number.to_bytes(12))) for number in range(1, 12_001)]
    store.add(*many)
    answers.now()
    for limit, reads in ((1_000, 1), (1_000_000, 2)):
        store.reads = 0
        for _ in range(2):
            assert len(answers.top_users(days(7), limit).rows) == min(limit, 12_000)
        assert store.reads == reads


def test_many_answers_take_no_more_memory_than_they_may_together(
    store: CountingStore, answers: CachedRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.add(usage())
    monkeypatch.setattr(repository, "LARGEST_KEPT_BYTES_TOGETHER", 2_000)
    for length in range(1, 20):
        answers.summary(days(length))
    before = store.reads
    answers.summary(days(1))
    assert store.reads == before, "the first ones are kept"
    answers.summary(days(19))
    assert store.reads > before, "those beyond are not"


def test_that_there_was_no_usage_yet_is_an_answer_too(
    store: CountingStore, answers: CachedRepository
) -> None:
    store.reads = 0
    assert [answers.first_usage() for _ in range(3)] == [None] * 3
    assert store.reads == 1
    store.add(usage())
    assert answers.first_usage() == datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_a_failure_is_not_kept(store: CountingStore, answers: CachedRepository) -> None:
    store.add(usage())

    def fail() -> None:
        raise StoreError("The store is away.")

    store.before_read = fail
    with pytest.raises(StoreError):
        answers.summary(days(7))
    store.before_read = lambda: None
    assert answers.summary(days(7)).totals.calls == 1


def test_who_changes_an_answer_changes_nobody_elses(store: CountingStore, answers: CachedRepository) -> None:
    store.add(usage())
    types = answers.summary(days(7)).quality.other_token_types
    types["changed"] = 1
    assert answers.summary(days(7)).quality.other_token_types == {}
