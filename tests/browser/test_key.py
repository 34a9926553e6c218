"""The key: when the page asks for it, and where it is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.support.page_actions import (
    a_minute_passes,
    answers_with_data,
    choose_view,
    enter_key,
    key_dialog,
    let_pass,
)
from tests.support.screen import assert_shows_what_the_api_says, shown_on
from tests.support.servers import API_KEY, BrowserWatch

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.support.sites import Site


ROLLED_KEY = "an0ther-k3y-f0r-tests-77c1"


class TestTheKey:
    def test_a_first_visit_asks_for_it_and_for_nothing_else(
        self, page: Page, sample_site: Site, browser_watch: BrowserWatch
    ) -> None:
        browser_watch.expected_statuses.add(401)
        answers = answers_with_data(page)
        page.goto(sample_site.url)

        expect(key_dialog(page)).to_be_visible()
        expect(page.get_by_label("API key")).to_be_focused()
        let_pass(page)
        assert answers == []
        assert page.get_by_role("main").count() == 0

        page.evaluate("window.sinceTheFirstVisit = true")
        enter_key(page, "n0t-the-right-key-at-all")
        expect(page.get_by_role("alert")).to_have_text(
            "This key is not valid (any more). Ask the person who runs the dashboard."
        )
        assert {status for _, status in answers} == {401}
        assert page.evaluate("localStorage.getItem('analyticsApiKey')") is None

        enter_key(page, API_KEY)
        assert_shows_what_the_api_says(page, sample_site, "Overview")
        expect(key_dialog(page)).to_be_hidden()
        assert page.evaluate("window.sinceTheFirstVisit"), "the page was loaded again"
        assert page.evaluate("localStorage.getItem('analyticsApiKey')") == API_KEY

        page.reload()
        assert_shows_what_the_api_says(page, sample_site, "Overview")
        expect(key_dialog(page)).to_be_hidden()

    def test_the_dialog_cannot_be_dismissed_and_refuses_what_no_header_can_carry(
        self, page: Page, sample_site: Site
    ) -> None:
        page.goto(sample_site.url)
        expect(key_dialog(page)).to_be_visible()

        for _ in range(4):
            page.keyboard.press("Escape")
        expect(key_dialog(page)).to_be_visible()

        enter_key(page, "clé à molette")
        expect(page.get_by_role("alert")).to_contain_text("ASCII")
        expect(key_dialog(page)).to_be_visible()

    def test_removed_in_the_browser_the_page_asks_for_it_once(self, page: Page, sample_site: Site) -> None:
        page.clock.install()
        page.goto(sample_site.url)
        enter_key(page, API_KEY)
        assert_shows_what_the_api_says(page, sample_site, "Overview")

        page.evaluate("localStorage.removeItem('analyticsApiKey')")
        answers = answers_with_data(page)
        a_minute_passes(page)
        expect(key_dialog(page)).to_be_visible()
        expect(page.get_by_role("alert")).to_be_empty()
        a_minute_passes(page)
        let_pass(page)
        assert answers == []

        enter_key(page, API_KEY)
        expect(key_dialog(page)).to_be_hidden()
        choose_view(page, "Users")
        assert_shows_what_the_api_says(page, sample_site, "Users")
        expect(key_dialog(page)).to_be_hidden()

    def test_changed_on_the_server_the_page_asks_for_it_and_never_sends_the_old_one_again(
        self, page: Page, live_site: Site, browser_watch: BrowserWatch
    ) -> None:
        browser_watch.expected_statuses.add(401)
        page.clock.install()
        page.goto(live_site.url)
        enter_key(page, API_KEY)
        assert_shows_what_the_api_says(page, live_site, "Overview")
        before = shown_on(page, "Overview")
        page.evaluate("window.sinceTheFirstVisit = true")

        # No other test of this file uses the site: it keeps its new key.
        live_site.stop()
        live_site.start(DASHBOARD_API_KEY=ROLLED_KEY)
        answers = answers_with_data(page)
        a_minute_passes(page)
        expect(key_dialog(page)).to_be_visible()
        expect(page.get_by_role("alert")).to_have_text(
            "This key is not valid (any more). Ask the person who runs the dashboard."
        )
        assert shown_on(page, "Overview") == before, "the figures behind the dialog are gone"
        a_minute_passes(page)
        let_pass(page)
        assert [status for _, status in answers] == [401]

        enter_key(page, ROLLED_KEY)
        expect(key_dialog(page)).to_be_hidden()
        choose_view(page, "Models")
        expect(page.locator("#models-rows .name").first).to_have_text("claude-sonnet-4-6")
        assert page.evaluate("window.sinceTheFirstVisit"), "the page was loaded again"
