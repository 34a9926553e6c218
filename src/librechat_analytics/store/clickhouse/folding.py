"""Deletes from ClickHouse what no reader needs any more."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from librechat_analytics.store.clickhouse.tables import SMALL_TABLES, WAITING_TABLES
from librechat_analytics.store.clickhouse.uncommitted import delete_uncommitted, drop_versions

if TYPE_CHECKING:
    from librechat_analytics.store.clickhouse.commit import Commit
    from librechat_analytics.store.clickhouse.connection import Connection

MOST_ERAS: Final = 40

READER_SECONDS: Final = 600
"""A reader may read a version for so long after it has been replaced."""


def fold(connection: Connection, last: Commit, *, reader_seconds: int = READER_SECONDS) -> int | None:
    """Delete what was replaced longer ago than any reader needs it.

    Returns the first slot with dead rows afterwards, None without any.
    """
    oldest = _oldest_read(connection, reader_seconds)
    _fold_dead(connection, last, oldest)
    _fold_cells(connection, last, oldest)
    for table in SMALL_TABLES:
        kept = min(last.tables[table.name], _version_read(connection, table.name, oldest))
        drop_versions(connection, table.log, f"version < {kept}")
    for table in WAITING_TABLES:
        kept = min(last.tables[table.name], _version_read(connection, table.name, oldest))
        _delete(connection, table.log, f"version < {kept}")
    _delete(connection, "sync_state", f"version < {oldest}")
    return _first_dead_slot(connection)


def end_eras(connection: Connection, last: Commit) -> Commit:
    """Delete what earlier processes have sent and not committed; return the commit with one era."""
    *_, first = last.eras
    delete_uncommitted(
        connection,
        lambda column: f"{column} > {last.clean_until} AND {column} < {first} AND NOT {last.counts(column)}",
    )
    return replace(last, clean_until=first - 1, eras=[first])


def _oldest_read(connection: Connection, reader_seconds: int) -> int:
    """Return the oldest version that a reader may still read: the newest one at that time."""
    (version,) = connection.only_row(
        "SELECT max(version) FROM sync_state"
        " WHERE committed_at <= now64(3) - toIntervalSecond({seconds:UInt32})",
        {"seconds": reader_seconds},
    )
    return int(version or 0)


def _version_read(connection: Connection, name: str, oldest: int) -> int:
    """Return the version under which a reader of the oldest commit reads a small table."""
    found = connection.rows(f"SELECT tables['{name}'] AS version FROM sync_state WHERE version = {oldest}")
    return int(found[0]["version"]) if found else 0


def _fold_dead(connection: Connection, last: Commit, oldest: int) -> None:
    ended = f"dead_version <= {oldest} AND {last.counts('dead_version')}"
    first, last = connection.only_row(f"SELECT min(slot), max(slot) FROM dead WHERE {ended}")
    if first is None:
        return
    dead = f"SELECT slot, conversation_key, version FROM dead WHERE {ended}"
    where = (
        f"slot >= {first} AND slot <= {last} AND version < {oldest}"
        f" AND (slot, ifNull(conversation_key, 0), version) IN ({dead})"
    )
    # The rows go first: without their entries in `dead` they would count again.
    for log in ("transactions_log", "cells_log"):
        connection.command(f"DELETE FROM {log} WHERE {where}")
    connection.command(f"DELETE FROM dead WHERE dead_version <= {oldest}")


def _fold_cells(connection: Connection, last: Commit, oldest: int) -> None:
    """Delete the cells from before all of them were forgotten."""
    found = connection.rows(f"SELECT cells_since FROM sync_state WHERE version = {oldest}")
    if found and last.cells_since:
        _delete(connection, "cells_log", f"version < {min(last.cells_since, found[0]['cells_since'])}")


def _delete(connection: Connection, table: str, where: str) -> None:
    if connection.rows(f"SELECT 1 AS one FROM {table} WHERE {where} LIMIT 1"):
        connection.command(f"DELETE FROM {table} WHERE {where}")


def _first_dead_slot(connection: Connection) -> int | None:
    (slot,) = connection.only_row("SELECT min(slot) FROM dead")
    return None if slot is None else int(slot)
