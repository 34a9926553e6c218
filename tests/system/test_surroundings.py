"""What the machine does under the program: a clock that jumps, a disk that is full or cannot be written."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen

import pytest

from tests.support.documents import usage
from tests.support.served import over_http, summary
from tests.support.servers import API_KEY, serve
from tests.support.waiting import PATIENCE_SECONDS, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pymongo.database import Database

    from tests.support.agreement import Ask

Document = dict[str, Any]
Body = dict[str, Any]

pytestmark = pytest.mark.xdist_group("process")

# Only the clock on the wall: the one that measures durations is nobody's to set.
SERVE_BY_ANOTHER_CLOCK = """
import os, threading, time
from datetime import UTC, datetime
from pathlib import Path
import time_machine
from librechat_analytics.cli.main import main

clock = time_machine.travel(datetime.now(UTC)).start()

def follow():
    ahead = 0
    while True:
        wanted = int(Path("clock").read_text())
        clock.shift(wanted - ahead)
        ahead = wanted
        time.sleep(0.02)

os.register_at_fork(after_in_child=threading.Thread(target=follow, daemon=True).start)
main()
"""

HOUR = 3600
DAY = 24 * HOUR


def spend(database: Database[Document], *, hours_from_now: float = 0) -> datetime:
    at = datetime.now(UTC) + timedelta(hours=hours_from_now)
    database.transactions.insert_one(usage(at, database.transactions.estimated_document_count()))
    return at


class TestAClockThatJumps:
    def test_windows_follow_it_and_nothing_stops_or_turns_negative(
        self, mongo_uri: str, mongo_database: Database[Document], tmp_path: Path
    ) -> None:
        dates = [spend(mongo_database, hours_from_now=hours) for hours in (-23.5, -1.5, -0.5, 48)]
        set_clock(tmp_path, 0)
        command = (sys.executable, "-c", SERVE_BY_ANOTHER_CLOCK, "serve")
        with serve(tmp_path, command=command, MONGO_URI=mongo_uri, SYNC_SECONDS="1") as server:
            ask = over_http(server)
            for jump in (0, HOUR, -HOUR, DAY, 0):
                set_clock(tmp_path, jump)
                wait_until(partial(is_level_at, ask, jump))
                body = summary(ask, "24h")
                start, end = (datetime.fromisoformat(body["period"][edge]) for edge in ("start", "end"))
                assert end - start == timedelta(days=1)
                assert abs(offset_of(end) - jump) < 90
                assert body["calls"] == sum(start <= date < end for date in dates)
                assert rows_to_come(ask) == sum(date > end for date in dates)
                assert 0 <= lag_of(server.base_url) < HOUR / 2
                dates.append(spend(mongo_database))  # LibreChat's own clock is right all the time
                wait_until(partial(holds, ask, len(dates)))
        assert "Traceback" not in server.log()


def holds(ask: Ask, rows: int) -> bool:
    parameters = {"period": "custom", "start": "2000-01-01", "end": "2100-01-01"}
    return bool(ask("summary", parameters)[1]["calls"] == rows)


def set_clock(folder: Path, seconds_ahead: int) -> None:
    (folder / "clock.new").write_text(str(seconds_ahead))
    (folder / "clock.new").rename(folder / "clock")


def is_level_at(ask: Ask, jump: int) -> bool:
    as_of = summary(ask, "24h")["asOf"]
    return as_of is not None and abs(offset_of(datetime.fromisoformat(as_of)) - jump) < 10


def offset_of(instant: datetime) -> float:
    return (instant - datetime.now(UTC)).total_seconds()


def rows_to_come(ask: Ask) -> int:
    findings = ask("quality", {"period": "24h"})[1]["findings"]
    return sum(finding["rows"] for finding in findings if finding["code"] == "future-date")


def lag_of(base_url: str) -> float:
    with urlopen(
        Request(f"{base_url}/metrics", headers={"x-api-key": API_KEY}), timeout=PATIENCE_SECONDS
    ) as response:
        (line,) = [
            line
            for line in response.read().decode().splitlines()
            if line.startswith("librechat_analytics_sync_lag_seconds ")
        ]
    return float(line.split()[1])


@contextmanager
def mounted(folder: Path, options: str) -> Iterator[Path]:
    """A file system of its own at a folder; skips the test where none may be mounted."""
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "none", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        pytest.skip(f"no file system may be mounted here: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


class TestTheDisk:
    def test_while_it_is_full_figures_stand_and_they_go_on_when_it_is_not(
        self, mongo_uri: str, mongo_database: Database[Document], tmp_path: Path
    ) -> None:
        spend(mongo_database)
        with (
            mounted(tmp_path / "small", "size=8m") as folder,
            serve(tmp_path, DATA_DIR=str(folder), MONGO_URI=mongo_uri, SYNC_SECONDS="1") as server,
        ):
            ask = over_http(server)
            wait_until(lambda: summary(ask)["calls"] == 1)
            fill(folder / "ballast")
            for _ in range(200):  # more than what is left of the log's last page
                spend(mongo_database)
            wait_until(lambda: "No space left" in server.log())
            stood = summary(ask)["calls"]
            assert stood < 201
            for _ in range(20):
                assert summary(ask)["calls"] == stood
            (folder / "ballast").unlink()
            wait_until(lambda: summary(ask)["calls"] == 201)
            wait_until(lambda: "The sync works again" in server.log())
            assert server.log().count("No space left") <= 3, "said once in each way, not at each try"
            assert "Traceback" not in server.log()

    def test_one_that_cannot_be_written_is_said_in_one_sentence(self, tmp_path: Path) -> None:
        with (
            mounted(tmp_path / "fixed", "ro") as folder,
            pytest.raises(AssertionError) as caught,
            serve(tmp_path, DATA_DIR=str(folder)),
        ):
            pass
        assert "ended with 1" in str(caught.value)
        assert "Traceback" not in str(caught.value)


def fill(path: Path) -> None:
    """Write until there is no room left."""
    with path.open("wb", buffering=0) as file:
        for size in (65536, 4096, 1):
            try:
                while True:
                    file.write(b"\0" * size)
            except OSError:
                continue
