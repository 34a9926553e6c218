"""Answers bucket by bucket of time, and by the hour of the week.

Money is in US dollars: a float that was an exact integer until its last division. Tokens and counts are
integers of any size. A share is 0 to 1. None means unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from librechat_analytics.usage.periods import BucketUnit


@dataclass(frozen=True, slots=True)
class TimelinePoint:
    """The figures of one bucket.

    ``start`` and ``end`` are aware, in the period's zone. ``partial``: the period or the present cuts the
    bucket off. ``active_users`` and ``conversations`` are None where they were not counted. ``parts``: the
    cost of each part of a split timeline in US dollars, by key; ``others_usd``: of all other parts together.
    """

    start: datetime
    end: datetime
    partial: bool
    cost_usd: float
    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    calls: int
    active_users: int | None = None
    conversations: int | None = None
    parts: Mapping[str, float] | None = None
    others_usd: float | None = None


@dataclass(frozen=True, slots=True)
class SplitPart:
    """A part of a split timeline and its cost in the whole period.

    ``key``: a model's or provider's name, the id of a user, an agent or a group, ``(none)`` or ``(unknown)``.
    """

    key: str
    name: str | None
    email: str | None
    deleted: bool
    cost_usd: float

    @property
    def label(self) -> str:
        """Return its name, else its e-mail address, else its key."""
        return self.name or self.email or self.key


@dataclass(frozen=True, slots=True)
class Timeline:
    """A period's figures bucket by bucket, empty buckets included; ``legend``: the parts, if it is split."""

    unit: BucketUnit
    points: tuple[TimelinePoint, ...]
    legend: tuple[SplitPart, ...] | None = None


@dataclass(frozen=True, slots=True)
class SplitRow:
    """What one part of a split timeline spent in one bucket.

    ``part``: the key of a part, None for all other parts together. ``bucket``: the position in
    ``Split.starts``.
    """

    part: str | None
    bucket: int
    cost_usd: float
    tokens: int
    calls: int


@dataclass(frozen=True, slots=True)
class Split:
    """A timeline split into its top parts, highest cost first, and the rest; empty buckets are left out.

    In a timeline split by group, a user counts in each of their groups.
    """

    unit: BucketUnit
    starts: tuple[datetime, ...]
    rows: tuple[SplitRow, ...]
    legend: tuple[SplitPart, ...]


@dataclass(frozen=True, slots=True)
class HourRow:
    """The usage of one hour of the week in the period's zone.

    ``weekday`` is 0 (Monday) to 6, ``hour`` is 0 to 23.
    """

    weekday: int
    hour: int
    cost_usd: float
    tokens: int
    calls: int


@dataclass(frozen=True, slots=True)
class HoursOfWeek:
    """Usage by weekday and hour of day: all 168 hours of a week, empty ones as zeros."""

    rows: tuple[HourRow, ...]


@dataclass(frozen=True, slots=True)
class CachingPoint:
    """What prompt caches did in one bucket.

    ``hit_rate`` is 0 to 1, None without prompts. ``saved_usd`` is estimated against the rate of prompts of
    that model and size without a cache. ``unknown_rates`` counts long prompts for which that is the rate of
    short ones, since nothing shows their own.
    """

    start: datetime
    end: datetime
    prompt_tokens: int
    cache_read_tokens: int
    cache_write_tokens: int
    hit_rate: float | None
    saved_usd: float
    unknown_rates: int


@dataclass(frozen=True, slots=True)
class Caching:
    """What prompt caches did, bucket by bucket."""

    unit: BucketUnit
    points: tuple[CachingPoint, ...]


@dataclass(frozen=True, slots=True)
class RatesPoint:
    """What a million tokens really cost in one bucket, caches included; None without tokens."""

    start: datetime
    end: datetime
    partial: bool
    prompt_rate: float | None
    completion_rate: float | None


@dataclass(frozen=True, slots=True)
class Rates:
    """What a million tokens really cost, bucket by bucket."""

    unit: BucketUnit
    points: tuple[RatesPoint, ...]
