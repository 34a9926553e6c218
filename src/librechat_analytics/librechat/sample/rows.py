"""The rows that LibreChat writes for calls to models, with the amounts as LibreChat computes them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bson import ObjectId

    from librechat_analytics.librechat.documents import Document
    from librechat_analytics.librechat.sample.eras import Release
    from librechat_analytics.librechat.sample.models import Model

REFILL_CREDITS = 20_000_000
_CANCEL_FACTOR = 1.15
"""LibreChat charges this many times the price for the completion of a stopped reply."""


def pair_of_rows(
    head: Document, model: str | None, context: str, rates: tuple[float, float], tokens: tuple[int, int]
) -> list[Document]:
    """Return the prompt and completion rows of a call without prompt cache."""
    return [
        row(head, "prompt", model, context, tokens[0], rates[0]),
        row(head, "completion", model, context, tokens[1], rates[1]),
    ]


def row(
    head: Document, token_type: str, model: str | None, context: str, tokens: int, rate: float
) -> Document:
    """Return a row as LibreChat's ``calculateTokenValue`` fills it in."""
    value: float = -float(tokens) * rate
    if context == "incomplete" and token_type == "completion":  # noqa: S105 - a kind of language model token
        value = float(math.ceil(value * _CANCEL_FACTOR)) or -0.0
        rate *= _CANCEL_FACTOR
    row = {
        **head,
        "tokenType": token_type,
        "model": model,
        "context": context,
        "rawAmount": -tokens or -0.0,
        "rate": _stored(rate),
        "tokenValue": _stored(value),
    }
    if model is None:
        del row["model"]
    return row


def cached_prompt_row(
    head: Document, model: Model, release: Release, parts: tuple[int, int, int]
) -> Document:
    """Return the row of a cached prompt as ``calculateStructuredTokenValue`` fills it in.

    ``parts`` are the tokens of the prompt that were fresh, written to the cache, and read from it.
    """
    fresh, written, read = parts
    write_rate, read_rate = model.cache_rates(release)
    value = fresh * model.prompt + written * write_rate + read * read_rate
    total = fresh + written + read
    return {
        **head,
        "tokenType": "prompt",
        "model": model.name,
        "context": "message",
        "rawAmount": -total,
        "rate": _stored(value / total),
        "tokenValue": _stored(-value),
        "inputTokens": -fresh or -0.0,
        "writeTokens": -written or -0.0,
        "readTokens": -read or -0.0,
    }


def _stored(number: float) -> float:
    """Return a number in the type Node's driver stores: whole ones as int32, others and -0 as double."""
    whole = int(number)
    if whole == number and -0x80000000 <= whole <= 0x7FFFFFFF and (whole or math.copysign(1, number) > 0):
        return whole
    return float(number)


def credits_row(user: ObjectId, context: str) -> Document:
    """Return the row of a user who is given credits."""
    return {
        "_id": None,
        "user": user,
        "tokenType": "credits",
        "context": context,
        "rawAmount": REFILL_CREDITS,
        "rate": 1,
        "tokenValue": REFILL_CREDITS,
    }
