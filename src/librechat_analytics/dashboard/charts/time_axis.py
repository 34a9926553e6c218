"""Buckets in words, and the few of them that an axis names."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from librechat_analytics.usage.periods import BucketUnit

MOST_TICKS = 6
# Not from strftime, which follows the locale of the machine.
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
# Steps that land on hours people look for.
HOUR_STEPS = (1, 2, 3, 4, 6, 12, 24)


def bucket_bounds(
    starts: Sequence[datetime], ends: Sequence[datetime], unit: BucketUnit
) -> list[tuple[str, str]]:
    """Give each bucket as the ``start`` and ``end`` of a period of its own: days where it is made of them."""
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
    """Name each bucket so that no two are alike; those that the period or the present cuts say so."""
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
        return f"{WEEKDAYS[start.weekday()]} {_day(start)}, {start:%H:%M}"
    if unit == "day":
        return f"{WEEKDAYS[start.weekday()]} {_day(start)} {start.year}"
    if unit == "week":
        return f"Week from {_day(start)} {start.year}"
    return f"{MONTHS[start.month - 1]} {start.year}"


def _day(start: datetime) -> str:
    return f"{start.day} {MONTHS[start.month - 1][:3]}"


def axis_ticks(starts: Sequence[datetime], unit: BucketUnit) -> tuple[list[int], list[str]]:
    """Which buckets the axis names (their indices), and how: at most about six, on round places."""
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
        # Their names are longer, since the year comes with them.
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
        return f"{WEEKDAYS[start.weekday()]}<br>{_day(start) if is_new else start.day}"
    if unit == "month":
        month = MONTHS[start.month - 1][:3]
        return month if last and last.year == start.year else f"{month}<br>{start.year}"
    return _day(start) if last is None or last.year == start.year else f"{_day(start)}<br>{start.year}"
