"""Documents out of a stream of BSON, one that is broken refused by itself."""

from __future__ import annotations

import hashlib
import zlib
from typing import TYPE_CHECKING, Any, BinaryIO

import bson
from bson.objectid import ObjectId
from bson.raw_bson import RawBSONDocument

from librechat_analytics.librechat.documents import CODEC
from librechat_analytics.librechat.transactions import Refusal, Refused

if TYPE_CHECKING:
    import gzip
    from collections.abc import Iterator, Mapping

LARGEST_DOCUMENT = 48 * 1024 * 1024
SMALLEST_DOCUMENT = 5
ID_FIELD = b"\x07_id\0"
ID_END = 4 + len(ID_FIELD) + 12


def frames(stream: BinaryIO | gzip.GzipFile, name: str) -> Iterator[bytes | Refused]:
    """Cut a stream of BSON documents into single ones; where it breaks off, the last item says so."""
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
    """Decode a document that arrived undecoded; raises BSONError where it cannot be."""
    return bson.decode(document.raw, CODEC) if isinstance(document, RawBSONDocument) else document


def undecodable(raw: bytes | memoryview) -> Refused:
    """Refuse a document by its id where that can be read, else by a digest of its bytes."""
    identity = leading_id(raw)
    name = f"sha256:{hashlib.sha256(raw).hexdigest()[:24]}" if identity is None else str(identity)
    return Refused(name, Refusal.BSON)


def leading_id(raw: bytes | memoryview) -> ObjectId | None:
    """Read the ObjectId with which a document begins, even where the rest of it is broken."""
    start = bytes(raw[4:ID_END])
    is_whole = len(start) == ID_END - 4 and start.startswith(ID_FIELD)
    return ObjectId(start[len(ID_FIELD) :]) if is_whole else None
