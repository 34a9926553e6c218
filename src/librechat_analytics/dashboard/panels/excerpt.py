"""The line below a list: how much of it is on screen, and the buttons for the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from librechat_analytics.dashboard.html.markup import button, element
from librechat_analytics.dashboard.list_query import LONGEST_PAGE, PAGE_ROWS, page_length
from librechat_analytics.formatting import counted

if TYPE_CHECKING:
    from librechat_analytics.dashboard.html.markup import Markup
    from librechat_analytics.dashboard.query import PageQuery


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The rows of a list that are on screen.

    ``shown``: how many. ``matched``: how many the search found; without a search, all. ``total``: how many
    the list has. ``page``: counted from 1. ``is_all``: the reader wants all rows on one page.
    """

    shown: int
    matched: int
    total: int
    page: int
    pages: int
    is_all: bool = False

    @property
    def first(self) -> int:
        """Give the position of the first row on screen, from 1."""
        return (self.page - 1) * (LONGEST_PAGE if self.is_all else PAGE_ROWS) + 1


def excerpt(shown: int, matched: int, total: int, query: PageQuery) -> Excerpt:
    """Say where in a list the rows of an address are; a page beyond the last is the last."""
    pages = max(1, -(-matched // page_length(query)))
    return Excerpt(shown, matched, total, min(query.page, pages), pages, query.show_all)


def showing(excerpt: Excerpt, thing: str) -> str:
    """Say how much of a list is on screen: ``1-50 of 312 users``."""
    shown, matched, total = excerpt.shown, excerpt.matched, excerpt.total
    positions = f"{excerpt.first:,}\N{EN DASH}{excerpt.first + shown - 1:,}"
    if matched < total:
        if shown < matched:
            return f"{positions} of {matched:,} matching {thing}s"
        return f"{matched:,} of {total:,} {thing}s match"
    if shown < total:
        return f"{positions} of {total:,} {thing}s"
    return counted(total, thing)


def foot(excerpt: Excerpt, thing: str) -> list[Markup]:
    """Say how much of a list is on screen, with buttons for its other pages and for all of it."""
    if not excerpt.shown:
        return []
    words: list[Markup] = [element("span", showing(excerpt, thing))]
    if excerpt.pages > 1:
        before, after = excerpt.page - 1, excerpt.page + 1
        words += [
            _page_button("Previous", before, exists=before >= 1),
            _page_button("Next", after, exists=after <= excerpt.pages),
        ]
    if excerpt.is_all and excerpt.matched > PAGE_ROWS:
        words.append(button(f"Show {PAGE_ROWS} a page", set="all=&page="))
    elif excerpt.pages > 1:
        longest = f"{LONGEST_PAGE:,} of " if excerpt.matched > LONGEST_PAGE else "all "
        words.append(button(f"Show {longest}{excerpt.matched:,}", action="show-all"))
    return words


def _page_button(label: str, page: int, *, exists: bool) -> Markup:
    # A button without effect stays on the page, so that it keeps the focus.
    if not exists:
        return element("button", label, class_name="text-button", disabled="true")
    return button(label, set=f"page={page}")
