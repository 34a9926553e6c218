"""The cells of tables."""

from __future__ import annotations

from typing import Any

import pytest

from librechat_analytics.dashboard.html import cells
from tests.dashboard.ready_answers import texts


def test_all_digits_are_in_the_tooltip_where_the_text_has_fewer() -> None:
    assert cells.number_cell("1.5M", "1,500,000") == ["td", {"class": "number", "title": "1,500,000"}, "1.5M"]
    assert cells.number_cell("15", "15") == ["td", {"class": "number"}, "15"]


def test_a_name_is_the_header_of_its_row() -> None:
    cell = cells.name_cell("Ada", "ada@example.org")

    assert cell[0] == "th"
    assert cell[1] == {"scope": "row", "class": "name-cell"}
    assert texts(cell) == "Ada ada@example.org"


def test_a_row_has_a_button_that_chooses_its_value_alone_and_one_that_leaves_it_out() -> None:
    cell: Any = cells.name_cell("Ada", filter=("user", "6f"))

    actions = [button[1] for button in cell[-1][2:]]
    assert [one["data-action"] for one in actions] == ["filter-only", "filter-out"]
    assert [one["aria-label"] for one in actions] == ["Only this: Ada", "Not this: Ada"]
    assert {(one["data-name"], one["value"]) for one in actions} == {("user", "6f")}


@pytest.mark.parametrize(
    ("part", "greatest", "width"), [(0.25, 0.5, "50.00%"), (0.5, 0.5, "100.00%"), (0.0, 0.0, "0.00%")]
)
def test_a_bar_is_full_for_the_greatest_share(part: float, greatest: float, width: str) -> None:
    bar: Any = cells.share_bar(part, greatest)

    assert bar[1]["aria-hidden"] == "true"
    assert bar[2][1]["width"] == width


def test_a_trend_is_drawn_to_its_own_greatest_cost_and_said_in_words() -> None:
    cell: Any = cells.trend_cell([0.0, 2.0, 1.0], "Peak: $2.00")

    assert cell[2][1]["data-bars"] == "0 100 50"
    assert texts(cell) == "Peak: $2.00"
