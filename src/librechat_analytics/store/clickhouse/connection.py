"""Talks to ClickHouse over HTTP: queries, commands, and rows in and out."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime
from functools import cached_property, partial
from itertools import chain
from typing import IO, TYPE_CHECKING, Any
from uuid import uuid4

from librechat_analytics.store.clickhouse.csv_format import READ_BY_CLICKHOUSE
from librechat_analytics.store.clickhouse.problems import RefusedError, UnreachableError
from librechat_analytics.store.clickhouse.result_columns import array_of, empty_array
from librechat_analytics.store.errors import StoreError
from librechat_analytics.store.interface import NO_FRAMES, NO_PARAMETERS

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence

    import pandas as pd
    from clickhouse_connect.driver.query import QueryResult

    from librechat_analytics.store.clickhouse.address import StoreAddress
    from librechat_analytics.store.clickhouse.http_client import HttpClient
    from librechat_analytics.store.interface import SqlColumns, SqlRow

SILENCE_SECONDS = 60
"""The server says at least this often that it still works."""
QUERY_SECONDS = 120
TRANSFER_SECONDS = 3600
LATEST_RETRY_SECONDS = 5
REST_BEFORE_RETRY_SECONDS = 0.3
PIECE_BYTES = 1 << 20

READING: dict[str, object] = {
    "join_use_nulls": 1,
    "union_default_mode": "DISTINCT",
    "aggregate_functions_null_for_empty": 1,
    "prefer_column_name_to_alias": 1,
    # Without it, a step of a WITH is computed again wherever it is used.
    "enable_materialized_cte": 1,
    "session_timezone": "UTC",
    "select_sequential_consistency": 1,
}
"""Settings with which ClickHouse answers as DuckDB does."""

WRITING: dict[str, object] = {
    "async_insert": 0,
    # Rows that were taken back may come again with the same content.
    "insert_deduplicate": 0,
    # Rows with odd dates may be of any month.
    "max_partitions_per_insert_block": 0,
    "wait_end_of_query": 1,
}

PLACEHOLDER = re.compile(r"\{\s*(\w+)\s*:")
KEPT_STEP = "materialized CTE"
"""What ClickHouse says of a step of a WITH that it could not keep."""

NO_SETTINGS: Mapping[str, object] = {}


class Connection:
    """A way to one ClickHouse database, for many threads; connects on first use.

    Every failure is a StoreError whose text says what to do. ``query_prefix`` begins the ids of its queries,
    ``memory_limit`` is in bytes for each query, ``silence_seconds`` is how long the server may say nothing.
    """

    def __init__(
        self,
        address: StoreAddress,
        *,
        query_prefix: str = "",
        memory_limit: int | None = None,
        silence_seconds: int = SILENCE_SECONDS,
    ) -> None:
        self.address = address
        self._query_prefix = query_prefix
        self._limits: dict[str, object] = {} if memory_limit is None else {"max_memory_usage": memory_limit}
        self._silence_seconds = silence_seconds

    def rows(
        self,
        query: str,
        parameters: Mapping[str, object] = NO_PARAMETERS,
        frames: Mapping[str, pd.DataFrame] = NO_FRAMES,
        *,
        is_logged: bool = True,
    ) -> list[SqlRow]:
        """Run a query and return its rows; times are aware, in UTC.

        The query names a parameter as ``{name:Type}``, and a frame as a table. If not ``is_logged``,
        ClickHouse's query log does not get the query.
        """
        result = self._asked(query, parameters, frames, is_logged=is_logged)
        names = result.column_names
        times = {
            name for name, kind in zip(names, result.column_types, strict=True) if "DateTime" in kind.name
        }
        rows = [dict(zip(names, row, strict=True)) for row in result.result_rows]
        for name in times:
            for row in rows:
                row[name] = _in_utc(row[name])
        return rows

    def only_row(self, query: str, parameters: Mapping[str, object] = NO_PARAMETERS) -> tuple[Any, ...]:
        """Run a query as ``rows`` does, and return the values of its only row."""
        (row,) = self.rows(query, parameters)
        return tuple(row.values())

    def columns(
        self,
        query: str,
        parameters: Mapping[str, object] = NO_PARAMETERS,
        frames: Mapping[str, pd.DataFrame] = NO_FRAMES,
        *,
        is_logged: bool = True,
    ) -> SqlColumns:
        """Run a query as ``rows`` does and return its columns, as ``Snapshot.columns`` says."""
        result = self._asked(query, parameters, frames, is_logged=is_logged, by_column=True)
        if not result.column_names:  # the answer has no rows, and then no names either
            described = self.rows(f"DESCRIBE TABLE (\n{query}\n)", parameters, frames, is_logged=is_logged)
            return {str(row["name"]): empty_array(str(row["type"])) for row in described}
        kinds = [kind.name for kind in result.column_types]
        return {
            name: array_of(values, kind)
            for name, values, kind in zip(result.column_names, result.result_columns, kinds, strict=True)
        }

    def command(
        self,
        statement: str,
        parameters: Mapping[str, object] = NO_PARAMETERS,
        *,
        settings: Mapping[str, object] = NO_SETTINGS,
    ) -> None:
        """Run a statement that returns nothing; it may take an hour."""
        whole = self._with_id({"max_execution_time": TRANSFER_SECONDS, **settings})
        self._http.command(statement, _named(statement, parameters), whole)

    def insert_csv(
        self, table: str, columns: Sequence[str], csv: IO[bytes] | Iterable[bytes], *, query_id: str
    ) -> None:
        """Insert rows as CSV, in the form of ``csv_format``; once it returns, ClickHouse has them all.

        After a failure it may have some of them. It is never tried again.
        """
        settings = {
            **READ_BY_CLICKHOUSE,
            **WRITING,
            "max_execution_time": TRANSFER_SECONDS,
            "query_id": query_id,
        }
        pieces = _pieces(csv)
        if first := next(pieces, b""):
            self._http.insert(table, columns, _joined(first, pieces), settings)

    def read_csv(self, query: str, parameters: Mapping[str, object] = NO_PARAMETERS) -> Iterator[bytes]:
        """Run a query and return its rows as CSV, piece by piece, in the form of ``csv_format``.

        Raises StoreError, after some pieces, if the answer breaks off.
        """
        limits = {**self._limits, "max_execution_time": TRANSFER_SECONDS}
        settings = self._with_id({**READING, **READ_BY_CLICKHOUSE, **limits})
        return self._http.stream_csv(query, _named(query, parameters), settings)

    def close(self) -> None:
        """Close all connections; the next query opens new ones."""
        self._http.close()

    def _asked(
        self,
        query: str,
        parameters: Mapping[str, object],
        frames: Mapping[str, pd.DataFrame],
        *,
        is_logged: bool = True,
        by_column: bool = False,
    ) -> QueryResult:
        """Run a query; once more if the connection broke, for it changes nothing."""
        settings = {
            **READING,
            **self._limits,
            "max_execution_time": QUERY_SECONDS,
            **({} if is_logged else {"log_queries": 0}),
        }
        given = _named(query, parameters)

        def ask() -> QueryResult:
            return self._http.query(query, given, self._with_id(settings), frames, by_column=by_column)

        begun = time.monotonic()
        try:
            return ask()
        except UnreachableError:
            # The connection broke, as at a restart of the server. A server that is silent would stay silent.
            if time.monotonic() - begun > min(LATEST_RETRY_SECONDS, self._silence_seconds / 2):
                raise
            time.sleep(REST_BEFORE_RETRY_SECONDS)
        except RefusedError as error:
            # Some queries fail with kept steps, as where a table is empty; without, they only take longer.
            if KEPT_STEP not in str(error):
                raise
            settings["enable_materialized_cte"] = 0
        return ask()

    def _with_id(self, settings: Mapping[str, object]) -> dict[str, object]:
        return {"query_id": f"{self._query_prefix}{uuid4()}", **settings}

    @cached_property
    def _http(self) -> HttpClient:
        try:
            from librechat_analytics.store.clickhouse.http_client import HttpClient
        except ModuleNotFoundError:
            raise StoreError(
                "STORE_URL needs the package clickhouse-connect, which is not installed:"
                " pip install 'librechat-analytics[clickhouse]'."
            ) from None
        return HttpClient(self.address, self._silence_seconds)


def _named(query: str, parameters: Mapping[str, object]) -> dict[str, object]:
    """Return the parameters that a query names."""
    names = set(PLACEHOLDER.findall(query))
    return {name: value for name, value in parameters.items() if name in names}


def _in_utc(value: object) -> object:
    if not isinstance(value, datetime):
        return value
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _pieces(csv: IO[bytes] | Iterable[bytes]) -> Iterator[bytes]:
    read = getattr(csv, "read", None)
    return iter(csv) if read is None else iter(partial(read, PIECE_BYTES), b"")


def _joined(first: bytes, rest: Iterator[bytes]) -> Generator[bytes, None, None]:
    """Join the pieces again in a generator: the client sends only a body of bytes again after a failure."""
    try:
        yield from chain([first], rest)
    except OSError as error:  # else it would be taken for one of the connection
        raise StoreError(
            f"Rows for ClickHouse cannot be read: {error.strerror or error}. Check the disk of DATA_DIR."
        ) from None
