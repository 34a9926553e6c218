"""What the program writes down: enough to find out what happened, and no key, query or name."""

from __future__ import annotations

import fcntl
import json
import os
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.served import children
from tests.support.servers import API_KEY, PROGRAM, serve

if TYPE_CHECKING:
    from collections.abc import Iterator

PIPE_BYTES = 4 * 4096
BEHIND_A_PIPE = ("sh", "-c", 'exec "$0" serve >log 2>&1', str(PROGRAM))
WITHOUT_STANDARD_FILES = ("sh", "-c", 'exec "$0" serve <&- >&- 2>&-', str(PROGRAM))


@pytest.fixture
def pipe(tmp_path: Path) -> Iterator[int]:
    """The reading end of a pipe called ``log`` that has room for four pages."""
    os.mkfifo(tmp_path / "log")
    reader = os.open(tmp_path / "log", os.O_RDONLY | os.O_NONBLOCK)
    fcntl.fcntl(reader, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
    yield reader
    with suppress(OSError):
        os.close(reader)


def ask(url: str, **headers: str) -> str:
    request = urllib.request.Request(url, headers={"x-api-key": API_KEY} | headers)
    with urllib.request.urlopen(request, timeout=120) as response:
        response.read()
        return str(response.headers["X-Request-Id"])


def test_json_lines_name_the_request_and_its_key_but_no_secret_and_no_query(tmp_path: Path) -> None:
    with serve(tmp_path, LOG_FORMAT="json", LOG_LEVEL="DEBUG") as server:
        own = ask(f"{server.base_url}/api/summary?domain=secret.example.com")
        given = ask(f"{server.base_url}/api/summary", **{"X-Request-Id": "from-the-proxy-1"})
        server.stop()
        lines = [json.loads(line) for line in server.log().splitlines()]
    requests = {line["request_id"]: line for line in lines if "request_id" in line}
    assert given == "from-the-proxy-1"
    assert {own, given} <= requests.keys()
    assert requests[own]["key"] == "default"
    assert requests[own]["path"] == "/api/summary"
    assert requests[own]["status"] == 200
    assert "secret.example.com" not in server.log()
    assert API_KEY not in server.log()


def test_text_lines_are_few_while_nothing_is_wrong(tmp_path: Path) -> None:
    with serve(tmp_path) as server:
        for _ in range(5):
            ask(f"{server.base_url}/api/summary?domain=secret.example.com")
        server.stop()
        written = server.log()
    assert "The dashboard is at http://127.0.0.1:" in written
    assert "/api/summary" not in written
    assert "secret.example.com" not in written


def test_a_pipe_that_nobody_reads_any_more_holds_up_neither_answers_nor_the_end(
    tmp_path: Path, pipe: int
) -> None:
    with serve(tmp_path, command=BEHIND_A_PIPE, LOG_LEVEL="DEBUG", LOG_FORMAT="json") as server:
        for _ in range(60):
            ask(f"{server.base_url}/api/summary")
        assert len(os.read(pipe, 100_000)) <= PIPE_BYTES
        ask(f"{server.base_url}/api/summary")
        lines = os.read(pipe, 100_000).decode().splitlines()
        assert "could not be written and are missing here" in json.loads(lines[0])["message"]
        assert any("/api/summary" in line for line in lines[1:])
        os.close(pipe)
        for _ in range(5):
            ask(f"{server.base_url}/api/summary")
        assert server.stop() == 0


def test_without_standard_files_no_other_takes_their_place(tmp_path: Path) -> None:
    with serve(tmp_path, command=WITHOUT_STANDARD_FILES) as server:
        ask(f"{server.base_url}/api/summary")
        for pid in (server.pid, *children(server.pid)):
            files = {Path(f"/proc/{pid}/fd/{file}").readlink() for file in range(3)}
            assert files == {Path(os.devnull)}
        assert server.stop() == 0
