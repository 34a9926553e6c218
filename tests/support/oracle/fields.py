"""What single fields of LibreChat's documents mean."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, TypeGuard

from bson import Decimal128, ObjectId

if TYPE_CHECKING:
    from tests.support.oracle.ledger import Document


EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)


def number(value: object) -> Fraction | None:
    """The exact number that BSON holds; a double means the decimal that JavaScript prints for it."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return Fraction(value)
    if isinstance(value, float):
        return Fraction(Decimal(repr(float(value)))) if math.isfinite(value) else None
    if isinstance(value, Decimal128):
        decimal = value.to_decimal()
        return Fraction(decimal) if decimal.is_finite() else None
    return None


def is_real(amount: Fraction, value: Fraction) -> bool:
    """Whether amounts are such as can be; 64 bits of tokens, and a quintillion dollars, are the limit."""
    return abs(amount) < 2**63 and abs(value) <= 10**24


def text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def is_agent_id(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and value.startswith("agent_")


def agent_id(value: str) -> str:
    """An agent's id without the ``____N`` of a parallel answer."""
    head, mark, suffix = value.rpartition("____")
    return head if mark and suffix.isdigit() else value


def user_id(value: object) -> str | None:
    if isinstance(value, ObjectId):
        return str(value)
    if isinstance(value, str) and len(value) == 24 and all(c in "0123456789abcdefABCDEF" for c in value):
        return value.lower()
    return None


def date_of(document: Document) -> datetime | None:
    """``createdAt``, or the time in ``_id`` where there is none; None where that is no usable date."""
    at = document.get("createdAt")
    if at is None:
        at = document["_id"].generation_time
    return at if isinstance(at, datetime) and EARLIEST <= at <= LATEST else None
