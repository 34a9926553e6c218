"""The program behind nginx, as the browser tests meet it."""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from bson import ObjectId

from tests.support.documents import usage
from tests.support.imports import fill_store
from tests.support.servers import API_KEY, SERVE, forked, free_port, nginx_in_front, serve
from tests.support.waiting import PATIENCE_SECONDS, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pymongo.database import Database


ZONE = "Europe/Berlin"
PEOPLE = (
    (ObjectId("65010c00c2d3e4f501020304"), "Ana Kovač"),
    (ObjectId("670a11bbccddeeff00112233"), "Bob Ó Briain"),
    (ObjectId("66aa00112233445566778899"), "田中 恵"),
)


@dataclass
class Site:
    """The program behind nginx: it can go away and come back at the same address, with other settings."""

    data_dir: Path
    settings: dict[str, str]
    port: int = field(default_factory=free_port)
    url: str = ""
    _running: ExitStack = field(default_factory=ExitStack)

    def start(self, **changes: str) -> None:
        self._running.enter_context(
            serve(
                self.data_dir,
                command=SERVE,
                start=forked,
                **{**self.settings, "PORT": str(self.port), **changes},
            )
        )

    def stop(self) -> None:
        self._running.close()

    def ask(self, endpoint: str, **parameters: str) -> dict[str, Any]:
        """What the API answers to a program; lists whole, in the readers' zone."""
        query = {"tz": ZONE, **parameters}
        if endpoint not in ("summary", "usage-over-time"):
            query["limit"] = "1000"
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        try:
            connection.request("GET", f"/api/{endpoint}?{urlencode(query)}", headers={"x-api-key": API_KEY})
            response = connection.getresponse()
            body: dict[str, Any] = json.loads(response.read())
        finally:
            connection.close()
        assert response.status == 200, body
        return body


def imported_site(folder: Path, **settings: str) -> Iterator[Site]:
    fill_store(folder, now=datetime.now(UTC))
    yield from served_site(Site(folder / "data", settings))


def served_site(site: Site) -> Iterator[Site]:
    with nginx_in_front(site.port) as librechat_url:
        site.url = f"{librechat_url}/librechat-analytics/"
        site.start()
        try:
            yield site
        finally:
            site.stop()


@dataclass
class Ledger:
    """LibreChat at work: transactions that come in while somebody looks."""

    database: Database[dict[str, Any]]
    site: Site

    def spend(self, *, usd: int) -> None:
        """Let Ana spend that much now, and wait until the program knows."""
        before = self.site.ask("summary", period="all")["calls"]
        now = datetime.now(UTC)
        document = usage(now, user=PEOPLE[0][0], rawAmount=-1000, tokenValue=-usd * 1_000_000)
        self.database.transactions.insert_one(document | {"_id": ObjectId()})
        wait_until(lambda: self.site.ask("summary", period="all")["calls"] > before)
