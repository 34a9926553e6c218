"""A refresh changes figures, and nothing that the reader has done."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from playwright.sync_api import expect

from librechat_analytics.formatting import (
    money,
)
from tests.support.page_actions import (
    LONG_AGO,
    a_minute_passes,
    choose_period,
    choose_view,
    follow,
    let_pass,
    query_of,
    requests_for_figures,
    turn,
)
from tests.support.screen import assert_shows_what_the_api_says, shown_on

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

    from tests.support.servers import BrowserWatch
    from tests.support.sites import Ledger, Site


class TestARefresh:
    def test_changes_a_figure_and_nothing_that_the_reader_has_done(
        self, signed_in: Page, live_site: Site, ledger: Ledger
    ) -> None:
        page = signed_in
        page.clock.install()
        page.goto(live_site.url)
        assert_shows_what_the_api_says(page, live_site, "Overview")
        page.evaluate(
            """() => {
              window.kept = ["#over-time-chart", "#over-time-chart .js-plotly-plot",
                "#over-time-chart .main-svg", "#cost-value", "#top-users .ranked", "#period"]
                .map((selector) => [selector, document.querySelector(selector)]);
              document.getElementById("period").focus();
              window.scrollTo({ top: 100, behavior: "instant" });
            }"""
        )
        scrolled = page.evaluate("window.scrollY")
        before = shown_on(page, "Overview")

        ledger.spend(usd=7)
        a_minute_passes(page)

        assert_shows_what_the_api_says(page, live_site, "Overview")
        after = shown_on(page, "Overview")
        assert after["cards"][0] != before["cards"][0]
        assert after["bars"]["over-time"] != before["bars"]["over-time"]
        replaced = page.evaluate(
            "() => window.kept.filter(([at, node]) => node !== document.querySelector(at)).map(([at]) => at)"
        )
        assert replaced == []
        assert page.evaluate("document.activeElement.id") == "period"
        assert page.evaluate("window.scrollY") == scrolled > 0

    def test_leaves_the_search_and_its_text_alone(
        self, signed_in: Page, live_site: Site, ledger: Ledger
    ) -> None:
        page = signed_in
        page.clock.install()
        page.goto(f"{live_site.url}?view=users")
        assert_shows_what_the_api_says(page, live_site, "Users")

        field = page.get_by_label("Search users")
        field.press_sequentially("kova")
        expect(page.locator("#users-rows .name")).to_have_text(["Ana Kovač"])
        assert query_of(page)["q"] == "kova"
        page.evaluate("document.activeElement.setSelectionRange(1, 3)")
        cost = page.locator("#users-rows td").first
        before = cost.inner_text()

        ledger.spend(usd=5)
        a_minute_passes(page)

        expect(cost).not_to_have_text(before)
        ana = next(user for user in live_site.ask("top-users")["users"] if user["name"] == "Ana Kovač")
        expect(cost).to_have_text(money(ana["cost"]))
        expect(field).to_be_focused()
        expect(field).to_have_value("kova")
        assert page.evaluate(
            "[document.activeElement.selectionStart, document.activeElement.selectionEnd]"
        ) == [1, 3]

    def test_says_so_when_the_server_is_gone_and_when_it_is_back(
        self, signed_in: Page, live_site: Site, ledger: Ledger, browser_watch: BrowserWatch
    ) -> None:
        browser_watch.expected_statuses.add(502)
        page = signed_in
        page.clock.install()
        page.goto(live_site.url)
        assert_shows_what_the_api_says(page, live_site, "Overview")
        before = shown_on(page, "Overview")
        banner = page.locator("#connection")
        expect(banner).to_be_hidden()

        live_site.stop()
        try:
            a_minute_passes(page)
            expect(banner).to_be_visible()
            expect(banner).to_contain_text("Connection lost.")
            assert shown_on(page, "Overview") == before
        finally:
            live_site.start()

        ledger.spend(usd=3)
        a_minute_passes(page)
        expect(banner).to_be_hidden()
        # Dash's own message for a request without an answer.
        browser_watch.errors[:] = [error for error in browser_watch.errors if "Callback error" not in error]
        assert_shows_what_the_api_says(page, live_site, "Overview")
        assert shown_on(page, "Overview")["cards"][0] != before["cards"][0]

    def test_goes_on_when_one_question_fails_and_nothing_else_waits_for_that(
        self, signed_in: Page, live_site: Site, ledger: Ledger, browser_watch: BrowserWatch
    ) -> None:
        browser_watch.expected_statuses.add(503)
        page = signed_in
        page.clock.install()
        page.goto(live_site.url)
        assert_shows_what_the_api_says(page, live_site, "Overview")
        before = shown_on(page, "Overview")
        failed: list[str] = []

        def fail_the_overview(route: Route) -> None:
            if "overview-question" in (route.request.post_data or ""):
                failed.append(route.request.url)
                route.fulfill(status=503, headers={"Retry-After": "5"}, json={"error": "try again soon"})
            else:
                route.continue_()

        page.route(re.compile("_dash-update-component"), fail_the_overview)
        ledger.spend(usd=2)
        a_minute_passes(page)
        expect(page.locator("#connection")).to_be_visible()
        assert len(failed) == 1
        assert shown_on(page, "Overview") == before, "the figures are still there"
        choose_view(page, "Users")
        assert_shows_what_the_api_says(page, live_site, "Users")
        expect(page.locator("#connection")).to_be_hidden()

        page.unroute_all()
        choose_view(page, "Overview")
        a_minute_passes(page)
        assert_shows_what_the_api_says(page, live_site, "Overview")
        assert shown_on(page, "Overview")["cards"][0] != before["cards"][0]
        # Dash's own message for a failed request; it comes with the next one.
        browser_watch.errors[:] = [error for error in browser_watch.errors if "Callback error" not in error]

    def test_does_not_happen_in_a_hidden_tab_and_happens_at_once_when_it_is_seen_again(
        self, signed_in: Page, live_site: Site, ledger: Ledger
    ) -> None:
        page = signed_in
        page.clock.install()
        page.goto(live_site.url)
        assert_shows_what_the_api_says(page, live_site, "Overview")
        requests = requests_for_figures(page)

        turn(page, hidden=True)
        for _ in range(5):
            a_minute_passes(page)
        ledger.spend(usd=1)
        let_pass(page)
        assert requests == []

        turn(page, hidden=False)
        assert_shows_what_the_api_says(page, live_site, "Overview")
        assert len(requests) == 1
        # A busy machine may take its time to ask; that it asks once is what counts.
        with page.expect_request("**/_dash-update-component*"):
            a_minute_passes(page)
        let_pass(page)
        assert len(requests) == 2

    def test_happens_for_what_is_another_range_after_midnight_and_not_for_a_range_that_is_over(
        self, signed_in: Page, live_site: Site
    ) -> None:
        page = signed_in
        page.clock.install()
        page.goto(f"{live_site.url}?period=yesterday")
        for period in ("yesterday", "last-month"):
            if period != "yesterday":
                choose_period(page, period)
            assert_shows_what_the_api_says(page, live_site, "Overview", period=period)
            with page.expect_request("**/_dash-update-component*"):
                a_minute_passes(page)

        follow(page, f"?{urlencode(LONG_AGO)}")
        assert_shows_what_the_api_says(page, live_site, "Overview", **LONG_AGO)
        requests = requests_for_figures(page)
        a_minute_passes(page)
        let_pass(page)
        assert requests == []
