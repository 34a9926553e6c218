"""Order, search, cells and the words around a table."""

from __future__ import annotations

import pytest

from librechat_analytics.dashboard.html import tables
from librechat_analytics.dashboard.html.tables import Column
from tests.dashboard.ready_answers import USER, rows, texts

COLUMNS = (
    Column("User", "name", first="ascending", numeric=False),
    Column("Cost", "cost_usd", preset=True),
    Column("Share"),
)
THREE = rows(
    USER,
    {"name": "Zoe", "email": "zoe@example.org", "cost_usd": 3.0},
    {"name": "adam", "email": None, "cost_usd": 1.0},
    {"name": None, "email": "nobody@example.com", "cost_usd": 2.0},
)


class TestOrder:
    def names(self, sort: str) -> list[object]:
        return list(tables.in_order(THREE, sort, COLUMNS)["email"])

    def test_numbers_go_down_with_a_minus_and_up_without(self) -> None:
        assert list(tables.in_order(THREE, "-cost_usd", COLUMNS)["cost_usd"]) == [3.0, 2.0, 1.0]
        assert list(tables.in_order(THREE, "cost_usd", COLUMNS)["cost_usd"]) == [1.0, 2.0, 3.0]

    def test_names_are_ordered_whatever_their_case_and_missing_ones_come_last(self) -> None:
        assert self.names("name")[1:] == ["zoe@example.org", "nobody@example.com"]
        assert self.names("-name")[0] == "zoe@example.org"
        assert self.names("-name")[2] == "nobody@example.com"

    @pytest.mark.parametrize("sort", ["", "-", "share", "id", "--cost_usd", "__class__", "-cost_usd; drop"])
    def test_a_column_that_cannot_be_ordered_leaves_the_rows_as_they_are(self, sort: str) -> None:
        assert self.names(sort) == list(THREE["email"])


class TestSearch:
    def found(self, search: str) -> list[float]:
        return list(tables.matching(THREE, search, ("name", "email"))["cost_usd"])

    def test_it_finds_parts_of_names_and_addresses_whatever_the_case(self) -> None:
        assert self.found("ADAM") == [1.0]
        assert self.found("example.com") == [2.0]

    def test_every_word_must_be_there(self) -> None:
        assert self.found("zoe example.org") == [3.0]
        assert self.found("zoe example.com") == []

    def test_it_does_not_find_the_word_none_in_what_is_missing(self) -> None:
        assert self.found("none") == []
        assert self.found("nan") == []

    def test_blanks_find_everything(self) -> None:
        assert len(self.found("  ")) == 3

    def test_it_is_no_pattern(self) -> None:
        assert self.found(".*") == []


def an_excerpt(shown: int, matched: int, total: int, first: int = 1) -> tables.Excerpt:
    """``shown`` rows of a list that is cut after a thousand, which is not a search that found less."""
    some = rows(USER, *([{}] * shown))
    pages = -(-matched // 50) if shown == 50 else 1
    page = (first - 1) // 50 + 1
    return tables.Excerpt(some, first, min(matched, 1000), min(total, 1000), total, page, pages)


class TestWords:
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
    def test_it_says_how_much_of_the_list_is_there(
        self, shown: int, matched: int, total: int, words: str
    ) -> None:
        assert tables.showing(an_excerpt(shown, matched, total), "users") == words

    def test_the_rest_is_a_click_away(self) -> None:
        assert texts(tables.foot(an_excerpt(50, 312, 312), "users")).endswith("Show all 312")

    def test_the_first_page_has_none_before_it_but_keeps_the_button(self) -> None:
        _, before, after, _ = tables.foot(an_excerpt(50, 312, 312), "users")

        assert before[1] == {"class": "text-button", "aria-disabled": "true"}
        assert after[1]["data-set"] == "page=2"

    def test_a_whole_list_has_no_button(self) -> None:
        assert "Show all" not in texts(tables.foot(an_excerpt(3, 3, 3), "users"))

    def test_an_empty_list_has_nothing_to_say(self) -> None:
        assert tables.foot(an_excerpt(0, 0, 0), "users") == []

    def test_a_search_without_a_result_names_itself_and_the_way_back(self) -> None:
        (row,) = tables.no_match(8, "user", "zzz")

        assert texts(row) == "No user matches “zzz”.  Clear the search"


class TestCells:
    def test_all_digits_are_in_the_tooltip_where_the_text_has_fewer(self) -> None:
        assert tables.number_cell("1.5M", "1,500,000") == [
            "td",
            {"class": "number", "title": "1,500,000"},
            "1.5M",
        ]
        assert tables.number_cell("15", "15") == ["td", {"class": "number"}, "15"]

    def test_a_name_is_the_header_of_its_row(self) -> None:
        cell = tables.name_cell("Ada", "ada@example.org")

        assert cell[0] == "th"
        assert cell[1] == {"scope": "row", "class": "name-cell"}
        assert texts(cell) == "Ada ada@example.org"

    @pytest.mark.parametrize(
        ("part", "greatest", "width"), [(0.25, 0.5, "50.00%"), (0.5, 0.5, "100.00%"), (0.0, 0.0, "0.00%")]
    )
    def test_a_bar_is_full_for_the_greatest_part(self, part: float, greatest: float, width: str) -> None:
        bar = tables.share_bar(part, greatest)

        assert bar[1]["aria-hidden"] == "true"
        assert bar[2][1]["width"] == width


class TestHeaders:
    def headers(self) -> list[object]:
        region = tables.data_table("users", "Users by cost", COLUMNS)
        return list(region.children.children[1].children.children)

    def test_what_can_be_ordered_is_a_button_in_a_header_that_says_its_order(self) -> None:
        name, cost, share = self.headers()

        assert getattr(cost, "aria-sort") == "descending"
        assert getattr(name, "aria-sort") == "none"
        assert getattr(name, "data-first") == "ascending"
        assert cost.children.type == "button"
        assert share.children == "Share"

    def test_a_table_has_a_caption_and_can_be_scrolled_by_keyboard(self) -> None:
        region = tables.data_table("users", "Users by cost", COLUMNS)

        assert region.children.children[0].children == "Users by cost"
        assert region.tabIndex == 0
