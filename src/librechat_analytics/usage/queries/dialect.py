"""How a database engine spells the queries."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

STEP_IS_INLINED = re.compile(r"\bAS NOT MATERIALIZED \(")
KEYS_ARE_COUNTED = re.compile(r"\bcount\(DISTINCT (counted_(user_key|conversation_key))\)")
STEP_IS_KEPT = re.compile(r"\bAS MATERIALIZED \(")


@dataclass(frozen=True, slots=True)
class Dialect:
    """The words in which an engine differs from the files of this folder.

    The files use grammar and function names that DuckDB and ClickHouse share; ``store/spelling.sql`` gives
    DuckDB those functions that it has under other names. A query that cannot be shared has a second file in
    the folder ``engine``, which replaces the first for that engine. ``inlined`` is what follows ``AS`` if a
    step of a WITH is computed wherever it is used, ``kept`` if it is computed once.
    ``counted_in_bits`` counts the distinct values of {key} with one bit for each value up to {most}.
    """

    engine: str
    inlined: str
    kept: str
    counted_in_bits: str

    def text(self, name: str) -> str:
        """Read a file by its name without the suffix, in the engine's words."""
        return _spelled(self, name)

    def in_bits(self, query: str) -> str:
        """Count the users and conversations of a query in bits.

        The query then takes their greatest keys as ``last_user_key`` and ``last_conversation_key``.
        """
        return KEYS_ARE_COUNTED.sub(
            lambda found: self.counted_in_bits.format(key=found[1], most=f"$last_{found[2]}"), query
        )


DUCKDB = Dialect(
    "duckdb",
    inlined="NOT MATERIALIZED",
    kept="MATERIALIZED",
    counted_in_bits="coalesce(bit_count(bitstring_agg({key}, 0, {most})), 0)",
)


@cache
def _spelled(dialect: Dialect, name: str) -> str:
    folder = files(__package__)
    own = folder.joinpath(dialect.engine, f"{name}.sql")
    text = (own if own.is_file() else folder.joinpath(f"{name}.sql")).read_text("utf-8")
    inlined = " ".join(("AS", dialect.inlined, "(")) if dialect.inlined else "AS ("
    kept = " ".join(("AS", dialect.kept, "(")) if dialect.kept else "AS ("
    return STEP_IS_KEPT.sub(kept, STEP_IS_INLINED.sub(inlined, text))
