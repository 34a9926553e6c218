"""The command ``health``: one sentence and the exit code that the container's HEALTHCHECK needs."""

from __future__ import annotations

import subprocess
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

import pytest

from tests.support.servers import PROGRAM, free_port, program_environment, serve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def health(folder: Path, **settings: str) -> tuple[int, str]:
    """Run the command; gives its exit code and what it printed."""
    environment = program_environment(folder, **settings)
    done = subprocess.run(
        [str(PROGRAM), "health"], env=environment, cwd=folder, capture_output=True, text=True
    )
    assert done.stdout == ""
    return done.returncode, done.stderr


@contextmanager
def server_that_answers(status: int) -> Iterator[int]:
    """Give the port of a server that answers every request with this status."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def test_a_server_that_runs_is_healthy_whatever_proxy_the_environment_names(tmp_path: Path) -> None:
    nobody = f"http://127.0.0.1:{free_port()}"
    with serve(tmp_path / "data", HOST="0.0.0.0") as server:
        code, written = health(tmp_path, HOST="0.0.0.0", PORT=str(server.port), http_proxy=nobody)
    assert (code, written) == (0, f"The server at http://127.0.0.1:{server.port} is healthy.\n")


def test_without_a_server_it_fails(tmp_path: Path) -> None:
    port = str(free_port())
    assert health(tmp_path, PORT=port) == (
        1,
        f"The server at http://127.0.0.1:{port} does not answer: Connection refused.\n",
    )


@pytest.mark.parametrize("status", [404, 503])
def test_a_server_that_cannot_answer_figures_is_not_healthy(tmp_path: Path, status: int) -> None:
    with server_that_answers(status) as port:
        code, written = health(tmp_path, PORT=str(port))
    assert code == 1
    assert written == (
        f"The server at http://127.0.0.1:{port} is not healthy: /health answers {status}. See its log.\n"
    )
