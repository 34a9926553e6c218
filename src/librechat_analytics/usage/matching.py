"""Finds users, agents, models and groups of all time by what a reader types.

Every word must be part of a name, an e-mail address or an id, in any order. Case and accents do not matter:
the function ``fold`` of the queries removes them from the names and from the words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from librechat_analytics.usage.queries import of_store
from librechat_analytics.usage.rows import all_time_rows, answer_row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from librechat_analytics.store.interface import Snapshot
    from librechat_analytics.usage.filters import Scope

Kind = Literal["user", "agent", "model", "group"]
"""What can be found."""

KINDS: tuple[Kind, ...] = get_args(Kind)

MOST_WORDS = 20
"""How many different words of a search count; nobody types more."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A user, agent, model or group that a search has found, with its cost of all time.

    ``id`` is what a filter takes: a model's name, otherwise an id. ``label`` is the recorded name. ``detail``
    is a user's e-mail address, an agent's model, a model's main provider, and None for groups.
    """

    kind: Kind
    id: str
    label: str | None
    detail: str | None
    deleted: bool
    cost_usd: float


def find(
    snapshot: Snapshot, text: str, limit: int, scope: Scope | None, kinds: Sequence[Kind]
) -> tuple[Hit, ...]:
    """Find at most ``limit`` of each kind, best match first, then highest cost; an empty text finds all."""
    parameters = {
        "text": " ".join(text.split()),
        "words": folded_words(snapshot, text),
        "kinds": list(kinds),
        "limit": limit,
    }
    return tuple(answer_row(Hit, row) for row in all_time_rows(snapshot, "find", scope, parameters))


def folded_words(snapshot: Snapshot, text: str) -> list[str]:
    """Split a search into the words that must all be found, without case and accents."""
    words = [*dict.fromkeys(text.split())][:MOST_WORDS]
    return [row["word"] for row in snapshot.rows(of_store("folded_words"), {"words": words})] if words else []
