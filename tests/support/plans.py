"""What may happen to a LibreChat and the program beside it, as strategies for Hypothesis."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import bson
from hypothesis import strategies as st

from tests.support import ledgers

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.documents import Document
    from tests.support.oracle import Ledger


Kind = Literal["now", "late", "very late", "long ago", "ahead", "refused", "stray"]
KINDS: list[Kind] = [
    "now",
    "now",
    "now",
    "late",
    "late",
    "very late",
    "long ago",
    "ahead",
    "refused",
    "stray",
]
Event = Literal["kill", "break off", "arrive", "restore", "delete", "look"]
EVENTS: list[Event] = ["kill", "kill", "break off", "arrive", "restore", "delete", "look"]


@dataclass(frozen=True, slots=True)
class Plan:
    """A transaction to be written: its fields, where its id lies, and by how many minutes."""

    fields: Document
    kind: Kind
    minutes: int


@dataclass(frozen=True, slots=True)
class Amid:
    """What happens amid something else, after so many points at which something can."""

    event: Event
    after: int
    plans: list[Plan]


@dataclass(frozen=True, slots=True)
class Dumped:
    """What `mongodump` wrote after so many changes of LibreChat."""

    ledger: Ledger
    changes: int


NO_TENANT = st.just(ledgers.MISSING)
plans = st.builds(Plan, ledgers.transactions(0, NO_TENANT), st.sampled_from(KINDS), st.integers(0, 9))
few_plans = st.lists(plans, min_size=1, max_size=5)
after = st.integers(0, 8) | st.integers(0, 40)
amid = st.none() | st.builds(Amid, st.sampled_from(EVENTS), after, st.lists(plans, max_size=2))


LABELS = {
    "users": ledgers.users(),
    "agents": ledgers.agents(NO_TENANT),
    "messages": ledgers.messages(NO_TENANT),
    "conversations": ledgers.conversations(NO_TENANT),
}


def cut_off(ledger: Ledger, folder: Path, name: str, at: float) -> Ledger:
    """Cut a dump's file within a document; gives what is left of it."""
    documents: list[Document] = getattr(ledger, name)
    if not documents:
        return ledger
    left = documents[: int(at * (len(documents) - 1))]
    cut = documents[len(left)]
    path = folder / f"{name}.bson"
    path.write_bytes(b"".join(bson.encode(d) for d in left) + bson.encode(cut)[:-3])
    return replace(ledger, **{name: left})
