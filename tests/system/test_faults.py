"""When MongoDB, the network or the process fails, figures stay, nothing hangs, and all recovers."""

from __future__ import annotations

import json
import os
import signal
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from bson import ObjectId
from pymongo import MongoClient

from librechat_analytics.librechat.mongo import MongoSource
from librechat_analytics.librechat.source import SourceUnreachableError
from tests.support.documents import usage
from tests.support.fault_proxy import proxy_before
from tests.support.served import children
from tests.support.servers import API_KEY, free_port, installed, serve, status_of
from tests.support.waiting import PATIENCE_SECONDS, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pymongo.database import Database

    from tests.support.fault_proxy import FaultProxy
    from tests.support.servers import Running

HASTY = """
from librechat_analytics.cli.main import main
from librechat_analytics.librechat import mongo_uri

usual = mongo_uri.MongoClient

def hasty(address, **settings):
    assert (settings["connectTimeoutMS"], settings["socketTimeoutMS"]) == (5000, 15000)
    return usual(address, **settings | {"connectTimeoutMS": 2000, "socketTimeoutMS": 5000})

mongo_uri.MongoClient = hasty
main()
"""
"""The program, a third as patient with MongoDB."""

TODAYS_SUMMARY = "/api/summary?period=24h"


def ask(server: Running, path: str = TODAYS_SUMMARY) -> tuple[int, Any]:
    """Status and body of an answer; it must come while MongoDB is as it is now."""
    request = urllib.request.Request(server.base_url + path, headers={"x-api-key": API_KEY})
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as response:
            return response.status, json.loads(response.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def body_when(server: Running, is_so: Callable[[Any], bool]) -> Any:
    """Ask until something holds of the answer; each answer on the way must be good."""
    bodies: list[Any] = []

    def answered() -> bool:
        status, body = ask(server)
        assert status == 200, body
        assert not bodies or body["calls"] >= bodies[-1]["calls"], "figures go backwards"
        bodies.append(body)
        return is_so(body)

    wait_until(answered, problem=lambda: f"{bodies[-1:]}\n{server.log()}")
    return bodies[-1]


def status_is(status: str) -> Callable[[Any], bool]:
    return lambda body: body["source"]["status"] == status


def calls_are(calls: int) -> Callable[[Any], bool]:
    return lambda body: body["calls"] == calls


def add_calls(database: Database[dict[str, Any]], count: int = 1) -> None:
    now = datetime.now(UTC)
    database["transactions"].insert_many(
        [usage(_id=ObjectId(), createdAt=now, updatedAt=now) for _ in range(count)]
    )


@dataclass
class Network:
    """The program, MongoDB, and a proxy between them that plays the network."""

    server: Running
    proxy: FaultProxy
    database: Database[dict[str, Any]]

    def calls(self) -> int:
        calls: int = ask(self.server)[1]["calls"]
        return calls


@pytest.fixture(scope="module")
def shared_network(mongo_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    """A program that looks into MongoDB each second and holds three calls."""
    uri = urlsplit(mongo_server)._replace(path=f"/LibreChat-{uuid4().hex}").geturl()
    with MongoClient[dict[str, Any]](uri, tz_aware=True) as client, proxy_before(uri) as (proxy, proxied):
        database = client.get_default_database()
        add_calls(database, 3)
        command = (sys.executable, "-c", HASTY, "serve")
        folder = tmp_path_factory.mktemp("faults")
        with serve(folder, command=command, MONGO_URI=proxied, SYNC_SECONDS="1") as server:
            yield Network(server, proxy, database)
        client.drop_database(database.name)


@pytest.fixture
def network(shared_network: Network) -> Iterator[Network]:
    """The network in order, before a test and after it."""
    shared_network.proxy.set("pass")
    body_when(shared_network.server, lambda body: status_is("ok")(body) and body["calls"] > 0)
    yield shared_network
    shared_network.proxy.set("pass")


def test_it_starts_without_mongodb_and_fills_when_that_comes(
    mongo_database: Database[dict[str, Any]], mongo_uri: str, tmp_path: Path
) -> None:
    add_calls(mongo_database, 3)
    with proxy_before(mongo_uri) as (proxy, uri):
        proxy.set("down")
        with serve(tmp_path, MONGO_URI=uri, SYNC_SECONDS="1") as server:
            body = body_when(server, status_is("unreachable"))
            assert body["asOf"] is None
            assert body["cost"] == 0
            assert ask(server, "/health") == (200, {"status": "ok"})
            assert ask(server, "/health/ready") == (503, {"status": "unreachable"})
            proxy.set("pass")
            body_when(server, calls_are(3))
            assert body_when(server, status_is("ok"))["asOf"] is not None
            assert ask(server, "/health/ready") == (200, {"status": "ready"})


def test_figures_stay_while_mongodb_goes_and_comes_back_three_times(network: Network) -> None:
    server, calls = network.server, network.calls()
    (worker,) = children(server.pid)
    open_files = None
    for cycle in range(3):
        network.proxy.set("down")
        away = body_when(server, status_is("unreachable"))
        assert away["calls"] == calls + cycle
        assert ask(server, "/health/ready") == (200, {"status": "ready"})
        add_calls(network.database)
        still = ask(server)[1]
        assert still["asOf"] == away["asOf"], "figures as of then, and said so"
        network.proxy.set("pass")
        body_when(server, calls_are(calls + cycle + 1))
        if open_files is None:
            open_files = open_files_of(worker)
    assert open_files is not None
    most = open_files + 2
    wait_until(lambda: open_files_of(worker) <= most, problem=lambda: "sockets leak")


@pytest.mark.parametrize(("mode", "latency_seconds"), [("hang", 0), ("slow", 3)])
def test_a_mongodb_that_is_silent_or_too_slow_keeps_nobody_waiting(
    network: Network, mode: Any, latency_seconds: int
) -> None:
    calls = network.calls()
    network.proxy.set(mode, latency_seconds=latency_seconds)
    add_calls(network.database)
    assert body_when(network.server, status_is("unreachable"))["calls"] == calls
    assert ask(network.server, "/health")[0] == 200
    network.proxy.set("pass")
    body_when(network.server, calls_are(calls + 1))


def test_a_slow_or_narrow_network_only_makes_the_figures_later(network: Network) -> None:
    calls = network.calls()
    network.proxy.set("slow", latency_seconds=0.4)
    add_calls(network.database)
    body_when(network.server, calls_are(calls + 1))
    assert ask(network.server)[1]["source"]["status"] == "ok"
    network.proxy.set("narrow")
    add_calls(network.database, 300)
    body_when(network.server, calls_are(calls + 301))


def test_a_worker_that_is_killed_is_replaced_with_its_figures(network: Network) -> None:
    server, calls = network.server, network.calls()
    (worker,) = children(server.pid)
    os.kill(worker, signal.SIGKILL)
    wait_until(lambda: status_of(f"{server.base_url}/health/ready") == 200, problem=server.log)
    assert children(server.pid) != [worker]
    assert network.calls() == calls
    add_calls(network.database)
    body_when(server, calls_are(calls + 1))


def test_wrong_credentials_are_said_though_mongodb_was_away_at_first(
    mongo_database: Database[dict[str, Any]], mongo_uri: str, tmp_path: Path
) -> None:
    add_calls(mongo_database)
    with proxy_before(mongo_uri) as (proxy, uri):
        proxy.set("down")
        uri = uri.replace("://", "://reader:wr0ng-p4ss@") + "?authSource=admin"
        with serve(tmp_path, MONGO_URI=uri, SYNC_SECONDS="1") as server:
            body_when(server, status_is("unreachable"))
            proxy.set("pass")
            wait_until(lambda: "does not accept the user or password" in server.log())
            before = proxy.accepted
            wait_until(lambda: proxy.accepted > before + 3)  # it goes on trying
            assert body_when(server, status_is("unreachable"))["calls"] == 0
            assert ask(server, "/health")[0] == 200
            server.stop()
    assert server.log().count("MongoDB does not answer") == 1
    assert server.log().count("does not accept the user or password in MONGO_URI. Check both") == 1
    assert "wr0ng-p4ss" not in server.log()
    assert "Traceback" not in server.log()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that no authority but itself has signed, with its key."""
    path = tmp_path_factory.mktemp("tls") / "mongodb.pem"
    subprocess.run(
        [
            *(installed("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-subj", "/CN=mongodb", "-addext", "subjectAltName=IP:127.0.0.1"),
            *("-keyout", str(path), "-out", str(path.with_suffix(".crt"))),
        ],
        check=True,
        capture_output=True,
    )
    path.write_text(path.read_text() + path.with_suffix(".crt").read_text())
    return path


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ("", "it may want TLS: add tls=true to MONGO_URI."),
        ("?tls=true", "signed by an authority in tlsCAFile."),
        ("?tls=true&tlsCAFile={ca}", None),
    ],
)
def test_a_mongodb_that_wants_tls_is_read_with_it_and_says_what_lacks_without(
    mongo_database: Database[dict[str, Any]],
    mongo_uri: str,
    tmp_path: Path,
    certificate: Path,
    options: str,
    says: str | None,
) -> None:
    add_calls(mongo_database)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate)
    with proxy_before(mongo_uri, tls) as (_, uri):
        uri += options.format(ca=certificate.with_suffix(".crt"))
        with serve(tmp_path, MONGO_URI=uri, SYNC_SECONDS="1") as server:
            if says is None:
                body_when(server, calls_are(1))
            else:
                body = body_when(server, status_is("unreachable"))
                assert body["calls"] == 0
                assert ask(server, "/health")[0] == 200
                wait_until(lambda: says in server.log())
            server.stop()
    assert "Traceback" not in server.log()


def test_tls_with_a_mongodb_that_has_none_is_said(mongo_uri: str) -> None:
    source = MongoSource.at(f"{mongo_uri}?tls=true")
    with pytest.raises(SourceUnreachableError, match=r"Check host, port and tls in MONGO_URI\."):
        source.ping()
    source.close()


@pytest.mark.parametrize("damage", [b"", b"no database at all", b"\0" * 8192])
def test_a_damaged_store_is_said_in_one_sentence(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "usage.duckdb").write_bytes(damage)
    with pytest.raises(AssertionError) as caught, serve(tmp_path):
        pass
    assert "ended with 1" in str(caught.value)
    assert "move it away" in str(caught.value)
    assert "Traceback" not in str(caught.value)


def test_a_connection_string_that_leads_nowhere_changes_nothing_for_readers(tmp_path: Path) -> None:
    uri = f"mongodb://user:s3cr3t-p4ss@127.0.0.1:{free_port()}/LibreChat"
    with serve(tmp_path, MONGO_URI=uri, SYNC_SECONDS="1") as server:
        body_when(server, status_is("unreachable"))
        assert ask(server, "/health")[0] == 200
        server.stop()
        assert server.log().count("MongoDB does not answer") == 1, "said once, not at each try"


def open_files_of(pid: int) -> int:
    return sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())
