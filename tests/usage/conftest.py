"""A small ledger that the tests of single questions share."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from librechat_analytics.librechat.dump import DumpSource
from librechat_analytics.librechat.sample.writer import write_sample
from librechat_analytics.store.store import Store
from librechat_analytics.sync.imports import import_dump
from librechat_analytics.usage.answers import SourceReport
from librechat_analytics.usage.repository import StoreRepository

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.engines import Engine

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


@pytest.fixture(scope="package")
def repository(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StoreRepository]:
    """Two thousand generated transactions up to NOW."""
    folder = tmp_path_factory.mktemp("questions")
    write_sample(folder / "dump", transactions=2000, seed=5, until=NOW)
    store = Store(folder / "data")
    import_dump(store, DumpSource(folder / "dump"), now=NOW)
    with engine.reading(store) as reader:
        yield StoreRepository(reader, source=lambda: SourceReport("offline"), clock=lambda: NOW)
    store.close()
