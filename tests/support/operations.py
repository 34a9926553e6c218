"""Imports, syncs, audits, deletions, restores and kills in any order: after each step all figures are right.

What must hold at any time:

- A transaction that was held once is held exactly once for ever, and the figures of all endpoints are those
  of the oracle over all transactions held.
- `asOf` promises no more than is so: what LibreChat had stored by then, and still has, is held.
- A look reads what was stored since the last one with an id that is at most minutes old.
- After an audit by ids nothing is missing of what LibreChat has, and what it has deleted is known; after one
  by counts neither, except where as many were deleted as came.

The exception is the known gap between two audits by ids: where LibreChat has lost as many transactions, which
nobody has noticed yet, as it has got elsewhere than where new ones are looked for, all counts agree.

`python -m tests.hunt --minutes 20` hunts with new seeds for so long.
"""

from __future__ import annotations

import logging
import os
import random
from collections import Counter
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import TYPE_CHECKING, Literal

import pytest
from bson import ObjectId
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from librechat_analytics.librechat import ledger as ledger_module
from librechat_analytics.librechat.dump import DumpSource
from librechat_analytics.librechat.mongo import MongoSource
from librechat_analytics.librechat.source import SourceForeignError, SourceUnreachableError
from librechat_analytics.store.held_ids import HeldIds
from librechat_analytics.sync import attribution, audit, audit_schedule, dump_agents, imports, labels, loop
from librechat_analytics.sync.imports import import_dump
from tests.support import in_memory, ledgers
from tests.support.agreement import PERIODS, ZONES, api_of, assert_answers_agree
from tests.support.derived import assert_derived_is_right
from tests.support.moving_librechat import (
    Interrupted,
    Killed,
    MovingLibreChat,
    Points,
    SteppedClock,
    id_time,
)
from tests.support.oracle import ENDPOINTS, user_id
from tests.support.plans import LABELS, Amid, Dumped, Plan, amid, cut_off, few_plans, plans
from tests.support.stepped_syncer import Failures, SteppedSyncer
from tests.support.witness import MovingOracle, Witness, WitnessedStore, object_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pymongo.database import Database

    from librechat_analytics.store.held_ids import AuditResult
    from tests.support.documents import Document


KEPT_USER = {"_id": ledgers.USERS[0], "name": "Ana Kovač", "email": "ana@example.com"}
"""LibreChat keeps this one: without any of its users it would be taken for another LibreChat."""
SETTINGS = partial(
    settings, deadline=None, database=None, suppress_health_check=list(HealthCheck), print_blob=False
)

FILTERS = ("user", "model", "agent", "context")

steps_taken: Counter[str] = Counter()


class Operations(RuleBasedStateMachine):
    """A LibreChat, the program beside it, and everything that operators and accidents do to both."""

    database: Callable[[], Database[Document] | None] = staticmethod(lambda: None)
    endpoints_asked = len(ENDPOINTS)

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory(prefix="machine-", dir=os.environ.get("STATE_MACHINE_FOLDER"))
        self.clock = SteppedClock()
        self.librechat = MovingLibreChat(self.clock, self.database())
        self.librechat.replace("users", [KEPT_USER])
        self.points = Points()
        self.witness = Witness(self.librechat.ever)
        self.store = self.open()
        self.sync: SteppedSyncer | None = None
        self.dumps: list[Dumped] = []
        self.serial = 0
        self.held: set[ObjectId] = set()
        self.refused: set[str] = set()
        self.taken: set[object] = set()
        self.gone: set[ObjectId] = set()
        self.compared_version, self.comparisons = -1, 0
        self.awaited: dict[object, datetime] = {}
        """Until when a look must have read what."""
        self.excused: set[object] = set()
        self.promised = 0
        """Of so many changes of LibreChat ``asOf`` says that they are in the figures."""
        self.as_of: datetime | None = None
        self.looked_at: tuple[datetime, datetime] | None = None
        self.was_set_back = False
        self.judged: set[AuditResult] = set()
        self.failures = Failures()
        logging.getLogger("librechat_analytics").addHandler(self.failures)
        self.patch = pytest.MonkeyPatch()
        for module in (loop, audit_schedule, labels):
            self.patch.setattr(module, "time", SimpleNamespace(monotonic=self.clock.monotonic))
        self.patch.setattr(loop, "RETRY_SECONDS", 0)
        self.patch.setattr(audit, "LONGEST_REST_SECONDS", 0)
        steps_taken["examples"] += 1

    def teardown(self) -> None:
        self.patch.undo()
        logging.getLogger("librechat_analytics").removeHandler(self.failures)
        self.store.close()
        self.folder.cleanup()

    def open(self) -> WitnessedStore:
        return WitnessedStore(Path(self.folder.name) / "store", self.witness, self.points)

    def syncer(self) -> SteppedSyncer:
        if self.sync is None:
            database = self.database()
            source = self.librechat.memory if database is None else MongoSource(database)
            self.sync = SteppedSyncer(
                self.store,
                Interrupted(source, self.points),  # type: ignore[arg-type]
                sync_seconds=10,
                labels_seconds=60,
                clock=self.clock,
            )
        return self.sync

    @initialize(rows=st.lists(plans, max_size=12), batch=st.sampled_from([3, 10_000]))
    def begin(self, rows: list[Plan], batch: int) -> None:
        for module, name, size in (
            (in_memory, "BATCH_DOCUMENTS", batch),
            (imports, "ROWS_AT_ONCE", batch),
            (dump_agents, "DOCUMENTS_AT_ONCE", batch),
            (attribution, "ROWS_AT_ONCE", batch),
            (audit, "ROWS_PER_RANGE", batch + 3),
            (ledger_module, "BATCH_DOCUMENTS", batch),
            (ledger_module, "PAGE_IDS", batch),
            (ledger_module, "FEWEST_PAGE_IDS", min(batch, 1_000)),
        ):
            self.patch.setattr(module, name, size)
        self.write(rows)

    # What LibreChat does.

    def write(self, rows: list[Plan]) -> None:
        new = self.librechat.store([self.document(plan) for plan in rows])
        self.await_seen(new)

    def document(self, plan: Plan) -> Document:
        self.serial += 1
        now, given = self.clock.now, plan.fields["_id"]
        second = {
            "late": now - timedelta(minutes=plan.minutes),
            "very late": now - timedelta(minutes=12 + 60 * plan.minutes),
            "long ago": id_time(given) - timedelta(days=1),
            "ahead": now + timedelta(minutes=1 + 40 * plan.minutes),
        }.get(plan.kind, now)
        identity = ObjectId(int(second.timestamp()).to_bytes(4) + self.serial.to_bytes(8))
        changed: Document = {"_id": identity}
        if plan.fields.get("createdAt") is not None:
            changed["createdAt"] = second
        if plan.kind == "refused":
            changed |= {"tokenType": "prompt", "tokenValue": "much"}
        if plan.kind == "stray":
            changed |= {"tokenType": "prompt", "_id": f"stray {self.serial}"}
        return plan.fields | changed

    def await_seen(self, new: list[Document]) -> None:
        """Note what the next look must read: ids that are at most minutes older than the last look."""
        if self.looked_at is None:
            return
        reading, real = self.looked_at
        if self.points.are_passing:  # there may have been another look since
            reading = self.clock.now
        oldest = min(reading, self.clock.now) - timedelta(minutes=4 if self.was_set_back else 9)
        # After a clock was set back a day is looked at, of rows to come no more is known.
        until = real + timedelta(hours=20) if self.was_set_back else datetime.max.replace(tzinfo=UTC)
        self.awaited |= {
            d["_id"]: until for d in new if isinstance(d["_id"], ObjectId) and id_time(d["_id"]) >= oldest
        }

    @rule(rows=few_plans)
    def write_rows(self, rows: list[Plan]) -> None:
        self.write(rows)

    @rule(
        which=st.sampled_from(["a user's", "old", "some", "all"]),
        user=st.sampled_from(ledgers.USERS),
        restored=st.sampled_from([0, 0, 1, 3]),
    )
    def delete_or_restore_rows(self, which: str, user: ObjectId, restored: int) -> None:
        if restored:
            self.restore_rows(restored)
        else:
            self.delete_rows(which, user)

    def delete_rows(self, which: str, user: ObjectId) -> None:
        there = self.librechat.transactions
        age = self.clock.now - timedelta(days=2)
        ids = {
            "a user's": [d["_id"] for d in there if user_id(d.get("user")) == str(user)],
            "old": [d["_id"] for d in there if isinstance(d["_id"], ObjectId) and id_time(d["_id"]) < age],
            "some": [d["_id"] for d in there[:: 1 + self.serial % 3]],
            "all": [d["_id"] for d in there],
        }[which]
        self.librechat.delete(ids)

    def restore_rows(self, every: int) -> None:
        deleted = [self.librechat.ever[identity] for identity in self.librechat.deleted_at]
        self.await_seen(self.librechat.store(deleted[::every]))

    @rule(labels=st.one_of(*(st.tuples(st.just(name), some) for name, some in LABELS.items())))
    def change_labels(self, labels: tuple[str, list[Document]]) -> None:
        name, documents = labels
        there = self.librechat.memory.collections[name]
        if name == "users":
            documents = [KEPT_USER, *(user for user in documents if user["_id"] != KEPT_USER["_id"])]
        if name == "messages":
            ids, times = {m["messageId"] for m in there}, {m["createdAt"] for m in there}
            new = (m for m in documents if m["messageId"] not in ids and m["createdAt"] not in times)
            documents = [*there[:: 2 if not documents else 1], *new]
        self.librechat.replace(name, documents)

    # What time and operators do.

    @rule(
        passed=st.sampled_from([timedelta(seconds=1), timedelta(seconds=70), timedelta(minutes=11)])
        | st.sampled_from([timedelta(hours=5), timedelta(hours=25), timedelta(days=8)]),
        off=st.none() | st.sampled_from([timedelta(hours=hours) for hours in (0, 0, 0.05, 3, 30)]),
    )
    def let_time_pass(self, passed: timedelta, off: timedelta | None) -> None:
        self.clock.real += passed
        if off is not None:
            self.was_set_back = self.was_set_back or off < self.clock.off
            self.clock.off = off

    @precondition(lambda self: len(self.dumps) < 4)
    @rule()
    def dump(self) -> None:
        self.dumps.append(Dumped(self.librechat.ledger(), self.clock.changes))

    @precondition(lambda self: self.dumps)
    @rule(
        which=st.integers(0, 3),
        cut=st.sampled_from([None, None, None, "transactions", "messages", "users"]),
        at=st.floats(0, 1),
        amid=amid.filter(lambda amid: amid is None or amid.event in ("kill", "arrive")),
    )
    def import_a_dump(self, which: int, cut: str | None, at: float, amid: Amid | None) -> None:
        self.sync = None
        dumped = self.dumps[which % len(self.dumps)]
        folder = Path(self.folder.name) / f"dump-{self.clock.changes}-{len(self.clock.readings)}"
        dumped.ledger.write(folder)
        if cut is not None:
            dumped = replace(dumped, ledger=cut_off(dumped.ledger, folder, cut, at))
        steps_taken["imports"] += 1
        with self.amid(amid):
            source = DumpSource(folder)
            self.witness.source = lambda: dumped.ledger
            try:
                import_dump(self.store, source, now=self.clock.now)
            except SourceForeignError:
                known = {user for d in self.documents_held() if (user := user_id(d.get("user")))}
                theirs = {user_id(d.get("user")) for d in dumped.ledger.transactions}
                assert not known & (theirs | {str(user["_id"]) for user in dumped.ledger.users})
                import_dump(self.store, source, now=self.clock.now, merge=True)
            finally:
                self.witness.source = self.librechat.ledger
        self.note_promise(dumped)

    @rule(kind=st.sampled_from(["counts", "counts", "ids"]), amid=amid)
    def sync_once(self, kind: Literal["counts", "ids"], amid: Amid | None) -> None:
        steps_taken["syncs"] += 1
        with self.amid(amid):
            try:
                self.syncer().run_once(kind)
            except SourceForeignError:
                self.assert_foreign()
            except SourceUnreachableError:
                assert amid is not None
                assert amid.event == "break off"
        self.note_promise()

    @rule(rows=few_plans, amid=amid)
    def write_rows_and_look(self, rows: list[Plan], amid: Amid | None) -> None:
        self.write(rows)
        self.look(wanted=False, amid=amid)

    @rule(wanted=st.booleans(), amid=amid)
    def look(self, wanted: bool, amid: Amid | None) -> None:
        steps_taken["looks"] += 1
        with self.amid(amid):
            if wanted:
                self.syncer().want_audit()
            self.syncer().look()
            if self.syncer().source_state.is_foreign:
                self.assert_foreign()
        self.note_promise()

    @rule()
    def restart(self) -> None:
        self.sync = None
        self.store.close()
        self.store = self.open()

    def write_and_look_amid(self, rows: list[Plan]) -> None:
        self.write(rows)
        if self.sync:
            self.sync.look_amid()

    @contextmanager
    def amid(self, amid: Amid | None) -> Iterator[None]:
        self.witness.source = self.librechat.ledger
        if amid is not None:
            self.points.plan(
                amid.after,
                {
                    "kill": self.kill,
                    "break off": self.break_off,
                    "arrive": lambda: self.write(amid.plans),
                    "restore": lambda: self.restore_rows(1),
                    "delete": lambda: self.delete_rows("some", ledgers.USERS[0]),
                    "look": lambda: self.write_and_look_amid(amid.plans),
                }[amid.event],
                only_asking=amid.event in ("break off", "look"),
            )
        try:
            yield
        except Killed:
            steps_taken["kills"] += 1
            self.restart()
        finally:
            self.points.plan(0, None)

    def kill(self) -> None:
        raise Killed

    def break_off(self) -> None:
        raise SourceUnreachableError("MongoDB does not answer: it broke off")

    def assert_foreign(self) -> None:
        """Assert that nothing showed that LibreChat is still the same; from now on a restored row does."""
        shared = self.held & self.librechat.ids
        assert not shared
        self.librechat.store([self.librechat.ever[identity] for identity in sorted(self.held)[:1]])

    # What must hold.

    @invariant()
    def everything_holds(self) -> None:
        steps_taken["steps"] += 1
        self.each_transaction_is_held_once_and_for_ever()
        self.as_of_promises_no_more_than_is_so()
        self.a_look_reads_what_is_new()
        self.an_audit_finds_what_is_missing_and_what_is_gone()
        self.all_figures_are_right()

    def note_promise(self, dumped: Dumped | None = None) -> None:
        """Note what ``asOf`` promises when it has moved."""
        as_of = self.store.state().as_of
        if as_of == self.as_of or as_of is None:
            return
        self.as_of = as_of
        if as_of in self.clock.readings:
            self.promised = self.clock.readings[as_of]
        elif dumped is not None:
            self.promised = dumped.changes

    def each_transaction_is_held_once_and_for_ever(self) -> None:
        with self.store.reading() as cursor:
            rows = cursor.execute("SELECT id_head, id_tail FROM transactions").fetchall()
            refused = [name for (name,) in cursor.execute("SELECT id FROM refused").fetchall()]
            gone = cursor.execute("SELECT id_head, id_tail FROM gone").fetchall()
        held = {object_id(*row) for row in rows}
        assert len(rows) == len(held)
        assert len(refused) == len({*refused})
        assert len(gone) == len({*gone})
        by_text = {str(identity): identity for identity in held}
        assert not by_text.keys() & {*refused}
        assert held <= self.librechat.ever.keys()
        assert held >= self.held
        assert {*refused} >= self.refused
        self.held, self.refused = held, {*refused}
        self.gone = {object_id(*row) for row in gone}
        self.taken = held | {ObjectId(name) for name in refused if ObjectId.is_valid(name)}
        assert self.gone <= self.taken
        assert not self.failures.met, self.failures.met

    def missing(self, seen: int) -> set[object]:
        """Give what LibreChat has since so many changes, and the store has neither taken nor refused."""
        there = {i for i, stored_at in self.librechat.stored_at.items() if stored_at <= seen}
        return {i for i in there - self.taken if isinstance(i, ObjectId)}

    def hidden(self, seen: int) -> int:
        """Count what can hide as many that are missing from all counts at that change.

        That is what was deleted then and is not known to be; and what came during the look itself.
        """
        there = {i for i, stored_at in self.librechat.stored_at.items() if stored_at <= seen}
        strays = {i for i in self.librechat.deleted_at if not isinstance(i, ObjectId)}
        return len((self.taken - there - self.gone) | strays)

    def excuse(self, missing: set[object], seen: int) -> None:
        """Assert that nothing is missing but what as many deletions hide from all counts."""
        if missing - self.excused:
            assert len(missing) <= self.hidden(seen), missing - self.excused
            self.excused |= missing

    def as_of_promises_no_more_than_is_so(self) -> None:
        self.excuse(self.missing(self.promised), self.promised)

    def a_look_reads_what_is_new(self) -> None:
        looked_at = self.store.state().last_sync
        if looked_at is None or looked_at not in self.clock.readings:
            return
        seen = self.clock.readings[looked_at]
        new = {i for i in self.awaited.keys() & self.librechat.ids if self.librechat.stored_at[i] <= seen}
        late = {i for i in new if self.clock.real > self.awaited[i]}
        assert not (new - late) & self.missing(seen)
        for identity in new:
            del self.awaited[identity]
        aware = looked_at.replace(tzinfo=self.clock.real.tzinfo)
        if self.looked_at is None or aware != self.looked_at[0]:
            self.looked_at = aware, self.clock.real
            self.was_set_back = False

    def an_audit_finds_what_is_missing_and_what_is_gone(self) -> None:
        for result in HeldIds(self.store).audits():
            if result in self.judged:
                continue
            self.judged.add(result)
            steps_taken[f"audits by {result.kind}"] += 1
            seen = self.clock.readings[result.started_at]
            stored_at, deleted_at = self.librechat.stored_at, self.librechat.deleted_at
            if result.kind == "counts":
                self.excuse(self.missing(seen), seen)
                continue
            assert not self.missing(seen)
            self.excused.clear()
            # A row so young may be missing on a secondary that lags; a later audit tells.
            settled = result.started_at.replace(tzinfo=UTC) - audit.UNSETTLED
            gone = {i for i in self.taken & deleted_at.keys() if deleted_at[i] <= seen}
            assert {i for i in gone if not isinstance(i, ObjectId) or id_time(i) < settled} <= self.gone
            assert not {i for i in self.gone & stored_at.keys() if stored_at[i] <= seen}

    def documents_held(self) -> list[Document]:
        by_text = {str(identity): identity for identity in self.librechat.ever}
        refused = [by_text[name] for name in self.refused if ObjectId.is_valid(name)]
        return [self.librechat.ever[identity] for identity in (*self.held, *refused)]

    def all_figures_are_right(self) -> None:
        if self.store.version == self.compared_version:
            return
        steps_taken["comparisons"] += 1
        self.comparisons += 1
        self.compared_version = self.store.version
        with self.store.reading() as cursor:
            assert_derived_is_right(cursor)
        others = sum(not ObjectId.is_valid(name) for name in self.refused)
        oracle = MovingOracle(self.documents_held(), self.witness, others)
        ask, now = api_of(self.store, self.clock.now), self.clock.now
        choice = random.Random(self.comparisons)
        everything = {"period": "custom", "start": "2001-01-01", "end": "2099-12-31", "bucket": "month"}
        parameters = choice.choice([{"period": choice.choice(PERIODS)}, everything, everything])
        parameters |= {"tz": choice.choice(ZONES), "limit": choice.choice(["2", "1000"])}
        endpoints = tuple(choice.sample(ENDPOINTS, self.endpoints_asked))
        assert_answers_agree(ask, oracle, now, parameters, endpoints)
        name = choice.choice(FILTERS)
        if values := oracle.values(name):
            filtered = everything | {name: choice.choice(values)}
            assert_answers_agree(ask, oracle, now, filtered, (choice.choice(ENDPOINTS),))
