"""A commit in ClickHouse: one row of sync_state, which says what a reader of its version sees."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from librechat_analytics.store.clickhouse.problems import RefusedError
from librechat_analytics.store.interface import Extent
from librechat_analytics.store.store import STATE_FIELDS, SyncState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from librechat_analytics.store.clickhouse.connection import Connection
    from librechat_analytics.store.interface import SqlRow

UNKNOWN_TABLE = 60
WRITER_BITS = 16
WRITER_MASK = (1 << WRITER_BITS) - 1


@dataclass(frozen=True, slots=True)
class Commit(SyncState):
    """What one row of sync_state says; ``clickhouse/schema.sql`` describes the columns. Times are aware.

    Of the versions above ``clean_until``, only those count that were committed: two followers may be at work
    by accident, and a killed one leaves rows. The lower bits of a version are a number that a process has
    chosen for all its versions. ``eras`` has the first and the last version of each process in turn, and only
    the first of the last process.
    """

    version: int
    committed_at: datetime
    ledger: UUID
    follower: str
    schema_version: int
    program_version: str
    clean_until: int
    eras: Sequence[int]
    tables: Mapping[str, int]
    cells_since: int
    first_dead_slot: int | None
    as_of_version: int
    changed_at: datetime
    unattributed: int
    documents: int
    summed_until: int | None
    last_user_key: int
    last_conversation_key: int
    last_model_key: int
    last_agent_key: int
    memberships_since: datetime | None
    domains_since: datetime | None
    roles_since: datetime | None
    tenants_read: bool
    agents_as_of: datetime | None

    @property
    def state(self) -> SyncState:
        """How far the source was read, with times in UTC without a zone, as the store keeps them."""
        values = {name: getattr(self, name) for name in STATE_FIELDS}
        for name in ("as_of", "last_sync"):
            values[name] = None if values[name] is None else values[name].replace(tzinfo=None)
        return SyncState(**values)

    def counts(self, column: str = "version", newest: str = "") -> str:
        """Return the condition that a version counts here; ``newest`` stands for the commit's own version."""
        eras = [*self.eras, newest or self.version]
        ranges = [
            f"{column} >= {first} AND {column} <= {last} AND {of_writer(column, int(first))}"
            for first, last in zip(eras[::2], eras[1::2], strict=True)
        ]
        return f"({' OR '.join([f'{column} <= {self.clean_until}', *ranges])})"

    @property
    def extent(self) -> Extent:
        """How far the store reaches."""
        return Extent(
            self.summed_until or 0,
            self.last_user_key,
            self.last_conversation_key,
            self.last_model_key,
            self.last_agent_key,
        )


def of_writer(column: str, version: int) -> str:
    """Return the condition that the process which chose a version has chosen those of a column.

    ``version`` may be the number of the process alone.
    """
    return f"bitAnd({column}, {WRITER_MASK}) = {version & WRITER_MASK}"


COMMIT_FIELDS = tuple(field.name for field in fields(Commit))


def newest_commit(connection: Connection) -> Commit | None:
    """Return the newest commit; None if nothing was ever published.

    Raises StoreError if the database cannot be read.
    """
    try:
        # A follower of another version may have fewer or more columns.
        found = connection.rows("SELECT * FROM sync_state ORDER BY version DESC LIMIT 1")
    except RefusedError as error:
        if error.code != UNKNOWN_TABLE:
            raise
        return None
    if not found:
        return None
    values: SqlRow = {name: found[0].get(name) for name in COMMIT_FIELDS}
    return Commit(**values)


def newest_version(connection: Connection) -> int | None:
    """Return the version of the newest commit; None if nothing was ever published."""
    (found,) = connection.rows("SELECT max(version) AS version FROM sync_state")
    return None if found["version"] is None else int(found["version"])
