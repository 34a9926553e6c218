"""Tables of columns, as DuckDB reads them."""

from __future__ import annotations

from datetime import UTC, datetime

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from librechat_analytics.columns import Table, Texts, take
from librechat_analytics.store.sql_files import load
from tests.support.examples import examples

KINDS = {
    "head": "uint64",
    "tail": "uint32",
    "count": "int64",
    "rate": "float64",
    "flag": "bool",
    "name": "text",
    "at": "instant",
}
AT_7002 = datetime(1970, 1, 1, 1, 56, 42, tzinfo=UTC).replace(tzinfo=None)
TEXTS = st.lists(st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=20), max_size=40)


def part(count: int, first: int = 0) -> dict[str, np.ndarray | Texts]:
    numbers = np.arange(first, first + count)
    return {
        "head": 2**63 + numbers.astype("uint64"),
        "tail": numbers.astype("uint32"),
        "count": -numbers,
        "rate": np.where(numbers % 2, np.nan, numbers / 2),
        "flag": numbers % 3 == 0,
        "name": Texts.of([None if number % 5 == 0 else "ü" * (number % 40) for number in numbers]),
        "at": numbers * 1_000_000,
    }


def table(*parts: dict[str, np.ndarray | Texts]) -> Table:
    made = Table(KINDS)
    for each in parts:
        made.add(each)
    return made


def rows_in(cursor: duckdb.DuckDBPyConnection, query: str) -> list[tuple[object, ...]]:
    return cursor.execute(query).fetchall()


@pytest.fixture
def cursor() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def test_duckdb_reads_every_kind_of_column_as_often_as_it_likes(cursor: duckdb.DuckDBPyConnection) -> None:
    given_table = table(part(7000), part(0), part(3, first=7000))
    assert len(given_table) == 7003
    load(cursor, "loaded", given_table)
    for _ in range(2):
        (found,) = rows_in(cursor, "FROM loaded WHERE tail = 7002")
        assert found == (
            2**63 + 7002,
            7002,
            -7002,
            3501.0,
            True,
            "ü" * 2,
            datetime(1970, 1, 1, 1, 56, 42, tzinfo=UTC).replace(tzinfo=None),
        )
    assert rows_in(cursor, "SELECT count(*), count(name), sum(tail), sum(flag::INT) FROM loaded") == [
        (7003, 7003 - 1401, sum(range(7003)), 2335)
    ]
    load(cursor, "loaded", given_table)
    assert rows_in(cursor, "SELECT count(*) FROM loaded") == [(7003,)]


def test_an_empty_table_has_its_columns(cursor: duckdb.DuckDBPyConnection) -> None:
    load(cursor, "loaded", table())
    assert [column[0] for column in rows_in(cursor, "DESCRIBE loaded")] == list(KINDS)
    assert rows_in(cursor, "FROM loaded") == []
    assert table().array("at").tolist() == []


@settings(max_examples=examples(25))
@given(TEXTS, st.data())
def test_texts_come_back_as_they_were(texts: list[str | None], data: st.DataObject) -> None:
    column = Texts.of(texts)
    assert column.to_list() == texts
    numbers = data.draw(st.lists(st.integers(0, len(texts) - 1)) if texts else st.just([]))
    taken = take({"name": column}, np.array(numbers, dtype=int))["name"]
    assert isinstance(taken, Texts)
    assert taken.to_list() == [texts[number] for number in numbers]
    cursor, holder = duckdb.connect(), Table({"name": "text"})
    holder.add({"name": column})
    load(cursor, "loaded", holder)
    assert [text for (text,) in rows_in(cursor, "FROM loaded")] == texts


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), max_size=30), st.integers(1, 8))
def test_of_rows_with_the_same_key_the_newest_stays(keys: list[tuple[int, int]], size: int) -> None:
    rows = Table({"head": "int64", "tail": "int64", "newest": "int64", "value": "int64"})
    for start in range(0, len(keys), size):
        some = np.array(keys[start : start + size])
        numbers = np.arange(start, start + len(some))
        rows.add({"head": some[:, 0], "tail": some[:, 1], "newest": 100 - numbers, "value": numbers})
    found = rows.without_repeats("head", "tail", newest="newest")
    assert list(found.kinds) == ["head", "tail", "value"]
    first = {key: number for number, key in reversed(list(enumerate(keys)))}
    assert sorted(found.array("value").tolist()) == sorted(first.values())
