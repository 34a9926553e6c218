"""Imports of dumps, beside a sync and among each other."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from bson import Int64

from librechat_analytics.librechat.dump import DumpSource
from librechat_analytics.sync.imports import import_dump
from librechat_analytics.sync.state import one_by_one
from tests.support.documents import (
    ANA,
    BOB,
    HELPER,
    NOON,
    OLD_AGENT,
    example_collections,
    usage,
    usages,
    write_dump,
)
from tests.support.in_memory import Clock, LibreChat
from tests.support.syncing import ANSWER, answers_of, asked, naive, syncer

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from librechat_analytics.store.store import Store
    from tests.support.documents import Document


class TestImport:
    def imported(self, store: Store, folder: Path, now: datetime = NOON) -> int:
        return import_dump(store, DumpSource(folder), now=now)

    def test_a_dump_twice_is_held_once(self, store: Store, tmp_path: Path) -> None:
        folder = write_dump(tmp_path / "dump", **example_collections())
        assert self.imported(store, folder) == 15
        assert self.imported(store, folder) == 0
        assert store.count_transactions() == 15
        assert store.count_unattributed() == 0

    def test_rows_that_are_read_one_by_one_are_counted(self, store: Store, tmp_path: Path) -> None:
        odd = usage(number=9, rawAmount=Int64(-1000))
        answers = [ANSWER, ANSWER | {"model": OLD_AGENT}]  # with the same id
        rows = [*usages(3), odd, usage(number=10, messageId="m")]
        self.imported(store, write_dump(tmp_path / "dump", transactions=rows, messages=answers))
        assert one_by_one(store.state()) == (
            "1 of 5 rows were read one by one, and the agents of 1 were found one by one."
        )

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
