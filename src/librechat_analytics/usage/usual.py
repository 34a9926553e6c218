"""What an hour or a day usually costs: what the same weekday and hours cost in the last eight weeks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, timedelta
from statistics import median
from typing import TYPE_CHECKING, Literal

import numpy as np

from librechat_analytics.usage import wall_clock
from librechat_analytics.usage.periods import TimeRange
from librechat_analytics.usage.rows import range_rows, usd
from librechat_analytics.usage.wall_clock import EPOCH, SLOT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from librechat_analytics.store.interface import Snapshot
    from librechat_analytics.usage.filters import Filters
    from librechat_analytics.usage.periods import Bucket, Period

WEEKS = 8
"""How many earlier weeks say what is usual."""

NOTABLE = 2.0
"""A cost this many times the usual, or the usual this many times the cost, can be worth a mark."""

NOTABLE_SHARE_OF_MONTH = 0.02
"""A mark needs a difference of this part of what thirty days cost, so that small sums get none."""

DAYS_OF_MONTH = 30
LAST_HOURS = 50
LAST_DAYS = 14
LONGEST_HOUR, LONGEST_DAY = timedelta(minutes=90), timedelta(hours=25)
"""In the nights in which clocks change; Lord Howe's has hours of a half and of one and a half."""

Deviation = Literal["above", "below"]


@dataclass(frozen=True, slots=True)
class Usual:
    """What the same hours cost in each of the last eight weeks, in US dollars.

    ``low_usd`` to ``high_usd``: six of the eight weeks. ``middle_usd``: half of them cost less.
    ``notable_usd``: a smaller difference is not worth a mark.
    """

    least_usd: float
    low_usd: float
    middle_usd: float
    high_usd: float
    most_usd: float
    notable_usd: float

    def deviation(self, cost_usd: float) -> Deviation | None:
        """Say whether a cost is far above or below all eight weeks; None where it is not."""
        if cost_usd > self.most_usd and cost_usd >= NOTABLE * self.middle_usd:
            return "above" if cost_usd - self.high_usd > self.notable_usd else None
        if cost_usd < self.least_usd and NOTABLE * cost_usd <= self.middle_usd:
            return "below" if self.low_usd - cost_usd > self.notable_usd else None
        return None


class Spending:
    """The cost of each slot of a range; a part of a slot counts in proportion."""

    def __init__(self, costs_usd: Mapping[int, float], time_range: TimeRange) -> None:
        """Take the cost of each slot with usage, in US dollars; ``time_range``: what the slots are about."""
        self._first = (time_range.start - EPOCH) // SLOT
        count = -((EPOCH - time_range.end) // SLOT) - self._first
        costs = np.zeros(count + 1)
        for slot, cost_usd in costs_usd.items():
            costs[slot - self._first + 1] = cost_usd
        self._until = np.cumsum(costs)
        self._edges = np.arange(count + 1, dtype="float64")

    def between(self, start: datetime, end: datetime) -> float:
        """Return the cost of a range within the slots' range, in US dollars."""
        return self._before(end) - self._before(start)

    def _before(self, at: datetime) -> float:
        slots = (at - EPOCH) / SLOT - self._first
        return float(np.interp(slots, self._edges, self._until))


def usual(spending: Spending, time_range: TimeRange, zone: ZoneInfo) -> Usual | None:
    """Return what a range usually costs; None where usage began less than eight weeks before it.

    The range is at most a day. The wall clock decides what is the same hour in another week.
    """

    def earlier(weeks: int) -> float:
        start, end = (_weeks_earlier(at, weeks, zone) for at in (time_range.start, time_range.end))
        return spending.between(start, end)

    first, second = (_weeks_earlier(time_range.start, weeks, zone) for weeks in (WEEKS, WEEKS - 1))
    if spending.between(first, second) <= 0:
        return None
    costs = sorted(earlier(weeks) for weeks in range(1, WEEKS + 1))
    month_usd = spending.between(first, time_range.start) * DAYS_OF_MONTH / (WEEKS * 7)
    return Usual(costs[0], costs[1], median(costs), costs[-2], costs[-1], NOTABLE_SHARE_OF_MONTH * month_usd)


def usual_costs(
    snapshot: Snapshot, period: Period, buckets: Sequence[Bucket], until: datetime, filters: Filters
) -> tuple[Usual | None, ...]:
    """Return what each bucket of a period usually costs; None where that cannot be known.

    Of the bucket that is not over, only what is before ``until`` counts: the figures reach no further.
    That is so for all but the last buckets, for weeks and months, and where the history is too short.
    """
    end = min(period.range.end, until)
    are_hours = all(
        bucket.end.astimezone(UTC) - bucket.start.astimezone(UTC) <= LONGEST_HOUR for bucket in buckets
    )
    last = buckets[-(LAST_HOURS if are_hours else LAST_DAYS) :]
    ranges = [_seen(bucket, period.range.start, end) for bucket in last]
    known = [one for one in ranges if one is not None]
    unknown: tuple[None, ...] = (None,) * (len(buckets) - len(ranges))
    if not known:
        return (*unknown, *(None for _ in ranges))
    # A slot more on each side, so that each slot that counts is there as a whole.
    history = TimeRange(_weeks_earlier(known[0].start, WEEKS, period.zone) - SLOT, known[-1].end + SLOT)
    rows = range_rows(snapshot, "spent_by_slot", history, filters)
    spending = Spending({row["slot"]: usd(row["cost_e6"]) for row in rows}, history)
    found = (None if one is None else usual(spending, one, period.zone) for one in ranges)
    return (*unknown, *found)


def _seen(bucket: Bucket, start: datetime, end: datetime) -> TimeRange | None:
    """Return the part of an hour or a day that a period shows by now."""
    first, last = bucket.start.astimezone(UTC), bucket.end.astimezone(UTC)
    if last - first > LONGEST_DAY or max(first, start) >= min(last, end):
        return None
    return TimeRange(max(first, start), min(last, end))


def _weeks_earlier(at: datetime, weeks: int, zone: ZoneInfo) -> datetime:
    day = at.astimezone(zone).date() - timedelta(weeks=weeks)
    return wall_clock.same_time(at, day, zone)
