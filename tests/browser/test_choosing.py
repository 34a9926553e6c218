"""What a reader chooses: periods by name, by typing and by the calendar, zones, whatever the box finds."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.support.page_actions import (
    choose_period,
    expect_period,
    period_button,
    query_of,
    requests_for_figures,
)

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.support.servers import BrowserWatch
    from tests.support.sites import Site

pytestmark = pytest.mark.usefixtures("signed_in")


@pytest.fixture
def site(sample_site: Site) -> str:
    return sample_site.url


def opened(page: Page, address: str, view: str) -> None:
    page.goto(address)
    expect(page.locator(f"#{view}-view")).to_have_class("view ready")


class TestSteps:
    def test_lead_to_the_month_before_and_back_and_end_at_now(self, page: Page, site: str) -> None:
        opened(page, f"{site}?period=this-month&page=2", "overview")
        earlier, later = page.get_by_role("button", name="Earlier"), page.get_by_role("button", name="Later")
        expect(later).to_have_attribute("aria-disabled", "true")

        earlier.click()
        page.wait_for_function("() => new URLSearchParams(location.search).get('period') === 'custom'")
        asked = query_of(page)
        first = date.fromisoformat(asked["start"])
        assert (first.day, (date.fromisoformat(asked["end"]) + timedelta(days=1)).day) == (1, 1)
        assert "page" not in asked
        expect_period(page, f"{first:%B %Y}")
        expect(earlier).to_be_focused()

        later.click()
        expect_period(page, "this-month")
        expect(later).to_have_attribute("aria-disabled", "true")
        expect(later).to_be_focused()
        assert "start" not in query_of(page)

    def test_count_each_click_before_any_answer_has_come(self, page: Page, site: str) -> None:
        opened(page, f"{site}?period=custom&start=2026-08-01&end=2026-08-31", "overview")
        page.evaluate("() => { for (let n = 0; n < 3; n++) document.getElementById('earlier').click(); }")
        expect_period(page, "May 2026")
        for _ in range(3):
            page.keyboard.press("l")
        expect_period(page, "August 2026")


class TestPeriodMenu:
    def test_takes_what_is_typed_and_says_what_it_understands(self, page: Page, site: str) -> None:
        opened(page, f"{site}?page=2", "overview")
        period_button(page).click()
        field = page.get_by_label("Type a period")
        expect(field).to_be_focused()
        field.fill("bananas")
        expect(page.locator("#period-read")).to_contain_text("Not a period.")
        page.keyboard.press("Enter")
        field.fill("q3 2025")
        expect(page.locator("#period-read")).to_have_text("Q3 2025 · 1 Jul \N{EN DASH} 30 Sep 2025")
        page.keyboard.press("Enter")
        expect_period(page, "Q3 2025")
        expect(period_button(page)).to_be_focused()
        assert query_of(page) == {"period": "custom", "start": "2025-07-01", "end": "2025-09-30"}

    def test_is_worked_by_keyboard_and_closes_with_escape_or_a_click_beside_it(
        self, page: Page, site: str
    ) -> None:
        opened(page, f"{site}?period=custom&start=2026-08-05&end=2026-08-07", "overview")
        menu = page.get_by_role("dialog", name="Choose a period")
        period_button(page).click()
        page.get_by_role("button", name="7 Aug 2026", exact=True).focus()
        for key in ("PageUp", "ArrowUp", "Enter", "ArrowLeft", "Space"):
            page.keyboard.press(key)
        expect(menu).to_be_hidden()
        expect_period(page, "29\N{EN DASH}30 Jun 2026")

        page.keyboard.press("Enter")
        expect(menu).to_be_visible()
        page.keyboard.press("Escape")
        expect(menu).to_be_hidden()
        expect(period_button(page)).to_be_focused()
        period_button(page).click()
        page.get_by_role("heading", level=1).click()
        expect(menu).to_be_hidden()

    def test_a_period_that_cannot_be_loaded_is_named_as_such(
        self, page: Page, browser_watch: BrowserWatch, site: str
    ) -> None:
        browser_watch.expected_statuses.add(502)
        opened(page, f"{site}?period=30d", "overview")
        page.route("**/_dash-update-component*", lambda route: route.fulfill(status=502))
        choose_period(page, "7d")
        expect(page.locator("#connection")).to_contain_text(
            "“Last 7 days” loads when the connection is back."
        )
        expect(page.locator("#range-words")).to_contain_text("Last 30 days")
        # Dash's own message for a request without an answer.
        browser_watch.errors[:] = [error for error in browser_watch.errors if "Callback error" not in error]


class TestFindBox:
    def test_finds_somebody_of_all_time_and_opens_their_page_in_the_period(
        self, page: Page, site: str
    ) -> None:
        opened(page, f"{site}?view=users&period=all", "users")
        name = page.locator("#users-rows .name a").nth(1).inner_text()
        page.goto(f"{site}?period=today&model=nothing")
        page.locator("#overview-view.ready").wait_for()
        page.keyboard.press("/")
        box = page.get_by_role("combobox", name="Find a user")
        expect(box).to_be_focused()
        questions = requests_for_figures(page)
        page.keyboard.type(" ".join(reversed(name.lower().split())))
        hit = page.get_by_role("option").filter(has_text=name)
        expect(hit.locator(".choice-aside")).to_have_text(re.compile(r"^<?\$\d"))
        assert len(questions) < len(name)
        expect(page.locator("#find-hits [aria-selected=true]")).to_have_count(1)
        page.keyboard.press("Enter")

        expect(page.get_by_role("heading", level=1)).to_have_text(name)
        assert query_of(page).keys() == {"view", "user", "period"}

    def test_opens_views_and_chooses_periods(self, page: Page, site: str) -> None:
        opened(page, site, "overview")
        page.keyboard.press("Control+k")
        page.keyboard.type("quality")
        page.get_by_role("option", name="Data quality").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Data quality")
        page.get_by_role("button", name="Find anything").click()
        page.keyboard.type("q3 2025")
        expect(page.locator("#find-hits [aria-selected=true]")).to_have_text("Q3 2025")
        page.keyboard.press("Enter")
        expect_period(page, "Q3 2025")
        page.keyboard.press("Control+k")
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog", name="Find anything")).to_be_hidden()


class TestZone:
    def test_is_found_by_a_part_of_its_name(self, page: Page, site: str) -> None:
        opened(page, f"{site}?period=7d", "overview")
        words = page.locator("#range-words")
        expect(words).to_contain_text("Europe/Berlin")

        period_button(page).click()
        zone = page.get_by_role("combobox", name="Time zone")
        zone.click()
        page.get_by_role("option", name="UTC").click()
        expect(words).to_contain_text("UTC")
        zone.fill("new york")
        zones = page.get_by_role("listbox", name="Time zone")
        expect(zones.get_by_role("option")).to_have_text(["America/New_York"])
        page.keyboard.press("Enter")
        expect(words).to_contain_text("America/New_York")
        assert query_of(page)["tz"] == "America/New_York"
        zone.fill("Mars")
        expect(zones).to_have_text("No time zone “Mars”.")
        page.keyboard.press("Escape")
        zone.fill("berlin")
        page.keyboard.press("Enter")
        expect(words).to_contain_text("Europe/Berlin")
        assert "tz" not in query_of(page)
