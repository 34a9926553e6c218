"""The interval of ids in the store: its ends, and how batches move them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
from bson import ObjectId

from librechat_analytics.librechat.documents import object_id_time

if TYPE_CHECKING:
    from librechat_analytics.librechat.piece_reader import ReadRows

FIRST_ID, LAST_ID = ObjectId("0" * 24), ObjectId("f" * 24)


def least(oldest: ObjectId | None, batch: ReadRows) -> ObjectId | None:
    """Return the lower end of the interval after a batch was read."""
    return min((identity for identity in (oldest, *_ends(batch)) if identity), default=None)


def greatest(newest: ObjectId | None, batch: ReadRows, now: datetime) -> ObjectId | None:
    """Return the upper end of the interval; an id from a clock that runs ahead must not move it past now."""
    limit = id_at(now + timedelta(seconds=1))
    ids = (newest, *_ends(batch, limit))
    return max((identity for identity in ids if identity and identity < limit), default=None)


def _ends(batch: ReadRows, limit: ObjectId = LAST_ID) -> list[ObjectId]:
    """Return the least and the greatest id of the rows up to a limit, and all ids of refused ones."""
    refused = [ObjectId(each.id) for each in batch.refused if ObjectId.is_valid(each.id)]
    heads, tails = batch.rows.array("id_head"), batch.rows.array("id_tail")
    is_below = heads <= np.uint64(int.from_bytes(limit.binary[:8]))
    heads, tails = heads[is_below], tails[is_below]
    if not len(heads):
        return refused
    low, high = heads.min(), heads.max()
    ends = (low, tails[heads == low].min()), (high, tails[heads == high].max())
    return [*refused, *(ObjectId(int(head).to_bytes(8) + int(tail).to_bytes(4)) for head, tail in ends)]


def id_at(instant: datetime) -> ObjectId:
    """Return the lowest id that an ObjectId made at an instant can have."""
    return ObjectId.from_datetime(max(instant, object_id_time(FIRST_ID)))
