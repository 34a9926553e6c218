"""Reads alerts and scheduled reports from the definitions file."""

from __future__ import annotations

import re
from datetime import time
from typing import TYPE_CHECKING, Literal

from librechat_analytics.finops.definitions import AlertRules, Report, Schedule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from librechat_analytics.finops.toml_table import Table

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LAST_DAY_OF_EVERY_MONTH = 28
_ATTACHED: tuple[Literal["xlsx"], ...] = ("xlsx",)
_EVERY = re.compile(
    rf"(?:(?P<weekday>{'|'.join(WEEKDAYS)})|month \+(?P<day>[0-9]{{1,2}}))"
    r" (?P<hour>[01][0-9]|2[0-3]):(?P<minute>[0-5][0-9])",
    re.IGNORECASE,
)


def read_alerts(table: Table, receivers: Sequence[str]) -> AlertRules:
    """Read the table ``alerts``; raises RefusalError."""
    table.only("anomalies", "unpriced_model", "stale_sync", "runaway")
    return AlertRules(
        anomalies=table.receivers("anomalies", receivers),
        unpriced_model=table.receivers("unpriced_model", receivers),
        stale_sync=table.receivers("stale_sync", receivers),
        runaway=table.receivers("runaway", receivers),
    )


def read_report(table: Table, receivers: Sequence[str]) -> Report:
    """Read a table ``report``; raises RefusalError."""
    table.only("name", "every", "where", "to", "attach")
    return Report(
        name=table.name(),
        every=_schedule(table),
        where=table.filters("where"),
        to=table.receivers("to", receivers),
        attach=table.choice("attach", _ATTACHED) if "attach" in table.values else None,
    )


def _schedule(table: Table) -> Schedule:
    every = _EVERY.fullmatch(" ".join(table.text("every").split()))
    day = int(every["day"] or 1) if every else 0
    if every is None or not 1 <= day <= LAST_DAY_OF_EVERY_MONTH:
        raise table.refusal(
            "every",
            'every must be a weekday and a time such as "monday 08:00", or a day of the month from +1 to'
            ' +28 and a time such as "month +3 08:00".',
        )
    at = time(int(every["hour"]), int(every["minute"]))
    if every["weekday"]:
        return Schedule(at, weekday=WEEKDAYS.index(every["weekday"].lower()))
    return Schedule(at, day_of_month=day)
