"""Tables: columns, cells, and the order and search that Python does on rows it already has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from dash import html

from librechat_analytics.dashboard.markup import button, element
from librechat_analytics.formatting import plain_text
from librechat_analytics.formatting import share as share_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from dash.development.base_component import Component

    from librechat_analytics.dashboard.markup import Markup

Direction = Literal["ascending", "descending"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column as its header shows it.

    ``sort``: the DataFrame's column that it orders by, empty where it cannot be ordered.
    ``first``: the direction of the first click. ``preset``: the table comes in this order.
    ``minor``: left out on small screens.
    """

    label: str
    sort: str = ""
    first: Direction = "descending"
    numeric: bool = True
    preset: bool = False
    minor: bool = False
    hint: str = ""

    @property
    def classes(self) -> str:
        return " ".join(name for name, holds in (("number", self.numeric), ("minor", self.minor)) if holds)


def data_table(id: str, caption: str, columns: Sequence[Column]) -> Component:  # noqa: A002
    """A table whose body ``fill.js`` fills."""
    return html.Div(
        html.Table(
            [
                html.Caption(caption, className="visually-hidden"),
                html.Thead(html.Tr([_header(id, column) for column in columns])),
                html.Tbody(id=f"{id}-rows", className="rows"),
            ],
            className="data-table",
        ),
        className="table-scroll",
        tabIndex=0,
        role="region",
        **{"aria-label": caption},
    )


def _header(table: str, column: Column) -> Component:
    if not column.sort:
        return html.Th(column.label, scope="col", className=column.classes, title=column.hint or None)
    state = column.first if column.preset else "none"
    return html.Th(
        html.Button(
            [column.label, html.Span(className="sort-mark", **{"aria-hidden": "true"})],
            type="button",
            title=column.hint or None,
        ),
        id=f"{table}-sort-{column.sort}",
        scope="col",
        className=column.classes,
        **{
            "aria-sort": state,
            "data-sort": column.sort,
            "data-first": column.first,
            **({"data-preset": "true"} if column.preset else {}),
        },
    )


def message_row(columns: int, *words: Markup) -> list[Markup]:
    """One row that says why there are none."""
    return [element("tr", element("td", *words, col_span=str(columns), class_name="table-message"))]


def name_cell(name: str, detail: str | None = None, *, href: str | None = None, doubt: Markup = "") -> Markup:
    """A row's header: a name, and something in smaller type underneath.

    ``href``: the page of its own that the name leads to; ``doubt``: a mark beside it.
    """
    named = element("a", name, href=href) if href else name
    lines = [element("span", named, *([" ", doubt] if doubt else []), class_name="name", title=name)]
    if detail:
        lines.append(element("span", detail, class_name="detail", title=detail))
    return element("th", *lines, scope="row", class_name="name-cell")


def number_cell(text: str, exact: str | None = None, *, minor: bool = False) -> Markup:
    """A figure, with all its digits in the tooltip where the text has fewer."""
    return element(
        "td", text, class_name="number minor" if minor else "number", title=exact if exact != text else None
    )


def empty_cell() -> Markup:
    return element("td")


def words_cell(text: str) -> Markup:
    """A sentence, which may take more than one line."""
    return element("td", text, class_name="words")


def share_cell(part: float, greatest: float) -> Markup:
    """A part of the whole in per cent, with a bar that compares it with the list's greatest part."""
    text = element("span", share_text(part), class_name="share-text")
    return element(
        "td",
        element("div", share_bar(part, greatest), text, class_name="share"),
        class_name="number share-cell",
    )


def share_bar(part: float, greatest: float) -> Markup:
    """A bar for the eye, full for the greatest part; the number beside it says how much it really is."""
    width = min(max(part / greatest, 0.0), 1.0) if greatest > 0 else 0.0
    fill = element("span", class_name="share-fill", width=f"{width * 100:.2f}%")
    return element("span", fill, class_name="share-bar", hidden_from_readers="true")


def in_order(rows: pd.DataFrame, sort: str, columns: Sequence[Column]) -> pd.DataFrame:
    """Order rows as the address asks (``cost_usd``, or ``-cost_usd`` for descending).

    Rows without a value come last either way; a column that cannot be ordered leaves the rows as they are.
    """
    name = sort.removeprefix("-")
    column = next((column for column in columns if column.sort and column.sort == name), None)
    if column is None or rows.empty or name not in rows.columns:
        return rows
    return rows.sort_values(
        name,
        ascending=not sort.startswith("-"),
        kind="stable",
        na_position="last",
        key=None if column.numeric else _casefolded,
    )


def _casefolded(values: pd.Series[Any]) -> pd.Series[Any]:
    return values.map(lambda value: value.casefold() if isinstance(value, str) else None)


def matching(rows: pd.DataFrame, search: str, columns: Sequence[str]) -> pd.DataFrame:
    """The rows that hold every word of the search in one of the columns, whatever the case."""
    words = search.casefold().split()
    if not words or rows.empty:
        return rows
    texts = [
        " ".join(str(value) for value in values if isinstance(value, str)).casefold()
        for values in zip(*(rows[column] for column in columns), strict=True)
    ]
    return rows[[all(word in text for word in words) for text in texts]]


def showing(shown: int, matched: int, total: int, things: str, *, listed: int) -> str:
    """How much of a list is on screen: ``Showing 50 of 312 users``.

    Args:
        shown: Rows on screen.
        matched: Rows that the search found; without one all that are listed.
        total: How many there are.
        things: What they are, in the plural.
        listed: Rows that were asked for, at most a thousand.
    """
    if matched < listed:
        if shown < matched:
            return f"Showing {shown:,} of {matched:,} matching {things}"
        return f"{matched:,} of {total:,} {things} match"
    if shown < total:
        return f"Showing {shown:,} of {total:,} {things}"
    return f"{total:,} {things if total != 1 else things.removesuffix('s')}"


def no_match(columns: int, thing: str, search: str) -> list[Markup]:
    """Why a search found nothing, and the way back."""
    words = f"No {thing} matches “{plain_text(search)}”. "
    return message_row(columns, words, button("Clear the search", action="clear-search"))


def foot(shown: int, matched: int, total: int, things: str, *, listed: int) -> list[Markup]:
    """How much of a list is on screen, and a button for the rest of it."""
    if not total:
        return []
    words: list[Markup] = [element("span", showing(shown, matched, total, things, listed=listed))]
    if shown < matched:
        words += [" ", button(f"Show all {matched:,}", action="show-all")]
    return words
