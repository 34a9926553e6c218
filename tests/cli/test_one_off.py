"""Workbooks and backups that the running server sends, also when it stops in the middle."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from librechat_analytics.assembly import opening
from librechat_analytics.cli import one_off, running_server
from librechat_analytics.cli.one_off import write_backup, write_report
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
                    connection.recv(1)  # until the other side gives up
                else:
                    connection.sendall(answer)

        serving = threading.Thread(target=serve)
        serving.start()
        yield listener.getsockname()[1]
        serving.join()


@pytest.fixture(autouse=True)
def store_in_use(monkeypatch: pytest.MonkeyPatch) -> None:
    def in_use(_: Settings, **_options: bool) -> None:
        raise StoreBusyError("in use")

    monkeypatch.setattr(one_off, "open_store", in_use)
    monkeypatch.setattr(opening, "open_store", in_use)
    monkeypatch.setattr(running_server, "TIMEOUT_SECONDS", 0.3)


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


COMMANDS = pytest.mark.parametrize("command", [report, backup])


@COMMANDS
def test_what_the_server_sends_is_written(tmp_path: Path, command: Callable[[Path, int], None]) -> None:
    with server_that_answers(WHOLE) as port:
        command(tmp_path, port)
    assert files_in(tmp_path) == {"file.xlsx": "a whole"}


@COMMANDS
@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_an_incomplete_answer_never_replaces_a_file(
    tmp_path: Path, command: Callable[[Path, int], None], answer: bytes | None
) -> None:
    (tmp_path / "file.xlsx").write_text("of last month")
    with (
        server_that_answers(answer) as port,
        pytest.raises(OperatorError, match="stopped before its answer was complete"),
    ):
        command(tmp_path, port)
    assert files_in(tmp_path) == {"file.xlsx": "of last month"}
