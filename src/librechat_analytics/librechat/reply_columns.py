"""Reads many assistant messages or conversations at once, into columns that say which agent replied.

``read_assistant_message`` and ``read_conversation`` define what a document means. Here, the usual documents
are read with a few operations of numpy for each field, and all others by those functions.

Lists and documents inside a usual document are not looked into, as MongoDB does not send them either: a
message is read even if a part of its content cannot be decoded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from librechat_analytics.columns import Texts
from librechat_analytics.librechat.agents import (
    ASSISTANT_MESSAGE_PROJECTION,
    CONVERSATION_PROJECTION,
    AssistantMessage,
    Conversation,
    read_assistant_message,
    read_conversation,
)
from librechat_analytics.librechat.bson_fields import DATE, MISSING, NULL, TEXT, TRUTH, find_fields
from librechat_analytics.librechat.documents import agent_id, listed_name, text
from librechat_analytics.librechat.field_columns import (
    are_short_texts,
    instants,
    milliseconds,
    short_texts,
)
from librechat_analytics.librechat.known_texts import UNREADABLE, KnownTexts
from librechat_analytics.librechat.piece_reader import PieceReader, UsualRows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from librechat_analytics.columns import Array, Columns
    from librechat_analytics.librechat.bson_fields import Fields
    from librechat_analytics.librechat.pieces import Piece

ASSISTANT_MESSAGES = {
    "id": "text",
    "conversation": "text",
    "agent": "text",
    "endpoint": "text",
    "created_at": "instant",
    "sender": "text",
    "tenant": "text",
}
CONVERSATIONS = {
    "id": "text",
    "endpoint": "text",
    "initial_agent": "text",
    "last_agent": "text",
    "root": "text",
    "tenant": "text",
}
THREAD = "subagentThread"
"""The document in a conversation that names its root."""


class AssistantMessageReader(PieceReader[AssistantMessage]):
    """Reads pieces of ``messages`` into the columns of ASSISTANT_MESSAGES; leaves out what users wrote."""

    kinds = ASSISTANT_MESSAGES

    def __init__(self, *, each_alone: bool = False) -> None:
        super().__init__(each_alone=each_alone)
        self._known = {name: KnownTexts() for name in ("model", "endpoint", "sender", "tenantId")}

    def _row(self, document: Mapping[str, object]) -> AssistantMessage | None:
        return read_assistant_message(document)

    def _undecodable(self, document: bytes) -> None:
        """Leave it out."""

    def _columns(self, rows: list[AssistantMessage]) -> Columns:
        created_at = [milliseconds(row.created_at) * 1000 for row in rows]
        texts = [name for name, kind in self.kinds.items() if kind == "text"]
        return {
            "created_at": np.array(created_at, dtype="int64"),
            **{name: Texts.of([getattr(row, name) for row in rows]) for name in texts},
        }

    def _usual_rows(self, piece: Piece) -> UsualRows:
        fields = find_fields(piece, ASSISTANT_MESSAGE_PROJECTION, skip_nested=True)
        by_user, by_whom = fields.types["isCreatedByUser"], fields.places["isCreatedByUser"]
        is_by_user = (by_user == TRUTH) & (piece.bytes[by_whom] == 1)
        usual = fields.is_plain & np.isin(by_user, (MISSING, NULL, TRUTH))
        usual &= np.isin(fields.types["createdAt"], (MISSING, NULL, DATE))
        left_out = np.flatnonzero(fields.is_plain & (is_by_user | _is_empty(piece, fields, "messageId")))
        usual[left_out] = False
        documents, numbers = _narrowed(piece, fields, usual, self._known, ("messageId", "conversationId"))
        ids, are_ascii = short_texts(piece, fields, "messageId", documents)
        conversations, are_ascii_too = short_texts(piece, fields, "conversationId", documents)
        columns: Columns = {
            "id": ids,
            "conversation": conversations,
            "created_at": instants(piece, fields, "createdAt")[0][documents],
            "agent": self._known["model"].column(numbers["model"], agent_id),
            "endpoint": self._known["endpoint"].column(numbers["endpoint"], listed_name),
            "sender": self._known["sender"].column(numbers["sender"], text),
            "tenant": self._known["tenantId"].column(numbers["tenantId"], listed_name),
        }
        return UsualRows(documents, columns, left_out).only(are_ascii & are_ascii_too)


class ConversationReader(PieceReader[Conversation]):
    """Reads pieces of ``conversations`` into the columns of CONVERSATIONS."""

    kinds = CONVERSATIONS

    def __init__(self, *, each_alone: bool = False) -> None:
        super().__init__(each_alone=each_alone)
        names = ("endpoint", "initial_agent_id", "agent_id", "tenantId")
        self._known = {name: KnownTexts() for name in names}

    def _row(self, document: Mapping[str, object]) -> Conversation | None:
        return read_conversation(document)

    def _undecodable(self, document: bytes) -> None:
        """Leave it out."""

    def _columns(self, rows: list[Conversation]) -> Columns:
        return {name: Texts.of([getattr(row, name) for row in rows]) for name in self.kinds}

    def _usual_rows(self, piece: Piece) -> UsualRows:
        wanted = {name.partition(".")[0] for name in CONVERSATION_PROJECTION}
        fields = find_fields(piece, wanted, skip_nested=True)
        is_empty = _is_empty(piece, fields, "conversationId")
        usual = fields.is_plain & ~is_empty & np.isin(fields.types[THREAD], (MISSING, NULL))
        documents, numbers = _narrowed(piece, fields, usual, self._known, ("conversationId",))
        ids, are_ascii = short_texts(piece, fields, "conversationId", documents)
        columns: Columns = {
            "id": ids,
            "endpoint": self._known["endpoint"].column(numbers["endpoint"], listed_name),
            "initial_agent": self._known["initial_agent_id"].column(numbers["initial_agent_id"], agent_id),
            "last_agent": self._known["agent_id"].column(numbers["agent_id"], agent_id),
            "root": Texts.nulls(len(documents)),
            "tenant": self._known["tenantId"].column(numbers["tenantId"], listed_name),
        }
        left_out = np.flatnonzero(fields.is_plain & is_empty)
        return UsualRows(documents, columns, left_out).only(are_ascii)


def _is_empty(piece: Piece, fields: Fields, name: str) -> Array:
    """Say which documents have no text in a field, or an empty one."""
    has_text: Array = fields.types[name] == TEXT
    return ~has_text | (piece.integers[fields.places[name]] <= 1)


def _narrowed(
    piece: Piece, fields: Fields, usual: Array, known: dict[str, KnownTexts], ids: tuple[str, ...]
) -> tuple[Array, dict[str, Array]]:
    """Leave the documents with usual texts; return them and the numbers of their known texts."""
    for texts in known.values():
        texts.forget_if_many()
    numbers = {name: texts.numbers(piece, fields, name) for name, texts in known.items()}
    for number in numbers.values():
        usual &= number != UNREADABLE
    for name in ids:
        usual &= are_short_texts(piece, fields, name)
    documents = np.flatnonzero(usual)
    return documents, {name: number[documents] for name, number in numbers.items()}
