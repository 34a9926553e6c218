"""Fixtures with a database of ClickHouse: the server is started once for each process of the tests."""

from __future__ import annotations

import os
import sys
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from librechat_analytics.store.clickhouse.address import StoreAddress, parse_store_url
from librechat_analytics.store.clickhouse.connection import Connection
from librechat_analytics.store.clickhouse.publisher import Publisher
from librechat_analytics.store.clickhouse.store import ClickHouseStore
from tests.support.clickhouse_queries import PASSWORD, WRITER
from tests.support.servers import ROOT, accepts, free_port, running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from librechat_analytics.store.store import Store


@contextmanager
def clickhouse_server() -> Iterator[StoreAddress]:
    """Run a server of the tests; gives its database ``default`` and a user that may do everything."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        port = free_port()
        with running(
            "the ClickHouse server of the tests",
            [sys.executable, "-m", "tests.support.clickhouse_server", str(folder / "data"), str(port)],
            base_url=f"http://127.0.0.1:{port}",
            log_path=folder / "log",
            ready=lambda: accepts(port),
            folder=ROOT,
            environment={**os.environ, "TZ": "Asia/Kathmandu"},
        ):
            yield StoreAddress("127.0.0.1", port, WRITER, PASSWORD, "default", secure=False, ca_file=None)


def publish_to(address: StoreAddress, store: Store, *, follower: str = "follower") -> None:
    """Publish everything that a store holds to an empty database, or what has changed since."""
    connection = Connection(address)
    publisher = Publisher(store, connection, follower=follower)
    publisher.prepare()
    publisher.publish()
    publisher.close()
    connection.close()


@contextmanager
def user_of(database: StoreAddress, *, readonly: int) -> Iterator[StoreAddress]:
    """Make a user who may read a database; ``readonly`` as in ClickHouse's profiles: 1 sends no settings."""
    name, password = f"user_{uuid4().hex}", uuid4().hex
    connection = Connection(database)
    connection.command(f"CREATE USER {name} IDENTIFIED BY '{password}' SETTINGS readonly = {readonly}")
    connection.command(f"GRANT SELECT ON {database.database}.* TO {name}")
    try:
        yield replace(database, user=name, password=password)
    finally:
        connection.command(f"DROP USER {name}")
        connection.close()


@contextmanager
def published(store: Store, address: StoreAddress) -> Iterator[ClickHouseStore]:
    """Publish a store to an empty database and open that."""
    publish_to(address, store)
    with closing(ClickHouseStore(Connection(address))) as reader:
        yield reader


@contextmanager
def new_database(server: StoreAddress) -> Iterator[StoreAddress]:
    """Make an empty database and drop it in the end."""
    name = f"test_{uuid4().hex}"
    connection = Connection(server)
    connection.command(f"CREATE DATABASE {name}")
    try:
        yield replace(server, database=name)
    finally:
        connection.command(f"DROP DATABASE IF EXISTS {name} SYNC")
        connection.close()


@pytest.fixture(scope="session")
def clickhouse() -> Iterator[StoreAddress]:
    """The address of CLICKHOUSE_TEST_URL's server or of one started here; its user may create databases."""
    if given := os.environ.get("CLICKHOUSE_TEST_URL"):
        yield parse_store_url(given, None)
        return
    with clickhouse_server() as address:
        yield address


@pytest.fixture
def clickhouse_database(clickhouse: StoreAddress) -> Iterator[StoreAddress]:
    """The address of an empty database of this test's own; dropped after the test."""
    with new_database(clickhouse) as address:
        yield address
