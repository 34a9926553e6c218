"""What only ClickHouse's own server shows: TLS, rights, its query log, inserts that outlive their client.

CLICKHOUSE_TEST_URL names such a server, with the settings and users of deploy/clickhouse and a user that may
do everything; the workflow's job `clickhouse` starts one. Without it these tests are skipped: the server that
the other tests start has none of this.
"""

from __future__ import annotations

import os
import threading
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pandas as pd
import pytest

from librechat_analytics.store.clickhouse.address import parse_store_url
from librechat_analytics.store.clickhouse.connection import Connection
from librechat_analytics.store.clickhouse.problems import RefusedError
from librechat_analytics.store.clickhouse.publisher import Publisher
from librechat_analytics.store.clickhouse.schema import prepare
from librechat_analytics.store.clickhouse.store import ClickHouseStore
from librechat_analytics.store.errors import StoreError
from librechat_analytics.store.store import Store
from librechat_analytics.usage.answers import SourceReport
from librechat_analytics.usage.repository import StoreRepository
from tests.support.documents import example_collections, write_dump
from tests.support.imports import fill_store
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from librechat_analytics.store.clickhouse.address import StoreAddress

URL = os.environ.get("CLICKHOUSE_TEST_URL", "")
pytestmark = [
    pytest.mark.clickhouse,
    pytest.mark.skipif(not URL, reason="CLICKHOUSE_TEST_URL names no server of ClickHouse"),
]

DATABASE = "librechat_analytics"
ACCESS_DENIED = 497


@contextmanager
def connected(address: StoreAddress) -> Iterator[Connection]:
    connection = Connection(address)
    try:
        yield connection
    finally:
        connection.close()


@pytest.fixture
def admin() -> Iterator[Connection]:
    with connected(parse_store_url(URL, None)) as connection:
        yield connection


def address_of(user: str) -> StoreAddress:
    """The address of one of the two users, in the one database that they know."""
    password = os.environ[f"CLICKHOUSE_{user.upper()}_PASSWORD"]
    return replace(parse_store_url(URL, None), user=user, password=password, database=DATABASE)


@pytest.fixture
def writer(admin: Connection) -> Iterator[Connection]:
    """The follower's connection to an empty database, in which it has made the tables."""
    admin.command(f"DROP DATABASE IF EXISTS {DATABASE} SYNC")
    admin.command(f"CREATE DATABASE {DATABASE}")
    with connected(address_of("writer")) as connection:
        prepare(connection)
        yield connection


@pytest.fixture
def reader(writer: Connection) -> Iterator[Connection]:
    """The connection of a web process."""
    assert writer.rows("SELECT count() AS commits FROM sync_state") == [{"commits": 0}]
    with connected(address_of("reader")) as connection:
        yield connection


def is_refused(connection: Connection, statement: str) -> bool:
    """Whether the user lacks the right; another error is raised."""
    try:
        connection.command(statement)
    except RefusedError as error:
        if error.code != ACCESS_DENIED:
            raise
        return True
    return False


class TestRights:
    def test_the_follower_can_write_in_its_own_database_alone(
        self, admin: Connection, writer: Connection
    ) -> None:
        writer.insert_csv("requests", ["id", "kind"], [f'{uuid4()},"x"\n'.encode()], query_id=str(uuid4()))
        writer.command("DELETE FROM requests WHERE kind = 'x'")
        writer.command("ALTER TABLE users_log DROP PARTITION 1")
        writer.command("OPTIMIZE TABLE requests FINAL")
        admin.command("CREATE TABLE IF NOT EXISTS default.others (n Int8) ENGINE = Memory")

        assert is_refused(writer, "CREATE TABLE default.more (n Int8) ENGINE = Memory")
        assert is_refused(writer, "INSERT INTO default.others VALUES (1)")
        assert is_refused(writer, "SELECT * FROM default.others")
        assert is_refused(writer, "SELECT * FROM system.query_log")
        assert is_refused(writer, "CREATE USER somebody")

    def test_a_web_process_can_only_read_and_ask(self, reader: Connection) -> None:
        frame = pd.DataFrame({"day": [1, 2]})

        reader.insert_csv("requests", ["id", "kind"], [f'{uuid4()},"x"\n'.encode()], query_id=str(uuid4()))

        assert reader.rows("SELECT kind FROM requests") == [{"kind": "x"}]
        assert reader.rows("SELECT sum(day) AS days FROM days", frames={"days": frame}) == [{"days": 3}]
        for statement in (
            "INSERT INTO answers (id) VALUES (generateUUIDv4())",
            "DELETE FROM requests WHERE true",
            "TRUNCATE TABLE requests",
            "DROP TABLE requests",
            "CREATE TABLE more (n Int8) ENGINE = Memory",
            "SELECT * FROM system.query_log",
        ):
            assert is_refused(reader, statement), statement

    def test_they_suffice_for_a_follower_and_for_a_web_process(
        self, writer: Connection, tmp_path: Path
    ) -> None:
        write_dump(tmp_path / "dump", **example_collections())
        fill_store(tmp_path, now=datetime(2026, 11, 24, tzinfo=UTC))
        with closing(Store(tmp_path / "data")) as store:
            publisher = Publisher(store, writer, follower="the-first")
            publisher.prepare()
            with store.committing() as cursor:
                cursor.execute("UPDATE users SET name = NULL")
            assert publisher.publish()
            publisher.fold(reader_seconds=0)
            publisher.close()
            expected = StoreRepository(store, source=lambda: SourceReport("ok")).counters()

        with connected(address_of("reader")) as reader:
            published = ClickHouseStore(reader)
            assert StoreRepository(published, source=lambda: SourceReport("ok")).counters() == expected
            rows = "SELECT count() AS rows FROM transactions_log"
            assert reader.rows(rows) == [{"rows": published.commit.documents}]

    def test_a_wrong_password_is_refused_with_what_to_do(self) -> None:
        with (
            connected(replace(address_of("reader"), password="wrong")) as connection,
            pytest.raises(StoreError, match=r"refuses the user reader .* Check the user and the password"),
        ):
            connection.rows("SELECT 1")


class TestTls:
    SECURE_PORT = 8443

    def test_a_certificate_of_ones_own_authority_is_accepted_and_no_other(self) -> None:
        authority = Path(os.environ["CLICKHOUSE_TEST_CA_FILE"])
        secure = replace(parse_store_url(URL, None), port=self.SECURE_PORT, secure=True)

        with connected(replace(secure, ca_file=authority)) as connection:
            assert connection.rows("SELECT 1 AS one") == [{"one": 1}]
        with connected(secure) as connection, pytest.raises(StoreError, match="certificate"):
            connection.rows("SELECT 1")

    def test_a_port_with_tls_is_named_where_the_address_leaves_tls_out(self) -> None:
        plain = replace(parse_store_url(URL, None), port=self.SECURE_PORT)

        with connected(plain) as connection, pytest.raises(StoreError, match="secure=1"):
            connection.rows("SELECT 1")


def test_what_is_not_to_be_logged_is_not_in_the_query_log(admin: Connection, reader: Connection) -> None:
    addresses = {is_logged: f"{uuid4().hex}@example.com" for is_logged in (False, True)}
    for is_logged, address in addresses.items():
        reader.rows("SELECT {address:String} AS address", {"address": address}, is_logged=is_logged)

    admin.command("SYSTEM FLUSH LOGS")

    logged = "SELECT count() > 0 AS found FROM system.query_log WHERE toString(tuple(*)) LIKE {like:String}"
    found = {
        is_logged: admin.rows(logged, {"like": f"%{address}%"}, is_logged=False)[0]["found"]
        for is_logged, address in addresses.items()
    }
    assert found == {False: False, True: True}


def test_an_insert_in_flight_is_ended_by_its_own_user_and_leaves_no_row(writer: Connection) -> None:
    query_id = f"librechat-analytics-{uuid4()}"
    may_end = threading.Event()
    failures: list[StoreError] = []

    def rows() -> Iterator[bytes]:
        yield f'{uuid4()},"x"\n'.encode() * 100_000
        may_end.wait(60)

    def insert() -> None:
        try:
            writer.insert_csv("requests", ["id", "kind"], rows(), query_id=query_id)
        except StoreError as error:
            failures.append(error)

    def in_flight() -> bool:
        mine = "SELECT count() AS found FROM system.processes WHERE query_id = {query_id:String}"
        return bool(writer.rows(mine, {"query_id": query_id})[0]["found"])

    thread = threading.Thread(target=insert)
    thread.start()
    try:
        wait_until(in_flight)
        writer.command(f"KILL QUERY WHERE query_id = '{query_id}' ASYNC")
    finally:
        may_end.set()
        thread.join(60)

    assert len(failures) == 1
    assert not in_flight()
    assert writer.rows("SELECT count() AS rows FROM requests") == [{"rows": 0}]
