"""The tables about alerts in a small DuckDB store of this process, from which alerts are read."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from librechat_analytics.store.clickhouse.receiving import receive
from librechat_analytics.store.clickhouse.tables import SMALL_TABLES
from librechat_analytics.store.clickhouse.visible import nameless, visible
from librechat_analytics.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import duckdb

    from librechat_analytics.store.clickhouse.commit import Commit
    from librechat_analytics.store.clickhouse.connection import Connection

HELD: Final = tuple(table for table in SMALL_TABLES if table.name in ("alerts", "deliveries", "silences"))
MEMORY_LIMIT: Final = "100MB"


class SmallTables:
    """A copy of the published tables about alerts, brought up to date when it is read.

    It is in a folder for temporary files, and only this process reads it.
    """

    def __init__(
        self, connection: Connection, newest: Callable[[], Commit], *, has_names: bool = True
    ) -> None:
        """Copy from a database; ``newest`` returns its newest commit."""
        self._connection = connection
        self._has_names = has_names
        self._newest = newest
        self._held: dict[str, int] = {}
        self._copying = threading.Lock()
        self._folder = TemporaryDirectory(prefix="librechat-analytics-")
        self._store = Store(Path(self._folder.name), memory_limit=MEMORY_LIMIT, threads=1)

    @contextmanager
    def reading(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open a cursor on the newest state; raises StoreError if ClickHouse does not answer."""
        self._refresh()
        with self._store.reading() as cursor:
            yield cursor

    def close(self) -> None:
        """Close the copy and remove it."""
        self._store.close()
        self._folder.cleanup()

    def _refresh(self) -> None:
        with self._copying:
            commit = self._newest()
            moved = [table for table in HELD if commit.tables.get(table.name) != self._held.get(table.name)]
            if not moved:
                return
            with self._store.committing(is_usage=False) as cursor:
                for table in moved:
                    cursor.execute(f"DELETE FROM {table.name}")
                    query = visible(table, commit)
                    query = query if self._has_names else nameless(table, query)
                    receive(self._store, cursor, self._connection, table, query)
            self._held |= {table.name: commit.tables[table.name] for table in moved}
