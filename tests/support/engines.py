"""The engine that answers the questions of the tests: DuckDB from its file, or ClickHouse after publishing.

``--engine clickhouse`` runs the tests that ask an engine, with ClickHouse instead of DuckDB. It also runs the
thorough tests of ClickHouse, which are left out otherwise.
"""

from __future__ import annotations

from collections import Counter
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from librechat_analytics.settings import load_settings
from tests.support.clickhouse import new_database, published
from tests.support.documents import write_dump
from tests.support.imports import fill_store
from tests.support.programs import followed_program, program
from tests.support.servers import API_KEY

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

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


@contextmanager
def serving_to_limited_keys(
    engine: Engine,
    folder: Path,
    documents: Mapping[str, list[dict[str, Any]]],
    keys: str,
    *,
    now: datetime,
    prices_file: Path | None = None,
    finops_file: Path | None = None,
) -> Iterator[Program]:
    """Import documents and serve them; ``keys`` is the text of DASHBOARD_API_KEYS_FILE."""
    write_dump(folder / "dump", compressed=False, **documents)
    fill_store(folder, now=now)
    (folder / "keys").write_text(keys)
    settings = load_settings(
        env_file=None,
        dashboard_api_key=API_KEY,
        dashboard_api_keys_file=folder / "keys",
        data_dir=folder / "data",
        prices_file=prices_file,
        finops_file=finops_file,
    )
    with engine.serving(settings) as program:
        yield program


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
