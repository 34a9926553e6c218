"""The sync: what it reads first and where it goes on."""

from __future__ import annotations

import itertools
from contextlib import closing
from datetime import timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from librechat_analytics.librechat.source import SourceUnreachableError
from librechat_analytics.store.store import FILE_NAME, Store
from librechat_analytics.sync import audit_schedule, labels, loop
from librechat_analytics.sync.state import SourceState
from tests.support.documents import (
    ANA,
    NOON,
    object_id,
    usage,
    usages,
)
from tests.support.in_memory import Clock, LibreChat
from tests.support.syncing import asked, naive, rows_in, syncer

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path


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
    def test_what_arrived_before_the_connection_broke_is_kept(
        self, store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(loop, "RETRY_SECONDS", 0.0)
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
            (3, None),  # an hour
            (10, None),
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
        for module in (loop, audit_schedule, labels):
            monkeypatch.setattr(module, "time", steady)
        librechat = LibreChat(transactions=usages(5))
        ahead = timedelta(hours=3)
        sync = syncer(store, librechat, clock)
        sync.run_once()

        def go_on(real: datetime, number: int, off: timedelta = timedelta()) -> None:
            clock.now = real + off
            steady.seconds = (real - NOON).total_seconds()
            librechat.collections["transactions"].append(usage(clock.now, number=number))

        for number in range(10, 20, 3):
            go_on(NOON + timedelta(minutes=number), number, ahead)
            sync.run_once()
        right_again = NOON + timedelta(minutes=20)
        for number in range(20, 30):
            go_on(right_again + timedelta(minutes=20 * (number - 20)), number)
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


def test_the_ids_that_a_test_makes_lie_in_their_second() -> None:
    assert object_id(NOON, 5).generation_time == NOON
