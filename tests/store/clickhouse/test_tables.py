"""The published tables: the same in the store, in ClickHouse's schema and in their declaration."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest

from librechat_analytics.store import clickhouse
from librechat_analytics.store.clickhouse.commit import COMMIT_FIELDS
from librechat_analytics.store.clickhouse.tables import (
    CELLS,
    CONVERSATIONS,
    SMALL_TABLES,
    TRANSACTIONS,
    WAITING_TABLES,
    PublishedTable,
)
from librechat_analytics.store.store import Store

if TYPE_CHECKING:
    from pathlib import Path

BIG_TABLES = (TRANSACTIONS, CELLS, CONVERSATIONS)
SCHEMA = files(clickhouse).joinpath("schema.sql").read_text("utf-8")

ALL_TABLES = (*BIG_TABLES, *SMALL_TABLES, *WAITING_TABLES)


def columns_in_clickhouse(table: str) -> list[str]:
    (body,) = re.findall(rf"CREATE TABLE IF NOT EXISTS {table} \((.*?)\n\) ENGINE", SCHEMA, re.DOTALL)
    without_types = re.sub(r"\([^()]*(?:\([^()]*\)[^()]*)*\)|--.*", "", body)
    return [column.split()[0] for column in without_types.split(",")]


def columns_in_the_store(store: Store, table: str) -> list[str]:
    with store.reading() as cursor:
        return [name for name, *_ in cursor.execute(f"DESCRIBE {table}").fetchall()]


@pytest.mark.parametrize("table", ALL_TABLES, ids=lambda table: table.name)
def test_a_published_table_has_its_columns_and_a_version_in_clickhouse(table: PublishedTable) -> None:
    assert columns_in_clickhouse(table.log) == [*table.columns, "version"]


def test_every_table_of_the_store_is_published_with_all_its_columns(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with store.reading() as cursor:
        names = {name for (name,) in cursor.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    published = {table.name: list(table.columns) for table in ALL_TABLES}
    held = {name: columns_in_the_store(store, name) for name in names - {"sync_state"}}
    store.close()
    assert published == held


def test_a_commit_has_the_columns_of_sync_state() -> None:
    assert set(COMMIT_FIELDS) == set(columns_in_clickhouse("sync_state"))


def test_a_commit_has_everything_that_the_stores_state_says(tmp_path: Path) -> None:
    store = Store(tmp_path)
    state = set(columns_in_the_store(store, "sync_state"))
    store.close()
    assert state - set(COMMIT_FIELDS) == {"written_by"}
