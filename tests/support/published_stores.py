"""Compares what ClickHouse holds at a version with a store."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from librechat_analytics.librechat.transactions import read_transaction
from librechat_analytics.store.clickhouse.commit import Commit, newest_commit
from librechat_analytics.store.clickhouse.receiving import receive
from librechat_analytics.store.clickhouse.tables import (
    CELLS,
    CONVERSATIONS,
    SMALL_TABLES,
    TRANSACTIONS,
    PublishedTable,
)
from librechat_analytics.store.clickhouse.visible import visible
from librechat_analytics.sync.frames import ledger_table, refusal_frame
from tests.support.documents import usages
from tests.support.store_writers import NOW

if TYPE_CHECKING:
    import duckdb

    from librechat_analytics.store.clickhouse.connection import Connection
    from librechat_analytics.store.store import Store

EXACT_TABLES = (TRANSACTIONS, CELLS, CONVERSATIONS, *SMALL_TABLES)
SHOWN_ROWS = 5


def contents_at(store: Store, connection: Connection, commit: Commit) -> dict[str, list[tuple[object, ...]]]:
    """Return all rows that ClickHouse holds at a commit, sorted, as the store would have them."""
    return {table.name: _received(store, connection, table, visible(table, commit)) for table in EXACT_TABLES}


def contents_of(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """Return all rows of a store, sorted."""
    with store.reading() as cursor:
        return {
            table.name: _sorted(cursor, f"SELECT {', '.join(table.columns)} FROM {table.name}")
            for table in EXACT_TABLES
        }


def write_usage(store: Store, count: int, first: int = 0) -> None:
    """Write rows of different slots, the first ones being the newest."""
    documents = usages(count + first, every=timedelta(minutes=15))[first:]
    rows = [read_transaction(each) for each in documents]
    store.write_batch(ledger_table(rows), refusal_frame(rows), {"last_sync": NOW}, now=NOW)


def newest(connection: Connection) -> Commit:
    """Return the newest commit, which must be there."""
    commit = newest_commit(connection)
    assert commit is not None
    return commit


def assert_same(
    there: dict[str, list[tuple[object, ...]]], here: dict[str, list[tuple[object, ...]]]
) -> None:
    """Compare all tables; a difference names the table and shows its first rows."""
    for name, rows in here.items():
        if there[name] != rows:
            missing = [row for row in rows if row not in there[name]][:SHOWN_ROWS]
            surplus = [row for row in there[name] if row not in rows][:SHOWN_ROWS]
            raise AssertionError(
                f"{name}: {len(there[name])} rows instead of {len(rows)};"
                f" missing {missing}; surplus {surplus}"
            )


def _received(
    store: Store, connection: Connection, table: PublishedTable, query: str
) -> list[tuple[object, ...]]:
    with store.reading() as cursor:
        cursor.execute(f"CREATE OR REPLACE TEMP TABLE received AS FROM {table.name} LIMIT 0")
        receive(store, cursor, connection, table, query, into="received")
        return _sorted(cursor, f"SELECT {', '.join(table.columns)} FROM received")


def _sorted(cursor: duckdb.DuckDBPyConnection, query: str) -> list[tuple[object, ...]]:
    return cursor.execute(f"FROM ({query}) ORDER BY ALL").fetchall()
