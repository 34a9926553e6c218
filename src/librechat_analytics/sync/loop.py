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
from librechat_analytics.librechat.source import SourceForbiddenError, SourceUnreachableError
from librechat_analytics.sync.attribution import ANSWER_SAVED_WITHIN, attribute_waiting
from librechat_analytics.sync.frames import ledger_frame, naive, refusal_frame
from librechat_analytics.sync.interval import FIRST_ID, batches, greatest, id_at, ids_of
from librechat_analytics.sync.labels import write_labels
from librechat_analytics.sync.state import SourceState

if TYPE_CHECKING:
    from collections.abc import Callable

    from librechat_analytics.librechat.mongo import MongoSource
    from librechat_analytics.librechat.transactions import Refused, Transaction
    from librechat_analytics.store.store import Store
    from librechat_analytics.sync.state import Phase

log = logging.getLogger(__name__)

LATE_ARRIVAL_MARGIN = timedelta(minutes=10)
"""Clocks of several LibreChat processes differ; rows may be stored after rows with greater ids."""

SET_BACK_MARGIN = timedelta(days=1)
"""When the clock was ahead and has been set right, later rows have smaller ids than some that are held."""

LONGEST_PAUSE_SECONDS = 600.0
"""Between two tries to find agents, where each fails and may have cost MongoDB much."""

RETRY_SECONDS = 5.0


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
        complete = store.state().history_complete
        self._source_state = SourceState("ok") if complete else SourceState("importing", 0.0)

    @property
    def source_state(self) -> SourceState:
        return self._source_state

    def stop(self) -> None:
        """Make a running sync end after its current batch."""
        self._stop.set()

    def follow(self) -> None:
        """Keep the store level until stopped; whatever fails is logged and tried again.

        Agents are looked for in a thread of their own, so that new rows never wait for slow look-ups.
        """
        second_pass: threading.Thread | None = None
        while not self._stop.is_set():
            started = time.monotonic()
            delay = self._sync_seconds
            try:
                self._read()
                is_due = time.monotonic() >= self._agents_at
                if is_due and (second_pass is None or not second_pass.is_alive()):
                    second_pass = threading.Thread(target=self._attribute_aside, name="agents", daemon=True)
                    second_pass.start()
            except SourceUnreachableError as error:
                delay = min(RETRY_SECONDS, self._sync_seconds)
                self._note_problem(str(error))
            except OperatorError as error:
                self._note_failure(str(error))
            except Exception:
                log.exception("The sync failed and is tried again in %g s", delay)
            else:
                self._set_working()
            # What is stored right after a look began must be there when the next one ends, within the time
            # promised; a look that takes long is followed by as long a rest.
            taken = time.monotonic() - started
            self._stop.wait(max(delay - 2 * taken, min(taken, delay)))
        if second_pass is not None:
            second_pass.join()

    def run_once(self) -> None:
        """Bring the store level: new rows, names, history not read yet, agents.

        Raises SourceUnreachableError when MongoDB does not answer; what was read until then is kept.
        """
        self._read()
        self._attribute()
        self._read_labels()

    def _read(self) -> None:
        self._source.ping()
        self._source.require_readable("transactions")
        self._set_reachable()
        self._read_labels()
        if self._store.state().history_complete:
            self._read_new()
        else:
            self._read_history()
        self._read_labels()

    def _note_problem(self, problem: str) -> None:
        # Another reason is another line; the details of one may change at each try.
        kind = problem.partition(":")[0] + problem.partition(". ")[2]
        if kind not in self._said:
            log.warning("%s Figures stand as they are; trying again.", problem)
            self._said.add(kind)
        self._source_state = SourceState("unreachable", problem=problem)

    def _note_failure(self, failure: str) -> None:
        if failure != self._failure:
            log.error("%s Figures stand as they are; trying again.", failure)
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
            self._source_state = SourceState("importing", 0.0)

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
        for rows in batches(self._source.newer_transactions(since)):
            newest = greatest(newest, rows, started)
            self._write(rows, started, newest_id=newest)
            if self._stop.is_set():
                return
        self._margin = LATE_ARRIVAL_MARGIN
        as_of = {"as_of": naive(started)} if state.history_complete else {}
        self._store.write_state(last_sync=naive(started), **as_of)

    def _is_set_back(self, before: datetime, looked_at: float, now: datetime) -> bool:
        """Say whether the clock went back since the last look, further than late arrivals may come."""
        return now - before < timedelta(seconds=self._looked_at - looked_at) - LATE_ARRIVAL_MARGIN / 2

    def _read_history(self) -> None:
        """Read backwards to the beginning, looking for new rows in between."""
        expected = max(1, self._source.estimated_transactions())
        state = self._store.state()
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
        forbidden = write_labels(self._store, self._source, now)
        # Whoever is named by what may not be read would be asked for again and again.
        self._labels_readable = not {"users", "agents"} & set(forbidden)
        if forbidden and age >= self._labels_seconds:
            log.warning("MongoDB's user may not read %s. Give it the role `read`.", ", ".join(forbidden))
        if age >= self._labels_seconds:
            for rows in batches(self._source.stray_transactions()):
                self._write(rows, now)
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
