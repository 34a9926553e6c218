"""From LibreChat's documents in a MongoDB to the figures over HTTP, with the program as operators run it."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit
from urllib.request import Request, urlopen
from uuid import uuid4

import bson
import duckdb
import pytest
from bson.raw_bson import RawBSONDocument
from pymongo import MongoClient
from pymongo.errors import PyMongoError
from pymongo.monitoring import CommandListener

from librechat_analytics.librechat.sample import write_sample
from librechat_analytics.librechat.source import MongoSource
from librechat_analytics.store.store import Store
from librechat_analytics.sync import Syncer
from tests.agreement import api_of, assert_answers_agree, strict_json
from tests.documents import ANA, object_id, usage
from tests.oracle import COLLECTIONS, DECODED, ENDPOINTS, Ledger, Oracle
from tests.servers import (
    API_KEY,
    PROGRAM,
    Running,
    free_port,
    mongo_wire_server,
    program_environment,
    serve,
)
from tests.test_bad_documents import GOOD, GOOD_COST, READ, REFUSED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from pymongo.database import Database
    from pymongo.monitoring import CommandFailedEvent, CommandStartedEvent, CommandSucceededEvent

    from tests.agreement import Answer, Ask

Document = dict[str, Any]
Body = dict[str, Any]

COUNT = 50_000
SYNC_SECONDS = 2
PERIODS = ("24h", "30d", "90d", "12m", "this-month", "last-month", "this-year", "all")


def over_http(server: Running) -> Ask:
    """Ask a running program as other programs do."""

    def ask(endpoint: str, parameters: Mapping[str, str]) -> Answer:
        url = f"{server.base_url}/librechat-analytics/api/{endpoint}?{urlencode(parameters)}"
        with urlopen(Request(url, headers={"x-api-key": API_KEY}), timeout=30) as response:
            return response.status, strict_json(response.read().decode())

    return ask


def summary(ask: Ask, period: str = "all") -> Body:
    return ask("summary", {"period": period})[1]


def seconds_until(condition: Callable[[], object], timeout_seconds: float) -> float:
    """Wait until a condition holds; gives the seconds it took, raises AssertionError when it never does."""
    started = time.monotonic()
    while not condition():
        assert time.monotonic() - started < timeout_seconds, "it never happened"
        time.sleep(0.05)
    return time.monotonic() - started


def assert_server_agrees(ask: Ask, oracle: Oracle, parameters: Mapping[str, str]) -> None:
    """Compare the server's answers with the oracle's, each as of the moment in which it was given."""
    for endpoint in ENDPOINTS:
        given = ask(endpoint, parameters)
        assert_answers_agree(always(given), oracle, moment_of(given[1]), parameters, endpoints=(endpoint,))


def always(given: Answer) -> Ask:
    return lambda *_: given


def moment_of(body: Body) -> datetime:
    """The present that an answer was given in: where its period ends, if that still runs."""
    if body["period"]["name"] in ("yesterday", "last-month"):
        return datetime.now(UTC)
    return datetime.fromisoformat(body["period"]["end"])


def insert(database: Database[Document], name: str, documents: list[Any]) -> None:
    for start in range(0, len(documents), 5_000):
        database[name].insert_many(documents[start : start + 5_000], ordered=False)


@dataclass(frozen=True, slots=True)
class LargeDatabase:
    """A sample of LibreChat's database, in MongoDB and as a dump, and what is right about it."""

    uri: str
    dump: Path
    ledger: Ledger
    oracle: Oracle


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory, mongo_server: str) -> Iterator[LargeDatabase]:
    folder = tmp_path_factory.mktemp("large")
    until = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=1)
    write_sample(folder / "dump", transactions=COUNT, seed=5, until=until)
    dump = folder / "dump" / "LibreChat"
    delete_most_chats(dump)
    uri = urlsplit(mongo_server)._replace(path=f"/LibreChat-{uuid4().hex}").geturl()
    with MongoClient[Document](uri) as client:
        database = client.get_default_database()
        for name in COLLECTIONS:
            raw = bson.CodecOptions(document_class=RawBSONDocument)
            insert(database, name, bson.decode_all((dump / f"{name}.bson").read_bytes(), raw))
        ledger = Ledger.of_dump(dump)
        yield LargeDatabase(uri, dump, ledger, Oracle(ledger))
        client.drop_database(database.name)


def delete_most_chats(dump: Path) -> None:
    """Leave one conversation in four, as tidy users do: the test server scans all for each look-up."""
    for name in ("messages", "conversations"):
        path = dump / f"{name}.bson"
        documents = bson.decode_all(path.read_bytes(), DECODED)
        kept = [document for document in documents if document["conversationId"][0] in "0123"]
        path.write_bytes(b"".join(bson.encode(document) for document in kept))


@pytest.fixture(scope="module")
def large_server(large: LargeDatabase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server that has read the large database; its first start was cut off in the middle."""
    data_dir = tmp_path_factory.mktemp("store")
    settings = {"MONGO_URI": large.uri, "SYNC_SECONDS": "30"}
    with serve(data_dir, **settings) as server:
        ask = over_http(server)
        seconds_until(lambda: rows_held(ask) > 0, 120)
        body = summary(ask)
        assert body["source"]["status"] == "importing"
        assert 0 < body["source"]["progress"] < 1
        assert body["calls"] < sum(row.is_prompt for row in large.oracle.rows)
        server.kill()
    with serve(data_dir, **settings) as server:
        seconds_until(lambda: status_of(over_http(server)) == "ok", 180)
        yield server
    assert rows_in(data_dir) == ids_of(large.ledger.transactions)


def rows_held(ask: Ask) -> int:
    """How many prompts are in the figures; completions arrive with them."""
    calls = summary(ask)["calls"]
    assert isinstance(calls, int)
    return calls


def status_of(ask: Ask) -> str:
    return str(summary(ask, "24h")["source"]["status"])


def rows_in(data_dir: Path) -> list[str]:
    """The ids of the documents that a store holds, each as often as it holds it."""
    with duckdb.connect(data_dir / "usage.duckdb", read_only=True) as store:
        ids = store.execute("SELECT id_head, id_tail FROM transactions").fetchall()
    return sorted(f"{head:016x}{tail:08x}" for head, tail in ids)


def ids_of(documents: list[Document]) -> list[str]:
    return sorted(str(document["_id"]) for document in documents)


# One worker loads and syncs the large database, once for all tests that look at it.
@pytest.mark.xdist_group("large-database")
class TestFiftyThousandTransactions:
    @pytest.mark.parametrize("period", PERIODS)
    def test_every_figure_is_the_sum_over_the_documents(
        self, large: LargeDatabase, large_server: Running, period: str
    ) -> None:
        ask = over_http(large_server)
        if period == PERIODS[0]:
            wait_until_agents_are_known(ask, large.oracle)
        assert_server_agrees(ask, large.oracle, {"period": period, "limit": "1000", "tz": "Europe/Berlin"})

    def test_an_import_without_mongodb_gives_exactly_the_same_figures(
        self, large: LargeDatabase, tmp_path: Path
    ) -> None:
        imported = subprocess.run(
            [str(PROGRAM), "import", str(large.dump)],
            cwd=tmp_path,
            env=program_environment(tmp_path, DASHBOARD_API_KEY=""),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert imported.returncode == 0, imported.stderr
        with serve(tmp_path) as server:
            ask = over_http(server)
            body = summary(ask)
            assert body["source"]["status"] == "offline"
            assert body["source"]["progress"] is None
            newest = large.oracle.newest_date(datetime.now(UTC))
            assert newest is not None
            assert datetime.fromisoformat(body["asOf"]) == newest
            for period in PERIODS:
                assert_server_agrees(ask, large.oracle, {"period": period, "limit": "1000"})
        assert rows_in(tmp_path) == ids_of(large.ledger.transactions)


def wait_until_agents_are_known(ask: Ask, oracle: Oracle) -> None:
    """Agents are found after the money is in."""
    unknown = sum(row.certainty == "unknown" and row.is_prompt for row in oracle.rows)
    seconds_until(lambda: ask("top-agents", {"period": "all"})[1]["unknown"]["calls"] <= unknown, 120)


SYNC_IN_SMALL_STEPS = """
from librechat_analytics import sync
from librechat_analytics.cli import main
from librechat_analytics.store.store import Store

def told(commit):
    def committed(*given, **named):
        result = commit(*given, **named)
        print("committed", flush=True)
        return result
    return committed

sync.BATCH_DOCUMENTS = sync.ATTRIBUTED_AT_ONCE = 200
Store.write_batch, Store.settle = told(Store.write_batch), told(Store.settle)
main()
"""


class TestPowerCuts:
    def test_a_sync_that_is_killed_again_and_again_holds_each_row_once(
        self, mongo_uri: str, mongo_database: Database[Document], tmp_path: Path
    ) -> None:
        until = datetime.now(UTC).replace(microsecond=0)
        write_sample(tmp_path / "dump", transactions=2_500, seed=6, until=until)
        ledger = Ledger.of_dump(tmp_path / "dump" / "LibreChat")
        for name in COLLECTIONS:
            insert(mongo_database, name, getattr(ledger, name))
        environment = program_environment(tmp_path, MONGO_URI=mongo_uri)
        command = [sys.executable, "-c", SYNC_IN_SMALL_STEPS, "sync"]
        moments, held = random.Random(1), []
        for _ in range(4):
            with subprocess.Popen(
                command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            ) as sync:
                assert sync.stdout is not None
                for _ in range(moments.randrange(2, 10)):
                    sync.stdout.readline()
                time.sleep(moments.uniform(0, 0.1))
                sync.kill()
            held.append(rows_in(tmp_path))
            assert len(held[-1]) == len(set(held[-1]))
        assert held == sorted(held, key=len)
        assert 0 < len(held[0]) < 2_500
        subprocess.run(command, cwd=tmp_path, env=environment, timeout=60, check=True, capture_output=True)
        assert rows_in(tmp_path) == ids_of(ledger.transactions)
        store = Store(tmp_path)
        try:
            for period in PERIODS:
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
        seconds_until(lambda: status_of(live.ask) == "ok", 30)
        yield live


@pytest.fixture
def live(mongo_uri: str, mongo_database: Database[Document], tmp_path: Path) -> Iterator[LiveServer]:
    now = datetime.now(UTC)
    rows = [usage(now - timedelta(minutes=minutes), 1_000 - minutes) for minutes in range(1, 101)]
    mongo_database.transactions.insert_many(rows)
    with following(mongo_database, mongo_uri, tmp_path) as live:
        yield live


class TestAFollowedDatabase:
    def test_a_new_transaction_is_in_the_summary_within_the_sync_interval(self, live: LiveServer) -> None:
        for number in range(3):
            time.sleep(number * SYNC_SECONDS / 3)
            before = live.rows()
            live.database.transactions.insert_one(usage(datetime.now(UTC), 5_000 + number))
            took = seconds_until(partial(holds, live, before + 1), 30)
            assert took <= SYNC_SECONDS + 2
        assert summary(live.ask)["cost"] == pytest.approx(0.309)

    @pytest.mark.parametrize("minutes", [1, 5, 9])
    def test_a_row_that_was_stored_late_is_taken(self, live: LiveServer, minutes: int) -> None:
        before = live.rows()
        live.database.transactions.insert_one(usage(datetime.now(UTC) - timedelta(minutes=minutes), 7))
        seconds_until(lambda: live.rows() == before + 1, SYNC_SECONDS + 5)

    def test_an_answer_that_is_saved_after_its_rows_names_the_agent(self, live: LiveServer) -> None:
        row = usage(datetime.now(UTC), 6_000, messageId="late", conversationId="c-late", model="gpt-5.4")
        live.database.transactions.insert_one(row)
        seconds_until(lambda: live.rows() == 101, SYNC_SECONDS + 5)
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
        seconds_until(lambda: live.ask("top-agents", {})[1]["agents"], SYNC_SECONDS + 5)
        (agent,) = live.ask("top-agents", {})[1]["agents"]
        assert (agent["id"], agent["calls"], agent["attribution"]) == ("agent_late", 1, {"exact": 1.0})

    def test_what_librechat_deletes_keeps_its_figures(self, live: LiveServer) -> None:
        live.database.users.insert_one({"_id": ANA, "name": "Ana Kovač", "email": "ana@example.com"})
        seconds_until(lambda: first_user(live.ask)["name"] == "Ana Kovač", 15)
        live.database.users.delete_many({})
        live.database.transactions.delete_many({})
        seconds_until(lambda: first_user(live.ask)["deleted"], 15)
        user = first_user(live.ask)
        assert (user["name"], user["cost"], user["calls"]) == ("Ana Kovač", 0.3, 100)


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
                    seconds_until(lambda: status_of(live.ask) == "unreachable", 30)
                    first = summary(live.ask)
                    time.sleep(SYNC_SECONDS)
                    later = summary(live.ask)
                    assert (first["calls"], first["cost"]) == (later["calls"], later["cost"]) == (50, 0.15)
                    assert first["asOf"] == later["asOf"] is not None
                    assert later["source"]["status"] == "unreachable"
                    with mongo_wire_server(folder, port):
                        insert(database, "transactions", [usage(datetime.now(UTC), 99)])
                        seconds_until(lambda: live.rows() == 51, 30)
                        after = summary(live.ask)
                        assert after["source"]["status"] == "ok"
                        assert after["asOf"] > later["asOf"]

    def test_it_starts_without_mongodb_and_says_so(self, tmp_path: Path) -> None:
        uri = f"mongodb://127.0.0.1:{free_port()}/LibreChat"
        with serve(tmp_path, MONGO_URI=uri, SYNC_SECONDS="1") as server:
            ask = over_http(server)
            seconds_until(lambda: status_of(ask) == "unreachable", 30)
            body = summary(ask)
            assert (body["cost"], body["calls"], body["asOf"]) == (0, 0, None)


ALLOWED_COMMANDS = {
    "find",
    "getMore",
    "count",
    "ping",
    "hello",
    "isMaster",
    "ismaster",
    "endSessions",
    "killCursors",
}
ALLOWED_FIELDS = {
    "transactions": {
        "user", "conversationId", "messageId", "tokenType", "model", "context", "rate", "rawAmount",
        "tokenValue", "inputTokens", "writeTokens", "readTokens", "createdAt", "agentId",
    },
    "users": {"name", "username", "email", "role", "idOnTheSource"},
    "agents": {
        "id", "name", "model", "provider", "createdAt", "updatedAt", "versions.model", "versions.provider",
        "versions.createdAt", "versions.updatedAt",
    },
    "messages": {
        "messageId", "conversationId", "model", "endpoint", "isCreatedByUser", "createdAt", "sender",
    },
    "conversations": {"conversationId", "endpoint", "agent_id", "initial_agent_id"},
    "balances": {"user", "tokenCredits"},
    "groups": {"name", "memberIds"},
}  # fmt: skip
PRIVATE = {"title", "text", "content", "instructions", "password", "totpSecret", "backupCodes", "filename"}


class Listener(CommandListener):
    """Keeps every command that a client sends."""

    def __init__(self) -> None:
        self.commands: list[Document] = []

    def started(self, event: CommandStartedEvent) -> None:
        # As JSON, since documents of the driver may change after they were sent.
        self.commands.append(json.loads(json.dumps(dict(event.command), default=str)))

    def succeeded(self, event: CommandSucceededEvent) -> None:
        pass

    def failed(self, event: CommandFailedEvent) -> None:
        pass


@pytest.fixture(scope="module")
def commands(
    mongo_server: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[list[Document], Path]]:
    """All commands of a first sync and a later one, and the store's folder."""
    folder = tmp_path_factory.mktemp("privacy")
    write_sample(folder / "dump", transactions=3_000, seed=8, until=datetime.now(UTC).replace(microsecond=0))
    dump = folder / "dump" / "LibreChat"
    assert b"SECRET-" in (dump / "messages.bson").read_bytes()
    uri = urlsplit(mongo_server)._replace(path=f"/LibreChat-{uuid4().hex}").geturl()
    listener = Listener()
    with (
        MongoClient[Document](uri) as writer,
        MongoClient[Document](uri, event_listeners=[listener]) as client,
    ):
        database = writer.get_default_database()
        for file in dump.glob("*.bson"):
            insert(database, file.stem, bson.decode_all(file.read_bytes()))
        store = Store(folder / "store")
        try:
            source = MongoSource(client.get_default_database())
            syncer = Syncer(store, source, sync_seconds=1, labels_seconds=5)
            syncer.run_once()
            database.transactions.insert_one(usage(datetime.now(UTC), 1))
            syncer.run_once()
            assert syncer.source_state.status == "ok"
            assert store.count_transactions() == 3_001
        finally:
            store.close()
        yield listener.commands, folder / "store"
        writer.drop_database(database.name)


@pytest.mark.xdist_group("commands")
class TestWhatIsRead:
    def test_only_reading_commands_are_sent(self, commands: tuple[list[Document], Path]) -> None:
        verbs = {next(iter(command)) for command in commands[0]}
        assert verbs <= ALLOWED_COMMANDS
        assert {"find", "ping"} <= verbs

    def test_only_listed_collections_and_fields_are_asked_for(
        self, commands: tuple[list[Document], Path]
    ) -> None:
        finds = [command for command in commands[0] if "find" in command]
        asked: dict[str, set[str]] = {}
        for command in finds:
            assert command["projection"], "a find without projection reads everything"
            assert set(command["projection"].values()) == {1}
            asked.setdefault(command["find"], set()).update(command["projection"])
        for name, fields in asked.items():
            assert fields <= ALLOWED_FIELDS[name] | {"_id"}
            assert not PRIVATE & {part for field in fields for part in field.split(".")}
        assert {"transactions", "users", "agents", "messages"} <= asked.keys()
        for command in commands[0]:
            assert command.get("getMore") is None or command["collection"] in ALLOWED_FIELDS
            assert command.get("count") is None or command["count"] in ALLOWED_FIELDS

    def test_look_ups_name_at_most_a_thousand_ids(self, commands: tuple[list[Document], Path]) -> None:
        sizes = [
            len(condition["$in"])
            for command in commands[0]
            for condition in command.get("filter", {}).values()
            if isinstance(condition, dict) and "$in" in condition
        ]
        assert sizes
        assert max(sizes) <= 1_000

    def test_nothing_private_is_in_the_store(self, commands: tuple[list[Document], Path]) -> None:
        files = [path for path in commands[1].rglob("*") if path.is_file()]
        assert files
        assert not [path for path in files if b"SECRET-" in path.read_bytes()]
        with duckdb.connect(commands[1] / "usage.duckdb", read_only=True) as store:
            tables = [name for (name,) in store.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
            for table in tables:
                assert "SECRET-" not in str(store.execute(f"SELECT * FROM {table}").fetchall())


class TestBadDocumentsInMongodb:
    def test_each_is_refused_or_read_and_none_stops_the_sync(
        self, mongo_uri: str, mongo_database: Database[Document], tmp_path: Path
    ) -> None:
        documents = [*GOOD]
        mongo_database.transactions.insert_many(GOOD)
        for number, document in enumerate([*REFUSED.values(), *(document for document, _ in READ.values())]):
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
