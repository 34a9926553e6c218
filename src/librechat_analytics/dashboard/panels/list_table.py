"""The table that lists all users, models or agents."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

import dash_bootstrap_components as dbc
from dash import html

from librechat_analytics.dashboard.charts.time_axis import TimeAxis
from librechat_analytics.dashboard.html import frames
from librechat_analytics.dashboard.html.cells import empty_cell, name_cell, trend_cell
from librechat_analytics.dashboard.html.markup import element
from librechat_analytics.dashboard.html.tables import data_table, message_row
from librechat_analytics.dashboard.links import LIST_VIEWS
from librechat_analytics.dashboard.panels.excerpt import excerpt, foot, in_order, matching
from librechat_analytics.dashboard.panels.list_columns import cell
from librechat_analytics.dashboard.panels.targets import Fills, Target
from librechat_analytics.dashboard.words.captions import peak_in_words
from librechat_analytics.dashboard.words.empties import no_match, nothing_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from dash.development.base_component import Component

    from librechat_analytics.dashboard.data import PageData
    from librechat_analytics.dashboard.html.markup import Markup
    from librechat_analytics.dashboard.panels.list_columns import ListColumn
    from librechat_analytics.usage.answers import Part, Totals
    from librechat_analytics.usage.questions import Dimension

Row = TypeVar("Row")

IN_TOTALS = {"users": "active_users"}
"""The name of a field among the totals, where it has another name there."""


@dataclass(frozen=True, slots=True)
class RestLine:
    """A line below the rows for usage that belongs to none of them, so that all lines add up to the total."""

    label: str
    detail: str
    href: str
    part: Part


def _no_rest(_: PageData) -> Sequence[RestLine]:
    return ()


@dataclass(frozen=True, slots=True)
class ListTable(Generic[Row]):
    """A table of users, models or agents, with its search, its choice of columns and its pages.

    Attributes:
        dimension: What the rows are.
        caption: The table's name for screen readers.
        placeholder: What the empty search field says.
        nothing: What the table says without rows, such as "No users".
        columns: The column of names first.
        rows: Reads the rows, highest cost first.
        total: Reads how many rows there are in all.
        key: Gives a row's id, or a model's name.
        searched: Gives the texts that a search looks through.
        name: Writes a row's first cell.
        cells: Write the cells that the kind of their column does not, by field.
        rest: Reads the lines below the rows.
    """

    dimension: Dimension
    caption: str
    placeholder: str
    nothing: str
    columns: tuple[ListColumn[Row], ...]
    rows: Callable[[PageData], Sequence[Row]]
    total: Callable[[PageData], int]
    key: Callable[[Row], str | None]
    share: Callable[[Row], float]
    searched: Callable[[Row], Iterable[str | None]]
    name: Callable[[PageData, Row], Markup]
    cells: Mapping[str, Callable[[Row], Markup]] = field(default_factory=dict)
    rest: Callable[[PageData], Sequence[RestLine]] = _no_rest

    @property
    def things(self) -> str:
        return LIST_VIEWS[self.dimension]

    @property
    def targets(self) -> tuple[Target, ...]:
        return self._total, self._rows, self._foot

    # The total is filled before the rows: with its figures, the widest, no column grows with a later row.
    @property
    def _total(self) -> Target:
        return Target(f"{self.things}-total")

    @property
    def _rows(self) -> Target:
        return Target(f"{self.things}-rows")

    @property
    def _foot(self) -> Target:
        return Target(f"{self.things}-showing")

    def layout(self, error_slot: Component) -> Component:
        """Make the table before the first answer, with everything around it."""
        things = self.things
        tools = html.Div(
            [
                html.Label(f"Search {things}", htmlFor=f"{things}-search", className="visually-hidden"),
                dbc.Input(
                    id=f"{things}-search",
                    type="search",
                    placeholder=self.placeholder,
                    debounce=400,
                    autocomplete="off",
                    class_name="search-field",
                ),
                html.Details(
                    [
                        html.Summary("Columns", className="quiet-button"),
                        # The page's script adds a box for each column that the reader can hide.
                        html.Div(className="column-choice"),
                    ],
                    className="columns-menu",
                    **{"data-table": f"{things}-table"},
                ),
                frames.csv_button(things),
            ],
            className="table-tools",
        )
        return frames.box(
            f"All {things}",
            error_slot,
            data_table(things, self.caption, [column.header for column in self.columns]),
            html.Div(id=self._foot.id, className="table-foot", role="status"),
            aside=tools,
            class_name="table-panel",
        )

    def fill(self, data: PageData) -> Fills:
        """Fill the table with the rows that the address asks for."""
        rows, rest, query = self.rows(data), self.rest(data), data.query
        found = in_order(matching(rows, query.search, self.searched), query.sort, self.columns)
        on_screen = excerpt(found, query, listed=len(rows), total=self.total(data))
        is_used = bool(rows) or any(line.part.calls for line in rest)
        greatest = max([*map(self.share, rows), *(line.part.share for line in rest), 0.0])
        if not rows:
            lines = message_row(len(self.columns), *nothing_in(data, self.nothing))
        elif not on_screen.rows:
            lines = no_match(len(self.columns), self.dimension, query.search)
        else:
            lines = self._lines(data, on_screen.rows, greatest)
        total: list[Markup] = []
        if is_used and not query.search:  # what a search found does not add up to the total
            lines += [self._rest_line(line, greatest, data) for line in rest]
            total = [self._total_line(data)]
        return Fills(
            {self._total: total, self._rows: lines, self._foot: foot(on_screen, self.dimension, self.things)}
        )

    def _lines(self, data: PageData, rows: Sequence[Row], greatest: float) -> list[Markup]:
        keys = [self.key(row) for row in rows]
        trends = data.trends(self.dimension, keys)
        buckets = TimeAxis.of(data.timeline).labels
        lines = []
        for key, row in zip(keys, rows, strict=True):
            trend = trend_cell(trends[key], peak_in_words(trends[key], buckets))
            cells = (self._cell(column, row, trend, greatest, data) for column in self.columns[1:])
            lines.append(element("tr", self.name(data, row), *cells))
        return lines

    def _cell(
        self, column: ListColumn[Row], row: Row, trend: Markup, greatest: float, data: PageData
    ) -> Markup:
        if column.is_trend:
            return trend
        if column.declared.field in self.cells:
            return self.cells[column.declared.field](row)
        return cell(column.declared, column.declared.cell(row), greatest_share=greatest, now=data.now)

    def _rest_line(self, line: RestLine, greatest: float, data: PageData) -> Markup:
        cells = (_sum_cell(column, line.part, greatest, data) for column in self.columns[1:])
        return element("tr", name_cell(line.label, line.detail, href=line.href), *cells, class_name="rest")

    def _total_line(self, data: PageData) -> Markup:
        totals = data.summary.totals
        cells = (_sum_cell(column, totals, 0.0, data) for column in self.columns[1:])
        return element("tr", name_cell("Total"), *cells, class_name="total")


def _sum_cell(column: ListColumn[Row], sums: Totals | Part, greatest: float, data: PageData) -> Markup:
    """Write the cell of a line that is not a row; empty where the sums have no such field."""
    if column.is_trend:
        return trend_cell()
    name = column.declared.field
    value = getattr(sums, name, getattr(sums, IN_TOTALS.get(name, name), None))
    if value is None:
        return empty_cell()
    return cell(column.declared, value, greatest_share=greatest, now=data.now)
