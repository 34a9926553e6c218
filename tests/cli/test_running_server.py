"""Audits that the running server does for the command line."""

from __future__ import annotations

import json
import socket
import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from librechat_analytics.cli import running_server
from librechat_analytics.cli.running_server import run_server_audit
from librechat_analytics.errors import OperatorError
from librechat_analytics.settings import Settings
from tests.support.servers import API_KEY

if TYPE_CHECKING:
    from collections.abc import Iterator

HEAD = b"HTTP/1.1 200 OK\r\n"
AUDIT_DONE = {"kind": "ids", "documents": 7, "added": 1, "gone": 0}


@contextmanager
def server_with_audits(states: Iterator[dict[str, object]]) -> Iterator[int]:
    """Give the port of a server that accepts an audit and then reports one state after the other."""
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
def fast_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that moves on by a second with every request to the server."""
    seconds = iter(range(1_000_000))
    clock = SimpleNamespace(monotonic=lambda: next(seconds), sleep=lambda _: None)
    monkeypatch.setattr(running_server, "time", clock)
    monkeypatch.setattr(running_server, "LONGEST_SILENCE_SECONDS", 5)
    monkeypatch.setattr(running_server, "TIMEOUT_SECONDS", 30)


@pytest.mark.usefixtures("fast_clock")
def test_an_audit_waits_while_another_one_runs() -> None:
    def states() -> Iterator[dict[str, object]]:
        for step in range(20):
            yield {"running": {"kind": "counts", "progress": step / 20}, "audits": []}
        for step in range(20):
            yield {"running": {"kind": "ids", "progress": step / 20}, "audits": []}
        now = datetime.now(UTC).isoformat()
        yield {"running": None, "audits": [AUDIT_DONE | {"startedAt": now, "endedAt": now}]}

    reported: list[float] = []
    with server_with_audits(states()) as port:
        audit = run_server_audit(Settings(port=port, dashboard_api_key=API_KEY), reported.append)
    assert (audit.documents, audit.added) == (7, 1)
    assert reported == [step / 20 for step in range(20)], "the other audit's progress is not reported"


@pytest.mark.usefixtures("fast_clock")
def test_an_audit_that_does_not_begin_in_time_fails() -> None:
    def states() -> Iterator[dict[str, object]]:
        while True:
            yield {"running": None, "audits": []}

    with (
        server_with_audits(states()) as port,
        pytest.raises(OperatorError) as failure,
    ):
        run_server_audit(Settings(port=port, dashboard_api_key=API_KEY), lambda _: None)
    assert str(failure.value) == (
        "The running server has not begun the audit yet; it begins after LibreChat's history has been read."
        " See the server's log."
    )
