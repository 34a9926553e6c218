"""What receivers answer: what it means for the next attempt, and how it is shown without their addresses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from librechat_analytics.finops.messages import Answer
from librechat_analytics.formatting import one_line

if TYPE_CHECKING:
    from datetime import timedelta

    from librechat_analytics.finops.definitions import Receiver

MAY_PASS: Final = (408, 429)
"""The refusals that another attempt may not meet."""

LONGEST_SHOWN: Final = 200
HIDDEN: Final = "…"
SHORTEST_SECRET: Final = 6
"""A part of an address at least this long may be a secret."""


def of_status(status: int, text: str, retry_after: timedelta | None = None) -> Answer:
    """Return what an HTTP status means."""
    is_taken = 200 <= status < 300
    is_final = 400 <= status < 500 and status not in MAY_PASS
    return Answer(text, is_taken, is_final, None if is_taken else retry_after)


def shown(text: str, receiver: Receiver) -> str:
    """Return a text as one short line, without anything of the receiver's address and secret."""
    _, _, rest = receiver.address.partition("://")
    written = [receiver.address, receiver.secret or "", *re.split(r"[/?&=:@#]+", rest)]
    secrets = {each for each in (*written, *map(unquote, written)) if len(each) >= SHORTEST_SECRET}
    longest_first = sorted(secrets, key=len, reverse=True)
    for secret in longest_first:
        text = text.replace(secret, HIDDEN)
    for secret in longest_first:
        text = _without_beginning_at_end(text, secret)
    return one_line(text).strip()[:LONGEST_SHOWN]


def _without_beginning_at_end(text: str, secret: str) -> str:
    """Hide what is left of a secret where only the beginning of an answer was read."""
    for size in range(len(secret) - 1, SHORTEST_SECRET - 1, -1):
        if text.endswith(secret[:size]):
            return text[:-size] + HIDDEN
    return text
