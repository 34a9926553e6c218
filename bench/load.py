"""How the program holds up: many open dashboards and API clients while history is still being read.

    .venv/bin/python -m bench.load URL KEY [SECONDS]

Two hundred dashboards ask once a minute for what the overview shows, fifty API clients each second for one
of the six answers, in turn. Printed: requests, errors, and how long answers took. The server's own address
is the only one that is asked; the program ends after SECONDS (default 60).
"""

from __future__ import annotations

import http.client
import random
import sys
import threading
import time
from collections import Counter
from urllib.parse import urlsplit

DASHBOARDS = 200
DASHBOARD_SECONDS = 60.0
CLIENTS = 50
CLIENT_SECONDS = 1.0
API = ("summary", "top-users", "top-models", "top-agents", "cost-breakdown", "usage-over-time")
OVERVIEW = API
PERIODS = ("24h", "7d", "30d", "90d", "this-month")


class Load:
    """Askers that share a clock, and what they met."""

    def __init__(self, url: str, key: str, seconds: float) -> None:
        self._address = urlsplit(url)
        self._key = key
        self._end = time.monotonic() + seconds
        self._lock = threading.Lock()
        self.statuses: Counter[str] = Counter()
        self.taken: list[float] = []

    def ask_every(self, seconds: float, paths: tuple[str, ...], seed: int) -> None:
        """Ask all paths, rest, and again, until the end."""
        chance = random.Random(seed)
        connection = http.client.HTTPConnection(self._address.hostname or "", self._address.port, timeout=30)
        time.sleep(chance.uniform(0, min(seconds, self._end - time.monotonic())))
        while time.monotonic() < self._end:
            begun = time.monotonic()
            period = chance.choice(PERIODS)
            for path in paths if seconds == DASHBOARD_SECONDS else (chance.choice(paths),):
                self._ask(connection, f"/api/{path}?period={period}")
            time.sleep(max(0.0, min(begun + seconds, self._end) - time.monotonic()))
        connection.close()

    def _ask(self, connection: http.client.HTTPConnection, path: str) -> None:
        begun = time.monotonic()
        try:
            connection.request("GET", path, headers={"x-api-key": self._key})
            response = connection.getresponse()
            response.read()
            status = str(response.status)
        except OSError as error:
            status = type(error).__name__
            connection.close()
        with self._lock:
            self.statuses[status] += 1
            self.taken.append(time.monotonic() - begun)


def main() -> None:
    url, key = sys.argv[1:3]
    seconds = float(sys.argv[3]) if len(sys.argv) > 3 else 60.0
    load = Load(url, key, seconds)
    threads = [
        threading.Thread(target=load.ask_every, args=(DASHBOARD_SECONDS, OVERVIEW, seed))
        for seed in range(DASHBOARDS)
    ]
    threads += [
        threading.Thread(target=load.ask_every, args=(CLIENT_SECONDS, API, 1000 + seed))
        for seed in range(CLIENTS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken = sorted(load.taken)
    print(f"{len(taken):,} requests in {seconds:.0f} s: {dict(load.statuses)}")
    for part in (0.5, 0.9, 0.99, 1.0):
        print(f"p{100 * part:g}: {1000 * taken[min(len(taken) - 1, int(part * len(taken)))]:.0f} ms")


if __name__ == "__main__":
    main()
