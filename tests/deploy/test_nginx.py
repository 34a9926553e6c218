"""The nginx block of the documentation, in a real nginx, in front of a stand-in for the dashboard."""

from __future__ import annotations

import json
import re
import threading
from contextlib import contextmanager
from functools import partial
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import inet_aton
from socketserver import BaseRequestHandler, ThreadingUDPServer
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.support.servers import NGINX_BLOCK, free_port, nginx_in_front
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator


class _Echo(BaseHTTPRequestHandler):
    """Answers each request with what arrived."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        self.rfile.read(length)
        seen = {
            "path": self.path,
            "host": self.server.server_address[0],
            "headers": {name.lower(): value for name, value in self.headers.items()},
        }
        body = json.dumps(seen).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep the tests' output quiet."""


@contextmanager
def _echo_server(host: str = "127.0.0.1", port: int = 0) -> Iterator[int]:
    server = ThreadingHTTPServer((host, port), _Echo)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def through_nginx() -> Iterator[str]:
    with _echo_server() as port, nginx_in_front(port) as base_url:
        yield base_url


@pytest.fixture(scope="module")
def while_away() -> Iterator[str]:
    """LibreChat's nginx on a machine where the dashboard's container was never started."""
    with nginx_in_front(None) as base_url:
        yield base_url


def _request(
    url: str, *, method: str = "GET", body: bytes | None = None, headers: dict[str, str] | None = None
) -> tuple[int, dict[str, str], str]:
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=120)
    try:
        connection.request(method, url[url.index("/", 8) :], body, headers or {})
        response = connection.getresponse()
        return response.status, dict(response.getheaders()), response.read().decode()
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("asked", "arrives"),
    [
        ("/librechat-analytics/", "/"),
        (
            "/librechat-analytics/api/summary?period=30d&tz=Europe/Berlin",
            "/api/summary?period=30d&tz=Europe/Berlin",
        ),
        ("/librechat-analytics/assets/a%20b.css", "/assets/a%20b.css"),
        ("/librechat-analytics/?period=7d", "/?period=7d"),
    ],
)
def test_the_dashboard_is_asked_without_the_prefix(through_nginx: str, asked: str, arrives: str) -> None:
    status, _, body = _request(through_nginx + asked)

    assert status == 200
    assert json.loads(body)["path"] == arrives


@pytest.mark.parametrize("asked", ["/", "/c/new", "/api/convos", "/librechat-analytics-other/"])
def test_everything_else_is_librechats(through_nginx: str, asked: str) -> None:
    status, _, body = _request(through_nginx + asked)

    assert status == 200
    assert body.startswith("LibreChat")


@pytest.mark.parametrize("query", ["", "?period=7d"])
def test_the_path_without_its_slash_leads_on_by_a_relative_address(through_nginx: str, query: str) -> None:
    status, headers, _ = _request(f"{through_nginx}/librechat-analytics{query}")

    assert status == 301
    assert headers["Location"] == f"/librechat-analytics/{query}"


def test_the_key_arrives_and_a_forged_client_address_does_not(through_nginx: str) -> None:
    sent = {"x-api-key": "k&y#1%+=;:$'<>", "X-Forwarded-For": "203.0.113.6"}

    _, _, body = _request(f"{through_nginx}/librechat-analytics/", headers=sent)

    headers = json.loads(body)["headers"]
    assert headers["x-api-key"] == sent["x-api-key"]
    assert headers["x-forwarded-for"] == "127.0.0.1"
    assert headers["x-forwarded-proto"] == "http"


def test_neither_cookies_nor_a_forged_user_arrive(through_nginx: str) -> None:
    cleared = set(re.findall(r'proxy_set_header (\S+) "";', NGINX_BLOCK.read_text())) - {"Connection"}
    assert {"Cookie", "Remote-User", "X-Forwarded-User", "X-Auth-Request-Email"} < cleared
    sent = dict.fromkeys(cleared, "ana@example.com") | {"Authorization": "Bearer k3y"}

    _, _, body = _request(f"{through_nginx}/librechat-analytics/", headers=sent)

    arrived = json.loads(body)["headers"]
    assert "ana@example.com" not in arrived.values()
    assert arrived["authorization"] == "Bearer k3y"


def test_a_body_larger_than_any_question_is_refused_before_it_reaches_the_dashboard(
    through_nginx: str,
) -> None:
    url = f"{through_nginx}/librechat-analytics/_dash-update-component"

    assert _request(url, method="POST", body=b"x" * 200 * 1024)[0] == 200
    assert _request(url, method="POST", body=b"x" * 300 * 1024)[0] == 413


def test_librechat_works_while_the_dashboard_is_away(while_away: str) -> None:
    assert _request(f"{while_away}/c/new")[0] == 200
    assert _request(f"{while_away}/librechat-analytics/")[0] == 502
    assert _request(f"{while_away}/api/convos")[0] == 200


class _Resolver(ThreadingUDPServer):
    """A name server that knows every name, under these addresses, or none while there are none."""

    addresses: tuple[str, ...] = ()


class _Resolve(BaseRequestHandler):
    def handle(self) -> None:
        assert isinstance(self.server, _Resolver)
        query, socket = self.request
        question = query[12 : query.index(b"\0", 12) + 5]
        found = self.server.addresses
        flags = b"\x81\x80" if found else b"\x81\x83"
        answer = b"".join(b"\xc0\x0c\0\1\0\1\0\0\0\1\0\4" + inet_aton(each) for each in found)
        counts = b"\0\1" + len(found).to_bytes(2) + b"\0\0\0\0"
        socket.sendto(query[:2] + flags + counts + question + answer, self.client_address)


@pytest.fixture
def resolver() -> Iterator[_Resolver]:
    with _Resolver(("127.0.0.1", 0), _Resolve) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_a_container_that_comes_back_with_another_address_is_found_again(resolver: _Resolver) -> None:
    upstream = free_port()
    with nginx_in_front(upstream, resolver_port=resolver.server_address[1]) as librechat:
        dashboard = f"{librechat}/librechat-analytics/"

        def answers(host: str | None) -> bool:
            assert _request(f"{librechat}/c/new")[0] == 200, "LibreChat notices nothing"
            status, _, body = _request(dashboard)
            return json.loads(body)["host"] == host if status == 200 else host is None

        assert answers(None), "nginx starts without it"
        for host in ("127.0.0.2", "127.0.0.3"):
            with _echo_server(host, upstream):
                resolver.addresses = (host,)
                wait_until(partial(answers, host))
            assert answers(None)


def test_requests_go_to_all_web_processes_in_turn_and_past_one_that_is_away(resolver: _Resolver) -> None:
    hosts = ("127.0.0.2", "127.0.0.3")
    resolver.addresses = (*hosts, "127.0.0.4")
    upstream = free_port()
    with (
        nginx_in_front(upstream, resolver_port=resolver.server_address[1]) as librechat,
        _echo_server(hosts[0], upstream),
        _echo_server(hosts[1], upstream),
    ):
        answers = [_request(f"{librechat}/librechat-analytics/") for _ in range(12)]

    assert {status for status, _, _ in answers} == {200}, "nobody notices the third"
    assert {json.loads(body)["host"] for _, _, body in answers} == set(hosts)


@pytest.mark.parametrize("file", ["docker-compose.yml", "docker-compose.clickhouse.yml"])
def test_the_block_names_what_the_compose_files_serve(file: str) -> None:
    compose = (NGINX_BLOCK.parent.parent / file).read_text()
    name = (
        "\n  librechat-analytics:" if file == "docker-compose.yml" else "\n          - librechat-analytics\n"
    )

    assert "set $librechat_analytics librechat-analytics:3001;" in NGINX_BLOCK.read_text()
    assert name in compose
    assert 'PORT: "3001"' in compose
