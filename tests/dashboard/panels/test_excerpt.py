"""The line below a list: how much of it is on screen, and the way to the rest."""

from __future__ import annotations

from typing import Any

import pytest

from librechat_analytics.dashboard.panels.excerpt import Excerpt, excerpt, foot, showing
from librechat_analytics.dashboard.words.empties import no_match
from tests.dashboard.ready_answers import page_data, query, texts


def an_excerpt(shown: int, matched: int, total: int, page: int = 1) -> Excerpt:
    return excerpt(shown, matched, total, query(page=page))


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (an_excerpt(50, 312, 312), "1\N{EN DASH}50 of 312 users"),
        (an_excerpt(12, 312, 312, page=7), "301\N{EN DASH}312 of 312 users"),
        (an_excerpt(12, 312, 312, page=99), "301\N{EN DASH}312 of 312 users"),
        (an_excerpt(20, 20, 20), "20 users"),
        (an_excerpt(1, 1, 1), "1 user"),
        (an_excerpt(16, 16, 312), "16 of 312 users match"),
        (an_excerpt(50, 60, 312), "1\N{EN DASH}50 of 60 matching users"),
        (excerpt(1000, 4321, 4321, query(show_all=True)), "1\N{EN DASH}1,000 of 4,321 users"),
        (excerpt(321, 4321, 4321, query(show_all=True, page=5)), "4,001\N{EN DASH}4,321 of 4,321 users"),
    ],
)
def test_it_says_how_much_of_the_list_is_on_screen(found: Excerpt, words: str) -> None:
    assert showing(found, "user") == words


def test_the_rest_is_a_click_away() -> None:
    assert texts(foot(an_excerpt(50, 312, 312), "user")).endswith("Show all 312")


def test_a_list_that_is_too_long_for_one_page_says_how_much_of_it_a_page_has() -> None:
    assert texts(foot(an_excerpt(50, 1790, 1790), "user")).endswith("Show 1,000 of 1,790")


def test_who_wants_all_can_go_on_and_go_back_to_fifty_a_page() -> None:
    words: Any = foot(excerpt(1000, 1790, 1790, query(show_all=True)), "user")

    assert [part[2] for part in words[1:]] == ["Previous", "Next", "Show 50 a page"]
    assert words[-1][1]["data-set"] == "all=&page="


def test_the_first_page_keeps_the_button_to_the_page_before_it() -> None:
    buttons: Any = foot(an_excerpt(50, 312, 312), "user")
    _, before, after, _ = buttons

    assert before[1] == {"class": "text-button", "aria-disabled": "true"}
    assert after[1]["data-set"] == "page=2"


def test_a_whole_list_has_no_button() -> None:
    assert "Show" not in texts(foot(an_excerpt(3, 3, 3), "user"))


def test_an_empty_list_says_nothing() -> None:
    assert foot(an_excerpt(0, 0, 0), "user") == []


@pytest.mark.parametrize(
    ("period", "words"),
    [
        (
            "30d",
            "Nobody active in this period matches “zzz”.  Search all time  ·  Clear the search",
        ),
        ("all", "Nobody active in this period matches “zzz”.  Clear the search"),
    ],
)
def test_a_search_without_a_result_leads_to_all_time_and_back(period: str, words: str) -> None:
    (row,) = no_match(8, page_data(query(period, search="zzz")), "users")

    assert texts(row) == words
