"""The sample database: its files, its size and its ids."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from librechat_analytics.librechat.sample.writer import write_sample
from tests.support.examples import examples
from tests.support.sample_database import COLLECTIONS, COUNT, UNTIL, Sample, created, read

if TYPE_CHECKING:
    from pathlib import Path


class TestFiles:
    def test_every_collection_is_counted_as_it_was_written(self, sample: Sample) -> None:
        assert asdict(sample.counts) == {name: len(getattr(sample, name)) for name in COLLECTIONS}

    def test_metadata_names_the_collection_and_its_indexes(self, sample: Sample) -> None:
        for name in COLLECTIONS:
            metadata = json.loads((sample.folder / "LibreChat" / f"{name}.metadata.json").read_text())
            assert metadata["collectionName"] == name
            assert metadata["indexes"][0]["name"] == "_id_"
            assert len(metadata["uuid"]) == 32

    def test_transactions_have_no_index_on_their_date(self, sample: Sample) -> None:
        metadata = json.loads((sample.folder / "LibreChat" / "transactions.metadata.json").read_text())
        assert [*metadata["indexes"][1]["key"]] == ["user"]
        assert "createdAt_1" not in {index["name"] for index in metadata["indexes"]}

    def test_the_same_arguments_give_the_same_bytes(self, tmp_path: Path) -> None:
        for folder in ("first", "second"):
            write_sample(tmp_path / folder, transactions=2_500, seed=3, until=UNTIL)
        first, second = (
            {path.name: path.read_bytes() for path in (tmp_path / folder / "LibreChat").iterdir()}
            for folder in ("first", "second")
        )
        assert len(first) == 2 * len(COLLECTIONS)
        assert first == second

    def test_another_seed_gives_another_database(self, tmp_path: Path) -> None:
        for seed in (3, 4):
            write_sample(tmp_path / str(seed), transactions=100, seed=seed, until=UNTIL)
        assert read(tmp_path / "3", "transactions") != read(tmp_path / "4", "transactions")

    def test_writing_again_replaces_the_files(self, tmp_path: Path) -> None:
        write_sample(tmp_path, transactions=300, seed=3, until=UNTIL)
        write_sample(tmp_path, transactions=20, seed=3, until=UNTIL)
        assert len(read(tmp_path, "transactions")) == 20

    def test_the_database_name_is_the_folder_name(self, tmp_path: Path) -> None:
        write_sample(tmp_path, transactions=20, seed=3, until=UNTIL, database="chat")
        assert len(read(tmp_path, "transactions", "chat")) == 20

    def test_progress_rises_to_the_number_of_transactions(self, tmp_path: Path) -> None:
        seen: list[int] = []
        write_sample(tmp_path, transactions=2_000, seed=3, until=UNTIL, progress=seen.append)
        assert seen == sorted(seen)
        assert len(set(seen)) > 100
        assert seen[-1] == 2_000


class TestSize:
    @settings(max_examples=examples(10))
    @given(
        transactions=st.integers(0, 120) | st.integers(990, 1_010),
        seed=st.integers(0, 1_000),
        until=st.integers(1_700_000_000, 1_800_000_000).map(lambda s: datetime.fromtimestamp(s, UTC)),
    )
    def test_exactly_so_many_transactions_none_younger_than_the_end(
        self, tmp_path_factory: pytest.TempPathFactory, transactions: int, seed: int, until: datetime
    ) -> None:
        folder = tmp_path_factory.mktemp("size")
        counts = write_sample(folder, transactions=transactions, seed=seed, until=until)
        rows = read(folder, "transactions")
        assert len(rows) == counts.transactions == transactions
        assert all(document["createdAt"] <= until for document in read(folder, "messages"))
        assert all(created(row) <= until for row in rows)

    def test_users_grow_with_the_transactions(self, sample: Sample, tmp_path: Path) -> None:
        write_sample(tmp_path, transactions=10, seed=7, until=UNTIL)
        everybody = {row["user"] for row in sample.transactions} | {user["_id"] for user in sample.users}
        assert len(everybody) == 50
        assert len(read(tmp_path, "users")) == 7

    def test_a_negative_number_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(ValueError, match="negative"):
            write_sample(tmp_path, transactions=-1, seed=3, until=UNTIL)

    def test_an_end_without_timezone_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(ValueError, match="timezone"):
            write_sample(tmp_path, transactions=1, seed=3, until=UNTIL.replace(tzinfo=None))


class TestIds:
    def test_transactions_lie_in_the_order_of_their_unique_ids(self, sample: Sample) -> None:
        ids = [row["_id"] for row in sample.transactions]
        assert ids == sorted(set(ids))

    def test_ids_are_as_old_as_their_rows_or_one_second_older(self, sample: Sample) -> None:
        seconds = Counter(
            int(row["createdAt"].timestamp()) - int(row["_id"].generation_time.timestamp())
            for row in sample.transactions
            if "createdAt" in row
        )
        assert set(seconds) == {0, 1}
        assert seconds[1] < COUNT / 100

    def test_every_collection_has_unique_ids(self, sample: Sample) -> None:
        for name in COLLECTIONS:
            ids = [document["_id"] for document in getattr(sample, name)]
            assert len(ids) == len(set(ids))

    def test_updated_at_equals_created_at(self, sample: Sample) -> None:
        assert all(row.get("updatedAt") == row.get("createdAt") for row in sample.transactions)
