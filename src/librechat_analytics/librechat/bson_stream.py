"""Documents out of a stream of BSON, one that is broken refused by itself."""

from __future__ import annotations

import hashlib
import zlib
from typing import TYPE_CHECKING, BinaryIO

from librechat_analytics.librechat.transactions import Refusal, Refused

if TYPE_CHECKING:
    import gzip
    from collections.abc import Iterator

LARGEST_DOCUMENT = 48 * 1024 * 1024
SMALLEST_DOCUMENT = 5


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


def undecodable(raw: bytes | memoryview) -> Refused:
    return Refused(f"sha256:{hashlib.sha256(raw).hexdigest()[:24]}", Refusal.BSON)
