"""The query files: each is a whole statement, says what it reads, and runs with every filter and scope."""

from __future__ import annotations

import json
import re
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from librechat_analytics.librechat.dump import DumpSource
from librechat_analytics.librechat.sample.writer import write_sample
from librechat_analytics.store.store import Store
from librechat_analytics.sync.imports import import_dump
from librechat_analytics.usage import queries
from librechat_analytics.usage.assigned_snapshot import Assignments
from librechat_analytics.usage.cost_center_rules import NO_RULES
from librechat_analytics.usage.filters import FILTER_NAMES
from librechat_analytics.usage.queries.dialect import DUCKDB
from tests.support.compositions import (
    FILES,
    FRAMES,
    NOW,
    OF_A_PERIOD,
    OF_ALL_TIME,
    QUERIES,
    composed,
    head_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


def nodes_of(tree: Any) -> Iterator[dict[str, Any]]:
    children = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ()
    if isinstance(tree, dict):
        yield tree
    for child in children:
        yield from nodes_of(child)


# One query for each set of steps that a condition is put into.
OF_EVERY_CONDITION = [
    *{frozenset(head_of(name).reads & (OF_A_PERIOD | OF_ALL_TIME)): name for name in QUERIES}.values()
]


@pytest.fixture(scope="module")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store without rows."""
    with closing(Store(tmp_path_factory.mktemp("empty"))) as store:
        yield store


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store with three hundred rows."""
    folder = tmp_path_factory.mktemp("store")
    with closing(Store(folder / "data")) as store:
        write_sample(folder / "dump", transactions=300, seed=3, until=NOW)
        import_dump(store, DumpSource(folder / "dump"), now=NOW)
        yield store


@contextmanager
def asking(store: Store) -> Iterator[duckdb.DuckDBPyConnection]:
    with store.snapshot() as snapshot:
        of_centers = Assignments().frames(snapshot, NO_RULES)
    with store.reading() as cursor:
        for frame, rows in {**FRAMES, **of_centers}.items():
            cursor.register(frame, rows)
        yield cursor


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_runs_with_every_filter_and_scope(store: Store, empty_store: Store, name: str) -> None:
    texts = [*composed(name, DUCKDB)]
    # A condition is put into the same places whatever the query is, so most queries are tried with some.
    chosen = texts if name in OF_EVERY_CONDITION else texts[QUERIES.index(name) % 11 :: 11]
    with asking(store) as cursor:
        for text, parameters in chosen:
            cursor.execute(f"EXPLAIN {text}", parameters)
        cursor.execute(*texts[-1])
    with asking(empty_store) as cursor:
        cursor.execute(*texts[-1])


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_one_statement_whose_head_says_what_it_reads(
    connection: duckdb.DuckDBPyConnection, name: str
) -> None:
    text = FILES[name].read_text("utf-8")
    (statement,) = connection.extract_statements(text)
    ((tree,),) = connection.execute("SELECT json_serialize_sql(?)", [text]).fetchall()
    nodes = list(nodes_of(json.loads(tree)))
    tables = {node["table_name"].strip("{}") for node in nodes if node.get("type") == "BASE_TABLE"}
    steps = {step["key"] for node in nodes if "cte_map" in node for step in node["cte_map"]["map"]}
    head = head_of(name)
    assert head.reads == tables - steps
    assert head.parameters == statement.named_parameters
    assert name.startswith("base/") or steps <= tables, "a step that nothing reads"
    assert (head.rows is None) == name.startswith("filters/")


@pytest.mark.parametrize("name", FILES)
def test_a_file_has_the_shape_that_is_composed(name: str) -> None:
    body = queries.body_of(FILES[name].read_text("utf-8"))
    assert body.startswith(("WITH\n", "SELECT"))
    if name.startswith("filters/"):
        assert body.count("\nWHERE\n") == 1
    if name.startswith("base/"):
        assert body.count("\nSELECT ") == 1
        depending = re.search(r"\bDISTINCT\b|\bGROUP BY\b|\bUNION (?!ALL\b)|\bINTERSECT\b|\bEXCEPT\b", body)
        assert not depending, "a step whose rows depend on its columns, which the composer leaves out"


def test_a_query_names_the_columns_that_it_reads() -> None:
    bases = "".join(path.read_text("utf-8") for name, path in FILES.items() if name.startswith("base/"))
    steps = {*re.findall(r"^(\w+) AS NOT MATERIALIZED \(", bases, re.MULTILINE)}
    assert "selected" in steps
    for name in QUERIES:
        whole = {*re.findall(r"\*\s+FROM\s+(\w+)", FILES[name].read_text("utf-8"))} & steps
        assert not whole, f"{name}.sql gets of {whole} only the columns that it names"


def test_every_name_in_braces_is_replaced() -> None:
    assert not [name for name in QUERIES for text, _ in composed(name, DUCKDB) if '"{' in text]


def test_every_filter_has_a_condition_and_values() -> None:
    lacking = [name for name in FILTER_NAMES if f"filters/{name}" not in FILES]
    assert not lacking, f"usage/queries/filters/ has no file for {lacking}"
    given = set(re.findall(r"SELECT (?:DISTINCT )?'(\w+)'", FILES["filter_values"].read_text("utf-8")))
    # The values of the others are the entries of their lists, or what the rules of cost centres say.
    others = {"user", "model", "agent", "cost_center"}
    assert given == {*FILTER_NAMES} - others, "filter_values.sql needs every filter"
