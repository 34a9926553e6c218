"""When MongoDB, the network or the process itself fails: figures stay, nothing hangs, all comes back."""

from __future__ import annotations

import json
import os
import signal
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from bson import ObjectId

from librechat_analytics.librechat.mongo import MongoSource
from librechat_analytics.librechat.source import SourceUnreachableError
from tests.support.documents import usage
from tests.support.fault_proxy import proxy_before
from tests.support.served import children
from tests.support.servers import API_KEY, free_port, installed, serve
from tests.support.servers import eventually as until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pymongo.database import Database

    from tests.support.fault_proxy import FaultProxy
    from tests.support.servers import Running

pytestmark = pytest.mark.xdist_group("faults")

BACK_WITHIN_SECONDS = 12
NOTICED_WITHIN_SECONDS = 25
ANSWERED_WITHIN_SECONDS = 2.0


def ask(server: Running, path: str = "/api/summary?period=24h") -> tuple[int, Any, float]:
    """Status, body and seconds of a request."""
    begun = time.monotonic()
    request = urllib.request.Request(server.base_url + path, headers={"x-api-key": API_KEY})
    try:
        with urllib.request.urlopen(request, timeout=15) as response:
            status, body = response.status, json.loads(response.read())
    except urllib.error.HTTPError as error:
        status, body = error.code, json.loads(error.read())
    return status, body, time.monotonic() - begun


def eventually(server: Running, true_of: Callable[[Any], bool], within_seconds: float) -> Any:
    """Ask until something holds of the answer; every answer on the way must be good and quick."""
    deadline, calls = time.monotonic() + within_seconds, 0
    while True:
        status, body, seconds = ask(server)
        assert status == 200, body
        assert seconds < ANSWERED_WITHIN_SECONDS
        assert body["calls"] >= calls, "figures go backwards"
        calls = body["calls"]
        if true_of(body):
            return body
        assert time.monotonic() < deadline, f"still {body['source']} {body['calls']} calls\n{server.log()}"
        time.sleep(0.2)


def status_is(status: str) -> Callable[[Any], bool]:
    return lambda body: body["source"]["status"] == status


def calls_are(calls: int) -> Callable[[Any], bool]:
    return lambda body: body["calls"] == calls


def add_call(database: Database[dict[str, Any]]) -> None:
    now = datetime.now(UTC)
    database["transactions"].insert_one(usage(_id=ObjectId(), createdAt=now, updatedAt=now))


@contextmanager
def behind_a_bad_network(
    database: Database[dict[str, Any]], mongo_uri: str, folder: Path, *, mode: Any = "pass"
) -> Iterator[tuple[Running, FaultProxy]]:
    """The program, with a proxy between it and MongoDB that starts in ``mode``."""
    for _ in range(3):
        add_call(database)
    with proxy_before(mongo_uri) as (proxy, uri):
        proxy.set(mode)
        with serve(folder, MONGO_URI=uri, SYNC_SECONDS="1") as server:
            yield server, proxy


def test_it_starts_without_mongodb_and_fills_when_that_comes(
    mongo_database: Database[dict[str, Any]], mongo_uri: str, tmp_path: Path
) -> None:
    with behind_a_bad_network(mongo_database, mongo_uri, tmp_path, mode="down") as (server, proxy):
        body = eventually(server, status_is("unreachable"), NOTICED_WITHIN_SECONDS)
        assert body["asOf"] is None
        assert body["cost"] == 0
        assert ask(server, "/health")[:2] == (200, {"status": "ok"})
        assert ask(server, "/health/ready")[:2] == (503, {"status": "unreachable"})
        proxy.set("pass")
        eventually(server, calls_are(3), BACK_WITHIN_SECONDS)
        assert eventually(server, status_is("ok"), BACK_WITHIN_SECONDS)["asOf"] is not None
        assert ask(server, "/health/ready")[:2] == (200, {"status": "ready"})


def test_figures_stand_while_mongodb_goes_and_comes_back_five_times(
    mongo_database: Database[dict[str, Any]], mongo_uri: str, tmp_path: Path
) -> None:
    with behind_a_bad_network(mongo_database, mongo_uri, tmp_path) as (server, proxy):
        eventually(server, calls_are(3), BACK_WITHIN_SECONDS)
        (worker,) = children(server.pid)
        open_files = None
        for cycle in range(5):
            proxy.set("down")
            away = eventually(server, status_is("unreachable"), NOTICED_WITHIN_SECONDS)
            assert away["calls"] == 3 + cycle
            assert ask(server, "/health/ready")[:2] == (200, {"status": "ready"})
            add_call(mongo_database)
            time.sleep(0.3)
            still = ask(server)[1]
            assert still["asOf"] == away["asOf"], "figures as of then, and said so"
            proxy.set("pass")
            eventually(server, calls_are(4 + cycle), BACK_WITHIN_SECONDS)
            if open_files is None:
                open_files = open_files_of(worker)
        assert open_files_of(worker) <= open_files + 2, "sockets leak"


@pytest.mark.parametrize(
    ("mode", "latency_seconds", "back_within_seconds"),
    [("hang", 0, BACK_WITHIN_SECONDS), ("slow", 9, NOTICED_WITHIN_SECONDS)],
)
def test_a_mongodb_that_is_silent_or_too_slow_keeps_nobody_waiting(
    mongo_database: Database[dict[str, Any]],
    mongo_uri: str,
    tmp_path: Path,
    mode: Any,
    latency_seconds: int,
    back_within_seconds: int,
) -> None:
    with behind_a_bad_network(mongo_database, mongo_uri, tmp_path) as (server, proxy):
        eventually(server, calls_are(3), BACK_WITHIN_SECONDS)
        proxy.set(mode, latency_seconds=latency_seconds)
        add_call(mongo_database)
        eventually(server, status_is("unreachable"), NOTICED_WITHIN_SECONDS)
        assert ask(server, "/health")[2] < ANSWERED_WITHIN_SECONDS
        proxy.set("pass")
        eventually(server, calls_are(4), back_within_seconds)


def test_a_slow_or_narrow_network_only_makes_the_figures_later(
    mongo_database: Database[dict[str, Any]], mongo_uri: str, tmp_path: Path
) -> None:
    with behind_a_bad_network(mongo_database, mongo_uri, tmp_path) as (server, proxy):
        eventually(server, calls_are(3), BACK_WITHIN_SECONDS)
        proxy.set("slow", latency_seconds=3)
        add_call(mongo_database)
        eventually(server, calls_are(4), 60)
        assert ask(server)[1]["source"]["status"] == "ok"
        proxy.set("narrow")
        now = datetime.now(UTC)
        rows = [usage(_id=ObjectId(), createdAt=now, updatedAt=now) for _ in range(1000)]
        mongo_database["transactions"].insert_many(rows)
        eventually(server, calls_are(1004), 60)


def test_a_worker_that_is_killed_is_replaced_with_its_figures(
    mongo_database: Database[dict[str, Any]], mongo_uri: str, tmp_path: Path
) -> None:
    with behind_a_bad_network(mongo_database, mongo_uri, tmp_path) as (server, _):
        eventually(server, calls_are(3), BACK_WITHIN_SECONDS)
        (worker,) = children(server.pid)
        os.kill(worker, signal.SIGKILL)
        deadline = time.monotonic() + BACK_WITHIN_SECONDS
        while True:
            try:
                status, body, _ = ask(server)
            except OSError:
                status = 0
            if status == 200:
                break
            assert time.monotonic() < deadline, server.log()
            time.sleep(0.1)
        assert body["calls"] == 3
        add_call(mongo_database)
        eventually(server, calls_are(4), BACK_WITHIN_SECONDS)


def test_wrong_credentials_are_said_though_mongodb_was_away_at_first(
    mongo_database: Database[dict[str, Any]], mongo_uri: str, tmp_path: Path
) -> None:
    add_call(mongo_database)
    with proxy_before(mongo_uri) as (proxy, uri):
        proxy.set("down")
        uri = uri.replace("://", "://reader:wr0ng-p4ss@") + "?authSource=admin"
        with serve(tmp_path, MONGO_URI=uri, SYNC_SECONDS="1") as server:
            eventually(server, status_is("unreachable"), NOTICED_WITHIN_SECONDS)
            proxy.set("pass")
            until(lambda: "does not accept the user or password" in server.log(), BACK_WITHIN_SECONDS)
            time.sleep(3)
            assert eventually(server, status_is("unreachable"), 0)["calls"] == 0
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
    add_call(mongo_database)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate)
    with proxy_before(mongo_uri, tls) as (_, uri):
        uri += options.format(ca=certificate.with_suffix(".crt"))
        with serve(tmp_path, MONGO_URI=uri, SYNC_SECONDS="1") as server:
            if says is None:
                eventually(server, calls_are(1), BACK_WITHIN_SECONDS)
            else:
                body = eventually(server, status_is("unreachable"), NOTICED_WITHIN_SECONDS)
                assert body["calls"] == 0
                assert ask(server, "/health")[0] == 200
                until(lambda: says in server.log(), NOTICED_WITHIN_SECONDS)
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
        eventually(server, status_is("unreachable"), NOTICED_WITHIN_SECONDS)
        assert ask(server, "/health")[0] == 200
        server.stop()
        assert server.log().count("MongoDB does not answer") == 1, "said once, not at each try"


def open_files_of(pid: int) -> int:
    return sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())
