"""After an audit the store has every row of LibreChat's database, whatever its id and date."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
from bson import ObjectId
from hypothesis import given, settings
from hypothesis import strategies as st

from librechat_analytics.librechat.dump import DumpSource
from librechat_analytics.librechat.source import SourceForeignError
from librechat_analytics.store.held_ids import HeldIds
from librechat_analytics.store.store import Store
from librechat_analytics.sync import audit as audit_module
from librechat_analytics.sync import audit_schedule, loop
from librechat_analytics.sync.audit import GrowthWatch
from librechat_analytics.sync.imports import import_dump
from librechat_analytics.sync.loop import Syncer
from tests.support.documents import ANA, NOON, usage, usages, write_dump
from tests.support.examples import examples
from tests.support.in_memory import Clock, LibreChat

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.documents import Document

LONG_AGO = NOON - timedelta(days=200)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(Store(tmp_path / "data")) as store:
        yield store


@pytest.fixture(autouse=True)
def small_ranges(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_module, "ROWS_PER_RANGE", 8)
    monkeypatch.setattr(loop, "QUICK_SECONDS", float("inf"))
    monkeypatch.setattr(audit_schedule, "LEAST_REST_SECONDS", 0)
    monkeypatch.setattr(audit_schedule, "REST_TIMES", 0)


def syncer(store: Store, librechat: LibreChat, clock: Clock) -> Syncer:
    return Syncer(store, librechat, sync_seconds=3600, labels_seconds=3600, clock=clock)  # type: ignore[arg-type]


def level(*rows: Document, store: Store) -> tuple[LibreChat, Clock, Syncer]:
    """A LibreChat that a store is level with."""
    librechat, clock = LibreChat(transactions=list(rows)), Clock()
    sync = syncer(store, librechat, clock)
    sync.run_once()
    assert held_by(store) == ids_of(librechat)
    clock.now += timedelta(minutes=30)
    return librechat, clock, sync


def held_by(store: Store) -> set[ObjectId]:
    with store.reading() as cursor:
        found = cursor.execute("SELECT id_head, id_tail FROM transactions").fetchall()
    assert len(found) == len({*found})
    return {ObjectId(f"{head:016x}{tail:08x}") for head, tail in found}


def ids_of(librechat: LibreChat) -> set[ObjectId]:
    return {document["_id"] for document in librechat.collections["transactions"]}


class TestRowsThatComeOutOfOrder:
    def test_a_history_that_is_restored_below_all_that_is_held_is_read(self, store: Store) -> None:
        librechat, _, sync = level(*usages(20), store=store)
        librechat.collections["transactions"] += usages(30, until=LONG_AGO)
        sync.run_once()
        assert held_by(store) == ids_of(librechat)

    def test_rows_merged_amid_those_that_are_held_are_read(self, store: Store) -> None:
        librechat, _, sync = level(*usages(20), store=store)
        librechat.collections["transactions"] += [
            usage(NOON - timedelta(minutes=minutes, seconds=30), number=7) for minutes in (15, 17, 18)
        ]
        sync.run_once()
        assert held_by(store) == ids_of(librechat)

    def test_rows_whose_ids_do_not_follow_time_are_read(self, store: Store) -> None:
        librechat, clock, sync = level(*usages(20), store=store)
        digests = [usage(clock.now, _id=ObjectId(bytes([byte]) * 12)) for byte in (0, 1, 77, 200, 255)]
        librechat.collections["transactions"] += digests
        sync.run_once()
        assert held_by(store) == ids_of(librechat)

    def test_what_came_while_the_program_did_not_run_is_read_at_its_start(self, store: Store) -> None:
        librechat, clock, _ = level(*usages(20), store=store)
        librechat.collections["transactions"] += usages(10, until=LONG_AGO)
        syncer(store, librechat, clock).run_once()
        assert held_by(store) == ids_of(librechat)

    def test_a_refused_document_among_them_is_counted_once(self, store: Store) -> None:
        librechat, _, sync = level(*usages(20), store=store)
        librechat.collections["transactions"].append(usage(LONG_AGO, rawAmount="many"))
        for _ in range(3):
            sync.run_once()
        assert store.refusals() == [("rawAmount is no finite number", 1)]

    def test_rows_restored_behind_a_running_audit_are_read_by_the_next(
        self, store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        librechat, clock, sync = level(*usages(36), store=store)
        restored = usages(20, until=LONG_AGO)
        count_ids = librechat.count_ids

        def restore_amid_the_counts(low: ObjectId, high: ObjectId | None) -> int:
            if librechat.counted == 3:
                librechat.collections["transactions"] += restored
                sync._read()
            return count_ids(low, high)

        monkeypatch.setattr(librechat, "count_ids", restore_amid_the_counts)
        librechat.counted = 0
        clock.now += timedelta(days=1)
        sync._audit("counts", at_ease=False)
        assert held_by(store) < ids_of(librechat)
        sync._read()
        assert sync._due_audit() == "counts"
        sync._audit_in_background()
        assert held_by(store) == ids_of(librechat)

    def test_a_secondary_that_lags_deletes_nothing(self, store: Store) -> None:
        librechat, clock, sync = level(*usages(20), store=store)
        newest = usage(clock.now, number=99)
        librechat.collections["transactions"].append(newest)
        sync._read()
        librechat.collections["transactions"].remove(newest)
        assert sync._audit("ids", at_ease=False).gone == 0


class TestDeletions:
    def test_a_purge_keeps_its_rows_and_needs_no_more_than_one_look(self, store: Store) -> None:
        librechat, _, sync = level(*usages(40), store=store)
        librechat.collections["transactions"] = librechat.collections["transactions"][-15:]
        sync.run_once()
        assert len(held_by(store)) == 40
        assert HeldIds(store).audits()[0].gone == 25
        librechat.compared = 0
        sync.run_once()
        assert librechat.compared == 0, "the counts agree now"

    def test_rows_that_were_deleted_and_restored_are_there_once(self, store: Store) -> None:
        librechat, _, sync = level(*usages(24), store=store)
        everything = librechat.collections["transactions"]
        librechat.collections["transactions"] = everything[::2]
        sync.run_once()
        librechat.collections["transactions"] = everything
        sync.run_once()
        assert held_by(store) == ids_of(librechat)
        assert HeldIds(store).count_gone() == 0

    def test_additions_that_deletions_hide_from_counts_are_found_by_ids(self, store: Store) -> None:
        librechat, clock, sync = level(*usages(40), store=store)
        deleted = librechat.collections["transactions"].pop(3)
        late = usage(deleted["createdAt"] + timedelta(seconds=1), number=77)
        librechat.collections["transactions"].append(late)
        clock.now += timedelta(hours=1)
        sync.run_once("counts")
        assert late["_id"] not in held_by(store)
        clock.now += timedelta(days=7)
        sync.run_once()  # which compares every id once a week
        assert late["_id"] in held_by(store)


class TestAsOf:
    def as_of(self, store: Store) -> Any:
        return store.state().as_of

    def test_it_waits_for_the_audit_when_the_database_has_grown_elsewhere(self, store: Store) -> None:
        librechat, clock, sync = level(*usages(20), store=store)
        before = self.as_of(store)
        librechat.collections["transactions"].append(usage(LONG_AGO))
        sync._read()
        assert self.as_of(store) == before
        sync.run_once()
        assert self.as_of(store) == clock.now.replace(tzinfo=None)

    def test_at_a_start_it_waits_for_the_first_audit(self, store: Store) -> None:
        librechat, clock, _ = level(*usages(20), store=store)
        before = self.as_of(store)
        later = syncer(store, librechat, clock)
        later._read()
        assert self.as_of(store) == before
        later.run_once()
        assert self.as_of(store) == clock.now.replace(tzinfo=None)

    def test_it_moves_with_each_audit_though_rows_keep_coming_elsewhere(self, store: Store) -> None:
        librechat, clock, sync = level(*usages(20), store=store)
        for number in range(5):
            clock.now += timedelta(minutes=5)
            librechat.collections["transactions"].append(usage(clock.now - timedelta(hours=1), number=number))
            sync._read()
            sync._audit_in_background()
            assert self.as_of(store) == clock.now.replace(tzinfo=None)
            assert held_by(store) == ids_of(librechat)

    def test_new_rows_need_no_audit(self, store: Store) -> None:
        librechat, clock, sync = level(*usages(20), store=store)
        librechat.counted = 0
        for number in range(5):
            clock.now += timedelta(minutes=1)
            librechat.collections["transactions"].append(usage(clock.now, number=number))
            sync._read()
            assert self.as_of(store) == clock.now.replace(tzinfo=None)
        assert librechat.counted == 0


class TestWhoseLedgerItIs:
    def test_another_ledger_is_refused_and_nothing_is_mixed(self, store: Store) -> None:
        librechat, clock, _ = level(*usages(5), store=store)
        production = LibreChat(transactions=usages(30, until=NOON + timedelta(minutes=10)))
        production.place = "mongodb:27017/Production"
        with pytest.raises(
            Exception, match=r"none of the transactions in the store.*mongodb:27017/LibreChat"
        ):
            syncer(store, production, clock).run_once()
        assert held_by(store) == ids_of(librechat)

    @pytest.mark.parametrize("place", ["mongodb:27017/LibreChat", "new-host:27018/Restored"])
    def test_a_ledger_is_known_by_its_rows_wherever_it_is(self, store: Store, place: str) -> None:
        librechat, clock, _ = level(*usages(20), store=store)
        librechat.place = place
        librechat.collections["transactions"] = librechat.collections["transactions"][:3]
        syncer(store, librechat, clock).run_once()
        assert store.state().source_name == place

    def test_a_ledger_that_was_emptied_is_still_the_same(self, store: Store) -> None:
        librechat, clock, sync = level(*usages(5), store=store)
        librechat.collections["transactions"] = []
        sync.run_once()
        librechat.collections["users"] = [{"_id": usage()["user"]}]
        librechat.collections["transactions"] = [usage(clock.now, number=9)]
        sync.run_once()
        assert len(held_by(store)) == 6

    def test_another_database_in_the_same_place_is_refused(self, store: Store) -> None:
        librechat, clock, sync = level(*usages(5), store=store)
        librechat.collections["users"] = [{"_id": ObjectId()}]
        librechat.collections["transactions"] = [usage(clock.now, number=9, user=ObjectId())]
        with pytest.raises(Exception, match="none of the transactions"):
            sync.run_once()
        assert len(held_by(store)) == 5

    def test_another_librechat_that_had_no_usage_yet_is_not_let_in(
        self, store: Store, tmp_path: Path
    ) -> None:
        dump = write_dump(tmp_path / "dump", transactions=usages(5), users=[{"_id": ANA, "name": "Ana"}])
        import_dump(store, DumpSource(dump), now=NOON)
        empty = LibreChat(users=[{"_id": ObjectId(), "name": "Bob"}])
        with pytest.raises(SourceForeignError):
            syncer(store, empty, Clock()).run_once()
        with store.reading() as cursor:
            assert cursor.execute("SELECT name, deleted_at FROM users").fetchall() == [("Ana", None)]

    def test_where_users_may_not_be_read_the_place_tells(self, store: Store) -> None:
        librechat, clock, sync = level(*usages(5), store=store)
        librechat.forbidden = {"users"}
        librechat.collections["transactions"] = [usage(clock.now, number=9)]
        sync.run_once()
        assert len(held_by(store)) == 6


def at_random(byte: int, tail: int) -> ObjectId:
    return ObjectId(bytes([byte, byte]) + bytes(8) + bytes([0, tail]))


ids = st.builds(at_random, st.integers(0, 100), st.integers(0, 3))


@settings(max_examples=examples(5))
@given(st.sets(ids, max_size=40), st.sets(ids, max_size=40), st.sampled_from(["counts", "ids"]))
def test_after_an_audit_nothing_is_missing(before: set[ObjectId], after: set[ObjectId], kind: Any) -> None:
    with TemporaryDirectory() as folder, closing(Store(Path(folder))) as store:
        held = HeldIds(store)
        librechat = LibreChat(transactions=[usage(_id=identity) for identity in before])
        sync = syncer(store, librechat, Clock())
        sync.run_once()
        librechat.collections["transactions"] = [usage(_id=identity) for identity in after]
        if kind == "ids" or len(after) != len(before):
            result = sync._audit("ids", at_ease=False)
            assert result.documents == len(after)
            assert held_by(store) == before | after
            assert held.count_gone() == len(before - after)
            assert held.count() == len(after)


class TestGrowthWatch:
    def test_new_rows_and_deletions_fit(self) -> None:
        watch = GrowthWatch()
        assert all(watch.fits(there, held) for there, held in ((10, 10), (13, 13), (8, 13), (9, 14)))

    def test_rows_that_are_not_held_do_not_also_after_deletions(self) -> None:
        watch = GrowthWatch()
        assert watch.fits(8, 13)
        assert not watch.fits(9, 13)

    def test_a_difference_that_an_audit_cannot_explain_is_usual_from_then_on(self) -> None:
        watch = GrowthWatch()
        assert not watch.fits(13, 10)
        self.audited(watch, found=0)
        assert watch.fits(13, 10)
        assert not watch.fits(14, 10)

    def test_what_comes_while_an_audit_runs_leads_to_another(self) -> None:
        watch = GrowthWatch()
        watch.begin()
        assert not watch.fits(30, 10)
        watch.unexplained = True
        watch.settle(found=0)
        assert not watch.fits(30, 10)

    def test_a_server_whose_counts_are_never_right_is_not_audited_for_ever(self) -> None:
        watch, audits = GrowthWatch(), 0
        for guess in range(100, 200):
            if not watch.fits(guess, 10):
                audits += 1
                self.audited(watch, found=0)
        assert audits == audit_module.FUTILE_AUDITS
        watch.begin()
        watch.settle(found=0)  # the daily one: from then on it is believed again
        assert not watch.fits(300, 10)

    def audited(self, watch: GrowthWatch, found: int) -> None:
        watch.unexplained = True
        watch.begin()
        watch.settle(found)


class TestDumps:
    def imported(self, store: Store, folder: Path, **options: Any) -> int:
        return import_dump(store, DumpSource(folder), now=NOON, **options)

    def test_a_dump_of_another_librechat_is_refused_unless_it_is_to_be_merged(
        self, store: Store, tmp_path: Path
    ) -> None:
        self.imported(store, write_dump(tmp_path / "first", transactions=usages(5), users=[{"_id": ANA}]))
        stranger = {"_id": ObjectId()}
        foreign = [row | {"user": stranger["_id"]} for row in usages(5, until=LONG_AGO)]
        other = write_dump(tmp_path / "other", transactions=foreign, users=[stranger])
        with pytest.raises(SourceForeignError, match="--merge"):
            self.imported(store, other)
        assert len(held_by(store)) == 5
        assert self.imported(store, other, merge=True) == 5
        assert self.imported(store, other) == 0, "it is known from then on"
        with store.reading() as cursor:
            deleted = cursor.execute("SELECT id FROM users WHERE deleted_at IS NOT NULL").fetchall()
        assert deleted == [(str(stranger["_id"]),)], "the first LibreChat's people are as they were"

    def test_dumps_that_share_users_or_rows_are_the_same_librechats(
        self, store: Store, tmp_path: Path
    ) -> None:
        self.imported(store, write_dump(tmp_path / "first", transactions=usages(5)))
        older = write_dump(tmp_path / "older", transactions=usages(5, until=LONG_AGO))
        assert self.imported(store, older) == 5
