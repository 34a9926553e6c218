"""The sync: what it reads first, where it goes on, what it keeps, what it does when something fails."""

from __future__ import annotations

import itertools
import logging
import threading
import time
from contextlib import closing
from datetime import timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from bson import ObjectId

from librechat_analytics.librechat.dump import DumpSource
from librechat_analytics.librechat.source import SourceUnreachableError
from librechat_analytics.store.store import FILE_NAME, Store
from librechat_analytics.sync import interval, loop
from librechat_analytics.sync.imports import import_dump
from librechat_analytics.sync.loop import Syncer
from librechat_analytics.sync.state import SourceState
from tests.support.documents import (
    ANA,
    BOB,
    HELPER,
    NOON,
    OLD_AGENT,
    example_collections,
    object_id,
    usage,
    usages,
    write_dump,
)
from tests.support.in_memory import Clock, LibreChat

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from librechat_analytics.librechat.agents import Answer, Conversation
    from tests.support.documents import Document


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "data")
    yield store
    store.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interval, "BATCH_DOCUMENTS", 5)


def syncer(store: Store, source: LibreChat, clock: Clock, **options: Any) -> Syncer:
    options = {"sync_seconds": 3600, "labels_seconds": 3600} | options
    return Syncer(store, source, clock=clock, **options)  # type: ignore[arg-type]


def asked(store: Store, query: str) -> list[tuple[Any, ...]]:
    with store.reading() as cursor:
        return cursor.execute(query).fetchall()


def answers_of(store: Store) -> list[tuple[str | None, str]]:
    """The agent of each usage row, the oldest first, and how certain that is."""
    return asked(
        store,
        "SELECT agents.id, certainty FROM transactions LEFT JOIN agents ON agents.key = agent_key"
        " ORDER BY id_head, id_tail",
    )


ANSWER = {
    "messageId": "m",
    "conversationId": "conversation-1",
    "model": HELPER,
    "endpoint": "agents",
    "isCreatedByUser": False,
    "createdAt": NOON,
}


def naive(at: datetime) -> datetime:
    return at.replace(tzinfo=None)


def rows_in(store: Store) -> set[ObjectId]:
    ids = asked(store, "SELECT id_head, id_tail FROM transactions")
    return {ObjectId(f"{head:016x}{tail:08x}") for head, tail in ids}


class TestHistory:
    def test_everything_is_read_newest_first(self, store: Store, clock: Clock) -> None:
        librechat = LibreChat(transactions=usages(30))
        syncer(store, librechat, clock).run_once()
        newest_first = sorted((d["_id"] for d in librechat.collections["transactions"]), reverse=True)
        assert librechat.read[:30] == newest_first
        state = store.state()
        assert store.count_transactions() == 30
        assert state.history_complete
        assert (state.newest_id, state.oldest_id) == (str(newest_first[0]), str(newest_first[-1]))
        assert state.as_of == state.last_sync == naive(NOON)

    @pytest.mark.usefixtures("small_batches")
    def test_a_sync_that_was_killed_goes_on_where_the_last_batch_ended(
        self, store: Store, clock: Clock
    ) -> None:
        librechat = LibreChat(transactions=usages(32))
        documents = sorted(d["_id"] for d in librechat.collections["transactions"])

        def fail_in_third_batch(identity: object) -> None:
            if identity == documents[-13]:
                raise KeyboardInterrupt

        librechat.before_document = fail_in_third_batch
        with pytest.raises(KeyboardInterrupt):
            syncer(store, librechat, clock).run_once()
        assert store.count_transactions() == 10
        assert not store.state().history_complete

        librechat.before_document = lambda _: None
        librechat.read.clear()
        syncer(store, librechat, clock).run_once()
        assert librechat.read[0] == documents[-11]
        assert store.count_transactions() == 32
        assert asked(store, "SELECT count(DISTINCT (id_head, id_tail)) FROM transactions") == [(32,)]

    @pytest.mark.usefixtures("small_batches")
    def test_what_arrived_before_the_connection_broke_is_kept(self, store: Store, clock: Clock) -> None:
        librechat = LibreChat(transactions=usages(32))
        newest_first = sorted((d["_id"] for d in librechat.collections["transactions"]), reverse=True)

        def break_in_third_batch(identity: object) -> None:
            if identity == newest_first[13]:
                raise SourceUnreachableError("MongoDB does not answer: timed out")

        librechat.before_document = break_in_third_batch
        with pytest.raises(SourceUnreachableError):
            syncer(store, librechat, clock).run_once()
        assert rows_in(store) == set(newest_first[:13])
        assert store.state().oldest_id == str(newest_first[12])

    @pytest.mark.usefixtures("small_batches")
    def test_rows_that_arrive_while_history_is_read_are_read_too(self, store: Store) -> None:
        librechat = LibreChat(transactions=usages(20))
        news = usage(NOON + timedelta(seconds=30), number=99)

        def arrive(_: object) -> None:
            if news not in librechat.collections["transactions"]:
                librechat.collections["transactions"].append(news)

        librechat.before_document = arrive
        syncer(store, librechat, Clock(NOON + timedelta(minutes=1))).run_once()
        assert store.count_transactions() == 21

    @pytest.mark.usefixtures("small_batches")
    def test_the_progress_grows_to_one_and_ends_as_ok(self, store: Store, clock: Clock) -> None:
        seen: list[float] = []
        librechat = LibreChat(transactions=usages(30))
        sync = syncer(store, librechat, clock)
        assert (sync.source_state.status, sync.source_state.progress) == ("importing", 0.0)
        librechat.before_document = lambda _: seen.append(sync.source_state.progress or 0)
        sync.run_once()
        history = seen[:30]
        assert history == sorted(history)
        assert 0.5 < history[-1] < 1
        assert (sync.source_state.status, sync.source_state.progress) == ("ok", None)

    @pytest.mark.usefixtures("small_batches")
    def test_a_restart_amid_history_goes_on_with_its_progress(self, store: Store, clock: Clock) -> None:
        librechat = LibreChat(transactions=usages(40))
        first = syncer(store, librechat, clock)
        librechat.before_document = lambda _: first.stop()
        first.run_once()
        assert syncer(store, librechat, clock).source_state == SourceState("importing", 5 / 40)

    @pytest.mark.usefixtures("small_batches")
    def test_one_sync_tries_again_where_mongodb_is_busy_as_long_as_it_gets_on(
        self, store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(loop, "RETRY_SECONDS", 0)
        librechat = LibreChat(transactions=usages(40))
        met = itertools.count(1)

        def be_busy_now_and_then(_: object) -> None:
            if next(met) in (3, 9, 17, 18, 30):
                raise SourceUnreachableError("MongoDB is busy: request rate is large.")

        librechat.before_document = be_busy_now_and_then
        syncer(store, librechat, clock).run_once()
        assert store.count_transactions() == 40
        assert store.state().history_complete

    def test_one_sync_gives_up_where_it_gets_no_further(
        self, store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(loop, "RETRY_SECONDS", 0)
        librechat = LibreChat(transactions=usages(3))
        librechat.away = True
        with pytest.raises(SourceUnreachableError):
            syncer(store, librechat, clock).run_once()

    @pytest.mark.usefixtures("small_batches")
    def test_a_sync_that_is_told_to_stop_ends_after_its_batch(self, store: Store, clock: Clock) -> None:
        librechat = LibreChat(transactions=usages(30))
        sync = syncer(store, librechat, clock)
        librechat.before_document = lambda _: sync.stop()
        sync.run_once()
        assert store.count_transactions() == 5
        librechat.before_document = lambda _: None
        syncer(store, librechat, clock).run_once()
        assert store.count_transactions() == 30

    def test_an_empty_ledger_is_complete_and_its_first_row_is_read(self, store: Store, clock: Clock) -> None:
        librechat = LibreChat()
        sync = syncer(store, librechat, clock)
        sync.run_once()
        assert (store.state().history_complete, store.state().newest_id) == (True, None)
        assert store.state().as_of == naive(NOON)
        librechat.collections["transactions"].append(usage(NOON + timedelta(minutes=5)))
        clock.now = NOON + timedelta(minutes=6)
        sync.run_once()
        assert store.count_transactions() == 1
        assert store.state().newest_id is not None


class TestNews:
    def test_a_second_pass_reads_only_the_last_minutes(self, store: Store, clock: Clock) -> None:
        librechat = LibreChat(transactions=usages(60))
        sync = syncer(store, librechat, clock)
        sync.run_once()
        librechat.read.clear()
        librechat.collections["transactions"].append(usage(NOON + timedelta(minutes=1), number=99))
        clock.now = NOON + timedelta(minutes=2)
        sync.run_once()
        assert len(librechat.read) == 12
        assert store.count_transactions() == 61
        assert store.state().as_of == naive(clock.now)

    def test_a_row_that_another_process_stores_late_is_read(self, store: Store, clock: Clock) -> None:
        librechat = LibreChat(transactions=usages(60))
        sync = syncer(store, librechat, clock)
        sync.run_once()
        late = usage(NOON - timedelta(minutes=9), number=500)
        librechat.collections["transactions"].append(late)
        sync.run_once()
        assert store.count_transactions() == 61

    def test_ids_of_a_clock_that_runs_ahead_hide_no_rows(self, store: Store, clock: Clock) -> None:
        ahead = usage(NOON + timedelta(days=400), number=1)
        librechat = LibreChat(transactions=[*usages(5), ahead])
        sync = syncer(store, librechat, clock)
        sync.run_once()
        assert store.count_transactions() == 6
        for minute in (20, 40):
            clock.now = NOON + timedelta(minutes=minute)
            librechat.collections["transactions"].append(usage(clock.now, number=minute))
            sync.run_once()
        assert store.count_transactions() == 8

    def test_a_ledger_that_lies_wholly_ahead_is_read_as_well(self, store: Store, clock: Clock) -> None:
        librechat = LibreChat(transactions=usages(3, until=NOON + timedelta(days=1)))
        sync = syncer(store, librechat, clock)
        sync.run_once()
        librechat.collections["transactions"].append(usage(NOON, number=99))
        sync.run_once()
        assert store.count_transactions() == 4

    @pytest.mark.parametrize(
        ("looked_every", "restarted_after"),
        [
            (1, None),
            (12, None),  # an hour
            (40, None),
            (99, timedelta(minutes=30)),
            (99, timedelta(hours=7)),
        ],
    )
    def test_a_clock_that_both_had_ahead_and_was_set_right_hides_no_rows(
        self,
        store: Store,
        clock: Clock,
        monkeypatch: pytest.MonkeyPatch,
        looked_every: int,
        restarted_after: timedelta | None,
    ) -> None:
        steady = SimpleNamespace(seconds=0.0, monotonic=lambda: steady.seconds)
        monkeypatch.setattr(loop, "time", steady)
        librechat = LibreChat(transactions=usages(5))
        ahead = timedelta(hours=3)
        sync = syncer(store, librechat, clock)
        sync.run_once()

        def go_on(real: datetime, number: int, off: timedelta = timedelta()) -> None:
            clock.now = real + off
            steady.seconds = (real - NOON).total_seconds()
            librechat.collections["transactions"].append(usage(clock.now, number=number))

        for number in range(10, 20):
            go_on(NOON + timedelta(minutes=number), number, ahead)
            sync.run_once()
        right_again = NOON + timedelta(minutes=20)
        for number in range(20, 60):
            go_on(right_again + timedelta(minutes=5 * (number - 20)), number)
            if (number - 19) % looked_every == 0:
                sync.run_once()
        if restarted_after is None:
            sync.run_once()
        else:
            clock.now = right_again + restarted_after
            syncer(store, librechat, clock).run_once()
        assert rows_in(store) == {document["_id"] for document in librechat.collections["transactions"]}

    def test_documents_with_odd_ids_and_amounts_are_counted_as_refused_once(
        self, store: Store, clock: Clock
    ) -> None:
        librechat = LibreChat(transactions=[usage(), usage(_id="a text"), usage(number=2, tokenValue="abc")])
        for _ in range(2):
            syncer(store, librechat, clock).run_once()
        assert store.refusals() == [("_id is no ObjectId", 1), ("tokenValue is no finite number", 1)]
        assert store.count_transactions() == 1


class TestRestoredBackups:
    @pytest.mark.usefixtures("small_batches")
    @pytest.mark.parametrize("stopped_amid_history", [False, True])
    def test_reading_goes_on_from_a_backup_that_is_put_back(
        self, store: Store, clock: Clock, tmp_path: Path, *, stopped_amid_history: bool
    ) -> None:
        ledger = usages(30, every=timedelta(hours=6))
        librechat = LibreChat(transactions=ledger, users=[{"_id": ANA, "name": "Ana"}])
        first = syncer(store, librechat, clock)
        if stopped_amid_history:
            librechat.before_document = lambda _: first.stop()
        first.run_once()
        librechat.before_document = lambda _: None
        store.copy_to(tmp_path / "backup")
        # Later the store is lost, and what LibreChat had by then with it, except what is in the backup.
        kept = ledger[-5:] if stopped_amid_history else ledger
        deleted = kept[:3]
        ledger[:] = [document for document in ledger if document not in deleted]
        ledger.extend(usage(NOON + timedelta(hours=hour), number=90) for hour in range(1, 8))
        clock.now = NOON + timedelta(hours=8)
        restored = tmp_path / "restored"
        restored.mkdir()
        (tmp_path / "backup").rename(restored / FILE_NAME)
        with closing(Store(restored)) as again:
            librechat.read.clear()
            syncer(again, librechat, clock).run_once()
            assert rows_in(again) == {document["_id"] for document in (*ledger, *deleted)}
            assert again.count_transactions() == 37
            assert again.state().history_complete
            if not stopped_amid_history:
                assert len(librechat.read) < 20, "what the backup holds is not read again"
        with closing(Store(tmp_path / "new")) as new:
            syncer(new, librechat, clock).run_once()
            assert rows_in(new) == {document["_id"] for document in ledger}, "only what LibreChat has left"


class TestNames:
    def people(self, store: Store) -> dict[str, tuple[str | None, bool]]:
        rows = asked(store, "SELECT id, name, deleted_at IS NOT NULL FROM users")
        return {identity: (name, deleted) for identity, name, deleted in rows}

    def test_a_deleted_users_name_is_kept_and_marked(self, store: Store, clock: Clock) -> None:
        librechat = LibreChat(transactions=[usage()], users=[{"_id": ANA, "name": "Ana"}])
        syncer(store, librechat, clock).run_once()
        assert self.people(store) == {str(ANA): ("Ana", False)}
        librechat.collections["users"].clear()
        syncer(store, librechat, clock).run_once()
        assert self.people(store) == {str(ANA): ("Ana", True)}

    def test_a_user_that_comes_back_is_not_deleted_any_more(self, store: Store, clock: Clock) -> None:
        librechat = LibreChat(transactions=[usage()], users=[])
        syncer(store, librechat, clock).run_once()
        assert self.people(store) == {str(ANA): (None, True)}
        librechat.collections["users"].append({"_id": ANA, "name": "Ana"})
        syncer(store, librechat, clock).run_once()
        assert self.people(store) == {str(ANA): ("Ana", False)}

    def test_a_new_user_is_named_at_the_next_pass_although_names_are_fresh(
        self, store: Store, clock: Clock
    ) -> None:
        librechat = LibreChat(transactions=[usage()], users=[{"_id": ANA, "name": "Ana"}])
        sync = syncer(store, librechat, clock)
        sync.run_once()
        librechat.collections["users"].append({"_id": BOB, "name": "Bob"})
        sync.run_once()
        assert str(BOB) not in self.people(store)
        librechat.collections["transactions"].append(usage(number=1, user=BOB))
        sync.run_once()
        assert self.people(store)[str(BOB)] == ("Bob", False)

    def test_who_appears_while_names_are_read_is_not_deleted(self, store: Store, clock: Clock) -> None:
        librechat = LibreChat(transactions=[usage()], users=[{"_id": ANA, "name": "Ana"}])
        other = syncer(store, librechat, clock)
        read_users = librechat.users

        def users_before_somebody_comes() -> Iterable[Any]:
            found = read_users()
            librechat.users = read_users  # type: ignore[method-assign]
            librechat.collections["users"].append({"_id": BOB, "name": "Bob"})
            librechat.collections["transactions"].append(usage(number=1, user=BOB))
            other._read_new()
            return found

        librechat.users = users_before_somebody_comes  # type: ignore[method-assign]
        syncer(store, librechat, clock).run_once()
        assert self.people(store) == {str(ANA): ("Ana", False), str(BOB): ("Bob", False)}

    @pytest.mark.parametrize("oldest_first", [True, False])
    def test_of_several_balances_of_a_user_the_oldest_counts_wherever_it_stands(
        self, store: Store, clock: Clock, *, oldest_first: bool
    ) -> None:
        balances = [
            {"_id": object_id(NOON - timedelta(days=days)), "user": ANA, "tokenCredits": credit}
            | {"reservedCredits": 2, "refillAmount": days, "lastRefill": NOON}
            for days, credit in ((9, 5), (3, 6), (1, 7))
        ]
        librechat = LibreChat(
            users=[{"_id": ANA, "name": "Ana"}, {"_id": BOB, "name": "Bob"}],
            balances=balances if oldest_first else balances[::-1],
        )
        syncer(store, librechat, clock).run_once()
        columns = "balance_e6, reserved_e6, refill_enabled, refill_e6, refill_every, refilled_at"
        assert asked(store, f"SELECT {columns} FROM users ORDER BY name") == [
            (5_000_000, 2_000_000, False, 9_000_000, None, naive(NOON)),
            (None, None, None, None, None, None),
        ]
        balances[0] |= {"reservedCredits": 0, "autoRefillEnabled": True}
        syncer(store, librechat, clock).run_once()
        assert asked(store, "SELECT reserved_e6, refill_enabled FROM users WHERE name = 'Ana'") == [(0, True)]

    def test_a_deleted_agent_keeps_its_last_name(self, store: Store, clock: Clock) -> None:
        agent = {"id": HELPER, "name": "Helper", "model": "gpt-4o", "provider": "openAI"}
        librechat = LibreChat(transactions=[usage(model=HELPER)], agents=[agent])
        syncer(store, librechat, clock).run_once()
        librechat.collections["agents"].clear()
        syncer(store, librechat, clock).run_once()
        kept = asked(store, "SELECT id, name, model, deleted_at IS NOT NULL FROM agents")
        assert kept == [(HELPER, "Helper", "gpt-4o", True)]

    def test_an_agent_that_was_deleted_before_has_the_name_it_answered_under(
        self, store: Store, clock: Clock
    ) -> None:
        syncer(store, LibreChat(**example_collections()), clock).run_once()
        assert (OLD_AGENT, "Old Agent") in asked(store, "SELECT id, name FROM agents")

    @pytest.mark.parametrize("collection", ["users", "agents", "balances", "groups"])
    def test_a_collection_that_may_not_be_read_keeps_no_other_from_being_read(
        self, store: Store, clock: Clock, caplog: pytest.LogCaptureFixture, collection: str
    ) -> None:
        librechat = LibreChat(
            transactions=[usage(model=HELPER)],
            users=[{"_id": ANA, "name": "Ana"}],
            agents=[{"id": HELPER, "name": "Helper"}],
        )
        librechat.forbidden = {collection}
        sync = syncer(store, librechat, clock)
        with caplog.at_level(logging.WARNING):
            for _ in range(3):
                sync.run_once()
        users = asked(store, "SELECT name FROM users")
        agents = asked(store, "SELECT name FROM agents")
        assert users == [(None if collection == "users" else "Ana",)]
        assert agents == [(None if collection == "agents" else "Helper",)]
        assert store.count_transactions() == 1
        assert sync.source_state.status == "ok"
        assert len(caplog.records) == 1

    def test_messages_that_may_not_be_read_leave_agents_unknown(
        self, store: Store, clock: Clock, caplog: pytest.LogCaptureFixture
    ) -> None:
        librechat = LibreChat(transactions=usages(3))
        librechat.forbidden = {"messages"}
        sync = syncer(store, librechat, clock)
        sync.run_once()
        assert "Agents cannot be found" in caplog.text
        assert store.count_unattributed() == 3
        assert sync.source_state.status == "ok"


class TestAgents:
    def test_the_examples_rows_are_attributed(self, store: Store, clock: Clock) -> None:
        syncer(store, LibreChat(**example_collections()), clock).run_once()
        found = asked(
            store,
            "SELECT agents.id, certainty, count(*) FROM transactions"
            " LEFT JOIN agents ON agents.key = agent_key WHERE usage_type <> 'other'"
            " GROUP BY ALL ORDER BY ALL",
        )
        assert sorted(found, key=str) == sorted(
            [
                (HELPER, "exact", 7),  # examples 1 to 5, 14 and 15
                (OLD_AGENT, "exact", 1),  # 6
                (None, "exact", 2),  # 9 and 13
                (None, "unknown", 4),  # 7, 8, 11 and 12
            ],
            key=str,
        )

    def test_a_row_waits_for_its_answer_to_be_saved(self, store: Store, clock: Clock) -> None:
        librechat = LibreChat(transactions=[usage(messageId="m")])
        sync = syncer(store, librechat, clock)
        sync.run_once()
        assert store.count_unattributed() == 1
        librechat.collections["messages"].append(ANSWER)
        sync.run_once()
        assert store.count_unattributed() == 0
        assert asked(store, "SELECT certainty FROM transactions") == [("exact",)]

    def test_after_ten_minutes_no_answer_is_expected_any_more(self, store: Store, clock: Clock) -> None:
        librechat = LibreChat(transactions=[usage(messageId="m")])
        sync = syncer(store, librechat, clock)
        sync.run_once()
        clock.now = NOON + timedelta(minutes=11)
        sync.run_once()
        assert store.count_unattributed() == 0
        assert asked(store, "SELECT certainty FROM transactions") == [("unknown",)]


class TestTrouble:
    def test_a_mongodb_that_goes_away_and_comes_back_is_told_once_and_read_on(
        self, store: Store, clock: Clock, caplog: pytest.LogCaptureFixture
    ) -> None:
        librechat = LibreChat(transactions=usages(3))
        sync = syncer(store, librechat, clock, sync_seconds=0.01)
        librechat.away = True
        with caplog.at_level(logging.INFO):
            thread = threading.Thread(target=sync.follow)
            thread.start()
            wait_until(lambda: sync.source_state.status == "unreachable")
            assert "it is away" in (sync.source_state.problem or "")
            librechat.away = False
            wait_until(lambda: sync.source_state.status == "ok" and store.count_transactions() == 3)
            sync.stop()
            thread.join(10)
        assert not thread.is_alive()
        texts = [record.getMessage() for record in caplog.records]
        assert sum("Figures stay as they are" in text for text in texts) == 1
        assert "MongoDB answers again." in texts

    def test_agents_that_cannot_be_looked_up_are_told_once_and_asked_for_ever_less_often(
        self, store: Store, clock: Clock, caplog: pytest.LogCaptureFixture
    ) -> None:
        librechat = LibreChat(transactions=[usage(messageId="m")], messages=[ANSWER])
        tries: list[float] = []
        look_up = librechat.answers

        def take_too_long(_: Sequence[str]) -> list[Answer]:
            tries.append(time.monotonic())
            raise SourceUnreachableError("MongoDB needs more than 10 s for 1,000 look-ups.")

        librechat.answers = take_too_long  # type: ignore[method-assign]
        sync = syncer(store, librechat, clock, sync_seconds=0.05)
        thread = threading.Thread(target=sync.follow)
        with caplog.at_level(logging.INFO):
            thread.start()
            wait_until(lambda: len(tries) == 5)
            librechat.answers = look_up  # type: ignore[method-assign]
            wait_until(lambda: store.count_unattributed() == 0)
            sync.stop()
            thread.join(10)
        pauses = [later - earlier for earlier, later in itertools.pairwise(tries)]
        assert all(pause >= 0.05 * 2**number for number, pause in enumerate(pauses))
        texts = [record.getMessage() for record in caplog.records]
        assert sum("MongoDB needs more than 10 s" in text for text in texts) == 1
        assert sync.source_state.status == "ok"

    def test_an_unexpected_error_does_not_end_the_sync(
        self, store: Store, clock: Clock, caplog: pytest.LogCaptureFixture
    ) -> None:
        librechat = LibreChat(transactions=usages(3))
        failures = iter([RuntimeError("odd")])

        def fail_once(_: object) -> None:
            for failure in failures:
                raise failure

        librechat.before_document = fail_once
        sync = syncer(store, librechat, clock, sync_seconds=0.01)
        thread = threading.Thread(target=sync.follow)
        thread.start()
        wait_until(lambda: store.count_transactions() == 3)
        sync.stop()
        thread.join(10)
        assert not thread.is_alive()
        assert "is tried again" in caplog.text


def wait_until(true: Callable[[], bool], seconds: float = 10) -> None:
    pause = threading.Event()
    for _ in range(int(seconds / 0.01)):
        if true():
            return
        pause.wait(0.01)
    raise AssertionError(f"still not so after {seconds} s")


class TestImport:
    def imported(self, store: Store, folder: Path, now: datetime = NOON) -> int:
        source = DumpSource(folder)
        try:
            return import_dump(store, source, now=now)
        finally:
            source.close()

    def test_a_dump_twice_is_held_once(self, store: Store, tmp_path: Path) -> None:
        folder = write_dump(tmp_path / "dump", **example_collections())
        assert self.imported(store, folder) == 15
        assert self.imported(store, folder) == 0
        assert store.count_transactions() == 15
        assert store.count_unattributed() == 0

    def test_figures_are_as_of_the_newest_date_that_is_not_ahead(self, store: Store, tmp_path: Path) -> None:
        rows = [*usages(3), usage(NOON + timedelta(days=3), number=9)]
        self.imported(store, write_dump(tmp_path / "dump", transactions=rows), NOON + timedelta(days=1))
        state = store.state()
        assert state.as_of == naive(NOON)
        assert state.last_sync == naive(NOON + timedelta(days=1))

    def test_an_older_dump_takes_nothing_back(self, store: Store, tmp_path: Path) -> None:
        self.imported(store, write_dump(tmp_path / "new", transactions=usages(3)))
        older = usages(3, until=NOON - timedelta(days=9))
        self.imported(store, write_dump(tmp_path / "old", transactions=older))
        assert store.count_transactions() == 6
        assert store.state().as_of == naive(NOON)

    def test_an_import_that_broke_off_is_completed_by_the_next(self, store: Store, tmp_path: Path) -> None:
        folder = write_dump(tmp_path / "dump", transactions=usages(10))
        path = folder / "transactions.bson"
        whole = path.read_bytes()
        path.write_bytes(whole[:-20])
        assert self.imported(store, folder) == 9
        assert store.refusals() == [("the document is no valid BSON", 1)]
        path.write_bytes(whole)
        assert self.imported(store, folder) == 1

    def test_a_live_sync_after_an_import_reads_what_the_dump_had_not(
        self, store: Store, clock: Clock, tmp_path: Path
    ) -> None:
        rows = usages(20)
        self.imported(store, write_dump(tmp_path / "dump", transactions=rows[5:15]))
        syncer(store, LibreChat(transactions=rows), clock).run_once()
        assert store.count_transactions() == 20
        assert store.state().history_complete

    def test_what_another_source_can_still_tell_is_left_to_it(
        self, store: Store, clock: Clock, tmp_path: Path
    ) -> None:
        row = usage(messageId="m")
        earlier = ANSWER | {"messageId": "another", "createdAt": NOON - timedelta(minutes=1)}
        librechat = LibreChat(transactions=[row], messages=[earlier])
        syncer(store, librechat, clock).run_once()
        told = (HELPER, "conversation")
        assert (answers_of(store), store.count_unattributed()) == ([told], 1), "its own may still be saved"
        older = usages(3, until=NOON - timedelta(days=9))
        for name, rows in (("old", older), ("just now", [*older, row])):
            self.imported(store, write_dump(tmp_path / name, transactions=rows))
            assert answers_of(store)[-1] == told
        librechat.collections["messages"].append(ANSWER)
        syncer(store, librechat, clock).run_once()
        assert answers_of(store) == [told, told, told, (HELPER, "exact")]
        assert store.count_unattributed() == 0

    @pytest.mark.parametrize("lacking", ["missing", "broken"])
    @pytest.mark.parametrize(
        ("conversations", "known"),
        [
            ([], (None, "unknown")),
            (
                [{"conversationId": "conversation-1", "endpoint": "agents", "agent_id": OLD_AGENT}],
                (OLD_AGENT, "weak"),
            ),
        ],
    )
    def test_a_whole_dump_tells_whose_answers_a_broken_one_did_not(
        self,
        store: Store,
        tmp_path: Path,
        lacking: str,
        conversations: list[Document],
        known: tuple[str | None, str],
    ) -> None:
        folder = write_dump(
            tmp_path / "dump",
            transactions=[usage(messageId="m")],
            messages=[ANSWER],
            conversations=conversations,
        )
        path = folder / "messages.bson"
        whole = path.read_bytes()
        path.write_bytes(whole[:-20])
        if lacking == "missing":
            path.unlink()
        assert self.imported(store, folder) == 1
        assert answers_of(store) == [known]
        path.write_bytes(whole)
        assert self.imported(store, folder) == 0
        assert answers_of(store) == [(HELPER, "exact")]
        assert store.count_unattributed() == 0

    def test_an_older_dump_turns_no_names_back(self, store: Store, tmp_path: Path) -> None:
        def dump(name: str, until: datetime, **names: str) -> Path:
            users = [{"_id": {"ana": ANA, "bob": BOB}[who], "name": called} for who, called in names.items()]
            agents = [{"id": f"agent_of_{who}_0123456789", "name": called} for who, called in names.items()]
            rows = usages(2, until=until)
            return write_dump(tmp_path / name, transactions=rows, users=users, agents=agents)

        self.imported(store, dump("new", NOON, ana="Ana Byron"))
        self.imported(store, dump("old", NOON - timedelta(days=300), ana="Ana Novak", bob="Bob"))
        for table in ("users", "agents"):  # the newer dump had shown that Bob was gone
            named = asked(store, f"SELECT name, deleted_at IS NOT NULL FROM {table} ORDER BY name")
            assert named == [("Ana Byron", False), ("Bob", True)]
        later = NOON + timedelta(days=1)
        self.imported(store, dump("newest", later, ana="Ana King"), later)
        assert asked(store, "SELECT name, deleted_at IS NOT NULL FROM users ORDER BY name") == [
            ("Ana King", False),
            ("Bob", True),
        ]

    def test_a_dump_without_users_leaves_known_names(
        self, store: Store, clock: Clock, tmp_path: Path
    ) -> None:
        librechat = LibreChat(transactions=[usage()], users=[{"_id": ANA, "name": "Ana"}])
        syncer(store, librechat, clock).run_once()
        self.imported(store, write_dump(tmp_path / "dump", transactions=usages(3)))
        assert asked(store, "SELECT name, deleted_at FROM users") == [("Ana", None)]


def test_the_ids_that_a_test_makes_lie_in_their_second() -> None:
    assert object_id(NOON, 5).generation_time == NOON


class TestConversations:
    """With which conversation one counts is looked up once."""

    ROWS = (
        "SELECT conversations.id FROM transactions JOIN conversations ON key = conversation_key"
        " ORDER BY id_tail"
    )

    def thread(self, root: str | None) -> Document:
        return {
            "conversationId": "child",
            "endpoint": "agents",
            "subagentThread": {"rootConversationId": root},
        }

    def test_what_is_written_later_counts_with_the_root_too(self, store: Store, clock: Clock) -> None:
        librechat = LibreChat(
            transactions=[usage(conversationId="child", agentId=HELPER)], conversations=[self.thread("root")]
        )
        sync = syncer(store, librechat, clock)
        sync.run_once()
        librechat.collections["transactions"].append(usage(number=1, conversationId="child"))
        librechat.collections["transactions"].append(usage(number=2, conversationId="root"))
        sync.run_once()
        assert asked(store, self.ROWS) == 3 * [("root",)]

    def test_a_root_that_has_one_itself_leads_there(self, store: Store, clock: Clock) -> None:
        middle = {"conversationId": "middle", "subagentThread": {"rootConversationId": "root"}}
        librechat = LibreChat(
            transactions=[usage(conversationId="child")], conversations=[self.thread("middle"), middle]
        )
        sync = syncer(store, librechat, clock)
        sync.run_once()
        assert asked(store, self.ROWS) == [("root",)]
        librechat.collections["transactions"].append(usage(number=1, conversationId="middle"))
        sync.run_once()
        librechat.collections["transactions"].append(usage(number=2, conversationId="child"))
        sync.run_once()
        assert asked(store, self.ROWS) == 3 * [("root",)]

    @pytest.mark.parametrize("written", [(0, 1, 2, 3), (3, 2, 1, 0), (0, 3), (1, 2), (0,)])
    @pytest.mark.parametrize("at_once", [True, False])
    def test_threads_within_threads_count_once_however_they_come(
        self, store: Store, clock: Clock, written: tuple[int, ...], at_once: bool
    ) -> None:
        names = ["root", "c-1", "c-2", "c-3"]
        threads = [
            {"conversationId": child, "subagentThread": {"rootConversationId": parent}}
            for parent, child in itertools.pairwise(names)
        ]
        librechat = LibreChat(conversations=[{"conversationId": "root"}, *threads])
        sync = syncer(store, librechat, clock)
        for number in written:
            row = usage(number=number, conversationId=names[number])
            librechat.collections["transactions"].append(row)
            if not at_once:
                sync.run_once()
        sync.run_once()
        assert asked(store, self.ROWS) == len(written) * [("root",)]

    def test_threads_in_a_circle_count_as_one_conversation(self, store: Store, clock: Clock) -> None:
        librechat = LibreChat(
            transactions=[usage(number=number, conversationId=f"c-{number}") for number in range(4)],
            conversations=[
                {"conversationId": child, "subagentThread": {"rootConversationId": parent}}
                for child, parent in (("c-0", "c-1"), ("c-1", "c-2"), ("c-2", "c-3"), ("c-3", "c-1"))
            ],
        )
        syncer(store, librechat, clock).run_once()
        assert len({*asked(store, self.ROWS)}) == 1

    def test_a_conversation_is_asked_for_once_in_its_life(self, store: Store, clock: Clock) -> None:
        looked_up: list[str] = []

        class Counting(LibreChat):
            def conversations(self, conversations: Sequence[str]) -> list[Conversation]:
                looked_up.extend(conversations)
                return super().conversations(conversations)

        librechat = Counting(
            transactions=[usage(conversationId="child", messageId="m")],
            conversations=[self.thread(None)],
            messages=[ANSWER | {"conversationId": "child"}],
        )
        sync = syncer(store, librechat, clock)
        for number in range(1, 4):
            sync.run_once()
            librechat.collections["transactions"].append(
                usage(number=number, conversationId="child", messageId="m")
            )
        assert looked_up == ["child"]
        assert asked(store, self.ROWS) == 3 * [("child",)]
