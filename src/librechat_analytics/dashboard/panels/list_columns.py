"""The columns of the lists of users, models and agents, as ``exports/columns.py`` declares them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Generic, TypeVar

from librechat_analytics.dashboard.html.cells import change_cell, number_cell, share_cell, words_cell
from librechat_analytics.dashboard.html.tables import Header
from librechat_analytics.dashboard.words.change_words import percent_of, signed
from librechat_analytics.formatting import (
    UNKNOWN,
    ago,
    integer,
    money,
    money_exact,
    plain_text,
    rate,
    tokens,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from librechat_analytics.dashboard.html.markup import Markup
    from librechat_analytics.exports.columns import Cell, Column, Columns, Heading, Row

RowIn = TypeVar("RowIn", contravariant=True)

HIDDEN_AT_FIRST = 3
"""The ``room`` of columns that a reader sees only after choosing them."""


@dataclass(frozen=True, slots=True)
class Shown:
    """How the page shows a declared column: see ``Header`` for ``room``, ``hint`` and ``sort``.

    ``sort`` is the field's name unless it is given. ``has_words``: its cells are words, whatever its kind.
    """

    field: str
    room: int = 0
    hint: str = ""
    sort: str | None = None
    has_words: bool = False


@dataclass(frozen=True, slots=True)
class Trend:
    """A column of small bars that show how the cost moved over the period."""

    hint: str
    room: int = 2
    field: str = "cost_usd"


@dataclass(frozen=True, slots=True)
class ListColumn(Generic[RowIn]):
    """A column of a list: its declaration and its header."""

    declared: Column[RowIn]
    header: Header
    is_trend: bool = False


def list_columns(
    declared: Columns[Row],
    name: Shown,
    *others: Shown | Trend,
    only_in_files: Sequence[str] = (),
) -> tuple[ListColumn[Row], ...]:
    """Choose the columns of a list, which is ordered by cost at first.

    A declared column that is neither shown nor named in ``only_in_files`` is the last one, and hidden until
    the reader chooses it. Raises KeyError for a field that is not declared.
    """
    chosen = {shown.field for shown in (name, *others)}
    new = [
        Shown(column.field, room=HIDDEN_AT_FIRST)
        for column in declared.columns
        if column.field not in chosen.union(only_in_files)
    ]
    found = [_name_column(declared[name.field], name)]
    for shown in (*others, *new):
        column = declared[shown.field]
        if isinstance(shown, Trend):
            header = Header("Trend", numeric=False, room=shown.room, hint=shown.hint)
            found.append(ListColumn(column, header, is_trend=True))
        else:
            found.append(_column(column, shown))
    return tuple(found)


def _name_column(column: Column[Row], shown: Shown) -> ListColumn[Row]:
    sort = column.field if shown.sort is None else shown.sort
    return ListColumn(column, Header(column.short, sort, first="ascending", numeric=False))


def _column(column: Column[Row], shown: Shown) -> ListColumn[Row]:
    header = Header(
        column.short,
        column.field if shown.sort is None else shown.sort,
        numeric=column.kind != "text" and not shown.has_words,
        preset=column.field == "cost_usd",
        room=shown.room,
        hint=shown.hint,
    )
    return ListColumn(column, header)


def compared_cell(cost_usd: float, previous_usd: float | None) -> Markup:
    """Write how much a cost differs from that of the previous period (None without one)."""
    if previous_usd is None:
        return number_cell(UNKNOWN)
    difference = signed(cost_usd - previous_usd)
    return change_cell(difference, percent_of(cost_usd, previous_usd), f"{money_exact(previous_usd)} before")


def cell(heading: Heading, value: Cell, *, greatest_share: float, now: datetime) -> Markup:
    """Write a value as the kind of its column says, with all its digits in the tooltip."""
    if isinstance(value, datetime):
        return number_cell(ago((now - value).total_seconds()), f"{value:%Y-%m-%d %H:%M} UTC")
    if isinstance(value, str):
        return words_cell(plain_text(value))
    if value is None:
        return number_cell(UNKNOWN)
    if heading.kind == "share":
        return share_cell(value, greatest_share)
    if heading.kind == "money":
        return number_cell(money(value), money_exact(value))
    if heading.kind == "rate":
        return number_cell(rate(value))
    count = int(value)
    return number_cell(tokens(count) if heading.kind == "tokens" else integer(count), integer(count))
