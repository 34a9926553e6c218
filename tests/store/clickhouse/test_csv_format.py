"""Rows of every type of the store go to ClickHouse and come back as they were."""

from __future__ import annotations

import struct
from datetime import datetime
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from librechat_analytics.store.clickhouse.csv_format import READ_BY_DUCKDB, written_by_duckdb
from tests.support.examples import examples

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from librechat_analytics.store.clickhouse.connection import Connection

pytestmark = pytest.mark.clickhouse

# In UTC without a zone, as DuckDB has them.
EPOCH, LATE = datetime(1970, 1, 1), datetime(2200, 1, 1, 0, 0, 0, 1)  # noqa: DTZ001
BEFORE_SUMMER_TIME = datetime(2026, 3, 29, 1, 59, 59, 999999)  # noqa: DTZ001
INSTANTS = st.datetimes(EPOCH, LATE)
BREAKS = ["\n", "\r\n", "\r", "\t", " a "]
ODD_TEXTS = ["", "\\N", '"', '""', "'", ",", *BREAKS, "NULL", "null", "🦊", "\\", "\\\\N", "\0"]
TEXTS = st.sampled_from(ODD_TEXTS) | st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
COLUMNS: dict[str, tuple[str, str, st.SearchStrategy[Any]]] = {
    "id_head": ("UBIGINT", "UInt64", st.integers(0, 2**64 - 1)),
    "key": ("UINTEGER", "Nullable(UInt32)", st.none() | st.integers(0, 2**32 - 1)),
    "slot": ("INTEGER", "Int32", st.integers(-(2**31), 2**31 - 1)),
    "tokens": ("BIGINT", "Int64", st.integers(-(2**63), 2**63 - 1)),
    "credits_e6": ("HUGEINT", "Int128", st.integers(-(2**127) + 1, 2**127 - 1)),
    "rate": ("DOUBLE", "Nullable(Float64)", st.none() | st.floats()),
    "structured": ("BOOLEAN", "Bool", st.booleans()),
    "certainty": ("certainty", "Enum8('exact' = 1, 'weak' = 4)", st.sampled_from(["exact", "weak"])),
    "created_at": ("TIMESTAMP", "DateTime64(6, 'UTC')", INSTANTS),
    "until": ("TIMESTAMP", "Nullable(DateTime64(6, 'UTC'))", st.none() | INSTANTS),
    "id": ("VARCHAR", "String", TEXTS),
    "name": ("VARCHAR", "Nullable(String)", st.none() | TEXTS),
}
ROWS = st.lists(st.tuples(*(values for _, _, values in COLUMNS.values())), min_size=1, max_size=20)
EXTREMES: list[tuple[Any, ...]] = [
    (2**64 - 1, 2**32 - 1, 2**31 - 1, 2**63 - 1, 2**127 - 1, float("nan"), True, "exact"),
    (0, None, -(2**31), -(2**63), -(2**127) + 1, float("-inf"), False, "weak"),
    (0, 0, 0, 0, 0, -0.0, False, "weak"),
    (0, 0, 0, 0, 0, 5e-324, False, "weak"),
    (0, 0, 0, 0, 0, 1.7976931348623157e308, False, "weak"),
    (0, 0, 0, 0, 0, 0.1 + 0.2, False, "weak"),
]
TIMES = [(BEFORE_SUMMER_TIME, None), (EPOCH, LATE)]


@pytest.fixture(scope="module")
def duck() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("CREATE TYPE certainty AS ENUM('exact', 'weak')")
    columns = ", ".join(f"{name} {kind}" for name, (kind, _, _) in COLUMNS.items())
    connection.execute(f"CREATE TABLE sent ({columns}); CREATE TABLE back ({columns})")
    return connection


@pytest.fixture
def travelled(duck: duckdb.DuckDBPyConnection, connection: Connection, tmp_path: Path) -> Any:
    """Sends rows from DuckDB to ClickHouse and back; gives those that came back, in the same order."""
    columns = ", ".join(f"{name} {kind}" for name, (_, kind, _) in COLUMNS.items())
    connection.command(f"CREATE TABLE rows (place UInt32, {columns}) ENGINE = MergeTree ORDER BY place")
    texts = [name for name, (kind, _, _) in COLUMNS.items() if kind == "VARCHAR"]

    def travel(rows: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        there, back = tmp_path / "there.csv", tmp_path / "back.csv"
        connection.command("TRUNCATE TABLE rows")
        duck.execute("TRUNCATE sent; TRUNCATE back")
        duck.executemany(f"INSERT INTO sent VALUES ({', '.join('?' * len(COLUMNS))})", rows)
        query = "SELECT row_number() OVER () AS place, * FROM sent"
        duck.execute(f"COPY ({query}) TO '{there}' ({written_by_duckdb(texts)})")
        with there.open("rb") as file:
            connection.insert_csv("rows", ["place", *COLUMNS], file, query_id="there")
        pieces = connection.read_csv(f"SELECT {', '.join(COLUMNS)} FROM rows ORDER BY place")
        back.write_bytes(b"".join(pieces))
        duck.execute(f"COPY back FROM '{back}' ({READ_BY_DUCKDB})")
        return duck.execute("FROM back").fetchall()

    return travel


def with_bits(rows: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Rows with their floats as bits, in which -0.0 is not 0.0; all that are not a number are alike."""
    return [
        tuple(
            struct.pack("d", float("nan") if value != value else value) if isinstance(value, float) else value
            for value in row
        )
        for row in rows
    ]


@given(ROWS)
@settings(max_examples=examples(15), suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_all_values_come_back_as_they_were(travelled: Any, rows: list[tuple[Any, ...]]) -> None:
    assert with_bits(travelled(rows)) == with_bits(rows)


def test_the_extremes_come_back_as_they_were(travelled: Any) -> None:
    rows = [
        (*extremes, *TIMES[place % 2], text, text)
        for place, (extremes, text) in enumerate(zip(EXTREMES * 3, ODD_TEXTS, strict=False))
    ]
    rows.append((*EXTREMES[0], *TIMES[0], "", None))

    assert with_bits(travelled(rows)) == with_bits(rows)


def test_clickhouse_reads_the_values_that_duckdb_has(travelled: Any, connection: Connection) -> None:
    rows = [(*EXTREMES[1], *TIMES[0], "\\N", None), (*EXTREMES[0], *TIMES[1], "é\n", "")]

    travelled(rows)

    found = connection.rows("SELECT * EXCEPT place FROM rows ORDER BY place")
    for row in found:
        for name in ("created_at", "until"):
            row[name] = row[name] and row[name].replace(tzinfo=None)
    assert with_bits([tuple(row.values()) for row in found]) == with_bits(rows)


def test_a_long_text_comes_back(travelled: Any) -> None:
    rows = [(*EXTREMES[2], *TIMES[0], "long, \n" * 500_000, None)]

    assert travelled(rows) == rows
