"""LibreChat's data from its MongoDB and from a dump: the same answers, clear errors."""

from __future__ import annotations

import gzip
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import mongomock
import pytest
from bson import ObjectId, encode
from pymongo import MongoClient
from pymongo.errors import NotPrimaryError, OperationFailure, ServerSelectionTimeoutError
from pymongo.monitoring import CommandListener, CommandStartedEvent

from librechat_analytics.librechat import ledger as ledger_module
from librechat_analytics.librechat.dump import DumpSource
from librechat_analytics.librechat.mongo import MongoSource
from librechat_analytics.librechat.mongo_uri import connect
from librechat_analytics.librechat.source import (
    LOOK_UP_IDS,
    SourceError,
    SourceForbiddenError,
    SourceSlowError,
    SourceUnreachableError,
)
from librechat_analytics.librechat.transactions import Refusal, Refused
from tests.support.documents import (
    HELPER,
    NOON,
    OLD_AGENT,
    example_collections,
    object_id,
    usage,
    usages,
    write_dump,
)
from tests.support.fault_proxy import proxy_before

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from librechat_analytics.librechat.transactions import Transaction


@pytest.fixture
def database() -> Any:
    database = mongomock.MongoClient().LibreChat
    for name, documents in example_collections().items():
        database[name].insert_many(documents)
    return database


@pytest.fixture
def source(database: Any) -> MongoSource:
    return MongoSource(database, codec_options=None)


@pytest.fixture(params=["plain", "compressed"])
def dump(request: pytest.FixtureRequest, tmp_path: Path) -> DumpSource:
    compressed = request.param == "compressed"
    return DumpSource(write_dump(tmp_path / "LibreChat", compressed=compressed, **example_collections()))


def ids(rows: Iterator[Transaction | Refused]) -> list[object]:
    return [row.id for row in rows]


class TestMongo:
    def test_history_is_read_newest_first_and_goes_on_below_an_id(self, source: MongoSource) -> None:
        everything = ids(source.older_transactions(None))
        assert everything == sorted(everything, reverse=True)
        assert len(everything) == 15
        assert ids(source.older_transactions(everything[4])) == everything[5:]  # type: ignore[arg-type]

    def test_new_rows_are_read_oldest_first_from_an_id_on(self, source: MongoSource) -> None:
        everything = ids(source.older_transactions(None))[::-1]
        assert ids(source.newer_transactions(everything[10])) == everything[10:]  # type: ignore[arg-type]

    def test_users_agents_answers_and_conversations_are_read(self, source: MongoSource) -> None:
        assert [user.name for user in source.users()] == ["Ana Kovac", "Bob Li"]
        assert [agent.id for agent in source.agents()] == [HELPER]
        assert [
            (answer.id, answer.agent)
            for answer in source.assistant_messages(
                ["9b0f7f7a-0a01-4c55-8f10-6a1de1a00001", "no such message"]
            )
        ] == [("9b0f7f7a-0a01-4c55-8f10-6a1de1a00001", HELPER)]
        old = "a2d0b1de-1111-4b7e-8a55-0c1f7e6d9b02"
        assert [answer.agent for answer in source.conversation_messages([old])] == [OLD_AGENT]
        assert [kept.last_agent for kept in source.conversations([old, "gone"])] == [OLD_AGENT]

    def test_names_are_never_asked_for_where_they_are_not_wanted(self, database: Any) -> None:
        anonymous = MongoSource(database, anonymous=True, codec_options=None)
        assert {(user.name, user.email) for user in anonymous.users()} == {(None, None)}

    def test_more_ids_than_one_look_up_takes_are_asked_in_parts(
        self, source: MongoSource, database: Any
    ) -> None:
        many = [f"c{number}" for number in range(LOOK_UP_IDS + 5)]
        database.conversations.insert_many({"conversationId": name} for name in many)
        assert [kept.id for kept in source.conversations(many)] == many


def test_documents_whose_id_is_no_object_id_are_met_apart_and_refused(
    mongo_database: Any, mongo_uri: str
) -> None:
    strays = ["a text", 7, 7.5, {"a": 1}, b"bytes", True, NOON]
    mongo_database.transactions.insert_many([usage(), *(usage(_id=stray) for stray in strays)])
    source = MongoSource.at(mongo_uri)
    try:
        refused = list(source.stray_transactions())
        assert len(refused) == len(strays)
        assert Refused("a text", Refusal.ID) in refused
        assert ids(source.older_transactions(None)) == [usage()["_id"]]
    finally:
        source.close()


class Asked(CommandListener):
    """What a client sent to the server."""

    def __init__(self) -> None:
        self.commands: list[CommandStartedEvent] = []

    def started(self, event: CommandStartedEvent) -> None:
        self.commands.append(event)

    def succeeded(self, event: object) -> None:
        """Nothing to note."""

    def failed(self, event: object) -> None:
        """Nothing to note."""


def test_nothing_but_reading_is_asked_of_mongodb_and_no_private_field(
    mongo_database: Any, mongo_uri: str
) -> None:
    for name, documents in example_collections().items():
        mongo_database[name].insert_many(documents)
    asked = Asked()
    with MongoClient[Any](mongo_uri, event_listeners=[asked]) as client:
        source = MongoSource(client.get_default_database())
        source.ping()
        source.collection_sizes()
        source.require_readable("transactions")
        assert len(list(source.older_transactions(None))) == 15
        list(source.newer_transactions(object_id(NOON - timedelta(days=365))))
        list(source.stray_transactions())
        assert len(list(source.users())) == 2
        list(source.agents())
        list(source.balances())
        list(source.groups())
        source.assistant_messages(["m"])
        source.conversation_messages(["c"])
        source.conversations(["c"])
    names = {event.command_name for event in asked.commands}
    assert names <= {"find", "getMore", "count", "ping", "killCursors", "endSessions"}
    finds = [event.command for event in asked.commands if event.command_name == "find"]
    fields = {name for command in finds for name in command["projection"]}
    assert fields.isdisjoint(
        {"text", "content", "title", "instructions", "description", "password", "refreshToken", "backupCodes"}
    )
    assert all(command["projection"] for command in finds)


def test_a_line_too_narrow_for_a_batch_is_asked_for_less_at_once(
    mongo_database: Any, mongo_uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger_module, "BATCH_DOCUMENTS", 800)
    monkeypatch.setattr(ledger_module, "FEWEST_PAGE_DOCUMENTS", 50)
    mongo_database.transactions.insert_many(usages(400))
    with proxy_before(mongo_uri) as (proxy, uri), connect(uri, socketTimeoutMS=500) as client:
        source = MongoSource(client.get_default_database())
        source.ping()
        proxy.set("narrow")
        with pytest.raises(SourceUnreachableError):
            next(source.older_transactions(None))
        for _ in range(10):
            with suppress(SourceUnreachableError):
                assert len(list(source.older_transactions(None))) == 400
                return
        pytest.fail("no try was small enough")


class Failing:
    """A database in which every request fails."""

    name = "LibreChat"

    def __init__(self, error: Exception) -> None:
        self._error = error

    def command(self, _: str) -> None:
        raise self._error

    def get_collection(self, _: str, **__: object) -> Failing:
        return self

    def find(self, *_: object, **__: object) -> None:
        raise self._error


@pytest.mark.parametrize(
    ("error", "raised", "says"),
    [
        (OperationFailure("auth", 18), SourceUnreachableError, "user or password"),
        (OperationFailure("not authorized on LibreChat", 13), SourceForbiddenError, "role `read`"),
        (OperationFailure("exceeded time limit", 50), SourceSlowError, "too long: exceeded time limit"),
        (OperationFailure("too busy", 202), SourceUnreachableError, "refused to answer: too busy"),
        (NotPrimaryError("stepping down"), SourceUnreachableError, "changing its primary: stepping down"),
        (
            ServerSelectionTimeoutError("db:27017: refused, Timeout: 2.0s, Topology Description: <...>"),
            SourceUnreachableError,
            "does not answer: db:27017: refused",
        ),
    ],
)
def test_each_failure_of_mongodb_is_one_sentence_on_what_to_do(
    error: Exception, raised: type[SourceError], says: str
) -> None:
    source = MongoSource(Failing(error))  # type: ignore[arg-type]
    with pytest.raises(raised, match=says) as caught:
        source.ping()
    assert "Topology" not in str(caught.value)
    with pytest.raises(raised):
        list(source.users())
    with pytest.raises(raised):
        list(source.older_transactions(None))


PASSWORD = "p@ss:w0rd/secret"
WRITTEN = ("p@ss:w0rd", "w0rd", "secret", "p%40ss")


@pytest.mark.parametrize(
    "uri",
    [
        f"mongodb://reader:{PASSWORD}@db:27017/LibreChat",
        "mongodb://reader:p%40ss:w0rd@db:27017/LibreChat",
        "mongodb://reader:w0rdsecret@db:99999/LibreChat",
        "mongodb://reader:w0rdsecret@db:port/LibreChat",
        "mongodb://reader:w0rdsecret@/LibreChat",
        "mongodb://reader:w0rdsecret@db/Libre Chat",
        "mongodb://reader:w0rdsecret@[::1/LibreChat",
        "mongodb+srv://reader:w0rdsecret@db:27017/LibreChat",
        "mongodb://reader:w0rdsecret@db/Libre$Chat",
        "mongodb://reader:w0rd?secret=p@ss@db/LibreChat",
        "mongodb://reader:w0rd&secret=x@db/LibreChat?tls=perhaps",
        "mongodb://",
    ],
)
def test_a_connection_string_that_cannot_be_used_is_refused_without_its_password(
    uri: str, recwarn: pytest.WarningsRecorder
) -> None:
    with pytest.raises(SourceError, match="MONGO_URI") as caught:
        MongoSource.at(uri)
    assert not any(part in str(caught.value) for part in WRITTEN)
    assert not any(part in str(warning.message) for warning in recwarn for part in WRITTEN)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ("tls=perhaps", "tls: The value of tls must be 'true' or 'false'. Correct it or leave it out."),
        ("tsl=true", "tsl: Unknown option. Correct it or leave it out."),
        ("maxPoolSize=many", "maxPoolSize: The value of maxpoolsize must be an integer."),
        ("readPreference=nearby", "readPreference: Not a valid read preference."),
        ("tls=true&tlsCAFile=/no/such.pem", "tlsCAFile: The tlscafile file is not readable."),
        ("tls=true;tls=false", "tls is given twice."),
    ],
)
def test_an_option_that_would_be_passed_over_is_refused_by_name(options: str, says: str) -> None:
    with pytest.raises(SourceError) as caught:
        MongoSource.at(f"mongodb://reader:w0rdsecret@db/LibreChat?authSource=admin&{options}")
    assert str(caught.value).startswith(f"MONGO_URI cannot be used: {says}")
    assert "w0rdsecret" not in str(caught.value)


@pytest.mark.parametrize("more", ["", "&authSource=admin", "&tls=false&keepAlive=true"])
def test_what_only_librechats_own_driver_knows_is_left_to_it(
    more: str, recwarn: pytest.WarningsRecorder
) -> None:
    source = MongoSource.at(f"mongodb://db/LibreChat?useNewUrlParser=true&useUnifiedTopology=true{more}")
    assert source.database_name == "LibreChat"
    assert not recwarn.list
    source.close()


def test_what_the_connection_string_says_is_done_but_nothing_may_hang() -> None:
    given = "readPreference=primary&appname=billing&maxPoolSize=2&socketTimeoutMS=0&retryWrites=true"
    with connect(f"mongodb://db/LibreChat?{given}") as client, connect("mongodb://db/LibreChat") as plain:
        assert client.read_preference.mongos_mode == "primary"
        assert plain.read_preference.mongos_mode == "secondaryPreferred"
        options, usual = client.options.pool_options, plain.options.pool_options
        assert (options.appname, options.max_pool_size) == ("billing", 2)
        assert (usual.appname, usual.max_pool_size) == ("librechat-analytics", 4)
        assert options.socket_timeout == usual.socket_timeout == 15
        assert not client.options.retry_writes


def test_a_connection_string_without_a_database_means_test_as_for_librechat_itself() -> None:
    source = MongoSource.at("mongodb://127.0.0.1:1")
    assert source.database_name == "test"
    source.close()


class TestDump:
    def test_the_ledger_is_read_as_it_lies_there(self, dump: DumpSource) -> None:
        positions: list[int] = []
        rows = list(dump.transactions(positions.append))
        assert [row.id for row in rows] == [
            document["_id"] for document in example_collections()["transactions"]
        ]
        assert positions
        assert max(positions) <= dump.size_bytes()

    def test_names_are_read(self, dump: DumpSource) -> None:
        assert [user.name for user in dump.users() or ()] == ["Ana Kovac", "Bob Li"]
        assert [agent.id for agent in dump.agents() or ()] == [HELPER]


def test_collections_that_were_not_dumped_are_unknown_not_empty(tmp_path: Path) -> None:
    source = DumpSource(write_dump(tmp_path, transactions=[usage()]))
    assert source.users() is None
    assert source.agents() is None
    assert not [batch for batch in source.assistant_message_batches(documents=1) if len(batch.rows)]
    assert not [batch for batch in source.conversation_batches(documents=1) if len(batch.rows)]


@pytest.mark.parametrize("collection", ["users", "agents"])
def test_names_of_a_collection_that_breaks_off_are_unknown_for_the_rest_would_count_as_deleted(
    tmp_path: Path, collection: str
) -> None:
    folder = write_dump(tmp_path, **example_collections())
    file = folder / f"{collection}.bson"
    file.write_bytes(file.read_bytes()[:-1])
    source = DumpSource(folder)
    read = source.users if collection == "users" else source.agents
    assert [read(), read()] == [None, None]
    (where,) = source.broken
    assert where.startswith(f"{collection}.bson from byte ")


def rows_of(folder: Path) -> list[Transaction | Refused]:
    return list(DumpSource(folder).transactions(lambda _: None))


THREE = usages(3)
CONTENT = b"".join(encode(document) for document in THREE)


@pytest.mark.parametrize("missing", [1, 3, len(encode(THREE[2])) - 2])
def test_a_file_that_breaks_off_gives_what_is_whole_and_says_where(tmp_path: Path, missing: int) -> None:
    (tmp_path / "transactions.bson").write_bytes(CONTENT[:-missing])
    *whole, broken = rows_of(tmp_path)
    assert [row.id for row in whole] == [document["_id"] for document in THREE[:2]]
    position = len(CONTENT) - len(encode(THREE[2]))
    assert broken == Refused(f"transactions.bson from byte {position}", Refusal.BSON)


@pytest.mark.parametrize("size", [0, 4, -1, 2**31 - 1])
def test_a_size_that_no_document_has_ends_the_reading(tmp_path: Path, size: int) -> None:
    (tmp_path / "transactions.bson").write_bytes(CONTENT + size.to_bytes(4, "little", signed=True) + CONTENT)
    assert len(rows_of(tmp_path)) == 4
    assert isinstance(rows_of(tmp_path)[-1], Refused)


def test_a_compressed_file_that_breaks_off_is_said_too(tmp_path: Path) -> None:
    (tmp_path / "transactions.bson.gz").write_bytes(gzip.compress(CONTENT)[:-12])
    rows = rows_of(tmp_path)
    assert isinstance(rows[-1], Refused)
    assert rows[-1].reason is Refusal.BSON


def test_what_is_no_gzip_at_all_is_said_too(tmp_path: Path) -> None:
    (tmp_path / "transactions.bson.gz").write_bytes(CONTENT)
    assert rows_of(tmp_path) == [Refused("transactions.bson.gz from byte 0", Refusal.BSON)]


def test_a_document_that_is_no_bson_is_refused_alone(tmp_path: Path) -> None:
    broken = bytearray(encode(THREE[1]))
    broken[4] = 0x77  # no type of a BSON element
    content = encode(THREE[0]) + bytes(broken) + encode(THREE[2])
    (tmp_path / "transactions.bson").write_bytes(content)
    first, refused, last = rows_of(tmp_path)
    assert (first.id, last.id) == (THREE[0]["_id"], THREE[2]["_id"])
    assert isinstance(refused, Refused)
    assert refused.reason is Refusal.BSON
    assert refused.id.startswith("sha256:")


def test_a_broken_name_takes_no_other_names_with_it(tmp_path: Path) -> None:
    users = [{"_id": ObjectId(), "name": name} for name in ("Ana", "Bob")]
    broken = bytearray(encode({"_id": ObjectId(), "name": "?"}))
    broken[4] = 0x77
    write_dump(tmp_path, transactions=THREE)
    (tmp_path / "users.bson").write_bytes(encode(users[0]) + bytes(broken) + encode(users[1]))
    source = DumpSource(tmp_path)
    assert [user.name for user in source.users() or ()] == ["Ana", "Bob"]


def test_a_name_that_dns_does_not_know_is_said_without_the_password() -> None:
    source = MongoSource.at("mongodb+srv://reader:w0rdsecret@librechat.invalid/LibreChat")
    with pytest.raises(SourceUnreachableError) as caught:
        source.ping()
    assert "w0rdsecret" not in str(caught.value)
    source.close()
