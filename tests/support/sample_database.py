"""The sample database, read back the way a MongoDB tool would read it."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import bson

from librechat_analytics.librechat.sample.eras import MESSAGE_ID_DAYS

if TYPE_CHECKING:
    from pathlib import Path

    from librechat_analytics.librechat.sample.writer import SampleCounts

    Document = dict[str, Any]


UNTIL = datetime(2026, 11, 24, 12, tzinfo=UTC)
COUNT = 20_000
COLLECTIONS = ("users", "agents", "conversations", "messages", "transactions", "balances", "groups")


def read(folder: Path, name: str, database: str = "LibreChat") -> list[Document]:
    data = (folder / database / f"{name}.bson").read_bytes()
    return bson.decode_all(data, bson.CodecOptions(tz_aware=True, tzinfo=UTC))


class Sample:
    """A written sample with its collections decoded."""

    def __init__(self, folder: Path, counts: SampleCounts) -> None:
        self.folder = folder
        self.counts = counts
        (
            self.users,
            self.agents,
            self.conversations,
            self.messages,
            self.transactions,
            self.balances,
            self.groups,
        ) = (read(folder, name) for name in COLLECTIONS)
        self.usage = [row for row in self.transactions if row["tokenType"] in {"prompt", "completion"}]
        self.answers = {m["messageId"]: m for m in self.messages if not m["isCreatedByUser"]}

    def rows(self, **fields: object) -> list[Document]:
        return [row for row in self.transactions if all(row.get(k) == v for k, v in fields.items())]


def created(row: Document) -> datetime:
    at: datetime = row.get("createdAt") or row["_id"].generation_time
    return at


def is_minus_zero(number: object) -> bool:
    return isinstance(number, float) and number == 0 and math.copysign(1, number) < 0


def is_sentinel(row: Document) -> bool:
    return bool(abs(row["rate"]) > 1_000)


def is_since(row: Document, release: tuple[int, int, int]) -> bool:
    days = {(0, 8, 2): 304, (0, 8, 3): MESSAGE_ID_DAYS, (0, 8, 5): 170, (0, 8, 7): 105}[release]
    return created(row) > UNTIL - timedelta(days=days)
