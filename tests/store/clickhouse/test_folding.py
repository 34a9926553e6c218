"""Folding deletes what no reader needs any more, and nothing else."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from librechat_analytics.store.clickhouse.connection import Connection
from librechat_analytics.store.clickhouse.publisher import Publisher
from librechat_analytics.store.clickhouse.tables import CELLS, SMALL_TABLES, TRANSACTIONS
from librechat_analytics.store.store import Store
from tests.support.directory import person, read
from tests.support.documents import ANA, NOON
from tests.support.published_stores import assert_same, contents_at, contents_of, newest, write_usage

if TYPE_CHECKING:
    from pathlib import Path

    from librechat_analytics.store.clickhouse.address import StoreAddress

pytestmark = pytest.mark.clickhouse

EVERYTHING_IS_OLD = 0


def count(connection: Connection, table: str) -> int:
    (row,) = connection.rows(f"SELECT count() AS rows FROM {table}")
    return int(row["rows"])


def test_only_what_the_newest_version_has_is_left(tmp_path: Path, clickhouse_database: StoreAddress) -> None:
    with closing(Connection(clickhouse_database)) as connection, closing(Store(tmp_path)) as store:
        write_usage(store, 8)
        store.sum_up(NOON)
        read(store, NOON, [], [person(ANA, "ana@example.com")])
        publisher = Publisher(store, connection, follower="one")
        publisher.prepare()
        with store.reading() as cursor:
            late = cursor.execute("SELECT id_head, id_tail FROM transactions").df()
        with store.committing() as cursor:  # another version of all rows
            cursor.execute(
                "INSERT INTO unpublished SELECT slot, coalesce(conversation_key, 0), 1 FROM transactions"
            )
        store.forget_user(str(ANA))
        assert publisher.publish()
        assert count(connection, TRANSACTIONS.log) == 2 * len(late)
        publisher.fold()
        assert count(connection, TRANSACTIONS.log) == 2 * len(
            late
        )  # a reader may still read the first version
        publisher.fold(reader_seconds=EVERYTHING_IS_OLD)
        assert_same(contents_at(store, connection, newest(connection)), contents_of(store))
        for table in (TRANSACTIONS, CELLS, *SMALL_TABLES):
            assert count(connection, table.log) == len(contents_of(store)[table.name]), table.name
        assert count(connection, "dead") == 0
        assert count(connection, "sync_state") == 1
        store.write_state(source_name="LibreChat")
        assert publisher.publish()
        assert newest(connection).first_dead_slot is None
        assert_same(contents_at(store, connection, newest(connection)), contents_of(store))


def test_an_erased_name_is_in_no_version_afterwards(
    tmp_path: Path, clickhouse_database: StoreAddress
) -> None:
    with closing(Connection(clickhouse_database)) as connection, closing(Store(tmp_path)) as store:
        read(store, NOON, [], [person(ANA, "ana@example.com")])
        publisher = Publisher(store, connection, follower="one")
        publisher.prepare()
        store.forget_user(str(ANA))
        publisher.publish()
        publisher.fold(reader_seconds=EVERYTHING_IS_OLD)
        assert [row["email"] for row in connection.rows("SELECT email FROM users_log")] == [None]
