"""What a receiver is sent, before it becomes a mail, a chat message or JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from librechat_analytics.finops.alert_words import instant_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, timedelta

    from librechat_analytics.finops.definitions import Receiver
    from librechat_analytics.store.outbox_items import Due, Json


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that is sent with a message."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Message:
    """A message to people. ``html`` is for mail; None where the text is enough."""

    title: str
    text: str
    html: str | None = None
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a receiver answered to one attempt, in words that never hold its address.

    ``is_final``: another attempt cannot succeed. ``retry_after``: for how long the receiver wants nothing.
    """

    text: str
    is_taken: bool
    is_final: bool = False
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """What one delivery says as data: the body that a program gets."""

    id: str
    body: Mapping[str, Json]

    @classmethod
    def of(
        cls,
        identity: str,
        *,
        rule: str,
        subject: str,
        opened_at: datetime,
        text: str,
        level: int | None = None,
        link: str | None = None,
        facts: Mapping[str, Json] | None = None,
    ) -> Notice:
        """Make a notice with the fields that each has."""
        body: dict[str, Json] = {
            "id": identity,
            "rule": rule,
            "subject": subject,
            "level": level,
            "openedAt": instant_text(opened_at),
            "text": text,
            "link": link,
            "facts": dict(facts or {}),
        }
        return cls(identity, body)


class Writer(Protocol):
    """Writes what deliveries say, with today's names."""

    def notice(self, due: Due, receiver: Receiver) -> Notice:
        """Write one delivery for a program."""
        ...

    def message(self, dues: Sequence[Due], receiver: Receiver, *, is_last_of_day: bool) -> Message:
        """Write deliveries as one message to people."""
        ...
