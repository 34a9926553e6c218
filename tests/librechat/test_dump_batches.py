"""A dump that is read in batches gives the rows and refusals that it gives one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from bson import encode

from librechat_analytics.columns import Table
from librechat_analytics.librechat import pieces as pieces_module
from librechat_analytics.librechat.agents import read_assistant_message
from librechat_analytics.librechat.dump import DumpSource
from librechat_analytics.librechat.transaction_columns import LEDGER, ledger_columns
from librechat_analytics.librechat.transactions import Refusal, Refused, Transaction
from tests.support.documents import HELPER, example_collections, usages, write_dump
from tests.support.raw_documents import rows_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from librechat_analytics.librechat.piece_reader import ReadRows

RELATED = {
    "messages": [
        {"messageId": f"m{number}", "conversationId": f"c{number % 7}", "model": HELPER, "endpoint": "agents"}
        for number in range(50)
    ],
    "conversations": [{"conversationId": f"c{number}", "endpoint": "agents"} for number in range(7)],
}


@pytest.fixture(params=["plain", "compressed"])
def dump(request: pytest.FixtureRequest, tmp_path: Path) -> DumpSource:
    examples = example_collections()
    collections = {
        "transactions": examples["transactions"] + usages(100),
        **{name: examples[name] + documents for name, documents in RELATED.items()},
    }
    compressed = request.param == "compressed"
    return DumpSource(write_dump(tmp_path / "LibreChat", compressed=compressed, **collections))


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces_module, "PIECE_BYTES", 4000)


def all_rows(batches: Iterable[ReadRows]) -> list[tuple[object, ...]]:
    return sorted((row for batch in batches for row in rows_of(batch.rows)), key=repr)


def test_the_ledger_is_the_same_in_batches_of_any_size(dump: DumpSource) -> None:
    rows = list(dump.transactions(lambda _: None))
    expected = Table(LEDGER)
    expected.add(ledger_columns([row for row in rows if isinstance(row, Transaction)]))
    for documents in (1, 40, 10_000):
        positions: list[int] = []
        batches = list(dump.transaction_batches(positions.append, documents=documents))
        assert all_rows(batches) == sorted(rows_of(expected), key=repr)
        assert [refused for batch in batches for refused in batch.refused] == [
            row for row in rows if isinstance(row, Refused)
        ]
        assert sum(batch.documents for batch in batches) == len(rows)
        assert all(batch.documents >= documents for batch in batches[:-1])
        assert 0 < max(positions) <= dump.size_bytes()


def test_messages_and_conversations_are_those_of_the_dump(dump: DumpSource) -> None:
    conversations = [f"c{number}" for number in range(7)]
    messages = [batch.rows for batch in dump.assistant_message_batches(documents=20)]
    in_batches = {
        (identity, conversation, agent)
        for rows in messages
        for identity, conversation, agent in zip(
            rows.texts("id"), rows.texts("conversation"), rows.texts("agent"), strict=True
        )
    }
    one_by_one = {
        (message.id, message.conversation, message.agent)
        for document in RELATED["messages"]
        if (message := read_assistant_message(document)) is not None
    }
    assert len(one_by_one) == 50
    assert one_by_one <= in_batches
    positions = [position for rows in messages for position in rows.array("position").tolist()]
    assert len(set(positions)) == len(positions)
    (kept,) = dump.conversation_batches(documents=1000)
    assert set(conversations) <= set(kept.rows.texts("id"))


def test_each_document_can_be_read_alone_to_compare(dump: DumpSource) -> None:
    together, alone = (
        list(dump.transaction_batches(lambda _: None, documents=50, each_alone=each))
        for each in (False, True)
    )
    assert all_rows(together) == all_rows(alone)
    assert sum(batch.read_alone for batch in alone) == sum(batch.documents for batch in alone)
    assert sum(batch.read_alone for batch in together) < 10


def test_a_ledger_that_breaks_off_gives_what_is_whole_and_says_where(tmp_path: Path) -> None:
    three = usages(3)
    content = b"".join(encode(document) for document in three)
    (tmp_path / "transactions.bson").write_bytes(content[:-3])
    source = DumpSource(tmp_path)
    (batch,) = source.transaction_batches(lambda _: None, documents=100)
    position = len(content) - len(encode(three[2]))
    where = f"transactions.bson from byte {position}"
    assert (len(batch.rows), batch.refused) == (2, [Refused(where, Refusal.BSON)])
    assert source.broken == {where}


def test_collections_that_were_not_dumped_and_empty_ones_give_no_batch(tmp_path: Path) -> None:
    source = DumpSource(write_dump(tmp_path, transactions=[]))
    assert list(source.transaction_batches(lambda _: None, documents=1)) == []
    assert list(source.assistant_message_batches(documents=1)) == []
    assert list(source.conversation_batches(documents=1)) == []
