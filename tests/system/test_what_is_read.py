"""What the program asks LibreChat's MongoDB for: every command of a sync, listened to."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import uuid4

import bson
import duckdb
import pytest
from pymongo import MongoClient
from pymongo.monitoring import CommandListener

from librechat_analytics.librechat import mongo
from librechat_analytics.librechat.mongo import MongoSource
from librechat_analytics.librechat.sample.writer import write_sample
from librechat_analytics.store.store import Store
from librechat_analytics.sync.loop import Syncer
from tests.support.documents import usage
from tests.support.markdown import codes, page, table
from tests.support.served import insert

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pymongo.monitoring import CommandFailedEvent, CommandStartedEvent, CommandSucceededEvent

Document = dict[str, Any]

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
    codes(collection)[0]: set(codes(fields))
    for collection, fields in table(page("docs/privacy.md"), "Collection").rows
    if "ANONYMIZE_USERS" not in collection
}
"""What docs/privacy.md tells operators."""

MOST_IDS = 100
"""In one look-up; fewer than the program's own limit, so that the sample needs several."""

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
    write_sample(folder / "dump", transactions=1_000, seed=8, until=datetime.now(UTC).replace(microsecond=0))
    dump = folder / "dump" / "LibreChat"
    assert b"SECRET-" in (dump / "messages.bson").read_bytes()
    uri = urlsplit(mongo_server)._replace(path=f"/LibreChat-{uuid4().hex}").geturl()
    listener = Listener()
    with (
        pytest.MonkeyPatch.context() as patch,
        MongoClient[Document](uri) as writer,
        MongoClient[Document](uri, event_listeners=[listener]) as client,
    ):
        patch.setattr(mongo, "LOOK_UP_IDS", MOST_IDS)
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
            assert store.count_transactions() == 1_001
        finally:
            store.close()
        yield listener.commands, folder / "store"
        writer.drop_database(database.name)


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
        assert asked.keys() <= ALLOWED_FIELDS.keys(), "docs/privacy.md does not name every collection"
        for name, fields in asked.items():
            assert fields <= ALLOWED_FIELDS[name] | {"_id"}
            assert not PRIVATE & {part for field in fields for part in field.split(".")}
        assert {"transactions", "users", "agents", "messages"} <= asked.keys()
        for command in commands[0]:
            assert command.get("getMore") is None or command["collection"] in ALLOWED_FIELDS
            assert command.get("count") is None or command["count"] in ALLOWED_FIELDS

    def test_look_ups_name_no_more_ids_than_they_may(self, commands: tuple[list[Document], Path]) -> None:
        sizes = [
            len(condition["$in"])
            for command in commands[0]
            for condition in command.get("filter", {}).values()
            if isinstance(condition, dict) and "$in" in condition
        ]
        assert max(sizes) == MOST_IDS

    def test_look_ups_end_in_mongodb_before_nobody_waits_for_them(
        self, commands: tuple[list[Document], Path]
    ) -> None:
        limits = {(command["find"], command.get("maxTimeMS")) for command in commands[0] if "find" in command}
        assert {limit for name, limit in limits if name in ("messages", "conversations")} == {10_000}
        assert {limit for name, limit in limits if name == "transactions"} == {10_000, None}

    def test_nothing_private_is_in_the_store(self, commands: tuple[list[Document], Path]) -> None:
        files = [path for path in commands[1].rglob("*") if path.is_file()]
        assert files
        assert not [path for path in files if b"SECRET-" in path.read_bytes()]
        with duckdb.connect(commands[1] / "usage.duckdb", read_only=True) as store:
            tables = [name for (name,) in store.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
            for table in tables:
                assert "SECRET-" not in str(store.execute(f"SELECT * FROM {table}").fetchall())
