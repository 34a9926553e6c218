"""Restores the working copy of a follower from ClickHouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from librechat_analytics.store.clickhouse.publication import ROWS_IN_A_PART
from librechat_analytics.store.clickhouse.receiving import receive
from librechat_analytics.store.clickhouse.tables import (
    CELLS,
    CONVERSATIONS,
    GROWING_TABLES,
    SMALL_TABLES,
    TRANSACTIONS,
    WAITING_TABLES,
)
from librechat_analytics.store.clickhouse.visible import visible
from librechat_analytics.store.clickhouse.working_copy import Published, begin_notes
from librechat_analytics.store.schema import SCHEMA_VERSION
from librechat_analytics.store.sql_files import run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import duckdb

    from librechat_analytics.store.clickhouse.commit import Commit
    from librechat_analytics.store.clickhouse.connection import Connection
    from librechat_analytics.store.clickhouse.tables import PublishedTable
    from librechat_analytics.store.store import Store

STATE_COLUMNS = (
    "history_complete",
    "as_of",
    "last_sync",
    "source_name",
    "expected_documents",
    "memberships_since",
    "domains_since",
    "roles_since",
    "tenants_read",
    "agents_as_of",
    "summed_until",
)
READING_COLUMNS = ("oldest_id", "newest_id", "rows_read", "read_one_by_one", "attributed_one_by_one")

SLOTS_IN_A_DAY = 96


def restore(
    store: Store,
    connection: Connection,
    commit: Commit,
    report: Callable[[int, int], None] = lambda _done, _all: None,
) -> None:
    """Replace everything in the store by what a commit holds, in one transaction.

    If the history was being read, it is read again from its beginning, and the rows that are held are passed
    over. ``report`` gets how many rows are there and how many there will be.
    """
    with store.committing() as cursor:
        for table in (*GROWING_TABLES, *SMALL_TABLES):
            cursor.execute(f"DELETE FROM {table.name}")
        for table in (*SMALL_TABLES, *WAITING_TABLES, CONVERSATIONS):
            receive(store, cursor, connection, table, visible(table, commit))
        _receive_by_day(store, cursor, connection, TRANSACTIONS, commit, report, order="id_head, id_tail")
        _receive_by_day(store, cursor, connection, CELLS, commit, order="slot, model_key, conversation_key")
        _write_state(cursor, commit)
        begin_notes(cursor, Published(commit.ledger, commit.version, None, SCHEMA_VERSION))


def _receive_by_day(
    store: Store,
    cursor: duckdb.DuckDBPyConnection,
    connection: Connection,
    table: PublishedTable,
    commit: Commit,
    report: Callable[[int, int], None] = lambda _done, _all: None,
    *,
    order: str,
) -> None:
    days = connection.rows(
        f"SELECT intDiv(slot, {SLOTS_IN_A_DAY}) AS day, count() AS documents"
        f" FROM ({visible(table, commit)}) GROUP BY day ORDER BY day"
    )
    total, done = sum(row["documents"] for row in days), 0
    for first, last, documents in _parts([(row["day"], row["documents"]) for row in days]):
        where = f"intDiv(slot, {SLOTS_IN_A_DAY}) BETWEEN {first} AND {last}"
        receive(store, cursor, connection, table, f"{visible(table, commit, where)} ORDER BY {order}")
        done += documents
        report(done, total)


def _parts(days: list[tuple[int, int]]) -> Iterator[tuple[int, int, int]]:
    """Join days into parts of about as many rows as are sent at once: first day, last day, rows."""
    first, rows = None, 0
    for place, (day, documents) in enumerate(days):
        first, rows = (day if first is None else first), rows + documents
        if rows >= ROWS_IN_A_PART or place == len(days) - 1:
            yield first, day, rows
            first, rows = None, 0


def _write_state(cursor: duckdb.DuckDBPyConnection, commit: Commit) -> None:
    values = {name: getattr(commit, name) for name in (*STATE_COLUMNS, *READING_COLUMNS)}
    if commit.oldest_id is not None and not commit.history_complete:
        values.update(dict.fromkeys(READING_COLUMNS))
    for name, value in values.items():
        if hasattr(value, "tzinfo"):
            values[name] = value.replace(tzinfo=None)
    run(cursor, "statements/restore_state", values)
