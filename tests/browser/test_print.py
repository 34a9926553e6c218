"""On paper: everything that the filters choose, at the width of the page, and what the figures are about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from bson import ObjectId
from playwright.sync_api import expect

from tests.support.documents import usage, write_dump
from tests.support.screen import ROWS_AT_FIRST
from tests.support.sites import Site, imported_site

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

USERS = ROWS_AT_FIRST + 20
PAPER = {"width": 700, "height": 1000}


@pytest.fixture(scope="module")
def crowded_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """More users than a page of their table has, with long names, imported."""
    folder, now = tmp_path_factory.mktemp("crowded"), datetime.now(UTC)
    people = [
        {
            "_id": ObjectId(),
            "name": f"Wilhelmina Featherstonehaugh-Cholmondeley the {number}th",
            "email": f"wilhelmina.featherstonehaugh.{number}@research.example.com",
            "role": "USER",
        }
        for number in range(USERS)
    ]
    write_dump(
        folder / "dump",
        users=people,
        transactions=[
            usage(now - timedelta(hours=number), number=number, user=one["_id"])
            for number, one in enumerate(people)
        ],
    )
    yield from imported_site(folder)


def test_paper_has_every_row_whole_charts_and_a_foot(signed_in: Page, crowded_site: Site) -> None:
    page = signed_in
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{crowded_site.url}?view=users&period=all&role=USER")
    rows, drawing = page.locator("#users-rows tr .name a"), page.locator("#users-cost-chart .main-svg").first
    expect(drawing).to_be_visible()
    expect(rows).to_have_count(ROWS_AT_FIRST)

    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.set_viewport_size(PAPER)
    page.emulate_media(media="print")
    expect(rows).to_have_count(USERS)
    chart, panel = (
        page.locator(one).bounding_box() for one in ("#users-cost-chart .main-svg >> nth=0", "main")
    )
    assert chart is not None
    assert panel is not None
    assert 0.9 * panel["width"] < chart["width"] <= panel["width"]
    rules = page.evaluate(
        "document.adoptedStyleSheets.flatMap(({ cssRules }) => [...cssRules].map(({ cssText }) => cssText))"
    )
    (foot,) = (rule for rule in rules if rule.startswith("@page"))
    for part in ("Users", "All time", "As of ", "Role USER"):
        assert part in foot
    expect(page.locator("#printed")).to_contain_text("As of ")
    widths = "(all) => all.filter((one) => one.scrollWidth > one.clientWidth + 1).length"
    assert page.locator("#users-rows .name, #users-rows .detail").evaluate_all(widths) == 0

    page.emulate_media(media="screen")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    expect(rows).to_have_count(ROWS_AT_FIRST)
