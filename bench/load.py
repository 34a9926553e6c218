"""Measures how the program copes with many open dashboards and API clients while history is read.

    .venv/bin/python -m bench.load [--rows 1000000] [--arriving 200000] [--seconds 60] [--data FOLDER]
    .venv/bin/python -m bench.load --url URL --key KEY [--seconds 60] [--pid PID]

Two hundred dashboards send the page's request once a minute, three in four of them the overview's; fifty API
clients request one of six answers each second. Without a URL the script starts a server. Its store holds ROWS
imported rows (FOLDER keeps them for the next run). The server follows a MongoDB: it first reads ARRIVING rows
of another fourteen months, then a few more each second. The script prints the requests, the errors and the
times of the answers, while history was read and after it, and the server's memory, threads and open files.
With twenty minutes or more this is a soak test: it fails if memory, threads or files grow after the first
third.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import bson
from bson.raw_bson import RawBSONDocument
from pymongo import MongoClient
from tests.support.documents import usage
from tests.support.served import callback_requests, insert
from tests.support.servers import API_KEY, mongo_wire_server, serve

from librechat_analytics.librechat.dump import DumpSource
from librechat_analytics.librechat.sample.writer import write_sample
from librechat_analytics.store.store import FILE_NAME, Store
from librechat_analytics.sync.imports import import_dump

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pymongo.database import Database

    Send = Callable[[http.client.HTTPConnection, random.Random], None]

DASHBOARDS = 200
DASHBOARD_SECONDS = 60.0
CLIENTS = 50
CLIENT_SECONDS = 1.0
ANSWERS = ("summary", "top-users", "top-models", "top-agents", "cost-breakdown", "usage-over-time")
VIEWS = ("overview", "overview", "overview", "users", "overview", "overview", "overview", "models")
PERIODS = ("24h", "7d", "30d", "90d", "this-month")

SAMPLES = 30
"""How many samples of the server's memory a run takes, however long it is."""

SOAK_SECONDS = 1200
LARGEST_P99_SECONDS = 0.5
LARGEST_GROWTH = 0.05
"""The part by which memory, threads and files may grow from the second third of the time to the last."""


class Load:
    """Simulated readers that each send requests at an interval until a common end, and their answers."""

    def __init__(
        self,
        url: str,
        key: str,
        seconds: float,
        *,
        dashboards: int = DASHBOARDS,
        dashboard_seconds: float = DASHBOARD_SECONDS,
        clients: int = CLIENTS,
        client_seconds: float = CLIENT_SECONDS,
    ) -> None:
        self._address = urlsplit(url)
        self._key = key
        self.seconds = seconds
        self.end = time.monotonic() + seconds
        self._lock = threading.Lock()
        self.statuses: Counter[str] = Counter()
        self.taken: list[tuple[float, float]] = []
        """For each answer when it arrived, and how long it took."""
        pages = {
            request["inputs"][0]["id"]: request
            for request in callback_requests(self._json("/_dash-dependencies"))
            if not request["state"]
        }
        self._readers = [
            (self._dashboard(pages[f"{VIEWS[seed % len(VIEWS)]}-question"]), dashboard_seconds, seed)
            for seed in range(dashboards)
        ] + [(self._client, client_seconds, dashboards + seed) for seed in range(clients)]

    def run(self) -> None:
        """Send requests until the end."""
        threads = [threading.Thread(target=self._send_every, args=reader) for reader in self._readers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _send_every(self, send: Send, seconds: float, seed: int) -> None:
        chance = random.Random(seed)
        connection = self._connection()
        time.sleep(chance.uniform(0, max(0.0, min(seconds, self.end - time.monotonic()))))
        while time.monotonic() < self.end:
            started = time.monotonic()
            send(connection, chance)
            if seconds == DASHBOARD_SECONDS:  # longer than servers keep a connection open
                connection.close()
            time.sleep(max(0.0, min(started + seconds, self.end) - time.monotonic()))
        connection.close()

    def _dashboard(self, page: dict[str, Any]) -> Send:
        """Return a function that requests a view's figures as the page does."""

        def send(connection: http.client.HTTPConnection, chance: random.Random) -> None:
            question = {"search": f"?period={chance.choice(PERIODS)}", "zone": "UTC", "at": time.time()}
            (only,) = page["inputs"]
            self._request(
                connection, "POST", "/_dash-update-component", page | {"inputs": [only | {"value": question}]}
            )

        return send

    def _client(self, connection: http.client.HTTPConnection, chance: random.Random) -> None:
        self._request(connection, "GET", f"/api/{chance.choice(ANSWERS)}?period={chance.choice(PERIODS)}")

    def _request(
        self, connection: http.client.HTTPConnection, method: str, path: str, body: object = None
    ) -> None:
        started = time.monotonic()
        headers = {"x-api-key": self._key, "Accept-Encoding": "gzip", "Content-Type": "application/json"}
        try:
            connection.request(method, path, json.dumps(body) if body else None, headers)
            response = connection.getresponse()
            response.read()
            status = str(response.status)
        except (OSError, http.client.HTTPException) as error:
            status = type(error).__name__
            connection.close()
        with self._lock:
            self.statuses[status] += 1
            self.taken.append((time.monotonic(), time.monotonic() - started))

    def _connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(self._address.hostname or "", self._address.port, timeout=30)

    def source_status(self) -> str:
        """Return the state of the server's source."""
        return str(self._json("/api/summary?period=24h")["source"]["status"])

    def _json(self, path: str) -> Any:
        with closing(self._connection()) as connection:
            connection.request("GET", path, headers={"x-api-key": self._key})
            return json.loads(connection.getresponse().read())


@dataclass(frozen=True, slots=True)
class Sample:
    """What the server's processes used at a moment; memory without the pages that they share with files."""

    cpu_seconds: float
    megabytes: float
    threads: int
    files: int


def sample(pid: int) -> Sample:
    """Sum up a process and its descendants."""
    parents = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # the process has just ended
            parents[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
    family = {pid}
    while more := {child for child, parent in parents.items() if parent in family} - family:
        family |= more
    ticks, megabytes, threads, files = 0, 0.0, 0, 0
    for process in (Path("/proc") / str(member) for member in family):
        ticks += sum(map(int, (process / "stat").read_text().rpartition(")")[2].split()[11:13]))
        status = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines())
        megabytes += int(status["RssAnon"].split()[0]) * 1024 / 1e6
        threads += int(status["Threads"])
        files += len(list((process / "fd").iterdir()))
    return Sample(ticks / os.sysconf("SC_CLK_TCK"), megabytes, threads, files)


def growth(samples: list[Sample]) -> Iterator[tuple[str, float, float]]:
    """Yield each measure with its value in the second third of the time and in the last.

    The first third does not count, because the caches fill then.
    """
    third = len(samples) // 3
    # The minimum of threads and open files: the rest belong to requests that are being answered.
    for measure, typical in (("megabytes", median), ("threads", min), ("files", min)):
        values = [getattr(one, measure) for one in samples]
        yield measure, typical(values[third : 2 * third]), typical(values[2 * third :])


@contextmanager
def own_server(folder: Path, rows: int, arriving: int) -> Iterator[tuple[str, int]]:
    """Serve a store of ``rows`` rows that follows a MongoDB with other rows; gives address and process id."""
    now = datetime.now(UTC).replace(microsecond=0)
    if not (folder / "data" / FILE_NAME).exists():
        fill(folder / "data", rows, now)
    with tempfile.TemporaryDirectory() as scratch, ExitStack() as stack:
        write_sample(Path(scratch) / "dump", transactions=arriving, seed=2, until=now)
        (Path(scratch) / "mongo").mkdir()
        mongo = stack.enter_context(mongo_wire_server(Path(scratch) / "mongo"))
        uri = f"{mongo.base_url}/LibreChat"
        database = stack.enter_context(MongoClient[dict[str, Any]](uri)).get_default_database()
        raw = bson.CodecOptions(document_class=RawBSONDocument)
        for name in ("users", "agents", "transactions"):  # messages would make this MongoDB too slow
            file = Path(scratch) / "dump" / "LibreChat" / f"{name}.bson"
            insert(database, name, bson.decode_all(file.read_bytes(), raw))
        print(f"the MongoDB holds {arriving:,} rows")
        server = stack.enter_context(serve(folder / "data", MONGO_URI=uri, STORE_MEMORY_LIMIT="256MB"))
        done = threading.Event()
        chatting = threading.Thread(target=chat, args=(database, done))
        chatting.start()
        try:
            yield server.base_url, server.pid
        finally:
            done.set()
            chatting.join()


def fill(folder: Path, rows: int, now: datetime) -> None:
    """Import this many rows into a new store, none of the last day."""
    with tempfile.TemporaryDirectory() as scratch:
        write_sample(Path(scratch) / "dump", transactions=rows, seed=1, until=now - timedelta(days=1))
        store = Store(folder, memory_limit="256MB")
        import_dump(store, DumpSource(Path(scratch) / "dump"), now=now)
        store.close()
    print(f"imported {rows:,} rows")


def chat(database: Database[dict[str, Any]], done: threading.Event) -> None:
    """Write some transactions each second, as LibreChat does while people chat."""
    number = 0
    while not done.wait(1):
        number += 10
        now = datetime.now(UTC)
        database.transactions.insert_many([usage(now, number + offset) for offset in range(10)])


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--url")
    options.add_argument("--key", default=API_KEY)
    options.add_argument("--pid", type=int, help="the id of the server's process, to measure its memory")
    options.add_argument("--seconds", type=float, default=60.0)
    options.add_argument("--rows", type=int, default=1_000_000)
    options.add_argument("--arriving", type=int, default=200_000)
    options.add_argument("--data", type=Path)
    given = options.parse_args()
    with ExitStack() as stack:
        url, pid = given.url, given.pid
        if url is None:
            folder = given.data or Path(stack.enter_context(tempfile.TemporaryDirectory()))
            url, pid = stack.enter_context(own_server(folder, given.rows, given.arriving))
        faults = measure(Load(url, given.key, given.seconds), pid)
    print("\n".join(faults) or "passed")
    sys.exit(bool(faults))


def measure(load: Load, pid: int | None) -> list[str]:
    """Run the load, sample the server while it runs, and print the results; returns what went wrong."""
    running = threading.Thread(target=load.run)
    running.start()
    samples: list[Sample] = []
    read_at = None
    print("  seconds  source     CPU s    MB  threads  files")
    for number in range(SAMPLES):
        time.sleep(max(0.0, load.end - load.seconds * (1 - (number + 1) / SAMPLES) - time.monotonic()))
        source = load.source_status()
        if source != "importing" and read_at is None:
            read_at = time.monotonic()
        if pid is not None:
            samples.append(last := sample(pid))
            elapsed = load.seconds * (number + 1) / SAMPLES
            used = f"{last.cpu_seconds:6.1f} {last.megabytes:5.0f} {last.threads:8} {last.files:6}"
            print(f"{elapsed:9.0f}  {source:9} {used}")
    running.join()
    read_at = read_at or load.end
    faults = [f"status {status}" for status in load.statuses if status != "200"]
    print(f"{len(load.taken):,} requests in {load.seconds:.0f} s: {dict(load.statuses)}")
    for name, taken in (
        ("while history is read", sorted(took for at, took in load.taken if at < read_at)),
        ("after", sorted(took for at, took in load.taken if at >= read_at)),
    ):
        if taken:
            part = {p: taken[min(len(taken) - 1, int(p * len(taken)))] for p in (0.5, 0.9, 0.99, 1.0)}
            shown = ", ".join(f"p{100 * p:g} {1000 * took:.0f} ms" for p, took in part.items())
            print(f"{name}: {len(taken):,} answers, {shown}")
            faults += [f"{name} p99 is {part[0.99]:.2f} s"] if part[0.99] > LARGEST_P99_SECONDS else []
    if samples:
        for measure_name, before, after in growth(samples):
            print(f"{measure_name}: {before:.0f} in the second third, {after:.0f} in the last")
            grows = load.seconds >= SOAK_SECONDS and after > before * (1 + LARGEST_GROWTH)
            faults += [f"{measure_name} grow"] if grows else []
    return faults


if __name__ == "__main__":
    main()
