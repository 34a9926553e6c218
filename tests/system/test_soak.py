"""A short soak (bench/load.py has the long one): whatever is asked, memory, threads and open files stay."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bench.load import Load, Look, look_at, settled

from tests.support.documents import usage, usages
from tests.support.servers import API_KEY, serve

if TYPE_CHECKING:
    from pathlib import Path

    from pymongo.database import Database

SECONDS = 15.0
LARGEST_GROWTH = {"megabytes": 10.0, "threads": 0, "files": 0}
"""Without a cause memory grew by 4 megabytes at most; if 100 kB of each answer are kept, by 16 and more."""


def test_nothing_grows_while_pages_and_programs_ask_and_rows_arrive(
    mongo_database: Database[dict[str, Any]], mongo_uri: str, tmp_path: Path
) -> None:
    mongo_database.transactions.insert_many(usages(2000, until=datetime.now(UTC)))
    looks: list[Look] = []
    # With several arenas the allocator's memory comes and goes by more than a leak in a quarter of a minute.
    with serve(tmp_path, MONGO_URI=mongo_uri, SYNC_SECONDS="1", MALLOC_ARENA_MAX="1") as server:
        load = Load(
            server.base_url,
            API_KEY,
            SECONDS,
            dashboards=4,
            dashboard_seconds=0.0,
            clients=4,
            client_seconds=0.0,
        )
        asking = threading.Thread(target=load.run)
        asking.start()
        while time.monotonic() < load.end - 0.5:
            if len(looks) % 15 == 0:
                mongo_database.transactions.insert_one(usage(datetime.now(UTC), len(looks)))
            looks.append(look_at(server.pid))
            time.sleep(0.2)
        asking.join()
        time.sleep(1)
        looks.append(look_at(server.pid))  # when nobody's connection is open any more
    assert set(load.statuses) == {"200"}
    assert len(load.taken) > 200
    for what, before, after in settled(looks):
        assert after <= before + LARGEST_GROWTH[what], what
