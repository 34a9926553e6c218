"""When the imaginary company used which release of LibreChat, and its calendar."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar
from zoneinfo import ZoneInfo

from librechat_analytics.librechat.documents import EARLIEST, LATEST

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

Release = tuple[int, int, int]
T = TypeVar("T")

SPAN_DAYS = 426
"""How many days before ``until`` the company began to use LibreChat."""

EARLIEST_UNTIL = EARLIEST + timedelta(days=SPAN_DAYS + 1)
LATEST_UNTIL = LATEST
"""A sample that ends between these dates has no row that is refused for its date."""

MESSAGE_ID_DAYS = 244
"""How many days before ``until`` LibreChat began to store ``messageId`` on transactions (v0.8.3)."""

RELEASES: tuple[tuple[int, Release], ...] = (
    (SPAN_DAYS + 1, (0, 8, 0)),
    (304, (0, 8, 2)),
    (MESSAGE_ID_DAYS, (0, 8, 3)),
    (170, (0, 8, 5)),
    (105, (0, 8, 7)),
)
"""The releases, oldest first; each began to run that many days before ``until``."""

DAY_MS = 86_400_000
COMPANY_TIMEZONE = ZoneInfo("Europe/Berlin")


def newest(history: Sequence[tuple[int, T]], days_left: int) -> T:
    """Return the last entry of a history, oldest first, that began by ``days_left`` days before the end."""
    found = history[0][1]
    for since, entry in history:
        if since < days_left:
            break
        found = entry
    return found


def moment(milliseconds: int) -> datetime:
    """Return the instant of a number of milliseconds since 1970."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def midnight_ms(day: date) -> int:
    """Return when a day of the company begins, in milliseconds since 1970."""
    return int(datetime(day.year, day.month, day.day, tzinfo=COMPANY_TIMEZONE).timestamp() * 1000)
