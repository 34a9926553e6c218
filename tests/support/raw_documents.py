"""Documents as bytes, most of them usual and some odd, for tests that compare two ways of reading."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import bson
from bson import DBRef, Decimal128, Int64, ObjectId, Regex, Timestamp
from hypothesis import strategies as st

from tests.support.documents import NOON

if TYPE_CHECKING:
    from collections.abc import Mapping

    from librechat_analytics.columns import Table

Strategy = st.SearchStrategy[Any]

ODD_TEXTS = (
    "",
    "ü",
    "x" * 64,
    "x" * 65,
    "x" * 500,
    "ü" * 40,
    "m" * 501,
    "a\x00b",
    "a\x00",
    "two\nlines",
    "\x85",
    "agent_",
    "agent_x____1____2",
    "prompt\x00",
    "\U0001f9a0" * 16,
)
ODD_VALUES: Strategy = st.one_of(
    st.sampled_from(ODD_TEXTS),
    st.none() | st.booleans(),
    st.floats(),
    st.integers(-(2**31), 2**31 - 1),
    st.sampled_from([2**53 + 1, -(2**63), 2**51, -(2**31) - 1]).map(Int64),
    st.sampled_from([float(2**53), 2.0**51 / 1e6, 1e24, -1e25, 0.5e-6, -2.5e-6, 2**-7, float("nan")]),
    st.sampled_from(["1.5", "NaN", "-Infinity", "1E+30"]).map(Decimal128),
    st.integers(-30_000, 30_000).map(lambda days: NOON + timedelta(days=days)),
    st.sampled_from([ObjectId("f" * 24), b"bytes", Regex("a"), Timestamp(1, 1), DBRef("a", 1)]),
    st.sampled_from([[], {}, [1, "a"], {"rootConversationId": "c"}, {"a": {"b": [ObjectId()]}}]),
)

IDS = st.integers(0, 30).map(lambda number: f"00000000-0000-4000-8000-{number:012d}")
OBJECT_IDS = st.integers(0, 200).map(lambda number: ObjectId(f"65010c00c2d3e4f5{number:08x}"))
DATES = st.integers(0, 10**9).map(lambda passed: NOON - timedelta(milliseconds=passed))
WHOLE = st.integers(-(10**6), 10**6)
AMOUNTS = WHOLE | st.floats(-1e7, 1e7) | st.integers(-(10**9), 10**9).map(lambda number: number / 128)


@st.composite
def raw_documents(
    draw: st.DrawFn, usual: Mapping[str, Strategy], sometimes: Mapping[str, Strategy], spoil: bool = True
) -> bytes:
    """A document of these fields; about one in four has something odd.

    ``spoil``: change bytes too, but never those of its length.
    """
    fields = [(name, draw(values)) for name, values in usual.items()]
    fields += [(name, draw(values)) for name, values in sometimes.items() if draw(st.booleans())]
    oddity = draw(st.integers(0, 19))  # small and great numbers are more frequent
    names = [*usual, *sometimes, "another", "ü"]
    if oddity == 5:
        fields.append((draw(st.sampled_from(names)), draw(ODD_VALUES)))
    elif oddity == 6:
        place = draw(st.integers(0, len(fields) - 1))
        fields[place] = (fields[place][0], draw(ODD_VALUES))
    elif oddity == 7:
        fields = draw(st.permutations(fields))
    elif oddity == 8:
        del fields[draw(st.integers(0, len(fields) - 1))]
    raw = document_of(fields)
    if oddity == 9 and spoil:
        changed = bytearray(raw)
        for _ in range(draw(st.integers(1, 3))):
            changed[draw(st.integers(4, len(raw) - 1))] = draw(st.integers(0, 255))
        raw = bytes(changed)
    return raw


def document_of(fields: list[tuple[str, Any]]) -> bytes:
    """A document of fields that may have the same name twice."""
    content = b"".join(bson.encode({name: value})[4:-1] for name, value in fields)
    return (len(content) + 5).to_bytes(4, "little") + content + b"\0"


def rows_of(table: Table) -> list[tuple[Any, ...]]:
    """The rows of a table, with a number that is not one as None."""
    columns = [_values(table, name) for name in sorted(table.kinds)]
    return list(zip(*columns, strict=True))


def _values(table: Table, name: str) -> list[Any]:
    if table.kinds[name] == "text":
        return table.texts(name)
    return [None if value != value else value for value in table.array(name).tolist()]
