"""The commands about alerts, with and without a running server."""

from __future__ import annotations

import re
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from librechat_analytics.store.outbox import StoredOutbox
from librechat_analytics.store.outbox_items import Condition, Identity
from librechat_analytics.store.store import Store
from tests.finops.alert_worlds import budget_facts
from tests.support.receivers import Reply, fake_program

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., tuple[int, str]]

FINOPS = """
[[receiver]]
name = "ops"
kind = "json"
url = "http://127.0.0.1:{port}/t0ken-of-tests"
"""


@pytest.fixture(autouse=True)
def definitions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "finops.toml"
    path.write_text(FINOPS.format(port=1))
    monkeypatch.setenv("FINOPS_FILE", str(path))
    return path


@pytest.fixture
def alert(tmp_path: Path) -> str:
    """The id of an open alert."""
    found = Identity("budget", "Sales AI", "2026-11", 80)
    with closing(Store(tmp_path / "data")) as store:
        StoredOutbox(store).write(
            [Condition(found, budget_facts())], rules=(), first_tries={}, now=datetime.now(UTC)
        )
    return found.id


def test_alerts_are_listed_with_their_ids(run: Run, alert: str) -> None:
    code, written = run("alerts")
    assert (code, alert in written, "The budget Sales AI has reached 80%" in written) == (0, True, True)
    assert run("alerts", "--state", "resolved") == (0, "There are no resolved alerts.\n")
    assert run("alerts", "--state", "closed")[0] == 1


def test_an_alert_is_silenced_and_not_any_more(run: Run, alert: str) -> None:
    code, written = run("alerts", "silence", alert, "--reason", "known")
    assert (code, written.startswith("Nothing is sent about it until ")) == (0, True)
    assert alert in run("alerts", "--state", "silenced")[1]
    for until in ("2026-01-01T00:00:00Z", "0001-01-01T00:00:00+23:59"):
        assert run("alerts", "silence", alert, "--until", until) == (0, "It is not silenced any more.\n")
    assert alert in run("alerts")[1]


@pytest.mark.parametrize("until", ["tomorrow", "2026-12-01", "2099-01-01T00:00:00Z"])
def test_a_silence_needs_an_instant_within_a_year(run: Run, alert: str, until: str) -> None:
    code, written = run("alerts", "silence", alert, "--until", until)
    assert (code, written.startswith("--until must be an instant within a year")) == (1, True)


@pytest.mark.usefixtures("alert")
def test_an_unknown_alert_is_said(run: Run) -> None:
    code, written = run("alerts", "silence", "ffff")
    assert (code, "There is no alert with this id" in written) == (1, True)


def test_a_test_prints_what_the_receiver_answers(run: Run, definitions: Path) -> None:
    with fake_program(Reply(200, body="thanks"), Reply(404)) as program:
        definitions.write_text(FINOPS.format(port=program.port))
        assert run("alerts", "test", "ops") == (0, "ops: 200 OK thanks\n")
        assert run("alerts", "test", "ops") == (1, "ops: 404 Not Found\n")
    assert [post.body["rule"] for post in program.posts] == ["test", "test"]
    assert run("alerts", "test", "nobody")[1].startswith(
        "There is no receiver nobody. The receivers are: ops."
    )


def test_without_definitions_there_are_no_alerts(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FINOPS_FILE")
    for arguments in (("alerts",), ("alerts", "test", "ops")):
        code, written = run(*arguments)
        assert (code, "FINOPS_FILE" in written) == (1, True)


def test_a_running_server_needs_a_key_that_may_manage(
    run: Run, alert: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from librechat_analytics.cli import running_server
    from librechat_analytics.store import duckdb_file

    sent: list[tuple[str, str]] = []

    def silence(_: object, key: str, found: str, until: datetime, __: str) -> None:
        assert datetime.now(UTC) < until < datetime.now(UTC) + timedelta(days=2)
        sent.append((key, found))

    monkeypatch.setattr(running_server, "silence_on_server", silence)
    monkeypatch.setattr(duckdb_file, "LOCK_WAIT_SECONDS", 0.0)
    monkeypatch.setattr(
        "librechat_analytics.cli.alerts.opened_store", lambda _: (_ for _ in ()).throw(busy())
    )
    code, written = run("alerts", "silence", alert)
    assert (code, "no key with may=manage" in written) == (1, True)
    keys = tmp_path / "keys"
    keys.write_text(
        "reader:re4der-key-0f-the-f1nance-team\nfinance:m4nager-key-0f-the-f1nance-team may=manage\n"
    )
    monkeypatch.setenv("DASHBOARD_API_KEYS_FILE", str(keys))
    assert run("alerts", "silence", alert)[0] == 0
    assert sent == [("m4nager-key-0f-the-f1nance-team", alert)]
    assert re.search("no key reader with may=manage", run("alerts", "silence", alert, "--key", "reader")[1])


def busy() -> Exception:
    from librechat_analytics.store.errors import StoreBusyError

    return StoreBusyError("The store is in use.")
