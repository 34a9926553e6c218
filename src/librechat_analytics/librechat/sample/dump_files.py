"""The files of a dump, as ``mongodump`` writes them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bson import ObjectId, encode

from librechat_analytics.librechat.sample.chance import Chance
from librechat_analytics.librechat.sample.eras import moment

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

    from librechat_analytics.librechat.documents import Document

INDEXED_FIELDS: dict[str, tuple[str, ...]] = {
    "users": ("email",),
    "agents": ("id",),
    "conversations": ("conversationId", "user"),
    "messages": ("messageId", "conversationId", "user", "createdAt"),
    "transactions": ("user", "conversationId", "model", "tenantId"),
    "balances": ("user",),
    "groups": ("memberIds",),
}
"""The collections of the sample, and the fields LibreChat indexes in them."""


class CollectionFile:
    """One collection's ``.bson`` file; its ``.metadata.json`` is written when it is closed."""

    def __init__(self, folder: Path, name: str, *, seed: int) -> None:
        self.written = 0
        self._folder = folder
        self._name = name
        self._seed = seed

    def __enter__(self) -> CollectionFile:
        self._stream: BinaryIO = (self._folder / f"{self._name}.bson").open("wb", buffering=1 << 20)
        return self

    def __exit__(self, *_error: object) -> None:
        self._stream.close()
        keys = ("_id", *INDEXED_FIELDS[self._name])
        metadata = {
            "options": {},
            "indexes": [
                {
                    "v": {"$numberInt": "2"},
                    "key": {key: {"$numberInt": "1"}},
                    "name": "_id_" if key == "_id" else f"{key}_1",
                }
                for key in keys
            ],
            "uuid": f"{Chance(f'{self._seed} {self._name}').getrandbits(128):032x}",
            "collectionName": self._name,
            "type": "collection",
        }
        text = json.dumps(metadata, separators=(",", ":"))
        (self._folder / f"{self._name}.metadata.json").write_text(text, encoding="utf-8")

    def write(self, document: Document) -> None:
        self._stream.write(encode(document))
        self.written += 1


class ObjectIds:
    """Makes ObjectIds as one Node process does: seconds, five bytes of the process, a counter."""

    def __init__(self, chance: Chance) -> None:
        self._process = chance.getrandbits(40) << 24
        self._counter = chance.getrandbits(20)

    def at(self, milliseconds: int) -> ObjectId:
        self._counter = (self._counter + 1) & 0xFFFFFF
        return ObjectId(((milliseconds // 1000) << 64 | self._process | self._counter).to_bytes(12, "big"))


class Outbox:
    """Keeps documents of a collection until no older one can follow; writes them in order of their ids."""

    def __init__(self, collection: CollectionFile, ids: ObjectIds) -> None:
        self._collection = collection
        self._ids = ids
        self._waiting: list[tuple[int, int, int, Document]] = []
        self._added = 0

    def add(self, document: Document, created_ms: int, made_ms: int) -> None:
        """Queue a document created at ``created_ms`` whose id was made at ``made_ms``."""
        self._added += 1
        self._waiting.append((made_ms, self._added, created_ms, document))

    def write_before(self, end_ms: float) -> None:
        """Write every document whose id was made before ``end_ms``; add none of these afterwards."""
        waiting = self._waiting
        waiting.sort()
        write, make_id = self._collection.write, self._ids.at
        last_ms, created_at = -1, None
        settled = 0
        for made_ms, _, created_ms, document in waiting:
            if made_ms >= end_ms:
                break
            if created_ms != last_ms:
                last_ms, created_at = created_ms, moment(created_ms)
            document["_id"] = make_id(made_ms)
            document["createdAt"] = document["updatedAt"] = created_at
            document["__v"] = 0
            write(document)
            settled += 1
        del waiting[:settled]
