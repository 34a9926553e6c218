"""What the other rooms need from the store, whatever database is behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime

    import pandas as pd

    from librechat_analytics.columns import Table
    from librechat_analytics.store.outbox_items import (
        Alert,
        AlertState,
        Condition,
        Delivery,
        Due,
        LastAttempt,
        Outcome,
        Silence,
        Written,
    )
    from librechat_analytics.store.replies import AgentSearch
    from librechat_analytics.store.store import EndedMemberships, SyncState

SqlRow = dict[str, Any]
"""A row of a query by column name. Only the text of the query knows the types of its columns."""

SqlColumns = dict[str, NDArray[Any]]
"""The columns of a query by name, for answers with many rows."""

NO_PARAMETERS: Mapping[str, object] = {}
NO_FRAMES: Mapping[str, pd.DataFrame] = {}


@dataclass(frozen=True, slots=True)
class Extent:
    """How far the store reaches: what is summed up, and the greatest keys, 0 without any.

    All usage of the slots before ``summed_until`` is summed up in cells.
    """

    summed_until: int
    last_user_key: int
    last_conversation_key: int
    last_model_key: int
    last_agent_key: int


class Snapshot(Protocol):
    """One unchanging state of the store; all queries of one answer read the same snapshot."""

    @property
    def engine(self) -> str:
        """The database behind the store, which decides how queries are spelled: duckdb or clickhouse."""
        ...

    @property
    def extent(self) -> Extent:
        """How far the store reaches."""
        ...

    def rows(
        self,
        query: str,
        parameters: Mapping[str, object] = NO_PARAMETERS,
        frames: Mapping[str, pd.DataFrame] = NO_FRAMES,
    ) -> list[SqlRow]:
        """Run a query and return its rows.

        The query can read each of ``frames`` as a table of that name. Times in ``parameters`` and in the
        rows are aware, in UTC; times in ``frames`` are UTC without a zone. A failure leaves the ``with``
        block of the snapshot as StoreError.
        """
        ...

    def columns(
        self,
        query: str,
        parameters: Mapping[str, object] = NO_PARAMETERS,
        frames: Mapping[str, pd.DataFrame] = NO_FRAMES,
    ) -> SqlColumns:
        """Run a query as ``rows`` does, and return its columns without a Python object for each number.

        Whole numbers above 2 to the power of 53 are rounded to a double. A column of lists is an array of
        arrays. A column with NULLs is a masked array.
        """
        ...


class Reader(Protocol):
    """A store that can be read, by many threads at once."""

    @property
    def version(self) -> int:
        """A number that grows with each commit."""
        ...

    @property
    def as_of_version(self) -> int:
        """The version of the last commit that moved ``as_of``."""
        ...

    @property
    def changed_at(self) -> datetime:
        """When the last commit began; no row is younger."""
        ...

    def snapshot(self) -> AbstractContextManager[Snapshot]:
        """Open a snapshot; raises StoreError when the store cannot be read."""
        ...

    def pinned(self) -> Reader:
        """Return a store of one version, if this store can keep reading it while others commit.

        Otherwise, return this store.
        """
        ...

    def state(self) -> SyncState:
        """Return how far the source was read."""
        ...

    def count_unattributed(self) -> int:
        """Count the rows whose agent is not known yet."""
        ...


class Ledger(Reader, Protocol):
    """A store that can also be written, by one process; each method commits once."""

    def write_batch(
        self,
        batch: Table,
        refusals: pd.DataFrame,
        state: dict[str, Any],
        *,
        now: datetime,
        attribute_again: bool = False,
        search: AgentSearch | None = None,
        agents_as_of: datetime | None = None,
    ) -> int:
        """Add the rows that are not held yet and change the state; return how many rows were added."""
        ...

    def write_state(self, **state: object) -> None:
        """Change some fields of the state."""
        ...

    def write_users(
        self, labels: pd.DataFrame, *, known: int, is_current: bool, as_of: datetime, now: datetime
    ) -> None:
        """Store the labels of all users that the source held at ``as_of``."""
        ...

    def write_groups(self, members: pd.DataFrame, *, as_of: datetime) -> EndedMemberships:
        """Store all groups and their members as of ``as_of``."""
        ...

    def write_agents(
        self,
        labels: pd.DataFrame,
        versions: pd.DataFrame,
        *,
        known: int,
        is_current: bool,
        as_of: datetime,
        now: datetime,
    ) -> None:
        """Store the labels and versions of all agents that the source held at ``as_of``."""
        ...

    def settle(
        self,
        attributed: pd.DataFrame,
        roots: pd.DataFrame,
        *,
        only_better: bool,
        agents_as_of: datetime | None,
    ) -> None:
        """Store the agents that were found for rows."""
        ...

    def sum_up(self, before: datetime, *, is_stopped: Callable[[], bool] = lambda: False) -> int:
        """Sum up the rows of the slots that ended before ``before``, in several commits; return how many."""
        ...

    def settle_waiting(
        self, search: AgentSearch, before_head: int | None, limit: int, *, agents_as_of: datetime | None
    ) -> tuple[int, int | None]:
        """Find the agents of rows that wait for one, newest first; return how many, and the lowest head."""
        ...

    def unattributed(self, before_head: int | None, limit: int) -> list[tuple[Any, ...]]:
        """Return rows whose agent is not known yet, newest first."""
        ...

    def agent_providers(
        self,
    ) -> tuple[datetime | None, list[tuple[str, str | None, str | None, datetime | None, str | None]]]:
        """Return when agents were last read, and the providers of each."""
        ...

    def greatest_keys(self) -> tuple[int, int]:
        """Return the greatest key of a user and of an agent, 0 without any."""
        ...

    def has_unlabelled(self) -> bool:
        """Say whether the labels of a user or an agent are still to be read."""
        ...

    def count_transactions(self) -> int:
        """Count the rows held, usage or not."""
        ...

    def refusals(self) -> list[tuple[str, int]]:
        """Count the refused rows by reason, most first."""
        ...

    def erase_names(self) -> None:
        """Erase the names and e-mail addresses of all users."""
        ...

    def users_known_as(self, text: str) -> list[str]:
        """Return the ids of the users with this id or e-mail address, in upper or lower case."""
        ...

    def forget_user(self, identity: str) -> None:
        """Erase one user's name and e-mail address for good."""
        ...

    def checkpoint(self) -> None:
        """Tidy up after much was written."""
        ...

    def close(self) -> None:
        """Close the store; everything committed stays in it."""
        ...


class AlertsHeld(Protocol):
    """Alerts and reports by schedule, and what their receivers are sent, to be read.

    Nothing in it names a person, so there is nothing to erase: names are looked up when a message is written.
    """

    def alerts(
        self, now: datetime, state: AlertState | None = None, *, limit: int = ..., offset: int = 0
    ) -> tuple[tuple[Alert, ...], int]:
        """Return alerts of a state, None: of all, those that last first, and how many there are in all."""
        ...

    def alert(self, alert_id: str, now: datetime) -> Alert | None:
        """Return an alert; None if there is none with this id."""
        ...

    def deliveries(self, alert_ids: Collection[str]) -> tuple[Delivery, ...]:
        """Return what receivers are sent about these alerts."""
        ...

    def count_deliveries(self) -> dict[tuple[str, str], int]:
        """Count deliveries by receiver and state."""
        ...

    def last_attempts(self) -> tuple[LastAttempt, ...]:
        """Return how the last attempt for each receiver ended."""
        ...


class Outbox(AlertsHeld, Protocol):
    """Alerts and deliveries that can also be written; each method commits once."""

    def write(
        self,
        conditions: Sequence[Condition],
        *,
        rules: Collection[str],
        told_ends: Collection[str] = (),
        first_tries: Mapping[str, datetime],
        marks: Mapping[str, str] | None = None,
        now: datetime,
    ) -> Written:
        """Open an alert for each new condition; those of ``rules`` without a condition are over.

        Two writes of the same conditions open nothing twice. Of several levels of one subject and period, the
        highest alone is opened. Receivers that are not in ``first_tries`` are sent nothing. The ends of rules
        in ``told_ends`` are sent too. ``marks``: what the next evaluation must know.
        """
        ...

    def add(self, item: Condition, *, first_tries: Mapping[str, datetime], now: datetime) -> bool:
        """Add one item, such as a report; False if it was there before, and then nothing is sent again."""
        ...

    def marks(self) -> dict[str, str]:
        """Return what the last evaluation noted."""
        ...

    def reports(self, now: datetime) -> tuple[Alert, ...]:
        """Return the items of the rule ``report``, the newest first."""
        ...

    def next_tries(self) -> dict[str, datetime]:
        """Return when something is due for each receiver that something waits for."""
        ...

    def due(self, receiver: str, before: datetime) -> tuple[Due, ...]:
        """Return what a receiver is to be sent by an instant, the oldest first."""
        ...

    def note_outcome(self, tried: Iterable[Delivery], outcome: Outcome, now: datetime) -> None:
        """Note how one attempt to send these deliveries ended."""
        ...

    def put_off(self, deliveries: Iterable[Delivery], until: datetime) -> None:
        """Try these deliveries at ``until``, which is no attempt."""
        ...

    def give_up(self, receivers: Collection[str], queued_before: datetime, answer: str) -> None:
        """Give up what has waited since before an instant for receivers other than these."""
        ...

    def forget_before(self, before: datetime) -> None:
        """Delete the alerts that were over before an instant."""
        ...

    def count_sent(self, receiver: str, since: datetime) -> int:
        """Count the messages that a receiver has taken since an instant."""
        ...

    def silence(self, alert_id: str, silence: Silence, now: datetime) -> bool:
        """Send nothing about an alert's subject until an instant; False if there is no such alert."""
        ...
