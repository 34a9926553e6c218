"""From a new document in MongoDB to the answers of two web processes, by a follower and ClickHouse."""

from __future__ import annotations

import json
import shutil
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

from tests.support.clickhouse_site import ClickHouseSite
from tests.support.documents import ANA, BOB, usage
from tests.support.fault_proxy import FaultProxy
from tests.support.served import over_http, rows_held, status_of
from tests.support.servers import API_KEY, nginx_in_front, serve
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from pymongo.database import Database

    from librechat_analytics.store.clickhouse.address import StoreAddress
    from tests.support.servers import Running

pytestmark = pytest.mark.clickhouse

Document = dict[str, Any]

ENDPOINTS = (
    "summary",
    "top-users",
    "top-models",
    "top-agents",
    "cost-breakdown",
    "breakdown?by=domain",
    "breakdown?by=role",
    "usage-over-time",
    "usage-over-time?split=user",
    "what-changed?by=user",
    "anomalies",
    "quality",
)


def rows(count: int, start: int = 0) -> list[Document]:
    """Prompts of the last hours, of two people."""
    now = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=1)
    return [
        usage(
            now - timedelta(minutes=7 * number),
            number=number,
            user=ANA if number % 3 else BOB,
            conversationId=f"conversation-{number % 5}",
        )
        for number in range(start, start + count)
    ]


@pytest.fixture
def site(
    tmp_path: Path,
    clickhouse_database: StoreAddress,
    mongo_uri: str,
    mongo_database: Database[Document],
) -> ClickHouseSite:
    mongo_database.users.insert_many(
        [
            {"_id": ANA, "name": "Ana Lovelace", "email": "ana@example.com", "role": "USER"},
            {"_id": BOB, "name": "Bob Noyce", "email": "bob@example.org", "role": "ADMIN"},
        ]
    )
    mongo_database.transactions.insert_many(rows(20))
    return ClickHouseSite(tmp_path, clickhouse_database, mongo_uri, {})


def read(server: Running, address: str) -> bytes:
    """The body of an answer about fixed days, without how fresh it is."""
    path, _, query = address.partition("?")
    today = datetime.now(UTC).date()
    fixed = {"period": "custom", "start": f"{today - timedelta(days=3)}", "end": f"{today}", "tz": "UTC"}
    url = f"{server.base_url}/librechat-analytics/api/{path}?{urlencode(fixed)}&{query}".rstrip("&")
    with urlopen(Request(url, headers={"x-api-key": API_KEY}), timeout=30) as response:
        body = json.loads(response.read())
    del body["source"], body["asOf"]
    return json.dumps(body).encode()


def test_a_new_transaction_is_soon_in_the_answers_of_every_process(
    site: ClickHouseSite, mongo_database: Database[Document]
) -> None:
    with site.web("a") as first, site.web("b") as second, site.follower() as follower:
        wait_until(lambda: all(held(one) == 20 for one in (first, second)), problem=first.log)
        mongo_database.transactions.insert_one(rows(1, start=30)[0])
        wait_until(lambda: all(held(one) == 21 for one in (first, second)))
        assert [status_of(over_http(one)) for one in (first, second)] == ["ok", "ok"]
        with nginx_in_front(second.port) as front:
            assert status_code(f"{front}/librechat-analytics/health/ready") == 200

        follower.kill()
        mongo_database.transactions.insert_one(rows(1, start=31)[0])
        with site.follower() as follower:
            wait_until(lambda: all(held(one) == 22 for one in (first, second)), problem=follower.log)
            wait_until(lambda: status_of(over_http(first)) == "ok")
            assert follower.stop() == 0
        same_answers(first, second)
        shutil.copytree(site.working_copy, site.folder / "alone")
        with serve(site.folder / "alone") as alone:
            same_answers(alone, first)


def test_while_clickhouse_is_away_processes_live_and_then_go_on_by_themselves(
    site: ClickHouseSite, mongo_database: Database[Document]
) -> None:
    with FaultProxy(site.address.port) as proxy:
        behind = replace(site, address=replace(site.address, port=proxy.port))
        proxy.set("down")
        with behind.web("a") as web, behind.follower() as follower:
            ready = f"{web.base_url}/health/ready"
            assert status_code(f"{web.base_url}/health") == 200
            assert status_code(ready) == 503
            assert held(web) == -1
            proxy.set("pass")
            wait_until(lambda: held(web) == 20, problem=follower.log)
            assert status_code(ready) == 200

            proxy.set("down")
            mongo_database.transactions.insert_one(rows(1, start=30)[0])
            wait_until(lambda: "The working copy stays up to date" in follower.log())
            wait_until(lambda: status_code(ready) == 503)
            assert status_code(f"{web.base_url}/health") == 200
            proxy.set("pass")
            wait_until(lambda: held(web) == 21, problem=follower.log)


def test_a_second_follower_waits_and_takes_over_when_the_first_one_ends(
    site: ClickHouseSite, mongo_database: Database[Document]
) -> None:
    with site.web("a") as web, site.follower() as first:
        wait_until(lambda: held(web) == 20, problem=first.log)
        with site.follower("second") as second:
            wait_until(lambda: "Another follower" in second.log())
            mongo_database.transactions.insert_one(rows(1, start=30)[0])
            wait_until(lambda: held(web) == 21, problem=first.log)
            assert first.stop() == 0
            mongo_database.transactions.insert_one(rows(1, start=31)[0])
            wait_until(lambda: held(web) == 22, problem=second.log)
            code, written = site.run("check")
            assert (code, "No transaction of the last day is there twice." in written) == (0, True), written


def same_answers(one: Running, other: Running) -> None:
    """Compare the answers about fixed days byte for byte."""
    for address in ENDPOINTS:
        assert read(one, address) == read(other, address), address


def held(server: Running) -> int:
    """How many rows it answers with; -1 while it cannot answer."""
    time.sleep(0.3)  # the answer to each question takes the servers time from their work
    try:
        return rows_held(over_http(server))
    except OSError:
        return -1


def status_code(url: str) -> int:
    try:
        with urlopen(url, timeout=30) as response:
            return int(response.status)
    except HTTPError as error:
        return error.code
