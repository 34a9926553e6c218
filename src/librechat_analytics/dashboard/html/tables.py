"""Tables whose rows come with the answer: their headers, and rows that say why there are no others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from dash import html

from librechat_analytics.dashboard.html.markup import element

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dash.development.base_component import Component

    from librechat_analytics.dashboard.html.markup import Markup

Direction = Literal["ascending", "descending"]


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a table's column.

    ``sort``: the value of ``?sort=`` that orders the table by this column, empty where none does.
    ``first``: the direction of the first click. ``preset``: the table is in this order at first.
    ``room``: the screens that show the column until the reader chooses otherwise: 0 all, 1 tablets and
    larger, 2 desktops only, 3 none. ``hint``: its tooltip.
    """

    title: str
    sort: str = ""
    first: Direction = "descending"
    numeric: bool = True
    preset: bool = False
    room: int = 0
    hint: str = ""


def data_table(table_id: str, caption: str, headers: Sequence[Header]) -> Component:
    """Make a table whose rows ``fill.js`` fills."""
    return html.Div(
        html.Table(
            [
                html.Caption(caption, className="visually-hidden"),
                html.Thead(html.Tr([_header(table_id, header) for header in headers])),
                html.Tbody(id=f"{table_id}-rows", className="rows"),
                html.Tfoot(id=f"{table_id}-total"),
            ],
            id=f"{table_id}-table",
            className="data-table",
        ),
        className="table-scroll main-table",
        tabIndex=0,
        role="region",
        **{"aria-label": caption},
    )


def _header(table_id: str, header: Header) -> Component:
    attributes = {
        "scope": "col",
        **({"className": "number"} if header.numeric else {}),
        **({"data-room": str(header.room)} if header.room else {}),
    }
    if not header.sort:
        return html.Th(header.title, title=header.hint or None, **attributes)
    return html.Th(
        html.Button(
            [header.title, html.Span(className="sort-mark", **{"aria-hidden": "true"})],
            type="button",
            title=header.hint or None,
        ),
        id=f"{table_id}-sort-{header.sort}",
        **attributes,
        **{
            "aria-sort": header.first if header.preset else "none",
            "data-sort": header.sort,
            "data-first": header.first,
            **({"data-preset": "true"} if header.preset else {}),
        },
    )


def message_row(columns: int, *words: Markup) -> list[Markup]:
    """Write one row that says why there are no others."""
    return [element("tr", element("td", *words, col_span=str(columns), class_name="table-message"))]


def number_head(names: Sequence[str]) -> list[Markup]:
    """Write the headers of a chart's numbers."""
    return [
        element("th", name, scope="col", class_name="number" if index else None)
        for index, name in enumerate(names)
    ]


def number_rows(rows: Sequence[Sequence[Markup]]) -> list[Markup]:
    """Write the rows of a chart's numbers; the first cell is the row's header."""
    return [
        element(
            "tr",
            element("th", first, scope="row"),
            *(element("td", cell, class_name="number") for cell in rest),
        )
        for first, *rest in rows
    ]
