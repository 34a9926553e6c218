"""A short soak (bench/load.py has the long one): whatever is asked, memory, threads and open files stay."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bench.load import Load, Look, look_at

from tests.documents import usage, usages
from tests.servers import API_KEY, serve

if TYPE_CHECKING:
    from pathlib import Path

    from pymongo.database import Database

SECONDS = 15.0
LARGEST_GROWTH_MEGABYTES = 10.0
"""A program that kept as little as 20 kB of each answer would grow by more."""


def test_nothing_grows_while_pages_and_programs_ask_and_rows_arrive(
    mongo_database: Database[dict[str, Any]], mongo_uri: str, tmp_path: Path
) -> None:
    mongo_database.transactions.insert_many(usages(2000, until=datetime.now(UTC)))
    looks: list[Look] = []
    with serve(tmp_path, MONGO_URI=mongo_uri, SYNC_SECONDS="1") as server:
        load = Load(
            server.base_url,
            API_KEY,
            SECONDS,
            dashboards=4,
            dashboard_seconds=0.02,
            clients=4,
            client_seconds=0.02,
        )
        asking = threading.Thread(target=load.run)
        asking.start()
        while time.monotonic() < load.end - 0.5:
            mongo_database.transactions.insert_one(usage(datetime.now(UTC), len(looks)))
            looks.append(look_at(server.pid))
            time.sleep(0.2)
        asking.join()
    assert set(load.statuses) == {"200"}
    assert len(load.taken) > 200
    # The first third fills caches; of each other one the least, for answers being made come and go.
    third = len(looks) // 3
    before, after = looks[third : 2 * third], looks[2 * third :]
    assert least(after, "megabytes") < least(before, "megabytes") + LARGEST_GROWTH_MEGABYTES
    assert least(after, "threads") <= least(before, "threads")
    assert least(after, "files") <= least(before, "files")


def least(looks: list[Look], what: str) -> float:
    return min(getattr(look, what) for look in looks)
