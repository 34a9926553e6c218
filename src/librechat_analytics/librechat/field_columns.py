"""Columns of plain BSON values: numbers, dates, ObjectIds and ids that are texts.

Functions that also say what can be read do so for each document of a piece; what cannot be read is left to
the decoder. The others read the documents with the given numbers, which must have such a value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from librechat_analytics.columns import Texts
from librechat_analytics.librechat.bson_fields import DATE, DOUBLE, INT32, MISSING, NULL, TEXT
from librechat_analytics.librechat.documents import EARLIEST, EPOCH, LATEST

if TYPE_CHECKING:
    from datetime import datetime

    from librechat_analytics.columns import Array
    from librechat_analytics.librechat.bson_fields import Fields
    from librechat_analytics.librechat.pieces import Piece

LONGEST_ID = 64
"""Bytes of an id that is a text; LibreChat's own have 36."""

HEX_OF_BYTE = np.array([int.from_bytes(b"%02x" % byte, "little") for byte in range(256)], dtype="<u2")
"""Two hex digits, as the number that their bytes are."""


def milliseconds(instant: datetime) -> int:
    """Return an instant as BSON stores it, in milliseconds since 1970."""
    return round((instant - EPOCH).total_seconds() * 1000)


EARLIEST_MS, LATEST_MS = milliseconds(EARLIEST), milliseconds(LATEST)


def is_absent(fields: Fields, name: str) -> Array:
    """Say which documents lack a field or have null in it; for the decoder both are None."""
    types = fields.types[name]
    absent: Array = (types == MISSING) | (types == NULL)
    return absent


def double_numbers(piece: Piece, fields: Fields, name: str) -> tuple[Array, Array]:
    """Return a field's numbers as doubles, NaN where it is absent, and which can be read.

    An int32 or a double can be read, of any value; int64 and Decimal128 are not exact as doubles.
    """
    types, places = fields.types[name], fields.places[name]
    is_integer, is_double = types == INT32, types == DOUBLE
    if not is_double.any():
        return np.where(is_integer, piece.integers[places], np.nan), is_integer
    found = np.where(is_double, piece.doubles[places], np.nan)
    if is_integer.any():
        found[is_integer] = piece.integers[places[is_integer]]
    return found, is_integer | is_double


def instants(piece: Piece, fields: Fields, name: str) -> tuple[Array, Array]:
    """Return a field's dates in microseconds since 1970, and which are dates between 2000 and 2100."""
    found = piece.longs[fields.places[name]]
    in_range = (fields.types[name] == DATE) & (found >= EARLIEST_MS) & (found <= LATEST_MS)
    return np.where(in_range, found, 0) * 1000, in_range


def object_ids(piece: Piece, fields: Fields, name: str, documents: Array) -> Array:
    """Return a field's ObjectIds as rows of twelve bytes; the field must have one in each document."""
    return piece.grid(fields.places[name][documents], 12)


def hex_digits(object_ids: Array) -> Texts:
    """Return ObjectIds as LibreChat writes them in texts, in 24 hex digits."""
    count = len(object_ids)
    digits = HEX_OF_BYTE[object_ids].view(np.uint8).reshape(count, 24)
    return Texts.from_grid(digits, np.full(count, 24), np.zeros(count, dtype=bool))


def are_short_texts(piece: Piece, fields: Fields, name: str) -> Array:
    """Say which documents lack a field, or have a text of at most LONGEST_ID bytes in it."""
    is_text = fields.types[name] == TEXT
    is_short: Array = is_text & (piece.integers[fields.places[name]] <= LONGEST_ID + 1)
    return is_short | is_absent(fields, name)


def short_texts(piece: Piece, fields: Fields, name: str, documents: Array) -> tuple[Texts, Array]:
    """Return a field's short texts, NULL where it is absent or empty, and which are in ASCII.

    The others may not be valid UTF-8.
    """
    places = fields.places[name][documents]
    sizes = np.where(fields.types[name][documents] == TEXT, piece.integers[places] - 1, 0)
    grid = piece.grid(places + 4, max(1, int(sizes.max(initial=0))))
    texts = Texts.from_grid(grid, sizes, sizes == 0)
    if texts.data.max(initial=0) < 0x80:
        return texts, np.ones(len(documents), dtype=bool)
    is_inside = np.arange(grid.shape[1]) < sizes[:, None]
    is_other = np.asarray(((grid >= 0x80) & is_inside).any(axis=1))
    return texts, ~is_other
