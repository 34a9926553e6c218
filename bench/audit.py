"""Measures what an audit costs at a million rows and at ten: commands to MongoDB, and this program's time.

    .venv/bin/python -m bench.audit [--rows 1000000]

The server is a process of its own that keeps ids in order, as MongoDB's index does, and answers ``find`` and
``count`` from them; its own time is not MongoDB's. The store is filled directly with rows of the same ids.
"""

from __future__ import annotations

import argparse
import multiprocessing
import tempfile
import time
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import bson
import numpy as np
from bson import ObjectId
from tests.support.wire_server import wire_server

from librechat_analytics.librechat.ledger import ID_DOCUMENT, ID_DOCUMENT_START
from librechat_analytics.librechat.mongo import MongoSource
from librechat_analytics.store.held_ids import HeldIds
from librechat_analytics.store.store import Store
from librechat_analytics.sync.audit import Auditor, GrowthWatch

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from librechat_analytics.librechat.transactions import Refused, Transaction
    from librechat_analytics.store.held_ids import AuditKind

    Document = dict[str, Any]

BEGAN = 1_735_000_000
"""Seconds since 1970 of the first row; six rows a minute follow."""

FILL = """
INSERT INTO transactions BY NAME
SELECT
    (($began + i * 10)::UBIGINT << 32) + i % 977 AS id_head, i::UINTEGER AS id_tail,
    to_timestamp($began + i * 10)::TIMESTAMP AS created_at, ($began + i * 10) // 900 AS slot,
    1 AS user_key, i // 8 AS conversation_key, 1 AS model_key, 1 AS context_key,
    CASE WHEN i % 2 = 0 THEN 'prompt' ELSE 'completion' END AS usage_type,
    3.0 AS rate, 1000 AS tokens, 3000000000 AS credits_e6, 0 AS cache_read_tokens, 0 AS cache_write_tokens,
    false AS structured, false AS sentinel, false AS positive_value, false AS default_rate,
    false AS agent_model, 'unknown' AS certainty
FROM range($rows) AS series(i)
"""
MISSING = 1_000
"""Rows that the database has and the store lacks; they are much older than all others."""


def ids(rows: int) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return the ids that FILL writes, in order, as their first eight and last four bytes."""
    number = np.arange(rows, dtype="uint64")
    return ((BEGAN + number * 10) << 32) + number % 977, number.astype("uint32")


class Index:
    """An index of ids that answers as MongoDB does."""

    def __init__(self, rows: int, before: int) -> None:
        heads, tails = ids(rows)
        early = (np.arange(before, dtype="uint64") + 1_500_000_000) << 32
        self.heads = np.concatenate([early, heads])
        self.tails = np.concatenate([np.zeros(before, dtype="uint32"), tails])
        self.commands: Counter[str] = Counter()

    def position(self, identity: ObjectId, *, after: bool = False) -> int:
        head, tail = int.from_bytes(identity.binary[:8]), int.from_bytes(identity.binary[8:])
        at = int(np.searchsorted(self.heads, np.uint64(head)))
        while at < len(self.heads) and self.heads[at] == head and (self.tails[at] < tail + after):
            at += 1
        return at

    def span(self, bound: Document) -> tuple[int, int]:
        low = self.position(bound["$gte"]) if "$gte" in bound else self.position(bound["$gt"], after=True)
        return low, self.position(bound["$lt"]) if "$lt" in bound else len(self.heads)

    def answer(self, command: Document) -> Document | bytes:
        name = next(iter(command))
        self.commands[name] += 1
        if name == "count":
            low, high = self.span(command["query"]["_id"])
            return {"ok": 1.0, "n": high - low}
        if name != "find":
            return {"ok": 1.0}
        if "_id" not in command["filter"]:  # from either end, for ids of other types
            return self.ids_alone(0, 1)
        bound = command["filter"]["_id"]
        if "$in" in bound:
            rows = [
                {"_id": identity, "tokenType": "prompt", "rawAmount": -1, "tokenValue": -1.0, "rate": 1.0}
                for identity in bound["$in"]
            ]
            return {"ok": 1.0, "cursor": {"id": bson.Int64(0), "ns": "LibreChat.x", "firstBatch": rows}}
        low, high = self.span(bound)
        return self.ids_alone(low, min(high, low + command["limit"]))

    def ids_alone(self, low: int, high: int) -> bytes:
        """Return a reply that contains only ids, without a dictionary for each."""
        documents = np.zeros(high - low, dtype=ID_DOCUMENT)
        documents["before"] = np.void(ID_DOCUMENT_START)
        documents["head"], documents["tail"] = self.heads[low:high], self.tails[low:high]
        raw, size = documents.tobytes(), ID_DOCUMENT.itemsize
        items = b"".join(
            b"\x03%d\0" % number + raw[number * size : (number + 1) * size] for number in range(high - low)
        )
        array = (len(items) + 5).to_bytes(4, "little") + items + b"\0"
        cursor = b"\x12id\0" + bytes(8) + b"\x02ns\0\x0c\0\0\0LibreChat.x\0\x04firstBatch\0" + array
        body = b"\x01ok\0" + bson.encode({"": 1.0})[6:14] + b"\x03cursor\0"
        body += (len(cursor) + 5).to_bytes(4, "little") + cursor + b"\0"
        return (len(body) + 5).to_bytes(4, "little") + body + b"\0"


def serve(rows: int, before: int, parent: Connection) -> None:
    """Serve until an empty message comes; answer each other one with the commands since the last."""
    index = Index(rows, before)
    with wire_server(index.answer) as uri:
        parent.send(uri)
        while parent.recv():
            parent.send(dict(index.commands))
            index.commands.clear()


def measure(rows: int, before: int, kind: AuditKind) -> None:
    """Run one audit and print what it cost."""
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.Process(target=serve, args=(rows, before, theirs), daemon=True)
    server.start()
    with tempfile.TemporaryDirectory() as folder, closing(Store(Path(folder))) as store:
        with store.committing() as cursor:
            cursor.execute(FILL, {"rows": rows, "began": BEGAN})
        store.checkpoint()
        with closing(MongoSource.at(ours.recv())) as source:
            written: list[Transaction | Refused] = []

            def write(found: list[Transaction | Refused]) -> int:
                written.extend(found)
                return len(found)

            auditor = Auditor(
                HeldIds(store),
                source,
                GrowthWatch(),
                write=write,
                clock=lambda: datetime.now(UTC),
                rest=lambda _: False,
            )
            started, cpu = time.perf_counter(), time.process_time()
            result = auditor.run(kind, at_ease=False)
            taken, cpu = time.perf_counter() - started, time.process_time() - cpu
        ours.send("commands")
        commands = {
            name: count for name, count in ours.recv().items() if name in ("find", "getMore", "count")
        }
        ours.send("")
        server.join(5)
    print(f"{rows:>11,} {kind:7}{result.added:>7,}{taken:>8.2f}{cpu:>8.2f}  {commands}")


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, nargs="*", default=[1_000_000, 10_000_000])
    print(f"{'rows':>11} {'kind':7}{'added':>7}{'wall s':>8}{'CPU s':>8}  commands")
    for rows in parser.parse_args().rows:
        measure(rows, 0, "counts")
        measure(rows, MISSING, "counts")
        measure(rows, 0, "ids")


if __name__ == "__main__":
    main()
