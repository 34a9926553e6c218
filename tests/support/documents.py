"""LibreChat's documents for tests: the examples of each era, and plain ones to change one field of."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bson import ObjectId, encode, json_util

if TYPE_CHECKING:
    from collections.abc import Iterable

    Document = dict[str, Any]

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
ANA, BOB = ObjectId("65010c00c2d3e4f501020304"), ObjectId("670a11bbccddeeff00112233")
HELPER, OLD_AGENT = "agent_8aWN5tLYRAdtV8knVWmod", "agent_Qm7_-xT2bLr9yKcE0dWpZ"


@cache
def _examples() -> dict[str, Any]:
    aware = json_util.JSONOptions(tz_aware=True, tzinfo=UTC)
    text = Path(__file__).parents[1].joinpath("librechat", "examples.json").read_text("utf-8")
    return dict(json_util.loads(text, json_options=aware))


def example(number: int) -> Document:
    """Give the transaction with this number among the examples, counted from 1."""
    entry = _examples()["transactions"][number - 1]
    assert entry["note"].startswith(f"{number}. ")
    return dict(entry["doc"])


def example_collections() -> dict[str, list[Document]]:
    """Give all examples by collection, with the documents that belong to them."""
    related = {
        name: list(documents)
        for name, documents in _examples()["related"].items()
        if isinstance(documents, list)
    }
    return related | {"transactions": [dict(entry["doc"]) for entry in _examples()["transactions"]]}


def object_id(at: datetime, number: int = 0) -> ObjectId:
    """Give the id that LibreChat would make at that second; a greater number sorts later."""
    return ObjectId(ObjectId.from_datetime(at).binary[:4] + number.to_bytes(8))


def usage(at: datetime = NOON, number: int = 0, **fields: Any) -> Document:
    """Give a prompt of 1,000 tokens for 3,000 credits, 0.003 US dollars; None removes a field."""
    document = {
        "_id": object_id(at, number),
        "user": ANA,
        "conversationId": "conversation-1",
        "tokenType": "prompt",
        "model": "claude-sonnet-4-6",
        "context": "message",
        "rawAmount": -1000,
        "rate": 3,
        "tokenValue": -3000,
        "createdAt": at,
    }
    changed = document | fields
    return {name: value for name, value in changed.items() if value is not None}


def usages(count: int, *, until: datetime = NOON, every: timedelta = timedelta(minutes=1)) -> list[Document]:
    """Give prompts one after the other, the last of them at ``until``."""
    return [usage(until - every * back, number=count - back) for back in reversed(range(count))]


def write_dump(folder: Path, *, compressed: bool = False, **collections: Iterable[Document]) -> Path:
    """Write collections as ``mongodump`` does; gives the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, documents in collections.items():
        content = b"".join(encode(document) for document in documents)
        if compressed:
            (folder / f"{name}.bson.gz").write_bytes(gzip.compress(content))
        else:
            (folder / f"{name}.bson").write_bytes(content)
    return folder
