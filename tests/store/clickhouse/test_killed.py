"""A follower that is killed while it publishes: readers see whole commits, and nothing is lost or doubled."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from librechat_analytics.store.clickhouse.commit import newest_commit
from librechat_analytics.store.clickhouse.connection import Connection
from librechat_analytics.store.clickhouse.tables import CELLS, TRANSACTIONS
from librechat_analytics.store.clickhouse.visible import visible
from librechat_analytics.store.store import Store
from tests.support.examples import HUNT
from tests.support.published_stores import assert_same, contents_at, contents_of, newest
from tests.support.publishing_process import credits_after, rows_after
from tests.support.servers import ROOT
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from librechat_analytics.store.clickhouse.address import StoreAddress

pytestmark = pytest.mark.clickhouse

KILLS = 4 + 20 * HUNT
LONGEST_SECONDS = 300


@dataclass
class WatchingReader:
    """Reads the newest version again and again, and remembers what was wrong."""

    connection: Connection
    answers: int = 0
    versions: set[int] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)

    def read(self) -> None:
        if (commit := newest_commit(self.connection)) is None:
            return
        (rows,) = self.connection.rows(
            "SELECT count() AS documents, uniqExact(id_head, id_tail) AS ids, sum(credits_e6) AS credits,"
            f" sumIf(credits_e6, slot < {commit.summed_until or -(2**31)}) AS summed"
            f" FROM ({visible(TRANSACTIONS, commit)})"
        )
        (cells,) = self.connection.rows(f"SELECT sum(cost_e6) AS cost FROM ({visible(CELLS, commit)})")
        batches = commit.rows_read or 0
        found = (rows["documents"], rows["ids"], rows["credits"] or 0, cells["cost"] or 0)
        right = (rows_after(batches), rows_after(batches), credits_after(batches), rows["summed"] or 0)
        self.answers += 1
        self.versions.add(commit.version)
        if found != right:
            self.wrong.append(f"version {commit.version}: {found} instead of {right}")

    @contextmanager
    def watching(self) -> Iterator[None]:
        stopped = threading.Event()

        def watch() -> None:
            while not stopped.wait(0.05):
                self.read()

        thread = threading.Thread(target=watch)
        thread.start()
        try:
            yield
        finally:
            stopped.set()
            thread.join()


@contextmanager
def follower(
    folder: Path, address: StoreAddress, batches: int, name: str = "one", **settings: str
) -> Iterator[subprocess.Popen[str]]:
    url = str(address).replace("@", f":{quote(address.password, safe='')}@", 1)
    command = [sys.executable, "-m", "tests.support.publishing_process", str(folder), name, str(batches)]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, "STORE_URL": url, **settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def test_a_reader_sees_whole_commits_while_followers_are_killed(
    tmp_path: Path, clickhouse_database: StoreAddress
) -> None:
    chance = random.Random(None if HUNT else 4)
    with closing(Connection(clickhouse_database)) as connection:
        with follower(tmp_path, clickhouse_database, 0) as process:
            process.communicate(timeout=LONGEST_SECONDS)
        reader = WatchingReader(connection)
        with reader.watching():
            for _ in range(KILLS):
                with follower(tmp_path, clickhouse_database, 10_000) as process:
                    if chance.random() < 0.8:
                        assert said(process) == "prepared\n", process.communicate()[1]
                    time.sleep(chance.uniform(0, 1.5))
        with closing(Store(tmp_path)) as store:
            batches = (store.state().rows_read or 0) + 3
        with follower(tmp_path, clickhouse_database, batches) as process:
            _, problems = process.communicate(timeout=LONGEST_SECONDS)
            assert process.returncode == 0, problems
        reader.read()
        assert reader.wrong == []
        assert reader.answers > KILLS
        with closing(Store(tmp_path)) as store:
            assert store.count_transactions() == rows_after(batches)
            assert_same(contents_at(store, connection, newest(connection)), contents_of(store))


# test_preparing.py has what the second one does where time plays no part.
@pytest.mark.skipif(not HUNT, reason="one follower takes the other for dead by the clock: HUNT=1 runs it")
@pytest.mark.parametrize("is_paused", [False, True], ids=["at-work", "paused"])
def test_of_two_followers_at_once_one_gives_way_and_says_so(
    tmp_path: Path, clickhouse_database: StoreAddress, *, is_paused: bool
) -> None:
    # Neither reports how it is, so the second one soon takes the first one for dead.
    soon = {"ALIVE_SECONDS": "3"}
    with closing(Connection(clickhouse_database)) as connection, ExitStack() as ending:
        reader = WatchingReader(connection)
        one = ending.enter_context(follower(tmp_path / "one", clickhouse_database, 10_000, "one", **soon))
        assert said(one) == "prepared\n"
        ending.enter_context(reader.watching())
        two = ending.enter_context(follower(tmp_path / "two", clickhouse_database, 10_000, "two", **soon))
        if is_paused:
            time.sleep(random.Random(5).uniform(0.2, 0.5))
            one.send_signal(signal.SIGSTOP)
        assert said(two) == "prepared\n"
        one.send_signal(signal.SIGCONT)
        wait_until(lambda: one.poll() is not None or two.poll() is not None)
        loser, winner = ("one", "two") if one.poll() is not None else ("two", "one")
        _, problems = (one if loser == "one" else two).communicate()
        assert "OutOfStepError: This follower stops publishing" in problems
        assert "Run only one follower" in problems
        (one if winner == "one" else two).kill()
        batches = (newest(connection).rows_read or 0) + 2
        with follower(tmp_path / loser, clickhouse_database, batches, loser, **soon) as process:
            _, problems = process.communicate(timeout=LONGEST_SECONDS)
            assert process.returncode == 0, problems
        reader.read()
        assert reader.wrong == []
        with closing(Store(tmp_path / loser)) as store:
            assert_same(contents_at(store, connection, newest(connection)), contents_of(store))


def said(process: subprocess.Popen[str]) -> str:
    """Return the next line that a process writes."""
    assert process.stdout is not None
    return process.stdout.readline()
