"""Both engines: tests of answers read a store from its file, and from ClickHouse after it was published."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.support.clickhouse import new_database, published

if TYPE_CHECKING:
    from collections.abc import Iterator

    from librechat_analytics.store.interface import Reader
    from librechat_analytics.store.store import Store

ENGINES = ("duckdb", pytest.param("clickhouse", marks=pytest.mark.clickhouse))
"""Parameters of a fixture that hands a reader of either engine to the tests."""


@contextmanager
def reader_of(request: pytest.FixtureRequest, store: Store) -> Iterator[Reader]:
    """Read a store with the engine that is the parameter of the requesting fixture; it is whole by then."""
    if request.param == "duckdb":
        yield store
        return
    with new_database(request.getfixturevalue("clickhouse")) as address, published(store, address) as reader:
        yield reader
