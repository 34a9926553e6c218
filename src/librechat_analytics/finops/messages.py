"""What a receiver is sent, before it becomes a mail, a chat message or JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import timedelta

    from librechat_analytics.finops.definitions import Receiver
    from librechat_analytics.store.outbox_items import Due, Json


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that is sent with a message."""

    name: str
    content: bytes
    media_type: str


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
    body: Mapping[str, Json] = field(default_factory=dict)


class Writer(Protocol):
    """Writes what deliveries say, with today's names."""

    def notice(self, due: Due, receiver: Receiver) -> Notice:
        """Write one delivery for a program."""
        ...

    def message(self, dues: Sequence[Due], receiver: Receiver, *, is_last_of_day: bool) -> Message:
        """Write deliveries as one message to people."""
        ...
