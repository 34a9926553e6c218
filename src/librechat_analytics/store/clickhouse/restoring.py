"""Fills a store with all that ClickHouse holds: the working copy of a follower, or a store of its own."""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from librechat_analytics.store.clickhouse.receiving import receive
from librechat_analytics.store.clickhouse.tables import (
    CELLS,
    CONVERSATIONS,
    SLOTS_IN_A_DAY,
    SMALL_TABLES,
    TRANSACTIONS,
    WAITING_TABLES,
)
from librechat_analytics.store.clickhouse.visible import rows_by_day, visible
from librechat_analytics.store.clickhouse.working_copy import Published, begin_publishing
from librechat_analytics.store.errors import StoreBusyError, StoreError
from librechat_analytics.store.schema import SCHEMA_VERSION
from librechat_analytics.store.sql_files import rows_of, run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from uuid import UUID

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

ROWS_IN_A_PART = 500_000
"""How many rows are received in one commit of the copy, at least a day's."""

ORDER = {TRANSACTIONS.name: "id_head, id_tail", CELLS.name: "slot, model_key, conversation_key"}


class Day(NamedTuple):
    """The rows of a table on one day since 1970; the fingerprint changes with them."""

    day: int
    documents: int
    fingerprint: int


@contextmanager
def restoring(
    store: Store,
    connection: Connection,
    newest: Callable[[], Commit],
    report: Callable[[int, int], None] = lambda _done, _all: None,
) -> Iterator[Store]:
    """Fill a copy beside a store with what the newest commit holds; after the block it replaces the store.

    What an interrupted copy has received is kept, unless it has changed in ClickHouse meanwhile. The block
    gets the copy, and may read it or raise: then the store stays as it was. ``newest`` is called again until
    it gives the same commit twice. ``report`` gets how many rows are there and how many there will be.

    If the history was being read, it is read again from its beginning, and the rows that are held are passed
    over.
    """
    commit = newest()
    with _unfinished_copy(store, commit.ledger) as copy:
        has_older_names = False
        while True:
            _receive_days(copy, connection, TRANSACTIONS, commit, report)
            _receive_days(copy, connection, CELLS, commit)
            has_older_names |= copy.has_names()
            _receive_others(copy, connection, commit)
            before, commit = commit, newest()
            if commit.version == before.version:
                break
        if has_older_names:  # the free pages may have names that were forgotten meanwhile
            copy.rewrite()
        copy.checkpoint()
        yield copy
        with copy.committing() as cursor:
            run(cursor, "statements/end_arrivals")
    store.replace_by_copy()


def forget_days(copy: Store, names: Iterable[str], days: Iterable[int]) -> None:
    """Delete the rows of days since 1970 from a copy that is not whole, so that they are received again."""
    with copy.committing() as cursor:
        run(cursor, "statements/forget_arrived", {"names": [*names], "days": [*days]})


@contextmanager
def _unfinished_copy(store: Store, ledger: UUID) -> Iterator[Store]:
    try:
        copy = store.open_unfinished_copy()
    except StoreBusyError:
        raise
    except StoreError:  # a newer program has begun it, or it is damaged
        store.remove_unfinished_copy()
        copy = store.open_unfinished_copy()
    with closing(copy):
        with copy.committing() as cursor:
            run(cursor, "statements/begin_arrivals", {"ledger": ledger, "store_schema": SCHEMA_VERSION})
        yield copy


def _receive_days(
    copy: Store,
    connection: Connection,
    table: PublishedTable,
    commit: Commit,
    report: Callable[[int, int], None] = lambda _done, _all: None,
) -> None:
    """Receive the days that the copy lacks or has in another state, several in one commit of the copy."""
    with copy.reading() as cursor:
        held = {Day(*row) for row in rows_of(cursor, "statements/list_arrived", {"name": table.name})}
    days = [Day(**row) for row in connection.rows(rows_by_day(table, commit))]
    if changed := held.difference(days):
        forget_days(copy, [table.name], (day.day for day in changed))
    total = sum(day.documents for day in days)
    done = sum(day.documents for day in held.intersection(days))
    report(done, total)
    for part in _parts(days, held):
        first, end = part[0].day * SLOTS_IN_A_DAY, (part[-1].day + 1) * SLOTS_IN_A_DAY
        where = f"slot >= {first} AND slot < {end}"
        query = f"{visible(table, commit, where)} ORDER BY {ORDER[table.name]}"
        documents = sum(day.documents for day in part)
        with copy.committing() as cursor:
            received = receive(copy, cursor, connection, table, query)
            if received != documents:
                raise StoreError(
                    f"ClickHouse has sent {received:,} rows instead of {documents:,}. Was anything written or"
                    " deleted meanwhile? Try again: what was received is kept."
                )
            numbers = pd.DataFrame(part).astype({"documents": "uint64", "fingerprint": "uint64"})
            cursor.register("days", numbers.assign(name=table.name))
            run(cursor, "statements/note_arrived")
        done += documents
        report(done, total)


def _parts(days: Iterable[Day], held: set[Day]) -> Iterator[list[Day]]:
    """Join days that are not held, and follow one another, into parts of about as many rows."""
    part: list[Day] = []
    for day in days:
        if day not in held:
            part.append(day)
        if part and (day in held or sum(each.documents for each in part) >= ROWS_IN_A_PART):
            yield part
            part = []
    if part:
        yield part


def _receive_others(copy: Store, connection: Connection, commit: Commit) -> None:
    """Receive all tables that are not by day, the state and whose ledger it is."""
    with copy.committing() as cursor:
        for table in (*SMALL_TABLES, *WAITING_TABLES, CONVERSATIONS):
            cursor.execute(f"DELETE FROM {table.name}")
            receive(copy, cursor, connection, table, visible(table, commit))
        _write_state(cursor, commit)
        begin_publishing(cursor, Published(commit.ledger, commit.version, None, SCHEMA_VERSION))


def _write_state(cursor: duckdb.DuckDBPyConnection, commit: Commit) -> None:
    values = {name: getattr(commit, name) for name in (*STATE_COLUMNS, *READING_COLUMNS)}
    if commit.oldest_id is not None and not commit.history_complete:
        values.update(dict.fromkeys(READING_COLUMNS))
    for name, value in values.items():
        if hasattr(value, "tzinfo"):
            values[name] = value.replace(tzinfo=None)
    run(cursor, "statements/restore_state", values)
