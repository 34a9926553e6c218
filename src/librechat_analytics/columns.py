"""Rows in columns, which DuckDB reads without a Python object for each value.

Numbers are numpy arrays. A column of texts is one array of bytes and the places where each text begins and
ends. DuckDB takes both by Arrow's C interface, without copying them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import nanoarrow
import numpy as np
from nanoarrow.c_array_stream import CArrayStream
from nanoarrow.c_schema import c_schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Array = np.ndarray[Any, np.dtype[Any]]

TYPES = {
    "uint64": nanoarrow.uint64(),
    "uint32": nanoarrow.uint32(),
    "int64": nanoarrow.int64(),
    "float64": nanoarrow.float64(),
    "bool": nanoarrow.bool_(),
    "text": nanoarrow.string(),
    "instant": nanoarrow.timestamp("us"),
}
"""Arrow's type for each kind of column. An instant is in microseconds since 1970, in UTC."""


class Texts:
    """A column of texts in UTF-8, some of which may be NULL.

    Text number ``n`` is ``data[offsets[n]:offsets[n + 1]]``; ``is_null`` is None if no text is NULL.
    """

    __slots__ = ("data", "is_null", "offsets")

    def __init__(self, offsets: Array, data: Array, is_null: Array | None = None) -> None:
        self.offsets = offsets
        self.data = data
        self.is_null = is_null

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @classmethod
    def of(cls, values: Iterable[str | None]) -> Texts:
        """Make a column from Python's texts; None is NULL."""
        values = list(values)
        encoded = [(value or "").encode() for value in values]
        data = np.frombuffer(b"".join(encoded), dtype=np.uint8)
        return cls(
            _offsets([len(each) for each in encoded]), data, np.array([v is None for v in values], bool)
        )

    @classmethod
    def nulls(cls, count: int) -> Texts:
        """Make a column of NULLs."""
        return cls(_offsets(np.zeros(count)), np.array([], dtype=np.uint8), np.ones(count, dtype=bool))

    @classmethod
    def from_grid(cls, grid: Array, sizes: Array, is_null: Array) -> Texts:
        """Make a column from a grid of bytes with a row for each text, of which the first ``sizes`` count."""
        width = grid.shape[1]
        if int(sizes.max(initial=0)) == 0:
            data = np.array([], dtype=np.uint8)
        elif int(sizes.min()) == width:
            data = grid.ravel()
        else:
            data = grid[np.arange(width) < sizes[:, None]]
        return cls(_offsets(sizes), data, is_null)

    def take(self, rows: Array) -> Texts:
        """Return the texts with these numbers."""
        starts, sizes = self.offsets[rows].astype(np.int64), np.diff(self.offsets)[rows]
        offsets = _offsets(sizes)
        places = np.repeat(starts - offsets[:-1], sizes) + np.arange(offsets[-1])
        return Texts(offsets, self.data[places], None if self.is_null is None else self.is_null[rows])

    def to_list(self) -> list[str | None]:
        """Return Python's texts; for few rows."""
        data, ends = self.data.tobytes(), self.offsets.tolist()
        nulls = [False] * len(self) if self.is_null is None else self.is_null.tolist()
        return [
            None if null else data[start:end].decode()
            for start, end, null in zip(ends[:-1], ends[1:], nulls, strict=True)
        ]


Column = Array | Texts
Columns = dict[str, Column]


class Table:
    """Rows with the same columns, in parts that are added one after the other.

    ``kinds`` names the columns and what they hold, as in TYPES. DuckDB reads a table like a view, as often as
    it likes. It takes it for very small, so copy it into a temporary table before joining it.
    """

    def __init__(self, kinds: Mapping[str, str]) -> None:
        self.kinds = kinds
        self._parts: list[Columns] = []
        self._arrow: list[nanoarrow.c_array.CArray] = []
        self._rows = 0

    def __len__(self) -> int:
        return self._rows

    def add(self, part: Columns) -> None:
        """Add rows; every column of the table must be there and have the same length."""
        (rows,) = {len(part[name]) for name in self.kinds}
        if rows:
            self._parts.append({name: part[name] for name in self.kinds})
            self._rows += rows

    def array(self, name: str) -> Array:
        """Return a column of numbers, truth values or instants."""
        parts = [column for part in self._parts if isinstance(column := part[name], np.ndarray)]
        return np.concatenate(parts) if parts else np.array([], dtype=_numpy_type(self.kinds[name]))

    def texts(self, name: str) -> list[str | None]:
        """Return a column of texts; for few rows."""
        columns = [column for part in self._parts if isinstance(column := part[name], Texts)]
        return [text for column in columns for text in column.to_list()]

    def without_repeats(self, *key: str, newest: str) -> Table:
        """Return a table without the column ``newest``, which has each key once.

        Of several rows with the same key, it has the one whose ``newest`` is the greatest.
        """
        order = np.lexsort([self.array(name) for name in (newest, *reversed(key))])
        is_newest = np.ones(len(order), dtype=bool)
        if len(order):
            same = [np.diff(self.array(name)[order]) == 0 for name in key]
            is_newest[:-1] = ~np.logical_and.reduce(same)
        kept = np.zeros(len(order), dtype=bool)
        kept[order] = is_newest
        table, start = Table({name: kind for name, kind in self.kinds.items() if name != newest}), 0
        for part in self._parts:
            rows = len(part[newest])
            here = np.flatnonzero(kept[start : start + rows])
            start += rows
            table.add(part if len(here) == rows else take(part, here))
        return table

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Give the rows by Arrow's C interface."""
        schema = nanoarrow.struct({name: TYPES[kind] for name, kind in self.kinds.items()})
        for part in self._parts[len(self._arrow) :]:
            columns = [_arrow_column(part[name], kind) for name, kind in self.kinds.items()]
            self._arrow.append(
                nanoarrow.c_array_from_buffers(schema, columns[0].length, [None], children=columns)
            )
        stream = CArrayStream.from_c_arrays(list(self._arrow), c_schema(schema), validate=False)
        return stream.__arrow_c_stream__(requested_schema)


def take(part: Mapping[str, Column], rows: Array) -> Columns:
    """Return the rows with these numbers."""
    return {
        name: column.take(rows) if isinstance(column, Texts) else column[rows]
        for name, column in part.items()
    }


def _offsets(sizes: Sequence[int] | Array) -> Array:
    offsets = np.zeros(len(sizes) + 1, dtype=np.int32)
    np.cumsum(sizes, out=offsets[1:])
    return offsets


def _numpy_type(kind: str) -> str:
    return "int64" if kind == "instant" else kind


def _arrow_column(column: Column, kind: str) -> nanoarrow.c_array.CArray:
    if isinstance(column, Texts):
        there = None if column.is_null is None or not column.is_null.any() else ~column.is_null
        buffers = [None if there is None else _bits(there), column.offsets, column.data]
    elif kind == "bool":
        buffers = [None, _bits(column)]
    else:
        buffers = [None, np.ascontiguousarray(column, dtype=_numpy_type(kind))]
    return nanoarrow.c_array_from_buffers(TYPES[kind], len(column), buffers)


def _bits(truths: Array) -> Array:
    return np.packbits(truths, bitorder="little")
