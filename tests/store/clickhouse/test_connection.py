"""Queries, commands and rows in and out over HTTP, against a server of ClickHouse's protocol."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from threading import Event, Timer
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
import urllib3

from librechat_analytics.store.errors import StoreError
from tests.support.waiting import PATIENCE_SECONDS, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from librechat_analytics.store.clickhouse.connection import Connection

pytestmark = pytest.mark.clickhouse

INSTANT = datetime(2026, 3, 29, 1, 30, 0, 123456, tzinfo=UTC)


def test_parameters_arrive_as_they_were_sent(connection: Connection) -> None:
    query = """SELECT {text:String} AS text, {none:Nullable(String)} AS none, {keys:Array(UInt32)} AS keys,
        {names:Array(String)} AS names, {at:DateTime64(6, 'UTC')} AS at, {big:Int128} AS big,
        {yes:Bool} AS yes"""
    parameters = {
        "text": 'it\'s \\N \t\n"ü" 🦊 {x:Int8} %s',
        "none": None,
        "keys": [1, 2],
        "names": ["a'b", "\\"],
        "at": INSTANT.astimezone(timezone(timedelta(hours=-8))),
        "big": -(2**126),
        "yes": True,
        "not_in_the_query": 1,
    }

    (row,) = connection.rows(query, parameters)

    assert row == {name: parameters[name] for name in row}
    assert row["at"].utcoffset() == timedelta(0)


def test_a_query_reads_frames_as_tables(connection: Connection) -> None:
    frame = pd.DataFrame(
        {
            "number": np.array([1, 2, 3], "int64"),
            "small": np.array([1, 2, 3], "uint8"),
            "rate": [0.5, float("nan"), -0.0],
            "yes": [True, False, True],
            "text": ["a\t\\N\n", None, ""],
            "at": pd.to_datetime([INSTANT.replace(tzinfo=None), None, INSTANT.replace(tzinfo=None)]),
        }
    )

    rows = connection.rows("SELECT * FROM days ORDER BY number", frames={"days": frame})

    assert rows == [
        {"number": 1, "small": 1, "rate": 0.5, "yes": True, "text": "a\t\\N\n", "at": INSTANT},
        {"number": 2, "small": 2, "rate": None, "yes": False, "text": None, "at": None},
        {"number": 3, "small": 3, "rate": 0.0, "yes": True, "text": "", "at": INSTANT},
    ]
    assert connection.rows("SELECT count() AS rows FROM days", frames={"days": frame[:0]}) == [{"rows": 0}]
    with pytest.raises(StoreError, match="days"):
        connection.rows("SELECT * FROM days")


def test_columns_are_arrays_as_those_of_the_file(connection: Connection) -> None:
    columns = connection.columns(
        "SELECT toInt64(number) AS number, toInt128(number) AS big, if(number = 1, NULL, number) AS gap,"
        " ['a'] AS texts, fromUnixTimestamp64Micro(toInt64(number), 'UTC') AS at, toString(number) AS text"
        " FROM numbers(3) ORDER BY number"
    )

    assert columns["number"].tolist() == [0, 1, 2]
    assert columns["number"].dtype == np.int64
    assert columns["big"].dtype == np.float64
    assert np.ma.getmaskarray(columns["gap"]).tolist() == [False, True, False]
    assert columns["texts"][0].tolist() == ["a"]
    assert columns["at"].astype("int64").tolist() == [0, 1, 2]
    assert columns["text"].tolist() == ["0", "1", "2"]


def test_columns_without_rows_have_their_names_and_types(connection: Connection) -> None:
    query = "SELECT toInt64(number) AS number, 'a' AS text FROM numbers(0) -- none"

    columns = connection.columns(query)

    assert {name: column.dtype for name, column in columns.items()} == {
        "number": np.dtype(np.int64),
        "text": np.dtype(object),
    }


def test_answers_are_as_those_of_the_file_in_what_sql_leaves_open(connection: Connection) -> None:
    (row,) = connection.rows(
        "SELECT sum(number) AS total, (SELECT count() FROM (SELECT 1 UNION SELECT 1)) AS distinct_rows,"
        " any(b.y) AS unmatched FROM numbers(0) AS a"
        " LEFT JOIN (SELECT toUInt64(1) AS x, 2 AS y) AS b ON number = b.x"
    )

    assert row == {"total": None, "distinct_rows": 1, "unmatched": None}


def test_rows_go_in_and_out_as_csv(connection: Connection) -> None:
    connection.command(
        "CREATE TABLE rows (key UInt64, text Nullable(String)) ENGINE = MergeTree ORDER BY key"
    )

    connection.insert_csv("rows", ["key", "text"], io.BytesIO(b'1,"a"\n2,\\N\n'), query_id="one")
    connection.insert_csv("rows", ["text", "key"], iter([b'"b', b'",3\n', b'"",4\n']), query_id="two")
    connection.insert_csv("rows", ["text", "key"], [], query_id="three")

    assert b"".join(connection.read_csv("SELECT * FROM rows ORDER BY key")) == b'1,"a"\n2,\\N\n3,"b"\n4,""\n'


def test_an_answer_that_breaks_off_is_an_error_and_not_a_short_answer(connection: Connection) -> None:
    query = "SELECT throwIf(number = 5000000) FROM numbers(6000000) SETTINGS max_block_size = 1000"
    pieces = connection.read_csv(query)

    received = next(pieces)

    assert received.startswith(b"0\n0\n")
    with pytest.raises(StoreError, match="throwIf"):
        list(pieces)


def test_many_threads_share_one_connection(connection: Connection) -> None:
    def ask(number: int) -> int:
        (row,) = connection.rows(
            "SELECT {number:Int64} + count() AS total FROM numbers(1000)", {"number": number}
        )
        return int(row["total"])

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(ask, range(80))) == [number + 1000 for number in range(80)]


def test_queries_that_should_not_be_logged_are_not(connection: Connection) -> None:
    for is_logged in (True, False):
        connection.rows("SELECT {whom:String} AS whom", {"whom": f"logged-{is_logged}"}, is_logged=is_logged)
    connection.command("SYSTEM FLUSH LOGS")

    logged = connection.rows(
        "SELECT query FROM system.query_log WHERE current_database = currentDatabase()",
        is_logged=False,
    )

    texts = " ".join(row["query"] for row in logged)
    assert "logged-True" in texts
    assert "logged-False" not in texts


def test_values_of_queries_are_in_no_address(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    addresses: list[str] = []
    request = urllib3.PoolManager.request

    def noted(self: urllib3.PoolManager, method: str, url: str, *given: Any, **named: Any) -> Any:
        addresses.append(f"{url} {named.get('fields', '')}" if method == "GET" else url)
        return request(self, method, url, *given, **named)

    monkeypatch.setattr(urllib3.PoolManager, "request", noted)
    query = "SELECT {email:String} AS email"
    assert connection.rows(query, {"email": "ana@example.com"}) == [{"email": "ana@example.com"}]
    frame = pd.DataFrame({"number": np.array([1], "int64")})
    assert connection.rows(f"{query} FROM given", {"email": "ana@example.com"}, {"given": frame})

    assert len(addresses) >= 2
    assert not [address for address in addresses if "ana" in address]


def test_an_insert_that_is_killed_is_an_error_and_has_ended(connection: Connection) -> None:
    connection.command("CREATE TABLE rows (key UInt64) ENGINE = MergeTree ORDER BY key")
    has_begun, may_end = Event(), Event()

    def rows() -> Iterator[bytes]:
        yield b"1\n"
        has_begun.set()
        may_end.wait(PATIENCE_SECONDS)
        yield b"2\n"

    def kill() -> None:
        has_begun.wait(PATIENCE_SECONDS)
        wait_until(lambda: running() == ["killed-1"])
        Timer(0.2, may_end.set).start()
        connection.command("KILL QUERY WHERE user = currentUser() AND query_id LIKE 'killed-%' SYNC")

    def running() -> list[str]:
        query = "SELECT query_id FROM system.processes WHERE query_id LIKE 'killed-%'"
        return [row["query_id"] for row in connection.rows(query)]

    with ThreadPoolExecutor(1) as threads:
        killed = threads.submit(kill)
        with pytest.raises(StoreError, match="was ended in ClickHouse before it was done"):
            connection.insert_csv("rows", ["key"], rows(), query_id="killed-1")
        killed.result()

    assert running() == []
