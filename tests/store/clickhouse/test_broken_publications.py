"""A publication that ClickHouse breaks off, or during which the sync goes on writing."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from librechat_analytics.store.clickhouse.connection import Connection
from librechat_analytics.store.clickhouse.publisher import Publisher
from librechat_analytics.store.store import Store, StoreError
from tests.support.documents import NOON
from tests.support.published_stores import assert_same, contents_at, contents_of, newest, write_usage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


pytestmark = pytest.mark.clickhouse


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(Store(tmp_path)) as store:
        write_usage(store, 8)
        store.sum_up(NOON)
        yield store


def break_off(patch: pytest.MonkeyPatch, table: str, *, is_late: bool) -> None:
    """Let the inserts into a table fail, before or after ClickHouse has the rows."""
    insert = Connection.insert_csv

    def breaking_off(connection: Connection, into: str, *rest: object, **options: object) -> None:
        if into != table or is_late:
            insert(connection, into, *rest, **options)
        if into == table:
            raise StoreError("The network is gone.")

    patch.setattr(Connection, "insert_csv", breaking_off)


@pytest.mark.parametrize(
    ("table", "is_late"),
    [("transactions_log", True), ("cells_log", False), ("sync_state", False), ("sync_state", True)],
)
def test_the_next_publication_makes_up_for_one_that_broke_off(
    store: Store, connection: Connection, monkeypatch: pytest.MonkeyPatch, table: str, *, is_late: bool
) -> None:
    publisher = Publisher(store, connection, follower="one")
    publisher.prepare()
    before, held = newest(connection), contents_of(store)
    write_usage(store, 4, first=8)
    store.sum_up(NOON)
    with store.committing() as cursor:
        cursor.execute("UPDATE models SET unpriced = NOT unpriced")
    with monkeypatch.context() as patch:
        break_off(patch, table, is_late=is_late)
        with pytest.raises(StoreError, match=r"The network is gone\."):
            publisher.publish()
    if not (table == "sync_state" and is_late):  # else it was committed, and nobody heard of it
        assert newest(connection) == before
        assert_same(contents_at(store, connection, before), held)
    write_usage(store, 4, first=12)
    assert publisher.publish()
    assert_same(contents_at(store, connection, newest(connection)), contents_of(store))
    assert not publisher.publish()


def test_what_is_written_meanwhile_is_published_the_next_time(
    store: Store, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher = Publisher(store, connection, follower="one")
    publisher.prepare()
    write_usage(store, 4, first=8)
    held = contents_of(store)
    insert = Connection.insert_csv

    def write_more(connection: Connection, into: str, *rest: object, **options: object) -> None:
        insert(connection, into, *rest, **options)
        if into == "transactions_log":
            monkeypatch.setattr(Connection, "insert_csv", insert)
            write_usage(store, 6, first=10)  # in the same conversation and slots

    monkeypatch.setattr(Connection, "insert_csv", write_more)
    assert publisher.publish()
    assert_same(contents_at(store, connection, newest(connection)), held)
    assert publisher.publish()
    assert_same(contents_at(store, connection, newest(connection)), contents_of(store))
