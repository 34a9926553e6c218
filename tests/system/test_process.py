"""The serving process: signals, kills, guessed keys and bad requests."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import pytest

from tests.support.served import children
from tests.support.servers import (
    API_KEY,
    SERVE,
    accepts,
    nginx_in_front,
    program_environment,
    serve,
    status_of,
)
from tests.support.waiting import PATIENCE_SECONDS, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.support.servers import Running

pytestmark = pytest.mark.xdist_group("process")

FINANCE, AUDIT = "f1nance-key-0f-ten-w0rds", "aud1tors-key-0f-m4ny-words"
QUESTION = json.dumps(
    {
        "output": "filter-choices.data",
        "outputs": {"id": "filter-choices", "property": "data"},
        "inputs": [{"id": "filter-question", "property": "data", "value": {"search": "", "zone": "UTC"}}],
        "changedPropIds": ["filter-question.data"],
    }
).encode()

ENDING_SOON = """
from librechat_analytics.cli.main import main
from librechat_analytics.serving import server
server.LAST_ANSWERS_SECONDS = 2
main()
"""


@pytest.fixture(scope="module")
def keys_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("keys") / "keys"
    path.write_text(f"finance:{FINANCE}\n")
    return path


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, keys_file: Path) -> Iterator[Running]:
    """A server without figures, whom these tests treat badly one after the other."""
    with serve(tmp_path_factory.mktemp("process"), DASHBOARD_API_KEYS_FILE=str(keys_file)) as server:
        yield server
    assert "Traceback" not in server.log()


def ask(server: Running, path: str = "/api/summary", *, key: str = API_KEY, cookies: str = "") -> int:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE_SECONDS)
    try:
        connection.request("GET", path, headers={"x-api-key": key, "Cookie": cookies})
        response = connection.getresponse()
        response.read()
        return response.status
    finally:
        connection.close()


@contextmanager
def request_in_hand(server: Running) -> Iterator[Callable[[], bytes]]:
    """A question that a thread of the server reads and that lacks its last byte.

    Calling what is given sends that byte; it gives the answer, empty where the connection just ends.
    """
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE_SECONDS) as connection:
        head = (
            "POST /_dash-update-component HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
            f"{JSON}Content-Length: {len(QUESTION)}\r\nExpect: 100-continue\r\nx-api-key: {API_KEY}\r\n\r\n"
        )
        connection.sendall(head.encode() + QUESTION[:-1])
        assert connection.recv(100).startswith(b"HTTP/1.1 100")

        def finish() -> bytes:
            answer = b""
            try:
                connection.sendall(QUESTION[-1:])
                while part := connection.recv(65536):
                    answer += part
            except OSError:
                pass  # reset
            connection.close()
            return answer

        yield finish


@contextmanager
def asked_all_the_time(server: Running) -> Iterator[list[int]]:
    """Four readers who ask without a pause; gives the statuses that they get, as they come in."""
    statuses: list[int] = []
    enough = Event()

    def read() -> None:
        while not enough.is_set():
            statuses.append(ask(server))

    with ThreadPoolExecutor(4) as readers:
        asking = [readers.submit(read) for _ in range(4)]
        try:
            yield statuses
        finally:
            enough.set()
    for one in asking:
        one.result()


class TestSignals:
    def test_those_that_ask_for_another_process_fail_no_request(self, server: Running) -> None:
        (worker,) = children(server.pid)
        with request_in_hand(server) as finish, asked_all_the_time(server) as statuses:
            for name in ("SIGHUP", "SIGTTIN", "SIGUSR2", "SIGTTOU", "SIGWINCH", "SIGUSR1"):
                os.kill(server.pid, getattr(signal, name))
            os.kill(worker, signal.SIGHUP)
            answered = len(statuses)
            wait_until(lambda: len(statuses) > answered + 100)
            assert children(server.pid) == [worker]
            assert finish().startswith(b"HTTP/1.1 200")
        assert set(statuses) == {200}
        assert "Nothing to reload" in server.log()

    def test_keys_are_exchanged_without_any(self, server: Running, keys_file: Path) -> None:
        assert (ask(server, key=FINANCE), ask(server, key=AUDIT)) == (200, 401)
        keys_file.write_text(f"audit:{AUDIT}\n")
        wait_until(lambda: ask(server, key=AUDIT) == 200)
        assert ask(server, key=FINANCE) == 401
        assert AUDIT not in server.log()

    def test_keys_that_are_gone_let_nobody_in_also_after_the_worker_is_replaced(
        self, server: Running, keys_file: Path
    ) -> None:
        keys_file.write_text(f"finance:{FINANCE}\n")
        wait_until(lambda: ask(server, key=FINANCE) == 200)
        keys_file.unlink()
        wait_until(lambda: ask(server, key=FINANCE) == 401)
        assert ask(server) == 200
        os.kill(children(server.pid)[0], signal.SIGKILL)
        wait_until(lambda: status_of(f"{server.base_url}/health/ready") == 200)
        assert (ask(server), ask(server, key=FINANCE)) == (200, 401)
        assert server.log().count("None of its keys is let in.") == 2
        keys_file.write_text(f"audit:{AUDIT}\nfinance: {FINANCE}\n")
        wait_until(lambda: ask(server, key=AUDIT) == 200)
        assert ask(server, key=FINANCE) == 401
        assert "line 2: the key must follow the colon" in server.log()
        assert FINANCE not in server.log()

    def test_a_worker_that_is_killed_in_the_middle_of_a_request_is_replaced(self, server: Running) -> None:
        (worker,) = children(server.pid)
        with request_in_hand(server) as finish:
            os.kill(worker, signal.SIGKILL)
            assert finish() == b""
        wait_until(lambda: status_of(f"{server.base_url}/health/ready") == 200)
        assert ask(server) == 200
        assert children(server.pid) != [worker]

    def test_told_to_stop_it_answers_what_it_has_in_hand_and_takes_nothing_new(self, tmp_path: Path) -> None:
        with serve(tmp_path) as server, request_in_hand(server) as finish:
            server.process.terminate()
            wait_until(lambda: not accepts(server.port))
            assert finish().startswith(b"HTTP/1.1 200")
            assert server.stop() == 0
        assert "Traceback" not in server.log()

    def test_a_request_that_takes_too_long_does_not_keep_it(self, tmp_path: Path) -> None:
        command = (sys.executable, "-c", ENDING_SOON, "serve")
        with serve(tmp_path, command=command) as server, request_in_hand(server) as finish:
            begun = time.monotonic()
            assert server.stop() == 0
            assert time.monotonic() - begun >= 2
            assert finish() == b""


class TestGuessers:
    GUESSES, THREADS = 2_500, 25

    def test_many_wrong_keys_cost_no_memory_no_log_and_nobody_elses_time(self, server: Running) -> None:
        (worker,) = children(server.pid)
        lines, memory = len(server.log().splitlines()), resident_bytes(worker)

        def guess(batch: int) -> list[int]:
            connection = HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE_SECONDS)
            statuses = []
            for number in range(self.GUESSES // self.THREADS):
                connection.request("GET", "/api/summary", headers={"x-api-key": f"guess-{batch}-{number}"})
                response = connection.getresponse()
                response.read()
                statuses.append(response.status)
            connection.close()
            return statuses

        with ThreadPoolExecutor(self.THREADS) as guessers, asked_all_the_time(server) as rightful:
            refused = [status for batch in guessers.map(guess, range(self.THREADS)) for status in batch]
        assert len(refused) == self.GUESSES
        assert set(refused) == {401, 429}
        assert set(rightful) == {200}
        assert ask(server) == 200
        assert len(server.log().splitlines()) <= lines + 2
        assert resident_bytes(worker) - memory < 15_000_000

    def test_half_sent_requests_through_nginx_keep_nobody_waiting(self, server: Running) -> None:
        with nginx_in_front(server.port) as librechat, ExitStack() as connections:
            port = int(librechat.rpartition(":")[2])
            for _ in range(60):
                connection = connections.enter_context(socket.create_connection(("127.0.0.1", port)))
                connection.sendall(b"GET /librechat-analytics/api/summary HTTP/1.1\r\nHost: x\r\nx-a")
            for _ in range(5):
                assert status_of(f"{librechat}/librechat-analytics/health") == 200


class TestWhoNamesUsers:
    """The shipped block of nginx passes requests on; browsers behind it may send any header."""

    @pytest.mark.parametrize(
        ("header", "proxies"),
        [
            ("X-Forwarded-User", {"AUTH_PROXIES": "127.0.0.1/32"}),
            ("X-Forwarded-User", {"TRUSTED_PROXIES": "127.0.0.1/32"}),
            ("X-Our-Own-User", {"AUTH_PROXIES": "10.0.0.0/8", "TRUSTED_PROXIES": "127.0.0.1/32"}),
        ],
        ids=["a usual header is cleared", "with one setting for both too", "any other is not believed of it"],
    )
    def test_a_browser_is_nobody_because_it_says_so(
        self, tmp_path: Path, header: str, proxies: dict[str, str]
    ) -> None:
        with (
            serve(tmp_path, AUTH_PROXY_HEADER=header, **proxies) as server,
            nginx_in_front(server.port) as front,
        ):
            for sent in (header, header.lower(), header.replace("-", "_")):
                connection = HTTPConnection(
                    "127.0.0.1", int(front.rpartition(":")[2]), timeout=PATIENCE_SECONDS
                )
                connection.request("GET", "/librechat-analytics/api/summary", headers={sent: "mallory"})
                assert connection.getresponse().status == 401
                connection.close()

    def test_the_proxy_that_signs_users_in_is_believed_and_no_other(self, tmp_path: Path) -> None:
        settings = {"AUTH_PROXY_HEADER": "X-Forwarded-User", "AUTH_PROXIES": "127.0.0.2/32"}
        with serve(tmp_path, **settings) as server:
            for source, status in (("127.0.0.2", 200), ("127.0.0.1", 401)):
                connection = HTTPConnection(
                    "127.0.0.1", server.port, timeout=PATIENCE_SECONDS, source_address=(source, 0)
                )
                connection.request("GET", "/api/summary", headers={"X-Forwarded-User": "somebody"})
                assert connection.getresponse().status == status
                connection.close()


class TestBackups:
    def test_what_a_kill_amid_a_copy_leaves_is_removed_by_forget(self, tmp_path: Path) -> None:
        def copies() -> list[Path]:
            return list(tmp_path.glob("being-sent-*"))

        for _ in range(20):  # a copy takes some hundredths of a second, and may be over before the kill
            with serve(tmp_path) as server, ThreadPoolExecutor(1) as asking:
                backup = asking.submit(broken_off, server)
                while not (copies() or backup.done()):
                    pass
                server.kill()
            if copies():
                break
        assert copies()
        forget = [SERVE[0], "forget", "nobody@example.com"]
        subprocess.run(
            forget, env=program_environment(tmp_path), cwd=tmp_path, timeout=PATIENCE_SECONDS, check=False
        )
        assert copies() == []


def broken_off(server: Running) -> None:
    with suppress(OSError, HTTPException):
        ask(server, "/api/backup")


HEAD = f"Host: x\r\nx-api-key: {API_KEY}\r\n"
JSON = "Content-Type: application/json\r\n"
UPDATE = f"POST /_dash-update-component HTTP/1.1\r\n{HEAD}{JSON}"
CHUNKED = f"{UPDATE}Transfer-Encoding: chunked\r\n\r\n"
BAD_REQUESTS = {
    "a long line": (f"GET /api/summary?period={'x' * 9_000} HTTP/1.1\r\n{HEAD}\r\n", 414),
    "a long line without an end": (f"GET /api/summary?period={'x' * 9_000}", 414),
    "a huge header": (f"GET /api/summary HTTP/1.1\r\n{HEAD}Cookie: {'x' * 66_000}\r\n\r\n", 431),
    "many headers": (f"GET /api/summary HTTP/1.1\r\n{HEAD}" + "a: b\r\n" * 150 + "\r\n", 431),
    "huge headers together": (
        f"GET /health HTTP/1.1\r\n{HEAD}" + f"Cookie: {'x' * 60_000}\r\n" * 3 + "\r\n",
        431,
    ),
    "headers without an end": (f"GET /health HTTP/1.1\r\n{HEAD}" + "a: b\r\n" * 30_000, 431),
    "a large body": (f"{UPDATE}Content-Length: 300000\r\n\r\n{'x' * 300_000}", 413),
    "a large body that is announced": (f"{UPDATE}Content-Length: 300000\r\n\r\n", 413),
    "a body of endless length": (f"{UPDATE}Content-Length: {'9' * 4_000}\r\n\r\n", 413),
    "two lengths": (f"{UPDATE}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{{}}", 400),
    "a length and chunks": (
        f"{UPDATE}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        400,
    ),
    "a length below nothing": (f"{UPDATE}Content-Length: -1\r\n\r\n", 400),
    "large chunks": (f"{CHUNKED}{300_000:x}\r\n{'x' * 300_000}\r\n0\r\n\r\n", 413),
    "chunks without an end": (CHUNKED + f"{8_000:x}\r\n{'x' * 8_000}\r\n" * 40, 413),
    "chunks of a byte each": (CHUNKED + "1\r\nx\r\n" * 200_000 + "0\r\n\r\n", 413),
    "broken chunks": (f"{CHUNKED}zz\r\n{{}}\r\n0\r\n\r\n", 400),
    "a chunk below nothing": (f"{CHUNKED}-5\r\n{{}}\r\n0\r\n\r\n", 400),
    "a chunk that is longer than it says": (f"{CHUNKED}1\r\n{{}}\r\n0\r\n\r\n", 400),
    "an endless line of a chunk": (f"{CHUNKED}2;{'x' * 70_000}", 400),
    "chunks of another coding": (f"{UPDATE}Transfer-Encoding: br\r\n\r\n2\r\n{{}}\r\n0\r\n\r\n", 501),
    "another expectation": (f"{UPDATE}Expect: 200-ok\r\nContent-Length: 2\r\n\r\n{{}}", 417),
    "a blank before the colon": (f"GET /health HTTP/1.1\r\n{HEAD}Forwarded : for=x\r\n\r\n", 400),
    "a NUL in a header": (f"GET /health HTTP/1.1\r\n{HEAD}Via: a\0b\r\n\r\n", 400),
    "lines that end without a carriage return": ("GET /health HTTP/1.1\nHost: x\n\n", 400),
    "no request at all": ("\x16\x03\x01\x02\r\n\r\n", 400),
    "another version": (f"GET /health HTTP/9.9\r\n{HEAD}\r\n", 400),
}


@pytest.mark.parametrize("size", [9_000, 60_000])
def test_the_cookies_of_a_single_sign_on_are_let_through(server: Running, size: int) -> None:
    for path in ("/librechat-analytics/", "/api/summary"):
        assert ask(server, path, cookies=f"openid_access_token={'x' * size}") == 200


@pytest.mark.parametrize(
    "headers",
    [
        "SCRIPT_NAME: /zzz\r\n",
        "Script-Name: /zzz\r\n",
        "PATH_INFO: /zzz\r\n",
        "X-Forwarded-Ssl: on\r\nX-Forwarded-Proto: http\r\n",
        "X-Forwarded-Proto: https\r\nX-Forwarded-Protocol: plain\r\n",
        "X-Forwarded-Prefix: /zzz\r\nX-Forwarded-Host: y\r\nForwarded: proto=https;host=y\r\n",
    ],
)
def test_what_proxies_say_of_themselves_changes_nothing(server: Running, headers: str) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE_SECONDS) as connection:
        sent = f"GET /api/summary HTTP/1.1\r\n{HEAD}{headers}Connection: close\r\n\r\n"
        connection.sendall(sent.encode())
        assert until_closed(connection).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    ("framing", "body"),
    [
        (f"Content-Length: {len(QUESTION)}\r\n", QUESTION),
        ("Transfer-Encoding: chunked\r\n", b"%x\r\n%s\r\n0\r\n\r\n" % (len(QUESTION), QUESTION)),
        (
            "Transfer-Encoding: Chunked\r\nTrailer: x-sum\r\n",
            b"".join(b"01;ext=1\r\n%c\r\n" % byte for byte in QUESTION) + b"0\r\nx-sum: 1\r\n\r\n",
        ),
    ],
    ids=["a length", "a chunk", "many chunks"],
)
def test_a_question_is_answered_however_its_body_is_sent(server: Running, framing: str, body: bytes) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE_SECONDS) as connection:
        connection.sendall(f"{UPDATE}Connection: close\r\n{framing}\r\n".encode() + body)
        answer = until_closed(connection)
    assert answer.startswith(b"HTTP/1.1 200")
    assert b'"filter-choices"' in answer


@pytest.mark.parametrize("name", BAD_REQUESTS)
def test_what_is_no_good_request_is_refused_and_leaves_the_next_one_alone(server: Running, name: str) -> None:
    sent, status = BAD_REQUESTS[name]
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE_SECONDS) as connection:
        connection.sendall(sent.encode("latin-1"))
        answer = until_closed(connection).decode("latin-1")
    assert isinstance(json.loads(answer.partition("\r\n\r\n")[2])["error"], str)
    assert re.match(r"HTTP/1\.[01] (\d+)", answer), answer
    assert int(answer.split()[1]) == status
    for secret in ("Traceback", "gunicorn", "/site-packages", API_KEY):
        assert secret not in answer
    assert ask(server) == 200


def until_closed(connection: socket.socket) -> bytes:
    """All that comes until the server closes, or resets since it was sent more than it reads."""
    answer = b""
    with suppress(ConnectionResetError):
        while part := connection.recv(65536):
            answer += part
    return answer


def resident_bytes(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
