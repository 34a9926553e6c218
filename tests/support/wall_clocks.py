"""Periods with a fixed now, by the wall clocks of zones."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from librechat_analytics.usage.periods import (
    BadPeriodError,
    BucketUnit,
    Compare,
    Period,
    TimeRange,
    buckets,
    parse_period,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
UTC_ZONE = ZoneInfo("UTC")

AWKWARD_ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/St_Johns",
    "America/Sao_Paulo",
    "America/Havana",
    "America/Caracas",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Asia/Beirut",
    "Asia/Gaza",
    "Asia/Pyongyang",
    "Asia/Colombo",
    "Africa/Casablanca",
    "Antarctica/Casey",
    "Antarctica/Troll",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Pacific/Chatham",
    "Pacific/Kiritimati",
]


@contextmanager
def refusals() -> Iterator[list[BadPeriodError]]:
    """Collect the refusal of the block, if there is one, and let every other exception through."""
    refused: list[BadPeriodError] = []
    try:
        yield refused
    except BadPeriodError as error:
        refused.append(error)


def instant(text: str) -> datetime:
    """Read an instant of a table; without an offset it is UTC."""
    read = datetime.fromisoformat(text)
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)


def local(time_range: TimeRange | None, zone: ZoneInfo) -> tuple[str, str]:
    assert time_range is not None
    start, end = (f"{edge.astimezone(zone):%Y-%m-%d %H:%M}" for edge in (time_range.start, time_range.end))
    return start, end


def named(name: str, zone: ZoneInfo, now: str) -> Period:
    return parse_period(name, None, None, zone, now=instant(now), first_usage=None)


def custom(
    start: str | None, end: str | None, zone: ZoneInfo = UTC_ZONE, compare: Compare = "previous"
) -> Period:
    now = instant("2026-11-24T15:00:00")
    return parse_period("custom", start, end, zone, now=now, first_usage=None, compare=compare)


def bucket_texts(start: str, end: str, zone: str, unit: BucketUnit) -> list[str]:
    """Return the boundaries of a finished range's buckets, as the API writes them."""
    period = custom(start, end, ZoneInfo(zone))
    found = buckets(period, unit, now=instant("2099-01-01"))
    return [found[0].start.isoformat(), *(bucket.end.isoformat() for bucket in found)]
