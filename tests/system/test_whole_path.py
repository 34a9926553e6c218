"""From thousands of documents in MongoDB to the figures over HTTP, with the program as operators run it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import uuid4

import bson
import pytest
from bson.raw_bson import RawBSONDocument
from pymongo import MongoClient

from librechat_analytics.librechat.sample.writer import write_sample
from tests.support.agreement import assert_answers_agree
from tests.support.oracle import COLLECTIONS, DECODED, ENDPOINTS, Ledger, Oracle
from tests.support.served import (
    ids_of,
    insert,
    over_http,
    rows_held,
    rows_in,
    status_of,
    summary,
)
from tests.support.servers import PROGRAM, Running, program_environment, serve, started
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.support.agreement import Answer, Ask

Document = dict[str, Any]
Body = dict[str, Any]

COUNT = 1_200
PERIODS = ("24h", "30d", "90d", "12m", "this-month", "last-month", "this-year", "all")


# Two batches into the first read it waits to be killed, however fast the machine is.
STOPS_AFTER_TWO_BATCHES = """
from itertools import count
from threading import Event
from librechat_analytics.cli.main import main
from librechat_analytics.store.store import Store
from librechat_analytics.librechat import ledger

ledger.BATCH_DOCUMENTS = 250
batches, write_batch = count(1), Store.write_batch

def stop_after_two(*given, **named):
    written = write_batch(*given, **named)
    if next(batches) == 2:
        Event().wait()
    return written

Store.write_batch = stop_after_two
main()
"""


def assert_server_agrees(ask: Ask, oracle: Oracle, parameters: Mapping[str, str]) -> None:
    """Compare the server's answers with the oracle's, each as of the moment in which it was given."""
    for endpoint in ENDPOINTS:
        given = ask(endpoint, parameters)
        assert_answers_agree(always(given), oracle, moment_of(given[1]), parameters, endpoints=(endpoint,))


def always(given: Answer) -> Ask:
    return lambda *_: given


def moment_of(body: Body) -> datetime:
    """The present that an answer was given in: where its period ends, if that still runs."""
    if body["period"]["name"] in ("yesterday", "last-month"):
        return datetime.now(UTC)
    return datetime.fromisoformat(body["period"]["end"])


@dataclass(frozen=True, slots=True)
class SampleDatabase:
    """A sample of LibreChat's database, in MongoDB and as a dump, and what is right about it."""

    uri: str
    dump: Path
    ledger: Ledger
    oracle: Oracle


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory, mongo_server: str) -> Iterator[SampleDatabase]:
    folder = tmp_path_factory.mktemp("sample")
    until = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=1)
    write_sample(folder / "dump", transactions=COUNT, seed=5, until=until)
    dump = folder / "dump" / "LibreChat"
    delete_most_chats(dump)
    uri = urlsplit(mongo_server)._replace(path=f"/LibreChat-{uuid4().hex}").geturl()
    with MongoClient[Document](uri) as client:
        database = client.get_default_database()
        for name in COLLECTIONS:
            raw = bson.CodecOptions(document_class=RawBSONDocument)
            insert(database, name, bson.decode_all((dump / f"{name}.bson").read_bytes(), raw))
        ledger = Ledger.of_dump(dump)
        yield SampleDatabase(uri, dump, ledger, Oracle(ledger))
        client.drop_database(database.name)


def delete_most_chats(dump: Path) -> None:
    """Leave one conversation in four, as tidy users do: the test server scans all for each look-up."""
    for name in ("messages", "conversations"):
        path = dump / f"{name}.bson"
        documents = bson.decode_all(path.read_bytes(), DECODED)
        kept = [document for document in documents if document["conversationId"][0] in "0123"]
        path.write_bytes(b"".join(bson.encode(document) for document in kept))


@pytest.fixture(scope="module")
def server(sample: SampleDatabase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server that has read the database; it was killed in the middle of its first read."""
    data_dir = tmp_path_factory.mktemp("store")
    settings = {"MONGO_URI": sample.uri, "SYNC_SECONDS": "30"}
    command = (sys.executable, "-c", STOPS_AFTER_TWO_BATCHES, "serve")
    with serve(data_dir, command=command, **settings) as server:
        ask = over_http(server)
        wait_until(lambda: rows_held(ask) > 0)
        body = summary(ask)
        assert body["source"]["status"] == "importing"
        assert 0 < body["source"]["progress"] < 1
        assert body["calls"] < sum(row.is_prompt for row in sample.oracle.rows)
        server.kill()
    with serve(data_dir, start=started, **settings) as server:
        ask = over_http(server)
        wait_until(lambda: status_of(ask) == "ok")
        wait_until_agents_are_known(ask, sample.oracle)
        yield server
    assert rows_in(data_dir) == ids_of(sample.ledger.transactions)


class TestFromMongoDBToTheAnswer:
    @pytest.mark.parametrize("period", PERIODS)
    def test_every_figure_is_the_sum_over_the_documents(
        self, sample: SampleDatabase, server: Running, period: str
    ) -> None:
        assert_server_agrees(
            over_http(server), sample.oracle, {"period": period, "limit": "1000", "tz": "Europe/Berlin"}
        )

    def test_an_import_without_mongodb_gives_exactly_the_same_figures(
        self, sample: SampleDatabase, tmp_path: Path
    ) -> None:
        imported = subprocess.run(
            [str(PROGRAM), "import", str(sample.dump)],
            cwd=tmp_path,
            env=program_environment(tmp_path, DASHBOARD_API_KEY=""),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert imported.returncode == 0, imported.stderr
        with serve(tmp_path, TZ="America/New_York") as server:  # the machine's own zone decides nothing
            ask = over_http(server)
            body = summary(ask)
            assert body["source"]["status"] == "offline"
            assert body["source"]["progress"] is None
            newest = sample.oracle.newest_date(datetime.now(UTC))
            assert newest is not None
            assert datetime.fromisoformat(body["asOf"]) == newest
            for period in ("30d", "this-year", "all"):
                assert_server_agrees(ask, sample.oracle, {"period": period, "limit": "1000"})
        assert rows_in(tmp_path) == ids_of(sample.ledger.transactions)


def wait_until_agents_are_known(ask: Ask, oracle: Oracle) -> None:
    """Agents are found after the money is in."""
    unknown = sum(row.certainty == "unknown" and row.is_prompt for row in oracle.rows)
    wait_until(lambda: ask("top-agents", {"period": "all"})[1]["unknown"]["calls"] <= unknown)
