"""The table that lists all users, models or agents, or the parts of usage by an attribute."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

import dash_bootstrap_components as dbc
from dash import html

from librechat_analytics.dashboard.charts.time_axis import TimeAxis
from librechat_analytics.dashboard.html import frames
from librechat_analytics.dashboard.html.cells import trend_cell
from librechat_analytics.dashboard.html.markup import element
from librechat_analytics.dashboard.html.tables import data_table, message_row
from librechat_analytics.dashboard.panels.excerpt import excerpt, foot
from librechat_analytics.dashboard.panels.list_columns import cell, compared_cell
from librechat_analytics.dashboard.panels.list_sums import (
    RestLine,
    sum_line,
    sums_of_others,
    sums_of_part,
    sums_of_whole,
)
from librechat_analytics.dashboard.panels.targets import Fills, Target
from librechat_analytics.dashboard.words import currency_words
from librechat_analytics.dashboard.words.captions import peak_in_words
from librechat_analytics.dashboard.words.empties import no_match, nothing_in
from librechat_analytics.formatting import counted
from librechat_analytics.usage.list_answers import Compared

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from dash.development.base_component import Component

    from librechat_analytics.dashboard.data import ListPart, PageData
    from librechat_analytics.dashboard.html.markup import Markup
    from librechat_analytics.dashboard.panels.list_columns import ListColumn
    from librechat_analytics.usage.questions import TrendOf


Row = TypeVar("Row", bound=Compared)


def _no_rest(_: PageData) -> Sequence[RestLine]:
    return ()


@dataclass(frozen=True, slots=True)
class ListTable(Generic[Row]):
    """A table of a list, with its search, its choice of columns and its pages.

    Attributes:
        things: The name of the view, and in its texts what the rows are.
        thing: Says what a row is, in the singular.
        caption: The table's name for screen readers.
        placeholder: What the empty search field says.
        nothing: What the table says without rows, such as "No users".
        columns: The column of names first.
        part: Reads the rows that the address asks for.
        key: Gives a row's id, or a model's name.
        name: Writes a row's first cell.
        dimension: What the rows are where they have a column of trends.
        cells: Write the cells that the kind of their column does not, by field.
        rest: Reads the lines below the rows.
        adds_up: Says whether no usage is in two rows, so that there is a total.
        title: The heading; "All users" and so on without one.
        called: What texts call the rows, if not as the view is named.
        rest_is_first: Says that the lines of usage that is no row come above the rows.
    """

    things: str
    thing: Callable[[PageData], str]
    caption: str
    placeholder: str
    nothing: str
    columns: tuple[ListColumn[Row], ...]
    part: Callable[[PageData], ListPart[Row]]
    key: Callable[[Row], str | None]
    name: Callable[[PageData, Row], Markup]
    dimension: TrendOf | None = None
    cells: Mapping[str, Callable[[Row], Markup]] = field(default_factory=dict)
    rest: Callable[[PageData], Sequence[RestLine]] = _no_rest
    adds_up: Callable[[PageData], bool] = lambda _: True
    title: str = ""
    called: str = ""
    rest_is_first: bool = False

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

    def layout(self, error_slot: Component, *before: Component) -> Component:
        """Make the table before the first answer, with all around it; ``before`` is above the table."""
        things, called = self.things, self.called or self.things
        tools = html.Div(
            [
                html.Label(f"Search {called}", htmlFor=f"{things}-search", className="visually-hidden"),
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
                *frames.list_files(things, called),
            ],
            className="table-tools",
        )
        return frames.box(
            self.title or f"All {called}",
            error_slot,
            *before,
            data_table(things, self.caption, [column.header for column in self.columns]),
            html.Div(id=self._foot.id, className="table-foot", role="status"),
            aside=tools,
            class_name="table-panel",
        )

    def fill(self, data: PageData) -> Fills:
        """Fill the table with the rows that the address asks for."""
        part, rest, query = self.part(data), self.rest(data), data.query
        thing = self.thing(data)
        on_screen = excerpt(len(part.rows), part.matched, part.total, query)
        is_used = bool(part.total) or any(line.part.calls for line in rest)
        if not part.total:
            lines = message_row(len(self.columns), *nothing_in(data, self.nothing))
        elif not part.rows:
            lines = no_match(len(self.columns), data, f"{thing}s")
        else:
            lines = self._lines(data, part, greatest_share(part, rest))
        total: list[Markup] = []
        if is_used and not query.search:  # what a search found does not add up to the total
            of_rest = self._rest_lines(part, rest, data.now)
            of_others = self._others_line(data, part, rest)
            lines = [*of_rest, *lines, *of_others] if self.rest_is_first else [*lines, *of_others, *of_rest]
            total = self._total_lines(data)
        return Fills({self._total: total, self._rows: lines, self._foot: foot(on_screen, thing)})

    def _lines(self, data: PageData, part: ListPart[Row], greatest: float) -> list[Markup]:
        keys = [self.key(row) for row in part.rows]
        trends = data.trends(self.dimension, keys) if self.dimension else {}
        buckets = TimeAxis.of(data.timeline).labels if self.dimension else []
        lines = []
        for key, row in zip(keys, part.rows, strict=True):
            trend = trend_cell(trends[key], peak_in_words(trends[key], buckets)) if self.dimension else ""
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
        if column.declared.field == "change_usd":
            return compared_cell(row.cost_usd, row.previous_cost_usd)
        value = column.declared.cell(row)
        return cell(column.declared, value, greatest_share=greatest, now=data.now)

    def _others_line(self, data: PageData, part: ListPart[Row], rest: Sequence[RestLine]) -> list[Markup]:
        """Write the rows on other pages as one line."""
        others = part.total - len(part.rows)
        if others <= 0 or not self.adds_up(data):
            return []
        left = sums_of_others(sums_of_whole(data.summary), part.rows, [line.part for line in rest])
        label = counted(others, f"other {self.thing(data)}")
        return [sum_line(self.columns, left, label, kind="rest", now=data.now)]

    def _rest_lines(self, part: ListPart[Row], rest: Sequence[RestLine], now: datetime) -> list[Markup]:
        """Write the usage that is no row."""
        return [
            sum_line(
                self.columns,
                sums_of_part(line.part),
                line.label,
                line.detail,
                href=line.href,
                kind="rest",
                highest_share=greatest_share(part, rest),
                now=now,
            )
            for line in rest
        ]

    def _total_lines(self, data: PageData) -> list[Markup]:
        if not self.adds_up(data):
            return []
        whole = sums_of_whole(data.summary)
        return [
            sum_line(self.columns, whole, "Total", currency_words.of_total(data), kind="total", now=data.now)
        ]


def greatest_share(part: ListPart[Row], rest: Sequence[RestLine]) -> float:
    """Return the share that the bars of rows and of the lines below them are drawn against."""
    return max([part.highest_share, *(line.part.share for line in rest)])
