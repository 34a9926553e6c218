"""A snapshot of the DuckDB file: queries with their parameters and frames, rows by column name."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from librechat_analytics.store.interface import NO_FRAMES, NO_PARAMETERS, Extent
from librechat_analytics.store.sql_files import rows_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import duckdb
    import pandas as pd

    from librechat_analytics.store.interface import SqlColumns, SqlRow

TIME_TYPES = frozenset({"TIMESTAMP", "TIMESTAMP_MS", "TIMESTAMP_NS", "TIMESTAMP_S"})


class DuckDBSnapshot:
    """The state that one read-only transaction sees; it is fixed by the first query."""

    engine = "duckdb"

    def __init__(self, cursor: duckdb.DuckDBPyConnection) -> None:
        self._cursor = cursor

    @cached_property
    def extent(self) -> Extent:
        """How far the store reaches; see the protocol."""
        (row,) = rows_of(self._cursor, "statements/extent")
        return Extent(*row)

    def rows(
        self,
        query: str,
        parameters: Mapping[str, object] = NO_PARAMETERS,
        frames: Mapping[str, pd.DataFrame] = NO_FRAMES,
    ) -> list[SqlRow]:
        """Run a query and return its rows; see the protocol."""
        with self._executed(query, parameters, frames):
            columns = self._cursor.description or []
            names = [column[0] for column in columns]
            times = [column[0] for column in columns if str(column[1]) in TIME_TYPES]
            rows = [dict(zip(names, row, strict=True)) for row in self._cursor.fetchall()]
        for name in times:
            for row in rows:
                row[name] = None if row[name] is None else row[name].replace(tzinfo=UTC)
        return rows

    def columns(
        self,
        query: str,
        parameters: Mapping[str, object] = NO_PARAMETERS,
        frames: Mapping[str, pd.DataFrame] = NO_FRAMES,
    ) -> SqlColumns:
        """Run a query and return its columns; see the protocol."""
        with self._executed(query, parameters, frames):
            return {name: np.asanyarray(column) for name, column in self._cursor.fetchnumpy().items()}

    @contextmanager
    def _executed(
        self, query: str, parameters: Mapping[str, object], frames: Mapping[str, pd.DataFrame]
    ) -> Iterator[None]:
        """Run a query; the tables that its frames make are there until its result is fetched."""
        for name, frame in frames.items():
            self._cursor.register(name, frame)
        self._cursor.execute(query, {name: _without_zone(value) for name, value in parameters.items()})
        yield
        for name in frames:
            self._cursor.unregister(name)


def _without_zone(value: object) -> object:
    return value.astimezone(UTC).replace(tzinfo=None) if isinstance(value, datetime) else value
