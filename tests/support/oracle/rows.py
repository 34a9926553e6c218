"""Transactions, as far as figures need them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.support.oracle.fields import is_agent_id

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Row:
    """A transaction that counts as usage."""

    at: datetime
    is_prompt: bool
    user: str | None
    conversation: str | None
    model: str | None
    stored_model: str | None
    context: str | None
    rate: float | None
    tokens: int
    cost: Fraction
    cache_read: int
    cache_write: int
    has_cache_parts: bool
    is_sentinel: bool
    is_positive: bool
    agent: str | None
    certainty: str
    tenant: str | None = None
    """The tenant in which the agent is."""
    default_rate: bool = False

    @property
    def is_agent_model(self) -> bool:
        return is_agent_id(self.stored_model)


@dataclass(frozen=True, slots=True)
class Beside:
    """A transaction that is no usage: credits that were spent, or a unit other than tokens."""

    at: datetime
    kind: str
    user: str | None
    model: str | None
    context: str | None
    agent: str | None
    certainty: str
    cost: Fraction


def replaced_default_rate(row: Row) -> Row:
    return Row(**{**{name: getattr(row, name) for name in Row.__slots__}, "default_rate": True})


def is_default_rate(rate: float) -> bool:
    """6, or that times 1.15 of a stopped turn, which JavaScript computes as 6.8999999999999995."""
    return any(math.isclose(rate, known, rel_tol=1e-9) for known in (6, 6.9))


def is_chosen(row: Row | Beside, parameters: Mapping[str, Any]) -> bool:
    """Whether a row meets the filters that are asked for; a filter is a value or a list of some."""
    for name in ("user", "model", "context", "agent"):
        value = getattr(row, name)
        if name == "agent" and row.certainty == "unknown":
            value = "(unknown)"
        if value is None:
            value = "(none)"
        if name in parameters and value not in listed(parameters[name]):
            return False
        if value in listed(parameters.get(f"not-{name}", [])):
            return False
    return True


def listed(given: Any) -> list[str]:
    return [given] if isinstance(given, str) else given
