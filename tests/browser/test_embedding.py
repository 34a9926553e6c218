"""The dashboard in frames, in browsers that store nothing, and at other addresses."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from librechat_analytics.formatting import (
    money,
)
from librechat_analytics.web.signed_links import sign
from tests.support.page_actions import REFUSE_STORAGE, choose_view, drawn, enter_key, key_dialog, let_pass
from tests.support.screen import VIEWS, assert_shows_what_the_api_says
from tests.support.servers import API_KEY, BrowserWatch

if TYPE_CHECKING:
    from playwright.sync_api import FrameLocator, Page

    from tests.support.sites import Site


class TestWhereItIsOpened:
    def test_in_a_frame_of_a_page_of_librechat(self, page: Page, sample_site: Site) -> None:
        page.goto(sample_site.url.removesuffix("librechat-analytics/"))
        page.evaluate(
            """() => {
              const frame = document.createElement("iframe");
              Object.assign(frame, { src: "/librechat-analytics/", width: 1200, height: 800 });
              document.body.append(frame);
            }"""
        )
        frame = page.frame_locator("iframe")
        frame.get_by_label("API key").fill(API_KEY)
        frame.get_by_role("button", name="Open dashboard").click()

        expect(frame.locator("#cost-value")).to_have_text(money(sample_site.ask("summary")["cost"]))
        frame.get_by_role("link", name="Users", exact=True).click()
        users = sample_site.ask("top-users")["users"]
        expect(frame.locator("#users-rows tr")).to_have_count(len(users))

    def test_a_key_that_is_entered_in_one_frame_opens_all(self, page: Page, sample_site: Site) -> None:
        page.goto(sample_site.url.removesuffix("librechat-analytics/"))
        page.evaluate(
            """() => {
              for (const query of ["?embed=1", "?embed=1&controls=0&view=models"]) {
                const src = `/librechat-analytics/${query}`;
                document.body.append(Object.assign(document.createElement("iframe"), { src, width: 600 }));
              }
            }"""
        )
        one, other = (page.frame_locator("iframe").nth(place) for place in (0, 1))
        expect(other.get_by_label("API key")).to_be_visible()
        one.get_by_label("API key").fill(API_KEY)
        one.get_by_role("button", name="Open dashboard").click()

        expect(other.locator("#models-view")).to_have_class("view ready")
        expect(other.locator(".controls")).to_be_hidden()
        expect(other.get_by_role("link", name="Open dashboard")).to_be_hidden()

    def test_a_link_that_expires_needs_no_key_and_leaves_none(
        self, page: Page, sample_site: Site, browser_watch: BrowserWatch
    ) -> None:
        link = f"{sample_site.url}?view=users#key="
        page.goto(link + sign(API_KEY, "default", int(time.time()) + 600))
        expect(page.locator("#users-view")).to_have_class("view ready")
        page.locator("#users-rows a").first.click()
        expect(page.locator("#detail-view")).to_have_class("view ready")
        page.reload()
        expect(page.locator("#detail-view")).to_have_class("view ready")
        assert page.evaluate("localStorage.getItem('analyticsApiKey')") is None

        browser_watch.expected_statuses.add(401)
        page.goto("about:blank")
        page.goto(link + sign(API_KEY, "default", int(time.time()) - 1))
        expect(page.get_by_role("alert")).to_contain_text("This link has expired")
        expect(key_dialog(page)).to_be_visible()

    def test_in_a_frame_of_another_site_that_may_store_nothing(
        self, page: Page, hostile_site: Site, browser_watch: BrowserWatch
    ) -> None:
        page.add_init_script(REFUSE_STORAGE)  # which full Chromium does here itself, and its shell does not
        frame = self.framed(page, hostile_site, browser_watch, sandbox=None)
        frame.get_by_label("API key").fill(API_KEY)
        frame.get_by_role("button", name="Open dashboard").click()

        expect(frame.locator("#cost-value")).to_have_text(money(hostile_site.ask("summary")["cost"]))
        frame.get_by_role("link", name="Models", exact=True).click()
        expect(frame.locator("#models-view")).to_have_class("view ready")
        expect(frame.get_by_role("dialog", name="LibreChat Analytics")).to_be_hidden()

    def test_in_a_sandbox_without_an_origin_it_says_what_is_missing(
        self, page: Page, hostile_site: Site, browser_watch: BrowserWatch
    ) -> None:
        frame = self.framed(page, hostile_site, browser_watch, sandbox="allow-scripts allow-forms")

        expect(frame.get_by_role("alert")).to_contain_text("needs allow-same-origin")
        let_pass(page)
        # Every file is refused: modules as from the origin 'null', all others as NotSameOrigin.
        refusals = ("NotSameOrigin", "from origin 'null'", "net::ERR_FAILED")
        strange = [error for error in browser_watch.errors if not any(each in error for each in refusals)]
        assert strange == []
        browser_watch.errors.clear()

    @staticmethod
    def framed(page: Page, site: Site, watch: BrowserWatch, *, sandbox: str | None) -> FrameLocator:
        """The dashboard under another name than that of the page around it."""
        watch.hosts.add("localhost")
        page.goto(site.url.removesuffix("librechat-analytics/"))
        page.evaluate(
            """([src, sandbox]) => {
              const frame = document.createElement("iframe");
              if (sandbox !== null) frame.setAttribute("sandbox", sandbox);
              Object.assign(frame, { src, width: 1200, height: 800 });
              document.body.append(frame);
            }""",
            [f"http://localhost:{site.port}/librechat-analytics/", sandbox],
        )
        return page.frame_locator("iframe")

    def test_where_nothing_can_be_stored_the_key_lasts_as_long_as_the_page(
        self, page: Page, sample_site: Site
    ) -> None:
        page.add_init_script(REFUSE_STORAGE)
        page.goto(sample_site.url)
        enter_key(page, API_KEY)

        for view in VIEWS:
            choose_view(page, view)
            drawn(page, view)
        page.get_by_role("button", name="Theme").click()
        page.get_by_role("button", name="Theme").click()
        assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
        expect(key_dialog(page)).to_be_hidden()

        page.reload()
        expect(key_dialog(page)).to_be_visible()

    @pytest.mark.parametrize("path", ["/", "/librechat-analytics/"])
    def test_at_its_own_port(self, signed_in: Page, sample_site: Site, path: str) -> None:
        page = signed_in
        page.goto(f"http://127.0.0.1:{sample_site.port}{path}?period=90d")

        for view in ("Overview", "Models"):
            choose_view(page, view)
            assert_shows_what_the_api_says(page, sample_site, view, period="90d")

    def test_through_nginx_without_the_slash(self, signed_in: Page, sample_site: Site) -> None:
        page = signed_in
        page.goto(f"{sample_site.url.removesuffix('/')}?view=agents&period=90d")

        assert_shows_what_the_api_says(page, sample_site, "Agents", period="90d")
        assert page.url == f"{sample_site.url}?view=agents&period=90d"
