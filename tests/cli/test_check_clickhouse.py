"""``check`` of a store in ClickHouse."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from librechat_analytics.assembly.heartbeats import Heartbeats
from librechat_analytics.store.clickhouse.connection import Connection
from librechat_analytics.store.clickhouse.publisher import Publisher
from librechat_analytics.store.store import Store
from librechat_analytics.usage.answers import SourceReport
from tests.support.clickhouse import user_of
from tests.support.clickhouse_site import store_url
from tests.support.servers import API_KEY

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from librechat_analytics.store.clickhouse.address import StoreAddress

    Run = Callable[..., tuple[int, str]]

pytestmark = pytest.mark.clickhouse


@pytest.fixture(autouse=True)
def settings(clickhouse_database: StoreAddress, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORE_URL", store_url(clickhouse_database))
    monkeypatch.setenv("DASHBOARD_API_KEY", API_KEY)


@pytest.fixture
def published(clickhouse_database: StoreAddress, tmp_path: Path) -> None:
    """A store that a follower has published a moment ago."""
    with closing(Store(tmp_path / "other")) as store, closing(Connection(clickhouse_database)) as connection:
        Publisher(store, connection, follower="f").prepare()
        Heartbeats(connection, lambda: SourceReport("ok"), "f").beat_if_due()


def test_an_empty_database_says_what_to_start(run: Run) -> None:
    code, written = run("check")
    assert code == 1
    assert "No follower has reported yet: start `sync --follow`." in written
    assert run("check", "--follower")[0] == 1


@pytest.mark.usefixtures("published")
def test_a_published_store_says_what_is_there_without_the_password(
    run: Run, clickhouse_database: StoreAddress
) -> None:
    code, written = run("check")
    assert code == 0, written
    for words in (
        f"STORE_URL is {clickhouse_database}.",
        "may read, send requests to the follower, publish as a follower does.",
        "The follower (version ",
        "It holds 0 transactions, published ",
        "No transaction of the last day is there twice.",
    ):
        assert words in written
    assert clickhouse_database.password not in written
    assert run("check", "--follower")[0] == 0


@pytest.mark.usefixtures("published")
def test_a_user_that_may_only_read_is_good_enough_to_serve(
    run: Run, clickhouse_database: StoreAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    with user_of(clickhouse_database, readonly=2) as reader:
        monkeypatch.setenv("STORE_URL", store_url(reader))
        code, written = run("check")
    assert code == 0, written
    assert "may read, but not send requests to the follower and not publish" in written


def test_a_server_that_is_away_fails_the_check(
    run: Run, clickhouse_database: StoreAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STORE_URL", store_url(replace(clickhouse_database, port=1)))
    code, written = run("check")
    assert (code, "FAIL" in written, clickhouse_database.password in written) == (1, True, False)


def test_a_probe_of_the_follower_needs_store_url(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STORE_URL")
    assert run("check", "--follower")[1].startswith("--follower needs STORE_URL")


@pytest.mark.parametrize("command", [("import", "dump"), ("demo",), ("backup", "copy.duckdb"), ("reset",)])
def test_commands_of_a_store_in_a_file_say_what_to_do_instead(run: Run, command: tuple[str, ...]) -> None:
    code, written = run(*command)
    assert code == 1
    assert "ClickHouse" in written or "STORE_URL" in written
