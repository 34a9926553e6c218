"""The audit finds every row of LibreChat's ledger that the store lacks, whatever its id.

The sync looks for new rows above the ids in the store, because ids grow with time. Rows that were restored,
merged or written by a wrong clock have other ids. An audit by counts compares the number of ids in each
range, and reads the ids of the ranges that differ; an audit by ids reads all ids.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from bson import ObjectId

from librechat_analytics.librechat.ledger import FIRST_ID, LAST_ID
from librechat_analytics.librechat.source import SourceSlowError
from librechat_analytics.store.held_ids import AuditResult, Id
from librechat_analytics.sync.frames import naive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from librechat_analytics.librechat.mongo import MongoSource
    from librechat_analytics.librechat.transactions import Refused, Transaction
    from librechat_analytics.store.held_ids import AuditKind, HeldIds

ROWS_PER_RANGE = 20_000
"""Rows in a range; if its counts differ, this many ids are read."""

LONGEST_REST_SECONDS = 2.0
UNSETTLED = timedelta(minutes=10)
"""A younger row may be missing on a secondary that lags behind, so it does not count as deleted."""
FUTILE_AUDITS = 2
"""After this many audits in a row that found nothing, the server's count is ignored until the next day."""


class AuditStoppedError(Exception):
    """The program stops during an audit; it begins again after the next start."""


@dataclass(frozen=True, slots=True)
class Running:
    """A running audit; ``progress`` is 0 to 1."""

    kind: AuditKind
    progress: float


class Step(NamedTuple):
    """The result of one step: documents in the database, documents the store lacked, and rows added."""

    documents: int
    found: int
    added: int


class Auditor:
    """Compares the ids of a ledger with the store's, in small steps, and writes the missing rows.

    ``write`` returns the number of rows added; ``rest`` waits and returns True when the program stops.
    """

    def __init__(
        self,
        held: HeldIds,
        source: MongoSource,
        growth: GrowthWatch,
        *,
        write: Callable[[list[Transaction | Refused]], int],
        clock: Callable[[], datetime],
        rest: Callable[[float], bool],
        report: Callable[[int], None] = lambda _: None,
    ) -> None:
        self._held = held
        self._source = source
        self._growth = growth
        self._write = write
        self._clock = clock
        self._rest = rest
        self._report = report
        self.running: Running | None = None
        self._settled_before = 0
        self.strays = 0
        """Documents whose id is not an ObjectId, in the last audit; counts of ranges leave them out."""

    def quick_kind(self) -> AuditKind:
        """Return the kind that costs little: by ids for few rows, where deletions can hide nothing."""
        return "ids" if self._held.count() <= ROWS_PER_RANGE else "counts"

    def run(self, kind: AuditKind, *, at_ease: bool) -> AuditResult:
        """Compare everything once; ``at_ease`` pauses after each step for as long as the step took.

        Raises SourceUnreachableError if MongoDB does not answer, AuditStoppedError when the program stops.
        """
        started = self._clock()
        self._settled_before = _split(ObjectId.from_datetime(started - UNSETTLED)).head
        self.running = Running(kind, 0.0)
        self._growth.begin()
        try:
            documents, found, added = 0, self._take_strays(), 0
            for step in self._steps(kind, at_ease=at_ease):
                documents += step.documents
                found += step.found
                added += step.added
            self._growth.settle(found)
            result = AuditResult(
                kind, naive(started), naive(self._clock()), documents, added, self._held.count_gone()
            )
            self._held.write_audit(result)
            return result
        finally:
            self.running = None

    def _steps(self, kind: AuditKind, *, at_ease: bool) -> Iterator[Step]:
        edges = [0, *self._held.boundaries(ROWS_PER_RANGE)]
        for number, low in enumerate(edges):
            high = edges[number + 1] if number + 1 < len(edges) else None
            started = time.monotonic()
            yield self._by_count(low, high) if kind == "counts" else self._by_ids(low, high)
            self.running = Running(kind, (number + 1) / len(edges))
            self._report(int(100 * self.running.progress))
            taken = time.monotonic() - started
            if self._rest(min(taken, LONGEST_REST_SECONDS) if at_ease else 0.0):
                raise AuditStoppedError

    def _take_strays(self) -> int:
        """Read the documents whose id is not an ObjectId; returns how many more there are than last time."""
        strays, before = list(self._source.stray_transactions()), self.strays
        self._write([*strays])
        self.strays = len(strays)
        return max(0, self.strays - before)

    def _by_count(self, low: int, high: int | None) -> Step:
        """Compare the counts of a range, and its ids if the counts differ."""
        try:
            there = self._source.count_ids(_object_id(low), None if high is None else _object_id(high))
        except SourceSlowError:
            return self._by_ids(low, high)
        held = self._held.count(low) if high is None else self._held.count(low, high)
        return Step(there, 0, 0) if there == held else self._by_ids(low, high)

    def _by_ids(self, low: int, high: int | None) -> Step:
        documents = found = added = 0
        start = Id(low, 0)
        end = LAST_ID if high is None else _before(_object_id(high))
        # Read these before the database's: rows that arrive in between are then in neither list.
        held = self._held.between(low) if high is None else self._held.between(low, high)
        for page in self._source.id_pages(_object_id(low), None if high is None else _object_id(high)):
            last = _split(page.end)
            missing = self._held.compare(held, page.heads, page.tails, start, last, self._settled_before)
            read = self._read(missing)
            documents += len(page.heads)
            found += len(read)
            added += self._write(read) if read else 0
            start = _after(last)
        nothing = np.array([], dtype="uint64"), np.array([], dtype="uint32")
        if start <= _split(end):
            self._held.compare(held, *nothing, start, _split(end), self._settled_before)
        return Step(documents, found, added)

    def _read(self, missing: list[Id]) -> list[Transaction | Refused]:
        return list(self._source.transactions_by_id([ObjectId(identity.hex()) for identity in missing]))


class GrowthWatch:
    """Notices that a ledger has grown where the sync does not look for new rows.

    It compares the store's count with the server's own, which costs almost nothing. Deleted rows raise the
    difference, and rows that the store lacks lower it. ``unexplained`` is then True until an audit has ended.
    """

    def __init__(self) -> None:
        self._expected = 0
        self._latest = 0
        self._led_here: int | None = None
        self._futile = 0
        self.unexplained = False

    def fits(self, there: int, held: int) -> bool:
        """Return False if the store seems to lack documents; ``there`` was counted after ``held``."""
        self._latest = held - there
        if self._latest < self._expected and self._futile < FUTILE_AUDITS:
            return False
        self._expected = self._latest
        return True

    def begin(self) -> None:
        """Note that an audit begins; later rows may be in ranges that it has passed already."""
        self._led_here = self._latest if self.unexplained else None

    def settle(self, found: int) -> None:
        """Start over after an audit that found this many documents that the store lacked."""
        is_futile = self._led_here is not None and not found
        self._futile = self._futile + 1 if is_futile else 0
        # The server's count is wrong then, and the difference that led here is normal.
        self._expected = self._led_here if is_futile and self._led_here is not None else 0
        self.unexplained = False


def _object_id(head: int) -> ObjectId:
    return FIRST_ID if head == 0 else ObjectId(f"{head:016x}{0:08x}")


def _split(identity: ObjectId) -> Id:
    return Id(int.from_bytes(identity.binary[:8]), int.from_bytes(identity.binary[8:]))


def _after(identity: Id) -> Id:
    return Id(*divmod((identity.head << 32) + identity.tail + 1, 2**32))


def _before(identity: ObjectId) -> ObjectId:
    return ObjectId((int.from_bytes(identity.binary) - 1).to_bytes(12))
