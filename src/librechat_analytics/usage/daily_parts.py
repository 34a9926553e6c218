"""Daily costs of every kind of subject at once, and of what is inside some of them, each in one query.

They answer what ``daily_costs`` does, for the search for anomalies: asking for each kind and each anomaly in
turn would read the same months ten times.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd

from librechat_analytics.usage.daily_costs import DailyCosts, Days, Subject
from librechat_analytics.usage.filters import NONE
from librechat_analytics.usage.over_time import numbered_slots
from librechat_analytics.usage.periods import TimeRange
from librechat_analytics.usage.rows import E6_PER_USD, range_columns

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from numpy.typing import NDArray

    from librechat_analytics.store.interface import Snapshot, SqlColumns
    from librechat_analytics.usage.filters import Filters

PartKind = Literal["total", "user", "model", "agent", "provider"]
"""Of what daily costs are told apart at once: of all usage, and of each user, model and so on."""

PART_KINDS: tuple[PartKind, ...] = get_args(PartKind)


@dataclass(frozen=True, slots=True)
class Inside:
    """A subject, of which the daily costs are told apart; ``subject`` is None for all usage."""

    kind: PartKind
    subject: str | None
    days: Days


def large_daily_costs(
    snapshot: Snapshot, days: Days, since: date, least_usd: float, filters: Filters, *, now: datetime
) -> dict[PartKind, DailyCosts]:
    """Add up each day until ``now`` by kind, of subjects that cost more than ``least_usd`` on any day since.

    What has no user, model, agent or provider is in the total only.
    """
    found = _columns(
        snapshot,
        "large_daily_costs",
        days,
        filters,
        now,
        {"first": (since - days.first).days, "least_e6": round(least_usd * E6_PER_USD)},
        {},
    )
    return {kind: _costs_of(found, np.flatnonzero(found["kind"] == kind), days, 0) for kind in PART_KINDS}


def daily_costs_inside(
    snapshot: Snapshot, wanted: Sequence[Inside], filters: Filters, *, now: datetime
) -> tuple[DailyCosts, ...]:
    """Tell some daily costs apart: of users and providers by model, of all others by user.

    All days are in one zone.
    """
    if not wanted:
        return ()
    days = Days(
        wanted[0].days.zone,
        min(one.days.first for one in wanted),
        max(one.days.end for one in wanted),
    )
    offsets = [(one.days.first - days.first).days for one in wanted]
    frame = pd.DataFrame(
        {
            "number": range(len(wanted)),
            "kind": [one.kind for one in wanted],
            "subject": [one.subject or "" for one in wanted],
            "first_day": offsets,
            "last_day": [offset + len(one.days) - 1 for offset, one in zip(offsets, wanted, strict=True)],
        }
    )
    found = _columns(snapshot, "daily_costs_inside", days, filters, now, {}, {"wanted": frame})
    return tuple(
        _costs_of(found, np.flatnonzero(found["number"] == number), one.days, offset)
        for number, (one, offset) in enumerate(zip(wanted, offsets, strict=True))
    )


def _columns(
    snapshot: Snapshot,
    name: str,
    days: Days,
    filters: Filters,
    now: datetime,
    parameters: Mapping[str, object],
    frames: Mapping[str, pd.DataFrame],
) -> SqlColumns:
    edges = days.edges()
    time_range = TimeRange(edges[0], max(edges[0], min(edges[-1], now)))
    slots = {"slots": numbered_slots(edges)}
    return range_columns(snapshot, name, time_range, filters, parameters, frames={**slots, **frames})


def _costs_of(found: SqlColumns, rows: NDArray[np.intp], days: Days, offset: int) -> DailyCosts:
    """Lay some rows of an answer out by day; ``offset``: the number of the first day."""
    costs_e6 = np.zeros((len(rows), len(days)))
    if len(rows):
        counts = [len(found["days"][row]) for row in rows]
        columns = np.concatenate([found["days"][row] for row in rows]) - offset
        values = np.concatenate([found["costs_e6"][row] for row in rows])
        costs_e6[np.repeat(np.arange(len(rows)), counts), columns] = values
    keys: list[str | None] = found["subject"][rows].tolist()
    names: list[str | None] = found["name"][rows].tolist()
    subjects = (Subject(key, name or key or NONE) for key, name in zip(keys, names, strict=True))
    return DailyCosts(days, tuple(subjects), costs_e6 / E6_PER_USD)
