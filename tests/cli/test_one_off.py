"""Errands that a running server does, and what becomes of them when it ends or falls silent amid one."""

from __future__ import annotations

import json
import socket
import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from librechat_analytics.cli import one_off
from librechat_analytics.cli.one_off import have_server_audit, write_backup, write_report
from librechat_analytics.errors import OperatorError
from librechat_analytics.settings import Settings
from librechat_analytics.store.store import FILE_NAME, StoreBusyError
from tests.support.servers import API_KEY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

HEAD = b"HTTP/1.1 200 OK\r\n"
WHOLE = HEAD + b"Content-Length: 7\r\n\r\na whole"
ANSWERS = {
    "cut short": HEAD + b"Content-Length: 1000\r\n\r\na part",
    "cut short between chunks": HEAD + b"Transfer-Encoding: chunked\r\n\r\n6\r\na part\r\n",
    "nothing at all": b"",
    "silence": None,
}


@contextmanager
def server_that_answers(answer: bytes | None) -> Iterator[int]:
    """Give the port of a server that sends these bytes and hangs up; None: it keeps silent."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                if answer is None:
                    connection.recv(1)  # until the other side has had enough
                else:
                    connection.sendall(answer)

        serving = threading.Thread(target=serve)
        serving.start()
        yield listener.getsockname()[1]
        serving.join()


@pytest.fixture(autouse=True)
def store_in_use(monkeypatch: pytest.MonkeyPatch) -> None:
    def in_use(_: Settings) -> None:
        raise StoreBusyError("in use")

    monkeypatch.setattr(one_off, "open_store", in_use)
    monkeypatch.setattr(one_off, "PATIENCE_SECONDS", 0.3)


def settings(folder: Path, port: int) -> Settings:
    store = folder / "data" / FILE_NAME
    store.parent.mkdir(exist_ok=True)
    store.touch()
    return Settings(data_dir=store.parent, port=port, dashboard_api_key=API_KEY)


def files_in(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir() if path.is_file()}


def report(folder: Path, port: int) -> None:
    write_report(settings(folder, port), folder / "file.xlsx", {})


def backup(folder: Path, port: int) -> None:
    write_backup(settings(folder, port), folder / "file.xlsx")


ERRANDS = pytest.mark.parametrize("errand", [report, backup])


@ERRANDS
def test_what_the_server_sends_is_written(tmp_path: Path, errand: Callable[[Path, int], None]) -> None:
    with server_that_answers(WHOLE) as port:
        errand(tmp_path, port)
    assert files_in(tmp_path) == {"file.xlsx": "a whole"}


@ERRANDS
@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_a_part_never_takes_the_place_of_a_whole_file(
    tmp_path: Path, errand: Callable[[Path, int], None], answer: bytes | None
) -> None:
    (tmp_path / "file.xlsx").write_text("of last month")
    with (
        server_that_answers(answer) as port,
        pytest.raises(OperatorError, match="broke off"),
    ):
        errand(tmp_path, port)
    assert files_in(tmp_path) == {"file.xlsx": "of last month"}


AUDIT_DONE = {"kind": "ids", "documents": 7, "added": 1, "gone": 0}


@contextmanager
def server_with_audits(states: Iterator[dict[str, object]]) -> Iterator[int]:
    """Give the port of a server that takes an audit on, and then tells one state after the other."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.1)
        ended = threading.Event()

        def serve() -> None:
            while not ended.is_set():
                try:
                    connection, _ = listener.accept()
                except TimeoutError:
                    continue
                with connection:
                    request = connection.recv(65536)
                    body = b"{}" if request.startswith(b"POST") else json.dumps(next(states)).encode()
                    connection.sendall(
                        HEAD + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body
                    )

        serving = threading.Thread(target=serve)
        serving.start()
        try:
            yield listener.getsockname()[1]
        finally:
            ended.set()
            serving.join()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a clock that goes on by a second whenever the server is asked."""
    seconds = iter(range(1_000_000))
    clock = SimpleNamespace(monotonic=lambda: next(seconds), sleep=lambda _: None)
    monkeypatch.setattr(one_off, "time", clock)
    monkeypatch.setattr(one_off, "LONGEST_SILENCE_SECONDS", 5)
    monkeypatch.setattr(one_off, "PATIENCE_SECONDS", 30)


@pytest.mark.usefixtures("impatient")
def test_an_audit_is_waited_for_while_another_one_runs(tmp_path: Path) -> None:
    def states() -> Iterator[dict[str, object]]:
        for step in range(20):
            yield {"running": {"kind": "counts", "progress": step / 20}, "audits": []}
        for step in range(20):
            yield {"running": {"kind": "ids", "progress": step / 20}, "audits": []}
        now = datetime.now(UTC).isoformat()
        yield {"running": None, "audits": [AUDIT_DONE | {"startedAt": now, "endedAt": now}]}

    told: list[float] = []
    with server_with_audits(states()) as port:
        audit = have_server_audit(settings(tmp_path, port), told.append)
    assert (audit.documents, audit.added) == (7, 1)
    assert told == [step / 20 for step in range(20)], "the progress of the other one is not told"


@pytest.mark.usefixtures("impatient")
def test_an_audit_that_does_not_begin_in_time_is_said(tmp_path: Path) -> None:
    def states() -> Iterator[dict[str, object]]:
        while True:
            yield {"running": None, "audits": []}

    with (
        server_with_audits(states()) as port,
        pytest.raises(OperatorError) as said,
    ):
        have_server_audit(settings(tmp_path, port), lambda _: None)
    assert str(said.value) == (
        "The running server has not begun the audit yet; it begins once LibreChat's history has been read."
        " Its log says more."
    )
