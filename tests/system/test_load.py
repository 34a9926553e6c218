"""Pages and programs send requests without a pause while rows arrive; bench/load.py does so for longer."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bench.load import Load, sample
from tests.support.documents import usage, usages
from tests.support.servers import API_KEY, Running, serve
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from pymongo.database import Database

ANSWERS = 150
STRAY = 10
"""How many threads and files may come and go with the pool's threads and the rows that are being read."""


def answers_within(server: Running, seconds: float) -> int:
    load = Load(
        server.base_url,
        API_KEY,
        seconds,
        dashboards=4,
        dashboard_seconds=0.0,
        clients=4,
        client_seconds=0.0,
    )
    load.run()
    assert set(load.statuses) == {"200"}
    return len(load.taken)


def test_each_answer_is_good_and_leaves_no_thread_and_no_file_behind(
    mongo_database: Database[dict[str, Any]], mongo_uri: str, tmp_path: Path
) -> None:
    mongo_database.transactions.insert_many(usages(500, until=datetime.now(UTC)))
    with serve(tmp_path, MONGO_URI=mongo_uri, SYNC_SECONDS="1") as server:
        answers_within(server, seconds=0.5)
        before = sample(server.pid)
        answered = 0
        while answered < ANSWERS:
            mongo_database.transactions.insert_one(usage(datetime.now(UTC), answered))
            answered += answers_within(server, seconds=0.5)

        def as_before() -> bool:
            now = sample(server.pid)
            return now.threads <= before.threads + STRAY and now.files <= before.files + STRAY

        wait_until(as_before, problem=lambda: f"{before} {sample(server.pid)}")
