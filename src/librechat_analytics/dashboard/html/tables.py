"""Tables: columns, cells, and the order and search that Python does on rows it already has."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from dash import html

from librechat_analytics.dashboard.charts.time_axis import bucket_labels
from librechat_analytics.dashboard.html.markup import button, element
from librechat_analytics.dashboard.words.captions import peak_in_words
from librechat_analytics.formatting import integer, money, money_exact, plain_text, rate, tokens
from librechat_analytics.formatting import share as share_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    import pandas as pd
    from dash.development.base_component import Component

    from librechat_analytics.dashboard.data import Questions
    from librechat_analytics.dashboard.html.markup import Markup
    from librechat_analytics.dashboard.query import PageQuery, SplitBy
    from librechat_analytics.usage.answers import AgentRanking, Ranking, Totals

PAGE_ROWS = 50

Direction = Literal["ascending", "descending"]
Figure = Literal["", "money", "tokens", "count", "rate"]

WORDS: dict[str, tuple[Callable[[Any], str], Callable[[Any], str]]] = {
    "money": (money, money_exact),
    "tokens": (tokens, integer),
    "count": (integer, integer),
    "rate": (rate, rate),
}
"""How a figure is written, and how with all its digits."""

OF_TOTALS = {"users": "active_users"}
"""What a column is called among the totals, where it has another name there."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column as its header shows it.

    ``sort``: the DataFrame's column that it orders by, empty where it cannot be ordered.
    ``figure``: how that column is written; empty where its cells are made one by one.
    ``first``: the direction of the first click. ``preset``: the table comes in this order.
    ``room``: the screens that it is on until the reader chooses otherwise: 0 all, 1 from tablets on,
    2 from desks on, 3 none.
    """

    label: str
    sort: str = ""
    figure: Figure = ""
    first: Direction = "descending"
    numeric: bool = True
    preset: bool = False
    room: int = 0
    hint: str = ""


def data_table(id: str, caption: str, columns: Sequence[Column]) -> Component:  # noqa: A002
    """A table whose body ``fill.js`` fills."""
    return html.Div(
        html.Table(
            [
                html.Caption(caption, className="visually-hidden"),
                html.Thead(html.Tr([_header(id, column) for column in columns])),
                html.Tbody(id=f"{id}-rows", className="rows"),
                html.Tfoot(id=f"{id}-total"),
            ],
            id=f"{id}-table",
            className="data-table",
        ),
        className="table-scroll main-table",
        tabIndex=0,
        role="region",
        **{"aria-label": caption},
    )


def _header(table: str, column: Column) -> Component:
    if not column.sort:
        return html.Th(column.label, title=column.hint or None, **_of_header(column))
    state = column.first if column.preset else "none"
    return html.Th(
        html.Button(
            [column.label, html.Span(className="sort-mark", **{"aria-hidden": "true"})],
            type="button",
            title=column.hint or None,
        ),
        id=f"{table}-sort-{column.sort}",
        **_of_header(column),
        **{
            "aria-sort": state,
            "data-sort": column.sort,
            "data-first": column.first,
            **({"data-preset": "true"} if column.preset else {}),
        },
    )


def _of_header(column: Column) -> dict[str, str]:
    kind = {"className": "number"} if column.numeric else {}
    return {"scope": "col", **kind, **({"data-room": str(column.room)} if column.room else {})}


def message_row(columns: int, *words: Markup) -> list[Markup]:
    """One row that says why there are none."""
    return [element("tr", element("td", *words, col_span=str(columns), class_name="table-message"))]


def name_cell(
    name: str,
    detail: str | None = None,
    *,
    href: str | None = None,
    doubt: Markup = "",
    detail_href: str | None = None,
) -> Markup:
    """A row's header: a name, and something in smaller type underneath.

    ``href``: the page of its own that the name leads to; ``doubt``: a mark beside it; ``detail_href``: where
    the smaller type leads.
    """
    named = element("a", name, href=href) if href else name
    lines = [element("span", named, *([" ", doubt] if doubt else []), class_name="name", title=name)]
    if detail:
        more = element("a", detail, href=detail_href) if detail_href else detail
        lines.append(element("span", more, class_name="detail", title=detail))
    return element("th", *lines, scope="row", class_name="name-cell")


def number_cell(text: str, exact: str | None = None) -> Markup:
    """A figure, with all its digits in the tooltip where the text has fewer."""
    return element("td", text, class_name="number", title=exact if exact != text else None)


def cells(
    columns: Sequence[Column], figures: Mapping[str, Any], others: Mapping[str, Markup] = MappingProxyType({})
) -> list[Markup]:
    """The cells of a line after its name: figures as their columns write them, the others by their label."""
    line = []
    made = {"Trend": element("td", class_name="trend-cell"), **others}
    for column in columns[1:]:
        if column.label in made:
            line.append(made[column.label])
        elif column.figure and column.sort in figures:
            as_text, exact = WORDS[column.figure]
            line.append(number_cell(as_text(figures[column.sort]), exact(figures[column.sort])))
        else:
            line.append(empty_cell())
    return line


def total_row(columns: Sequence[Column], totals: Totals) -> Markup:
    """The last line: what the columns add up to, where they do."""
    names = {column.sort: OF_TOTALS.get(column.sort, column.sort) for column in columns if column.sort}
    figures = {
        name: getattr(totals, of_totals) for name, of_totals in names.items() if hasattr(totals, of_totals)
    }
    return element("tr", name_cell("Total"), *cells(columns, figures), class_name="total")


def list_rows(
    questions: Questions,
    listed: Listed,
    excerpt: Excerpt,
    greatest: float,
    *,
    nothing: Sequence[Markup],
    last: Sequence[Markup] = (),
) -> list[Markup]:
    """The lines of a list of users, models or agents, or why there are none.

    Args:
        questions: What was asked.
        listed: What the list is of.
        excerpt: The rows on screen.
        greatest: The greatest share in the list, whose bar is full.
        nothing: What is said where the period has none.
        last: Lines that follow the others, unless something is searched for.
    """
    columns = listed.columns
    lines: list[Markup] = []
    if not excerpt.listed:
        lines = message_row(len(columns), *nothing)
    elif excerpt.rows.empty:
        lines = no_match(len(columns), listed.thing, questions.query.search)
    else:
        trends = trend_cells(questions, listed.thing, excerpt.rows[listed.key])
        rows: Iterable[Any] = excerpt.rows.itertuples(index=False)
        for row, trend in zip(rows, trends, strict=True):
            others = {
                "Share": share_cell(row.share, greatest),
                "Trend": trend,
                **listed.others(questions, row),
            }
            name = listed.name(questions, row)
            lines.append(element("tr", name, *cells(columns, row._asdict(), others)))
    return lines if questions.query.search else [*lines, *last]


def total_rows(questions: Questions, listed: Listed, *, is_used: bool) -> list[Markup]:
    """What a list adds up to, which a search leaves out.

    It is filled before the rows: the widest figures come first, so that no column grows with the last row.
    """
    if questions.query.search or not is_used:
        return []
    return [total_row(listed.columns, questions.summary.totals)]


@dataclass(frozen=True, slots=True)
class Listed:
    """What a list is of, and how it is written.

    ``thing``: in the singular. ``key``: the DataFrame's column that says which one. ``name`` makes a row's
    first cell, ``others`` those that no figure fills, by their columns' labels.
    """

    thing: SplitBy
    key: str
    columns: Sequence[Column]
    name: Callable[[Questions, Any], Markup]
    others: Callable[[Questions, Any], Mapping[str, Markup]]


def empty_cell() -> Markup:
    return element("td")


def trend_cells(questions: Questions, by: SplitBy, parts: Iterable[str | None]) -> list[Markup]:
    """For each row small bars of how its cost moved, each by its own greatest."""
    listed = list(parts)
    trends = questions.trends(by, listed)
    points = questions.timeline.points
    partial = [bool(cut) for cut in points["partial"]]
    names = bucket_labels(list(points["start"]), partial, questions.timeline.unit)
    return [trend_cell(trends[part], peak_in_words(trends[part], names)) for part in listed]


def trend_cell(costs: Sequence[float], words: str) -> Markup:
    """Small bars for the eye, and in words what they show."""
    greatest = max(costs, default=0)
    drawing: list[Markup] = []
    if greatest > 0:
        bars = " ".join(str(round(100 * max(cost, 0) / greatest)) for cost in costs)
        drawing = [element("span", class_name="trend", bars=bars, hidden_from_readers="true")]
    hidden_words = element("span", words, class_name="visually-hidden")
    return element("td", *drawing, hidden_words, class_name="trend-cell", title=words)


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
        key=_casefolded if rows[name].map(lambda value: isinstance(value, str)).any() else None,
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


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The rows of a list that are on screen.

    ``first``: the place of the first of them, from 1. ``matched``: rows that the search found, without one
    all that are listed. ``listed``: rows that were asked for, at most a thousand. ``total``: how many there
    are in all.
    """

    rows: pd.DataFrame
    first: int
    matched: int
    listed: int
    total: int
    page: int
    pages: int


def excerpt(found: pd.DataFrame, query: PageQuery, ranking: Ranking | AgentRanking) -> Excerpt:
    """Cut the page that the reader is on out of the rows found; a page beyond the last is the last."""
    matched, listed = len(found), len(ranking.rows)
    if query.show_all:
        return Excerpt(found, 1, matched, listed, ranking.total, 1, 1)
    pages = max(1, -(-matched // PAGE_ROWS))
    page = min(query.page, pages)
    start = (page - 1) * PAGE_ROWS
    rows = found.iloc[start : start + PAGE_ROWS]
    return Excerpt(rows, start + 1, matched, listed, ranking.total, page, pages)


def showing(excerpt: Excerpt, things: str) -> str:
    """How much of a list is on screen: ``1-50 of 312 users``; ``things`` in the plural."""
    shown, matched, total = len(excerpt.rows), excerpt.matched, excerpt.total
    places = f"{excerpt.first:,}\N{EN DASH}{excerpt.first + shown - 1:,}"
    if matched < excerpt.listed:
        if shown < matched:
            return f"{places} of {matched:,} matching {things}"
        return f"{matched:,} of {total:,} {things} match"
    if shown < total:
        return f"{places} of {total:,} {things}"
    return f"{total:,} {things if total != 1 else things.removesuffix('s')}"


def foot(excerpt: Excerpt, things: str) -> list[Markup]:
    """How much of a list is on screen, and buttons for its other pages and for all of it."""
    if not excerpt.total:
        return []
    words: list[Markup] = [element("span", showing(excerpt, things))]
    if excerpt.pages > 1:
        before, after = excerpt.page - 1, excerpt.page + 1
        words += [
            _page_button("Previous", before, exists=before >= 1),
            _page_button("Next", after, exists=after <= excerpt.pages),
            button(f"Show all {excerpt.matched:,}", action="show-all"),
        ]
    return words


def _page_button(label: str, page: int, *, exists: bool) -> Markup:
    # One that leads nowhere stays, so that a reader who goes on does not lose the focus.
    if not exists:
        return element("button", label, class_name="text-button", disabled="true")
    return button(label, set=f"page={page}")


def no_match(columns: int, thing: str, search: str) -> list[Markup]:
    """Why a search found nothing, and the way back."""
    words = f"No {thing} matches “{plain_text(search)}”. "
    return message_row(columns, words, button("Clear the search", action="clear-search"))
