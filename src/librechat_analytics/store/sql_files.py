"""Run the SQL files of this folder."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb

    from librechat_analytics.columns import Table

NO_PARAMETERS: Mapping[str, object] = {}


def run(
    cursor: duckdb.DuckDBPyConnection, name: str, parameters: Mapping[str, object] = NO_PARAMETERS
) -> None:
    """Run all statements of the file ``name``.sql, each with the parameters that it names.

    The cursor then holds the rows of the last statement.
    """
    for statement in cursor.extract_statements(_text(name)):
        wanted = {key: value for key, value in parameters.items() if key in statement.named_parameters}
        cursor.execute(statement, wanted)


def rows_of(
    cursor: duckdb.DuckDBPyConnection, name: str, parameters: Mapping[str, object] = NO_PARAMETERS
) -> list[tuple[Any, ...]]:
    """Run the file ``name``.sql and return the rows of its last statement."""
    run(cursor, name, parameters)
    return cursor.fetchall()


def load(cursor: duckdb.DuckDBPyConnection, name: str, table: Table) -> None:
    """Copy a table into a temporary one of this name, which replaces an older one.

    DuckDB takes the table itself for a single row, and then chooses slow plans for statements that join it.
    """
    cursor.register("arriving", table)
    cursor.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS FROM arriving')
    cursor.unregister("arriving")


@cache
def _text(name: str) -> str:
    return files(__package__).joinpath(f"{name}.sql").read_text("utf-8")
