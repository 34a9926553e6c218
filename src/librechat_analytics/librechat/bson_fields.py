"""Finds the fields of many BSON documents at once: where each value lies, and of which type it is.

A BSON document is its length in four bytes, then its fields, then a zero byte. A field is a byte for its
type, its name with a zero byte at the end, and its value. So the place of a field is known only when all
fields before it have been read. Most documents of a collection have the same fields in the same order,
though. That allows to walk through all documents of a piece in step: look at the next field of the first
document, take all documents whose next field has the same name, and go on past that field in all of them with
a few operations of numpy. Documents with another name wait, and are walked through afterwards in the same
way.

The walk reads nothing but the layout. A document is *plain* only if every byte of it is accounted for: every
type is known here, every length fits, no field comes twice, and the document ends where its length says. What
is not plain is left to the decoder of ``bson``, which then says what it means.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from librechat_analytics.columns import Array
    from librechat_analytics.librechat.pieces import Piece

MISSING = 0
DOUBLE, TEXT, DOCUMENT, LIST, OBJECT_ID, TRUTH, DATE, NULL, INT32, INT64 = 1, 2, 3, 4, 7, 8, 9, 10, 16, 18
"""Types of BSON's elements. All others are rare in LibreChat's collections, and left to the decoder."""

UNKNOWN = -1
SIZES = np.full(256, UNKNOWN, dtype=np.int64)
"""Bytes of a value by its type, in addition to those that the value itself counts."""
SIZES[[DOUBLE, OBJECT_ID, TRUTH, DATE, NULL, INT32, INT64]] = [8, 12, 1, 8, 0, 4, 8]
SIZES[[TEXT, DOCUMENT, LIST]] = [4, 0, 0]

LONGEST_NAME = 40
MOST_GROUPS = 200
FEWEST_IN_GROUP = 16
GROUPS_OF_ANY_SIZE = 20
"""Groups of few documents take as long as groups of many, so after this many the small ones are left out."""


class Fields:
    """Where the wanted fields of a piece's documents lie; only valid for plain documents.

    For each field, ``types`` has its type in each document, MISSING if it is not there, and ``places`` has
    the byte at which its value begins.
    """

    def __init__(self, documents: int, wanted: Iterable[str]) -> None:
        self.is_plain = np.zeros(documents, dtype=bool)
        self.types = {name: np.zeros(documents, dtype=np.uint8) for name in wanted}
        self.places = {name: np.zeros(documents, dtype=np.int64) for name in self.types}


class Group(NamedTuple):
    """Documents that had the same fields up to now: their numbers, and where each is read next and ends."""

    numbers: Array
    places: Array
    ends: Array
    names: frozenset[bytes]

    def take(self, kept: Array) -> Group:
        """Return some of the documents, by numbers or truth values."""
        return Group(self.numbers[kept], self.places[kept], self.ends[kept], self.names)


def find_fields(piece: Piece, wanted: Iterable[str], *, skip_nested: bool = False) -> Fields:
    """Find the wanted fields of all plain documents of a piece.

    ``skip_nested``: documents with lists or documents inside can be plain too; these are not looked into.
    """
    fields = Fields(len(piece), wanted)
    ends = piece.ends - 1
    closed = np.flatnonzero(piece.bytes[ends] == 0)
    waiting = [Group(closed, piece.starts[closed] + 4, ends[closed], frozenset())]
    walked = 0
    while waiting and walked < MOST_GROUPS:
        group: Group | None = waiting.pop()
        if walked >= GROUPS_OF_ANY_SIZE and group is not None and len(group.numbers) < FEWEST_IN_GROUP:
            continue
        walked += 1
        while group is not None and len(group.numbers):
            group = _past_next_field(piece, group, fields, waiting, skip_nested=skip_nested)
    return fields


def _past_next_field(
    piece: Piece, group: Group, fields: Fields, waiting: list[Group], *, skip_nested: bool
) -> Group | None:
    """Read the next field of a group; return the documents that go on, or None.

    Documents whose next field has another name than the first document's are added to ``waiting``.
    """
    types = piece.bytes[group.places]
    is_over = types == 0
    if is_over.any():
        fields.is_plain[group.numbers[is_over & (group.places == group.ends)]] = True
        group, types = group.take(~is_over), types[~is_over]
        if not len(group.numbers):
            return None
    begin = int(group.places[0]) + 1
    end = piece.raw.find(0, begin, min(begin + LONGEST_NAME, int(group.ends[0])))
    if end < 0:
        return group.take(np.arange(1, len(group.numbers)))
    name = bytes(piece.raw[begin:end])
    has_name = _begins_with(piece, group.places + 1, name + b"\0")
    if not has_name.all():
        waiting.append(group.take(~has_name))
        group, types = group.take(has_name), types[has_name]
    if name in group.names or not name.isascii():
        return None
    values = group.places + (len(name) + 2)
    after, fits = _after_value(piece, types, values, group.ends, skip_nested=skip_nested)
    group = Group(group.numbers, after, group.ends, group.names | {name})
    if not fits.all():
        group, types, values = group.take(fits), types[fits], values[fits]
    if (wanted := name.decode("ascii")) in fields.types:
        # A slice is faster than numbers, and the first documents are mostly all documents.
        those = slice(None) if len(values) == len(piece) else group.numbers
        fields.types[wanted][those] = types
        fields.places[wanted][those] = values
    return group


def _begins_with(piece: Piece, places: Array, wanted: bytes) -> Array:
    """Say at which of these places the wanted bytes are; eight of them are compared at a time."""
    same = np.ones(len(places), dtype=bool)
    for start in range(0, len(wanted), 8):
        part = wanted[start : start + 8]
        words = piece.words[places + start]
        if len(part) < 8:
            words &= np.uint64(256 ** len(part) - 1)
        same &= words == np.uint64(int.from_bytes(part, "little"))
    return same


def _after_value(
    piece: Piece, types: Array, values: Array, ends: Array, *, skip_nested: bool
) -> tuple[Array, Array]:
    """Return where the field after each of these values begins, and which values can be read and end in time.

    Texts, lists and documents count their own bytes, and end with a zero byte.
    """
    first = int(types[0])
    is_first = types == first
    if not is_first.all():
        after, fits = np.empty_like(values), is_first.copy()
        for those in (is_first, ~is_first):
            after[those], fits[those] = _after_value(
                piece, types[those], values[those], ends[those], skip_nested=skip_nested
            )
        return after, fits
    is_nested = first in (DOCUMENT, LIST)
    if SIZES[first] == UNKNOWN or (is_nested and not skip_nested):
        return values, np.zeros(len(values), dtype=bool)
    after = values + SIZES[first]
    if first == TEXT or is_nested:
        counts = piece.integers[values]
        after += counts
        fits = (counts >= (5 if is_nested else 1)) & (after <= ends)
        fits &= piece.bytes[np.where(fits, after - 1, 0)] == 0
    else:
        fits = after <= ends
        if first == TRUTH:
            fits &= piece.bytes[values] <= 1
    return after, fits
