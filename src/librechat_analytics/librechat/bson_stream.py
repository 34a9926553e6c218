"""Cuts a stream of BSON into documents, and reads the ids of documents that cannot be decoded."""

from __future__ import annotations

import hashlib
import zlib
from typing import TYPE_CHECKING, Any, BinaryIO

import bson
from bson.errors import BSONError
from bson.objectid import ObjectId
from bson.raw_bson import RawBSONDocument

from librechat_analytics.librechat.documents import CODEC, shown_id
from librechat_analytics.librechat.transactions import Refusal, Refused

if TYPE_CHECKING:
    import gzip
    from collections.abc import Iterator, Mapping

LARGEST_DOCUMENT = 48 * 1024 * 1024
SMALLEST_DOCUMENT = 5
ID_FIELD = b"\x07_id\0"
ID_END = 4 + len(ID_FIELD) + 12

REGULAR_EXPRESSION = 0x0B
SIZES = {1: 8, 6: 0, 7: 12, 8: 1, 9: 8, 10: 0, 16: 4, 17: 8, 18: 8, 19: 16, 0x7F: 0, 0xFF: 0}
"""Bytes of a value, by the type of a BSON element."""

SIZES_BESIDE_LENGTH = {2: 4, 3: 0, 4: 0, 5: 5, 12: 16, 13: 4, 14: 4, 15: 0}
"""Bytes of a value in addition to those that its own length counts."""


def frames(stream: BinaryIO | gzip.GzipFile, name: str) -> Iterator[bytes | Refused]:
    """Cut a stream into documents; if it is truncated, the last item is a refusal that says where."""
    position = 0
    while True:
        try:
            header = stream.read(4)
            if not header:
                return
            size = int.from_bytes(header, "little")
            whole = len(header) == 4 and SMALLEST_DOCUMENT <= size <= LARGEST_DOCUMENT
            body = stream.read(size - 4) if whole else b""
        except (EOFError, OSError, zlib.error):
            yield Refused(f"{name} from byte {position}", Refusal.BSON)
            return
        if not whole or len(body) < size - 4:
            yield Refused(f"{name} from byte {position}", Refusal.BSON)
            return
        yield header + body
        position += size


def decoded(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Decode a document that arrived undecoded; raises BSONError if that fails."""
    return bson.decode(document.raw, CODEC) if isinstance(document, RawBSONDocument) else document


def undecodable(raw: bytes | memoryview) -> Refused:
    """Refuse a document that cannot be decoded, under its own id.

    If the id cannot be read either, a digest of the bytes takes its place.
    """
    try:
        identity: Any = bson.decode(_first_field_alone(bytes(raw)), CODEC)["_id"]
    except (BSONError, ValueError, KeyError):
        return Refused(f"sha256:{hashlib.sha256(raw).hexdigest()[:24]}", Refusal.BSON)
    return Refused(shown_id(identity), Refusal.BSON if isinstance(identity, ObjectId) else Refusal.ID)


def leading_id(raw: bytes | memoryview) -> ObjectId | None:
    """Read the ObjectId at the beginning of a document, even if the rest cannot be decoded."""
    start = bytes(raw[4:ID_END])
    is_whole = len(start) == ID_END - 4 and start.startswith(ID_FIELD)
    return ObjectId(start[len(ID_FIELD) :]) if is_whole else None


def _first_field_alone(raw: bytes) -> bytes:
    """Return a document with the first field only, which in MongoDB is the ``_id``.

    Raises ValueError if there is none.
    """
    start = raw.index(0, 5) + 1
    kind = raw[4]
    if kind in SIZES:
        end = start + SIZES[kind]
    elif kind in SIZES_BESIDE_LENGTH:
        end = start + SIZES_BESIDE_LENGTH[kind] + int.from_bytes(raw[start : start + 4], "little")
    elif kind == REGULAR_EXPRESSION:
        end = raw.index(0, raw.index(0, start) + 1) + 1
    else:
        raise ValueError(f"{kind:#x} is not a type of a BSON element")
    field = raw[4:end]
    return (len(field) + SMALLEST_DOCUMENT).to_bytes(4, "little") + field + b"\0"
