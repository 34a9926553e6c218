"""Messages and conversations that are read in columns are what their readers give one by one."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from bson import encode
from hypothesis import given, settings
from hypothesis import strategies as st

from librechat_analytics.librechat.pieces import Piece
from librechat_analytics.librechat.reply_columns import AssistantMessageReader, ConversationReader
from tests.support.documents import HELPER, NOON
from tests.support.examples import examples
from tests.support.raw_documents import DATES, IDS, OBJECT_IDS, raw_documents, rows_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from librechat_analytics.librechat.piece_reader import PieceReader, ReadRows
    from tests.support.raw_documents import Strategy

MESSAGE = {
    "_id": OBJECT_IDS,
    "messageId": IDS,
    "conversationId": IDS,
    "isCreatedByUser": st.booleans(),
    "model": st.sampled_from(["gpt-5.2", HELPER, f"{HELPER}____2"]),
    "endpoint": st.sampled_from(["agents", "openAI", "Ünser"]),
    "sender": st.sampled_from(["GPT", "Übersetzer", ""]),
    "createdAt": DATES,
}
SOMETIMES = {"tenantId": st.sampled_from(["a", "ü"]), "text": st.text(max_size=20), "__v": st.just(0)}
NESTED = {"content": st.just([{"type": "text", "text": "Hello"}]), "feedback": st.just({"rating": 1})}
CONVERSATION = {
    "_id": OBJECT_IDS,
    "conversationId": IDS,
    "endpoint": st.sampled_from(["agents", "openAI"]),
    "agent_id": st.sampled_from([HELPER, "gpt-5.2", None]),
}
ROOT = {"initial_agent_id": st.just(HELPER), "messages": st.just([]), "tenantId": st.sampled_from(["a", "b"])}


def read(reader: PieceReader[object], documents: list[bytes]) -> ReadRows:
    for start in range(0, len(documents), 20):
        reader.read(Piece.of(b"".join(documents[start : start + 20])))
    return reader.take()


def by_position(found: ReadRows) -> list[tuple[object, ...]]:
    return sorted(rows_of(found.rows), key=repr)


@pytest.mark.parametrize(
    ("reader", "usual", "sometimes", "spoil"),
    [
        (AssistantMessageReader, MESSAGE, SOMETIMES, True),
        (AssistantMessageReader, MESSAGE, SOMETIMES | NESTED, False),
        (ConversationReader, CONVERSATION, SOMETIMES, True),
        (ConversationReader, CONVERSATION, ROOT, False),
    ],
)
def test_documents_of_any_kind_give_the_same_rows_in_columns_as_one_by_one(
    reader: type[PieceReader[object]],
    usual: Mapping[str, Strategy],
    sometimes: Mapping[str, Strategy],
    spoil: bool,
) -> None:
    documents: Counter[str] = Counter()

    @settings(max_examples=examples(15))
    @given(st.lists(raw_documents(usual, sometimes, spoil), min_size=15, max_size=40))
    def compare(raw: list[bytes]) -> None:
        in_columns, one_by_one = (read(reader(each_alone=alone), raw) for alone in (False, True))
        assert by_position(in_columns) == by_position(one_by_one)
        documents.update(all=len(raw), alone=in_columns.read_alone)

    compare()
    assert documents["alone"] < documents["all"] / 2


def test_a_message_counts_although_a_part_of_its_content_cannot_be_decoded() -> None:
    message = {
        "messageId": "m",
        "conversationId": "c",
        "model": HELPER,
        "createdAt": NOON,
        "content": [{"text": "Hello"}],
    }
    raw = encode(message).replace(b"\x02text\0", b"\x7btext\0")
    found = read(AssistantMessageReader(), [raw])
    assert (found.rows.texts("id"), found.read_alone) == (["m"], 0)


def test_a_subagents_conversation_names_its_root() -> None:
    thread = {"conversationId": "child", "subagentThread": {"rootConversationId": "root"}}
    found = read(ConversationReader(), [encode(thread), encode({"conversationId": "alone"})])
    assert dict(zip(found.rows.texts("id"), found.rows.texts("root"), strict=True)) == {
        "child": "root",
        "alone": None,
    }
