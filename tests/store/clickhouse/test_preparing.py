"""What a follower finds at its start: an empty database, its own commits, or those of another one."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from librechat_analytics.store.clickhouse import publisher as publisher_module
from librechat_analytics.store.clickhouse.connection import Connection
from librechat_analytics.store.clickhouse.followers import newest_heartbeat, note_stopped, others_at_work
from librechat_analytics.store.clickhouse.publisher import Publisher, StoppedError
from librechat_analytics.store.notes import end_notes
from librechat_analytics.store.store import Store, StoreError
from tests.support.documents import NOON
from tests.support.published_stores import assert_same, contents_at, contents_of, newest, write_usage
from tests.support.store_writers import make_older
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from librechat_analytics.store.clickhouse.address import StoreAddress

pytestmark = pytest.mark.clickhouse


def prepared(store: Store, connection: Connection, follower: str = "one") -> Publisher:
    publisher = Publisher(store, connection, follower=follower)
    publisher.prepare()
    return publisher


def assert_in_step(store: Store, connection: Connection) -> None:
    assert_same(contents_at(store, connection, newest(connection)), contents_of(store))


def test_an_empty_working_copy_is_restored(tmp_path: Path, connection: Connection) -> None:
    with closing(Store(tmp_path / "a")) as store, closing(Store(tmp_path / "b")) as other:
        write_usage(store, 12)
        store.sum_up(NOON)
        prepared(store, connection).close()
        publisher = prepared(other, connection, "two")
        assert contents_of(other) == contents_of(store)
        assert other.state() == store.state()
        assert other.unattributed(None, 100) == store.unattributed(None, 100)
        write_usage(other, 5, first=12)
        assert publisher.publish()
        assert_in_step(other, connection)


def test_what_a_paused_follower_still_commits_is_whole(
    tmp_path: Path, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    insert = Connection.insert_csv
    with closing(Store(tmp_path / "a")) as store, closing(Store(tmp_path / "b")) as other:
        write_usage(store, 12)
        paused = prepared(store, connection)
        write_usage(store, 5, first=12)

        def take_over(connection: Connection, into: str, *rest: object, **options: object) -> None:
            if into == "sync_state":
                monkeypatch.setattr(Connection, "insert_csv", insert)
                note_stopped(connection, "one")
                Publisher(other, connection, follower="two", rest=lambda _: None).prepare()
            insert(connection, into, *rest, **options)

        monkeypatch.setattr(Connection, "insert_csv", take_over)
        paused.publish()
        assert_in_step(store, connection)


def test_a_working_copy_that_was_put_back_is_kept_and_restored(
    tmp_path: Path, connection: Connection
) -> None:
    backup = tmp_path / "backup" / "usage.duckdb"
    backup.parent.mkdir()
    with closing(Store(tmp_path / "a")) as store:
        publisher = prepared(store, connection)
        write_usage(store, 3)
        publisher.publish()
        store.copy_to(backup)
        write_usage(store, 3, first=3)
        publisher.publish()
        held = contents_of(store)
    with closing(Store(backup.parent)) as store:
        prepared(store, connection)
        assert contents_of(store) == held
    assert len([*backup.parent.glob("usage-until-*.duckdb")]) == 1


def test_a_working_copy_of_another_ledger_is_refused(tmp_path: Path, connection: Connection) -> None:
    with closing(Store(tmp_path / "a")) as store, closing(Store(tmp_path / "b")) as other:
        write_usage(store, 3)
        write_usage(other, 3)
        prepared(store, connection).close()
        with pytest.raises(StoreError, match=r"different ledgers.* copy --to"):
            prepared(other, connection, "two")
        assert others_at_work(connection, "one") == []


def test_a_follower_that_prepares_for_long_is_seen_at_work_and_can_be_stopped(
    tmp_path: Path, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publisher_module, "RENEW_SECONDS", 0.05)
    stopped: list[str] = []

    def reported_at() -> datetime:
        found = newest_heartbeat(connection)
        assert found is not None
        return found[0].at

    def report(what: str, _done: int, _rows: int) -> None:
        first = reported_at()
        wait_until(lambda: reported_at() != first)
        stopped.append(what)

    with closing(Store(tmp_path)) as store:
        write_usage(store, 3)
        publisher = Publisher(store, connection, follower="one")
        with pytest.raises(StoppedError):
            publisher.prepare(report, is_stopped=lambda: bool(stopped))
        assert stopped == ["publishing"]
        assert others_at_work(connection, "two") == []
        publisher.prepare()
        assert_in_step(store, connection)


def test_a_store_that_was_used_without_clickhouse_meanwhile_is_refused_and_left_alone(
    tmp_path: Path, connection: Connection
) -> None:
    with closing(Store(tmp_path)) as store:
        write_usage(store, 3)
        prepared(store, connection).close()
        end_notes(store)
        write_usage(store, 3, first=3)
        held = contents_of(store)
        with pytest.raises(StoreError, match=r"in use without STORE_URL .* copy --to --replace"):
            prepared(store, connection)
        assert contents_of(store) == held
        assert others_at_work(connection, "two") == []


def test_an_emptied_database_gets_everything_again(
    tmp_path: Path, connection: Connection, clickhouse: StoreAddress, clickhouse_database: StoreAddress
) -> None:
    with closing(Store(tmp_path)) as store, closing(Connection(clickhouse)) as server:
        write_usage(store, 3)
        publisher = prepared(store, connection)
        write_usage(store, 3, first=3)
        publisher.publish()
        server.command(f"DROP DATABASE {clickhouse_database.database} SYNC")
        server.command(f"CREATE DATABASE {clickhouse_database.database}")
        prepared(store, connection)
        assert_in_step(store, connection)


def test_everything_is_published_again_after_the_stores_schema_changed(
    tmp_path: Path, connection: Connection
) -> None:
    with closing(Store(tmp_path)) as store:
        write_usage(store, 12)
        store.sum_up(NOON)
        prepared(store, connection)
        with store.committing() as cursor:
            cursor.execute("UPDATE published SET store_schema = 3")
    make_older(tmp_path)
    with closing(Store(tmp_path)) as store:  # a migration changes rows, and notes nothing
        assert prepared(store, connection).publish()
        assert_in_step(store, connection)
