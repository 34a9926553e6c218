"""Two ways to import a dump, rows together in SQL and each row alone in Python, leave the same store."""

from __future__ import annotations

import gzip
import random
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings

from librechat_analytics.librechat import pieces
from librechat_analytics.librechat.dump import DumpSource
from librechat_analytics.librechat.sample.writer import write_sample
from librechat_analytics.store.store import Store
from librechat_analytics.sync import dump_agents, imports
from librechat_analytics.sync.imports import import_dump
from tests.support.documents import NOON, example_collections, write_dump
from tests.support.examples import examples
from tests.support.hostile import hostile_collections
from tests.support.ledgers import NOW, ledgers
from tests.support.same_stores import differences

if TYPE_CHECKING:
    from datetime import datetime

    from tests.support.oracle import Ledger

SAMPLE_ROWS = 600


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    write_sample(folder, transactions=SAMPLE_ROWS, seed=5, until=NOON)
    return folder / "LibreChat"


def assert_both_ways_agree(*dumps: Path, now: datetime = NOON) -> None:
    """Import dumps one after the other, both ways, and compare what is then in the stores."""
    with TemporaryDirectory() as folder:
        ways = [Path(folder) / name for name in ("together", "alone")]
        for way, all_one_by_one in zip(ways, (False, True), strict=True):
            with closing(Store(way, threads=1)) as store:
                for dump in dumps:
                    import_dump(store, DumpSource(dump), now=now, merge=True, all_one_by_one=all_one_by_one)
        assert differences(*ways) == []


def changed(folder: Path, copy: Path, *, keep: float = 1.0, flips: int = 0, packed: bool = False) -> Path:
    """Copy a dump: cut its files off, flip bytes, compress it."""
    copy.mkdir()
    chance = random.Random(7)
    for path in folder.glob("*.bson"):
        data = bytearray(path.read_bytes())
        if path.stem in ("transactions", "messages", "conversations"):
            del data[int(keep * len(data)) :]
            for _ in range(min(flips, len(data))):
                data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        content = gzip.compress(bytes(data)) if packed else bytes(data)
        (copy / (f"{path.name}.gz" if packed else path.name)).write_bytes(content)
    return copy


def test_a_sample(sample: Path) -> None:
    assert_both_ways_agree(sample)


def test_a_sample_in_small_batches(sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "ROWS_AT_ONCE", 150)
    monkeypatch.setattr(pieces, "PIECE_BYTES", 20_000)
    monkeypatch.setattr(dump_agents, "DOCUMENTS_AT_ONCE", 50)
    assert_both_ways_agree(sample)


def test_a_part_of_a_sample_and_then_the_whole(sample: Path, tmp_path: Path) -> None:
    assert_both_ways_agree(changed(sample, tmp_path / "half", keep=0.5), sample)


def test_a_compressed_sample(sample: Path, tmp_path: Path) -> None:
    assert_both_ways_agree(changed(sample, tmp_path / "packed", packed=True))


def test_a_sample_with_flipped_bits(sample: Path, tmp_path: Path) -> None:
    assert_both_ways_agree(changed(sample, tmp_path / "flipped", flips=60))


def test_rows_that_a_dump_has_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "ROWS_AT_ONCE", 1)  # as many as a piece holds
    monkeypatch.setattr(pieces, "PIECE_BYTES", 3000)
    examples = example_collections()
    dump = write_dump(tmp_path / "dump", **examples | {"transactions": 2 * examples["transactions"]})
    assert_both_ways_agree(dump)
    with closing(Store(tmp_path / "store")) as store:
        import_dump(store, DumpSource(dump), now=NOON)
        assert store.count_unattributed() == 0


def test_the_examples_of_each_era(tmp_path: Path) -> None:
    assert_both_ways_agree(write_dump(tmp_path / "dump", **example_collections()))


def test_names_that_are_meant_to_do_harm(tmp_path: Path) -> None:
    assert_both_ways_agree(write_dump(tmp_path / "dump", **hostile_collections(NOON)))


@settings(max_examples=examples(3))
@given(ledgers(), ledgers())
def test_any_ledger_and_then_another_one(first: Ledger, second: Ledger) -> None:
    with TemporaryDirectory() as folder:
        dumps = [Path(folder) / name for name in ("first", "second")]
        for dump, ledger in zip(dumps, (first, second), strict=True):
            ledger.write(dump)
        assert_both_ways_agree(*dumps, now=NOW)
