"""Cells, models that ran and marks of pairs follow from the rows, whatever is written in which order."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from librechat_analytics.librechat.transactions import read_transaction
from librechat_analytics.store import cells
from librechat_analytics.store import store as store_module
from librechat_analytics.store.store import Store
from librechat_analytics.sync.frames import ledger_table, refusal_frame
from tests.support.derived import assert_derived_is_right
from tests.support.documents import NOON, usage, usages
from tests.support.examples import examples
from tests.support.store_writers import NOW, Writers

if TYPE_CHECKING:
    from random import Random

    import pytest


@settings(max_examples=examples(2), phases=[Phase.generate])
@given(random=st.randoms(use_true_random=True))
def test_everything_derived_is_right_after_each_writer(random: Random) -> None:
    with TemporaryDirectory() as folder:
        writers = Writers(Path(folder), random)
        for _ in range(30):
            writers.step()
            with writers.store.reading() as cursor:
                assert_derived_is_right(cursor)
        writers.store.close()


def summed_until(store: Store) -> datetime | None:
    """The time before which all rows are in cells, if there are any cells."""
    with store.reading() as cursor:
        ((slot,),) = cursor.execute("SELECT summed_until FROM sync_state").fetchall()
    return None if slot is None else datetime.fromtimestamp(slot * 900, UTC)


class TestSummingUp:
    def store(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
        """Twelve rows in twelve slots, which are summed up five at a time."""
        monkeypatch.setattr(store_module, "ROWS_IN_A_CHUNK", 5)
        store = Store(folder)
        rows = [read_transaction(each) for each in usages(12, every=timedelta(minutes=15))]
        store.write_batch(ledger_table(rows), refusal_frame(rows), {}, now=NOW)
        return store

    def test_each_chunk_is_a_commit_of_its_own(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        with closing(self.store(tmp_path, monkeypatch)) as store:
            before = store.version
            assert store.sum_up(NOON + timedelta(hours=1)) == 12
            assert store.version == before + 3
            assert summed_until(store) == NOON + timedelta(minutes=15)
            with store.reading() as cursor:
                assert_derived_is_right(cursor)
            assert store.sum_up(NOON + timedelta(hours=2)) == 0

    def test_it_goes_on_where_it_was_stopped(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        with closing(self.store(tmp_path, monkeypatch)) as store:
            stops = iter([False, True])
            assert store.sum_up(NOON, is_stopped=lambda: next(stops)) == 5
            with store.reading() as cursor:
                assert_derived_is_right(cursor)
            assert store.sum_up(NOON) == 6

    def test_rows_that_another_thread_writes_meanwhile_are_summed_up_too(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with closing(self.store(tmp_path, monkeypatch)) as store:

            def write_old_row() -> bool:
                old = [read_transaction(usage(at=NOON - timedelta(days=1), number=1))]
                store.write_batch(ledger_table(old), refusal_frame(old), {}, now=NOW)
                return False

            store.sum_up(NOON + timedelta(hours=1), is_stopped=write_old_row)
            with store.reading() as cursor:
                assert_derived_is_right(cursor)

    def test_slots_without_rows_are_not_summed_up_in_advance(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with closing(self.store(tmp_path, monkeypatch)) as store:
            assert store.sum_up(NOON + timedelta(days=365)) == 12
            assert summed_until(store) == NOON + timedelta(minutes=15)

    def test_cells_are_forgotten_when_very_many_of_them_change(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with closing(self.store(tmp_path, monkeypatch)) as store:
            store.sum_up(NOON + timedelta(hours=1))
            monkeypatch.setattr(cells, "MOST_CHANGES", 3)
            for number, count, forgotten in ((100, 3, False), (200, 4, True)):
                late = [usage(NOON - timedelta(hours=back), number=number + back) for back in range(count)]
                rows = [read_transaction(each) for each in late]
                store.write_batch(ledger_table(rows), refusal_frame(rows), {}, now=NOW)
                assert (summed_until(store) is None) is forgotten
                with store.reading() as cursor:
                    assert_derived_is_right(cursor)

    def test_a_slot_that_is_not_over_stays_in_rows(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with closing(self.store(tmp_path, monkeypatch)) as store:
            assert store.sum_up(NOON + timedelta(minutes=14)) == 11
            assert summed_until(store) == NOON
            assert store.sum_up(NOON + timedelta(minutes=15)) == 1
