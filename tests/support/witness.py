"""The oracle of a LibreChat that changes: what the store must know, from what it has read and when.

Rows keep counting when they are deleted. Names are those of the last reading; who answered is what
LibreChat's messages said when it was asked. So each commit of names or answers is noted, with what the source
had then.
"""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from bson import ObjectId

from librechat_analytics.store.store import Store
from tests.support.oracle import Evidence, Ledger, Oracle, date_of, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

    import duckdb
    import pandas as pd

    from librechat_analytics.columns import Table
    from librechat_analytics.store.replies import AgentSearch
    from tests.support.moving_librechat import Points
    from tests.support.oracle import Document, Row
    from tests.support.oracle.lists import Entry

CERTAINTIES = ("exact", "conversation", "nearest", "weak", "unknown")
UNKNOWN = (None, "unknown")


class Witness:
    """Notes which names and answers the store reads, from the source of that time."""

    def __init__(self, ever: dict[object, Document]) -> None:
        self._ever = ever
        self.source: Callable[[], Ledger] = Ledger
        self.users: dict[str, Document] = {}
        self.agents: dict[str, Document] = {}
        self.deleted_users: set[str] = set()
        self.deleted_agents: set[str] = set()
        self.answered: dict[object, tuple[str | None, str]] = {}
        self.roots: dict[str, str] = {}
        self._versions: dict[str, list[Document]] = {}

    def agent_documents(self) -> list[Document]:
        return [agent | {"versions": self._versions.get(name, [])} for name, agent in self.agents.items()]

    def note_users(self, there: set[str], *, is_current: bool) -> None:
        """Note that the store, which has these users, took over those of the source."""
        found = {str(user["_id"]): user for user in self.source().users}
        _note(found, there, self.users, self.deleted_users, is_current=is_current)

    def note_agents(self, there: set[str], *, is_current: bool) -> None:
        """Note that the store, which has these agents, took over those of the source."""
        found = {agent["id"]: agent for agent in self.source().agents}
        _note(found, there, self.agents, self.deleted_agents, is_current=is_current)
        for name, agent in found.items():
            versions = [v for v in agent.get("versions") or [] if v.get("updatedAt") is not None]
            if is_current or not self._versions.get(name):
                self._versions[name] = versions

    def note_answers(self, ids: Iterable[ObjectId], *, only_better: bool) -> None:
        """Note that the store has looked up who answered for these rows."""
        evidence, found_now = Remembering(self.source(), self.roots), dict[str, str]()
        for identity in ids:
            at = date_of(self._ever[identity])
            assert at is not None
            found, known = evidence.agent_of(self._ever[identity], at), self.answered.get(identity, UNKNOWN)
            surer = CERTAINTIES.index(found[1]) < CERTAINTIES.index(known[1])
            if surer or not (only_better or found[1] == "unknown"):
                known = found
            self.answered[identity] = known
            conversation = text(self._ever[identity].get("conversationId"))
            root = evidence.root_of(conversation, self._ever[identity])
            if conversation in evidence.conversations and root is not None:
                found_now.setdefault(conversation, root)
        self.roots |= found_now


class Remembering(Evidence):
    """A source in which a conversation keeps the root that was read first."""

    def __init__(self, ledger: Ledger, roots: dict[str, str]) -> None:
        super().__init__(ledger)
        self._roots = roots

    def root_of(self, conversation_id: str | None, document: Document) -> str | None:
        return self._roots.get(conversation_id or "") or super().root_of(conversation_id, document)


def _note(
    found: dict[str, Document],
    there: set[str],
    known: dict[str, Document],
    deleted: set[str],
    *,
    is_current: bool,
) -> None:
    if is_current:
        deleted.update(there.difference(found))
        deleted.difference_update(found)
        known.update(found)
        return
    # An older reading says only who existed then, and that nobody else did.
    deleted.update(there.difference(known))
    known.update({name: document for name, document in found.items() if name not in known})


class WitnessedStore(Store):
    """A store whose commits are noted, with points before and after each."""

    def __init__(self, folder: Path, witness: Witness, points: Points) -> None:
        self._witness = witness
        self._points = points
        self._note: Callable[[], None] | None = None
        super().__init__(folder, threads=1)

    @contextmanager
    def committing(
        self, *, is_usage: bool = True, is_change: bool = True
    ) -> Iterator[duckdb.DuckDBPyConnection]:
        with super().committing(is_usage=is_usage, is_change=is_change) as cursor:
            yield cursor
            self._points(asking=False)
        if self._note is not None:
            note, self._note = self._note, None
            note()
        self._points(asking=False)

    @contextmanager
    def _noting(self, note: Callable[[], None]) -> Iterator[None]:
        self._note = note
        try:
            yield
        finally:
            self._note = None

    def write_users(self, *given: Any, is_current: bool, **named: Any) -> None:
        with self._noting(lambda: self._witness.note_users(self._names("users"), is_current=is_current)):
            super().write_users(*given, is_current=is_current, **named)

    def write_agents(self, *given: Any, is_current: bool, **named: Any) -> None:
        with self._noting(lambda: self._witness.note_agents(self._names("agents"), is_current=is_current)):
            super().write_agents(*given, is_current=is_current, **named)

    def settle(self, attributed: pd.DataFrame, *given: Any, only_better: bool, **named: Any) -> None:
        ids = [
            object_id(head, tail)
            for head, tail in zip(attributed["id_head"], attributed["id_tail"], strict=True)
        ]
        with self._noting(partial(self._witness.note_answers, ids, only_better=only_better)):
            super().settle(attributed, *given, only_better=only_better, **named)

    def write_batch(self, batch: Table, *given: Any, **named: Any) -> int:
        """A first import finds agents while it writes the rows."""
        if named.get("search") is None:
            return super().write_batch(batch, *given, **named)
        columns = [batch.array(name).tolist() for name in ("id_head", "id_tail", "attributable")]
        held = self._ids()
        ids = [
            object_id(head, tail)
            for head, tail, gets_agent in zip(*columns, strict=True)
            if gets_agent and (head, tail) not in held
        ]
        with self._noting(partial(self._witness.note_answers, ids, only_better=True)):
            return super().write_batch(batch, *given, **named)

    def settle_waiting(
        self, search: AgentSearch, before_head: int | None, limit: int, **named: Any
    ) -> tuple[int, int | None]:
        ids = [object_id(head, tail) for head, tail, *_ in self.unattributed(before_head, limit)]
        with self._noting(partial(self._witness.note_answers, ids, only_better=True)):
            return super().settle_waiting(search, before_head, limit, **named)

    def _ids(self) -> set[tuple[int, int]]:
        with self.reading() as cursor:
            return set(cursor.execute("SELECT id_head, id_tail FROM transactions").fetchall())

    def _names(self, table: str) -> set[str]:
        with self.reading() as cursor:
            found = cursor.execute(f"SELECT id FROM {table}").fetchall()
        return {name for (name,) in found}


def object_id(head: int, tail: int) -> ObjectId:
    return ObjectId(f"{head:016x}{tail:08x}")


class Remembered(Remembering):
    """Who answered, and which conversations count together, as the store has read it."""

    def __init__(self, ledger: Ledger, witness: Witness) -> None:
        super().__init__(ledger, witness.roots)
        self._answered = witness.answered

    def agent_of(self, document: Document, _: datetime) -> tuple[str | None, str]:
        return self._answered.get(document["_id"], UNKNOWN)


class Anything:
    def __contains__(self, _: object) -> bool:
        return True


class MovingOracle(Oracle):
    """The answers about the stored transactions, with the names and agents that the store has read.

    ``refused`` counts what was refused besides.
    """

    def __init__(self, held: list[Document], witness: Witness, refused: int) -> None:
        ledger = Ledger(transactions=held, users=[*witness.users.values()], agents=witness.agent_documents())
        super().__init__(ledger, Remembered(ledger, witness))
        self.refused += refused
        self._witness = witness

    def values(self, name: str) -> list[str]:
        """Give the values that a filter can have."""
        return sorted({_value(row, name) for row in self.rows})

    def _users(self, rows: list[Row], ever: list[Row]) -> list[Entry]:
        entries = super()._users(rows, ever)
        for entry in entries:
            entry.body["deleted"] = entry.body["id"] in self._witness.deleted_users
        return entries

    def _agents(self, rows: list[Row]) -> list[Entry]:
        entries = super()._agents(rows)
        for entry in entries:
            agent = entry.body["id"]
            entry.body["deleted"] = agent in self._witness.deleted_agents
            if entry.body["deleted"]:
                entry.body.update(name=None, model=None)  # the name is checked separately
            elif agent not in self._witness.agents:
                del entry.body["name"]  # an answer's name, until names are read
        return entries

    def senders_of(self, agent: str) -> Any:
        name = text(self._witness.agents.get(agent, {}).get("name"))
        return {name} if name else Anything()


def _value(row: Row, name: str) -> str:
    if name == "agent" and row.certainty == "unknown":
        return "(unknown)"
    value = getattr(row, name)
    assert value is None or isinstance(value, str)
    return value or "(none)"
