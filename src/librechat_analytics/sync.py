"""From LibreChat's documents to the store: what is held, what is new, who answered, what failed."""

from __future__ import annotations

import logging
import threading
import time
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeVar

import numpy as np
import pandas as pd
from bson import ObjectId

from librechat_analytics.errors import OperatorError
from librechat_analytics.librechat.agents import Certainty, Question, attribute
from librechat_analytics.librechat.documents import object_id_time
from librechat_analytics.librechat.providers import provider_of
from librechat_analytics.librechat.source import (
    BATCH_DOCUMENTS,
    LOOK_UP_IDS,
    SourceForbiddenError,
    SourceUnreachableError,
)
from librechat_analytics.librechat.transactions import Refused, Transaction

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from librechat_analytics.librechat.agents import Answer, Attribution
    from librechat_analytics.librechat.labels import AgentLabel, Group, UserLabel
    from librechat_analytics.librechat.source import DumpSource, MongoSource, Source
    from librechat_analytics.store.store import Store

log = logging.getLogger(__name__)

T = TypeVar("T")
L = TypeVar("L", "AgentLabel", "UserLabel")

LATE_ARRIVAL_MARGIN = timedelta(minutes=10)
"""Clocks of several LibreChat processes differ; rows may be stored after rows with greater ids."""

SET_BACK_MARGIN = timedelta(days=1)
"""When the clock was ahead and has been set right, later rows have smaller ids than some that are held."""

ANSWER_SAVED_WITHIN = timedelta(minutes=10)
"""Rows are written before the answer that they belong to; after this no answer is expected any more."""

ATTRIBUTED_AT_ONCE = 20_000
LONGEST_PAUSE_SECONDS = 600.0
"""Between two tries to find agents, where each fails and may have cost MongoDB much."""

RETRY_SECONDS = 5.0
FIRST_ID = ObjectId("0" * 24)

Phase = Literal["transactions", "agents"]


@dataclass(frozen=True, slots=True)
class SourceState:
    """How the source is doing: ``progress`` is 0 to 1 while its history is read the first time."""

    status: Literal["ok", "importing", "unreachable", "offline"]
    progress: float | None = None
    problem: str | None = None


OFFLINE = SourceState("offline")


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
        since = FIRST_ID if newest is None else _id_at(min(object_id_time(newest), started) - self._margin)
        for rows in _batches(self._source.newer_transactions(since)):
            newest = _greatest(newest, rows, started)
            self._write(rows, started, newest_id=newest)
            if self._stop.is_set():
                return
        self._margin = LATE_ARRIVAL_MARGIN
        as_of = {"as_of": _naive(started)} if state.history_complete else {}
        self._store.write_state(last_sync=_naive(started), **as_of)

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
        for rows in _batches(self._source.older_transactions(oldest)):
            started = self._clock()
            first = oldest is None
            oldest = min((oldest, *_ids(rows)) if oldest else _ids(rows), default=oldest)
            newest = {"newest_id": _greatest(None, rows, started)} if first else {}
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
            for rows in _batches(self._source.stray_transactions()):
                self._write(rows, now)
            self._labelled_at = time.monotonic()

    def _attribute(self) -> None:
        try:
            final_before = _naive(self._clock() - ANSWER_SAVED_WITHIN)
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
        return self._store.write_batch(ledger_frame(rows), refusal_frame(rows), state, now=_naive(now))


def import_dump(
    store: Store,
    source: DumpSource,
    *,
    now: datetime,
    report: Callable[[Phase, int, int | None], None] = lambda *_: None,
    read_bytes: Callable[[int], None] = lambda _: None,
) -> int:
    """Take over a dump: ledger, names, agents. Returns the number of rows that were not held yet.

    Of rows that are held it may tell more certainly who answered. A dump that is older than the figures names
    only who has no name yet. ``read_bytes`` is told the position in the ledger's file; ``report`` the rows
    added and attributed.
    """
    before, newest, added = store.state(), None, 0
    for rows in _batches(source.transactions(read_bytes)):
        dates = [
            _naive(row.created_at) for row in rows if isinstance(row, Transaction) and row.created_at <= now
        ]
        newest = max(filter(None, (newest, *dates)), default=None)
        added += store.write_batch(
            ledger_frame(rows),
            refusal_frame(rows),
            {"as_of": max(filter(None, (before.as_of, newest)), default=None)},
            now=_naive(now),
            ask_again=True,
        )
        report("transactions", added, None)
    is_current = before.as_of is None or (newest is not None and newest >= before.as_of)
    write_labels(store, source, now, is_current=is_current)
    # What it does not tell, the live database may, or what was being answered when the dump was made.
    final_before = _naive(now - ANSWER_SAVED_WITHIN)

    def is_final(row: WaitingRow, certainty: Certainty) -> bool:
        return before.newest_id is None or (
            certainty is not Certainty.UNKNOWN and row.created_at < final_before
        )

    for count, waiting in attribute_waiting(store, source, is_final=is_final, only_better=True):
        report("agents", count, waiting)
    if store.has_unlabelled():  # agents that only answers name: none of the dump's, hence deleted
        write_labels(store, source, now, is_current=is_current)
    store.write_state(last_sync=_naive(now))
    store.checkpoint()
    return added


def write_labels(store: Store, source: Source, now: datetime, *, is_current: bool = True) -> list[str]:
    """Read the names of users and agents again; returns the collections that may not be read.

    Labels that are not current ones only name who has no name yet, and leave groups alone.
    """
    forbidden: list[str] = []
    known_user, known_agent = store.greatest_keys()

    def known(collection: str, ask: Callable[[], Iterable[T] | None]) -> list[T] | None:
        try:
            found = ask()
            return None if found is None else list(found)
        except SourceForbiddenError:
            forbidden.append(collection)
            return None

    users, agents = _each_once(known("users", source.users)), _each_once(known("agents", source.agents))
    if users is not None:
        balances = reversed(known("balances", source.balances) or [])
        credits_e6 = {balance.user: balance.credits_e6 for balance in balances}
        labels = _texts((user[:4] for user in users), ("id", "name", "email", "role"))
        labels["balance_e6"] = pd.array([credits_e6.get(user.id) for user in users], dtype="Int64")
        store.write_users(labels, known=known_user, is_current=is_current, now=_naive(now))
        groups = known("groups", source.groups)
        if groups is not None and is_current:
            write_groups(store, groups, users)
    if agents is not None:
        versions = pd.DataFrame(
            {
                "agent": pd.Series([agent.id for agent in agents for _ in agent.versions], dtype="str"),
                "position": pd.Series(
                    [position for agent in agents for position in range(len(agent.versions))], dtype="int64"
                ),
                "since": _instants(version.since for agent in agents for version in agent.versions),
                "ran": pd.Series([v.ran for agent in agents for v in agent.versions], dtype="str"),
                "provider": pd.Series([v.provider for agent in agents for v in agent.versions], dtype="str"),
            }
        )
        labels = _texts(
            ((*agent[:4], agent.ran) for agent in agents), ("id", "name", "model", "provider", "ran")
        )
        store.write_agents(labels, versions, known=known_agent, is_current=is_current, now=_naive(now))
    return forbidden


def _each_once(labels: list[L] | None) -> list[L] | None:
    """Keep the last label of an id: ids are unique per tenant only, and a cursor may meet one twice."""
    return None if labels is None else list({label.id: label for label in labels}.values())


def write_groups(store: Store, groups: list[Group], users: list[UserLabel]) -> None:
    """Write down who belongs to which group."""
    # LibreChat writes a member's id in the directory where there is one, else the user's own id.
    ids = {user.foreign_id: user.id for user in users if user.foreign_id} | {
        user.id: user.id for user in users
    }
    rows = [(group.id, group.name, ids.get(member)) for group in groups for member in group.members or ("",)]
    store.write_groups(_texts(rows, ("id", "name", "user")))


def attribute_waiting(
    store: Store,
    source: Source,
    *,
    is_final: Callable[[WaitingRow, Certainty], bool],
    only_better: bool = False,
) -> Iterator[tuple[int, int]]:
    """Ask who answered for each waiting row, newest first; yields rows asked so far and how many waited.

    Rows whose own answer was not found stay waiting unless this is their last chance. ``only_better``: what
    is known already stays unless the source knows it with more certainty.
    """
    waiting, asked, before = store.count_unattributed(), 0, None
    providers = AgentProviders(store) if waiting else None
    while providers and (rows := store.unattributed(before, ATTRIBUTED_AT_ONCE)):
        found = attributed_frame([WaitingRow(*row) for row in rows], source, providers, is_final)
        store.settle(found, only_better=only_better)
        asked += len(rows)
        before = rows[-1][0]
        yield asked, waiting


class WaitingRow(NamedTuple):
    """A usage row whose agent is asked for."""

    id_head: int
    id_tail: int
    created_at: datetime
    message: str | None
    conversation: str | None
    model: str | None
    recorded_agent: str | None


class AgentProviders:
    """The provider that each agent ran on, by time."""

    def __init__(self, store: Store) -> None:
        self._today: dict[str, str | None] = {}
        self._versions: dict[str, list[tuple[datetime, str | None]]] = defaultdict(list)
        for agent, provider, since, past in store.agent_providers():
            self._today[agent] = provider
            if since is not None:
                self._versions[agent].append((since, past))

    def at(self, agent: str | None, instant: datetime) -> str | None:
        """Name the agent's provider at an instant: that of its version then, else today's."""
        if agent is None:
            return None
        versions = self._versions.get(agent, [])
        position = bisect_right(versions, instant, key=lambda version: version[0])
        past = versions[position - 1][1] if position else None
        return past or self._today.get(agent)


def look_up_answers(
    rows: list[WaitingRow], source: Source
) -> tuple[dict[str, Answer], dict[str, list[Answer]]]:
    """Find the answers that rows name, and those of the conversations of rows that none is found for.

    Many rows of few conversations are asked for by conversation first: that takes a fraction of the look-ups.
    """
    messages = _distinct(row.message for row in rows)
    threads = _distinct(row.conversation for row in rows)
    bulk = len(messages) > LOOK_UP_IDS and 2 * len(threads) <= len(messages)
    asked = threads if bulk else []
    by_conversation: dict[str, list[Answer]] = defaultdict(list)

    def ask(conversations: list[str]) -> None:
        for answer in source.conversation_answers(conversations):
            if answer.conversation is not None:
                by_conversation[answer.conversation].append(answer)

    ask(asked)
    answers = {answer.message: answer for found in by_conversation.values() for answer in found}
    missing = [message for message in messages if message not in answers]
    answers |= {answer.message: answer for answer in source.answers(missing)}
    known = set(asked)
    ask(
        _distinct(
            row.conversation for row in rows if _is_open(row, answers) and row.conversation not in known
        )
    )
    for found in by_conversation.values():
        found.sort(key=lambda answer: answer.created_at)
    return answers, by_conversation


def _is_open(row: WaitingRow, answers: dict[str, Answer]) -> bool:
    """Say whether the answer that a row names, if any, does not tell who gave it."""
    answer = answers.get(row.message or "")
    return bool(row.conversation) and not (answer and answer.tells)


def attributed_frame(
    rows: list[WaitingRow],
    source: Source,
    providers: AgentProviders,
    is_final: Callable[[WaitingRow, Certainty], bool],
) -> pd.DataFrame:
    """Look up the answers and conversations that rows belong to, each once, and name their agents."""
    answers, by_conversation = look_up_answers(rows, source)
    silent = (
        row.conversation
        for row in rows
        if _is_open(row, answers)
        and not any(answer.tells for answer in by_conversation.get(row.conversation or "", ()))
    )
    conversations = {
        conversation.id: conversation for conversation in source.conversations(_distinct(silent))
    }

    attributions: list[Attribution] = []
    for row in rows:
        created_at = row.created_at.replace(tzinfo=UTC)
        attributions.append(
            attribute(
                Question(created_at, row.recorded_agent),
                answers.get(row.message or ""),
                by_conversation.get(row.conversation or "", ()),
                conversations.get(row.conversation or ""),
            )
        )
    return pd.DataFrame(
        {
            "id_head": np.array([row.id_head for row in rows], dtype="uint64"),
            "id_tail": np.array([row.id_tail for row in rows], dtype="uint32"),
            "agent": pd.Series([found.agent for found in attributions], dtype="str"),
            "sender": pd.Series([found.sender for found in attributions], dtype="str"),
            "certainty": pd.Series([found.certainty.value for found in attributions], dtype="str"),
            "provider": pd.Series(
                [
                    provider_of(row.model, found.endpoint, providers.at(found.agent, row.created_at))
                    for row, found in zip(rows, attributions, strict=True)
                ],
                dtype="str",
            ),
            "final": [
                found.certainty is Certainty.EXACT or is_final(row, found.certainty)
                for row, found in zip(rows, attributions, strict=True)
            ],
        }
    )


def ledger_frame(rows: list[Transaction | Refused]) -> pd.DataFrame:
    """Lay out rows as the store takes them; a document met twice is one row."""
    ledger = list({row.id: row for row in rows if isinstance(row, Transaction)}.values())
    high_low = [divmod(row.credits_e6, 10**18) for row in ledger]

    def texts(name: str) -> pd.Series[str]:
        return pd.Series([getattr(row, name) for row in ledger], dtype="str")

    def numbers(name: str, kind: str) -> np.ndarray[Any, Any]:
        return np.array([getattr(row, name) for row in ledger], dtype=kind)

    return pd.DataFrame(
        {
            "id_head": np.array([int.from_bytes(row.id.binary[:8]) for row in ledger], dtype="uint64"),
            "id_tail": np.array([int.from_bytes(row.id.binary[8:]) for row in ledger], dtype="uint32"),
            "created_at": _instants(row.created_at for row in ledger),
            "rate": np.array([np.nan if row.rate is None else row.rate for row in ledger], dtype="float64"),
            "credits_high": np.array([high for high, _ in high_low], dtype="int64"),
            "credits_low": np.array([low for _, low in high_low], dtype="int64"),
        }
        | {name: texts(name) for name in LEDGER_TEXTS}
        | {name: numbers(name, "int64") for name in LEDGER_COUNTS}
        | {name: numbers(name, "bool") for name in LEDGER_FLAGS}
    )


LEDGER_TEXTS = (
    "user",
    "conversation",
    "message",
    "token_type",
    "model",
    "context",
    "recorded_agent",
    "model_agent",
)
LEDGER_COUNTS = ("tokens", "cache_read_tokens", "cache_write_tokens")
LEDGER_FLAGS = ("structured", "sentinel", "positive_value", "default_rate", "unpriced")


def refusal_frame(rows: list[Transaction | Refused]) -> pd.DataFrame:
    """Lay out refused documents as the store takes them, each once."""
    refused = {row.id: row.reason.value for row in rows if isinstance(row, Refused)}
    return _texts(refused.items(), ("id", "reason"))


def _texts(rows: Iterable[tuple[str | None, ...]], columns: tuple[str, ...]) -> pd.DataFrame:
    listed = list(rows)
    return pd.DataFrame(
        {name: pd.Series([row[at] for row in listed], dtype="str") for at, name in enumerate(columns)}
    )


def _batches(rows: Iterator[Transaction | Refused]) -> Iterator[list[Transaction | Refused]]:
    """Gather rows by BATCH_DOCUMENTS; what arrived before the connection broke is a batch too."""
    batch: list[Transaction | Refused] = []
    try:
        for row in rows:
            batch.append(row)
            if len(batch) == BATCH_DOCUMENTS:
                yield batch
                batch = []
    except SourceUnreachableError:
        if batch:
            yield batch
        raise
    if batch:
        yield batch


def _ids(rows: list[Transaction | Refused]) -> list[ObjectId]:
    ids = (row.id for row in rows)
    return [ObjectId(identity) for identity in ids if ObjectId.is_valid(identity)]


def _greatest(newest: ObjectId | None, rows: list[Transaction | Refused], now: datetime) -> ObjectId | None:
    """Give the upper end of the interval held; ids of a clock that runs ahead must not move it past now."""
    limit = _id_at(now + timedelta(seconds=1))
    return max(
        (identity for identity in (newest, *_ids(rows)) if identity and identity < limit), default=None
    )


def _id_at(instant: datetime) -> ObjectId:
    return ObjectId.from_datetime(max(instant, object_id_time(FIRST_ID)))


def _distinct(ids: Iterable[str | None]) -> list[str]:
    return list(dict.fromkeys(identity for identity in ids if identity))


def _instants(instants: Iterable[datetime]) -> np.ndarray[Any, Any]:
    # Microseconds although LibreChat keeps milliseconds: DuckDB's TIMESTAMP has no other unit.
    return np.array(
        [round(instant.timestamp() * 1000) * 1000 for instant in instants], dtype="datetime64[us]"
    )


def _naive(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(tzinfo=None)
