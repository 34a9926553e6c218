"""The rows of a list that are on screen: found by a search, in an order, page by page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Generic, TypeVar

from librechat_analytics.dashboard.html.markup import button, element
from librechat_analytics.formatting import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from librechat_analytics.dashboard.html.markup import Markup
    from librechat_analytics.dashboard.panels.list_columns import ListColumn
    from librechat_analytics.dashboard.query import PageQuery

Row = TypeVar("Row")

PAGE_ROWS = 50


@dataclass(frozen=True, slots=True)
class Excerpt(Generic[Row]):
    """The rows of a list that are on screen.

    ``first``: the position of the first of them, from 1. ``matched``: the number of rows that the search
    found; without a search, of all that are listed. ``listed``: the number of rows that were read, at most a
    thousand without a search. ``total``: the number of all.
    """

    rows: Sequence[Row]
    first: int
    matched: int
    listed: int
    total: int
    page: int
    pages: int


def excerpt(found: Sequence[Row], query: PageQuery, *, listed: int, total: int) -> Excerpt[Row]:
    """Cut out the page that the reader is on; a page beyond the last is the last."""
    matched = len(found)
    if query.show_all:
        return Excerpt(found, 1, matched, listed, total, 1, 1)
    pages = max(1, -(-matched // PAGE_ROWS))
    page = min(query.page, pages)
    start = (page - 1) * PAGE_ROWS
    return Excerpt(found[start : start + PAGE_ROWS], start + 1, matched, listed, total, page, pages)


def matching(rows: Sequence[Row], search: str, texts: Callable[[Row], Iterable[str | None]]) -> Sequence[Row]:
    """Give the rows that have every word of a search in one of their texts; case does not matter."""
    words = search.casefold().split()
    if not words:
        return rows
    return [row for row in rows if _has_all(words, " ".join(filter(None, texts(row))).casefold())]


def _has_all(words: Iterable[str], text: str) -> bool:
    return all(word in text for word in words)


def in_order(rows: Sequence[Row], sort: str, columns: Iterable[ListColumn[Row]]) -> Sequence[Row]:
    """Order rows as the address says: ``cost_usd``, or ``-cost_usd`` for descending.

    Rows without a value are last in both directions. A column that cannot be sorted changes nothing.
    """
    name = sort.removeprefix("-")
    column = next((one for one in columns if one.header.sort and one.header.sort == name), None)
    if column is None:
        return rows
    values = [(column.declared.cell(row), row) for row in rows]
    known = [(_sort_key(value), row) for value, row in values if value is not None]
    ordered = sorted(known, key=lambda pair: pair[0], reverse=sort.startswith("-"))
    return [*(row for _, row in ordered), *(row for value, row in values if value is None)]


def _sort_key(value: str | float | datetime) -> tuple[str, float]:
    if isinstance(value, str):
        return value.casefold(), 0.0
    return "", value.timestamp() if isinstance(value, datetime) else value


def showing(excerpt: Excerpt[Row], thing: str, things: str) -> str:
    """Say how much of a list is on screen: ``1-50 of 312 users``."""
    shown, matched, total = len(excerpt.rows), excerpt.matched, excerpt.total
    positions = f"{excerpt.first:,}\N{EN DASH}{excerpt.first + shown - 1:,}"
    if matched < excerpt.listed:
        if shown < matched:
            return f"{positions} of {matched:,} matching {things}"
        return f"{matched:,} of {total:,} {things} match"
    if shown < total:
        return f"{positions} of {total:,} {things}"
    return counted(total, thing, things)


def foot(excerpt: Excerpt[Row], thing: str, things: str) -> list[Markup]:
    """Say how much of a list is on screen, with buttons for its other pages and for the whole list."""
    if not excerpt.total:
        return []
    words: list[Markup] = [element("span", showing(excerpt, thing, things))]
    if excerpt.pages > 1:
        before, after = excerpt.page - 1, excerpt.page + 1
        words += [
            _page_button("Previous", before, exists=before >= 1),
            _page_button("Next", after, exists=after <= excerpt.pages),
            button(f"Show all {excerpt.matched:,}", action="show-all"),
        ]
    return words


def _page_button(label: str, page: int, *, exists: bool) -> Markup:
    # A button without effect stays on the page, so that it keeps the focus.
    if not exists:
        return element("button", label, class_name="text-button", disabled="true")
    return button(label, set=f"page={page}")
