"""Keeps the store level with a live LibreChat."""

from __future__ import annotations

import logging
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bson import ObjectId

from librechat_analytics.errors import OperatorError
from librechat_analytics.librechat.documents import object_id_time
from librechat_analytics.librechat.source import (
    SourceForbiddenError,
    SourceForeignError,
    SourceUnreachableError,
)
from librechat_analytics.store.held_ids import HeldIds
from librechat_analytics.sync.attribution import ANSWER_SAVED_WITHIN, attribute_waiting
from librechat_analytics.sync.audit import Auditor, AuditStoppedError, GrowthWatch
from librechat_analytics.sync.frames import ledger_frame, naive, refusal_frame
from librechat_analytics.sync.identity import LedgerIdentity
from librechat_analytics.sync.interval import FIRST_ID, batches, greatest, id_at, ids_of
from librechat_analytics.sync.labels import write_labels
from librechat_analytics.sync.mending import read_outdated
from librechat_analytics.sync.state import SourceState

if TYPE_CHECKING:
    from collections.abc import Callable

    from librechat_analytics.librechat.mongo import MongoSource
    from librechat_analytics.librechat.transactions import Refused, Transaction
    from librechat_analytics.store.held_ids import AuditKind, AuditResult
    from librechat_analytics.store.store import Store
    from librechat_analytics.sync.audit import Running
    from librechat_analytics.sync.state import Phase

log = logging.getLogger(__name__)

LATE_ARRIVAL_MARGIN = timedelta(minutes=10)
"""Clocks of several LibreChat processes differ; rows may be stored after rows with greater ids."""

SET_BACK_MARGIN = timedelta(days=1)
"""When the clock was ahead and has been set right, later rows have smaller ids than some that are held."""

LONGEST_PAUSE_SECONDS = 600.0
"""Between two tries to find agents that failed; each may have cost MongoDB much work."""

RETRY_SECONDS = 5.0
TRIES_IN_VAIN = 5
"""A single sync gives up after this many tries in a row without progress."""

AUDIT_RETRY_SECONDS = 60.0
LEAST_REST_SECONDS = 15.0
AUDIT_REST_TIMES = 20
"""Between two audits of a ledger that grows elsewhere: they take a twentieth of the time at most."""

LOOKS_TO_BE_SURE = 3
QUICK_SECONDS = 0.5
ESTIMATE_REST_TIMES = 50
AUDIT_BY_COUNTS_AFTER = timedelta(days=1)
AUDIT_BY_IDS_AFTER = timedelta(days=7)
LONGEST_WAIT_FOR_AUDIT_SECONDS = 600.0
"""How long ``asOf`` waits after a start for the first audit to end."""


class Syncer:
    """Keeps the store level with a live LibreChat, newest rows first."""

    def __init__(
        self,
        store: Store,
        source: MongoSource,
        *,
        sync_seconds: float,
        labels_seconds: float,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        report: Callable[[Phase, int, int | None], None] = lambda *_: None,
    ) -> None:
        self._store = store
        self._source = source
        self._sync_seconds = sync_seconds
        self._labels_seconds = labels_seconds
        self._clock = clock
        self._report = report
        self._stop = threading.Event()
        self._woken = threading.Event()
        self._labelling = threading.Lock()
        self._margin = SET_BACK_MARGIN  # it may have been while this did not run
        self._clocks: tuple[datetime, float] | None = None
        self._looked_at = float("-inf")
        self._labelled_at = float("-inf")
        self._labels_readable = True
        self._failure: str | None = None
        self._said: set[str] = set()
        self._agents_problem = ""
        self._agents_pause_seconds = 0.0
        self._agents_at = float("-inf")
        self._mended_at = float("-inf")
        self._held = HeldIds(store)
        self._identity = LedgerIdentity(store, self._held, source)
        self._growth = GrowthWatch()
        self._auditor = Auditor(
            self._held,
            source,
            self._growth,
            write=lambda rows: self._write(rows, self._clock()),
            clock=clock,
            rest=self._stop.wait,
            report=lambda percent: report("audit", percent, 100),
        )
        self._audit_wanted: AuditKind | None = None
        self._audited_at: datetime | None = None
        self._as_of_waits = True
        state = store.state()
        # What arrived while this did not run may lie anywhere.
        longest_wait = LONGEST_WAIT_FOR_AUDIT_SECONDS if state.history_complete else 0.0
        self._unaudited_until = time.monotonic() + longest_wait
        self._audit_after = float("-inf")
        self._estimate_after = float("-inf")
        self._growth_audit_after = float("-inf")
        self._source_state = SourceState("ok") if state.history_complete else self._importing()
        self._asides: dict[str, threading.Thread] = {}

    @property
    def source_state(self) -> SourceState:
        return self._source_state

    def stop(self) -> None:
        """Make a running sync end after its current batch."""
        self._stop.set()
        self._woken.set()

    @property
    def audit_running(self) -> Running | None:
        return self._auditor.running

    def want_audit(self) -> None:
        """Request an audit of every id as soon as possible."""
        self._audit_wanted = "ids"
        self._audit_after = float("-inf")
        self._estimate_after = float("-inf")
        self._growth_audit_after = float("-inf")
        self._woken.set()

    def follow(self) -> None:
        """Keep the store level until stopped; whatever fails is logged and tried again.

        Agents are looked for, rows read once more and audits made in threads of their own, so that new rows
        never wait for them.
        """
        while not self._stop.is_set():
            started = time.monotonic()
            delay = self._sync_seconds
            try:
                self._read()
                self._begin_what_is_due()
            except SourceUnreachableError as error:
                delay = min(RETRY_SECONDS, self._sync_seconds)
                self._note_problem(error)
            except OperatorError as error:
                self._note_failure(str(error))
            except Exception:
                log.exception("The sync failed and is tried again in %g s", delay)
            else:
                self._set_working()
            # What is stored right after a look began must be there when the next one ends, within the time
            # promised; a look that takes long is followed by as long a rest.
            taken = time.monotonic() - started
            self._woken.wait(max(delay - 2 * taken, min(taken, delay)))
            if not self._stop.is_set():
                self._woken.clear()
        for thread in self._asides.values():
            thread.join()

    def _begin_what_is_due(self) -> None:
        if time.monotonic() >= self._agents_at:
            self._go_aside("agents", self._attribute_aside)
        if time.monotonic() - self._mended_at >= self._labels_seconds:
            self._go_aside("mending", self._mend_aside)
        if self._due_audit() is not None:
            self._go_aside("audit", self._audit_aside)

    def _go_aside(self, name: str, work: Callable[[], None]) -> None:
        thread = self._asides.get(name)
        if thread is None or not thread.is_alive():
            self._asides[name] = threading.Thread(target=work, name=name, daemon=True)
            self._asides[name].start()

    def run_once(self, audit: AuditKind = "counts") -> AuditResult | None:
        """Bring the store level: new rows, names, history not read yet, an audit, agents.

        Gives how the audit ended, None when told to stop.

        Tries again where MongoDB is slow, busy or away for a moment. Raises SourceUnreachableError when it
        gets no further; what was read until then is kept.
        """
        tries, before = 0, -1
        while True:
            try:
                self._read()
                if self._stop.is_set():
                    return None
                result = self._audit("ids" if self._due_audit() == "ids" else audit, at_ease=False)
                if self._as_of_waits:
                    self._read_new()
                break
            except AuditStoppedError:
                return None
            except SourceUnreachableError as error:
                held = self._store.count_transactions()
                tries = tries + 1 if held == before else 1
                before = held
                if not error.may_pass or tries > TRIES_IN_VAIN or self._stop.wait(RETRY_SECONDS):
                    raise
                log.warning("%s Trying again.", error)
        self._mend()
        self._attribute()
        self._read_labels()
        return result

    def _read(self) -> None:
        self._source.ping()
        self._source.require_readable("transactions")
        self._identity.require_same()
        self._identity.note_name()
        self._set_reachable()
        self._read_labels()
        if self._store.state().history_complete:
            self._read_new()
        else:
            self._read_history()
        self._read_labels()

    def _importing(self, expected: int | None = None) -> SourceState:
        """Say how far the first reading is, from what is held."""
        expected = expected or self._store.state().expected_documents
        progress = self._store.count_transactions() / expected if expected else 0.0
        return SourceState("importing", min(0.999, progress))

    def _note_problem(self, error: SourceUnreachableError) -> None:
        problem = str(error)
        # Another reason is another line; the details of one may change at each try.
        kind = problem.partition(":")[0] + problem.partition(". ")[2]
        if kind not in self._said:
            log.warning("%s Figures stay as they are; trying again.", problem)
            self._said.add(kind)
        is_foreign = isinstance(error, SourceForeignError)
        self._source_state = SourceState("unreachable", problem=problem, is_foreign=is_foreign)

    def _note_failure(self, failure: str) -> None:
        if failure != self._failure:
            log.error("%s Figures stay as they are; trying again.", failure)
        self._failure = failure

    def _set_working(self) -> None:
        if self._failure:
            log.info("The sync works again.")
        self._failure = None

    def _set_reachable(self) -> None:
        self._said.clear()
        if self._source_state.status == "unreachable":
            log.info("MongoDB answers again.")
        if self._store.state().history_complete:
            self._source_state = SourceState("ok")
        elif self._source_state.status != "importing":
            self._source_state = self._importing()

    def _read_new(self) -> None:
        started = self._clock()
        self._looked_at = time.monotonic()
        if self._clocks is not None and self._is_set_back(*self._clocks, started):
            self._margin = SET_BACK_MARGIN
        self._clocks = started, self._looked_at
        state = self._store.state()
        newest = ObjectId(state.newest_id) if state.newest_id else None
        # A clock that was ahead has let ids in that are greater than those of rows to come.
        since = FIRST_ID if newest is None else id_at(min(object_id_time(newest), started) - self._margin)
        for _ in range(LOOKS_TO_BE_SURE):
            for rows in batches(self._source.newer_transactions(since)):
                newest = greatest(newest, rows, started)
                self._write(rows, started, newest_id=newest)
                if self._stop.is_set():
                    return
            if not state.history_complete or self._is_explained() or self._growth.unexplained:
                break
        else:  # more than what arrives while it is read
            self._growth.unexplained = True
        self._margin = LATE_ARRIVAL_MARGIN
        is_level = state.history_complete and not self._growth.unexplained
        self._as_of_waits = not is_level or time.monotonic() < self._unaudited_until
        as_of = {} if self._as_of_waits else {"as_of": naive(started)}
        self._store.write_state(last_sync=naive(started), **as_of)

    def _is_explained(self) -> bool:
        """Say whether the server has no more documents than are held; seldom asked where it has to count."""
        if time.monotonic() < self._estimate_after:
            return True
        held = self._held.count() + self._auditor.strays
        asked = time.monotonic()
        there = self._source.estimated_transactions()
        taken = time.monotonic() - asked
        self._estimate_after = asked + ESTIMATE_REST_TIMES * taken if taken > QUICK_SECONDS else asked
        return self._growth.fits(there, held)

    def _due_audit(self) -> AuditKind | None:
        """Say which audit is due, if any."""
        if not self._store.state().history_complete or time.monotonic() < self._audit_after:
            return None
        if self._audit_wanted is not None:
            return self._audit_wanted
        by_ids = [audit.ended_at for audit in self._held.audits() if audit.kind == "ids"]
        if not by_ids or abs(naive(self._clock()) - by_ids[0]) >= AUDIT_BY_IDS_AFTER:
            return "ids"
        is_old = self._audited_at is None or self._clock() - self._audited_at >= AUDIT_BY_COUNTS_AFTER
        has_grown = self._growth.unexplained and time.monotonic() >= self._growth_audit_after
        if not is_old and not has_grown:
            return None
        return self._auditor.quick_kind()

    def _audit(self, kind: AuditKind, *, at_ease: bool) -> AuditResult:
        wanted = self._audit_wanted if kind == self._audit_wanted else None
        if wanted:
            self._audit_wanted = None  # whoever asks while this runs wants another one
        began = time.monotonic()
        try:
            result = self._auditor.run(kind, at_ease=at_ease)
        except BaseException:
            self._audit_wanted = self._audit_wanted or wanted
            raise
        ended = time.monotonic()
        self._growth_audit_after = ended + max(LEAST_REST_SECONDS, AUDIT_REST_TIMES * (ended - began))
        self._audited_at = self._clock()
        as_of = self._store.state().as_of
        if as_of is None or as_of < result.started_at:
            self._store.write_state(as_of=result.started_at)  # all that was stored by then has been compared
        self._unaudited_until = 0.0
        if result.added:
            log.warning(
                "An audit read %s transactions of LibreChat's database that the store did not have."
                " Rows come late or out of order when they are restored, merged or written by a wrong clock.",
                f"{result.added:,}",
            )
        return result

    def _audit_aside(self) -> None:
        kind = self._due_audit()
        if kind is None:
            return
        try:
            self._audit(kind, at_ease=self._audit_wanted is None)
        except AuditStoppedError:
            pass
        except OperatorError as error:
            self._audit_after = time.monotonic() + AUDIT_RETRY_SECONDS
            log.warning("The audit failed and is tried again. %s", error)
        except Exception:
            self._audit_after = time.monotonic() + AUDIT_RETRY_SECONDS
            log.exception("The audit failed and is tried again")

    def _is_set_back(self, before: datetime, looked_at: float, now: datetime) -> bool:
        """Say whether the clock went back since the last look, further than late arrivals may come."""
        return now - before < timedelta(seconds=self._looked_at - looked_at) - LATE_ARRIVAL_MARGIN / 2

    def _read_history(self) -> None:
        """Read backwards to the beginning, looking for new rows in between."""
        expected = max(1, self._source.estimated_transactions())
        state = self._store.state()
        if state.expected_documents != expected:
            self._store.write_state(expected_documents=expected)
        self._source_state = self._importing(expected)
        oldest = ObjectId(state.oldest_id) if state.oldest_id else None
        held = self._store.count_transactions()
        if oldest is None:
            self._looked_at = time.monotonic()
        for rows in batches(self._source.older_transactions(oldest)):
            started = self._clock()
            first = oldest is None
            oldest = min((oldest, *ids_of(rows)) if oldest else ids_of(rows), default=oldest)
            newest = {"newest_id": greatest(None, rows, started)} if first else {}
            held += self._write(rows, started, oldest_id=oldest, **newest)
            self._source_state = SourceState("importing", min(0.999, held / expected))
            self._report("transactions", held, expected)
            if self._stop.is_set():
                return
            if time.monotonic() - self._looked_at >= self._sync_seconds:
                self._read_new()
        self._store.write_state(history_complete=True)
        self._read_new()
        self._source_state = SourceState("ok")
        self._store.checkpoint()

    def _read_labels(self) -> None:
        """Read names again when they may be old, or somebody new has appeared."""
        with self._labelling:
            self._read_labels_alone()

    def _read_labels_alone(self) -> None:
        age = time.monotonic() - self._labelled_at
        if age < self._labels_seconds and not (self._labels_readable and self._store.has_unlabelled()):
            return
        now = self._clock()
        unreadable = write_labels(self._store, self._source, now)
        # Whoever is named by what cannot be read would be asked for again and again.
        self._labels_readable = not {"users", "agents"} & set(unreadable)
        if age >= self._labels_seconds:
            for why in sorted(set(unreadable.values())):
                names = ", ".join(name for name, reason in unreadable.items() if reason == why)
                log.warning("Names of %s cannot be read. %s", names, why)
        if age >= self._labels_seconds:
            self._labelled_at = time.monotonic()

    def _attribute(self) -> None:
        try:
            final_before = naive(self._clock() - ANSWER_SAVED_WITHIN)
            for count, waiting in attribute_waiting(
                self._store, self._source, is_final=lambda row, _: row.created_at < final_before
            ):
                self._agents_pause_seconds = 0.0
                self._report("agents", count, waiting)
                if self._stop.is_set():
                    return
        except SourceForbiddenError as error:
            log.warning("Agents cannot be found: %s", error)

    def _mend(self) -> None:
        read_outdated(
            self._store,
            self._source,
            self._clock(),
            is_stopped=self._stop.is_set,
            rest=self._stop.wait,
        )

    def _mend_aside(self) -> None:
        try:
            self._mend()
        except OperatorError as error:
            log.warning("Incomplete rows cannot be read again yet. %s", error)
        except Exception:
            log.exception("Incomplete rows could not be read again")
        finally:
            self._mended_at = time.monotonic()

    def _attribute_aside(self) -> None:
        try:
            self._attribute()
            self._read_labels()  # answers name agents that were deleted
        except OperatorError as error:
            self._postpone_agents(str(error))
        except Exception:
            log.exception("Looking for agents failed and is tried again")
        else:
            self._agents_problem = ""

    def _postpone_agents(self, problem: str) -> None:
        pause = min(LONGEST_PAUSE_SECONDS, max(self._sync_seconds, 2 * self._agents_pause_seconds))
        self._agents_pause_seconds, self._agents_at = pause, time.monotonic() + pause
        # Where the reading meets the same, it says so.
        if problem != self._agents_problem and self._source_state.status != "unreachable":
            log.warning("Agents cannot be looked up; trying again, less and less often. %s", problem)
            self._agents_problem = problem

    def _write(self, rows: list[Transaction | Refused], now: datetime, **ends: ObjectId | None) -> int:
        state = {name: str(end) for name, end in ends.items() if end is not None}
        return self._store.write_batch(ledger_frame(rows), refusal_frame(rows), state, now=naive(now))
