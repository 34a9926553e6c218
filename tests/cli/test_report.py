"""The command that prints a report by schedule."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from tests.support.documents import example_collections, write_dump
from tests.support.imports import fill_store
from tests.support.receivers import Reply, fake_program
from tests.support.servers import API_KEY, free_port, serve

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., tuple[int, str]]

FILE = """
[[report]]
name = "weekly, all"
every = "monday 08:00"
"""

RECEIVER = """
[[receiver]]
name = "ops"
kind = "json"
url = "file:hook"
"""


@pytest.fixture
def defined(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a store and a file that defines one report."""
    write_dump(tmp_path / "dump", **example_collections())
    fill_store(tmp_path, now=datetime.now(UTC))
    (tmp_path / "finops.toml").write_text(FILE)
    monkeypatch.setenv("FINOPS_FILE", str(tmp_path / "finops.toml"))
    return tmp_path


def test_it_prints_a_report_from_the_store_and_from_the_server(
    run: Run, defined: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, written = run("report", "weekly, all")
    assert code == 0
    assert written.startswith("weekly, all\nWeek of ")
    port = str(free_port())
    monkeypatch.setenv("PORT", port)
    monkeypatch.setenv("DASHBOARD_API_KEY", API_KEY)
    with serve(defined / "data", PORT=port, FINOPS_FILE=str(defined / "finops.toml")):
        assert run("report", "weekly, all") == (0, written)


@pytest.mark.usefixtures("defined")
def test_it_names_the_reports_where_there_is_none_of_the_name(run: Run) -> None:
    code, written = run("report", "monthly")
    assert (code, written) == (1, "There is no report monthly. The reports are: weekly, all.\n")


def test_it_sends_a_report_to_its_receivers_and_prints_their_answers(run: Run, defined: Path) -> None:
    with fake_program(Reply(), Reply(500, body="out of order")) as program:
        (defined / "hook").write_text(program.receiver().address)
        (defined / "finops.toml").write_text(f"{FILE}to = ['ops']\n{RECEIVER}")
        assert run("report", "weekly, all", "--send") == (0, "ops: 200 OK\n")
        code, written = run("report", "weekly, all", "--send")
        assert (code, written) == (1, "ops: 500 Internal Server Error out of order\n")
        first, second = program.posts
    assert first.body["rule"] == "report"
    assert first.body["text"].startswith("weekly, all\nWeek of ")
    assert first.body["id"] != second.body["id"]


@pytest.mark.usefixtures("defined")
def test_a_report_without_receivers_cannot_be_sent(run: Run) -> None:
    code, written = run("report", "weekly, all", "--send")
    assert (code, "has no receiver" in written) == (1, True)


def test_without_definitions_it_says_what_to_set(run: Run) -> None:
    code, written = run("report", "weekly")
    assert code == 1
    assert "set FINOPS_FILE" in written
