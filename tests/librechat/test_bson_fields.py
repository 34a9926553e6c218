"""The walk through documents finds what the decoder finds, or leaves the document to it."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

import bson
import pytest
from bson import ObjectId, encode
from bson.errors import InvalidBSON
from hypothesis import given, settings
from hypothesis import strategies as st

from librechat_analytics.librechat.bson_fields import DATE, DOUBLE, INT32, OBJECT_ID, TEXT, TRUTH, find_fields
from librechat_analytics.librechat.documents import CODEC
from librechat_analytics.librechat.field_columns import milliseconds
from librechat_analytics.librechat.pieces import Piece
from tests.support.examples import examples
from tests.support.raw_documents import AMOUNTS, DATES, IDS, OBJECT_IDS, document_of, raw_documents

FIELDS = {
    "_id": OBJECT_IDS,
    "number": AMOUNTS,
    "name": IDS | st.just("ü"),
    "at": DATES,
    "done": st.booleans(),
}
SOMETIMES = {"a name of many letters": IDS | st.none()}
WANTED = ("_id", "number", "name", "at", "done")


def value(piece: Piece, kind: int, place: int) -> Any:
    """A value by its type and place, for the types that the readers take."""
    match kind:
        case 1:
            return float(piece.doubles[place])
        case 16:
            return int(piece.integers[place])
        case 8:
            return bool(piece.bytes[place])
        case 7:
            return ObjectId(bytes(piece.raw[place : place + 12]))
        case 9:
            return int(piece.longs[place])
    size = int(piece.integers[place])
    return bytes(piece.raw[place + 4 : place + 3 + size]).decode("utf-8", "replace")


def test_plain_documents_have_the_values_that_the_decoder_finds() -> None:
    counted: Counter[str] = Counter()

    @settings(max_examples=examples(40))
    @given(st.lists(raw_documents(FIELDS, SOMETIMES), min_size=15, max_size=40))
    def compare(raw: list[bytes]) -> None:
        piece = Piece.of(b"".join(raw))
        fields = find_fields(piece, WANTED)
        counted.update(all=len(raw), plain=int(fields.is_plain.sum()))
        for number in fields.is_plain.nonzero()[0].tolist():
            decoded = bson.decode(raw[number], CODEC)
            found = {name: int(fields.types[name][number]) for name in WANTED if fields.types[name][number]}
            assert found.keys() == decoded.keys() & set(WANTED)
            for name, kind in found.items():
                expected = decoded[name]
                if kind in (DOUBLE, INT32, TEXT, OBJECT_ID, TRUTH, DATE):
                    if kind == DATE:
                        expected = milliseconds(expected) if isinstance(expected, datetime) else int(expected)
                    assert repr(value(piece, kind, int(fields.places[name][number]))) == repr(expected)

    compare()
    assert counted["plain"] > counted["all"] / 2


@pytest.mark.parametrize(
    "odd",
    [
        document_of([("a", 1), ("a", 2)]),
        encode({"a": b"bytes"}),
        encode({"ü": 1}),
        encode({"a": {"b": 1}}),
        encode({"n" * 41: 1}),
        encode({"a": True})[:-2] + b"\2\0",
        encode({"a": "text"})[:-2] + b"\1\0",
        encode({"a": 1})[:-1] + b"\1",
    ],
)
def test_documents_that_leave_a_doubt_are_not_plain(odd: bytes) -> None:
    usual = encode({"a": 1})
    fields = find_fields(Piece.of(usual + odd + usual), ("a",))
    assert fields.is_plain.tolist() == [True, False, True]


def test_lists_and_documents_inside_can_be_skipped() -> None:
    piece = Piece.of(encode({"inside": {"a": [1, {"b": 2}]}, "list": ["x"], "a": 3}))
    assert not find_fields(piece, ("a",)).is_plain.any()
    fields = find_fields(piece, ("a",), skip_nested=True)
    assert fields.is_plain.all()
    assert piece.integers[fields.places["a"]].tolist() == [3]


def test_documents_of_hundreds_of_kinds_are_left_to_the_decoder_after_a_while() -> None:
    documents = [encode({f"field{number}": number}) for number in range(500)]
    fields = find_fields(Piece.of(b"".join(documents)), ("a",))
    assert 0 < fields.is_plain.sum() < 500


def test_a_reply_that_is_not_whole_documents_is_no_piece() -> None:
    with pytest.raises(InvalidBSON):
        Piece.of(encode({"a": 1})[:-1])
