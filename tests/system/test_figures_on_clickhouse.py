"""The figures of the API on ClickHouse against the oracle: fewer examples than on DuckDB, of every kind."""

from __future__ import annotations

from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from librechat_analytics.librechat.dump import DumpSource
from librechat_analytics.librechat.sample.writer import write_sample
from librechat_analytics.store.store import Store
from librechat_analytics.sync.imports import import_dump
from tests.support.agreement import api_of, assert_answers_agree
from tests.support.clickhouse import new_database, published
from tests.support.examples import examples
from tests.support.ledgers import MOMENTS, ledgers
from tests.support.oracle import Ledger, Oracle

if TYPE_CHECKING:
    from collections.abc import Iterator

    from librechat_analytics.store.clickhouse.address import StoreAddress
    from tests.support.agreement import Ask

pytestmark = pytest.mark.clickhouse

UNTIL = datetime(2026, 11, 24, 12, tzinfo=UTC)
READ_AT = datetime(2026, 11, 24, 15, 17, 9, tzinfo=UTC)
LISTS = ("top-users", "top-models", "top-agents", "cost-breakdown")


@contextmanager
def imported(dump: Path, store_folder: Path, server: StoreAddress, now: datetime) -> Iterator[Ask]:
    """Import a dump, publish it, and answer questions from what was published as of ``now``."""
    with closing(Store(store_folder)) as store, new_database(server) as address:
        import_dump(store, DumpSource(dump), now=now)
        with published(store, address) as reader:
            yield api_of(reader, now)


@pytest.fixture(scope="module")
def sample(
    tmp_path_factory: pytest.TempPathFactory, clickhouse: StoreAddress
) -> Iterator[tuple[Ask, Oracle]]:
    folder = tmp_path_factory.mktemp("figures")
    write_sample(folder / "dump", transactions=2_000, seed=12, until=UNTIL)
    oracle = Oracle(Ledger.of_dump(folder / "dump" / "LibreChat"))
    with imported(folder / "dump", folder / "store", clickhouse, READ_AT) as ask:
        yield ask, oracle


@pytest.mark.parametrize(
    "parameters",
    [
        {"period": "30d", "tz": "Europe/Berlin", "limit": "1000", "by": "model", "split": "model"},
        {"period": "all", "tz": "Australia/Lord_Howe", "limit": "3", "by": "user", "split": "user"},
        {"period": "last-month", "tz": "Asia/Kathmandu", "by": "agent", "split": "agent"},
        {"period": "custom", "start": "2026-03-29", "end": "2026-03-29", "tz": "Europe/Berlin"},
        {"period": "custom", "start": "2001-01-01", "end": "2001-02-01"},
    ],
)
def test_every_figure_of_some_periods(sample: tuple[Ask, Oracle], parameters: dict[str, str]) -> None:
    ask, oracle = sample
    assert_answers_agree(ask, oracle, READ_AT, parameters)


@pytest.mark.parametrize("sort", ["tokens", "conversations", "change", "calls"])
def test_every_order_of_a_list(sample: tuple[Ask, Oracle], sort: str) -> None:
    ask, oracle = sample
    parameters = {"period": "last-month", "sort": sort, "limit": "7", "offset": "3"}
    assert_answers_agree(ask, oracle, READ_AT, parameters, endpoints=LISTS)


@pytest.mark.parametrize("by", ["domain", "role", "context"])
def test_every_part_of_a_breakdown(sample: tuple[Ask, Oracle], by: str) -> None:
    ask, oracle = sample
    parameters = {"by": by, "sort": "change", "period": "last-month", "limit": "5", "offset": "1"}
    assert_answers_agree(ask, oracle, READ_AT, parameters, endpoints=("breakdown",))


@settings(
    max_examples=examples(2),
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.function_scoped_fixture,
    ],
)
@given(ledger=ledgers(), now=st.sampled_from(MOMENTS))
def test_every_figure_of_generated_ledgers(clickhouse: StoreAddress, ledger: Ledger, now: datetime) -> None:
    with TemporaryDirectory(prefix="ledger-") as name:
        ledger.write(Path(name) / "dump" / "LibreChat")
        with imported(Path(name) / "dump", Path(name) / "store", clickhouse, now) as ask:
            ahead = (now + timedelta(days=30)).isoformat()
            parameters = {"period": "custom", "start": "2023-01-01", "end": ahead, "limit": "1000"}
            assert_answers_agree(ask, Oracle(ledger), now, parameters)
