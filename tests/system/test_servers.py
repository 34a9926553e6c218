"""The tests' own servers and guards do what tests rely on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import SLOWEST_FILES
from tests.support.served import children
from tests.support.servers import ROOT, BrowserWatch, nginx_in_front, running, watched_page
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page
    from pymongo.database import Database

PARENT_WITH_CHILD = """
import pathlib, subprocess, sys, time
child = "import pathlib, time; pathlib.Path('child').touch(); time.sleep(60)"
subprocess.Popen([sys.executable, "-c", child], close_fds=False)
time.sleep(60)
"""


STARTS_ALL_KINDS = """
import pathlib, sys, time
from tests.support import warm_program
from tests.support.servers import mongo_wire_server, nginx_in_front

with mongo_wire_server(pathlib.Path(sys.argv[1]) / "mongo"), nginx_in_front(None):
    settings = {"folder": "/", "environment": {}, "output": 1, "errors": 2, "held_open": 0}
    warm_program.start("import time; print('all run', flush=True); time.sleep(600)", [], **settings)
    time.sleep(600)
"""


STARTS_UNHEARD = """
import time
from tests.support import warm_program

warm_program._received = lambda *_: time.sleep(600)
settings = {"folder": "/", "environment": {}, "output": 1, "errors": 2, "held_open": 0}
warm_program.start("import pathlib, time; pathlib.Path(MARK).touch(); time.sleep(600)", [], **settings)
"""


@pytest.fixture(scope="module")
def librechat() -> Iterator[str]:
    with nginx_in_front(None) as base_url:
        yield base_url


def _run_parent(folder: Path) -> Any:
    return running(
        "parent",
        [sys.executable, "-c", PARENT_WITH_CHILD],
        base_url="",
        log_path=folder / "log",
        ready=(folder / "child").exists,
        folder=folder,
    )


def test_each_file_that_runs_first_exists() -> None:
    assert [name for name in SLOWEST_FILES if not (ROOT / name).is_file()] == []


def test_killing_a_server_waits_for_its_children_too(tmp_path: Path) -> None:
    with _run_parent(tmp_path) as server:
        server.kill()

        assert server.stopped
        assert server.process.returncode == -9


def test_a_killed_test_process_leaves_no_server_behind(tmp_path: Path) -> None:
    (tmp_path / "mongo").mkdir()
    command = [sys.executable, "-c", STARTS_ALL_KINDS, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as tests:
        try:
            assert tests.stdout
            assert tests.stdout.readline() == "all run\n"
            started = descendants(tests.pid)
        finally:
            tests.kill()
    assert len(started) >= 5  # a database, nginx with a worker, the warm program and one from it
    wait_until(lambda: not any(map(runs, started)))


def test_a_program_ends_with_a_test_process_that_was_killed_before_it_knew_of_it(tmp_path: Path) -> None:
    order = STARTS_UNHEARD.replace("MARK", repr(str(tmp_path / "mark")))
    with subprocess.Popen([sys.executable, "-c", order], cwd=ROOT) as tests:
        wait_until((tmp_path / "mark").exists)
        started = descendants(tests.pid)
        tests.kill()
    assert len(started) == 2
    wait_until(lambda: not any(map(runs, started)))


def runs(pid: int) -> bool:
    """Whether a process has not ended; one that nobody has waited for counts as ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def descendants(pid: int) -> list[int]:
    return [each for child in children(pid) for each in (child, *descendants(child))]


def test_a_server_whose_children_stay_does_not_count_as_stopped(tmp_path: Path) -> None:
    with _run_parent(tmp_path) as server:
        with pytest.raises(AssertionError, match="still runs"):
            server.stop(timeout_seconds=1)
        server.kill()


def test_a_server_that_fails_to_start_shows_its_output(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "raise SystemExit('the port is taken')"]

    with (
        pytest.raises(AssertionError, match="the port is taken"),
        running("bad", command, base_url="", log_path=tmp_path / "log", ready=lambda: False, folder=tmp_path),
    ):
        pass


def test_a_test_database_starts_empty_and_takes_documents(mongo_database: Database[dict[str, Any]]) -> None:
    assert mongo_database.list_collection_names() == []

    mongo_database.transactions.insert_one({"rawAmount": -1})

    assert mongo_database.transactions.count_documents({}) == 1


def test_a_clean_page_passes(page: Page, librechat: str) -> None:
    page.goto(librechat)

    assert page.text_content("body") == "LibreChat"


@pytest.mark.parametrize(
    ("script", "complaint"),
    [
        ("console.error('a chart broke')", "a chart broke"),
        (
            "setTimeout(() => { throw new Error('uncaught one') }); new Promise(r => setTimeout(r, 50))",
            "uncaught one",
        ),
        ("fetch('/librechat-analytics/').then(r => r.status)", "status of 502"),
        ("fetch('https://cdn.invalid/x.js').catch(() => null)", "cdn.invalid"),
        ("fetch('https://cdn.invalid/x.js', {mode: 'no-cors'}).catch(() => null)", "cdn.invalid"),
    ],
)
def test_a_page_that_misbehaves_fails_its_test(
    browser: Browser, librechat: str, script: str, complaint: str
) -> None:
    def visit() -> None:
        with watched_page(browser, BrowserWatch()) as page:
            page.goto(librechat)
            page.evaluate(script)

    with pytest.raises(AssertionError, match=complaint):
        visit()


def test_a_provoked_status_passes_when_the_test_expects_it(
    page: Page, browser_watch: BrowserWatch, librechat: str
) -> None:
    browser_watch.expected_statuses.add(502)
    page.goto(librechat)

    assert page.evaluate("fetch('/librechat-analytics/').then(r => r.status)") == 502
