"""Finds users, agents, models, groups and cost centres of all time by what a reader types.

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

Kind = Literal["user", "agent", "model", "group", "cost_center"]
"""What can be found."""

KINDS: tuple[Kind, ...] = get_args(Kind)

MOST_WORDS = 20
"""How many different words of a search count; nobody types more."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A user, agent, model, group or cost centre that a search has found, with its cost of all time.

    ``id`` is what a filter takes: the name of a model or cost centre, otherwise an id. ``label`` is the
    recorded name. ``detail`` is a user's e-mail address, an agent's model, a model's main provider, and None
    for others. The cost of cost centres is None: who types a name need not wait for it.
    """

    kind: Kind
    id: str
    label: str | None
    detail: str | None
    deleted: bool
    cost_usd: float | None


def find(
    snapshot: Snapshot, text: str, limit: int, scope: Scope | None, kinds: Sequence[Kind]
) -> tuple[Hit, ...]:
    """Find at most ``limit`` of each kind, best match first, then highest cost; an empty text finds all."""
    words = folded_words(snapshot, text)
    parameters = {
        "text": " ".join(text.split()),
        "words": words,
        "kinds": [kind for kind in kinds if kind != "cost_center"],
        "limit": limit,
    }
    found = [answer_row(Hit, row) for row in all_time_rows(snapshot, "find", scope, parameters)]
    if "cost_center" in kinds:
        found += _cost_centers(snapshot, words, limit, scope)
    return tuple(found)


def _cost_centers(snapshot: Snapshot, words: Sequence[str], limit: int, scope: Scope | None) -> list[Hit]:
    names = [row["name"] for row in all_time_rows(snapshot, "cost_center_names", scope)]
    if not names:
        return []
    folded = snapshot.rows(of_store("folded_words"), {"words": names})
    matching = (
        name for name, row in zip(names, folded, strict=True) if all(word in row["word"] for word in words)
    )
    return [Hit("cost_center", name, name, None, deleted=False, cost_usd=None) for name in matching][:limit]


def folded_words(snapshot: Snapshot, text: str) -> list[str]:
    """Split a search into the words that must all be found, without case and accents."""
    words = [*dict.fromkeys(text.split())][:MOST_WORDS]
    return [row["word"] for row in snapshot.rows(of_store("folded_words"), {"words": words})] if words else []
