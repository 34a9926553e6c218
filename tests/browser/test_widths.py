"""Windows and paper of every width: the page fits at once, and its scripts follow."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from playwright.sync_api import expect

from tests.support.page_actions import LONG_AGO, choose_view, drawn, follow
from tests.support.screen import VIEWS, name_of
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


# Captions and the buttons of their charts.
OVERLAPS = """
[...document.querySelectorAll(".chart-figure")].filter((one) => one.checkVisibility()).flatMap((figure) => {
  const range = document.createRange();
  range.selectNodeContents(figure.querySelector("figcaption"));
  const caption = range.getBoundingClientRect();
  return [...figure.querySelectorAll(".chart-files button")].filter((button) => {
    const at = button.getBoundingClientRect();
    const isBeside = at.left >= caption.right || at.right <= caption.left;
    return !isBeside && at.top < caption.bottom - 1 && at.bottom > caption.top + 1;
  }).map((button) => button.getAttribute("aria-label"));
})
"""

# Names of short lists, and what is beside them, that take more lines than a name and a detail need.
TALL_NAMES = """
[...document.querySelectorAll("main .ranked-name")]
  .filter((node) => node.offsetHeight > 80)
  .map((node) => node.innerText)
"""

CUT_NAMES = """
() => [...document.querySelectorAll(".js-plotly-plot")]
  .filter((drawing) => drawing.checkVisibility())
  .flatMap((drawing) => [...drawing.querySelectorAll(".ytick text")]
    .filter((name) => name.getBoundingClientRect().left < drawing.getBoundingClientRect().left)
    .map((name) => name.textContent))
"""


def test_every_view_fits_at_once_and_once_its_scripts_follow(signed_in: Page, sample_site: Site) -> None:
    page = signed_in
    page.add_init_script(HOLD_SCRIPTS)
    page.goto(f"{sample_site.url}?{urlencode(LONG_AGO)}")
    for view in VIEWS:
        choose_view(page, view)
        drawn(page, view)
        for width in (768, 320):
            set_width(page, 1440)
            assert_fits(page, 1440, view)
            page.evaluate("window.isHeld = true")
            set_width(page, width)
            assert not page.evaluate(IS_WIDER, width), (view, width)
            page.evaluate("window.isHeld = false")
        for width in (1440, 768, 320):
            set_width(page, width)
            assert_fits(page, width, view)
            assert_finds_nothing(page, CUT_NAMES, (view, width))
            assert_finds_nothing(page, OVERLAPS, (view, width))
    # Between these, the bar at the top changes its lines.
    for width in (769, 1024, 1152, 1153, 1280, 1281):
        set_width(page, width)
        assert_fits(page, width, VIEWS[-1])


def test_every_view_fits_a_sheet_of_paper(signed_in: Page, sample_site: Site) -> None:
    page = signed_in
    page.goto(f"{sample_site.url}?{urlencode(LONG_AGO)}")
    drawn(page, "Overview")
    page.emulate_media(media="print")
    set_width(page, 794)  # A4
    for view in VIEWS:
        follow(page, f"?view={name_of(view)}&{urlencode(LONG_AGO)}")
        drawn(page, view)
        assert_finds_nothing(page, IS_WIDER, f"{view} on paper", 794)
        assert_finds_nothing(page, TALL_NAMES, f"{view} on paper")


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
