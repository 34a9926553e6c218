"""How a database engine spells the queries."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from librechat_analytics.store.interface import Snapshot

STEP_IS_INLINED = re.compile(r"\bAS NOT MATERIALIZED \(")
STEP_IS_KEPT = re.compile(r"\bAS MATERIALIZED \(")
STEP_IS_UNMARKED = re.compile(r"^(\w+) AS \($", re.MULTILINE)
KEYS_ARE_COUNTED = re.compile(r"\bcount\(DISTINCT (counted_(user_key|conversation_key))\)")
NULLS_ARE_SKIPPED = " IGNORE NULLS"


@dataclass(frozen=True, slots=True)
class Dialect:
    """The words in which an engine differs from the files of this folder.

    The files use grammar and function names that DuckDB and ClickHouse share; ``store/spelling.sql`` and
    ``store/clickhouse/spelling.sql`` give each engine those functions that it lacks. A query that cannot be
    shared has a second file in the folder ``engine``, which replaces the first for that engine. ``inlined``
    is what follows ``AS`` if a step of a WITH is computed wherever it is used, ``kept`` if it is computed
    once, ``unmarked`` if that is left to the engine. ``skipping_nulls`` follows the argument of a window
    function that passes over NULLs. ``counted_in_bits`` counts the distinct values of {key} with one bit for
    each value up to {most}.
    """

    engine: str
    inlined: str
    kept: str
    unmarked: str
    skipping_nulls: str
    counted_in_bits: str

    def text(self, name: str) -> str:
        """Read a file by its name without the suffix, in the engine's words."""
        return _spelled(self, name)

    def in_bits(self, query: str) -> str:
        """Count the users and conversations of a query in bits.

        The query then takes their greatest keys as ``last_user_key`` and ``last_conversation_key``, if it
        names them.
        """
        return KEYS_ARE_COUNTED.sub(
            lambda found: self.counted_in_bits.format(key=found[1], most=f"$last_{found[2]}"), query
        )


DUCKDB = Dialect(
    "duckdb",
    inlined="NOT MATERIALIZED",
    kept="MATERIALIZED",
    unmarked="",
    skipping_nulls=NULLS_ARE_SKIPPED,
    counted_in_bits="coalesce(bit_count(bitstring_agg({key}, 0, {most})), 0)",
)
CLICKHOUSE = Dialect(
    "clickhouse",
    inlined="",
    kept="MATERIALIZED",
    unmarked="MATERIALIZED",  # it would never do that by itself
    skipping_nulls="",  # it always does
    counted_in_bits="coalesce(groupBitmap({key}), 0)",
)
DIALECTS = {each.engine: each for each in (DUCKDB, CLICKHOUSE)}


def dialect_of(snapshot: Snapshot) -> Dialect:
    """Return the dialect in which a snapshot's engine reads the queries."""
    return DIALECTS[snapshot.engine]


@cache
def _spelled(dialect: Dialect, name: str) -> str:
    folder = files(__package__)
    own = folder.joinpath(dialect.engine, f"{name}.sql")
    text = (own if own.is_file() else folder.joinpath(f"{name}.sql")).read_text("utf-8")
    text = text.replace(NULLS_ARE_SKIPPED, dialect.skipping_nulls)
    text = STEP_IS_UNMARKED.sub(rf"\1 {_as(dialect.unmarked)}", text)
    return STEP_IS_KEPT.sub(_as(dialect.kept), STEP_IS_INLINED.sub(_as(dialect.inlined), text))


def _as(word: str) -> str:
    return f"AS {word} (" if word else "AS ("
