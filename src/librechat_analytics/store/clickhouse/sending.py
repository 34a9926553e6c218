"""Sends rows of the store to ClickHouse, through a file in the store's folder for temporary files."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from librechat_analytics.store.clickhouse.csv_format import written_by_duckdb

if TYPE_CHECKING:
    from collections.abc import Callable

    import duckdb

    from librechat_analytics.store.clickhouse.connection import Connection
    from librechat_analytics.store.clickhouse.tables import PublishedTable
    from librechat_analytics.store.store import Store

INSERTS = "librechat-analytics-insert-"
"""How the ids of all inserts begin, so that those of a killed process can be ended."""


class Sender:
    """Sends what one cursor of the store reads; calls ``before_each`` before each insert."""

    def __init__(
        self,
        store: Store,
        cursor: duckdb.DuckDBPyConnection,
        connection: Connection,
        query_prefix: str,
        before_each: Callable[[], None],
    ) -> None:
        self._store = store
        self._cursor = cursor
        self._connection = connection
        self._before_each = before_each
        self._query_ids = (f"{query_prefix}-{number}" for number in count())

    def send(self, table: PublishedTable, version: int, relation: str = "", where: str = "true") -> int:
        """Send the rows of ``relation``, by default all of the table, under a version; return how many."""
        columns = ", ".join(table.columns)
        return self.send_query(
            table.log,
            [*table.columns, "version"],
            f"SELECT {columns}, {version}::UBIGINT AS version FROM {relation or table.name} WHERE {where}",
        )

    def send_query(self, log: str, columns: list[str], query: str) -> int:
        """Send the rows of a query to a table in ClickHouse; return how many."""
        described = self._cursor.execute(f"DESCRIBE {query}").fetchall()
        texts = [name for name, kind, *_ in described if kind == "VARCHAR"]
        with self._store.scratch_file() as path:
            self._cursor.execute(f"COPY ({query}) TO '{path.as_posix()}' ({written_by_duckdb(texts)})")
            ((rows,),) = self._cursor.fetchall()
            if rows:
                self._before_each()
                with path.open("rb") as file:
                    self._connection.insert_csv(log, columns, file, query_id=next(self._query_ids))
        return int(rows)
