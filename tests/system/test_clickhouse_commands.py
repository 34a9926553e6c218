"""Commands beside a follower: what they read from ClickHouse, and what they have the follower do."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from librechat_analytics.store.clickhouse.commit import newest_commit
from librechat_analytics.store.clickhouse.connection import Connection
from librechat_analytics.store.errors import StoreError
from tests.support.clickhouse_site import ClickHouseSite
from tests.support.documents import ANA, usage
from tests.support.receivers import fake_program
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pymongo.database import Database

    from librechat_analytics.store.clickhouse.address import StoreAddress
    from tests.support.receivers import FakeProgram
    from tests.support.servers import Running

pytestmark = pytest.mark.clickhouse

Document = dict[str, Any]

MANAGER = "m4nage-k3y-for-tests-0nly-77"
FINOPS = """
[[receiver]]
name = "ops"
kind = "json"
url = "http://127.0.0.1:{port}/hook"

[[budget]]
name = "All of it"
period = "month"
amount = [ {{ from = "2026-01", usd = 0.01 }} ]
thresholds = [ 100 ]
to = ["ops"]

[[report]]
name = "weekly"
every = "monday 08:00"
to = ["ops"]
"""


@pytest.fixture
def receiver() -> Iterator[FakeProgram]:
    with fake_program() as program:
        yield program


@pytest.fixture
def site(
    tmp_path: Path,
    clickhouse_database: StoreAddress,
    mongo_uri: str,
    mongo_database: Database[Document],
    receiver: FakeProgram,
) -> ClickHouseSite:
    mongo_database.users.insert_one({"_id": ANA, "name": "Ana Lovelace", "email": "ana@example.com"})
    now = datetime.now(UTC).replace(microsecond=0)
    mongo_database.transactions.insert_many([usage(now - timedelta(minutes=n), number=n) for n in range(9)])
    (tmp_path / "finops.toml").write_text(FINOPS.format(port=receiver.port))
    (tmp_path / "keys").write_text(f"manager:{MANAGER} may=manage\n")
    settings = {
        "FINOPS_FILE": str(tmp_path / "finops.toml"),
        "DASHBOARD_API_KEYS_FILE": str(tmp_path / "keys"),
    }
    return ClickHouseSite(tmp_path, clickhouse_database, mongo_uri, settings)


def api(server: Running, address: str, **given: str) -> tuple[int, Document]:
    """Ask a web process; with ``given`` it is a POST."""
    request = Request(
        f"{server.base_url}/librechat-analytics/api/{address}",
        json.dumps(given).encode() if given else None,
        headers={"x-api-key": MANAGER, "Content-Type": "application/json"},
    )
    try:
        with urlopen(request, timeout=30) as response:
            return response.status, json.loads(response.read())
    except HTTPError as error:
        return error.code, json.loads(error.read())


def test_commands_and_pages_read_clickhouse_and_have_the_follower_do_the_rest(
    site: ClickHouseSite, receiver: FakeProgram
) -> None:
    with site.web("web") as web, site.follower() as follower:
        wait_until(lambda: api(web, "alerts")[1].get("total"), problem=follower.log)
        wait_until(receiver.ids)  # told once, by the follower

        code, written = site.run("check")
        assert code == 0, written
        assert "holds 9 transactions" in written
        assert "reported" in written
        assert "No transaction of the last day is there twice." in written
        assert site.run("check", "--follower")[0] == 0
        code, written = site.run("export", "usage.xlsx", "--period", "30d")
        assert (code, written) == (0, "Wrote usage.xlsx.\n")
        assert (site.folder / "commands" / "usage.xlsx").stat().st_size > 1_000
        code, written = site.run("budgets")
        assert (code, "All of it" in written) == (2, True)
        code, written = site.run("report", "weekly")
        assert (code, "All of it: $0.03 of $0.01" in written) == (0, True), written
        code, written = site.run("audit", MONGO_URI=site.mongo_uri)
        assert (code, "Compared 9 transactions: 0 were missing" in written) == (0, True), written

        code, written = site.run("alerts")
        (alert,) = set(re.findall(r"\b[0-9a-f]{32}\b", written)) & {
            one["id"] for one in api(web, "alerts")[1]["alerts"] if one["level"] == 100
        }
        until = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
        code, body = api(web, f"alerts/{alert}/silence", until=until, reason="known")
        assert (code, body["by"]) == (200, "manager")
        wait_until(lambda: alert in site.run("alerts", "--state", "silenced")[1])
        code, written = site.run("alerts", "silence", alert, "--until", "2026-01-01T00:00:00Z")
        assert (code, written) == (0, "It is not silenced any more.\n")
        code, body = api(web, "receivers/ops/test", **{"": ""})
        assert code == 400
        assert site.run("alerts", "silence", "f" * 32)[0] == 1
        assert api(web, "backup")[0] == 501


def test_without_a_follower_a_request_says_when_it_will_be_done(site: ClickHouseSite) -> None:
    with site.follower() as follower:
        wait_until(lambda: "Ana" in names(site), problem=follower.log)
    code, written = site.run("forget", "ana@example.com")
    assert (code, "it will" in written) == (1, True), written
    with site.follower() as follower:
        wait_until(lambda: "Ana" not in names(site), problem=follower.log)


def test_a_single_sync_publishes_once_and_a_follower_can_go_on_from_there(site: ClickHouseSite) -> None:
    code, written = site.run("sync", MONGO_URI=site.mongo_uri)
    assert (code, "The store holds 9 transactions." in written) == (0, True), written
    assert "Ana" in names(site)
    # A busy machine may start it so late that it would take the single sync for a follower that is silent.
    with site.web("web", SYNC_SECONDS="600") as web:
        code, body = api(web, "summary?period=24h")
        assert (code, body["calls"], body["source"]["status"]) == (200, 9, "ok")
    with site.follower("other") as follower:  # has no working copy yet, and nobody to wait for
        wait_until(
            lambda: "another" not in follower.log().lower() and site.run("check", "--follower")[0] == 0
        )
        code, written = site.run("sync", MONGO_URI=site.mongo_uri)
        assert (code, "A follower is at work" in written) == (1, True), written


def test_before_anything_is_published_a_person_cannot_be_forgotten(site: ClickHouseSite) -> None:
    code, written = site.run("forget", "ana@example.com")
    assert (code, written.split(" to ")[0]) == (1, "Nothing was published"), written


def names(site: ClickHouseSite) -> str:
    """The names in the newest generation of users."""
    connection = Connection(site.address)
    try:
        try:
            commit = newest_commit(connection)
        except StoreError:
            return ""
        if commit is None:
            return ""
        version = {"version": commit.tables["users"]}
        return str(connection.rows("SELECT name FROM users_log WHERE version = {version:UInt64}", version))
    finally:
        connection.close()
