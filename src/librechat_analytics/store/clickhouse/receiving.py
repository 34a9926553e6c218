"""Receives rows from ClickHouse into the store, through a file in the store's folder for temporary files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from librechat_analytics.store.clickhouse.csv_format import READ_BY_DUCKDB
from librechat_analytics.store.errors import StoreError

if TYPE_CHECKING:
    import duckdb

    from librechat_analytics.store.clickhouse.connection import Connection
    from librechat_analytics.store.clickhouse.tables import PublishedTable
    from librechat_analytics.store.store import Store


def receive(
    store: Store,
    cursor: duckdb.DuckDBPyConnection,
    connection: Connection,
    table: PublishedTable,
    query: str,
    *,
    into: str = "",
) -> int:
    """Add the rows of a query in ClickHouse to a table of the store, by default its own; return how many."""
    with store.scratch_file() as path:
        try:
            with path.open("wb") as file:
                for piece in connection.read_csv(query):
                    file.write(piece)
        except OSError as error:
            reason = error.strerror or str(error)
            raise StoreError(
                f"Rows from ClickHouse cannot be written to {path}: {reason}. Check the disk of DATA_DIR."
            ) from None
        if not path.stat().st_size:
            return 0
        columns = ", ".join(table.columns)
        cursor.execute(f"COPY {into or table.name} ({columns}) FROM '{path.as_posix()}' ({READ_BY_DUCKDB})")
        ((rows,),) = cursor.fetchall()
    return int(rows)
