"""The buckets of a period: their names, their bounds, and the few that an axis names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from librechat_analytics.formatting import MONTHS, SHORT_MONTHS, SHORT_WEEKDAYS
from librechat_analytics.usage.timeline_answers import Caching

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from librechat_analytics.usage.periods import BucketUnit
    from librechat_analytics.usage.timeline_answers import Rates, Timeline

MOST_TICKS = 6
# Steps that land on hours people look for.
HOUR_STEPS = (1, 2, 3, 4, 6, 12, 24)


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """The buckets of an answer over time; no two ``labels`` are the same.

    ``partial``: the period or the present cuts the bucket off.
    """

    unit: BucketUnit
    starts: tuple[datetime, ...]
    ends: tuple[datetime, ...]
    partial: tuple[bool, ...]
    labels: tuple[str, ...]

    @classmethod
    def of(cls, answer: Timeline | Caching | Rates) -> TimeAxis:
        """Read the buckets of an answer; those of caches do not say which of them are partial."""
        starts = tuple(point.start for point in answer.points)
        ends = tuple(point.end for point in answer.points)
        if isinstance(answer, Caching):
            partial = (False,) * len(starts)
        else:
            partial = tuple(point.partial for point in answer.points)
        return cls(answer.unit, starts, ends, partial, tuple(bucket_labels(starts, partial, answer.unit)))

    def bounds(self) -> list[tuple[str, str]]:
        """Give each bucket as the ``start`` and ``end`` of a period, in days unless buckets are hours."""
        return bucket_bounds(self.starts, self.ends, self.unit)

    def ticks(self) -> tuple[list[int], list[str]]:
        """Give the indexes of the buckets that the axis names, and their names."""
        return axis_ticks(self.starts, self.unit)


def bucket_bounds(
    starts: Sequence[datetime], ends: Sequence[datetime], unit: BucketUnit
) -> list[tuple[str, str]]:
    """Give each bucket as the ``start`` and ``end`` of a period, in days unless buckets are hours."""
    if unit == "hour":
        return [
            (start.isoformat(timespec="minutes"), end.isoformat(timespec="minutes"))
            for start, end in zip(starts, ends, strict=True)
        ]
    return [
        (start.date().isoformat(), (end - timedelta(microseconds=1)).date().isoformat())
        for start, end in zip(starts, ends, strict=True)
    ]


def bucket_labels(starts: Sequence[datetime], partial: Sequence[bool], unit: BucketUnit) -> list[str]:
    """Name each bucket so that no two names are the same; partial ones end with "in part"."""
    words = [_words(start, unit) for start in starts]
    labels = []
    for index, (start, text) in enumerate(zip(starts, words, strict=True)):
        # In the night that ends summer time one hour comes twice.
        twice = text in (
            words[index - 1] if index else None,
            words[index + 1] if index + 1 < len(words) else None,
        )
        name = f"{text} {start.tzname()}" if twice else text
        labels.append(f"{name}, in part" if partial[index] else name)
    return labels


def _words(start: datetime, unit: BucketUnit) -> str:
    if unit == "hour":
        return f"{SHORT_WEEKDAYS[start.weekday()]} {_day(start)}, {start:%H:%M}"
    if unit == "day":
        return f"{SHORT_WEEKDAYS[start.weekday()]} {_day(start)} {start.year}"
    if unit == "week":
        return f"Week from {_day(start)} {start.year}"
    return f"{MONTHS[start.month - 1]} {start.year}"


def _day(start: datetime) -> str:
    return f"{start.day} {SHORT_MONTHS[start.month - 1]}"


def axis_ticks(starts: Sequence[datetime], unit: BucketUnit) -> tuple[list[int], list[str]]:
    """Choose about six buckets that the axis names, on round times: their indexes and their names."""
    count = len(starts)
    if unit == "hour":
        step = next((step for step in HOUR_STEPS if count <= step * MOST_TICKS), HOUR_STEPS[-1])
        chosen = [index for index, start in enumerate(starts) if start.hour % step == 0]
    elif unit == "day" and count <= MOST_TICKS + 2:
        chosen = list(range(count))
    elif unit == "day":
        mondays = [index for index, start in enumerate(starts) if start.weekday() == 0]
        chosen = mondays[:: -(-len(mondays) // MOST_TICKS)]
    else:
        # Their names are longer, because they include the year.
        chosen = list(range(0, count, max(1, -(-count // (MOST_TICKS - 1)))))
    texts = []
    last: datetime | None = None
    for index in chosen:
        texts.append(_tick(starts[index], last, unit, is_each=len(chosen) == count))
        last = starts[index]
    return chosen, texts


def _tick(start: datetime, last: datetime | None, unit: BucketUnit, *, is_each: bool) -> str:
    if unit == "hour":
        clock = f"{start:%H:%M}"
        return clock if last and last.date() == start.date() else f"{clock}<br>{_day(start)}"
    if unit == "day" and is_each:
        is_new = last is None or last.month != start.month
        return f"{SHORT_WEEKDAYS[start.weekday()]}<br>{_day(start) if is_new else start.day}"
    if unit == "month":
        month = SHORT_MONTHS[start.month - 1]
        return month if last and last.year == start.year else f"{month}<br>{start.year}"
    return _day(start) if last is None or last.year == start.year else f"{_day(start)}<br>{start.year}"
