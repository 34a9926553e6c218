"""Themes, pictures, focus and the keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from playwright.sync_api import expect

from librechat_analytics.dashboard.charts.histogram import Mark, histogram
from librechat_analytics.formatting import (
    integer,
)
from tests.support.page_actions import LONG_AGO, choose_view, drawn
from tests.support.screen import VIEWS, assert_shows_what_the_api_says

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.support.sites import Site


class TestTheLook:
    def test_follows_the_system_until_the_reader_chooses(self, signed_in: Page, sample_site: Site) -> None:
        page = signed_in
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        page.goto(sample_site.url)
        assert_shows_what_the_api_says(page, sample_site, "Overview")
        assert_is(page, "light")
        page.emulate_media(color_scheme="dark")
        assert_is(page, "dark")

        switch = page.get_by_role("button", name="Theme")
        switch.click()
        expect(switch).to_have_accessible_name("Theme: light")
        assert_is(page, "light")
        switch.click()
        page.emulate_media(color_scheme="light")
        expect(switch).to_have_accessible_name("Theme: dark")
        assert_is(page, "dark")

        page.reload()
        assert_shows_what_the_api_says(page, sample_site, "Overview")
        assert_is(page, "dark")
        switch.click()
        expect(switch).to_have_accessible_name("Theme: system")
        assert_is(page, "light")

    def test_a_picture_has_the_range_and_the_legend_that_stand_beside_the_chart(
        self, signed_in: Page, sample_site: Site
    ) -> None:
        page = signed_in
        page.goto(f"{sample_site.url}?view=models&period=30d")
        drawn(page, "Models")
        page.evaluate(
            """() => {
              const { toImage } = Plotly;
              Plotly.toImage = (figure, ...rest) => toImage((window.pictured = figure), ...rest);
            }"""
        )

        with page.expect_download() as download:
            page.locator("[data-png=models-cost-chart]").click()

        assert download.value.path().read_bytes().startswith(b"\x89PNG")
        pictured = page.evaluate("window.pictured")
        assert [trace["name"] for trace in pictured["data"] if trace["showlegend"]] == [
            "Prompt",
            "Completion",
        ]
        said = page.locator("#range-words").inner_text()
        assert pictured["layout"]["title"]["subtitle"]["text"] == said
        assert said.startswith("Last 30 days")

    def test_a_chart_of_a_single_step_names_its_edge(self, signed_in: Page, sample_site: Site) -> None:
        page = signed_in
        page.goto(f"{sample_site.url}?view=users")
        drawn(page, "Users")
        figure = histogram(["$0.0001"], [1], ["1 conversation"], [Mark(0, "median")], revision="")

        edge = page.evaluate(DRAW, figure)

        assert edge["text"] == "$0.0001"
        assert edge["right"] <= edge["end"]

    def test_everything_is_in_reach_of_the_keyboard_and_shows_its_focus(
        self, signed_in: Page, sample_site: Site
    ) -> None:
        page = signed_in
        page.goto(f"{sample_site.url}?{urlencode(LONG_AGO)}")

        for view in VIEWS:
            choose_view(page, view)
            drawn(page, view)
            # What is around the views stays reached.
            assert walk_with_tab(page, ".skip-link" if view == VIEWS[0] else "main") == [], view
            assert page.evaluate(NOT_REACHED) == [], view
            assert page.evaluate("window.walked.size") > 5

    def test_the_skip_link_leads_to_the_figures(self, signed_in: Page, sample_site: Site) -> None:
        page = signed_in
        page.goto(sample_site.url)
        assert_shows_what_the_api_says(page, sample_site, "Overview")

        page.keyboard.press("Tab")
        skip_link = page.get_by_role("link", name="Skip to the figures")
        expect(skip_link).to_be_focused()
        expect(skip_link).to_be_in_viewport()
        page.keyboard.press("Enter")
        expect(page.get_by_role("main")).to_be_focused()
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('main') !== null")

    def test_views_and_orders_are_chosen_by_keyboard_and_say_so(
        self, signed_in: Page, sample_site: Site
    ) -> None:
        page = signed_in
        page.goto(f"{sample_site.url}?period=12m")
        assert_shows_what_the_api_says(page, sample_site, "Overview", period="12m")
        current = page.locator("[aria-current=page]")
        expect(current).to_have_text("Overview")

        page.get_by_role("link", name="Users", exact=True).focus()
        page.keyboard.press("Enter")
        expect(current).to_have_text("Users")
        expect(current).to_have_count(1)
        assert_shows_what_the_api_says(page, sample_site, "Users", period="12m")

        header = page.get_by_role("columnheader", name="Calls")
        expect(page.get_by_role("columnheader", name="Cost")).to_have_attribute("aria-sort", "descending")
        header.get_by_role("button").focus()
        users = sample_site.ask("top-users", period="12m")["users"]
        for key, direction in (("Enter", "descending"), ("Space", "ascending"), ("Enter", "descending")):
            page.keyboard.press(key)
            expect(header).to_have_attribute("aria-sort", direction)
            calls = sorted((user["calls"] for user in users), reverse=direction == "descending")[:50]
            cells = page.locator("#users-rows tr:not(.rest) td:nth-of-type(8)")
            expect(cells).to_have_text([integer(n) for n in calls])
            expect(header.get_by_role("button")).to_be_focused()
        expect(
            page.locator("th[aria-sort=descending], th[aria-sort=ascending]").locator("visible=true")
        ).to_have_count(1)


# Draws a figure as narrow as in a third of the page; gives its last label, and where both end.
DRAW = """
async (figure) => {
  const place = document.body.appendChild(document.createElement("div"));
  place.style.width = "300px";
  await Plotly.newPlot(place, figure.data, figure.layout);
  const label = [...place.querySelectorAll(".xtick text")].findLast((text) => text.style.display !== "none");
  const [right, end] = [label, place].map((node) => node?.getBoundingClientRect().right);
  return { text: label?.textContent, right, end };
}
"""

# What has the focus now, and whether a reader can see that it has.
FOCUSED = """
() => {
  const node = document.activeElement;
  // A date field has several parts that take the focus.
  const isEnd = node === document.body || (window.walked.has(node) && node !== window.latest);
  window.latest = node;
  window.walked.add(node);
  window.reached.add(node);
  const isMarked = (element) => {
    if (!element) return false;
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
    return (outlineStyle !== "none" && parseFloat(outlineWidth) > 0) || boxShadow !== "none";
  };
  const { width, height, bottom, right } = node.getBoundingClientRect();
  const isOnScreen = width > 0 && height > 0 && bottom > 0 && right > 0;
  const name = node.getAttribute("aria-label") || node.textContent || node.id || node.outerHTML;
  return {
    isEnd,
    name: name.trim().slice(0, 80),
    isVisible: isOnScreen && isMarked(node),
  };
}
"""
NOT_REACHED = """
() => [...document.querySelectorAll("a[href], button, input, select, summary, [tabindex='0']")]
  .filter((node) => node.tabIndex >= 0 && !node.disabled)
  .filter((node) => node.checkVisibility({ visibilityProperty: true }) && !window.reached.has(node))
  .map((node) => node.outerHTML.slice(0, 120))
"""


def walk_with_tab(page: Page, start: str) -> list[str]:
    """Press Tab from an element to the page's end; gives what had the focus without showing it."""
    page.evaluate(
        """(start) => {
          const first = document.querySelector(start);
          first.focus();
          window.walked = new Set([first]);
          window.reached = (window.reached ?? new Set()).add(first);
        }""",
        start,
    )
    unseen: list[str] = []
    for _ in range(500):
        page.keyboard.press("Tab")
        step = page.evaluate(FOCUSED)
        if step["isEnd"]:
            return unseen
        if not step["isVisible"]:
            unseen.append(step["name"])
    raise AssertionError("Tab never comes to an end")


def assert_is(page: Page, theme: str) -> None:
    """Check that backgrounds and texts, charts included, are as bright as the theme promises."""
    expect(page.locator("html")).to_have_attribute("data-bs-theme", theme)
    brightness = page.evaluate(
        """() => {
          const valueOf = (text) => {
            const [red, green, blue] = text.match(/[\\d.]+/g).map(Number);
            return 0.299 * red + 0.587 * green + 0.114 * blue;
          };
          const brightness = (selector, property) =>
            valueOf(getComputedStyle(document.querySelector(selector))[property]);
          return {
            grounds: [brightness("body", "backgroundColor"),
              brightness("#overview-view .panel", "backgroundColor")],
            texts: [brightness("#cost-value", "color"),
              brightness("#over-time-chart .xtick text", "fill")],
          };
        }"""
    )
    darker, brighter = ("texts", "grounds") if theme == "light" else ("grounds", "texts")
    assert max(brightness[darker]) < 128 < min(brightness[brighter]), brightness
