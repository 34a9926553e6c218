"""The command that prints how budgets are doing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from tests.support.documents import ANA, example_collections, usage, write_dump
from tests.support.imports import fill_store
from tests.support.servers import API_KEY, free_port, serve

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., tuple[int, str]]

CALM = """
[[budget]]
name = "Calm"
period = "year"
amount = [ { from = "2026-01", usd = 1000 } ]
"""
SPENT = """
[[budget]]
name = "Everybody"
each = "user"
period = "year"
amount = [ { from = "2026-01", usd = 0.000001 } ]
"""


@pytest.fixture
def defined(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a store of today's usage and a file with one budget."""
    now = datetime.now(UTC)
    collections = example_collections()
    collections["transactions"] = [usage(now, 1, user=ANA)]
    write_dump(tmp_path / "dump", **collections)
    fill_store(tmp_path, now=now)
    (tmp_path / "finops.toml").write_text(CALM)
    monkeypatch.setenv("FINOPS_FILE", str(tmp_path / "finops.toml"))
    return tmp_path


def test_it_prints_a_line_for_each_and_says_by_its_exit_code_if_one_is_over(run: Run, defined: Path) -> None:
    code, written = run("budgets")
    head, calm = written.splitlines()
    assert (code, head.split()) == (0, ["Budget", "Spent", "Available", "Used", "Expected", "Status"])
    assert calm.startswith("Calm ")
    assert calm.endswith("  Within budget")

    (defined / "finops.toml").write_text(CALM + SPENT)
    code, written = run("budgets")
    assert code == 2
    assert written.splitlines()[2].startswith("Everybody, ")
    assert written.splitlines()[2].endswith("  1 of 1 over")


def test_it_asks_the_server_that_has_the_store(
    run: Run, defined: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = run("budgets")
    port = str(free_port())
    monkeypatch.setenv("PORT", port)
    monkeypatch.setenv("DASHBOARD_API_KEY", API_KEY)
    with serve(defined / "data", PORT=port, FINOPS_FILE=str(defined / "finops.toml")):
        assert run("budgets") == alone


def test_without_budgets_it_says_what_to_set(run: Run, defined: Path) -> None:
    (defined / "finops.toml").write_text("")
    code, written = run("budgets")
    assert (code, written) == (1, "There are no budgets: set FINOPS_FILE to a file that defines some.\n")
