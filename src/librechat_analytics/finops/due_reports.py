"""Which reports are due and not in the outbox yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from librechat_analytics.finops.schedule import covered, due_between, last_due
from librechat_analytics.store.outbox_items import REPORT, Condition, Identity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from librechat_analytics.finops.definitions import Definitions, Report
    from librechat_analytics.store.outbox_items import Alert, Json

LATEST: Final = timedelta(hours=24)
"""A report that the program could not send for so long is skipped, and the next one says so."""


@dataclass(frozen=True, slots=True)
class DueReport:
    """What the outbox holds of a report: its name, the day it was due, and the days skipped before it."""

    name: str
    day: date
    skipped: tuple[date, ...]


def due_reports(definitions: Definitions, sent: Iterable[Alert], now: datetime) -> Iterator[Condition]:
    """Yield the reports to add to the outbox; ``sent`` are those that it holds.

    Each is due once, also after a restart and when the clock is set back.
    """
    days: dict[str, list[date]] = {}
    for item in sent:
        days.setdefault(item.subject, []).append(date.fromisoformat(item.period))
    for report in definitions.reports:
        condition = _condition(report, days.get(report.name, []), definitions.zone, now)
        if condition is not None:
            yield condition


def _condition(report: Report, sent: list[date], zone: ZoneInfo, now: datetime) -> Condition | None:
    due = last_due(report.every, zone, now)
    newest = max(sent, default=None)
    if now - due.at >= LATEST or (newest is not None and newest >= due.day):
        return None
    skipped = () if newest is None else due_between(report.every, newest, due.day)
    first, last = covered(report.every, due.day, zone).range.days(zone)
    facts: dict[str, Json] = {
        "start": first.isoformat(),
        "end": last.isoformat(),
        "timezone": zone.key,
        "where": {name: list(values) for name, values in report.where.given().items()},
        "skipped": [day.isoformat() for day in skipped],
    }
    return Condition(Identity(REPORT, report.name, due.day.isoformat()), facts, report.to)


def read_due_report(item: Alert) -> DueReport:
    """Read what the outbox holds of a report."""
    skipped = item.facts.get("skipped")
    days = skipped if isinstance(skipped, list) else []
    return DueReport(
        item.subject, date.fromisoformat(item.period), tuple(date.fromisoformat(str(day)) for day in days)
    )
