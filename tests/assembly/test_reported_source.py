"""How the source is doing, as processes know it that only hear of it from the follower."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from librechat_analytics.assembly.asked_follower import AskedFollower
from librechat_analytics.assembly.heartbeats import Heartbeats
from librechat_analytics.assembly.reported_source import ReportedSource
from librechat_analytics.assembly.store_probe import StoreProbe
from librechat_analytics.errors import NotDoneYetError
from librechat_analytics.store.clickhouse import schema
from librechat_analytics.store.clickhouse.connection import Connection
from librechat_analytics.usage.answers import SourceReport
from tests.support.fault_proxy import FaultProxy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from librechat_analytics.store.clickhouse.address import StoreAddress

pytestmark = pytest.mark.clickhouse


class Seconds:
    """A clock that moves by hand."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def proxy(clickhouse_database: StoreAddress) -> Iterator[FaultProxy]:
    with FaultProxy(clickhouse_database.port) as proxy:
        yield proxy


@pytest.fixture
def connection(clickhouse_database: StoreAddress, proxy: FaultProxy) -> Iterator[Connection]:
    with closing(Connection(replace(clickhouse_database, port=proxy.port))) as connection:
        schema.prepare(connection)
        yield connection


def test_a_source_without_any_follower_says_so(connection: Connection) -> None:
    source = ReportedSource(connection, sync_seconds=15)

    assert source.report() == SourceReport("unreachable", lacks_follower=True)
    assert source.age() is None


def test_a_report_arrives_as_the_follower_gave_it(connection: Connection) -> None:
    given = SourceReport("importing", 0.25, is_foreign=False, audit_kind="ids", audit_progress=0.5)
    Heartbeats(connection, lambda: given, "f").beat_if_due()

    assert ReportedSource(connection, sync_seconds=15).report() == given


@pytest.mark.parametrize(("sync_seconds", "silent_after"), [(1, 30), (15, 45), (60, 180)])
def test_a_follower_that_reports_no_more_is_silent(
    connection: Connection, proxy: FaultProxy, sync_seconds: float, silent_after: float
) -> None:
    seconds = Seconds()
    Heartbeats(connection, lambda: SourceReport("ok"), "f").beat_if_due()
    source = ReportedSource(connection, sync_seconds=sync_seconds, seconds=seconds)
    assert source.report() == SourceReport("ok")
    proxy.set("down")
    seconds.now += silent_after - 1
    assert source.report() == SourceReport("ok")
    seconds.now += 2

    report = source.report()
    assert report.status == "unreachable"
    assert report.silent_since is not None


def test_a_heartbeat_is_written_when_something_has_changed_and_every_ten_seconds(
    connection: Connection,
) -> None:
    seconds, reports = Seconds(), [SourceReport("ok")]
    heartbeats = Heartbeats(connection, lambda: reports[-1], "f", seconds=seconds)

    def written() -> int:
        return len(connection.rows("SELECT at FROM followers"))

    heartbeats.beat_if_due()
    heartbeats.beat_if_due()
    assert written() == 1
    reports.append(SourceReport("unreachable"))
    heartbeats.beat_if_due()
    assert ReportedSource(connection, sync_seconds=15).report().status == "unreachable"
    before = connection.rows("SELECT max(at) AS at FROM followers")
    seconds.now += 11
    heartbeats.beat_if_due()
    assert connection.rows("SELECT max(at) AS at FROM followers") != before


def test_a_silent_follower_is_named_with_the_time_since_when(connection: Connection) -> None:
    since = datetime(2026, 11, 24, 14, 2, tzinfo=UTC)
    for silent_since, words in ((None, "is busy; it will"), (since, "since 2026-11-24 14:02 UTC; it will")):
        follower = AskedFollower(connection, lambda since=silent_since: since, wait_seconds=0)
        with pytest.raises(NotDoneYetError, match=words):
            follower.begin_audit()


def test_a_server_that_hangs_is_known_in_time_and_asked_once(
    connection: Connection, proxy: FaultProxy
) -> None:
    probe = StoreProbe(connection, patience_seconds=0.2)
    assert StoreProbe(connection, patience_seconds=60).answers()
    proxy.set("hang")
    connection.close()  # the next query needs a new connection
    before = proxy.accepted
    assert not probe.answers()
    assert not probe.answers()
    assert proxy.accepted <= before + 1
    proxy.set("down")
