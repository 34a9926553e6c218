"""Every query with every filter, scope and sort order: ClickHouse answers as DuckDB does."""

from __future__ import annotations

import re
import time
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from librechat_analytics.librechat.dump import DumpSource
from librechat_analytics.librechat.sample.writer import write_sample
from librechat_analytics.store.store import Store
from librechat_analytics.sync.imports import import_dump
from librechat_analytics.usage.assigned_snapshot import Assignments
from librechat_analytics.usage.cost_center_rules import CostCenterRules, Rule
from librechat_analytics.usage.filters import EVERYTHING, NONE
from librechat_analytics.usage.listing import sources_of
from librechat_analytics.usage.periods import parse_period
from librechat_analytics.usage.prices import PriceList
from librechat_analytics.usage.queries.dialect import CLICKHOUSE, DUCKDB
from librechat_analytics.usage.rows import range_rows
from tests.support.clickhouse import new_database, published
from tests.support.compositions import FRAMES, NOW, NOW_SLOT, QUERIES, composed
from tests.support.examples import HUNT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from librechat_analytics.store.clickhouse.address import StoreAddress
    from librechat_analytics.store.interface import Reader, SqlRow

pytestmark = pytest.mark.clickhouse

RULES = CostCenterRules(
    listed=(
        Rule("role", "USER", (("Sales", 60), ("Shared", 40))),
        Rule("domain", "research.example", (("Sales", 100),)),
    ),
    parents=(("Sales", "Company"),),
)

IN_ANY_ORDER = {"buckets": "costs_e6", "days": "costs_e6", "ways": None, "sources": None}
"""Lists whose order says nothing, and the lists whose entries belong to theirs."""

LARGE_ROW = """
INSERT INTO transactions (
    id_head, id_tail, created_at, slot, user_key, usage_type, tokens, credits_e6, cache_read_tokens,
    cache_write_tokens, structured, sentinel, positive_value, default_rate, agent_model, certainty
)
SELECT
    $id, 0, make_timestamp_ms($slot * 900000::BIGINT), $slot, 1, 'prompt', $tokens, $cost_e6, 0,
    0, false, false, false, false, false, 'exact'
"""

OF_ENGINE = {"labels_state"}
"""Queries whose figures are hashes, which only the same engine compares."""


OF_EVERY_CONDITION = {*QUERIES} if HUNT else {"totals", "recorded", "user", "other_rows"}
"""Queries that are asked with every filter and scope, each alone, negated and all together."""

COMPARED = [name for name in QUERIES if name not in OF_ENGINE]

LISTING = {"sort": "cost", "descending": True, "limit": 10, "offset": 0, "words": []}
PLAIN = sources_of("cost", beyond_period=False)
PERIOD = parse_period("7d", None, None, ZoneInfo("UTC"), now=NOW, first_usage=None)


class Engines(NamedTuple):
    """A store and what is published of it, with values of filters and tables that match what is in it."""

    duckdb: Reader
    clickhouse: Reader
    values: dict[str, list[str]]
    frames: dict[str, pd.DataFrame]


@pytest.fixture(scope="module")
def engines(clickhouse: StoreAddress, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engines]:
    """A generated store of which all but the last day is summed up."""
    folder = tmp_path_factory.mktemp("engines")
    write_sample(folder / "dump", transactions=1500, seed=3, until=NOW)
    with closing(Store(folder / "data")) as store, new_database(clickhouse) as address:
        import_dump(store, DumpSource(folder / "dump"), now=NOW)
        with published(store, address) as reader:
            values = _values(store)
            yield Engines(store, reader, values, _frames(store, values))


def _values(store: Store) -> dict[str, list[str]]:
    """Return two values of each filter that are in the store."""
    sources = {
        "user": "SELECT id FROM users ORDER BY key",
        "model": "SELECT id FROM models ORDER BY key",
        "agent": "SELECT id FROM agents ORDER BY key",
        "provider": "SELECT id FROM providers ORDER BY key",
        "context": "SELECT id FROM contexts ORDER BY key",
        "tenant": "SELECT id FROM tenants ORDER BY key",
        "group": "SELECT id FROM groups ORDER BY id",
        "role": "SELECT DISTINCT role FROM users WHERE role IS NOT NULL ORDER BY role",
        "domain": "SELECT DISTINCT domain FROM people WHERE domain IS NOT NULL ORDER BY domain",
    }
    with store.reading() as cursor:
        values = {
            name: [value for (value,) in cursor.execute(f"{query} LIMIT 2").fetchall()]
            for name, query in sources.items()
        }
    return values | {"cost_center": ["Sales"]}


def _frames(store: Store, values: dict[str, list[str]]) -> dict[str, pd.DataFrame]:
    with store.snapshot() as snapshot:
        of_centers = Assignments().frames(snapshot, RULES)
    slots = np.arange(NOW_SLOT - 70 * 96, NOW_SLOT + 1, dtype="int32")
    prices = PriceList("", {})
    return {
        **FRAMES,
        **of_centers,
        "subjects": pd.DataFrame({"who": ["group", "user"], "name": [values["group"][0], "nobody"]}),
        "slots": pd.DataFrame({"slot": slots, "bucket": ((slots - slots[0]) // 96).astype("int32")}),
        "hours": pd.DataFrame({"slot": slots, "hour_of_week": (slots // 4 % 168).astype("int32")}),
        "limits": pd.DataFrame(
            {
                "number": range(3),
                "subject": [values["model"][0]] * 3,
                "bucket": [60, 61, 62],
                "limit_e6": ["1", "100000000", str(10**30)],
            }
        ),
        "wanted": pd.DataFrame(
            {
                "number": range(4),
                "kind": ["total", "user", "model", "agent"],
                "subject": ["", values["user"][0], values["model"][0], values["agent"][0]],
                "first_day": 0,
                "last_day": 70,
            }
        ),
        "listed": prices.frame(values["model"]),
    }


def filled(parameters: dict[str, Any], values: dict[str, list[str]]) -> dict[str, Any]:
    """Put values that match something in the place of the filters' and scopes' values, and zones to times."""
    found = {
        name: value.replace(tzinfo=UTC) if isinstance(value, datetime) else value
        for name, value in parameters.items()
    }
    for name, value in parameters.items():
        kind = name.removeprefix("not_").removeprefix("scope_").removesuffix("s")
        if kind in values and isinstance(value, list):
            found[name] = values[kind][: 1 if NONE in value else 2] + [each for each in value if each == NONE]
    return found


def comparable(rows: list[SqlRow]) -> list[dict[str, Any]]:
    """Return rows without the order of lists that have none, and floats to eleven digits."""
    return [{name: _plain(row, name, value) for name, value in row.items()} if row else row for row in rows]


def _plain(row: SqlRow, name: str, value: Any) -> Any:
    if name == "costs_e6" and {"buckets", "days"} & row.keys():
        places = row.get("buckets", row.get("days"))
        return [cost for _, cost in sorted(zip(places, value, strict=True))]
    if name in IN_ANY_ORDER and value is not None:
        return sorted(value, key=repr)
    if isinstance(value, float):
        return float(f"{value:.10e}")
    return value


def types_of(rows: list[SqlRow]) -> list[list[type]]:
    return [[type(value) for value in row.values()] for row in rows]


@pytest.mark.parametrize("name", COMPARED)
def test_both_engines_give_the_same_rows(engines: Engines, name: str) -> None:
    assert_same_rows(engines, name, slice(1))


@pytest.mark.thorough_on_clickhouse
@pytest.mark.parametrize("name", COMPARED)
def test_both_engines_give_the_same_rows_with_filters_and_scopes(engines: Engines, name: str) -> None:
    # A condition is put into the same places whatever the query is, so each query is asked with some of them.
    some = slice(1 + QUERIES.index(name) % 11, None, 11)
    assert_same_rows(engines, name, slice(1, None) if name in OF_EVERY_CONDITION else some)


def assert_same_rows(engines: Engines, name: str, chosen: slice) -> None:
    """Compare the rows of a query with some of its conditions; the first text of a query has none."""
    texts = [*zip(composed(name, DUCKDB), composed(name, CLICKHOUSE), strict=True)]
    for (text, parameters), (own_text, _) in texts[chosen]:
        values = filled(parameters, engines.values)
        frames = {each: frame for each, frame in engines.frames.items() if re.search(rf"\b{each}\b", text)}
        with engines.duckdb.snapshot() as snapshot:
            expected = comparable(snapshot.rows(text, values, frames))
        with engines.clickhouse.snapshot() as snapshot:
            found = comparable(snapshot.rows(own_text, values, frames))
        if "ORDER BY" not in text.rpartition("\n)\n")[2]:
            expected.sort(key=repr)
            found.sort(key=repr)
        differing = [pair for pair in zip(found, expected, strict=False) if pair[0] != pair[1]]
        assert not differing, (own_text, values)
        assert len(found) == len(expected)
        assert types_of(found) == types_of(expected)


@pytest.mark.thorough_on_clickhouse
@pytest.mark.parametrize("name", ["findings", "last_ever", "user_models"])
def test_the_time_zone_of_the_machine_changes_nothing(
    engines: Engines, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setenv("TZ", "Asia/Tokyo")
        time.tzset()
        assert_same_rows(engines, name, slice(None, None, 11))
    time.tzset()


@pytest.mark.parametrize("is_summed_up", [False, True])
def test_sums_beyond_64_bits_are_exact(clickhouse: StoreAddress, tmp_path: Path, is_summed_up: bool) -> None:
    tokens, cost_e6 = 2**62 + 1, 10**30 + 1
    with closing(Store(tmp_path / "data")) as store, new_database(clickhouse) as address:
        with store.committing() as cursor:
            cursor.execute("INSERT INTO users (key, id) VALUES (1, 'ann')")
            for number in range(3):
                row = {"id": number, "slot": NOW_SLOT - 96, "tokens": tokens, "cost_e6": cost_e6}
                cursor.execute(LARGE_ROW, row)
        if is_summed_up:
            store.sum_up(NOW)
        with published(store, address) as reader:
            for engine in (store, reader):
                with engine.snapshot() as snapshot:
                    (totals,) = range_rows(snapshot, "totals", PERIOD.range, EVERYTHING)
                    (agent,) = range_rows(
                        snapshot, "top_agents", PERIOD.range, EVERYTHING, LISTING, sources=PLAIN
                    )
                    (cost,) = range_rows(snapshot, "concentration", PERIOD.range, EVERYTHING)
                assert (totals["prompt_tokens"], totals["cost_e6"]) == (3 * tokens, 3 * cost_e6)
                assert (agent["prompt_tokens"], agent["all_cost_e6"]) == (3 * tokens, 3 * cost_e6)
                assert cost == {"cost_e6": 3 * cost_e6}
