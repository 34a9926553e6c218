"""Alerts, receivers and definitions built by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from librechat_analytics.finops.definitions import Receiver
from librechat_analytics.store.outbox_items import Alert, Delivery, Due, Identity
from tests.finops.budget_worlds import definitions

if TYPE_CHECKING:
    from datetime import time

    from librechat_analytics.finops.definitions import Definitions
    from librechat_analytics.store.outbox_items import Json, Occasion

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
USER = "66b0c1d2e3f4a5b6c7d8e9f0"

PERIOD: dict[str, Json] = {
    "name": "this-month",
    "start": "2026-10-31T23:00:00Z",
    "end": "2026-11-30T23:00:00Z",
    "timezone": "Europe/Berlin",
}
FORECAST: dict[str, Json] = {"expected": 2790.4, "low": 2550, "high": 3010.5, "level": 0.8}


def person(name: str = "finance", quiet: tuple[time, time] | None = None) -> Receiver:
    return Receiver(name, "apprise", "slack://a/b/c", quiet=quiet)


def program(name: str = "ops") -> Receiver:
    return Receiver(name, "json", "https://ops.example.com/hook", "secret")


def told(*receivers: Receiver) -> Definitions:
    """Definitions with these receivers."""
    return replace(definitions(), receivers=receivers)


def budget_facts(**changed: Json) -> dict[str, Json]:
    facts: dict[str, Json] = {
        "budget": "Sales AI",
        "each": None,
        "key": None,
        "percent": 80,
        "period": PERIOD,
        "available": 2500.0,
        "actual": 2012.5,
        "forecast": FORECAST,
    }
    return facts | changed


def alert(
    rule: str, facts: dict[str, Json], *, subject: str = "x", resolved_after: timedelta | None = None
) -> Alert:
    return Alert(
        id=Identity(rule, subject, "").id,
        rule=rule,
        subject=subject,
        period="",
        level=None,
        opened_at=NOW,
        resolved_at=None if resolved_after is None else NOW + resolved_after,
        facts=facts,
    )


def delivery(attempts: int = 0, *, queued_at: datetime = NOW, occasion: Occasion = "opened") -> Delivery:
    return Delivery("1", "ops", occasion, "waiting", queued_at, queued_at, attempts, None, None)


def due(told_of: Alert, occasion: Occasion = "opened") -> Due:
    return Due(told_of, replace(delivery(occasion=occasion), alert_id=told_of.id))
