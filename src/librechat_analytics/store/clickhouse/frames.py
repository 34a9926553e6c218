"""Frames as ClickHouse reads them: columns of a table, in its format Native."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

NUMBERS = {
    "bool": "Bool",
    "int8": "Int8",
    "int16": "Int16",
    "int32": "Int32",
    "int64": "Int64",
    "uint8": "UInt8",
    "uint16": "UInt16",
    "uint32": "UInt32",
    "uint64": "UInt64",
    "float32": "Float32",
    "float64": "Float64",
}


LISTS = "Array(Int64)"
"""The type of a column of lists of whole numbers."""


def structure_of(frame: pd.DataFrame) -> str:
    """Return the names and types of a frame's columns, as ClickHouse writes them."""
    return ", ".join(f"`{name}` {_type(frame[name])}" for name in frame.columns)


def native(frame: pd.DataFrame) -> bytes:
    """Return a frame as one block of ClickHouse's format Native; empty without rows.

    Missing values, and numbers that are not a number, are NULL, as in DuckDB.
    """
    if frame.empty:
        return b""
    parts = [_varint(len(frame.columns)), _varint(len(frame))]
    for name in frame.columns:
        column = frame[name]
        parts += [_text(str(name)), _text(_type(column))]
        missing = column.isna().to_numpy()
        if _is_nullable(column):
            parts.append(missing.astype(np.uint8).tobytes())
        parts.append(_values(column, missing))
    return b"".join(parts)


def _kind(column: pd.Series) -> str:
    """Return the type of a column without what says that values may be missing."""
    kind = str(column.dtype).lower()
    if kind == "object" and all(isinstance(value, list) for value in column):
        return LISTS
    if kind.startswith("datetime64"):
        return "DateTime64(6, 'UTC')"
    return NUMBERS.get(kind.removesuffix("[pyarrow]"), "String")


def _is_nullable(column: pd.Series) -> bool:
    return _kind(column) in ("String", "DateTime64(6, 'UTC')") or bool(column.isna().any())


def _type(column: pd.Series) -> str:
    kind = _kind(column)
    return f"Nullable({kind})" if _is_nullable(column) else kind


def _values(column: pd.Series, missing: NDArray[np.bool_]) -> bytes:
    kind = _kind(column)
    if kind == "String":
        return b"".join(
            _text("" if gone else str(value)) for value, gone in zip(column, missing, strict=True)
        )
    if kind == LISTS:
        ends = np.cumsum([len(value) for value in column], dtype="<u8")
        numbers = np.array([number for value in column for number in value], "<i8")
        return ends.tobytes() + numbers.tobytes()
    if kind.startswith("DateTime64"):
        if getattr(column.dt, "tz", None) is not None:
            column = column.dt.tz_convert("UTC").dt.tz_localize(None)
        instants = column.to_numpy().astype("datetime64[us]").astype("<i8")
        return np.where(missing, 0, instants).astype("<i8").tobytes()
    dtype = np.dtype(str(column.dtype).lower()).newbyteorder("<")
    if missing.any():
        column = column.fillna(0)
    return column.to_numpy().astype(dtype).tobytes()


def _text(text: str) -> bytes:
    content = text.encode()
    return _varint(len(content)) + content


def _varint(number: int) -> bytes:
    parts = bytearray()
    while number > 127:
        parts.append(number & 127 | 128)
        number >>= 7
    parts.append(number)
    return bytes(parts)
