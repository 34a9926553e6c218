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
from tests.support.widths import assert_finds_nothing, set_width

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

USERS = ROWS_AT_FIRST + 20
PAPER_PIXELS = 700

# The widths of a chart and of the page, where the chart does not fill the page or is wider.
ANOTHER_WIDTH = """
() => {
  const parts = ["#users-cost-chart .main-svg", "main"].map((one) => document.querySelector(one));
  const [chart, page] = parts.map((part) => part.getBoundingClientRect().width);
  return chart > 0.9 * page && chart <= page ? [] : [chart, page];
}
"""
CUT_OFF = """
() => [...document.querySelectorAll("#users-rows .name, #users-rows .detail")]
  .filter((one) => one.scrollWidth > one.clientWidth + 1)
  .map((one) => one.textContent)
"""


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
    set_width(page, 1440)
    page.goto(f"{crowded_site.url}?view=users&period=all&role=USER")
    rows, drawing = page.locator("#users-rows tr .name a"), page.locator("#users-cost-chart .main-svg").first
    expect(drawing).to_be_visible()
    expect(rows).to_have_count(ROWS_AT_FIRST)

    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    set_width(page, PAPER_PIXELS)
    page.emulate_media(media="print")
    expect(rows).to_have_count(USERS)
    assert_finds_nothing(page, ANOTHER_WIDTH, "a chart on paper")
    rules = page.evaluate(
        "document.adoptedStyleSheets.flatMap(({ cssRules }) => [...cssRules].map(({ cssText }) => cssText))"
    )
    (foot,) = (rule for rule in rules if rule.startswith("@page"))
    for part in ("Users", "All time", "As of ", "Role USER"):
        assert part in foot
    expect(page.locator("#printed")).to_contain_text("As of ")
    assert_finds_nothing(page, CUT_OFF, "names on paper")

    page.emulate_media(media="screen")
    set_width(page, 1440)
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    expect(rows).to_have_count(ROWS_AT_FIRST)
