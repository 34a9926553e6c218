"""Transactions that are read in columns are the rows that ``read_transaction`` gives."""

from __future__ import annotations

import math
import struct
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from bson import Int64, encode
from hypothesis import given, settings
from hypothesis import strategies as st

from librechat_analytics.columns import Table
from librechat_analytics.librechat import known_texts
from librechat_analytics.librechat.pieces import Piece
from librechat_analytics.librechat.transaction_columns import (
    LEDGER,
    TransactionReader,
    ledger_columns,
    nearest_millionths,
)
from librechat_analytics.librechat.transactions import (
    Refusal,
    Refused,
    Transaction,
    millionths,
    read_transaction,
)
from tests.support.documents import example_collections, usage, usages
from tests.support.examples import examples
from tests.support.raw_documents import (
    AMOUNTS,
    DATES,
    IDS,
    OBJECT_IDS,
    ODD_TEXTS,
    WHOLE,
    raw_documents,
    rows_of,
)

if TYPE_CHECKING:
    from librechat_analytics.librechat.piece_reader import ReadRows

AGENTS = st.sampled_from(["agent_abc", "agent_abc____1____2", "agent_root", "gpt-5.2", "", None])
USUAL = {
    "_id": OBJECT_IDS,
    "user": OBJECT_IDS,
    "conversationId": IDS,
    "tokenType": st.sampled_from(["prompt", "completion"]),
    "model": st.sampled_from(
        ["gpt-5.2", "claude-sonnet-4-6", "us.anthropic.claude-sonnet-4-6", "agent_abc", "agent_abc____1"]
    ),
    "context": st.sampled_from(["message", "title"]),
    "rawAmount": WHOLE | st.floats(-1e6, 1e6),
    "rate": st.sampled_from([3, 6, 6.0, 6.9, 0.25, 1000.5, 15]),
    "tokenValue": AMOUNTS,
    "createdAt": DATES,
}
SOMETIMES = {
    "messageId": IDS,
    "inputTokens": WHOLE,
    "writeTokens": WHOLE | st.none(),
    "readTokens": WHOLE | st.floats(-1e5, 1e5),
    "tenantId": st.sampled_from(["a", "ü"]),
    "agentId": AGENTS,
    "rootAgentId": AGENTS,
    "mediaAccountPending": st.booleans(),
    "__v": st.just(0),
}


def read(documents: list[bytes], *, each_alone: bool) -> TransactionReader:
    reader = TransactionReader(each_alone=each_alone)
    for start in range(0, len(documents), 20):
        reader.read(Piece.of(b"".join(documents[start : start + 20])))
    return reader


def rows_by_id(found: ReadRows) -> list[tuple[Any, ...]]:
    return sorted(rows_of(found.rows), key=repr)


def test_documents_of_any_kind_give_the_same_rows_in_columns_as_one_by_one() -> None:
    documents: Counter[str] = Counter()

    @settings(max_examples=examples(40))
    @given(st.lists(raw_documents(USUAL, SOMETIMES), min_size=15, max_size=40))
    def compare(raw: list[bytes]) -> None:
        in_columns, one_by_one = (read(raw, each_alone=alone).take() for alone in (False, True))
        assert rows_by_id(in_columns) == rows_by_id(one_by_one)
        assert in_columns.refused == one_by_one.refused
        documents.update(all=len(raw), alone=in_columns.read_alone)

    compare()
    assert documents["alone"] < documents["all"] / 2


def test_the_usual_rows_of_every_era_are_read_in_columns() -> None:
    documents = [encode(document) for document in (*example_collections()["transactions"], *usages(50))]
    in_columns, one_by_one = (read(documents, each_alone=alone).take() for alone in (False, True))
    assert rows_by_id(in_columns) == rows_by_id(one_by_one)
    assert in_columns.read_alone < 10
    assert one_by_one.read_alone == len(documents)


def test_columns_are_those_of_the_row_that_a_document_is() -> None:
    document = usage(messageId="message-1", tenantId="t", model="agent_a____1", rate=6, tokenValue=-0.1234565)
    row = read_transaction(document)
    assert isinstance(row, Transaction)
    (found,) = rows_of(read([encode(document)], each_alone=False).take().rows)
    expected = Table(LEDGER)
    expected.add(ledger_columns([row]))
    assert rows_of(expected) == [found]


@pytest.mark.parametrize("model", ODD_TEXTS)
def test_names_of_any_form_are_listed_as_always(model: str) -> None:
    documents = [encode(usage(number=n, model=model, context=model, tenantId=model or None)) for n in (1, 2)]
    in_columns, one_by_one = (read(documents, each_alone=alone).take() for alone in (False, True))
    assert rows_by_id(in_columns) == rows_by_id(one_by_one)


@pytest.mark.parametrize("name", ["rawAmount", "tokenValue", "rate", "inputTokens"])
@pytest.mark.parametrize(
    "bits", [0x7FF0000000000001, 0x7FF8000000000000, 0xFFF0000000000000, 0x7FEFFFFFFFFFFFFF]
)
def test_doubles_that_are_no_numbers_or_too_large_mean_the_same(name: str, bits: int) -> None:
    raw = encode(usage(**{name: 12345.75})).replace(struct.pack("<d", 12345.75), struct.pack("<Q", bits))
    in_columns, one_by_one = (read([raw], each_alone=alone).take() for alone in (False, True))
    assert rows_by_id(in_columns) == rows_by_id(one_by_one)
    assert in_columns.refused == one_by_one.refused


def test_a_document_that_was_read_twice_is_one_row_the_last_one() -> None:
    first, second, third = (usage(number=1, rawAmount=amount) for amount in (-1, Int64(-2), -3))
    for documents, tokens in (([first, second], 2), ([second, first], 1), ([first, second, third], 3)):
        reader = read([encode(document) for document in documents], each_alone=False)
        assert reader.take().rows.array("tokens").tolist() == [tokens]
    reader = read([encode(first)], each_alone=False)
    reader.read(Piece.of(encode(third)))
    assert reader.take().rows.array("tokens").tolist() == [3]


def test_more_different_models_than_are_remembered_are_still_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_texts, "MOST_KNOWN", 5)
    documents = [encode(usage(number=number, model=f"model-{number % 37}")) for number in range(100)]
    in_columns, one_by_one = (read(documents, each_alone=alone).take() for alone in (False, True))
    assert rows_by_id(in_columns) == rows_by_id(one_by_one)
    assert in_columns.read_alone == 0


def test_texts_with_one_hash_are_never_taken_for_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_texts, "MULTIPLIERS", np.zeros_like(known_texts.MULTIPLIERS))
    documents = [encode(usage(number=number, model=f"model-{number % 3}")) for number in range(60)]
    in_columns, one_by_one = (read(documents, each_alone=alone).take() for alone in (False, True))
    assert rows_by_id(in_columns) == rows_by_id(one_by_one)
    assert in_columns.read_alone


def test_documents_that_are_no_rows_are_refused_each_for_its_reason() -> None:
    documents = [
        encode(usage(number=1)),
        encode({"_id": "a text"}),
        encode(usage(number=2, rawAmount="many")),
    ]
    found = read(documents, each_alone=False).take()
    assert found.refused == [
        Refused("a text", Refusal.ID),
        Refused(str(usage(number=2)["_id"]), Refusal.RAW_AMOUNT),
    ]
    assert (len(found.rows), found.documents, found.read_alone) == (1, 3, 2)


amounts = st.one_of(
    st.floats(allow_infinity=True, allow_nan=True),
    st.floats(-1e9, 1e9),
    st.integers(-(10**15), 10**15).map(lambda whole: (whole + 0.5) / 1e6),
    st.integers(-(10**9), 10**9).map(lambda whole: whole / 128),
)


@settings(max_examples=examples(100))
@given(amounts)
def test_millionths_that_are_certain_are_the_nearest(amount: float) -> None:
    near = [amount, math.nextafter(amount, math.inf), math.nextafter(amount, -math.inf)]
    found, certain = nearest_millionths(np.array(near))
    assert [int(each) for each in found[certain]] == [
        millionths(each) for each, sure in zip(near, certain, strict=True) if sure
    ]


def test_everyday_amounts_are_certain_and_halves_are_not() -> None:
    everyday = np.array([-3000.0, -0.1, 1234.567891, 2.0**-3 + 1, 1e9])
    halves = np.array([2.0**-7, 3 * 2.0**-7, 1e12 + 0.3, np.nan, np.inf])
    assert nearest_millionths(everyday)[1].all()
    assert not nearest_millionths(halves)[1].any()
