"""A LibreChat that changes under the program, and remembers what it had, and since when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.support.in_memory import LibreChat
from tests.support.ledgers import NOW
from tests.support.oracle import COLLECTIONS, Ledger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bson import ObjectId
    from pymongo.database import Database

    from tests.support.documents import Document


class Killed(BaseException):
    """The process ends here."""


@dataclass(slots=True)
class SteppedClock:
    """The host's clock: moves by hand, can be wrong, and never reads the same twice.

    ``readings`` tells how many changes LibreChat had seen at each reading.
    """

    real: datetime = NOW
    off: timedelta = timedelta()
    changes: int = 0
    readings: dict[datetime, int] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        return self.real + self.off

    def __call__(self) -> datetime:
        reading = self.now + timedelta(microseconds=1 + len(self.readings))
        self.readings[reading.replace(tzinfo=None)] = self.changes
        return reading

    def monotonic(self) -> float:
        return (self.real - NOW).total_seconds()


class Points:
    """Counts the points at which something can come between, and lets one thing happen at one of them."""

    def __init__(self) -> None:
        self._left = 0
        self._action: Callable[[], object] | None = None
        self._only_asking = False
        self.are_passing = False

    def plan(self, after: int, action: Callable[[], object] | None, *, only_asking: bool = False) -> None:
        """Have an action after so many points; ``only_asking``: at the first one then that asks LibreChat."""
        self._left, self._action, self._only_asking = after, action, only_asking

    def __call__(self, *, asking: bool) -> None:
        if self._action is None:
            return
        self._left -= 1
        if self._left < 0 and (asking or not self._only_asking):
            action, self._action = self._action, None
            self.are_passing = True
            try:
                action()
            finally:
                self.are_passing = False


class Interrupted:
    """A source with a point before each question and before each item of an answer."""

    def __init__(self, source: Any, points: Points) -> None:
        self._source = source
        self._points = points

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._source, name)
        if not callable(found):
            return found

        def ask(*asked: Any) -> Any:
            self._points(asking=True)
            answer = found(*asked)
            return self._one_by_one(answer) if isinstance(answer, Iterator) else answer

        return ask

    def _one_by_one(self, answer: Iterator[Any]) -> Iterator[Any]:
        for item in answer:
            self._points(asking=True)
            yield item


class MovingLibreChat:
    """What LibreChat has now, and all that it ever had; in memory, and in a database where one is given."""

    def __init__(self, clock: SteppedClock, database: Database[Document] | None = None) -> None:
        self.memory = LibreChat()
        self.clock = clock
        self.ever: dict[object, Document] = {}
        self.stored_at: dict[object, int] = {}
        """The number of the change that stored a transaction; of those that are there."""
        self.deleted_at: dict[object, int] = {}
        self._database = database
        if database is not None:
            for name in self.memory.collections:
                database[name].delete_many({})

    @property
    def transactions(self) -> list[Document]:
        return self.memory.collections["transactions"]

    @property
    def ids(self) -> set[object]:
        return set(self.stored_at)

    def ledger(self) -> Ledger:
        """Give what there is now."""
        return Ledger(**{name: list(self.memory.collections[name]) for name in COLLECTIONS})

    def store(self, documents: Iterable[Document]) -> list[Document]:
        """Store transactions that are not there; gives those."""
        new = list({d["_id"]: d for d in documents if d["_id"] not in self.stored_at}.values())
        for document in new:
            self.clock.changes += 1
            self.ever[document["_id"]] = document
            self.stored_at[document["_id"]] = self.clock.changes
            self.deleted_at.pop(document["_id"], None)
        self.transactions.extend(new)
        if self._database is not None and new:
            self._database["transactions"].insert_many(new)
        return new

    def delete(self, ids: Iterable[object]) -> None:
        """Delete transactions."""
        gone = {*ids} & self.ids
        for identity in gone:
            self.clock.changes += 1
            del self.stored_at[identity]
            self.deleted_at[identity] = self.clock.changes
        self.transactions[:] = [d for d in self.transactions if d["_id"] not in gone]
        if self._database is not None and gone:
            self._database["transactions"].delete_many({"_id": {"$in": list(gone)}})

    def replace(self, name: str, documents: list[Document]) -> None:
        """Have other documents in a collection than before."""
        self.memory.collections[name][:] = documents
        if self._database is not None:
            self._database[name].delete_many({})
            if documents:
                self._database[name].insert_many(documents)


def id_time(identity: ObjectId) -> datetime:
    return identity.generation_time.astimezone(UTC)
