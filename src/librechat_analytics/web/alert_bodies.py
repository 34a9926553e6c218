"""The API's answers about alerts and their receivers, and what its verbs take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import AwareDatetime, Field

from librechat_analytics.finops.alert_list import DeliveryState
from librechat_analytics.finops.alert_rules import Rule
from librechat_analytics.finops.definitions import ReceiverKind
from librechat_analytics.web.answer_bodies import Answer
from librechat_analytics.web.body import Body, Count, Instant
from librechat_analytics.web.verbs import Given, Nothing, Verb

if TYPE_CHECKING:
    from librechat_analytics.usage.periods import Period


class DeliveryEntry(Body):
    """What one receiver was sent about an alert; of some alerts a second one says that it is over."""

    receiver: str
    state: DeliveryState
    """`waiting`: it is tried at `nextTry`. `failed`: it was given up. `dropped`: the alert was silenced \
until it was over."""
    attempts: Count
    next_try: Instant | None
    last_answer: str | None
    """What the receiver answered to the last attempt, or why there was no answer."""


class AlertEntry(Body):
    """Something that was noticed, once for each rule, subject, period and level."""

    id: str
    """Also the id that a `json` receiver gets."""
    rule: Rule
    subject: str
    """A budget's name, with `/` and the key of a budget for each user and so on; else what it is about."""
    level: int | None
    """Per cent of a budget; null for other rules."""
    opened_at: Instant
    resolved_at: Instant | None
    """null while it lasts."""
    silenced_until: Instant | None
    text: str
    link: str | None
    """The page that explains it; null without `PUBLIC_URL`."""
    deliveries: tuple[DeliveryEntry, ...]
    """Empty for a key that may see only some users."""


class AlertsAnswer(Answer):
    """Alerts, those that last first, then the newest. `period` is this month in the file's zone."""

    alerts: tuple[AlertEntry, ...]
    total: Count
    """How many there are without `limit`."""

    @classmethod
    def _own_fields(cls, period: Period, answer: object) -> dict[str, object]:  # noqa: ARG003
        return {"alerts": getattr(answer, "rows", ()), "total": getattr(answer, "total", 0)}


class ReceiverEntry(Body):
    """A receiver of messages. Its address is never shown."""

    name: str
    kind: ReceiverKind
    names: bool
    """Whether messages to it may name people."""
    quiet: str | None
    """The hours in which it is told only of runaway cost, in the file's zone, such as `19:00-07:00`."""
    waiting: Count
    """Deliveries that wait for their next try."""
    sent: Count
    failed: Count
    last_attempt: Instant | None
    last_answer: str | None


class ReceiversAnswer(Answer):
    """The receivers, in the order of the definitions file. `period` is this month in the file's zone."""

    receivers: tuple[ReceiverEntry, ...]

    @classmethod
    def _own_fields(cls, period: Period, answer: object) -> dict[str, object]:  # noqa: ARG003
        return {"receivers": answer}


class SilenceGiven(Given):
    """Until when nothing is sent about an alert's subject, and why."""

    until: AwareDatetime
    """An instant with an offset, such as 2026-12-01T08:00:00Z; one that is over ends the silence."""
    reason: str = Field(min_length=1, max_length=200, pattern=r"\S")
    """A text of 1 to 200 characters, not only spaces."""


class Silenced(Body):
    """A silence as it is now in force."""

    id: str
    silenced_until: Instant | None
    """null if the silence has ended."""
    reason: str
    by: str
    """The name of the key."""


class Tested(Body):
    """What a receiver answered to a test."""

    receiver: str
    sent: bool
    answer: str


SILENCE = Verb(
    "alerts/<alert>/silence",
    "Send nothing about an alert's subject for a while",
    SilenceGiven,
    Silenced,
    "866e4f05057c329c949c636d84f14cbb",
    {"until": "2026-12-01T08:00:00Z", "reason": "The team knows."},
    ("404", "409"),
)
TEST = Verb(
    "receivers/<receiver>/test",
    "Send a receiver a message that says that it is a test",
    Nothing,
    Tested,
    "finance",
    refusals=("404",),
)
