"""Names that are meant to do harm."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from playwright.sync_api import expect

from librechat_analytics.formatting import (
    agent_label,
    defuse,
    model_label,
    plain_text,
    user_label,
)
from tests.support.hostile import HOSTILE_NAMES
from tests.support.page_actions import (
    LONG_AGO,
    TODAY,
    choose_view,
    downloaded_csv,
    drawn,
    follow,
    period_button,
    point_at,
    type_period,
)
from tests.support.screen import VIEWS, assert_shows_what_the_api_says

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.support.servers import BrowserWatch
    from tests.support.sites import Site


class TestHostileNames:
    def test_are_text_in_every_view_and_in_every_file(self, signed_in: Page, hostile_site: Site) -> None:
        page = signed_in
        page.goto(hostile_site.url)
        assert_shows_what_the_api_says(page, hostile_site, "Overview")
        assert page.evaluate(MADE_OF_NAMES) == []

        for view in ("Users", "Models", "Agents"):
            choose_view(page, view)
            assert_shows_what_the_api_says(page, hostile_site, view)
            assert_names_are_text_in_the_chart(page, f"{view.lower()}-cost")
            assert page.evaluate(MADE_OF_NAMES) == [], view

            rows = downloaded_csv(page)
            listed = hostile_site.ask(f"top-{view.lower()}")[view.lower()]
            named = [
                row
                for row in rows
                if row[view.removesuffix("s")] not in ("Without an agent", "Unknown agent")
            ]
            assert len(named) == len(listed) == len(HOSTILE_NAMES)
            cells = {cell for row in rows for cell in row.values()}
            assert {defuse(LABELS[view](entry)) for entry in listed} <= cells
            assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []

    def test_are_found_by_the_search(self, signed_in: Page, hostile_site: Site) -> None:
        page = signed_in
        page.goto(f"{hostile_site.url}?view=users")
        assert_shows_what_the_api_says(page, hostile_site, "Users")

        page.get_by_label("Search users").fill("<script>")
        expect(page.locator("#users-rows .name")).to_have_text(["<script>alert(1)</script>"])
        page.get_by_label("Search users").fill('"><img src=x onerror=alert(4)>')
        expect(page.locator("#users-rows")).to_contain_text(
            'Nobody active in this period matches “"><img src=x onerror=alert(4)>”.'
        )
        page.get_by_role("button", name="Clear the search").click()
        assert_shows_what_the_api_says(page, hostile_site, "Users")

    def test_break_no_content_policy_whatever_the_reader_does(
        self, signed_in: Page, hostile_site: Site
    ) -> None:
        page = signed_in
        page.goto(f"{hostile_site.url}?{urlencode(LONG_AGO)}")

        for view in VIEWS:
            choose_view(page, view)
            drawn(page, view)
            page.get_by_role("button", name="Theme").click()
            period_button(page).click()
            page.keyboard.press("Escape")
            if view != "Overview":
                assert downloaded_csv(page) or view == "Data quality"  # where nothing is uncertain
        type_period(page, f"{LONG_AGO['start']}..{TODAY}")
        expect(page).to_have_url(re.compile(f"end={TODAY}"))
        with page.expect_download() as download:
            page.locator(".export-menu summary").click()
            page.get_by_role("button", name="Excel").click()
        assert SAFE_FILE_NAME.fullmatch(download.value.suggested_filename)

    def test_are_text_in_titles_and_ways_back_and_no_part_of_the_names_of_files(
        self, signed_in: Page, hostile_site: Site
    ) -> None:
        page = signed_in
        page.goto(hostile_site.url)
        for view in ("Users", "Models", "Agents"):
            choose_view(page, view)
            cells = page.locator(f"#{view.lower()}-rows .name")
            cells.first.wait_for()
            searches = cells.evaluate_all("(cells) => cells.map((cell) => cell.querySelector('a')?.search)")
            for search, name in list(zip(searches, HOSTILE_NAMES, strict=False))[1:3]:
                follow(page, search)
                expect(page.locator("#crumbs .crumb-here")).to_have_text(plain_text(name))
                expect(page.get_by_role("heading", level=1)).to_have_text(plain_text(name))
                expect(page).to_have_title(f"{plain_text(name)} · {view} · LibreChat Analytics")
                assert page.evaluate(MADE_OF_NAMES) == []
            with page.expect_download() as download:
                page.locator(".export-menu summary").click()
                page.get_by_role("button", name="Excel").click()
            assert SAFE_FILE_NAME.fullmatch(download.value.suggested_filename)
        page.goto(f"{hostile_site.url}{search}")
        expect(page.get_by_role("heading", level=1)).to_have_text(plain_text(name))
        assert page.evaluate(MADE_OF_NAMES) == []

    def test_have_nowhere_to_send_anything_to(
        self, signed_in: Page, hostile_site: Site, browser_watch: BrowserWatch
    ) -> None:
        page = signed_in
        page.goto(hostile_site.url)

        # The other tests fail if a name gets that far.
        with page.expect_console_message(lambda message: message.text.startswith("blocked by connect-src")):
            sent = page.evaluate("fetch('https://evil.example/').then(() => 'sent', () => 'blocked')")
        assert sent == "blocked"
        browser_watch.errors.clear()


# The field that names an entry of the API's lists in a file.
LABELS = {
    "Users": lambda user: user_label(user["name"], user["email"], user["id"], deleted=user["deleted"]),
    "Models": lambda model: model_label(model["model"]),
    "Agents": lambda agent: agent_label(agent["name"], agent["id"], deleted=agent["deleted"]),
}

SAFE_FILE_NAME = re.compile(r"librechat-[a-z-]+-[0-9-]+(-to-[0-9-]+)?(-[\w@-]+(\.[\w@-]+)*)?\.(csv|xlsx)")

# Elements that nothing but markup in a name could have made.
MADE_OF_NAMES = """
() => [...document.querySelectorAll(
    "main script, main img, main b, main u, svg a, a[href*='//evil'], a[href^='javascript'], iframe"
  )].map((node) => node.outerHTML)
"""


def assert_names_are_text_in_the_chart(page: Page, chart: str) -> None:
    """Compare the labels and the tooltips of a chart's bars with the hostile names."""
    page.locator(f"#{chart}-chart .ytick text").first.wait_for()
    labels = page.locator(f"#{chart}-chart .ytick text").all_text_contents()
    names = [plain_text(name) for name in HOSTILE_NAMES[:10]]
    for label, name in zip(labels, names, strict=True):
        assert squeezed(name).startswith(squeezed(label.removesuffix("…"))), (label, name)
    tooltip = page.locator(f".chart-frame:has(#{chart}-chart) .chart-tip .tip-words").first
    point_at(page.locator(f"#{chart}-chart .nsewdrag"), 20, 15, tooltip)
    assert squeezed(tooltip.inner_text()) in [squeezed(name) for name in HOSTILE_NAMES[:10]]


def squeezed(text: str) -> str:
    """Text without white space, which a chart may draw in another way."""
    return "".join(text.split())
