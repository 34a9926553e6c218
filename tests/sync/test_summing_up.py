"""When rows are summed up: an hour after they were written, by a sync, an import or the next start."""

from __future__ import annotations

import logging
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from librechat_analytics.librechat.dump import DumpSource
from librechat_analytics.store.store import Store
from librechat_analytics.sync import summing_up
from librechat_analytics.sync.imports import import_dump
from librechat_analytics.sync.summing_up import sum_up_stored
from tests.store.test_cells import summed_until
from tests.store.test_store import write
from tests.support.documents import NOON, usage, usages, write_dump
from tests.support.in_memory import Clock, LibreChat
from tests.support.syncing import syncer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOUR = timedelta(hours=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(Store(tmp_path / "data")) as store:
        yield store


def test_a_sync_sums_up_rows_that_are_an_hour_old(store: Store) -> None:
    clock = Clock()
    source = LibreChat(transactions=usages(8, every=timedelta(minutes=15)))
    syncer(store, source, clock).run_once()
    assert summed_until(store) == clock() - HOUR


def test_a_sync_sums_up_once_an_hour(store: Store) -> None:
    clock = Clock()
    summing = summing_up.SummingUp(store, clock, lambda: False)
    write(store, *usages(20, every=timedelta(minutes=15)))
    summing.run_if_due()
    first = summed_until(store)
    clock.now += HOUR / 2
    summing.run_if_due()
    assert summed_until(store) == first
    clock.now += HOUR / 2
    summing.run_if_due()
    assert summed_until(store) == first + HOUR
    clock.now -= 2 * HOUR
    summing.run_if_due()
    assert summed_until(store) == first + HOUR, "a clock that was set back takes nothing back"


def test_an_import_sums_up_all_but_the_last_hour(store: Store, tmp_path: Path) -> None:
    dump = write_dump(tmp_path / "dump", transactions=usages(8, every=timedelta(minutes=15)))
    import_dump(store, DumpSource(dump), now=NOON)
    assert summed_until(store) == NOON - HOUR


def test_a_store_is_summed_up_when_it_is_opened(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    write(store, *usages(8, every=timedelta(minutes=15)))
    sum_up_stored(store, NOON)
    assert summed_until(store) == NOON - HOUR
    assert caplog.messages == []
    monkeypatch.setattr(summing_up, "MANY_ROWS", 4)
    sum_up_stored(store, NOON + HOUR)
    (message,) = caplog.messages
    assert message.startswith("Summed up 4 rows in ")


def test_a_history_that_is_still_read_is_not_summed_up_yet(store: Store) -> None:
    row = usage()
    write(store, row, oldest_id=str(row["_id"]))
    sum_up_stored(store, NOON + 2 * HOUR)
    assert summed_until(store) is None
    store.write_state(history_complete=True)
    sum_up_stored(store, NOON + 2 * HOUR)
    assert summed_until(store) == NOON + HOUR / 4
