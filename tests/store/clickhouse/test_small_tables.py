"""Alerts as processes read them that only read ClickHouse, and people without their names."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from librechat_analytics.store.clickhouse.held_twice import count_twice
from librechat_analytics.store.clickhouse.people import count_older_parts, name_versions, users_known_as
from librechat_analytics.store.clickhouse.publisher import Publisher
from librechat_analytics.store.clickhouse.small_tables import SmallTables
from librechat_analytics.store.clickhouse.store import ClickHouseStore
from librechat_analytics.store.outbox import StoredAlerts, StoredOutbox
from librechat_analytics.store.outbox_items import Condition, Identity, Outcome
from librechat_analytics.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from librechat_analytics.store.clickhouse.connection import Connection


pytestmark = pytest.mark.clickhouse

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
ANA = "65010c00c2d3e4f501020304"
ODD = 'line\n"quotes", \\N and 🦊'


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store with a person and an alert that was sent."""
    with closing(Store(tmp_path / "data")) as store:
        labels = {"name": ["Ana"], "email": ["Ana@Example.com"], "id": [ANA]}
        with store.committing() as cursor:
            cursor.register("labels", pd.DataFrame(labels))
            cursor.execute("INSERT INTO users (key, id, name, email) SELECT 1, id, name, email FROM labels")
        outbox = StoredOutbox(store)
        told = Condition(Identity("budget", ODD, "2026-11", 80), {"label": ODD}, ("ops",))
        outbox.write([told], rules=(), first_tries={"ops": NOW}, now=NOW)
        (due,) = outbox.due("ops", NOW)
        outbox.note_outcome([due.delivery], Outcome("sent", "thanks, Ana"), NOW)
        yield store


@pytest.fixture
def publisher(store: Store, connection: Connection) -> Publisher:
    publisher = Publisher(store, connection, follower="f")
    publisher.prepare()
    return publisher


@pytest.mark.usefixtures("publisher")
def test_alerts_are_as_the_follower_holds_them(store: Store, connection: Connection) -> None:
    published = ClickHouseStore(connection)
    with closing(SmallTables(connection, lambda: published.commit)) as tables:
        there, here = StoredAlerts(tables), StoredOutbox(store)

        assert there.alerts(NOW) == here.alerts(NOW)
        (alert,), _ = there.alerts(NOW)
        assert alert.subject == ODD
        assert there.deliveries([alert.id]) == here.deliveries([alert.id])
        assert there.last_attempts() == here.last_attempts()
        assert there.count_deliveries() == here.count_deliveries()


def test_news_about_alerts_are_seen(store: Store, connection: Connection, publisher: Publisher) -> None:
    seconds = iter(range(1_000))
    published = ClickHouseStore(connection, seconds=lambda: 10.0 * next(seconds))
    with closing(SmallTables(connection, lambda: published.commit)) as tables:
        there = StoredAlerts(tables)
        assert there.alerts(NOW, "open")[1] == 1
        StoredOutbox(store).write([], rules=["budget"], first_tries={}, now=NOW + timedelta(hours=1))
        publisher.publish()

        assert there.alerts(NOW, "open")[1] == 0
        assert there.alerts(NOW, "resolved")[1] == 1


@pytest.mark.usefixtures("publisher")
def test_without_names_nothing_shows_who_people_are(connection: Connection) -> None:
    published = ClickHouseStore(connection, has_names=False)
    with published.pinned().snapshot() as snapshot:
        assert snapshot.rows("SELECT id, name, email FROM users") == [
            {"id": ANA, "name": None, "email": None}
        ]
        assert snapshot.rows("SELECT * FROM user_traits WHERE trait = 'domain'") == []
    with closing(SmallTables(connection, lambda: published.commit, has_names=False)) as tables:
        (attempt,) = StoredAlerts(tables).last_attempts()
        assert attempt.answer is None


def test_a_person_is_found_and_then_forgotten_off_the_disk(
    store: Store, connection: Connection, publisher: Publisher
) -> None:
    published = ClickHouseStore(connection)
    for text in (ANA.upper(), "ana@example.COM"):
        assert users_known_as(connection, published.commit, text) == [ANA]
    assert users_known_as(connection, published.commit, "bob@example.com") == []
    logged = "SELECT query FROM system.query_log WHERE current_database = currentDatabase()"
    assert "example" not in str(connection.rows(logged)).lower()

    store.forget_user(ANA, rewrites=False)
    publisher.publish()
    erased = ClickHouseStore(connection).commit
    assert users_known_as(connection, erased, "ana@example.com") == []
    assert count_older_parts(connection, name_versions(erased)) > 0
    publisher.fold(reader_seconds=0)
    (row,) = connection.rows("SELECT count() AS held FROM users_log WHERE name = 'Ana'")
    assert row["held"] == 0


def test_rows_that_are_there_once_are_not_counted_as_twice(
    connection: Connection, publisher: Publisher
) -> None:
    assert publisher is not None
    assert count_twice(connection, ClickHouseStore(connection).commit, NOW) == 0
