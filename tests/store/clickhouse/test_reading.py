"""The store in ClickHouse for those who read it: one commit per answer, and news within seconds."""

from __future__ import annotations

import re
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from librechat_analytics.store.clickhouse.connection import Connection
from librechat_analytics.store.clickhouse.look import LOOK_SECONDS, REST_SECONDS
from librechat_analytics.store.clickhouse.publisher import Publisher
from librechat_analytics.store.clickhouse.store import ClickHouseStore
from librechat_analytics.store.errors import StoreError
from librechat_analytics.store.store import Store
from librechat_analytics.usage.answers import SourceReport
from librechat_analytics.usage.filters import Filters, Scope
from librechat_analytics.usage.periods import parse_period
from librechat_analytics.usage.queries import of_store
from librechat_analytics.usage.repository import StoreRepository
from tests.support.clickhouse import publish_to
from tests.support.fault_proxy import FaultProxy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from librechat_analytics.store.clickhouse.address import StoreAddress

pytestmark = pytest.mark.clickhouse

AS_OF = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
PERIOD = parse_period("7d", None, None, ZoneInfo("UTC"), now=AS_OF, first_usage=None)


class Seconds:
    """A clock that moves by hand."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(Store(tmp_path / "data")) as store:
        yield store


def test_an_empty_database_is_refused_with_what_to_do(connection: Connection) -> None:
    with pytest.raises(StoreError, match=r"Start a follower: librechat-analytics sync --follow\.$"):
        _ = ClickHouseStore(connection).version


def test_news_are_seen_at_the_next_look(store: Store, connection: Connection) -> None:
    publisher = Publisher(store, connection, follower="f")
    publisher.prepare()
    publisher.publish()
    seconds = Seconds()
    reader = ClickHouseStore(connection, seconds=seconds)
    first, pinned = reader.version, reader.pinned()
    store.write_state(as_of=AS_OF, last_sync=AS_OF)
    publisher.publish()
    assert reader.version == first, "it looks at most once a second"
    seconds.now += LOOK_SECONDS
    assert reader.version > first
    assert reader.as_of_version == reader.version
    assert reader.state() == store.state()
    assert reader.changed_at - store.changed_at < timedelta(milliseconds=1)
    assert pinned.version == first
    assert pinned.state().as_of is None
    assert pinned.pinned().version == first
    publisher.close()


def test_the_last_known_commit_holds_while_clickhouse_does_not_answer(
    store: Store, connection: Connection
) -> None:
    publisher = Publisher(store, connection, follower="f")
    publisher.prepare()
    publisher.publish()
    seconds = Seconds()
    reader = ClickHouseStore(connection, seconds=seconds)
    first = reader.version
    connection.command("DROP TABLE sync_state SYNC")
    seconds.now += LOOK_SECONDS
    assert reader.version == first
    with pytest.raises(StoreError), reader.snapshot() as snapshot:
        snapshot.rows("SELECT * FROM sync_state")


def test_a_server_that_hangs_holds_up_one_reader_and_is_found_again(
    store: Store, clickhouse_database: StoreAddress
) -> None:
    publish_to(clickhouse_database, store)
    seconds = Seconds()
    with FaultProxy(clickhouse_database.port) as proxy:
        there = replace(clickhouse_database, port=proxy.port)
        looks = Connection(there, silence_seconds=2)
        with closing(ClickHouseStore(Connection(there), looks=looks, seconds=seconds)) as reader:
            pinned = reader.pinned()
            proxy.set("hang")
            seconds.now += LOOK_SECONDS
            assert reader.version == pinned.version
            for each in (reader, pinned):
                with pytest.raises(StoreError, match="has stopped answering"), each.snapshot():
                    raise AssertionError("a query would wait for a minute")
            proxy.set("down")
            proxy.set("pass")
            seconds.now += REST_SECONDS
            assert reader.version == pinned.version
            with pinned.snapshot() as snapshot:
                assert snapshot.rows("SELECT count() AS users FROM users") == [{"users": 0}]


def test_a_snapshot_reads_the_tables_of_its_own_commit(store: Store, connection: Connection) -> None:
    publisher = Publisher(store, connection, follower="f")
    publisher.prepare()
    publisher.publish()
    seconds = Seconds()
    reader = ClickHouseStore(connection, seconds=seconds)
    pinned = reader.pinned()
    with store.committing() as cursor:
        cursor.execute("INSERT INTO models (key, id) VALUES (1, 'gpt-4.1')")
    publisher.publish()
    seconds.now += LOOK_SECONDS
    with reader.snapshot() as snapshot:
        assert snapshot.rows(of_store("model_names")) == [{"id": "gpt-4.1"}]
        assert snapshot.extent.last_model_key == 1
    with pinned.snapshot() as snapshot:
        assert snapshot.rows(of_store("model_names")) == []


def test_columns_with_nulls_are_masked_arrays(store: Store, connection: Connection) -> None:
    publisher = Publisher(store, connection, follower="f")
    publisher.prepare()
    publisher.publish()
    with ClickHouseStore(connection).snapshot() as snapshot:
        columns = snapshot.columns(
            "SELECT nullIf(number, $missing) AS number, toInt128(number) AS wide FROM numbers(3)",
            {"missing": 1},
        )
    assert isinstance(columns["number"], np.ma.MaskedArray)
    assert columns["number"].mask.tolist() == [False, True, False]
    assert columns["wide"].tolist() == [0.0, 1.0, 2.0]


def test_the_query_log_gets_no_address_and_no_domain(store: Store, connection: Connection) -> None:
    publisher = Publisher(store, connection, follower="f")
    publisher.prepare()
    publisher.publish()
    repository = StoreRepository(
        ClickHouseStore(connection), source=lambda: SourceReport("offline"), clock=lambda: AS_OF
    )
    scope = Scope(("secret.example",), (), (), (), ("someone",))
    repository.find("ann@secret.example", 5)
    repository.unmatched(Filters(domain=("secret.example",)))
    repository.summary(PERIOD, Filters(domain=("secret.example",), scope=scope))
    repository.user("ann@secret.example", scope)
    connection.command("SYSTEM FLUSH LOGS")
    log = "SELECT query FROM system.query_log WHERE current_database = currentDatabase()"
    logged = [row["query"] for row in connection.rows(log)]
    assert any("refused_log" in query for query in logged), "what is harmless is logged"
    assert not [query for query in logged if re.search(r"\{\w*(text|words|domains?|values|user):", query)]
