"""What a reader of one commit sees of each table, as a query."""

from __future__ import annotations

from typing import TYPE_CHECKING

from librechat_analytics.store.clickhouse.tables import (
    CELLS,
    CONVERSATIONS,
    DAY,
    TRANSACTIONS,
    WAITING_TABLES,
)

if TYPE_CHECKING:
    from librechat_analytics.store.clickhouse.commit import Commit
    from librechat_analytics.store.clickhouse.tables import PublishedTable


def rows_by_day(table: PublishedTable, commit: Commit) -> str:
    """Return the query of the days of rows or cells, how many there are, and what tells whether they changed.

    What a version has once written of a conversation in a slot never changes.
    """
    return (
        f"SELECT {DAY} AS day, count() AS documents,"
        " sum(cityHash64(slot, ifNull(conversation_key, 0), version)) AS fingerprint"
        f" FROM {table.log} WHERE {_alive(table, commit)} GROUP BY day ORDER BY day"
    )


def visible(
    table: PublishedTable, commit: Commit, where: str = "true", *, columns: tuple[str, ...] | None = None
) -> str:
    """Return the query of the rows of a table that the commit has, each once; by default with all columns."""
    selected = f"SELECT {', '.join(table.columns if columns is None else columns)} FROM {table.log}"
    if table in (TRANSACTIONS, CELLS):
        return f"{selected} WHERE {where} AND {_alive(table, commit)}"
    if table is CONVERSATIONS:
        return f"{selected} WHERE {where} AND {commit.counts()} ORDER BY key, version DESC LIMIT 1 BY key"
    if table in WAITING_TABLES:
        versions = f"version >= {commit.tables[table.name]} AND {commit.counts()}"
        return (
            f"{selected} WHERE {where} AND {versions}"
            " ORDER BY id_head, id_tail, version DESC LIMIT 1 BY id_head, id_tail"
        )
    return f"{selected} WHERE {where} AND version = {commit.tables[table.name]}"


def nameless(table: PublishedTable, query: str) -> str:
    """Return the query of a small table's rows without names and e-mail addresses of people.

    What receivers answered may repeat names, and a domain is part of an address.
    """
    none = "CAST(NULL AS Nullable(String))"
    match table.name:
        case "users":
            return f"SELECT * REPLACE ({none} AS name, {none} AS email) FROM ({query})"
        case "deliveries":
            return f"SELECT * REPLACE ({none} AS last_answer) FROM ({query})"
        case "user_traits":
            return f"SELECT * FROM ({query}) WHERE trait <> 'domain'"
        case _:
            return query


def _alive(table: PublishedTable, commit: Commit) -> str:
    alive = commit.counts()
    if table is CELLS:
        alive += f" AND version >= {commit.cells_since}"
    if commit.first_dead_slot is not None:
        alive += (
            f" AND (slot < {commit.first_dead_slot} OR (slot, ifNull(conversation_key, 0), version) NOT IN"
            f" (SELECT slot, conversation_key, version FROM dead WHERE {commit.counts('dead_version')}))"
        )
    return alive
