"""Which part of a list an address asks for."""

from __future__ import annotations

import pytest

from librechat_analytics.dashboard.list_query import listing_of
from librechat_analytics.dashboard.views import agents, models, users
from librechat_analytics.usage.listing import Listing
from tests.dashboard.ready_answers import query


@pytest.mark.parametrize(
    ("sort", "by", "descending"),
    [
        ("", "cost", True),
        ("-cost_usd", "cost", True),
        ("cost_usd", "cost", False),
        ("user", "name", False),
        ("-change_usd", "change", True),
        ("-total_tokens", "tokens", True),
        ("last_ever", "last_ever", False),
        ("bananas", "cost", True),
        ("-__class__", "cost", True),
        ("--cost_usd", "cost", True),
    ],
)
def test_the_address_says_the_order(sort: str, by: str, *, descending: bool) -> None:
    found = listing_of(query(sort=sort))

    assert (found.sort, found.descending) == (by, descending)


def test_pages_have_fifty_rows_or_a_thousand() -> None:
    assert (listing_of(query(page=3)).offset, listing_of(query(page=3)).limit) == (100, 50)
    assert (listing_of(query(page=2, show_all=True)).offset, listing_of(query(show_all=True)).limit) == (
        1000,
        1000,
    )


def test_a_file_has_all_that_the_search_finds_in_the_order_of_the_screen() -> None:
    asked = query(page=3, sort="-calls", search="ada")

    assert listing_of(asked, is_for_file=True) == Listing(
        1_000_000, sort="calls", search="ada", beyond_period=True
    )


@pytest.mark.parametrize("table", [users.TABLE, models.TABLE, agents.TABLE], ids=lambda table: table.things)
def test_every_header_that_orders_a_list_does_so(table: object) -> None:
    sorts = [column.header.sort for column in table.columns if column.header.sort]  # type: ignore[attr-defined]
    preset = {"cost_usd", "share"}

    assert [
        sort for sort in sorts if sort not in preset and listing_of(query(sort=sort)).sort == "cost"
    ] == []
