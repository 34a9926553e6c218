"""The interval of ids in the store: its ends, and the batches that move them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bson import ObjectId

from librechat_analytics.librechat.documents import object_id_time
from librechat_analytics.librechat.source import BATCH_DOCUMENTS, SourceUnreachableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from librechat_analytics.librechat.transactions import Refused, Transaction

FIRST_ID = ObjectId("0" * 24)


def batches(rows: Iterator[Transaction | Refused]) -> Iterator[list[Transaction | Refused]]:
    """Group rows into batches of BATCH_DOCUMENTS; rows read before the connection broke are a batch too."""
    batch: list[Transaction | Refused] = []
    try:
        for row in rows:
            batch.append(row)
            if len(batch) == BATCH_DOCUMENTS:
                yield batch
                batch = []
    except SourceUnreachableError:
        if batch:
            yield batch
        raise
    if batch:
        yield batch


def ids_of(rows: list[Transaction | Refused]) -> list[ObjectId]:
    """Return the ids that are ObjectIds."""
    ids = (row.id for row in rows)
    return [ObjectId(identity) for identity in ids if ObjectId.is_valid(identity)]


def greatest(newest: ObjectId | None, rows: list[Transaction | Refused], now: datetime) -> ObjectId | None:
    """Return the upper end of the interval; an id from a clock that runs ahead must not move it past now."""
    limit = id_at(now + timedelta(seconds=1))
    return max(
        (identity for identity in (newest, *ids_of(rows)) if identity and identity < limit), default=None
    )


def id_at(instant: datetime) -> ObjectId:
    """Return the lowest id that an ObjectId made at an instant can have."""
    return ObjectId.from_datetime(max(instant, object_id_time(FIRST_ID)))
