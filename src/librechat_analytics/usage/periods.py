"""Ranges of time as people name them, the range before, and calendar buckets (INTERFACE, being filled in)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

BucketUnit = Literal["hour", "day", "week", "month"]


class BadParameterError(ValueError):
    """A parameter that cannot be read; says which one and what to do."""

    def __init__(self, parameter: str, message: str) -> None:
        super().__init__(message)
        self.parameter = parameter


@dataclass(frozen=True, slots=True)
class TimeRange:
    """A half-open range of instants in UTC."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Period:
    """A named range in a zone, with the range that it is compared with (None for ``all``)."""

    name: str
    range: TimeRange
    previous: TimeRange | None
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Bucket:
    """One calendar step of a timeline, in the zone; partial where the period or the present cuts it."""

    start: datetime
    end: datetime
    partial: bool


def parse_zone(name: str) -> ZoneInfo: ...
def parse_period(
    name: str, start: str | None, end: str | None, zone: ZoneInfo, *, now: datetime, first_usage: datetime | None
) -> Period: ...
def default_bucket(time_range: TimeRange) -> BucketUnit: ...
def buckets(period: Period, unit: BucketUnit, *, now: datetime) -> list[Bucket]: ...
