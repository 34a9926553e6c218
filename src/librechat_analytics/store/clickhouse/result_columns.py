"""Columns of ClickHouse's answers as arrays of the types that DuckDB gives."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

WRAPPED = re.compile(r"(?:Nullable|LowCardinality)\((.+)\)")
LIST = re.compile(r"Array\((.+)\)")
NUMBER = re.compile(r"U?Int(?:8|16|32|64)|Float(?:32|64)")


def array_of(values: Sequence[Any], kind: str) -> NDArray[Any]:
    """Return a column as an array; it is masked where values are NULL. ``kind`` is ClickHouse's type."""
    inner = _inner(kind)
    if found := LIST.fullmatch(inner):
        lists = np.empty(len(values), dtype=object)
        for place, value in enumerate(values):
            lists[place] = array_of(value, found[1])
        return lists
    dtype = _dtype(inner)
    if inner == kind or not (missing := [value is None for value in values]) or not any(missing):
        return _filled(values, dtype)
    filler = "" if dtype.kind == "O" else dtype.type(0)
    filled = [filler if value is None else value for value in values]
    return np.ma.MaskedArray(_filled(filled, dtype), mask=missing)


def empty_array(kind: str) -> NDArray[Any]:
    """Return a column without values."""
    return np.empty(0, dtype=object if LIST.fullmatch(_inner(kind)) else _dtype(_inner(kind)))


def _filled(values: Sequence[Any], dtype: np.dtype[Any]) -> NDArray[Any]:
    if dtype.kind == "M":
        return np.array([_without_zone(value) for value in values], dtype)
    return np.array(values, dtype=dtype)


def _without_zone(value: object) -> object:
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).replace(tzinfo=None)
    return value


def _inner(kind: str) -> str:
    while found := WRAPPED.fullmatch(kind):
        kind = found[1]
    return kind


def _dtype(kind: str) -> np.dtype[Any]:
    if NUMBER.fullmatch(kind):
        return np.dtype(kind.lower())
    if kind == "Bool":
        return np.dtype(bool)
    if kind.startswith("Date"):
        return np.dtype("datetime64[us]")
    if re.match(r"U?Int|Decimal", kind):
        return np.dtype(np.float64)
    return np.dtype(object)
