"""The engine that answers the questions of the tests: DuckDB from its file, or ClickHouse after publishing.

``--engine clickhouse`` runs the tests that ask an engine, with ClickHouse instead of DuckDB. It also runs the
thorough tests of ClickHouse, which are left out otherwise.
"""

from __future__ import annotations

from collections import Counter
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Protocol

import pytest

from tests.support.clickhouse import new_database, published
from tests.support.programs import followed_program, program

if TYPE_CHECKING:
    from collections.abc import Iterator

    from librechat_analytics.settings import Settings
    from librechat_analytics.store.clickhouse.address import StoreAddress
    from librechat_analytics.store.interface import Reader
    from librechat_analytics.store.store import Store
    from tests.support.programs import Program

OF_DUCKDB = "of_duckdb"
THOROUGH = "thorough_on_clickhouse"
SHARE = "one_in_on_clickhouse"


class Engine(Protocol):
    """Opens what is stored."""

    def reading(self, store: Store) -> AbstractContextManager[Reader]:
        """Read a store as it is now; what is written later may be missing."""

    def serving(self, settings: Settings) -> AbstractContextManager[Program]:
        """Serve the store of DATA_DIR, which no one else has open."""


class DuckDB:
    """Reads the file."""

    @contextmanager
    def reading(self, store: Store) -> Iterator[Reader]:
        yield store

    @contextmanager
    def serving(self, settings: Settings) -> Iterator[Program]:
        with program(settings) as opened:
            yield opened


class ClickHouse:
    """Publishes to a database for each use, and reads that."""

    def __init__(self, server: StoreAddress) -> None:
        self._server = server

    @contextmanager
    def reading(self, store: Store) -> Iterator[Reader]:
        with new_database(self._server) as address, published(store, address) as reader:
            yield reader

    @contextmanager
    def serving(self, settings: Settings) -> Iterator[Program]:
        with new_database(self._server) as address, followed_program(settings, address) as opened:
            yield opened


ENGINES_OF_RUN: list[Engine] = [DuckDB()]
"""The last one is the engine that the tests ask."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--engine",
        choices=("duckdb", "clickhouse"),
        default="duckdb",
        help="what answers the questions of the tests; clickhouse: only the tests that ask some run, and the"
        f" tests that are marked {THOROUGH}",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    is_clickhouse = config.getoption("engine") == "clickhouse"
    kept: list[pytest.Item] = []
    dropped: list[pytest.Item] = []
    cases: Counter[str] = Counter()
    for item in items:
        runs = _runs_on(item, is_clickhouse=is_clickhouse)
        if is_clickhouse and (mark := item.get_closest_marker(SHARE)):
            test = item.nodeid.partition("[")[0]
            runs = runs and cases[test] % mark.args[0] == 0
            cases[test] += 1
        (kept if runs else dropped).append(item)
    config.hook.pytest_deselected(items=dropped)
    items[:] = kept


def _runs_on(item: pytest.Item, *, is_clickhouse: bool) -> bool:
    is_thorough = item.get_closest_marker(THOROUGH) is not None
    if not is_clickhouse:
        return not is_thorough
    asks = "engine" in getattr(item, "fixturenames", ()) and item.get_closest_marker(OF_DUCKDB) is None
    return asks or is_thorough


@pytest.fixture(scope="session")
def engine(request: pytest.FixtureRequest) -> Engine:
    """The engine of ``--engine``. A test whose store is read by ``reading`` of this module uses it, too."""
    if request.config.getoption("engine") == "clickhouse":
        ENGINES_OF_RUN.append(ClickHouse(request.getfixturevalue("clickhouse")))
    return ENGINES_OF_RUN[-1]


def reading(store: Store) -> AbstractContextManager[Reader]:
    """Read a store with the engine of this run."""
    return ENGINES_OF_RUN[-1].reading(store)
