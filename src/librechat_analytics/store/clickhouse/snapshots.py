"""A snapshot of ClickHouse: the state of one commit, and what queries find there beside the tables."""

from __future__ import annotations

import re
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from librechat_analytics.store.clickhouse.tables import CELLS, SMALL_TABLES, TRANSACTIONS
from librechat_analytics.store.clickhouse.visible import nameless, visible
from librechat_analytics.store.interface import NO_FRAMES, NO_PARAMETERS
from librechat_analytics.store.pruning import COMMENT, PARAMETER, WORD, pruned

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from librechat_analytics.store.clickhouse.commit import Commit
    from librechat_analytics.store.clickhouse.connection import Connection
    from librechat_analytics.store.clickhouse.tables import PublishedTable
    from librechat_analytics.store.interface import Extent, SqlColumns, SqlRow

DEFINITION = re.compile(r"^CREATE (FUNCTION|VIEW) (\w+) AS\s+(.+?);$", re.MULTILINE | re.DOTALL)
WHOLE_TABLE = re.compile(r"\*\s+FROM\s+(\w+)")

TABLES = {table.name: table for table in (TRANSACTIONS, CELLS, *SMALL_TABLES)}

LOGGED_TEXTS = frozenset({"by", "dimension", "filter", "kinds", "sort"})
"""The texts among the parameters that can be no e-mail address, no domain and no name of a person."""

LONG = range(-(2**63), 2**63)


class ClickHouseSnapshot:
    """The state that one commit left; whatever is committed later is not part of it."""

    engine = "clickhouse"

    def __init__(self, connection: Connection, commit: Commit, *, has_names: bool = True) -> None:
        self._connection = connection
        self._commit = commit
        self._has_names = has_names

    @property
    def extent(self) -> Extent:
        """How far the store reaches; see the protocol."""
        return self._commit.extent

    def rows(
        self,
        query: str,
        parameters: Mapping[str, object] = NO_PARAMETERS,
        frames: Mapping[str, pd.DataFrame] = NO_FRAMES,
    ) -> list[SqlRow]:
        """Run a query and return its rows; see the protocol."""
        text, values = self._spelled(query, parameters)
        return self._connection.rows(text, values, frames, is_logged=_is_harmless(parameters))

    def columns(
        self,
        query: str,
        parameters: Mapping[str, object] = NO_PARAMETERS,
        frames: Mapping[str, pd.DataFrame] = NO_FRAMES,
    ) -> SqlColumns:
        """Run a query and return its columns; see the protocol."""
        text, values = self._spelled(query, parameters)
        return self._connection.columns(text, values, frames, is_logged=_is_harmless(parameters))

    def _spelled(self, query: str, parameters: Mapping[str, object]) -> tuple[str, Mapping[str, object]]:
        """Return a query with the steps that it names, and with parameters as ClickHouse spells them."""
        body, tables, steps = _prepared(query)
        there = [f"{name} AS ({self._rows_of(TABLES[name], columns)})" for name, columns in tables]
        if first_steps := ",\n".join([*there, *steps]):
            own_steps = body.removeprefix("WITH\n")
            body = f"WITH\n{first_steps}" + ("\n" if own_steps == body else ",\n") + own_steps
        typed = PARAMETER.sub(lambda found: f"{{{found[1]}:{_type_of(parameters[found[1]])}}}", body)
        return typed, parameters

    def _rows_of(self, table: PublishedTable, columns: tuple[str, ...]) -> str:
        if self._has_names:
            return visible(table, self._commit, columns=columns or table.columns[:1])
        return nameless(table, visible(table, self._commit))


def _is_harmless(parameters: Mapping[str, object]) -> bool:
    """Say whether the query log may have these parameters."""
    return not any(_has_text(value) for name, value in parameters.items() if name not in LOGGED_TEXTS)


def _has_text(value: object) -> bool:
    return isinstance(value, str) or (isinstance(value, list | tuple) and any(map(_has_text, value)))


def _type_of(value: object) -> str:
    """Return ClickHouse's name of a parameter's type."""
    if isinstance(value, bool):
        return "Bool"
    if isinstance(value, int):
        return "Int64" if value in LONG else "Int128"
    if isinstance(value, float):
        return "Float64"
    if isinstance(value, datetime):
        return "DateTime64(6, 'UTC')"
    if isinstance(value, list | tuple):
        types = {*map(_type_of, value)} or {"String"}
        return f"Array({'Int128' if 'Int128' in types else types.pop()})"
    return "Nullable(String)" if value is None else "String"


@cache
def _definitions(kind: str) -> dict[str, str]:
    """Return what spelling.sql defines of one kind, FUNCTION or VIEW: the texts by name."""
    text = COMMENT.sub("", files(__package__).joinpath("spelling.sql").read_text("utf-8"))
    return {name: definition for its_kind, name, definition in DEFINITION.findall(text) if its_kind == kind}


@cache
def _prepared(query: str) -> tuple[str, tuple[tuple[str, tuple[str, ...]], ...], tuple[str, ...]]:
    """Return a query without comments, the columns of each table that it reads, and what of spelling.sql.

    A query that reads all columns of a table names them, or has ``* FROM`` before the table's name.
    """
    body = COMMENT.sub("", query)
    views = pruned(_definitions("VIEW").items(), body)
    functions: dict[str, str] = {}
    words = set(WORD.findall("\n".join([body, *(text for _, text in views)])))
    for name, text in reversed(_definitions("FUNCTION").items()):
        if name in words:
            functions[name] = text
            words.update(WORD.findall(text))
    whole = {found[1] for found in WHOLE_TABLE.finditer(body)}
    tables = tuple(
        (name, tuple(column for column in table.columns if name in whole or column in words))
        for name, table in TABLES.items()
        if name in words
    )
    steps = [f"{text} AS {name}" for name, text in reversed(functions.items())]
    return body, tables, (*steps, *(f"{name} AS ({text})" for name, text in views))
