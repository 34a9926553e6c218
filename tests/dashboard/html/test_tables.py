"""The headers of tables."""

from __future__ import annotations

from typing import Any

from librechat_analytics.dashboard.html.tables import Header, data_table

HEADERS = (
    Header("User", "name", first="ascending", numeric=False),
    Header("Cost", "cost_usd", preset=True),
    Header("Share"),
)


def headers() -> list[Any]:
    region = data_table("users", "Users by cost", HEADERS)
    return list(region.children.children[1].children.children)


def test_a_column_that_can_be_sorted_has_a_button_in_a_header_that_says_its_order() -> None:
    name, cost, share = headers()

    assert getattr(cost, "aria-sort") == "descending"
    assert getattr(name, "aria-sort") == "none"
    assert getattr(name, "data-first") == "ascending"
    assert cost.children.type == "button"
    assert share.children == "Share"


def test_a_table_has_a_caption_and_can_be_scrolled_by_keyboard() -> None:
    region = data_table("users", "Users by cost", HEADERS)

    assert region.children.children[0].children == "Users by cost"
    assert region.tabIndex == 0
