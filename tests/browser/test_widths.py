"""A window that becomes narrower: the page fits at once, and its scripts follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.support.page_actions import choose_view, drawn
from tests.support.screen import VIEWS
from tests.support.widths import HOLD_SCRIPTS, IS_WIDER, assert_finds_nothing, assert_fits, set_width

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.support.sites import Site

# How much wider the frame of a table is than the narrowest form of the table.
SPARE_PIXELS = """
(table) => {
  const frame = table.parentElement;
  table.style.width = "0";
  const narrowest = table.offsetWidth;
  table.style.width = "";
  const { paddingLeft, paddingRight } = getComputedStyle(frame);
  return frame.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight) - narrowest;
}
"""

# Whether a table reaches past its frame, which neither grows nor scrolls.
IS_CUT_OFF = """
() => {
  const table = document.getElementById("users-table");
  const frame = table.parentElement;
  const end = frame.getBoundingClientRect().right - parseFloat(getComputedStyle(frame).paddingRight);
  return frame.hasAttribute("data-fits") && table.getBoundingClientRect().right > end + 1;
}
"""


def test_no_view_is_wider_than_the_window_before_its_scripts_follow(
    signed_in: Page, sample_site: Site
) -> None:
    page = signed_in
    page.add_init_script(HOLD_SCRIPTS)
    page.goto(f"{sample_site.url}?period=all")
    for view in VIEWS:
        choose_view(page, view)
        drawn(page, view)
        assert_fits(page, 1440, view)
        for width in (768, 320):
            page.evaluate("window.isHeld = true")
            set_width(page, width)
            assert not page.evaluate(IS_WIDER, width), (view, width)
            page.evaluate("window.isHeld = false")
            set_width(page, 1440)


def test_a_table_scrolls_in_its_frame_from_the_first_pixel_that_it_lacks(
    signed_in: Page, sample_site: Site
) -> None:
    page = signed_in
    page.goto(f"{sample_site.url}?view=users&period=all")
    drawn(page, "Users")
    frame = page.locator("#users-table").locator("..")
    expect(frame).to_have_attribute("data-fits", "")
    width = 1440
    while (spare := page.locator("#users-table").evaluate(SPARE_PIXELS)) > -5:
        width -= max(1, int(spare) - 3)
        set_width(page, width)
        assert_finds_nothing(page, IS_CUT_OFF, width)
    expect(frame).not_to_have_attribute("data-fits", "")
