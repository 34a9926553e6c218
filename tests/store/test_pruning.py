"""Steps of a query lose the columns that nothing reads, and nothing else."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from librechat_analytics.store.pruning import pruned, with_columns

TWO_PARTS = """
    SELECT day, lower(name) AS name, CASE WHEN kind = 'a, FROM b' THEN 1 ELSE 0 END AS share, cost
    FROM summed WHERE day > 1
    UNION ALL
    SELECT day, upper(name), (SELECT count(*) FROM summed), cost
    FROM single
"""
STEPS = [
    ("summed", "SELECT 2 AS day, 'x' AS name, 'b' AS kind, 5 AS cost"),
    ("single", "SELECT summed.* REPLACE (day + 1 AS day, greatest(cost, 7) AS cost) FROM summed"),
    ("selected", TWO_PARTS),
    ("unread", "SELECT name, cost FROM selected"),
]
COLUMNS = ("day", "name", "share", "cost")


def statement(steps: list[tuple[str, str]], query: str) -> str:
    return f"WITH {', '.join(f'{name} AS ({text})' for name, text in steps)} {query}"


@settings(max_examples=25)
@given(st.lists(st.sampled_from(COLUMNS), min_size=1, unique=True))
def test_a_query_has_the_same_answer_as_before(columns: list[str]) -> None:
    query = f"SELECT {', '.join(columns)} FROM selected ORDER BY ALL"
    with duckdb.connect() as connection:
        before = connection.execute(statement(STEPS, query)).fetchall()
        assert connection.execute(statement(pruned(STEPS, query), query)).fetchall() == before


def test_a_step_that_nothing_reads_goes() -> None:
    assert [name for name, _ in pruned(STEPS, "SELECT cost FROM selected")] == [
        "summed",
        "single",
        "selected",
    ]
    assert pruned(STEPS, "SELECT 1") == []


def test_each_part_of_a_union_loses_the_same_columns() -> None:
    assert " ".join(with_columns(TWO_PARTS, {"cost"}).split()) == (
        "SELECT day, cost FROM summed WHERE day > 1 UNION ALL SELECT day, cost FROM single"
    )


@pytest.mark.parametrize(
    ("text", "shorter"),
    [
        ("SELECT a, b AS c FROM t", "SELECT b AS c FROM t"),
        ("SELECT x AS a, y AS b", "SELECT x AS a"),
        ("SELECT * FROM t", "SELECT * FROM t"),
        ("SELECT t.* REPLACE (a + 1 AS a, f(b, 2) AS c) FROM t", "SELECT t.* REPLACE (f(b, 2) AS c) FROM t"),
        ("SELECT t.* REPLACE (a + 1 AS a) FROM t", "SELECT t.* FROM t"),
        ("SELECT *, a, b AS c FROM t", "SELECT *, b AS c FROM t"),
        ("SELECT a, b FROM t WHERE b > 1", "SELECT b FROM t WHERE b > 1"),
        ("SELECT [a, b] AS c, d FROM t", "SELECT [a, b] AS c FROM t"),
    ],
)
def test_a_column_stays_if_it_is_read(text: str, shorter: str) -> None:
    assert with_columns(text, {"c"}) == shorter
