"""A store, a clock and small batches for tests of the sync."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from librechat_analytics.store.store import Store
from tests.support import in_memory
from tests.support.in_memory import Clock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "data")
    yield store
    store.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_memory, "BATCH_DOCUMENTS", 5)
