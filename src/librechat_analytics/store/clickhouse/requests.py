"""Requests to the follower: any process writes them into ClickHouse, and the follower writes the answers."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, get_args
from uuid import UUID, uuid4

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from librechat_analytics.store.clickhouse.connection import Connection

Kind = Literal["audit", "forget", "off disk", "silence", "test"]
KINDS: Final = get_args(Kind)

NOT_LOGGED: Final[Mapping[str, object]] = {"log_queries": 0, "async_insert": 0}
"""What is sent may name a person, so it must not be in ClickHouse's query log."""

LOOK_SECONDS: Final = 0.2


@dataclass(frozen=True, slots=True)
class Request:
    """What the follower is to do. ``arguments`` are texts by name; ``asked_at`` is of the server's clock."""

    id: UUID
    kind: str
    asked_at: datetime
    arguments: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """How a request ended; ``text`` is for people."""

    is_done: bool
    text: str = ""


def ask(connection: Connection, kind: Kind, arguments: Mapping[str, str]) -> UUID:
    """Write a request, and return its id; raises StoreError if it cannot be written."""
    identity = uuid4()
    connection.command(
        "INSERT INTO requests (id, kind, arguments, asked_at)"
        " SELECT {id:UUID}, {kind:String}, {arguments:String}, now64(3)",
        {"id": identity, "kind": kind, "arguments": json.dumps(arguments, ensure_ascii=False)},
        settings=NOT_LOGGED,
    )
    return identity


def waiting(connection: Connection) -> list[Request]:
    """Return the requests without an answer, the oldest first."""
    found = connection.rows(
        "SELECT id, kind, arguments, asked_at FROM requests"
        " WHERE id NOT IN (SELECT id FROM answers) ORDER BY asked_at, id"
    )
    return [
        Request(UUID(str(row["id"])), row["kind"], row["asked_at"], json.loads(row["arguments"]))
        for row in found
    ]


def answer(connection: Connection, identity: UUID, given: Answer) -> None:
    """Write how a request ended."""
    connection.command(
        "INSERT INTO answers (id, is_done, text, answered_at)"
        " SELECT {id:UUID}, {is_done:Bool}, {text:String}, now64(3)",
        {"id": identity, "is_done": given.is_done, "text": given.text},
        settings=NOT_LOGGED,
    )


def wait_for(
    connection: Connection,
    identity: UUID,
    timeout_seconds: float,
    *,
    look_seconds: float = LOOK_SECONDS,
    seconds: Callable[[], float] = time.monotonic,
    rest: Callable[[float], None] = time.sleep,
) -> Answer | None:
    """Wait for the answer to a request; None if there is none in time. The request stays."""
    give_up = seconds() + timeout_seconds
    while True:
        found = connection.rows(
            "SELECT is_done, text FROM answers WHERE id = {id:UUID} LIMIT 1", {"id": identity}
        )
        if found:
            return Answer(bool(found[0]["is_done"]), found[0]["text"])
        if seconds() >= give_up:
            return None
        rest(look_seconds)
