"""Each way in which MongoDB fails has its own message, which says what to do."""

from __future__ import annotations

import socket
import struct
import threading
from typing import TYPE_CHECKING, Any

import pytest
from pymongo.common import (
    MAX_SUPPORTED_WIRE_VERSION,
    MIN_SUPPORTED_SERVER_VERSION,
    MIN_SUPPORTED_WIRE_VERSION,
)
from pymongo.errors import (
    AutoReconnect,
    ConnectionFailure,
    NetworkTimeout,
    NotPrimaryError,
    OperationFailure,
    PyMongoError,
    ServerSelectionTimeoutError,
    WaitQueueTimeoutError,
)

from librechat_analytics.librechat.mongo import MongoSource
from librechat_analytics.librechat.mongo_errors import OLDEST_COSMOS_DB, OLDEST_DOCUMENTDB, explained_failures
from librechat_analytics.librechat.mongo_uri import names_user
from librechat_analytics.librechat.source import (
    SourceForbiddenError,
    SourceRefusedError,
    SourceSlowError,
    SourceUnreachableError,
)
from tests.support.documents import usages
from tests.support.servers import ROOT
from tests.support.wire_server import batch, failure, wire_server

if TYPE_CHECKING:
    from collections.abc import Iterator

TOO_MANY_REQUESTS = (
    "Error=16500, RetryAfterMs=34, Details='Response status code does not indicate success: TooManyRequests"
    " (429); Substatus: 3200; ActivityId: 9ea9d3a1; Reason: (Request rate is large.)'"
)
NO_USER = "MongoDB wants a user and MONGO_URI names none."
WRONG_USER = "MongoDB does not accept the user or password in MONGO_URI."
ROLE = "Give it the role `read`."
THROTTLED = "MongoDB gets more requests than it allows, and asks us to wait."
CURSOR_LOST = "MongoDB closed a query before its end."
CHANGING = "MongoDB is restarting or changing its primary: "


def explained(error: PyMongoError, **options: bool) -> SourceUnreachableError:
    with pytest.raises(SourceUnreachableError) as caught, explained_failures(**options):
        raise error
    assert caught.value.__cause__ is error
    return caught.value


@pytest.mark.parametrize(
    ("code", "message", "kind", "says"),
    [
        (13, "not authorized on LibreChat to execute command", SourceForbiddenError, ROLE),
        (8000, "user is not allowed to do action [find] on [LibreChat.users]", SourceForbiddenError, ROLE),
        (18, "Authentication failed.", SourceRefusedError, WRONG_USER),
        (13, "Command find requires authentication", SourceRefusedError, WRONG_USER),
        (13, "Not Authenticated", SourceRefusedError, WRONG_USER),
        (8000, "bad auth : authentication failed", SourceRefusedError, WRONG_USER),
        (50, "operation exceeded time limit", SourceSlowError, "MongoDB takes too long: operation exceeded"),
        (262, "operation exceeded time limit", SourceSlowError, "MongoDB takes too long: operation exceeded"),
        (16500, TOO_MANY_REQUESTS, SourceUnreachableError, THROTTLED),
        (429, "TooManyRequests", SourceUnreachableError, THROTTLED),
        (462, "rate limited", SourceUnreachableError, THROTTLED),
        (43, "cursor id 7 not found", SourceUnreachableError, CURSOR_LOST),
        (237, "cursor killed", SourceUnreachableError, CURSOR_LOST),
        (175, "plan executor killed", SourceUnreachableError, CURSOR_LOST),
        (10107, "not primary", SourceUnreachableError, CHANGING),
        (13435, "not primary and secondaryOk=false", SourceUnreachableError, CHANGING),
        (13436, "node is recovering", SourceUnreachableError, CHANGING),
        (11600, "interrupted at shutdown", SourceUnreachableError, CHANGING),
        (91, "shutdown in progress", SourceUnreachableError, CHANGING),
        (6, "host unreachable", SourceUnreachableError, "MongoDB cannot reach one of its own servers: host"),
        (202, "too busy", SourceUnreachableError, "MongoDB refused to answer: too busy."),
    ],
)
def test_each_refusal_of_mongodb_is_said_in_a_sentence_of_its_own(
    code: int, message: str, kind: type[SourceUnreachableError], says: str
) -> None:
    error = explained(OperationFailure(message, code, {"ok": 0, "code": code, "errmsg": message}))
    assert type(error) is kind
    assert says in str(error)
    assert "full error" not in str(error)


def test_a_server_that_calls_itself_overloaded_is_taken_at_its_word() -> None:
    labels = {"ok": 0, "errorLabels": ["SystemOverloadedError", "RetryableError"]}
    assert THROTTLED in str(explained(OperationFailure("busy", 1, labels)))


@pytest.mark.parametrize(
    ("error", "kind", "says"),
    [
        (NotPrimaryError("stepping down"), SourceUnreachableError, f"{CHANGING}stepping down."),
        (
            AutoReconnect("db:27017: [Errno 104] Connection reset by peer (configured timeouts: none)"),
            SourceUnreachableError,
            "The connection to MongoDB broke: db:27017: [Errno 104] Connection reset by peer.",
        ),
        (NetworkTimeout("db:27017: timed out"), SourceUnreachableError, "MongoDB does not answer: db:27017"),
        (
            ServerSelectionTimeoutError("db:27017: timed out, Timeout: 2.0s, Topology Description: <>"),
            SourceUnreachableError,
            "MongoDB does not answer: db:27017: timed out. A firewall may be in the way.",
        ),
        (WaitQueueTimeoutError("no connection"), SourceUnreachableError, "MongoDB does not answer: no conn"),
        (ConnectionFailure("gone"), SourceUnreachableError, "MongoDB does not answer: gone."),
    ],
)
def test_each_failure_of_the_network_is_said_in_a_sentence_of_its_own(
    error: PyMongoError, kind: type[SourceUnreachableError], says: str
) -> None:
    found = explained(error)
    assert type(found) is kind
    assert str(found).startswith(says)


def ask(uri: str) -> str:
    """Return the message of the error when a server's ledger is read."""
    source = MongoSource.at(uri)
    try:
        source.ping()
        source.require_readable("transactions")
        list(source.older_transactions(None))
    except SourceUnreachableError as error:
        return str(error)
    finally:
        source.close()
    return "nothing"


class TestVersions:
    @pytest.mark.parametrize(("wire_version", "version"), [(8, "4.2"), (7, "4.0"), (6, "3.6"), (1, "before")])
    def test_a_server_that_is_too_old_is_said_with_the_version_that_is_needed(
        self, wire_version: int, version: str
    ) -> None:
        with wire_server(max_wire_version=wire_version) as uri:
            said = ask(uri)
        assert f" is too old: it behaves like MongoDB {version}" in said
        assert f"(wire version {wire_version})" in said
        assert f"This program needs MongoDB {MIN_SUPPORTED_SERVER_VERSION}, Amazon DocumentDB " in said
        assert "does not answer" not in said

    def test_a_server_that_no_longer_speaks_with_this_program_is_said(self) -> None:
        newer = MAX_SUPPORTED_WIRE_VERSION + 1
        with wire_server(min_wire_version=newer, max_wire_version=newer) as uri:
            assert "is too new for this program (wire version" in ask(uri)

    @pytest.mark.parametrize("newest", [MIN_SUPPORTED_WIRE_VERSION, MAX_SUPPORTED_WIRE_VERSION + 20])
    def test_the_oldest_version_and_any_newer_one_that_knows_an_old_protocol_are_read(
        self, newest: int
    ) -> None:
        documents = usages(3)
        with wire_server(lambda _: batch(*documents), max_wire_version=newest) as uri:
            source = MongoSource.at(uri)
            source.ping()
            assert next(iter(source.older_transactions(None))).id == documents[0]["_id"]
            source.close()

    def test_the_installation_names_the_oldest_versions_that_work(self) -> None:
        page = (ROOT / "docs" / "install.md").read_text("utf-8")
        assert (
            f"MongoDB {MIN_SUPPORTED_SERVER_VERSION}, Amazon DocumentDB {OLDEST_DOCUMENTDB} or"
            f" Azure Cosmos DB {OLDEST_COSMOS_DB}, or later"
        ) in " ".join(page.split())


class TestUsers:
    @pytest.mark.parametrize("message", ["Command find requires authentication", "Not Authenticated", "no"])
    def test_a_server_that_wants_a_user_says_so_where_none_is_named(self, message: str) -> None:
        with wire_server(self.for_users_only(message)) as uri:
            said = ask(uri)
        assert said.startswith(NO_USER)
        assert "mongodb://USER:PASSWORD@HOST:27017/LibreChat" in said

    def test_a_mechanism_that_takes_no_user_is_no_lack_of_one(self) -> None:
        known = names_user("mongodb://db/LibreChat?tls=true&authMechanism=MONGODB-X509")
        found = explained(OperationFailure("not authorized", 13), names_user=known)
        assert isinstance(found, SourceForbiddenError)

    @staticmethod
    def for_users_only(message: str) -> Any:
        return lambda command: {"ok": 1.0} if "ping" in command else failure(13, message)


@pytest.mark.parametrize(
    ("code", "message", "says"),
    [(16500, TOO_MANY_REQUESTS, THROTTLED), (43, "cursor id 7 not found", CURSOR_LOST)],
)
def test_a_reading_that_breaks_off_in_the_middle_is_said_without_the_raw_text(
    code: int, message: str, says: str
) -> None:
    def answer(command: dict[str, Any]) -> dict[str, Any]:
        if "find" in command and command.get("limit") != 1:
            return batch(*usages(3), cursor=7)
        return failure(code, message) if "getMore" in command else batch(*usages(1))

    with wire_server(answer) as uri:
        said = ask(uri)
    assert said.startswith(says)
    assert "RetryAfterMs" not in said


@pytest.fixture
def resetting_port() -> Iterator[int]:
    """A port on which every connection is reset at once."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def reset() -> None:
            while True:
                try:
                    client, _ = listener.accept()
                except OSError:
                    return
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                client.close()

        threading.Thread(target=reset, daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


def test_a_server_that_resets_every_connection_does_not_answer(resetting_port: int) -> None:
    said = ask(f"mongodb://127.0.0.1:{resetting_port}/LibreChat")
    assert said.startswith("MongoDB does not answer: 127.0.0.1:")
    assert "may want TLS" in said
