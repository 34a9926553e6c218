"""Keeping level with a MongoDB that changes, goes away and comes back, and surviving power cuts."""

from __future__ import annotations

import os
import random
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO
from urllib.parse import urlsplit
from uuid import uuid4

import bson
import pytest
from pymongo import MongoClient
from pymongo.errors import PyMongoError

from librechat_analytics.librechat.mongo import MongoSource
from librechat_analytics.librechat.sample.writer import write_sample
from librechat_analytics.store.store import Store
from librechat_analytics.sync.loop import Syncer
from tests.support import warm_program
from tests.support.agreement import api_of, assert_answers_agree
from tests.support.documents import ANA, object_id, usage
from tests.support.oracle import COLLECTIONS, Ledger, Oracle
from tests.support.served import (
    ids_of,
    insert,
    over_http,
    rows_held,
    rows_in,
    status_of,
    summary,
)
from tests.support.servers import Running, free_port, mongo_wire_server, program_environment, serve
from tests.support.waiting import PATIENCE_SECONDS, wait_until
from tests.system.test_bad_documents import ALL_REFUSED, GOOD, GOOD_COST, READ

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pymongo.database import Database

    from tests.support.agreement import Ask
    from tests.support.warm_program import ForkedProcess

Document = dict[str, Any]
Body = dict[str, Any]

SYNC_SECONDS = 1

SYNC_IN_SMALL_STEPS = """
from librechat_analytics.cli.main import main
from librechat_analytics.store.store import Store
from librechat_analytics.librechat import ledger
from librechat_analytics.sync import attribution

def told(commit):
    def committed(*given, **named):
        result = commit(*given, **named)
        print("committed", flush=True)
        return result
    return committed

ledger.BATCH_DOCUMENTS = attribution.ROWS_AT_ONCE = 60
Store.write_batch, Store.settle = told(Store.write_batch), told(Store.settle)
main()
"""


@contextmanager
def syncing(folder: Path, mongo_uri: str) -> Iterator[tuple[ForkedProcess, BinaryIO]]:
    """A sync that writes a line for each batch, and what it writes; gone at the end."""
    reading, writing = os.pipe()
    sync = warm_program.start(
        SYNC_IN_SMALL_STEPS,
        ["sync"],
        folder=folder,
        environment=program_environment(folder, MONGO_URI=mongo_uri),
        output=writing,
        errors=writing,
        held_open=writing,
    )
    os.close(writing)
    with open(reading, "rb") as written:  # noqa: PTH123
        try:
            yield sync, written
        finally:
            sync.kill()
            sync.wait(timeout=PATIENCE_SECONDS)


class TestPowerCuts:
    def test_a_sync_that_is_killed_again_and_again_holds_each_row_once(
        self, mongo_uri: str, mongo_database: Database[Document], tmp_path: Path
    ) -> None:
        until = datetime.now(UTC).replace(microsecond=0)
        write_sample(tmp_path / "dump", transactions=600, seed=6, until=until)
        ledger = Ledger.of_dump(tmp_path / "dump" / "LibreChat")
        for name in COLLECTIONS:
            insert(mongo_database, name, getattr(ledger, name))
        moments, held = random.Random(1), []
        for _ in range(4):
            with syncing(tmp_path, mongo_uri) as (sync, written):
                for _ in range(moments.randrange(2, 10)):
                    written.readline()
                time.sleep(moments.uniform(0, 0.1))  # to be killed at any moment between two batches
                sync.kill()
            held.append(rows_in(tmp_path))
            assert len(held[-1]) == len(set(held[-1]))
        assert held == sorted(held, key=len)
        assert 0 < len(held[0]) < 600
        with syncing(tmp_path, mongo_uri) as (sync, written):
            written.read()
            assert sync.wait(timeout=PATIENCE_SECONDS) == 0
        assert rows_in(tmp_path) == ids_of(ledger.transactions)
        store = Store(tmp_path)
        try:
            for period in ("30d", "this-year", "all"):
                parameters = {"period": period, "limit": "1000"}
                assert_answers_agree(api_of(store, until), Oracle(ledger), until, parameters)
        finally:
            store.close()


@dataclass(frozen=True, slots=True)
class LiveServer:
    """A program that follows a small database of its own."""

    server: Running
    database: Database[Document]

    @property
    def ask(self) -> Ask:
        return over_http(self.server)

    def rows(self) -> int:
        return rows_held(self.ask)


@contextmanager
def following(database: Database[Document], uri: str, folder: Path) -> Iterator[LiveServer]:
    settings = {"MONGO_URI": uri, "SYNC_SECONDS": str(SYNC_SECONDS), "LABELS_SECONDS": "5"}
    with serve(folder / "store", **settings) as server:
        live = LiveServer(server, database)
        wait_until(lambda: status_of(live.ask) == "ok")
        yield live


@pytest.fixture(scope="module")
def live(mongo_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A server that holds a hundred calls at first; each test adds its own."""
    uri = urlsplit(mongo_server)._replace(path=f"/LibreChat-{uuid4().hex}").geturl()
    now = datetime.now(UTC)
    with MongoClient[Document](uri, tz_aware=True) as client:
        database = client.get_default_database()
        rows = [usage(now - timedelta(minutes=minutes), 1_000 - minutes) for minutes in range(1, 101)]
        database.transactions.insert_many(rows)
        with following(database, uri, tmp_path_factory.mktemp("live")) as live:
            yield live
        client.drop_database(database.name)


class TestAFollowedDatabase:
    def test_a_new_transaction_is_soon_in_the_summary(self, live: LiveServer) -> None:
        rows, cost = live.rows(), summary(live.ask)["cost"]
        for number in range(1, 4):
            live.database.transactions.insert_one(usage(datetime.now(UTC), 5_000 + number))
            wait_until(partial(holds, live, rows + number))
        assert summary(live.ask)["cost"] == pytest.approx(cost + 0.009)

    @pytest.mark.parametrize("minutes", [1, 5, 9])
    def test_a_row_that_was_stored_late_is_taken(self, live: LiveServer, minutes: int) -> None:
        before = live.rows()
        live.database.transactions.insert_one(usage(datetime.now(UTC) - timedelta(minutes=minutes), minutes))
        wait_until(lambda: live.rows() == before + 1)

    def test_an_answer_that_is_saved_after_its_rows_names_the_agent(self, live: LiveServer) -> None:
        before = live.rows()
        row = usage(datetime.now(UTC), 6_000, messageId="late", conversationId="c-late", model="gpt-5.4")
        live.database.transactions.insert_one(row)
        wait_until(lambda: live.rows() == before + 1)
        assert live.ask("top-agents", {})[1]["agents"] == []
        live.database.messages.insert_one(
            {
                "messageId": "late",
                "conversationId": "c-late",
                "isCreatedByUser": False,
                "endpoint": "agents",
                "model": "agent_late",
                "sender": "Late Agent",
                "createdAt": datetime.now(UTC),
            }
        )
        wait_until(lambda: live.ask("top-agents", {})[1]["agents"])
        (agent,) = live.ask("top-agents", {})[1]["agents"]
        assert (agent["id"], agent["calls"], agent["attribution"]) == ("agent_late", 1, {"exact": 1.0})

    def test_what_librechat_deletes_keeps_its_figures(self, live: LiveServer) -> None:
        live.database.users.insert_one({"_id": ANA, "name": "Ana Kovač", "email": "ana@example.com"})
        wait_until(lambda: first_user(live.ask)["name"] == "Ana Kovač")
        before = first_user(live.ask)
        live.database.users.delete_many({})
        live.database.transactions.delete_many({})
        wait_until(lambda: first_user(live.ask)["deleted"])
        user = first_user(live.ask)
        assert user["calls"] >= 100
        assert user == before | {"deleted": True}


def holds(live: LiveServer, rows: int) -> bool:
    return live.rows() == rows


def first_user(ask: Ask) -> Body:
    user = ask("top-users", {})[1]["users"][0]
    assert isinstance(user, dict)
    return user


class TestMongodbAway:
    def test_figures_stand_until_it_is_back(self, tmp_path: Path) -> None:
        folder, port = tmp_path / "mongo", free_port()
        folder.mkdir()
        uri = f"mongodb://127.0.0.1:{port}/LibreChat"
        now = datetime.now(UTC)
        with MongoClient[Document](uri, connect=False, serverSelectionTimeoutMS=1000) as client:
            database = client.get_default_database()
            with mongo_wire_server(folder, port) as server:
                insert(database, "transactions", [usage(now - timedelta(hours=n), n) for n in range(1, 51)])
                with following(database, uri, tmp_path) as live:
                    server.stop()
                    wait_until(lambda: status_of(live.ask) == "unreachable")
                    first = summary(live.ask)
                    later = summary(live.ask)
                    assert (first["calls"], first["cost"]) == (later["calls"], later["cost"]) == (50, 0.15)
                    assert first["asOf"] == later["asOf"] is not None
                    assert later["source"]["status"] == "unreachable"
                    with mongo_wire_server(folder, port):
                        insert(database, "transactions", [usage(datetime.now(UTC), 99)])
                        wait_until(lambda: live.rows() == 51)
                        # The reading of the row may still be running, and as of it moves at its end.
                        wait_until(lambda: summary(live.ask)["asOf"] > later["asOf"])
                        assert status_of(live.ask) == "ok"

    def test_it_starts_without_mongodb_and_says_so(self, tmp_path: Path) -> None:
        uri = f"mongodb://127.0.0.1:{free_port()}/LibreChat"
        with serve(tmp_path, MONGO_URI=uri, SYNC_SECONDS="1") as server:
            ask = over_http(server)
            wait_until(lambda: status_of(ask) == "unreachable")
            body = summary(ask)
            assert (body["cost"], body["calls"], body["asOf"]) == (0, 0, None)


class TestBadDocumentsInMongodb:
    def test_each_is_refused_or_read_and_none_stops_the_sync(
        self, mongo_uri: str, mongo_database: Database[Document], tmp_path: Path
    ) -> None:
        documents = [*GOOD]
        mongo_database.transactions.insert_many(GOOD)
        for number, document in enumerate([*ALL_REFUSED, *(document for document, _ in READ.values())]):
            mine = document | {"_id": odd_or_own_id(document, number)}
            try:
                mongo_database.transactions.insert_one(mine)
            except (PyMongoError, bson.errors.BSONError, OverflowError):
                continue  # this server does not take it, hence it cannot hold it either
            documents.append(mine)
        assert len(documents) > 100 + 40
        now = max(d["createdAt"] for d in GOOD) + timedelta(minutes=1)
        store = Store(tmp_path / "store")
        try:
            with MongoClient[Document](mongo_uri) as client:
                Syncer(
                    store, MongoSource(client.get_default_database()), sync_seconds=1, labels_seconds=5
                ).run_once()
            oracle = Oracle(Ledger(transactions=documents))
            bodies = assert_answers_agree(api_of(store, now), oracle, now, {"period": "all", "limit": "1000"})
        finally:
            store.close()
        assert oracle.refused > 20
        assert bodies["summary"]["cost"] >= GOOD_COST


def odd_or_own_id(document: Document, number: int) -> object:
    identity = document.get("_id")
    if identity is None or isinstance(identity, bson.ObjectId):
        return object_id(datetime(2026, 11, 24, 11, tzinfo=UTC), 50_000 + number)
    return identity
