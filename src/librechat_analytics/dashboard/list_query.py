"""Which part of a list an address asks for, and in which order."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from librechat_analytics.usage.list_answers import ALL_ENTRIES
from librechat_analytics.usage.listing import Listing, Sort

if TYPE_CHECKING:
    from collections.abc import Mapping

    from librechat_analytics.dashboard.query import PageQuery

PAGE_ROWS = 50
"""How many entries a page of a list has."""

LONGEST_PAGE = 1000
"""How many entries a page has if the reader wants all."""

SORTS: Mapping[str, Sort] = {
    **{sort: sort for sort in get_args(Sort)},
    "cost_usd": "cost",
    "share": "cost",
    "total_tokens": "tokens",
    "previous_cost_usd": "before",
    "change_usd": "change",
    "cost_per_user_usd": "cost_per_user",
    "user": "name",
    "label": "name",
    "certain": "attribution",
}
"""The orders of lists by the values of ``?sort=``, which are mostly the fields of columns."""


def listing_of(query: PageQuery, *, is_for_file: bool = False) -> Listing:
    """Read which part of a list an address asks for; a file has all that the search finds."""
    name = query.sort.removeprefix("-")
    length = page_length(query)
    return Listing(
        limit=ALL_ENTRIES if is_for_file else length,
        offset=0 if is_for_file else (query.page - 1) * length,
        sort=SORTS.get(name, "cost"),
        descending=name not in SORTS or query.sort.startswith("-"),
        search=query.search,
        beyond_period=True,
    )


def page_length(query: PageQuery) -> int:
    """Give the number of entries of a page."""
    return LONGEST_PAGE if query.show_all else PAGE_ROWS
