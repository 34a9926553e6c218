"""Documents whose ``_id`` is of any type of BSON: refused alike and under one name from a dump and live."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

import bson
import pytest
from bson import Binary, Code, DBRef, Decimal128, Int64, MaxKey, MinKey, ObjectId, Regex, Timestamp
from bson.raw_bson import RawBSONDocument
from hypothesis import given
from hypothesis import strategies as st

from librechat_analytics.librechat.documents import CODEC, shown_id
from librechat_analytics.librechat.dump import DumpSource
from librechat_analytics.librechat.labels import (
    read_agent,
    read_balance,
    read_group,
    read_user,
)
from librechat_analytics.librechat.mongo import MongoSource
from librechat_analytics.librechat.transactions import Refusal, Refused, Transaction, read_transaction
from tests.support.documents import NOON, usage
from tests.support.wire_server import batch, wire_server

if TYPE_CHECKING:
    from pathlib import Path

    Document = dict[str, Any]


def framed(elements: bytes) -> bytes:
    return struct.pack("<i", len(elements) + 5) + elements + b"\0"


def text(value: str) -> bytes:
    encoded = value.encode() + b"\0"
    return struct.pack("<i", len(encoded)) + encoded


def scoped(code: str, scope: Document) -> bytes:
    content = text(code) + bson.encode(scope)
    return struct.pack("<i", len(content) + 4) + content


def encoded(value: object) -> bytes:
    """An element ``_id`` as the driver writes it."""
    return bson.encode({"_id": value})[4:-1]


def element(kind: int, value: bytes = b"") -> bytes:
    return bytes([kind]) + b"_id\0" + value


NO_OBJECT_IDS: dict[str, tuple[bytes, str]] = {
    "double": (encoded(1.5), "1.5"),
    "not a number": (encoded(float("nan")), '{"$numberDouble": "NaN"}'),
    "text": (encoded("transaction-1"), "transaction-1"),
    "empty text": (encoded(""), '""'),
    "text like a number": (encoded("17"), '"17"'),
    "text like an ObjectId": (encoded("6aa7ba7f9f3b21c7d4a1000f"), '"6aa7ba7f9f3b21c7d4a1000f"'),
    "text with a line break": (encoded("a\nb"), '"a\\nb"'),
    "text that is broken": (element(2, b"\x03\0\0\0\xff\xfe\0"), "\ufffd\ufffd"),
    "document": (encoded({"a": 1}), '{"a": 1}'),
    "array": (encoded([1, "a"]), '[1, "a"]'),
    "bytes": (encoded(b"abc"), '{"$binary": {"base64": "YWJj", "subType": "00"}}'),
    "old bytes": (
        element(5, struct.pack("<iBi", 7, 2, 3) + b"abc"),
        '{"$binary": {"base64": "YWJj", "subType": "02"}}',
    ),
    "uuid": (
        encoded(Binary(b"0" * 16, 4)),
        '{"$binary": {"base64": "MDAwMDAwMDAwMDAwMDAwMA==", "subType": "04"}}',
    ),
    "undefined": (element(6), "null"),
    "boolean": (element(8, b"\1"), "true"),
    "date": (encoded(NOON), '{"$date": "2026-11-24T12:00:00Z"}'),
    "date beyond Python's": (
        element(9, struct.pack("<q", 2**62)),
        '{"$date": {"$numberLong": "4611686018427387904"}}',
    ),
    "null": (encoded(None), "null"),
    "regular expression": (
        encoded(Regex("a(", "i")),
        '{"$regularExpression": {"pattern": "a(", "options": "i"}}',
    ),
    "DBPointer": (
        element(12, text("c") + b"b" * 12),
        '{"$ref": "c", "$id": {"$oid": "626262626262626262626262"}}',
    ),
    "DBRef": (encoded(DBRef("c", 1)), '{"$ref": "c", "$id": 1}'),
    "what looks like a DBRef": (encoded({"$ref": 1, "$id": 1}), '{"$ref": 1, "$id": 1}'),
    "JavaScript": (encoded(Code("f()")), '{"$code": "f()"}'),
    "symbol": (element(14, text("symbol")), "symbol"),
    "JavaScript with scope": (element(15, scoped("f()", {"a": 1})), '{"$code": "f()", "$scope": {"a": 1}}'),
    "JavaScript with another scope": (
        element(15, scoped("f()", {"a": 2})),
        '{"$code": "f()", "$scope": {"a": 2}}',
    ),
    "int": (encoded(17), "17"),
    "timestamp": (encoded(Timestamp(2, 1)), '{"$timestamp": {"t": 2, "i": 1}}'),
    "long": (encoded(Int64(2**40)), "1099511627776"),
    "decimal": (encoded(Decimal128("1.50")), '{"$numberDecimal": "1.50"}'),
    "MinKey": (encoded(MinKey()), '{"$minKey": 1}'),
    "MaxKey": (encoded(MaxKey()), '{"$maxKey": 1}'),
}
EACH = pytest.mark.parametrize("kind", NO_OBJECT_IDS)
REST = bson.encode({name: value for name, value in usage().items() if name != "_id"})[4:-1]
BROKEN_REST = REST.replace(b"\x02tokenType\0", b"\x55tokenType\0")


def from_dump(folder: Path, *documents: bytes) -> list[Transaction | Refused]:
    (folder / "transactions.bson").write_bytes(b"".join(documents))
    return list(DumpSource(folder).transactions(lambda _: None))


def from_mongodb(*documents: bytes) -> list[Transaction | Refused]:
    """What the live source reads of documents, as a server sends them that has only these."""
    raw = [RawBSONDocument(document) for document in documents]
    with wire_server(lambda command: batch(*raw) if "find" in command else {"ok": 1.0}) as uri:
        source = MongoSource.at(uri)
        try:
            return list(source.stray_transactions())
        finally:
            source.close()


def test_the_types_are_all_that_bson_has() -> None:
    kinds = {field[0] for field, _ in NO_OBJECT_IDS.values()}
    assert kinds == {*range(1, 20), 0x7F, 0xFF} - {0x07}


@EACH
def test_an_id_that_is_no_object_id_is_refused_by_a_readable_name(tmp_path: Path, kind: str) -> None:
    field, shown = NO_OBJECT_IDS[kind]
    assert from_dump(tmp_path, framed(field + REST)) == [Refused(shown, Refusal.ID)]
    assert shown.isprintable()


@EACH
def test_so_it_is_where_the_rest_of_the_document_is_broken(tmp_path: Path, kind: str) -> None:
    field, shown = NO_OBJECT_IDS[kind]
    assert from_dump(tmp_path, framed(field + BROKEN_REST)) == [Refused(shown, Refusal.ID)]


def test_a_live_database_refuses_the_same_under_the_same_names(tmp_path: Path) -> None:
    whole = [framed(field + REST) for field, _ in NO_OBJECT_IDS.values()]
    # The request asks only for the id of such a document, so that its other fields cannot fail.
    alone = [framed(field) for field, _ in NO_OBJECT_IDS.values()]
    dumped = from_dump(tmp_path, *whole)
    assert set(from_mongodb(*whole)) == set(from_mongodb(*alone)) == set(dumped)


def test_ids_that_differ_have_names_that_differ() -> None:
    names = {shown for kind, (_, shown) in NO_OBJECT_IDS.items() if kind not in ("null", "undefined")}
    assert len(names) == len(NO_OBJECT_IDS) - 2
    long = ["x" * 200 + end for end in "ab"]
    assert len({shown_id(value) for value in (*long, *([value] for value in long))}) == 4
    assert max(len(shown_id(value)) for value in long) <= 100


def test_a_broken_document_with_an_object_id_goes_by_it(tmp_path: Path) -> None:
    identity = ObjectId()
    assert from_dump(tmp_path, framed(encoded(identity) + BROKEN_REST)) == [
        Refused(str(identity), Refusal.BSON)
    ]


@pytest.mark.parametrize("field", [b"\x55_id\0", b"\x02_id\0\xff\xff\xff\x7f", b"\x07_id", b""])
def test_a_document_whose_id_cannot_be_found_goes_by_its_digest(tmp_path: Path, field: bytes) -> None:
    (refused,) = from_dump(tmp_path, framed(field + BROKEN_REST))
    assert isinstance(refused, Refused)
    assert refused.id.startswith("sha256:")
    assert refused.reason is Refusal.BSON


def test_a_document_without_an_id_is_said_to_have_none(tmp_path: Path) -> None:
    assert from_dump(tmp_path, framed(REST)) == [Refused("(missing)", Refusal.ID)]


def test_an_id_that_is_nested_too_deep_ends_nothing(tmp_path: Path) -> None:
    for depth in (150, 900, 5_000):
        inner = framed(b"")
        for _ in range(depth):
            inner = framed(b"\x03a\0" + inner)
        (refused,) = from_dump(tmp_path, framed(element(3, inner) + REST))
        assert isinstance(refused, Refused)


@given(st.sampled_from(sorted(NO_OBJECT_IDS)), st.binary(max_size=40), st.integers(0, 60))
def test_no_bytes_behind_any_type_end_the_reading(
    tmp_path_factory: pytest.TempPathFactory, kind: str, junk: bytes, at: int
) -> None:
    field = NO_OBJECT_IDS[kind][0] + REST
    at = 5 + at % len(field)
    document = framed(field[:at] + junk + field[at + len(junk) :])
    folder = tmp_path_factory.mktemp("junk")
    (row,) = from_dump(folder, document)
    if isinstance(row, Refused):
        assert row.id.isprintable() or "\ufffd" in row.id
        assert row == from_dump(folder, document)[0]


@EACH
@pytest.mark.parametrize("read", [read_user, read_group, read_balance, read_agent])
def test_labels_with_such_an_id_are_read_or_left_out(kind: str, read: Any) -> None:
    field, shown = NO_OBJECT_IDS[kind]
    label = read(bson.decode(framed(field + REST), CODEC))
    if read is read_group and kind not in ("null", "undefined"):
        assert label.id in (shown, bson.decode(framed(field), CODEC)["_id"])
    elif read is read_user:
        assert label is None or kind == "text like an ObjectId"


def test_an_object_id_is_read(tmp_path: Path) -> None:
    assert from_dump(tmp_path, framed(encoded(usage()["_id"]) + REST)) == [read_transaction(usage())]
