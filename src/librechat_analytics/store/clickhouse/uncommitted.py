"""Removes what a killed follower has left in ClickHouse: inserts in flight, and rows without a commit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from librechat_analytics.store.clickhouse.sending import INSERTS
from librechat_analytics.store.clickhouse.tables import GROWING_TABLES, SMALL_TABLES, TRANSACTIONS

if TYPE_CHECKING:
    from collections.abc import Callable

    from librechat_analytics.store.clickhouse.connection import Connection


def end_inserts(connection: Connection) -> None:
    """End the inserts that are still running, and wait until they have ended.

    An insert goes on in ClickHouse after its client was killed, and its rows would come after those that were
    sent again.
    """
    connection.command(
        f"KILL QUERY WHERE user = currentUser() AND query_id LIKE '{INSERTS}%' SYNC",
    )


def delete_uncommitted(
    connection: Connection, is_void: Callable[[str], str], *, kept: int | None = None
) -> None:
    """Delete the rows of versions that do not count, by the condition that ``is_void`` gives for a column.

    ``kept``: a first publication that goes on, so that the rows of transactions which it has sent stay.
    """
    versions = {
        **{table.log: "version" for table in (*GROWING_TABLES, *SMALL_TABLES)},
        "dead": "dead_version",
    }
    void = {name: is_void(column) for name, column in versions.items()}
    if kept is not None:
        void[TRANSACTIONS.log] += f" AND version != {kept}"
    found = connection.rows(
        " UNION ALL ".join(
            f"SELECT DISTINCT '{name}' AS name FROM {name} WHERE {where}" for name, where in void.items()
        )
    )
    small = {table.log for table in SMALL_TABLES}
    for name in (row["name"] for row in found):
        if name in small:
            drop_versions(connection, name, void[name])
        else:
            connection.command(f"DELETE FROM {name} WHERE {void[name]}")


def drop_versions(connection: Connection, log: str, where: str) -> None:
    """Drop versions of a small table, each of which is a partition, so that nothing of them stays on disk."""
    for row in connection.rows(f"SELECT DISTINCT version FROM {log} WHERE {where}"):
        connection.command(f"ALTER TABLE {log} DROP PARTITION {row['version']}")
