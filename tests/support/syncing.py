"""Syncs in steps, and what they leave in the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bson import ObjectId

from librechat_analytics.sync.loop import Syncer
from tests.support.documents import (
    HELPER,
    NOON,
)

if TYPE_CHECKING:
    from datetime import datetime

    from librechat_analytics.store.store import Store
    from tests.support.in_memory import Clock, LibreChat


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
