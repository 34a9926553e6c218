"""The range whose buckets can be laid over a period's: the same weekdays, some whole weeks earlier."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from librechat_analytics.usage import wall_clock
from librechat_analytics.usage.periods import TimeRange
from librechat_analytics.usage.wall_clock import DAY

if TYPE_CHECKING:
    from datetime import datetime

    from librechat_analytics.usage.periods import BucketUnit, Period

WEEK = 7


def comparable_range(period: Period, unit: BucketUnit) -> TimeRange | None:
    """Return the range to draw over a period; None where the period is compared with nothing.

    Months are compared with those of the previous period. Shorter buckets are compared with the same
    weekdays: the number of weeks that is nearest to the distance of the previous period, and that does not
    reach into the period.
    """
    before = period.previous
    if before is None or unit == "month":
        return before
    start, end = (at.astimezone(period.zone).date() for at in (period.range.start, period.range.end))
    distance = (start - before.start.astimezone(period.zone).date()).days
    weeks = round(distance / WEEK)
    shifted = _weeks_earlier(period, weeks)
    if weeks == 0 or shifted.end > period.range.start:
        shifted = _weeks_earlier(period, -(-(end - start + DAY).days // WEEK))
    return shifted


def _weeks_earlier(period: Period, weeks: int) -> TimeRange:
    def earlier(at: datetime) -> datetime:
        day = at.astimezone(period.zone).date()
        return wall_clock.same_time(at, day - timedelta(weeks=weeks), period.zone)

    return TimeRange(earlier(period.range.start), earlier(period.range.end))
