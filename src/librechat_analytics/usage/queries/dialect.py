"""How a database engine spells the queries."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

STEP_IS_INLINED = re.compile(r"\bAS NOT MATERIALIZED \(")
STEP_IS_KEPT = re.compile(r"\bAS MATERIALIZED \(")


@dataclass(frozen=True, slots=True)
class Dialect:
    """The words in which an engine differs from the files of this folder.

    The files use grammar and function names that DuckDB and ClickHouse share; ``store/spelling.sql`` gives
    DuckDB those functions that it has under other names. A query that cannot be shared has a second file in
    the folder ``engine``, which replaces the first for that engine. ``inlined`` is what follows ``AS`` if a
    step of a WITH is computed wherever it is used, ``kept`` if it is computed once.
    """

    engine: str
    inlined: str
    kept: str

    def text(self, name: str) -> str:
        """Read a file by its name without the suffix, in the engine's words."""
        return _spelled(self, name)


DUCKDB = Dialect("duckdb", inlined="NOT MATERIALIZED", kept="MATERIALIZED")


@cache
def _spelled(dialect: Dialect, name: str) -> str:
    folder = files(__package__)
    own = folder.joinpath(dialect.engine, f"{name}.sql")
    text = (own if own.is_file() else folder.joinpath(f"{name}.sql")).read_text("utf-8")
    inlined = " ".join(("AS", dialect.inlined, "(")) if dialect.inlined else "AS ("
    kept = " ".join(("AS", dialect.kept, "(")) if dialect.kept else "AS ("
    return STEP_IS_KEPT.sub(kept, STEP_IS_INLINED.sub(inlined, text))
