"""Slow clients, more than there are threads, do not delay anybody else."""

from __future__ import annotations

import json
import select
import socket
import sys
import time
from contextlib import ExitStack, suppress
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.served import children
from tests.support.servers import API_KEY, serve
from tests.support.waiting import PATIENCE_SECONDS, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.servers import Running

pytestmark = pytest.mark.xdist_group("process")

THREADS = 2
SLOW = 12
PATIENCE_OF_SERVER_SECONDS = 2

# Between two programs of one machine the system itself would keep megabytes of what nobody reads.
ON_A_SLOW_LINE = """
import socket
from librechat_analytics.cli.main import main
from librechat_analytics.serving import connection, server, worker

class OnALongLine(connection.Connection):
    def __init__(self, client, *others):
        client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 16384)
        super().__init__(client, *others)

connection.TIMEOUT_SECONDS = server.LAST_ANSWERS_SECONDS = {patience}
worker.Connection = OnALongLine
main()
"""
PATIENT = ON_A_SLOW_LINE.format(patience=3600)
IMPATIENT = ON_A_SLOW_LINE.format(patience=PATIENCE_OF_SERVER_SECONDS)
CROWDED = """
from librechat_analytics.cli.main import main
from librechat_analytics.serving import server
server.MOST_CONNECTIONS = 20
main()
"""
FORGETFUL = """
from librechat_analytics.cli.main import main
from librechat_analytics.serving import worker
worker.MOST_HELD_BYTES = 350_000
main()
"""
POOR = """
import resource
from librechat_analytics.cli.main import main
resource.setrlimit(resource.RLIMIT_NOFILE, (70, 70))
main()
"""
PLOTLY = "/_dash-component-suites/plotly/package_data/plotly.min.js"
HEAD = "Host: x\r\n"
JSON = "Content-Type: application/json\r\n"
POST = f"POST /_dash-update-component HTTP/1.1\r\n{HEAD}{JSON}"
A_BACKUP = f"GET /api/backup HTTP/1.1\r\n{HEAD}x-api-key: {API_KEY}\r\nConnection: close\r\n\r\n"
HALF_A_HEAD = f"GET /health HTTP/1.1\r\n{HEAD}x-sl"
BEGUN = (
    HALF_A_HEAD,
    f"{POST}Content-Length: 1000\r\n\r\n{{",
    f"{POST}x-api-key: {API_KEY}\r\nContent-Length: 1000\r\n\r\n{{",
    f"{POST}Transfer-Encoding: chunked\r\n\r\n3e8\r\n{{",
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server that waits for slow clients longer than these tests take."""
    command = (sys.executable, "-c", PATIENT, "serve")
    with serve(tmp_path_factory.mktemp("patient"), command=command, THREADS=str(THREADS)) as server:
        yield server
    assert "Traceback" not in server.log()


@pytest.fixture(scope="module")
def impatient_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server that sends slow clients away after two seconds."""
    command = (sys.executable, "-c", IMPATIENT, "serve")
    with serve(tmp_path_factory.mktemp("impatient"), command=command, THREADS=str(THREADS)) as server:
        yield server
    assert "Traceback" not in server.log()


def connected(
    server: Running, connections: ExitStack, begun: str = "", *, room: int | None = None
) -> socket.socket:
    """A connection on which this was sent; ``room`` is how many bytes the client's system takes for it."""
    client = connections.enter_context(socket.socket())
    if room is not None:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
    client.settimeout(PATIENCE_SECONDS)
    client.connect(("127.0.0.1", server.port))
    client.sendall(begun.encode())
    return client


def answers(server: Running, path: str = "/health") -> bool:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE_SECONDS)
    connection.request("GET", path, headers={"x-api-key": API_KEY})
    response = connection.getresponse()
    response.read()
    connection.close()
    return response.status == 200


def is_open(client: socket.socket) -> bool:
    """Whether the server has neither sent anything nor closed."""
    readable, _, _ = select.select([client], [], [], 0)
    return not readable


def until_closed(client: socket.socket) -> bytes:
    answer = b""
    while part := client.recv(65536):
        answer += part
    return answer


def test_clients_that_send_slowly_keep_nobody_waiting(server: Running) -> None:
    with ExitStack() as connections:
        slow = [connected(server, connections, begun) for begun in ("", *BEGUN) for _ in range(SLOW)]
        for _ in range(5):
            for client in slow[SLOW:]:
                client.sendall(b"x")
            assert answers(server)
            assert answers(server, "/api/summary")
        assert all(is_open(client) for client in slow), "nobody was sent away for that"


def test_clients_that_send_slowly_are_sent_away(impatient_server: Running) -> None:
    with ExitStack() as connections:
        started = time.monotonic()
        silent = [connected(impatient_server, connections) for _ in range(SLOW)]
        slow = [connected(impatient_server, connections, begun) for begun in BEGUN for _ in range(SLOW)]
        refusals = [until_closed(client) for client in slow]
        assert time.monotonic() - started > PATIENCE_OF_SERVER_SECONDS - 1, "nobody is cut off early"
        assert {until_closed(client) for client in silent} == {b""}
    for refusal in refusals:
        head, _, body = refusal.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 408 ")
        assert json.loads(body) == {"error": "The request was not complete after 2 seconds."}


def test_a_byte_now_and_then_does_not_win_time(impatient_server: Running) -> None:
    with ExitStack() as connections:
        client = connected(impatient_server, connections, HALF_A_HEAD)

        def is_sent_away() -> bool:
            try:
                client.sendall(b"x")
            except OSError:
                return True
            return False

        wait_until(is_sent_away)


def test_a_request_in_many_pieces_is_answered(server: Running) -> None:
    request = f"GET /health HTTP/1.1\r\n{HEAD}Connection: close\r\n\r\n"
    with ExitStack() as connections:
        client = connected(server, connections)
        for letter in request:
            client.sendall(letter.encode())
        assert until_closed(client).endswith(b'{"status":"ok"}\n')


def test_requests_that_come_together_are_answered_one_after_the_other(server: Running) -> None:
    empty = f"{POST}Content-Length: 2\r\n\r\n{{}}"
    chunked = f"{POST}Transfer-Encoding: chunked\r\n\r\n1\r\n{{\r\n1\r\n}}\r\n0\r\n\r\n"
    health = f"GET /health HTTP/1.1\r\n{HEAD}\r\n"
    last = f"GET /health HTTP/1.1\r\n{HEAD}Connection: close\r\n\r\n"
    with ExitStack() as connections:
        client = connected(server, connections, health + empty + chunked + health + last)
        answer = until_closed(client).decode()
    assert [part[:3] for part in answer.split("HTTP/1.1 ")[1:]] == ["200", "401", "401", "200", "200"]


def test_clients_that_read_slowly_keep_nobody_waiting(server: Running) -> None:
    with ExitStack() as connections:
        slow = [begun_to_read(server, connections) for _ in range(SLOW)]
        for _ in range(5):
            assert answers(server)
            assert answers(server, "/api/summary")
        assert len(until_closed(slow[0])) > 1_000_000, "nobody was sent away for that"


def test_clients_that_read_slowly_are_sent_away(impatient_server: Running) -> None:
    (worker,) = children(impatient_server.pid)
    with ExitStack() as connections:
        slow = [begun_to_read(impatient_server, connections) for _ in range(SLOW)]
        ports = {client.getsockname()[1] for client in slow}
        wait_until(lambda: not ports & ports_that_are_served(impatient_server.port, worker))
        for client in slow:
            with pytest.raises((ConnectionError, AssertionError)):
                assert len(until_closed(client)) > 1_000_000


def begun_to_read(server: Running, connections: ExitStack) -> socket.socket:
    """A client that has read the first bytes of a long answer, after which the connection closes."""
    request = f"GET {PLOTLY} HTTP/1.1\r\n{HEAD}Connection: close\r\n\r\n"
    client = connected(server, connections, request, room=4096)
    assert client.recv(1000).startswith(b"HTTP/1.1 200")
    return client


def ports_that_are_served(port: int, pid: int) -> set[int]:
    """The clients' ports of all connections that a process serves at its own port."""
    inodes = set()
    for file in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed meanwhile
            inodes.add(str(file.readlink()).removeprefix("socket:[").removesuffix("]"))
    lines = (line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:])
    return {
        int(line[2].rpartition(":")[2], 16)
        for line in lines
        if line[9] in inodes and line[1].endswith(f":{port:04X}")
    }


def test_a_backup_that_is_read_slowly_holds_up_other_backups_only(server: Running) -> None:
    with ExitStack() as connections:
        slow = connected(server, connections, A_BACKUP, room=4096)
        assert slow.recv(1000).startswith(b"HTTP/1.1 200")
        refused = [until_closed(connected(server, connections, A_BACKUP)) for _ in range(SLOW)]
        for answer in refused:
            assert answer.startswith(b"HTTP/1.1 503")
            assert b"\r\nRetry-After: " in answer
        assert answers(server)
        assert answers(server, "/api/summary")
        until_closed(slow)
    wait_until(lambda: answers(server, "/api/backup"))


def test_a_backup_that_is_read_slowly_does_not_hold_up_others_for_long(impatient_server: Running) -> None:
    with ExitStack() as connections:
        slow = connected(impatient_server, connections, A_BACKUP, room=4096)
        assert slow.recv(1000).startswith(b"HTTP/1.1 200")
        wait_until(lambda: answers(impatient_server, "/api/backup"))


def test_a_backup_is_whole_for_who_reads_it_and_leaves_the_way_free(server: Running) -> None:
    for _ in range(3):
        with ExitStack() as connections:
            answer = until_closed(connected(server, connections, A_BACKUP, room=4096))
        head, _, body = answer.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200")
        assert f"Content-Length: {len(body)}\r\n".encode() in head
        assert body[8:12] == b"DUCK"


def test_who_reads_with_pauses_gets_all_of_it(server: Running) -> None:
    with ExitStack() as connections:
        request = f"GET {PLOTLY} HTTP/1.1\r\n{HEAD}Connection: close\r\n\r\n"
        client = connected(server, connections, request, room=4096)
        answer = b""
        while part := client.recv(200_000):
            answer += part
            time.sleep(0.002)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert f"Content-Length: {len(body)}".encode() in head
    assert len(body) > 1_000_000
    assert body.startswith(b"/**")


def test_a_full_house_sends_the_slowest_away(tmp_path_factory: pytest.TempPathFactory) -> None:
    command = (sys.executable, "-c", CROWDED, "serve")
    with serve(tmp_path_factory.mktemp("full"), command=command) as server, ExitStack() as connections:
        slow = [connected(server, connections, HALF_A_HEAD) for _ in range(100)]
        for _ in range(5):
            assert answers(server)
        assert slow[0].recv(1) == b"", "who came first has been sent away"
        slow[-1].sendall(b"ow: 1\r\n\r\n")
        assert slow[-1].recv(12) == b"HTTP/1.1 200", "who came last has not"


def test_more_than_may_be_kept_in_memory_sends_the_slowest_away(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    command = (sys.executable, "-c", FORGETFUL, "serve")
    body = "x" * 100_000
    with serve(tmp_path_factory.mktemp("memory"), command=command) as server, ExitStack() as connections:
        begun = f"{POST}Connection: close\r\nContent-Length: {len(body) + 1}\r\n\r\n{body}"
        slow = [connected(server, connections, begun) for _ in range(6)]
        assert until_closed(slow[0]) == b"", "who came first has been sent away"
        assert answers(server)
        slow[-1].sendall(b"x")
        assert until_closed(slow[-1]).startswith(b"HTTP/1.1 401"), "who came last has not"


def test_where_no_more_files_can_be_opened_it_goes_on(tmp_path_factory: pytest.TempPathFactory) -> None:
    command = (sys.executable, "-c", POOR, "serve")
    with serve(tmp_path_factory.mktemp("files"), command=command) as server, ExitStack() as connections:
        (worker,) = children(server.pid)
        for _ in range(100):
            connected(server, connections, HALF_A_HEAD)
        for _ in range(3):
            assert answers(server)
        assert children(server.pid) == [worker]
        assert "Too many open files" in server.log()


def test_an_answer_given_before_the_body_closes_the_connection(server: Running) -> None:
    with ExitStack() as connections:
        client = connected(server, connections, f"{POST}Content-Length: 300000\r\n\r\n{{")
        head, _, _ = until_closed(client).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 401")
    assert b"\r\nConnection: close" in head


def test_a_body_is_asked_for_where_the_client_waits_for_it(server: Running) -> None:
    with ExitStack() as connections:
        asking = f"x-api-key: {API_KEY}\r\nExpect: 100-continue\r\nConnection: close\r\n"
        client = connected(server, connections, f"{POST}{asking}Content-Length: 2\r\n\r\n")
        assert client.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(b"{}")
        assert until_closed(client).startswith(b"HTTP/1.1 400")


def test_told_to_stop_it_waits_for_no_idle_client(tmp_path_factory: pytest.TempPathFactory) -> None:
    command = (sys.executable, "-c", PATIENT, "serve")
    with serve(tmp_path_factory.mktemp("stop"), command=command) as server, ExitStack() as connections:
        connected(server, connections)
        kept = connected(server, connections, f"GET /health HTTP/1.1\r\n{HEAD}\r\n")
        assert kept.recv(65536).startswith(b"HTTP/1.1 200")
        assert server.stop() == 0, "long before the hour is over that its clients have"
