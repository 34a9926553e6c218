"""Fills a store from a dump, for tests that ask the program about it afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from librechat_analytics.librechat.dump import DumpSource
from librechat_analytics.store.store import Store
from librechat_analytics.sync.imports import import_dump

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path


def fill_store(folder: Path, *, now: datetime) -> None:
    """Import the dump in the folder ``dump`` into the store in the folder ``data``, and close it."""
    store = Store(folder / "data")
    import_dump(store, DumpSource(folder / "dump"), now=now)
    store.close()
