"""Alerts arrive at least once whenever the program is killed, and exactly once if it is not."""

from __future__ import annotations

import random
import time
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from librechat_analytics.librechat.sample.writer import write_sample
from librechat_analytics.store.outbox import StoredOutbox
from librechat_analytics.store.store import Store
from tests.support.imports import fill_store
from tests.support.receivers import SECRET, FakeProgram, Reply, fake_program
from tests.support.served import over_http
from tests.support.servers import serve
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.xdist_group("process")

FINOPS = """
[[budget]]
name = "Everybody"
each = "user"
period = "year"
amount = [ {{ from = "2020-01", usd = 0.000001 }} ]
thresholds = [ 50, 100 ]
to = [ "ops" ]
[[receiver]]
name = "ops"
kind = "json"
url = "http://127.0.0.1:{port}/hook"
secret = "{secret}"
"""
BUSY = Reply(429, {"Retry-After": "1"})
KILLS = 4


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a store in which every user has spent more than the budget."""
    write_sample(tmp_path / "dump", transactions=1500, seed=3, until=datetime.now(UTC))
    fill_store(tmp_path, now=datetime.now(UTC))
    return tmp_path


def finops(folder: Path, program: FakeProgram) -> str:
    path = folder / "finops.toml"
    path.write_text(FINOPS.format(port=program.port, secret=SECRET))
    return str(path)


def told(folder: Path) -> tuple[set[str], dict[tuple[str, str], int]]:
    """The ids of all alerts, and how many deliveries are in each state."""
    with closing(Store(folder / "data")) as store:
        outbox = StoredOutbox(store)
        found, _ = outbox.alerts(datetime.now(UTC))
        return {alert.id for alert in found}, outbox.count_deliveries()


def test_without_kills_each_alert_arrives_exactly_once(folder: Path) -> None:
    with fake_program() as program:
        program.replies = [BUSY, Reply(), Reply(), BUSY]
        with serve(folder / "data", FINOPS_FILE=finops(folder, program)) as server:
            ask = over_http(server)
            wait_until(lambda: ask("receivers", {})[1]["receivers"][0]["sent"])
            wait_until(lambda: not ask("receivers", {})[1]["receivers"][0]["waiting"])
        ids, counts = told(folder)
        assert len(ids) > 5
        assert counts == {("ops", "sent"): len(ids)}
        assert Counter(program.taken) == Counter(dict.fromkeys(ids, 1))


def test_whenever_it_is_killed_each_alert_arrives(folder: Path) -> None:
    chance = random.Random(7)
    with fake_program() as program:
        program.replies = [chance.choice([BUSY, Reply(), Reply()]) for _ in range(30)]
        for _ in range(KILLS):
            with serve(folder / "data", FINOPS_FILE=finops(folder, program)) as server:
                time.sleep(chance.uniform(0, 1.5))
                server.kill()
        with serve(folder / "data", FINOPS_FILE=finops(folder, program)) as server:
            ask = over_http(server)
            wait_until(lambda: ask("receivers", {})[1]["receivers"][0]["sent"])
            wait_until(lambda: not ask("receivers", {})[1]["receivers"][0]["waiting"])
        ids, counts = told(folder)
        assert counts == {("ops", "sent"): len(ids)}
        assert set(program.taken) == ids, "none is lost, and none is another one after a restart"
