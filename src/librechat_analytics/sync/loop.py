"""Keeps the store up to date with a live LibreChat."""

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
    SourceUnreachableError,
)
from librechat_analytics.librechat.transactions import Refused
from librechat_analytics.store.held_ids import HeldIds
from librechat_analytics.sync.attribution import REPLY_SAVED_WITHIN, attribute_waiting
from librechat_analytics.sync.audit import Auditor, AuditStoppedError, GrowthWatch
from librechat_analytics.sync.audit_schedule import AuditSchedule
from librechat_analytics.sync.frames import ledger_table, naive, refusal_frame
from librechat_analytics.sync.health import SourceHealth
from librechat_analytics.sync.identity import LedgerIdentity
from librechat_analytics.sync.interval import FIRST_ID, greatest, id_at, least
from librechat_analytics.sync.labels import LabelReader
from librechat_analytics.sync.mending import read_outdated
from librechat_analytics.sync.state import SourceState, one_by_one
from librechat_analytics.sync.summing_up import SummingUp

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from librechat_analytics.columns import Table
    from librechat_analytics.librechat.mongo import MongoSource
    from librechat_analytics.librechat.transactions import Transaction
    from librechat_analytics.store.held_ids import AuditKind, AuditResult
    from librechat_analytics.store.store import Store
    from librechat_analytics.sync.audit import Running
    from librechat_analytics.sync.state import Phase

log = logging.getLogger(__name__)

LATE_ARRIVAL_MARGIN = timedelta(minutes=10)
"""Clocks of several LibreChat processes differ, so a row may be stored after rows with greater ids."""

SET_BACK_MARGIN = timedelta(days=1)
"""After a clock that was ahead is corrected, new rows have smaller ids than some rows in the store."""

LONGEST_PAUSE_SECONDS = 600.0
"""The longest pause between two failing searches for agents; each may have cost MongoDB much work."""

RETRY_SECONDS = 5.0
MOST_VAIN_TRIES = 5
"""A single sync gives up after this many tries in a row without progress."""

MOST_READINGS = 3
"""How often new rows are read in a row while the server still has more rows than the store."""

QUICK_SECONDS = 0.5
ESTIMATE_REST_TIMES = 50
"""A server that needs longer than QUICK_SECONDS to count then rests for this many times as long."""

LONGEST_WAIT_FOR_AUDIT_SECONDS = 600.0
"""How long after a start ``asOf`` waits for the end of the first audit."""


class Syncer:
    """Keeps the store up to date with a live LibreChat, newest rows first.

    New rows are read in one thread. The search for agents, the completion of old rows and audits have threads
    of their own.
    """

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
        # The clock may have been set back while the program was not running.
        self._margin = SET_BACK_MARGIN
        self._last_reading: tuple[datetime, float] | None = None
        self._read_new_at = float("-inf")
        self._labels = LabelReader(store, source, seconds=labels_seconds, clock=clock)
        self._summing_up = SummingUp(store, clock, self._stop.is_set)
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
            write=self._write_missing,
            clock=clock,
            rest=self._stop.wait,
            report=lambda percent: report("audit", percent, 100),
        )
        self._schedule = AuditSchedule(clock)
        self._as_of_waits = True
        state = store.state()
        # Rows that arrived while the program was not running may have any id; the first audit finds them.
        longest_wait = LONGEST_WAIT_FOR_AUDIT_SECONDS if state.history_complete else 0.0
        self._unaudited_until = time.monotonic() + longest_wait
        self._estimate_after = float("-inf")
        self._health = SourceHealth(SourceState("ok") if state.history_complete else self._importing())
        self._background: dict[str, threading.Thread] = {}

    @property
    def source_state(self) -> SourceState:
        """How the source is doing."""
        return self._health.state

    def stop(self) -> None:
        """Make a running sync end after its current batch."""
        self._stop.set()
        self._woken.set()

    @property
    def audit_running(self) -> Running | None:
        """The audit that is running, if any."""
        return self._auditor.running

    def want_audit(self) -> None:
        """Request an audit of every id as soon as possible."""
        self._schedule.request()
        self._estimate_after = float("-inf")
        self._woken.set()

    def follow(self) -> None:
        """Keep the store up to date until stopped; log failures and try again.

        New rows never wait for agents, old rows or audits: those have threads of their own.
        """
        while not self._stop.is_set():
            started = time.monotonic()
            delay = self._sync_seconds
            try:
                self._read()
                self._sum_up()
                self._start_background_work()
            except SourceUnreachableError as error:
                delay = min(RETRY_SECONDS, self._sync_seconds)
                self._health.note_unreachable(error)
            except OperatorError as error:
                self._health.note_failure(str(error))
            except Exception:
                log.exception("The sync failed and is tried again in %g s", delay)
            else:
                self._health.note_success()
            # A row that arrives just after a reading began comes with the next one: both must fit into the
            # delay. After a long reading, rest for as long as it took.
            taken = time.monotonic() - started
            self._woken.wait(max(delay - 2 * taken, min(taken, delay)))
            if not self._stop.is_set():
                self._woken.clear()
        for thread in self._background.values():
            thread.join()

    def _start_background_work(self) -> None:
        if time.monotonic() >= self._agents_at:
            self._start("agents", self._attribute_in_background)
        if time.monotonic() - self._mended_at >= self._labels_seconds:
            self._start("mending", self._mend_in_background)
        if self._due_audit() is not None:
            self._start("audit", self._audit_in_background)

    def _start(self, name: str, work: Callable[[], None]) -> None:
        """Start a thread of this name unless it is still running."""
        thread = self._background.get(name)
        if thread is None or not thread.is_alive():
            self._background[name] = threading.Thread(target=work, name=name, daemon=True)
            self._background[name].start()

    def run_once(self, audit: AuditKind = "counts") -> AuditResult | None:
        """Bring the store up to date once: names, new rows, the rest of the history, an audit, agents.

        Returns the result of the audit, or None when stopped. Tries again when MongoDB is slow, busy or away
        for a moment. Raises SourceUnreachableError when it makes no progress; what was read is kept.
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
                if not error.may_pass or tries > MOST_VAIN_TRIES or self._stop.wait(RETRY_SECONDS):
                    raise
                log.warning("%s Trying again.", error)
        self._mend()
        self._attribute()
        self._labels.read_if_due()
        self._sum_up()
        return result

    def _read(self) -> None:
        self._source.ping()
        self._source.require_readable("transactions")
        self._identity.require_same()
        self._identity.note_name()
        self._note_answer()
        self._labels.read_if_due()
        if self._store.state().history_complete:
            self._read_new()
        else:
            self._read_history()
        self._labels.read_if_due()

    def _importing(self, expected: int | None = None) -> SourceState:
        """Return how much of the history the store has."""
        expected = expected or self._store.state().expected_documents
        progress = self._store.count_transactions() / expected if expected else 0.0
        return SourceState("importing", min(0.999, progress))

    def _note_answer(self) -> None:
        self._health.note_answer()
        if self._store.state().history_complete:
            self._health.state = SourceState("ok")
        elif self._health.state.status != "importing":
            self._health.state = self._importing()

    def _read_new(self) -> None:
        """Read the rows above the interval of ids in the store, and a margin below its upper end."""
        started = self._clock()
        self._read_new_at = time.monotonic()
        if self._last_reading is not None and self._is_set_back(*self._last_reading, started):
            self._margin = SET_BACK_MARGIN
        self._last_reading = started, self._read_new_at
        state = self._store.state()
        newest = ObjectId(state.newest_id) if state.newest_id else None
        # A clock that was ahead made ids that are greater than those of rows to come.
        since = FIRST_ID if newest is None else id_at(min(object_id_time(newest), started) - self._margin)
        for _ in range(MOST_READINGS):
            for batch in self._source.newer_batches(since):
                newest = greatest(newest, batch, started)
                self._write(batch.rows, batch.refused, started, newest_id=newest)
                if self._stop.is_set():
                    return
            if not state.history_complete or self._is_explained() or self._growth.unexplained:
                break
        else:  # the server has more rows than those that arrive during a reading
            self._growth.unexplained = True
        self._margin = LATE_ARRIVAL_MARGIN
        is_complete = state.history_complete and not self._growth.unexplained
        self._as_of_waits = not is_complete or time.monotonic() < self._unaudited_until
        as_of = {} if self._as_of_waits else {"as_of": naive(started)}
        self._store.write_state(last_sync=naive(started), **as_of)

    def _is_explained(self) -> bool:
        """Say whether the server has no more rows than the store; counts seldom where counting is slow."""
        if time.monotonic() < self._estimate_after:
            return True
        held = self._held.count() + self._auditor.strays
        began = time.monotonic()
        there = self._source.estimated_transactions()
        taken = time.monotonic() - began
        self._estimate_after = began + ESTIMATE_REST_TIMES * taken if taken > QUICK_SECONDS else began
        return self._growth.fits(there, held)

    def _due_audit(self) -> AuditKind | None:
        """Return the audit that is due, if any; none before the history has been read."""
        if not self._store.state().history_complete:
            return None
        return self._schedule.due(
            last_by_ids=self._last_audit_by_ids,
            has_grown=self._growth.unexplained,
            quick_kind=self._auditor.quick_kind,
        )

    def _last_audit_by_ids(self) -> datetime | None:
        return next((audit.ended_at for audit in self._held.audits() if audit.kind == "ids"), None)

    def _audit(self, kind: AuditKind, *, at_ease: bool) -> AuditResult:
        request = self._schedule.take_request(kind)
        began = time.monotonic()
        try:
            result = self._auditor.run(kind, at_ease=at_ease)
        except BaseException:
            self._schedule.put_back(request)
            raise
        self._schedule.note_end(time.monotonic() - began)
        as_of = self._store.state().as_of
        if as_of is None or as_of < result.started_at:
            # Every row that LibreChat had when the audit began has been compared.
            self._store.write_state(as_of=result.started_at)
        self._unaudited_until = 0.0
        if result.added:
            log.warning(
                "An audit read %s transactions of LibreChat's database that the store did not have."
                " Rows come late or out of order when they are restored, merged or written by a wrong clock.",
                f"{result.added:,}",
            )
        return result

    def _audit_in_background(self) -> None:
        kind = self._due_audit()
        if kind is None:
            return
        try:
            self._audit(kind, at_ease=not self._schedule.is_requested)
        except AuditStoppedError:
            pass
        except OperatorError as error:
            self._schedule.retry_later()
            log.warning("The audit failed and is tried again. %s", error)
        except Exception:
            self._schedule.retry_later()
            log.exception("The audit failed and is tried again")

    def _is_set_back(self, before: datetime, read_at: float, now: datetime) -> bool:
        """Say whether the clock was set back since the last reading, by more than the usual margin covers."""
        return now - before < timedelta(seconds=self._read_new_at - read_at) - LATE_ARRIVAL_MARGIN / 2

    def _read_history(self) -> None:
        """Read the history backwards to its beginning, and new rows in between."""
        expected = max(1, self._source.estimated_transactions())
        state = self._store.state()
        if state.expected_documents != expected:
            self._store.write_state(expected_documents=expected)
        self._health.state = self._importing(expected)
        oldest = ObjectId(state.oldest_id) if state.oldest_id else None
        held = self._store.count_transactions()
        rows_read, read_one_by_one = state.rows_read or 0, state.read_one_by_one or 0
        if oldest is None:
            self._read_new_at = time.monotonic()
            rows_read = read_one_by_one = 0
        for batch in self._source.older_batches(oldest):
            started = self._clock()
            newest = {"newest_id": greatest(None, batch, started)} if oldest is None else {}
            oldest = least(oldest, batch)
            rows_read += batch.documents
            read_one_by_one += batch.read_alone
            held += self._write(
                batch.rows,
                batch.refused,
                started,
                oldest_id=oldest,
                rows_read=rows_read,
                read_one_by_one=read_one_by_one,
                attributed_one_by_one=None,
                **newest,
            )
            self._health.state = SourceState("importing", min(0.999, held / expected))
            self._report("transactions", held, expected)
            if self._stop.is_set():
                return
            if time.monotonic() - self._read_new_at >= self._sync_seconds:
                self._read_new()
        self._store.write_state(history_complete=True)
        self._read_new()
        self._health.state = SourceState("ok")
        self._store.checkpoint()
        if said := one_by_one(self._store.state()):
            log.info("The history has been read: %s", said)

    def _sum_up(self) -> None:
        if self._store.state().history_complete:
            self._summing_up.run_if_due()

    def _attribute(self) -> None:
        try:
            final_before = naive(self._clock() - REPLY_SAVED_WITHIN)
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

    def _mend_in_background(self) -> None:
        try:
            self._mend()
        except OperatorError as error:
            log.warning("Incomplete rows cannot be read again yet. %s", error)
        except Exception:
            log.exception("Incomplete rows could not be read again")
        finally:
            self._mended_at = time.monotonic()

    def _attribute_in_background(self) -> None:
        try:
            self._attribute()
            self._labels.read_if_due()  # messages name agents that were deleted
        except OperatorError as error:
            self._postpone_agents(str(error))
        except Exception:
            log.exception("The search for agents failed and is tried again")
        else:
            self._agents_problem = ""

    def _postpone_agents(self, problem: str) -> None:
        pause = min(LONGEST_PAUSE_SECONDS, max(self._sync_seconds, 2 * self._agents_pause_seconds))
        self._agents_pause_seconds, self._agents_at = pause, time.monotonic() + pause
        # While MongoDB is unreachable, the reading reports that already.
        if problem != self._agents_problem and self._health.state.status != "unreachable":
            log.warning("Agents cannot be looked up; trying again, less and less often. %s", problem)
            self._agents_problem = problem

    def _write(
        self,
        rows: Table,
        refused: Sequence[Refused],
        now: datetime,
        **changes: ObjectId | int | None,
    ) -> int:
        """Write rows and changes of the state; an end of the interval that is None does not change."""
        state = {
            name: str(value) if isinstance(value, ObjectId) else value
            for name, value in changes.items()
            if value is not None or not name.endswith("_id")
        }
        return self._store.write_batch(rows, refusal_frame(refused), state, now=naive(now))

    def _write_missing(self, rows: list[Transaction | Refused]) -> int:
        refused = [row for row in rows if isinstance(row, Refused)]
        return self._write(ledger_table(rows), refused, self._clock())
