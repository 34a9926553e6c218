"""What users, models, agents and groups cost in ranges of time, and when their costs reached limits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from librechat_analytics.usage.periods import TimeRange
from librechat_analytics.usage.rows import range_rows
from librechat_analytics.usage.wall_clock import EPOCH, SLOT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from librechat_analytics.store.interface import Snapshot
    from librechat_analytics.usage.filters import Filters

SubjectBy = Literal["user", "model", "agent", "group", "cost_center"]
"""What costs can be told apart by."""

SUBJECTS: Mapping[str | None, str] = {
    None: "no_subjects",
    "user": "users_as_subjects",
    "model": "models_as_subjects",
    "agent": "agents_as_subjects",
    "provider": "providers_as_subjects",
    "group": "groups_as_subjects",
    "cost_center": "centers_as_subjects",
}
"""The relation with the names of what costs are told apart by."""

Edges = tuple[datetime, ...]
"""Where ranges of time begin and end that follow each other, ascending.

All but the last are the beginnings of days in some zone.
"""


@dataclass(frozen=True, slots=True)
class SubjectCosts:
    """What one subject cost in each range, in millionths of a credit; without subjects, all usage.

    ``used``: the numbers of the ranges in which it has usage, though that may cost nothing.
    """

    key: str | None
    label: str | None
    costs_e6: tuple[int, ...]
    used: frozenset[int]

    @property
    def in_last(self) -> bool:
        """It has usage in the last range."""
        return len(self.costs_e6) - 1 in self.used

    def added_up(self, starts: Sequence[int]) -> SubjectCosts:
        """Return the costs of longer ranges, which begin with the ranges of these ascending numbers."""
        longer = [range(*pair) for pair in pairwise((*starts, len(self.costs_e6)))]
        return SubjectCosts(
            self.key,
            self.label,
            tuple(sum(self.costs_e6[each.start : each.stop]) for each in longer),
            frozenset(number for number, each in enumerate(longer) if not self.used.isdisjoint(each)),
        )


@dataclass(frozen=True, slots=True)
class Limit:
    """A cost that a subject may reach within one range, by the range's number; in millionths of a credit."""

    key: str | None
    number: int
    cost_e6: int


def subject_costs(
    snapshot: Snapshot, edges: Edges, by: SubjectBy | None, filters: Filters
) -> tuple[SubjectCosts, ...]:
    """Return what each subject with usage cost in each range.

    Usage without a subject is left out. Without ``by`` there is always one entry.
    """
    count = len(edges) - 1
    rows = range_rows(
        snapshot,
        "subject_costs",
        TimeRange(edges[0], edges[-1]),
        filters,
        {"by": by or "all"},
        frames={"slots": _slots(edges)},
        sources=(("known_subjects", SUBJECTS[by]),),
        by_center=by == "cost_center",
    )
    if by is None and not rows:
        return (SubjectCosts(None, None, (0,) * count, frozenset()),)
    found = []
    for row in rows:
        costs_e6 = [0] * count
        for number, cost_e6 in zip(row["buckets"], row["costs_e6"], strict=True):
            costs_e6[number] = cost_e6
        key, label = (None, None) if by is None else (row["subject"], row["label"])
        found.append(SubjectCosts(key, label, tuple(costs_e6), frozenset(row["buckets"])))
    return tuple(found)


def crossings(
    snapshot: Snapshot, edges: Edges, by: SubjectBy | None, limits: tuple[Limit, ...], filters: Filters
) -> tuple[datetime | None, ...]:
    """Return for each limit the date of the row with which the cost reached it; None where it did not."""
    if not limits:
        return ()
    frame = pd.DataFrame(
        {
            "number": np.arange(len(limits), dtype="int32"),
            "subject": [limit.key or "" for limit in limits],
            "bucket": np.array([limit.number for limit in limits], dtype="int32"),
            "limit_e6": [str(limit.cost_e6) for limit in limits],
        }
    )
    rows = range_rows(
        snapshot,
        "crossings",
        TimeRange(edges[0], edges[-1]),
        filters,
        {"by": by or "all"},
        frames={"slots": _slots(edges), "limits": frame},
        sources=(("known_subjects", SUBJECTS[by]),),
        by_center=by == "cost_center",
    )
    found = {row["number"]: row["crossed_at"] for row in rows}
    return tuple(found.get(number) for number in range(len(limits)))


def _slots(edges: Edges) -> pd.DataFrame:
    """Return the slots of the ranges, each with the number of its range; the last one may be cut off."""
    slots = [(edge.astimezone(UTC) - EPOCH) // SLOT for edge in edges[:-1]]
    slots.append(-((EPOCH - edges[-1]) // SLOT))
    return pd.DataFrame(
        {
            "slot": np.arange(slots[0], slots[-1], dtype="int32"),
            "bucket": np.repeat(np.arange(len(slots) - 1, dtype="int32"), np.diff(slots)),
        }
    )
