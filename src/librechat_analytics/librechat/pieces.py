"""Pieces of some thousand BSON documents each, as they lie in a file or in MongoDB's reply."""

from __future__ import annotations

import gzip
import zlib
from io import DEFAULT_BUFFER_SIZE
from struct import Struct
from typing import TYPE_CHECKING

import numpy as np
from bson.errors import InvalidBSON

from librechat_analytics.librechat.bson_stream import LARGEST_DOCUMENT, SMALLEST_DOCUMENT
from librechat_analytics.librechat.transactions import Refusal, Refused

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import FileIO

    from librechat_analytics.columns import Array

PIECE_BYTES = 2 * 1024 * 1024
"""About what the processor's cache holds, together with what is computed for each document."""

PADDING = 128
"""Bytes after the last document of a piece, so that reading a few bytes too many is no error."""

read_size = Struct("<i").unpack_from


class Piece:
    """Whole BSON documents, one after the other in one buffer that nobody changes any more.

    ``starts`` and ``ends`` are the documents' places in ``bytes``. The other arrays read the same memory as
    numbers: their element number ``n`` is the number that begins at byte ``n``.
    """

    def __init__(self, buffer: bytearray, end: int) -> None:
        self.raw = buffer
        self.bytes = np.frombuffer(buffer, dtype=np.uint8)
        self.words = self._as_numbers("<u8")
        self.doubles = self._as_numbers("<f8")
        self.longs = self._as_numbers("<i8")
        self.integers = self._as_numbers("<i4")
        self.starts, self.ends = _cut(buffer, end)

    def _as_numbers(self, kind: str) -> Array:
        count = len(self.raw) - np.dtype(kind).itemsize + 1
        return np.ndarray((count,), dtype=kind, buffer=self.raw, strides=(1,))

    @classmethod
    def of(cls, documents: bytes) -> Piece:
        """Make a piece of documents that come one after the other; raises InvalidBSON if they do not."""
        buffer = bytearray(documents)
        buffer += bytes(PADDING)
        piece = cls(buffer, len(documents))
        if piece.end != len(documents):
            raise InvalidBSON("a document does not end where its length says")
        return piece

    def __len__(self) -> int:
        return len(self.starts)

    @property
    def end(self) -> int:
        """Where the last whole document ends."""
        return int(self.ends[-1]) if len(self.ends) else 0

    def document(self, number: int) -> bytes:
        """Return one document."""
        return bytes(self.raw[self.starts[number] : self.ends[number]])

    def grid(self, places: Array, width: int) -> Array:
        """Return ``width`` bytes from each of these places, as a row of a grid."""
        count = len(self.raw) - width + 1
        strips = np.ndarray((count,), dtype=f"V{width}", buffer=self.raw, strides=(1,))
        return strips[places].view(np.uint8).reshape(len(places), width)


def read_pieces(file: FileIO | gzip.GzipFile, name: str) -> Iterator[Piece | Refused]:
    """Read a file in pieces; if it is truncated, the last item is a refusal that says where."""
    begun, position, size = b"", 0, PIECE_BYTES
    while True:
        buffer = bytearray(size + PADDING)
        buffer[: len(begun)] = begun
        read, is_broken = _fill(file, memoryview(buffer)[len(begun) : size])
        end = len(begun) + read
        piece = Piece(buffer, end)
        if len(piece):
            yield piece
        position += piece.end
        begun = bytes(buffer[piece.end : end])
        next_size = int.from_bytes(begun[:4], "little") if len(begun) >= 4 else SMALLEST_DOCUMENT
        is_possible = SMALLEST_DOCUMENT <= next_size <= LARGEST_DOCUMENT
        if is_broken or not is_possible or (begun and not read):
            yield Refused(f"{name} from byte {position}", Refusal.BSON)
            return
        if not read:
            return
        size = max(PIECE_BYTES, next_size)


def _fill(file: FileIO | gzip.GzipFile, buffer: memoryview) -> tuple[int, bool]:
    """Read until the buffer is full or the file ends; say how much was read, and whether reading failed."""
    read = 0
    while read < len(buffer):
        try:
            if isinstance(file, gzip.GzipFile):
                # Small steps, each decompressed as far as possible, keep what comes before damaged bytes.
                part = file.read1(min(len(buffer) - read, DEFAULT_BUFFER_SIZE))
                buffer[read : read + len(part)] = part
                count = len(part)
            else:
                count = file.readinto(buffer[read:]) or 0
        except (EOFError, OSError, zlib.error):
            return read, True
        if not count:
            break
        read += count
    return read, False


def _cut(buffer: bytearray, end: int) -> tuple[Array, Array]:
    """Find where the whole documents at the beginning of a buffer start and end."""
    edges, at = [0], 0
    while at + SMALLEST_DOCUMENT <= end:
        (size,) = read_size(buffer, at)
        at += size
        if size < SMALLEST_DOCUMENT or at > end:
            break
        edges.append(at)
    places = np.array(edges, dtype=np.int64)
    return places[:-1], places[1:]
