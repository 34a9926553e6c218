"""What each day of a range cost, in all or by subject, as arrays for the computations of ``finops``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np

from librechat_analytics.usage.filters import NONE
from librechat_analytics.usage.over_time import by_bucket, numbered_slots
from librechat_analytics.usage.periods import TimeRange
from librechat_analytics.usage.rows import E6_PER_USD, range_columns
from librechat_analytics.usage.subject_costs import SUBJECTS
from librechat_analytics.usage.wall_clock import DAY, midnight

if TYPE_CHECKING:
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from numpy.typing import NDArray

    from librechat_analytics.store.interface import Snapshot
    from librechat_analytics.usage.filters import Filters

DailyBy = Literal["user", "model", "agent", "group", "provider", "cost_center"]
"""What daily costs can be told apart by."""


@dataclass(frozen=True, slots=True)
class Days:
    """The days of a zone from ``first`` to before ``end``."""

    zone: ZoneInfo
    first: date
    end: date

    def __len__(self) -> int:
        return max((self.end - self.first).days, 0)

    def dates(self) -> tuple[date, ...]:
        """Return every day."""
        return tuple(self.first + number * DAY for number in range(len(self)))

    def edges(self) -> list[datetime]:
        """Return the instants at which the days begin, and the one at which the last day ends."""
        return [midnight(self.first + number * DAY, self.zone) for number in range(len(self) + 1)]


@dataclass(frozen=True, slots=True)
class Subject:
    """A user, agent or group by id, or a model, provider or cost centre by name.

    ``key`` is None for usage without one; the agent that nothing shows has the key ``(unknown)``. ``label``:
    the name, else the e-mail address, else the key.
    """

    key: str | None
    label: str


ALL = Subject(None, "All")
"""The only subject of costs that are not told apart."""


@dataclass(frozen=True)
class DailyCosts:
    """What each day cost in US dollars: ``costs_usd`` has a row for each subject and a column for each day.

    ``subjects``: those with usage, highest cost first. A user counts in each of their groups; otherwise the
    rows add up to the whole.
    """

    days: Days
    subjects: tuple[Subject, ...]
    costs_usd: NDArray[np.float64]

    @cached_property
    def rows(self) -> dict[str | None, int]:
        """The row of each subject by its key."""
        return {subject.key: row for row, subject in enumerate(self.subjects)}


def daily_costs(
    snapshot: Snapshot, days: Days, by: DailyBy | None, filters: Filters, *, now: datetime
) -> DailyCosts:
    """Add up each day until ``now``; without ``by`` there is one row, even if nothing was used."""
    edges = days.edges()
    time_range = TimeRange(edges[0], max(edges[0], min(edges[-1], now)))
    frames = {"slots": numbered_slots(edges)}
    if by == "cost_center":
        # A query of its own, because all others are faster without cost centres.
        found = range_columns(snapshot, "daily_costs_of_cost_centers", time_range, filters, frames=frames)
    else:
        found = range_columns(
            snapshot,
            "daily_costs",
            time_range,
            filters,
            {"by": by or "all"},
            frames=frames,
            sources=(("known_subjects", SUBJECTS[by]),),
        )
    keys: list[str | None] = found["subject"].tolist()
    names: list[str | None] = found["name"].tolist()
    costs_e6 = by_bucket(found, len(days))
    if by is None and not keys:
        keys, names, costs_e6 = [None], [None], np.zeros((1, len(days)))
    subjects = (Subject(key, name or key or NONE) for key, name in zip(keys, names, strict=True))
    return DailyCosts(days, (ALL,) if by is None else tuple(subjects), costs_e6 / E6_PER_USD)
