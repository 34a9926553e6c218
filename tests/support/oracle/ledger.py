"""LibreChat's collections, as its database or a dump holds them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC
from typing import TYPE_CHECKING, Any

import bson
from bson.codec_options import CodecOptions, DatetimeConversion

if TYPE_CHECKING:
    from pathlib import Path


Document = dict[str, Any]
COLLECTIONS = ("users", "agents", "conversations", "messages", "transactions")
DECODED: CodecOptions[Document] = CodecOptions(
    tz_aware=True,
    tzinfo=UTC,
    unicode_decode_error_handler="replace",
    datetime_conversion=DatetimeConversion.DATETIME_AUTO,
)


@dataclass(frozen=True, slots=True)
class Ledger:
    """LibreChat's collections, as far as usage goes."""

    transactions: list[Document] = field(default_factory=list)
    users: list[Document] = field(default_factory=list)
    agents: list[Document] = field(default_factory=list)
    conversations: list[Document] = field(default_factory=list)
    messages: list[Document] = field(default_factory=list)

    @classmethod
    def of_dump(cls, folder: Path) -> Ledger:
        """Read one database's folder of BSON files; a missing file is an empty collection."""
        files = {name: folder / f"{name}.bson" for name in COLLECTIONS}
        return cls(
            **{
                name: bson.decode_all(file.read_bytes(), DECODED) if file.exists() else []
                for name, file in files.items()
            }
        )

    def write(self, folder: Path) -> None:
        """Write the collections as mongodump does; empty ones too."""
        folder.mkdir(parents=True, exist_ok=True)
        for name in COLLECTIONS:
            documents: list[Document] = getattr(self, name)
            (folder / f"{name}.bson").write_bytes(b"".join(bson.encode(d) for d in documents))
