"""Copying a store into ClickHouse and out of it."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from librechat_analytics.store.clickhouse import publication
from librechat_analytics.store.clickhouse.connection import Connection
from librechat_analytics.store.clickhouse.copying import Comparison, copy_from, copy_to
from librechat_analytics.store.clickhouse.followers import claim, newest_heartbeat
from librechat_analytics.store.clickhouse.working_copy import WorkingCopy
from librechat_analytics.store.store import Store, StoreError
from tests.support.clickhouse import new_database
from tests.support.directory import person, read
from tests.support.documents import ANA, NOON
from tests.support.published_stores import assert_same, contents_at, contents_of, newest, write_usage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from librechat_analytics.store.clickhouse.address import StoreAddress

pytestmark = pytest.mark.clickhouse


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(Store(tmp_path / "store")) as store:
        write_usage(store, 40)
        store.sum_up(NOON)
        read(store, NOON, [], [person(ANA, "ana@example.com")])
        yield store


@pytest.fixture
def second(clickhouse: StoreAddress) -> Iterator[Connection]:
    with new_database(clickhouse) as address, closing(Connection(address)) as connection:
        yield connection


def told_nothing(_what: str, _done: int, _rows: int) -> None:
    """A report that nobody reads."""


def copied(store: Store, connection: Connection, *, is_replacing: bool = False) -> Comparison:
    return copy_to(store, connection, told_nothing, follower="copy", is_replacing=is_replacing)


def test_a_store_is_the_same_after_going_there_and_back(
    tmp_path: Path, store: Store, connection: Connection
) -> None:
    assert copied(store, connection) == Comparison(40, 1, ())
    with closing(Store(tmp_path / "back")) as back:
        assert copy_from(back, connection, told_nothing) == Comparison(40, 1, ())
        assert contents_of(back) == contents_of(store)
        assert back.state() == store.state()
        assert WorkingCopy(back).published() is None  # it is a store of its own


def test_a_copy_that_was_interrupted_goes_on(
    store: Store, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publication, "ROWS_IN_A_PART", 10)
    insert, sent = Connection.insert_csv, []

    def break_off(self: Connection, table: str, *rest: object, **options: object) -> None:
        if table == "transactions_log" and len(sent) == 2:
            raise StoreError("The network is gone.")
        sent.append(table)
        insert(self, table, *rest, **options)

    monkeypatch.setattr(Connection, "insert_csv", break_off)
    with pytest.raises(StoreError, match=r"The network is gone\."):
        copied(store, connection)
    monkeypatch.setattr(
        Connection,
        "insert_csv",
        lambda self, table, *rest, **options: (sent.append(table), insert(self, table, *rest, **options)),
    )
    assert copied(store, connection) == Comparison(40, 1, ())
    assert sent.count("transactions_log") == 4
    assert_same(contents_at(store, connection, newest(connection)), contents_of(store))


def test_another_ledger_is_replaced_only_on_request(
    tmp_path: Path, store: Store, connection: Connection
) -> None:
    with closing(Store(tmp_path / "other")) as other:
        write_usage(other, 3)
        copied(other, connection)
        with pytest.raises(StoreError, match=r"holds other rows.* --replace"):
            copied(store, connection)
        assert copied(store, connection, is_replacing=True).rows == 40
        with pytest.raises(StoreError, match=r"is not empty.* --replace"):
            copy_from(other, connection, told_nothing)
        copy_from(other, connection, told_nothing, is_replacing=True)
        assert contents_of(other) == contents_of(store)
        assert len([*(tmp_path / "other").glob("usage-until-*.duckdb")]) == 1


def test_nothing_is_copied_while_a_follower_is_at_work(
    tmp_path: Path, store: Store, connection: Connection
) -> None:
    copied(store, connection)
    claim(connection, "another", "1.0.0")
    with pytest.raises(StoreError, match=r"A follower is at work .* Stop it"):
        copied(store, connection)
    with closing(Store(tmp_path / "back")) as back, pytest.raises(StoreError, match="A follower is at work"):
        copy_from(back, connection, told_nothing)


def test_a_copy_leaves_no_sign_of_a_follower(store: Store, connection: Connection) -> None:
    copied(store, connection)
    assert newest_heartbeat(connection) is None


def test_a_copy_to_a_second_database_says_why_the_first_needs_to_be_replaced(
    store: Store, connection: Connection, second: Connection
) -> None:
    copied(store, connection)
    assert copied(store, second).rows == 40
    with pytest.raises(StoreError, match=r"another state of the store .* second database .* --replace"):
        copied(store, connection)
    assert copied(store, connection, is_replacing=True).rows == 40


def test_an_empty_store_and_an_empty_database_are_not_copied(tmp_path: Path, connection: Connection) -> None:
    with closing(Store(tmp_path)) as store:
        with pytest.raises(StoreError, match="DATA_DIR is empty"):
            copied(store, connection)
        with pytest.raises(StoreError, match="ClickHouse database is empty"):
            copy_from(store, connection, told_nothing)


def test_months_that_differ_are_named(store: Store, connection: Connection) -> None:
    copied(store, connection)
    connection.command("DELETE FROM transactions_log WHERE tokens > 0 AND id_tail % 2 = 0")
    assert copied(store, connection).different == ("2026-11",)
