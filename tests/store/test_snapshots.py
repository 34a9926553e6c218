"""A snapshot: all queries of an answer see one state of the store, whatever is committed in between."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from librechat_analytics.librechat.transactions import read_transaction
from librechat_analytics.store.store import Store, StoreError
from librechat_analytics.sync.frames import ledger_table, refusal_frame
from tests.support.documents import NOON, usage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from librechat_analytics.store.interface import Ledger, Snapshot

COUNT = "SELECT count(*) AS held FROM transactions"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path)
    yield store
    store.close()


def add(store: Ledger, number: int) -> None:
    rows = [read_transaction(usage(number=number))]
    store.write_batch(ledger_table(rows), refusal_frame(rows), {}, now=NOON.replace(tzinfo=None))


def held(snapshot: Snapshot) -> int:
    (row,) = snapshot.rows(COUNT)
    return int(row["held"])


def test_a_commit_between_two_queries_is_not_seen(store: Store) -> None:
    add(store, 1)
    with store.snapshot() as snapshot:
        assert held(snapshot) == 1
        add(store, 2)
        assert held(snapshot) == 1
    with store.snapshot() as snapshot:
        assert held(snapshot) == 2


def test_that_holds_for_tables_that_were_not_read_before_the_commit(store: Store) -> None:
    with store.snapshot() as snapshot:
        snapshot.rows("SELECT as_of FROM sync_state")
        add(store, 1)
        assert held(snapshot) == 0


def test_two_snapshots_see_each_their_own_state(store: Store) -> None:
    with store.snapshot() as earlier:
        assert held(earlier) == 0
        add(store, 1)
        with store.snapshot() as later:
            assert (held(earlier), held(later)) == (0, 1)


def test_rows_have_their_columns_by_name(store: Store) -> None:
    with store.snapshot() as snapshot:
        assert snapshot.rows("SELECT $a + 1 AS b, [$a] AS list", {"a": 2}) == [{"b": 3, "list": [2]}]
        assert snapshot.rows("SELECT 1 AS a WHERE false") == []


def test_sums_beyond_64_bits_arrive_whole(store: Store) -> None:
    with store.snapshot() as snapshot:
        (row,) = snapshot.rows("SELECT sum($most::BIGINT) * 4 AS whole", {"most": 2**63 - 1})
    assert row["whole"] == 4 * (2**63 - 1)


def test_times_go_in_and_come_out_with_a_zone(store: Store) -> None:
    berlin = datetime(2026, 11, 24, 13, tzinfo=timezone(timedelta(hours=1)))
    with store.snapshot() as snapshot:
        (row,) = snapshot.rows("SELECT $at::TIMESTAMP AS at, NULL::TIMESTAMP AS never", {"at": berlin})
    assert row == {"at": NOON, "never": None}
    assert row["at"].tzinfo is UTC


def test_a_query_reads_its_frames_and_the_next_one_does_not(store: Store) -> None:
    frame = pd.DataFrame({"slot": [1, 2]})
    with store.snapshot() as snapshot:
        assert snapshot.rows("SELECT sum(slot) AS sum FROM slots", frames={"slots": frame}) == [{"sum": 3}]
        assert snapshot.rows("FROM duckdb_views() WHERE view_name = 'slots'") == []


def test_a_snapshot_cannot_write(store: Store) -> None:
    with pytest.raises(StoreError), store.snapshot() as snapshot:
        snapshot.rows("DELETE FROM transactions")
