"""What the outbox holds: alerts, reports by schedule, and what their receivers are sent."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

Occasion = Literal["opened", "resolved"]
DeliveryState = Literal["waiting", "sent", "failed", "dropped"]
AlertState = Literal["open", "silenced", "resolved"]

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

REPORT = "report"
"""The rule of reports by schedule, which are no alerts."""

DIGITS_OF_AN_ID = 32


@dataclass(frozen=True, slots=True)
class Identity:
    """What tells an item from others: there is one row for each.

    ``subject``: such as a budget's name; it and the facts never hold a person's name. ``period``: what makes
    it another item, such as a month. ``level``: per cent of a budget.
    """

    rule: str
    subject: str
    period: str
    level: int | None = None

    @property
    def id(self) -> str:
        """The same for equal identities, also in another store."""
        text = "\x1f".join((self.rule, self.subject, self.period, str(self.level or "")))
        return hashlib.sha256(text.encode()).hexdigest()[:DIGITS_OF_AN_ID]


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that is so now, with the names of the receivers that are told.

    ``opens``: it is told if it was not noticed before; otherwise it only keeps an open alert open.
    """

    identity: Identity
    facts: Mapping[str, Json] = field(default_factory=dict)
    receivers: tuple[str, ...] = ()
    opens: bool = True


@dataclass(frozen=True, slots=True)
class Written:
    """How many alerts an evaluation opened, and how many were over."""

    opened: int
    resolved: int


@dataclass(frozen=True, slots=True)
class Alert:
    """A row of the outbox. ``resolved_at``: None while it lasts; times are aware, in UTC."""

    id: str
    rule: str
    subject: str
    period: str
    level: int | None
    opened_at: datetime
    resolved_at: datetime | None
    facts: Mapping[str, Json]
    silenced_until: datetime | None = None

    @property
    def state(self) -> AlertState:
        """Whether it lasts, and whether nothing is sent about it."""
        if self.resolved_at is not None:
            return "resolved"
        return "open" if self.silenced_until is None else "silenced"


@dataclass(frozen=True, slots=True)
class Delivery:
    """What one receiver is sent about one alert; ``next_try`` is None unless it waits."""

    alert_id: str
    receiver: str
    occasion: Occasion
    state: DeliveryState
    queued_at: datetime
    next_try: datetime | None
    attempts: int
    tried_at: datetime | None
    last_answer: str | None


@dataclass(frozen=True, slots=True)
class Due:
    """A delivery to try now, with its alert."""

    alert: Alert
    delivery: Delivery


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt ended: the new state, and the next try while it still waits."""

    state: DeliveryState
    answer: str
    next_try: datetime | None = None


@dataclass(frozen=True, slots=True)
class LastAttempt:
    """How the last attempt to send a receiver something ended."""

    receiver: str
    state: DeliveryState
    at: datetime
    answer: str | None


@dataclass(frozen=True, slots=True)
class Silence:
    """Until when nothing is sent about a subject, and why."""

    until: datetime
    reason: str
    by: str
