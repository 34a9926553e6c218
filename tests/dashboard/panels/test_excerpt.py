"""Order, search and pages of a list."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from librechat_analytics.dashboard.panels import excerpt
from librechat_analytics.dashboard.views.users import COLUMNS
from librechat_analytics.dashboard.words.empties import no_match
from tests.dashboard.ready_answers import USER, texts

ZOE = replace(USER, id="1", name="Zoe", email="zoe@example.org", cost_usd=3.0)
ADAM = replace(USER, id="2", name="adam", email=None, cost_usd=1.0)
NAMELESS = replace(USER, id="3", name=None, email="nobody@example.com", cost_usd=2.0)
THREE = (ZOE, ADAM, NAMELESS)


class TestOrder:
    def test_numbers_go_down_with_a_minus_and_up_without(self) -> None:
        assert excerpt.in_order(THREE, "-cost_usd", COLUMNS) == [ZOE, NAMELESS, ADAM]
        assert excerpt.in_order(THREE, "cost_usd", COLUMNS) == [ADAM, NAMELESS, ZOE]

    def test_names_are_ordered_whatever_their_case(self) -> None:
        assert excerpt.in_order(THREE, "user", COLUMNS) == [ADAM, NAMELESS, ZOE]
        assert excerpt.in_order(THREE, "-user", COLUMNS) == [ZOE, NAMELESS, ADAM]

    def test_equal_rows_keep_their_order_in_both_directions(self) -> None:
        assert excerpt.in_order(THREE, "calls", COLUMNS) == [ZOE, ADAM, NAMELESS]
        assert excerpt.in_order(THREE, "-calls", COLUMNS) == [ZOE, ADAM, NAMELESS]

    @pytest.mark.parametrize("sort", ["", "-", "id", "email", "--cost_usd", "__class__", "-cost_usd; drop"])
    def test_a_column_that_cannot_be_sorted_leaves_the_rows_as_they_are(self, sort: str) -> None:
        assert excerpt.in_order(THREE, sort, COLUMNS) == THREE


class TestSearch:
    def found(self, search: str) -> list[float]:
        return [row.cost_usd for row in excerpt.matching(THREE, search, lambda row: (row.name, row.email))]

    def test_it_finds_parts_of_names_and_addresses_whatever_the_case(self) -> None:
        assert self.found("ADAM") == [1.0]
        assert self.found("example.com") == [2.0]

    def test_every_word_must_be_there(self) -> None:
        assert self.found("zoe example.org") == [3.0]
        assert self.found("zoe example.com") == []

    def test_it_does_not_find_the_word_none_in_missing_values(self) -> None:
        assert self.found("none") == []

    def test_spaces_find_everything(self) -> None:
        assert len(self.found("  ")) == 3

    def test_it_is_no_pattern(self) -> None:
        assert self.found(".*") == []


def an_excerpt(shown: int, matched: int, total: int, first: int = 1) -> excerpt.Excerpt[object]:
    """``shown`` rows of a list that ends after a thousand, which is not a search that found fewer."""
    pages = -(-matched // 50) if shown == 50 else 1
    page = (first - 1) // 50 + 1
    return excerpt.Excerpt([USER] * shown, first, min(matched, 1000), min(total, 1000), total, page, pages)


class TestFoot:
    @pytest.mark.parametrize(
        ("shown", "matched", "total", "words"),
        [
            (50, 312, 312, "1\N{EN DASH}50 of 312 users"),
            (312, 312, 312, "312 users"),
            (1, 1, 1, "1 user"),
            (16, 16, 312, "16 of 312 users match"),
            (50, 60, 312, "1\N{EN DASH}50 of 60 matching users"),
            (1000, 1000, 4321, "1\N{EN DASH}1,000 of 4,321 users"),
        ],
    )
    def test_it_says_how_much_of_the_list_is_on_screen(
        self, shown: int, matched: int, total: int, words: str
    ) -> None:
        assert excerpt.showing(an_excerpt(shown, matched, total), "user", "users") == words

    def test_the_rest_is_a_click_away(self) -> None:
        assert texts(excerpt.foot(an_excerpt(50, 312, 312), "user", "users")).endswith("Show all 312")

    def test_the_first_page_keeps_the_button_to_the_page_before_it(self) -> None:
        buttons: Any = excerpt.foot(an_excerpt(50, 312, 312), "user", "users")
        _, before, after, _ = buttons

        assert before[1] == {"class": "text-button", "aria-disabled": "true"}
        assert after[1]["data-set"] == "page=2"

    def test_a_whole_list_has_no_button(self) -> None:
        assert "Show all" not in texts(excerpt.foot(an_excerpt(3, 3, 3), "user", "users"))

    def test_an_empty_list_says_nothing(self) -> None:
        assert excerpt.foot(an_excerpt(0, 0, 0), "user", "users") == []


def test_a_search_without_a_result_names_itself_and_the_way_back() -> None:
    (row,) = no_match(8, "user", "zzz")

    assert texts(row) == "No user matches “zzz”.  Clear the search"
