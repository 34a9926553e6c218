"""Makes a large store that looks like a real ledger, from one imported sample.

The sample is imported like any dump. The large store contains it many times. Each copy has its own users and
conversations, and each conversation begins in another week and minute than in the sample. The rows of a
conversation stay as far apart as they were, at the same hours of the same days of the week. Copies begin one
after another and every fifth ends early, so users come and go, and usage grows. Amounts do not change, so
every sum is the sum of the sample times the number of copies.
"""

from __future__ import annotations

import tempfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from librechat_analytics.librechat.dump import DumpSource
from librechat_analytics.librechat.sample.eras import SPAN_DAYS
from librechat_analytics.librechat.sample.writer import write_sample
from librechat_analytics.store.store import FILE_NAME, Store
from librechat_analytics.sync.imports import import_dump
from librechat_analytics.sync.summing_up import SUMMED_UP_AFTER

if TYPE_CHECKING:
    import duckdb

UNTIL = datetime(2026, 11, 24, 14, 30, tzinfo=UTC)
"""No row is younger. It never changes, so a store that was made long ago still has rows in every period."""

SAMPLE_ROWS = 200_000
COPIES_OF_A_PIECE = 5
"""A commit writes about as many rows as this many copies have, so that memory has a bound."""

WEEKS = SPAN_DAYS // 7
LATEST_FIRST_WEEK = 20
"""The last copy begins this many weeks after the first."""

EARLY_LAST_WEEK = 45
"""Every fifth copy ends in this week."""

LABELS = ("groups", "agents", "agent_versions", "models", "contexts", "providers", "tenants", "refused")
"""Tables that all copies share."""

COPY_USERS = """
INSERT INTO users
SELECT users.* REPLACE (
    key + copy * $users AS key, left(md5(id || copy), 24) AS id,
    replace(email, '@', '.' || copy || '@') AS email
)
FROM sample.users CROSS JOIN range($copies) AS copies (copy)
"""
COPY_CONVERSATIONS = """
INSERT INTO conversations
SELECT conversations.* REPLACE (
    key + copy * $conversations AS key, md5(id || copy)::UUID::VARCHAR AS id,
    root_key + copy * $conversations AS root_key
)
FROM sample.conversations CROSS JOIN range($copies) AS copies (copy)
"""
COPY_OF_USERS = """
INSERT INTO {table}
SELECT {table}.* REPLACE (user_key + copy * $users AS user_key)
FROM sample.{table} CROSS JOIN range($copies) AS copies (copy)
"""
COPY_STATE = """
UPDATE sync_state
SET
    memberships_since = held.memberships_since, domains_since = held.domains_since,
    roles_since = held.roles_since, agents_as_of = held.agents_as_of
FROM sample.sync_state AS held
"""
COPY_ROWS = Path(__file__).with_name("copy_rows.sql").read_text("utf-8")


def long_store(folder: Path, *, rows: int, sample_rows: int = SAMPLE_ROWS) -> Store:
    """Open the store of about ``rows`` rows in a folder, and make it first if it is not there.

    It has a whole number of copies of a sample of ``sample_rows`` rows, at least one.
    """
    if not (folder / FILE_NAME).exists():
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as temporary:
            copies = max(1, round(rows / sample_rows))
            _import_sample(Path(temporary), rows=min(rows, sample_rows))
            with closing(Store(Path(temporary) / "whole")) as store:
                _fill(store, Path(temporary) / "sample" / FILE_NAME, copies)
            (Path(temporary) / "whole" / FILE_NAME).replace(folder / FILE_NAME)
    return Store(folder)


def _import_sample(folder: Path, *, rows: int) -> None:
    write_sample(folder / "dump", transactions=rows, seed=1, until=UNTIL)
    with closing(Store(folder / "sample")) as store:
        import_dump(store, DumpSource(folder / "dump"), now=UNTIL)


def _fill(store: Store, sample: Path, copies: int) -> None:
    """Copy a sample into an empty store, in order of time."""
    with store.committing() as cursor:
        cursor.execute(f"ATTACH '{sample.as_posix()}' AS sample (READ_ONLY)")
        keys = {
            "copies": copies,
            "users": _highest_key(cursor, "users"),
            "conversations": _highest_key(cursor, "conversations"),
        }
        of_users = {name: keys[name] for name in ("copies", "users")}
        for table in LABELS:
            cursor.execute(f"INSERT INTO {table} FROM sample.{table}")
        cursor.execute(COPY_USERS, of_users)
        cursor.execute(COPY_CONVERSATIONS, {name: keys[name] for name in ("copies", "conversations")})
        for table in ("memberships", "user_traits"):
            cursor.execute(COPY_OF_USERS.format(table=table), of_users)
        cursor.execute(COPY_STATE)
    began, until = int((UNTIL - timedelta(weeks=WEEKS)).timestamp()), int(UNTIL.timestamp())
    pieces = max(1, copies // COPIES_OF_A_PIECE)
    edges = [0, *(began + (until - began) * piece // pieces for piece in range(1, pieces + 1))]
    weeks = {"weeks": WEEKS, "latest_first_week": LATEST_FIRST_WEEK, "early_last_week": EARLY_LAST_WEEK}
    for start, end in pairwise(edges):
        span = {"began": began, "until": until, "start": start, "end": end}
        with store.committing() as cursor:
            cursor.execute(COPY_ROWS, keys | span | weeks)
    store.write_state(as_of=UNTIL.replace(tzinfo=None), last_sync=UNTIL.replace(tzinfo=None))
    store.sum_up(UNTIL - SUMMED_UP_AFTER)
    store.checkpoint()


def _highest_key(cursor: duckdb.DuckDBPyConnection, table: str) -> int:
    ((highest,),) = cursor.execute(f"SELECT max(key) FROM sample.{table}").fetchall()
    return int(highest)
