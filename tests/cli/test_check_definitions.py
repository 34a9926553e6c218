"""What ``check`` says about the definitions file."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from librechat_analytics.finops.matches import Paid, in_words
from tests.support.documents import ANA, BOB, usage, write_dump
from tests.support.servers import API_KEY, free_port, serve
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., tuple[int, str]]

DEFINITIONS = """
zone = "UTC"
[cost_centers]
map = "people.csv"
roles = { ADMIN = "IT" }
[[budget]]
name = "Nobody's"
where = { user = "nobody" }
period = "month"
amount = [{ from = "2026-01", usd = 1 }]
"""
PEOPLE = "who,cost_center\nana@x.example,Sales\nanna@x.example,Sales\ndomain:x.exmaple,Sales\n"


@pytest.fixture
def checked(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[], str]:
    """Give what ``check`` says with two users, one of them with usage last month."""
    last_month = datetime.now(UTC).replace(day=1) - timedelta(days=10)
    users = [
        {"_id": ANA, "name": "Ana", "email": "Ana@x.example", "role": "USER"},
        {"_id": BOB, "name": "Bob", "email": "bob@y.example", "role": "USER"},
    ]
    rows = [usage(last_month, 1, user=ANA)]
    run("import", write_dump(tmp_path / "dump", transactions=rows, users=users))
    (tmp_path / "people.csv").write_text(PEOPLE)
    (tmp_path / "finops.toml").write_text(DEFINITIONS)
    monkeypatch.setenv("FINOPS_FILE", str(tmp_path / "finops.toml"))
    monkeypatch.setenv("DASHBOARD_API_KEY", API_KEY)
    return lambda: run("check")[1]


def test_it_says_what_the_definitions_match_today(checked: Callable[[], str], tmp_path: Path) -> None:
    written = checked()
    assert (
        f"ok    The definitions {tmp_path / 'finops.toml'} can be used:"
        " 2 cost centres, 1 budget, 0 receivers, 0 reports.\n"
    ) in written
    assert "ok    Cost centres: Sales: 1 user, <$0.01 last month." in written
    assert "ok    Cost centres: Unassigned: 0 users, $0.00 last month.\n" in written
    assert "note  FINOPS_FILE: 2 lines of people.csv match nobody: lines 3, 4.\n" in written
    assert "note  FINOPS_FILE: The role ADMIN (line 5) matches nobody.\n" in written
    assert 'note  FINOPS_FILE: The budget "Nobody\'s": no value of user was ever recorded.\n' in written


def test_the_running_server_says_what_its_cost_centers_paid(
    checked: Callable[[], str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    port = str(free_port())
    monkeypatch.setenv("PORT", port)
    with serve(tmp_path / "data", PORT=port, FINOPS_FILE=str(tmp_path / "finops.toml")) as server:
        written = checked()
        wait_until(lambda: "2 lines of people.csv match nobody: lines 3, 4." in server.log())
    assert "is in use by process" in written
    assert "ok    Cost centres: Sales: 1 user, <$0.01 last month.\n" in written
    assert "ok    Cost centres: Unassigned: 0 users, $0.00 last month.\n" in written


def test_it_names_the_lines_of_a_file_that_cannot_be_used(checked: Callable[[], str], tmp_path: Path) -> None:
    (tmp_path / "finops.toml").write_text(DEFINITIONS.replace("month", "decade"))
    (tmp_path / "people.csv").write_text("who,cost_center\nana@x.example,\n")
    written = checked()
    assert f'FAIL  FINOPS_FILE {tmp_path / "finops.toml"}, line 9: budget "Nobody\'s": period must' in written
    assert f"FAIL  {tmp_path / 'people.csv'}, line 2: the name of the cost centre is missing." in written
    assert "can be used" not in written


def test_many_cost_centers_take_few_lines() -> None:
    paid = [*(Paid(f"C{number}", 1, 2.0) for number in range(50)), Paid("Unassigned", 0, 0.0)]
    *_, last_center, others, unassigned = in_words(paid)
    assert last_center == "C19: 1 user, $2.00 last month."
    assert others == "And 30 more cost centres."
    assert unassigned == "Unassigned: 0 users, $0.00 last month."
    assert list(in_words([])) == []
