"""Copies out of ClickHouse into a folder, a few rows at a time, so that it can be killed on the way.

Run as ``python -m tests.support.copying_process FOLDER``, with the address of the database in STORE_URL.
"""

from __future__ import annotations

import os
import sys
from contextlib import closing
from pathlib import Path

from librechat_analytics.store.clickhouse import restoring
from librechat_analytics.store.clickhouse.address import parse_store_url
from librechat_analytics.store.clickhouse.connection import Connection
from librechat_analytics.store.clickhouse.copying import copy_from
from librechat_analytics.store.store import Store

ROWS_IN_A_PART = 10


def say(what: str, done: int, rows: int) -> None:
    sys.stdout.write(f"{what} {done} {rows}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    restoring.ROWS_IN_A_PART = ROWS_IN_A_PART
    with (
        closing(Connection(parse_store_url(os.environ["STORE_URL"], None))) as connection,
        closing(Store(Path(sys.argv[1]), threads=1)) as store,
    ):
        copy_from(store, connection, say)
