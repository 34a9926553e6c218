"""The audit finds every row of LibreChat's ledger that is not held, whatever its id and whenever it came.

The sync looks for new rows above the ids that are held, because ids grow with time. Rows that were restored,
merged or written by a wrong clock have other ids. An audit by counts compares how many ids both sides
have, range by range, and reads the ids of those ranges that differ; an audit by ids reads all of them.
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
"""Rows per count; where a count differs, this many ids are read."""

LONGEST_REST_SECONDS = 2.0
UNSETTLED = timedelta(minutes=10)
"""A row so young may be missing on a secondary that lags; that does not make it a deleted one."""
FUTILE_AUDITS = 2
"""After so many in a row that the server's count led to in vain, it is left alone until the next day."""


class AuditStoppedError(Exception):
    """The program ends during an audit; the next start begins it again."""


@dataclass(frozen=True, slots=True)
class Running:
    """A running audit; ``progress`` is 0 to 1."""

    kind: AuditKind
    progress: float


class Step(NamedTuple):
    """What one step of an audit met: documents there, those found that were not held, and rows added."""

    documents: int
    found: int
    added: int


class Auditor:
    """Compares the ids of a ledger with those held, in small steps, and has what is missing written.

    ``write`` gives the rows added; ``strays`` is the number of documents without an ObjectId, as last read.
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
        """Documents of the last audit whose id is not an ObjectId; counts by ranges leave them out."""

    def quick_kind(self) -> AuditKind:
        """Name the kind that costs little: of few rows by ids, from which deletions hide nothing."""
        return "ids" if self._held.count() <= ROWS_PER_RANGE else "counts"

    def run(self, kind: AuditKind, *, at_ease: bool) -> AuditResult:
        """Compare everything once; ``at_ease`` pauses after each step for as long as the step took.

        Raises SourceUnreachableError where MongoDB does not answer, AuditStoppedError when told to stop.
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
        for place, low in enumerate(edges):
            high = edges[place + 1] if place + 1 < len(edges) else None
            started = time.monotonic()
            yield self._by_count(low, high) if kind == "counts" else self._by_ids(low, high)
            self.running = Running(kind, (place + 1) / len(edges))
            self._report(int(100 * self.running.progress))
            taken = time.monotonic() - started
            if self._rest(min(taken, LONGEST_REST_SECONDS) if at_ease else 0.0):
                raise AuditStoppedError

    def _take_strays(self) -> int:
        """Read what has no ObjectId for an id; gives how many more there are than the last time."""
        strays, before = list(self._source.stray_transactions()), self.strays
        self._write([*strays])
        self.strays = len(strays)
        return max(0, self.strays - before)

    def _by_count(self, low: int, high: int | None) -> Step:
        """Compare a range by its count, and by its ids where that differs."""
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
        # Before the database is asked: rows that are new since are not among what it answers, nor deleted.
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

    Compares what is held with the server's own count of its documents, which costs next to nothing: rows that
    were deleted raise the difference, rows that are not held lower it. ``unexplained`` is True from then on
    until an audit has been through.
    """

    def __init__(self) -> None:
        self._expected = 0
        self._latest = 0
        self._led_here: int | None = None
        self._futile = 0
        self.unexplained = False

    def fits(self, there: int, held: int) -> bool:
        """Say whether nothing hints at documents that are not held; ``there`` was counted after ``held``."""
        self._latest = held - there
        if self._latest < self._expected and self._futile < FUTILE_AUDITS:
            return False
        self._expected = self._latest
        return True

    def begin(self) -> None:
        """Note that an audit begins; what comes from now on may lie where it has been already."""
        self._led_here = self._latest if self.unexplained else None

    def settle(self, found: int) -> None:
        """Begin anew after an audit that found so many documents which were not held."""
        is_futile = self._led_here is not None and not found
        self._futile = self._futile + 1 if is_futile else 0
        # Where a server's count is off, what led here is usual.
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
