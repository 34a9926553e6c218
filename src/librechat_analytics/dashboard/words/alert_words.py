"""Alerts and receivers in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from librechat_analytics.formatting import counted, one_line
from librechat_analytics.usage.period_words import day_in_words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from librechat_analytics.finops.alert_list import AlertRow, Delivery, ReceiverRow

NO_ALERTS = "Nothing has been noticed."
NO_OPEN = "There is nothing to look after."
NO_RECEIVERS = "The definitions file names no receiver, so nothing is sent."
KINDS = {"apprise": "chat or mail", "json": "program"}


def when(at: datetime | None, zone: ZoneInfo) -> str:
    """Write an instant to the minute."""
    if at is None:
        return ""
    local = at.astimezone(zone)
    return f"{day_in_words(local)}, {local:%H:%M}"


def in_short(alert: AlertRow, zone: ZoneInfo, *, is_told_who: bool) -> str:
    """Say since when an alert lasts, whether it is silenced or over, and who was told."""
    parts = [f"Since {when(alert.opened_at, zone)}"]
    if alert.resolved_at is not None:
        parts.append(f"over since {when(alert.resolved_at, zone)}")
    if alert.silenced_until is not None:
        parts.append(f"silenced until {when(alert.silenced_until, zone)}")
    if is_told_who:
        parts.append(f"sent to {sent_to(alert.deliveries, zone)}")
    return " \N{MIDDLE DOT} ".join(parts)


def sent_to(deliveries: Sequence[Delivery], zone: ZoneInfo) -> str:
    """Say who was sent an alert, and how it went."""
    latest = {each.receiver: each for each in deliveries}
    return "; ".join(_sent(each, zone) for each in latest.values()) or "nobody"


def _sent(delivery: Delivery, zone: ZoneInfo) -> str:
    name, answer = one_line(delivery.receiver), one_line(delivery.last_answer or "")
    if delivery.state == "sent":
        return name
    if delivery.state == "dropped":
        return f"{name} (not sent while silenced)"
    if delivery.state == "failed":
        return f"{name} ({': '.join(filter(None, ('given up', answer)))})"
    tried = f"{answer}; " if answer else ""
    return f"{name} ({tried}{'next' if answer else 'first'} try {when(delivery.next_try, zone)})"


def receiver(row: ReceiverRow) -> str:
    """Say what a receiver is and when it is told nothing."""
    quiet = f", quiet {row.quiet}" if row.quiet else ""
    names = "with names" if row.names else "without names"
    return f"{KINDS[row.kind]}, {names}{quiet}"


def last_attempt(row: ReceiverRow, zone: ZoneInfo) -> str:
    """Say what a receiver answered last, and when."""
    if row.last_attempt is None:
        return "Nothing was sent yet."
    answer = f": {one_line(row.last_answer)}" if row.last_answer else ""
    return f"{when(row.last_attempt, zone)}{answer}"


def more(count: int) -> str:
    """Say that the file has more alerts than the page."""
    return f"The CSV has {counted(count, 'alert')} more."
