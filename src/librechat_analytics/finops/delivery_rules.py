"""When deliveries are tried: first, again, and after quiet hours. Nothing here reads a clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from librechat_analytics.store.outbox_items import Outcome
from librechat_analytics.usage.wall_clock import DAY, instant_at, midnight

if TYPE_CHECKING:
    from datetime import time
    from zoneinfo import ZoneInfo

    from librechat_analytics.finops.definitions import Definitions
    from librechat_analytics.finops.messages import Answer
    from librechat_analytics.store.outbox_items import Delivery

GROUPED_FOR: Final = timedelta(seconds=60)
"""How long messages to people wait for others to join them."""

MOST_A_DAY: Final = 20
"""Messages to people of one receiver; then the rest waits for the next day."""

PAUSES: Final = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
)
"""How long to wait after each attempt; after the last of them, always as long."""

TRIED_FOR: Final = timedelta(days=3)
SHORTEST_PAUSE: Final = timedelta(seconds=1)
LONGEST_PAUSE: Final = timedelta(days=1)
"""The pauses that a receiver can want."""

MOST_WISHES: Final = 30
"""After so many attempts, a ``Retry-After`` only makes pauses longer."""

NEVER_QUIET: Final = ("runaway",)
"""The rules that are told in quiet hours too."""


def first_tries(definitions: Definitions, now: datetime) -> dict[str, datetime]:
    """Return when each receiver is first sent something that begins now: programs at once."""
    return {
        receiver.name: now if receiver.kind == "json" else now + GROUPED_FOR
        for receiver in definitions.receivers
    }


def outcome(delivery: Delivery, answer: Answer, now: datetime) -> Outcome:
    """Return how an attempt ended: sent, to be tried again, or given up.

    A ``Retry-After`` that is shorter than the usual pause is followed while attempts are few, and then up to
    once a minute for a while: many alerts at once may have to wait for each other in a queue of the receiver.
    """
    if answer.is_taken:
        return Outcome("sent", answer.text)
    pause = PAUSES[min(delivery.attempts, len(PAUSES) - 1)]
    is_new = delivery.attempts < len(PAUSES)
    if answer.retry_after is not None:
        wanted = min(max(answer.retry_after, SHORTEST_PAUSE), LONGEST_PAUSE)
        least = timedelta(0) if is_new else PAUSES[0] if delivery.attempts < MOST_WISHES else pause
        pause = max(wanted, least)
    next_try = now + pause
    if answer.is_final or (not is_new and next_try > delivery.queued_at + TRIED_FOR):
        return Outcome("failed", answer.text)
    return Outcome("waiting", answer.text, next_try)


def quiet_until(quiet: tuple[time, time] | None, now: datetime, zone: ZoneInfo) -> datetime | None:
    """Return when the quiet hours end that ``now`` is in; None outside of them."""
    if quiet is None or quiet[0] == quiet[1]:
        return None
    begins, ends = quiet
    local = now.astimezone(zone)
    at = local.time()
    is_quiet = begins <= at < ends if begins < ends else at >= begins or at < ends
    if not is_quiet:
        return None
    day = local.date() if at < ends else local.date() + DAY
    until = instant_at(datetime.combine(day, ends), zone)
    return until if until > now else None


def day_of(now: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return when the day of ``now`` began, and when the next one begins."""
    day = now.astimezone(zone).date()
    return midnight(day, zone), midnight(day + DAY, zone)
