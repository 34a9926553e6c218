"""When the next edition takes over: answers are never older than their ``as_of``."""

from __future__ import annotations

import threading
from copy import copy
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from librechat_analytics.answer_cache import editions
from librechat_analytics.store.store import StoreError
from librechat_analytics.usage.answers import SourceReport
from librechat_analytics.usage.cost_center_rules import CostCenterRules, Rule
from librechat_analytics.usage.filters import Filters
from librechat_analytics.usage.periods import parse_period
from tests.answer_cache.conftest import cached, days
from tests.support.documents import ANA, NOON, usage
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from librechat_analytics.answer_cache.repository import CachedRepository
    from librechat_analytics.usage.answers import SourceStatus
    from tests.answer_cache.conftest import Clock, CountingStore


def calls(answers: CachedRepository, count: int = 7) -> int:
    return answers.summary(days(count)).totals.calls


def test_new_rows_are_in_the_next_answer(store: CountingStore, answers: CachedRepository) -> None:
    store.add(usage())
    assert calls(answers) == 1
    store.add(usage(number=1))
    assert calls(answers) == 2


def test_history_changes_answers_less_often_the_longer_they_take(
    store: CountingStore, answers: CachedRepository, clock: Clock
) -> None:
    store.add(usage())
    store.before_read = lambda: clock.advance(0.5)
    assert calls(answers) == 1
    store.before_read = lambda: None
    for number in range(1, 4):
        store.add_history(usage(number=number))
        assert calls(answers) == 1
    clock.advance(editions.HELD_TIMES * 0.5)
    assert calls(answers) == 4


def test_history_changes_answers_at_last_however_long_they_take(
    store: CountingStore, answers: CachedRepository, clock: Clock
) -> None:
    store.add(usage())
    store.before_read = lambda: clock.advance(20)
    assert calls(answers) == 1
    store.before_read = lambda: None
    store.add_history(usage(number=1))
    clock.advance(editions.HELD_SECONDS)
    assert calls(answers) == 2


def test_a_moved_as_of_changes_answers_at_once(
    store: CountingStore, answers: CachedRepository, clock: Clock
) -> None:
    store.add(usage())
    store.before_read = lambda: clock.advance(0.5)
    assert calls(answers) == 1
    store.before_read = lambda: None
    store.add_history(usage(number=1))
    store.write_state(as_of=NOON.replace(tzinfo=None))
    assert calls(answers) == 2


def test_a_new_minute_moves_the_present(answers: CachedRepository, clock: Clock) -> None:
    present = answers.now()
    clock.advance(45)
    assert answers.now() == present
    clock.advance(10)
    assert answers.now() > present


def test_how_old_a_pinned_state_is_is_read_once_and_how_its_source_does_is_always_new(
    store: CountingStore, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    pinned = copy(store)
    monkeypatch.setattr(store, "pinned", lambda: pinned)
    statuses: list[SourceStatus] = ["ok"]
    answers = cached(store, clock, source=lambda: SourceReport(statuses[-1]))
    assert answers.freshness().status == "ok"
    reads = pinned.reads
    statuses.append("unreachable")
    assert answers.freshness().status == "unreachable"
    assert pinned.reads == reads
    answers.close()


class TestManyWhoAskForMuch:
    """Answers that take long, requested without a pause: the next ones are prepared beside them."""

    @pytest.fixture(autouse=True)
    def _no_answer_is_cheap(
        self, store: CountingStore, clock: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(editions, "CHEAP_SECONDS", 0.0)
        store.before_read = lambda: clock.advance(0.01)

    @pytest.fixture
    def gate(self, store: CountingStore, clock: Clock) -> Iterator[threading.Event]:
        """The preparing thread waits for it; opened at the end, so that no thread is left behind."""
        gate = threading.Event()
        gate.set()

        def before_read() -> None:
            clock.advance(0.01)
            if threading.current_thread().name == "answers":
                gate.wait(120)

        store.before_read = before_read
        yield gate
        gate.set()

    def test_get_the_old_answers_with_their_as_of_until_the_new_ones_are_prepared(
        self, store: CountingStore, answers: CachedRepository, gate: threading.Event
    ) -> None:
        store.add(usage())
        assert calls(answers) == 1
        gate.clear()
        store.add(usage(number=1), as_of=NOON + timedelta(hours=1))
        for _ in range(3):
            assert calls(answers) == 1
            assert answers.freshness().as_of == NOON
        gate.set()
        wait_until(lambda: answers.freshness().as_of == NOON + timedelta(hours=1))
        assert calls(answers) == 2

    def test_get_answers_by_other_rules_of_cost_centers_at_once(
        self, store: CountingStore, clock: Clock, gate: threading.Event
    ) -> None:
        in_force = [CostCenterRules(), CostCenterRules((Rule("user", str(ANA), (("Sales", 100),)),))]
        answers = cached(store, clock, rules=lambda: in_force[0])
        of_sales = Filters(cost_center=("Sales",))
        store.add(usage())
        assert answers.summary(days(7), of_sales).totals.calls == 0
        gate.clear()
        store.add(usage(number=1))
        assert answers.summary(days(7), of_sales).totals.calls == 0  # the next edition is being prepared
        del in_force[0]
        assert answers.summary(days(7), of_sales).totals.calls == 2
        gate.set()
        answers.close()
        assert answers.summary(days(7), of_sales).totals.calls == 2

    def test_find_their_requests_answered_as_of_the_new_present(
        self, store: CountingStore, answers: CachedRepository, clock: Clock
    ) -> None:
        def ask() -> None:
            period = parse_period("24h", None, None, ZoneInfo("UTC"), now=answers.now(), first_usage=None)
            answers.summary(period)
            answers.spent_before_over_time(period, "hour")

        store.add(usage())
        ask()
        present = answers.now()
        clock.advance(1)
        store.add(usage(number=1), as_of=NOON + timedelta(hours=1))
        wait_until(lambda: answers.now() != present)
        store.reads = 0
        ask()
        assert store.reads == 0

    def test_see_no_state_of_the_source_that_is_ahead_of_their_figures(
        self, store: CountingStore, clock: Clock, gate: threading.Event
    ) -> None:
        statuses: list[SourceStatus] = ["importing"]
        answers = cached(store, clock, source=lambda: SourceReport(statuses[-1]))
        calls(answers)
        gate.clear()
        store.add(usage())
        statuses.append("ok")
        assert (answers.freshness().as_of, answers.freshness().status) == (None, "importing")
        gate.set()
        wait_until(lambda: answers.freshness().as_of == NOON)
        assert answers.freshness().status == "ok"
        statuses.append("unreachable")
        assert answers.freshness().status == "unreachable"
        answers.close()

    def test_get_the_new_answers_at_once_after_a_pause(
        self, store: CountingStore, answers: CachedRepository, clock: Clock
    ) -> None:
        store.add(usage())
        assert calls(answers) == 1
        clock.advance(editions.PAUSE_SECONDS + 1)
        store.add(usage(number=1))
        assert calls(answers) == 2

    def test_get_the_new_answers_at_last_however_long_preparing_takes(
        self, store: CountingStore, answers: CachedRepository, clock: Clock, gate: threading.Event
    ) -> None:
        store.add(usage())
        assert calls(answers) == 1
        gate.clear()
        store.add(usage(number=1))
        assert calls(answers) == 1
        clock.advance(editions.PREPARING_SECONDS + 1)
        assert answers.freshness().as_of == NOON
        gate.set()
        assert calls(answers) == 2

    def test_keep_their_answers_while_the_store_cannot_be_read(
        self, store: CountingStore, answers: CachedRepository
    ) -> None:
        store.add(usage())
        assert calls(answers) == 1
        store.add(usage(number=1))

        def fail() -> None:
            raise StoreError("The store is away.")

        store.before_read = fail
        assert calls(answers) == 1
        with pytest.raises(StoreError):
            answers.summary(days(8))
        store.before_read = lambda: None
        wait_until(lambda: calls(answers) == 2)

    def test_have_nothing_more_prepared_when_the_store_closes(
        self, store: CountingStore, answers: CachedRepository, gate: threading.Event
    ) -> None:
        store.add(usage())
        for count in (7, 8, 9):
            calls(answers, count)
        gate.clear()
        store.add(usage(number=1))
        calls(answers)
        store.reads = 0
        closing = threading.Thread(target=answers.close)
        closing.start()
        wait_until(lambda: answers._editions._coming is None)
        gate.set()
        closing.join(120)
        assert not closing.is_alive()
        assert store.reads <= 1, "the request in hand"
        assert preparing() is None

    def test_have_nothing_prepared_that_nobody_has_requested_for_a_minute(
        self,
        store: CountingStore,
        answers: CachedRepository,
        clock: Clock,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        store.add(usage())
        calls(answers)
        monkeypatch.setattr(editions, "WANTED_SECONDS", 0.0)
        present = answers.now()
        clock.advance(1)
        store.add(usage(number=1))
        wait_until(lambda: answers.now() != present)
        store.reads = 0
        calls(answers)
        assert store.reads == 1

    def test_have_no_search_repeated_that_somebody_typed(
        self, store: CountingStore, answers: CachedRepository, clock: Clock
    ) -> None:
        store.add(usage())
        present = answers.now()
        for text in ("a", "an", "ana"):
            answers.find(text, 5)
        store.reads = 0
        answers.find("ana", 5)
        assert store.reads == 0, "within an edition it is kept"
        clock.advance(1)
        store.add(usage(number=1))
        wait_until(lambda: answers.now() != present)
        store.reads = 0
        answers.find("ana", 5)
        assert store.reads > 0


def preparing() -> threading.Thread | None:
    return next((thread for thread in threading.enumerate() if thread.name == "answers"), None)


def test_a_server_may_start_before_its_store_answers(store: CountingStore, clock: Clock) -> None:
    def fails() -> None:
        raise StoreError("The store does not answer.")

    store.add(usage())
    store.before_read = fails
    answers = cached(store, clock)
    with pytest.raises(StoreError):
        answers.now()
    store.before_read = lambda: None

    assert calls(answers) == 1
    answers.close()
