"""A process that only serves, from a store in ClickHouse."""

from __future__ import annotations

import logging
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from librechat_analytics.app import close_app, create_app, preflight
from librechat_analytics.assembly import opening
from librechat_analytics.assembly.heartbeats import Heartbeats
from librechat_analytics.errors import OperatorError
from librechat_analytics.librechat.dump import DumpSource
from librechat_analytics.settings import load_settings
from librechat_analytics.store.clickhouse.connection import Connection
from librechat_analytics.store.store import Store
from librechat_analytics.sync.imports import import_dump
from librechat_analytics.usage.answers import SourceReport
from tests.support.clickhouse import publish_to
from tests.support.clickhouse_site import store_url
from tests.support.documents import ANA, usage, write_dump
from tests.support.fault_proxy import FaultProxy
from tests.support.servers import API_KEY
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from librechat_analytics.settings import Settings
    from librechat_analytics.store.clickhouse.address import StoreAddress

pytestmark = pytest.mark.clickhouse

EMAIL, DOMAIN = "ana.b@d0main-of-ana.example", "d0main-of-ana.example"


@pytest.fixture
def proxy(clickhouse_database: StoreAddress) -> Iterator[FaultProxy]:
    with FaultProxy(clickhouse_database.port) as proxy:
        yield proxy


@pytest.fixture
def settings(clickhouse_database: StoreAddress, proxy: FaultProxy, tmp_path: Path) -> Settings:
    """The settings of a web process; a follower has published two rows of one person."""
    now = datetime.now(UTC).replace(microsecond=0)
    rows = [usage(now - timedelta(minutes=minutes), minutes) for minutes in (1, 2)]
    users = [{"_id": ANA, "name": "Ana", "email": EMAIL}]
    write_dump(tmp_path / "dump", transactions=rows, users=users)
    with closing(Store(tmp_path / "follower")) as store:
        import_dump(store, DumpSource(tmp_path / "dump"), now=now)
        publish_to(clickhouse_database, store)
    with closing(Connection(clickhouse_database)) as connection:
        Heartbeats(connection, lambda: SourceReport("ok"), "f").beat_if_due()
    return load_settings(
        env_file=None,
        dashboard_api_key=API_KEY,
        data_dir=tmp_path / "nothing",
        store_url=store_url(replace(clickhouse_database, port=proxy.port)),
    )


@pytest.fixture
def client(settings: Settings) -> Iterator[FlaskClient]:
    app = create_app(settings)
    yield app.test_client()
    close_app(app)
    assert not settings.data_dir.exists()


def get(client: FlaskClient, address: str) -> TestResponse:
    return client.get(address, headers={"x-api-key": API_KEY})


def body(client: FlaskClient, address: str) -> dict[str, Any]:
    found: dict[str, Any] = get(client, address).get_json()
    return found


def test_it_answers_from_clickhouse_with_the_state_of_the_source(client: FlaskClient) -> None:
    found = body(client, "/api/summary?period=24h")
    assert (found["calls"], found["source"]["status"]) == (2, "ok")
    assert body(client, "/api/top-users?period=24h")["users"][0]["email"] == EMAIL


def test_clickhouse_makes_its_own_backups(client: FlaskClient) -> None:
    refused = get(client, "/api/backup")
    assert (refused.status_code, "BACKUP DATABASE" in refused.get_json()["error"]) == (501, True)


def test_metrics_say_how_far_the_follower_is(client: FlaskClient) -> None:
    lines = get(client, "/metrics").text.splitlines()
    values = dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    assert float(values["librechat_analytics_heartbeat_age_seconds"]) < 60
    assert float(values["librechat_analytics_publications_total"]) == 1
    assert float(values["librechat_analytics_publications_behind"]) == 0


def test_addresses_and_domains_are_not_in_the_log_of_queries(
    client: FlaskClient, clickhouse_database: StoreAddress
) -> None:
    for address in (f"/api/summary?domain={DOMAIN}", f"/api/summary?user={ANA}&not-domain={DOMAIN}"):
        assert get(client, address).status_code == 200
    app = client.application
    hits = app.extensions["librechat_analytics"].answers.repository.find(EMAIL, 10)
    assert hits
    with closing(Connection(clickhouse_database)) as connection:
        log = "SELECT query FROM system.query_log WHERE current_database = currentDatabase()"
        logged = str(connection.rows(log)).lower()
    assert "sync_state" in logged
    assert DOMAIN not in logged


def test_it_lives_without_clickhouse_but_is_not_ready(client: FlaskClient, proxy: FaultProxy) -> None:
    assert client.get("/health/ready").status_code == 200
    proxy.set("down")
    assert client.get("/health").status_code == 200
    assert client.get("/health/ready").get_json() == {"status": "unavailable"}
    assert get(client, "/api/summary?period=7d").status_code == 503
    proxy.set("pass")
    assert client.get("/health/ready").status_code == 200
    assert body(client, "/api/summary?period=7d")["calls"] == 2


def test_an_outage_is_one_line_in_the_log_without_a_traceback(
    client: FlaskClient, proxy: FaultProxy, caplog: pytest.LogCaptureFixture
) -> None:
    assert body(client, "/api/summary?period=24h")["calls"] == 2
    caplog.set_level(logging.INFO)
    proxy.set("down")
    wait_until(lambda: get(client, "/api/summary?period=7d").status_code == 503 and caplog.messages)
    for period in ("7d", "30d", "12m"):
        refused = get(client, f"/api/summary?period={period}")
        assert (refused.status_code, "The server log says why" in refused.get_json()["error"]) == (503, True)
    about = [record for record in caplog.records if "ClickHouse" in record.getMessage()]
    assert not [record for record in caplog.records if record.exc_info]
    assert len(about) == 1
    proxy.set("pass")
    wait_until(lambda: get(client, "/api/summary?period=30d").status_code == 200)
    again = "The store in ClickHouse can be read again."
    wait_until(lambda: client.get("/health/ready") and again in caplog.messages)


def test_without_names_it_shows_ids(settings: Settings) -> None:
    app = create_app(settings.model_copy(update={"anonymize_users": True}))
    try:
        (user,) = body(app.test_client(), "/api/top-users?period=24h")["users"]
        assert (user["id"], user["name"], user["email"]) == (str(ANA), None, None)
    finally:
        close_app(app)


def test_without_the_package_for_clickhouse_it_does_not_start(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    preflight(settings)
    monkeypatch.setattr(opening, "find_spec", lambda _: None)
    with pytest.raises(OperatorError, match=r"librechat-analytics\[clickhouse\]"):
        preflight(settings)
