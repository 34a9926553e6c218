"""The view of cost centres: each with its page, what nobody pays for first, and the tabs by cost centre."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from librechat_analytics.dashboard.panels import over_time, what_changed
from librechat_analytics.dashboard.panels.base import answer_panels
from librechat_analytics.dashboard.views import cost_centers
from librechat_analytics.exports.sheets import cost_centers_sheet
from librechat_analytics.usage.cost_center_list import NOTHING_UNASSIGNED, CostCenters
from librechat_analytics.usage.list_answers import InSeveral
from tests.dashboard.ready_answers import SALES, UNASSIGNED_USAGE, page_data, query, texts

STYLES = Path(str(files("librechat_analytics"))) / "assets" / "css"


def shown(found: CostCenters, **query_changes: Any) -> dict[str, Any]:
    data = page_data(query(**query_changes), cost_centers=found)
    (error,), stored = answer_panels(cost_centers.VIEW.panels, data)
    assert error is None
    return stored


def links_in(markup: Any) -> list[dict[str, list[str]]]:
    """What the addresses of all links in some markup ask for."""
    addresses = re.findall(r'"href": "\?([^"]*)"', json.dumps(markup))
    return [parse_qs(address) for address in addresses]


def test_what_nobody_pays_for_is_the_first_line_and_every_line_has_its_page() -> None:
    stored = shown(CostCenters((SALES,), 1, 1, 0.6, UNASSIGNED_USAGE))
    first, second = stored["cost-centers-rows"]

    assert texts(first).startswith("Unassigned $5.00")
    assert texts(second).startswith("Sales Business Only this Not this $7.50 60.0%")
    assert [link["cost_center"] for link in links_in([first, second])] == [["(unassigned)"], ["Sales"]]
    assert {link["view"][0] for link in links_in([first, second])} == {"overview"}


def test_where_all_is_assigned_nothing_is_said_of_the_rest() -> None:
    stored = shown(CostCenters((SALES,), 1, 1, 0.6, NOTHING_UNASSIGNED))
    assert "Unassigned" not in texts(stored["cost-centers-rows"])
    assert stored["cost-centers-note"] == []


def test_a_search_shows_only_what_it_finds() -> None:
    several = replace(UNASSIGNED_USAGE, in_several=InSeveral(2, 2.0))
    stored = shown(CostCenters((SALES,), 4, 1, 0.6, several), search="sal")
    assert "Unassigned" not in texts(stored["cost-centers-rows"])
    assert stored["cost-centers-note"] == []
    assert texts(stored["cost-centers-showing"]) == "1 of 4 cost centres match"


@pytest.mark.parametrize(
    ("users", "sentence"),
    [
        (1, "1 user is in groups of several cost centres, so $2.00 is unassigned."),
        (4, "4 users are in groups of several cost centres, so $2.00 is unassigned."),
    ],
)
def test_who_is_in_several_is_said_with_a_link_to_them(users: int, sentence: str) -> None:
    several = replace(UNASSIGNED_USAGE, in_several=InSeveral(users, 2.0))
    note = shown(CostCenters((SALES,), 1, 1, 0.6, several))["cost-centers-note"]

    assert " ".join(texts(note).split()) == f"{sentence} See unassigned users"
    assert links_in(note) == [{"view": ["users"], "cost_center": ["(unassigned)"]}]


def test_what_is_only_assumed_is_said_unless_it_is_negligible() -> None:
    assumed = replace(SALES, assumed_cost_usd=3.0)
    note = shown(CostCenters((assumed,), 1, 1, 0.6, UNASSIGNED_USAGE))["cost-centers-note"]
    assert texts(note) == (
        "$3.00 is from before groups, domains and roles were first read, and assigned as if these had been"
        " the same."
    )
    little = replace(SALES, assumed_cost_usd=0.01)
    assert shown(CostCenters((little,), 1, 1, 0.6, UNASSIGNED_USAGE))["cost-centers-note"] == []


def test_the_file_has_what_nobody_pays_for_too() -> None:
    sheet = cost_centers_sheet(CostCenters((SALES,), 1, 1, 0.6, UNASSIGNED_USAGE))
    assert [row[0] for row in sheet.rows] == ["Sales", "Unassigned"]


@pytest.mark.parametrize("layout", [over_time.layout, what_changed.layout])
def test_charts_can_be_taken_apart_by_cost_centre_where_the_page_has_the_view(layout: Any) -> None:
    choices = [part for part in layout()._traverse() if "of-cost-centers" in getattr(part, "className", "")]
    assert [choice.children for choice in choices] == ["Cost centre"]
    styles = "".join(path.read_text("utf-8") for path in STYLES.glob("*.css"))
    assert f"body:not(:has(#{cost_centers.NAME}-view)) .of-cost-centers" in styles
