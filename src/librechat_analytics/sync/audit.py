"""The audit finds every row of LibreChat's ledger that is not held, whatever its id and whenever it came.

New rows are looked for above the ids that are held, for ids grow with time. Rows that were restored, merged
or written by a wrong clock have other ids. An audit by counts compares how many ids both sides have, range by
range, and reads the ids of those ranges that differ; an audit by ids reads all of them.
"""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

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
"""What one count looks at; where it differs, so many ids are read."""

LONGEST_REST_SECONDS = 2.0
LOOKS_REMEMBERED = 20
FUTILE_AUDITS = 2
"""After so many that an estimate led to in vain, the server's estimates are left alone."""


class AuditStoppedError(Exception):
    """The program ends amid an audit; the next start begins it anew."""


@dataclass(frozen=True, slots=True)
class Running:
    """An audit at work; ``progress`` is 0 to 1."""

    kind: AuditKind
    progress: float


class Auditor:
    """Compares the ids of a ledger with those held, in small steps, and has what is missing written."""

    def __init__(
        self,
        held: HeldIds,
        source: MongoSource,
        *,
        write: Callable[[list[Transaction | Refused]], int],
        clock: Callable[[], datetime],
        rest: Callable[[float], bool],
        report: Callable[[int], None] = lambda _: None,
    ) -> None:
        self._held = held
        self._source = source
        self._write = write
        self._clock = clock
        self._rest = rest
        self._report = report
        self.running: Running | None = None
        self.strays = 0
        """Documents met by the last audit whose id is no ObjectId; no count by ranges has them."""

    def run(self, kind: AuditKind, *, at_ease: bool) -> AuditResult:
        """Compare everything once; ``at_ease`` rests after each step for as long as it took.

        Raises SourceUnreachableError where MongoDB does not answer, AuditStoppedError when told to stop.
        """
        started = self._clock()
        self.running = Running(kind, 0.0)
        try:
            documents = added = 0
            for there, new in self._steps(kind, at_ease=at_ease):
                documents += there
                added += new
            strays = list(self._source.stray_transactions())
            self._write([*strays])
            self.strays = len(strays)
            result = AuditResult(
                kind, naive(started), naive(self._clock()), documents, added, self._held.count_gone()
            )
            self._held.write_audit(result)
            return result
        finally:
            self.running = None

    def _steps(self, kind: AuditKind, *, at_ease: bool) -> Iterator[tuple[int, int]]:
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

    def _by_count(self, low: int, high: int | None) -> tuple[int, int]:
        """Compare a range by its count; gives the documents there and how many of them were not held."""
        try:
            there = self._source.count_ids(_object_id(low), None if high is None else _object_id(high))
        except SourceSlowError:
            return self._by_ids(low, high)
        held = self._held.count(low) if high is None else self._held.count(low, high)
        return (there, 0) if there == held else self._by_ids(low, high)

    def _by_ids(self, low: int, high: int | None) -> tuple[int, int]:
        documents = added = 0
        start = Id(low, 0)
        end = LAST_ID if high is None else _before(_object_id(high))
        for page in self._source.id_pages(_object_id(low), None if high is None else _object_id(high)):
            last = _split(page.end)
            added += self._take_missing(self._held.compare(page.heads, page.tails, start, last).missing)
            documents += len(page.heads)
            start = _after(last)
        nothing = np.array([], dtype="uint64"), np.array([], dtype="uint32")
        if start <= _split(end):
            self._held.compare(*nothing, start, _split(end))
        return documents, added

    def _take_missing(self, missing: list[Id]) -> int:
        if not missing:
            return 0
        ids = [ObjectId(identity.hex()) for identity in missing]
        return self._write(list(self._source.transactions_by_id(ids)))


class GrowthWatch:
    """Notices that a ledger has grown elsewhere than where new rows are looked for.

    Compares the server's own estimate of its documents, which costs next to nothing, with the ids held: rows
    that were deleted raise the difference, rows that are not held lower it. ``unexplained`` is True from then
    on until an audit has been through.
    """

    def __init__(self) -> None:
        self._expected = 0
        self._differences = deque([0], maxlen=LOOKS_REMEMBERED)
        self._futile = 0
        self.unexplained = False

    def note(self, there: int, held: int) -> None:
        """Take in a look: the estimate from before it, and the ids held after it."""
        difference = held - there
        if difference < min(self._differences) and self._futile < FUTILE_AUDITS:
            self.unexplained = True
        self._differences.append(difference)

    def settle(self, added: int, strays: int = 0) -> None:
        """Begin anew after an audit that found so many rows, and so many documents that are never rows."""
        self._expected = -strays
        if added:
            self._futile = 0
        elif self.unexplained and self._differences[-1] < self._expected:
            self._futile += 1  # the server's estimate is off: such a difference is usual here
            self._expected = self._differences[-1]
        self.unexplained = False
        self._differences = deque([self._expected], maxlen=LOOKS_REMEMBERED)


def _object_id(head: int) -> ObjectId:
    return FIRST_ID if head == 0 else ObjectId(f"{head:016x}{0:08x}")


def _split(identity: ObjectId) -> Id:
    return Id(int.from_bytes(identity.binary[:8]), int.from_bytes(identity.binary[8:]))


def _after(identity: Id) -> Id:
    return Id(*divmod((identity.head << 32) + identity.tail + 1, 2**32))


def _before(identity: ObjectId) -> ObjectId:
    return ObjectId((int.from_bytes(identity.binary) - 1).to_bytes(12))
