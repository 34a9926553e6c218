"""A LibreChat in memory, for tests of the sync that need no server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from bson import ObjectId

from librechat_analytics.librechat.agents import read_assistant_message, read_conversation
from librechat_analytics.librechat.labels import read_agent, read_balance, read_group, read_user
from librechat_analytics.librechat.ledger import IdPage
from librechat_analytics.librechat.mongo import COLLECTIONS
from librechat_analytics.librechat.piece_reader import ReadRows
from librechat_analytics.librechat.source import SourceForbiddenError, SourceUnreachableError
from librechat_analytics.librechat.transactions import Refused, read_transaction
from librechat_analytics.sync.frames import ledger_table
from tests.support.documents import NOON

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime

    from librechat_analytics.librechat.agents import AssistantMessage, Conversation
    from librechat_analytics.librechat.transactions import Transaction
    from tests.support.documents import Document


class LibreChat:
    """A LibreChat in memory that answers like its MongoDB, and can fail like it."""

    def __init__(self, **collections: list[Document]) -> None:
        self.collections = {name: collections.get(name, []) for name in COLLECTIONS}
        self.forbidden: set[str] = set()
        self.away = False
        self.place = "mongodb:27017/LibreChat"
        self.counted = self.compared = 0
        self.read: list[object] = []
        self.before_document: Callable[[object], None] = lambda _: None

    def _documents(self, name: str) -> list[Document]:
        if self.away:
            raise SourceUnreachableError("MongoDB does not answer: it is away")
        if name in self.forbidden:
            raise SourceForbiddenError("The MongoDB user may not read LibreChat's collections.")
        return list(self.collections[name])

    def _ledger(
        self, wanted: Callable[[ObjectId], bool], *, newest_first: bool
    ) -> Iterator[Transaction | Refused]:
        found = [d for d in self._documents("transactions") if isinstance(d["_id"], ObjectId)]
        for document in sorted(found, key=lambda d: d["_id"], reverse=newest_first):
            if wanted(document["_id"]):
                self.before_document(document["_id"])
                self.read.append(document["_id"])
                yield read_transaction(document)

    def ping(self) -> None:
        if self.away:
            raise SourceUnreachableError("MongoDB does not answer: it is away")

    def require_readable(self, collection: str) -> None:
        self._documents(collection)

    def estimated_transactions(self) -> int:
        return len(self._documents("transactions"))

    def newer_transactions(self, since: ObjectId) -> Iterator[Transaction | Refused]:
        return self._ledger(lambda identity: identity >= since, newest_first=False)

    def older_transactions(self, before: ObjectId | None) -> Iterator[Transaction | Refused]:
        return self._ledger(lambda identity: before is None or identity < before, newest_first=True)

    def newer_batches(self, since: ObjectId) -> Iterator[ReadRows]:
        return in_batches(self.newer_transactions(since))

    def older_batches(self, before: ObjectId | None) -> Iterator[ReadRows]:
        return in_batches(self.older_transactions(before))

    def stray_transactions(self) -> Iterator[Transaction | Refused]:
        strays = (d for d in self._documents("transactions") if not isinstance(d["_id"], ObjectId))
        return (read_transaction(document) for document in strays)

    @property
    def name(self) -> str:
        return self.place

    def _ids(self) -> list[ObjectId]:
        found = (d["_id"] for d in self._documents("transactions"))
        return sorted(identity for identity in found if isinstance(identity, ObjectId))

    def _ids_between(self, low: ObjectId, high: ObjectId | None) -> list[ObjectId]:
        return [identity for identity in self._ids() if identity >= low and (high is None or identity < high)]

    def count_ids(self, low: ObjectId, high: ObjectId | None) -> int:
        self.counted += 1
        return len(self._ids_between(low, high))

    def id_pages(self, low: ObjectId, high: ObjectId | None) -> Iterator[IdPage]:
        ids = self._ids_between(low, high)
        for start in range(0, len(ids), 3):
            page = ids[start : start + 3]
            self.compared += len(page)
            heads = np.array([int.from_bytes(identity.binary[:8]) for identity in page], dtype="uint64")
            tails = np.array([int.from_bytes(identity.binary[8:]) for identity in page], dtype="uint32")
            yield IdPage(heads, tails, page[-1])

    def has(self, identity: ObjectId) -> bool:
        return identity in self._ids()

    def known_ids(self, ids: Sequence[ObjectId]) -> set[ObjectId]:
        return {*ids} & {*self._ids()}

    def transactions_by_id(self, ids: Sequence[ObjectId]) -> Iterator[Transaction | Refused]:
        return (read_transaction(d) for d in self._documents("transactions") if d["_id"] in ids)

    def has_any_user(self, ids: Sequence[str]) -> bool:
        return any(str(document["_id"]) in ids for document in self._documents("users"))

    def has_users(self) -> bool:
        return bool(self._documents("users"))

    def users(self) -> Iterable[Any]:
        return [read_user(document) for document in self._documents("users")]

    def agents(self) -> Iterable[Any]:
        return [read_agent(document) for document in self._documents("agents")]

    def balances(self) -> Iterable[Any]:
        return [read_balance(document) for document in self._documents("balances")]

    def groups(self) -> Iterable[Any]:
        return [read_group(document) for document in self._documents("groups")]

    def assistant_messages(self, messages: Sequence[str]) -> list[AssistantMessage]:
        found = (
            read_assistant_message(d) for d in self._documents("messages") if d.get("messageId") in messages
        )
        return [answer for answer in found if answer]

    def conversation_messages(self, conversations: Sequence[str]) -> list[AssistantMessage]:
        documents = self._documents("messages")
        found = (read_assistant_message(d) for d in documents if d.get("conversationId") in conversations)
        return [answer for answer in found if answer]

    def conversations(self, conversations: Sequence[str]) -> list[Conversation]:
        documents = self._documents("conversations")
        found = (read_conversation(d) for d in documents if d.get("conversationId") in conversations)
        return [conversation for conversation in found if conversation]


BATCH_DOCUMENTS = 10_000


def in_batches(rows: Iterator[Transaction | Refused]) -> Iterator[ReadRows]:
    """Give rows in batches; rows read before an error are a batch too."""
    batch: list[Transaction | Refused] = []
    try:
        for row in rows:
            batch.append(row)
            if len(batch) == BATCH_DOCUMENTS:
                yield _read_rows(batch)
                batch = []
    except SourceUnreachableError:
        if batch:
            yield _read_rows(batch)
        raise
    if batch:
        yield _read_rows(batch)


def _read_rows(batch: list[Transaction | Refused]) -> ReadRows:
    refused = [row for row in batch if isinstance(row, Refused)]
    return ReadRows(ledger_table(batch), refused, len(batch), 0)


class Clock:
    """The present, as far as the sync knows."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now
