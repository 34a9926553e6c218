"""Views, periods, ranges and the way back: every one shows what the API says."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect

from librechat_analytics.usage.periods import PERIODS
from tests.support.page_actions import (
    LONG_AGO,
    answers_with_data,
    choose_period,
    choose_view,
    drawn,
    expect_period,
    follow,
    let_pass,
    period_button,
    query_of,
    wait_on,
)
from tests.support.screen import DETAILS, VIEWS, assert_shows_what_the_api_says, name_of

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

    from tests.support.sites import Site


CHOSEN_PERIODS = tuple(name for name in PERIODS if name != "custom")


class TestFindingOnesWay:
    def test_every_view_shows_what_the_api_says(self, signed_in: Page, sample_site: Site) -> None:
        page = signed_in
        page.goto(sample_site.url)

        for view in VIEWS:
            choose_view(page, view)
            assert_shows_what_the_api_says(page, sample_site, view)
            assert page.title() == f"{view} · LibreChat Analytics"
        assert sample_site.ask("summary")["cost"] > 0

    def test_a_view_that_the_reader_points_at_is_requested_once_and_stays_hidden(
        self, signed_in: Page, sample_site: Site
    ) -> None:
        page = signed_in
        page.goto(sample_site.url)
        assert_shows_what_the_api_says(page, sample_site, "Overview")
        answers = answers_with_data(page)

        for _ in range(2):
            page.get_by_role("link", name="Models", exact=True).hover()
            expect(page.locator("#models-view.ready #models-rows tr").first).to_be_attached()
            page.mouse.move(0, 0)
            let_pass(page)

        assert [status for _, status in answers] == [200]
        expect(page.locator("#models-view")).to_be_hidden()
        expect(page.get_by_role("heading", level=1)).to_have_text("Overview")
        assert page.title() == "Overview · LibreChat Analytics"
        choose_view(page, "Models")
        assert_shows_what_the_api_says(page, sample_site, "Models")

    def test_every_period_of_the_select_and_takes_it_along_to_another_view(
        self, signed_in: Page, sample_site: Site
    ) -> None:
        page = signed_in
        page.goto(sample_site.url)

        taken_along = None
        for view, period in zip(VIEWS, CHOSEN_PERIODS, strict=False):
            choose_view(page, view)
            assert query_of(page).get("period") == taken_along
            choose_period(page, period)
            assert_shows_what_the_api_says(page, sample_site, view, period=period)
            taken_along = period
        choose_view(page, "Groups")  # the view with the fewest questions
        for period in CHOSEN_PERIODS[len(VIEWS) :]:
            choose_period(page, period)
            assert_shows_what_the_api_says(page, sample_site, "Groups", period=period)
        choose_view(page, "Overview")
        assert_shows_what_the_api_says(page, sample_site, "Overview", period=CHOSEN_PERIODS[-1])
        page.get_by_role("link", name="All users").click()
        assert_shows_what_the_api_says(page, sample_site, "Users", period=CHOSEN_PERIODS[-1])

    def test_the_page_of_each_top_subject_shows_what_the_api_says(
        self, signed_in: Page, sample_site: Site
    ) -> None:
        page = signed_in
        page.goto(f"{sample_site.url}?period=90d")
        for view, things in DETAILS.items():
            choose_view(page, things.capitalize())
            page.locator(f"#{things}-rows .name a").first.click()
            page.locator("#detail-view").wait_for()
            asked = {"period": "90d", view.lower(): query_of(page)[view.lower()]}
            assert_shows_what_the_api_says(page, sample_site, view, **asked)
            name = page.get_by_role("heading", level=1).inner_text()
            assert page.title() == f"{name} · {things.capitalize()} · LibreChat Analytics"

    def test_a_custom_range_by_the_calendar(self, signed_in: Page, sample_site: Site) -> None:
        page = signed_in
        page.goto(sample_site.url)

        month = page.evaluate("new Date().toISOString().slice(0, 8)") + "01"
        month = (date.fromisoformat(month) - timedelta(days=1)).replace(day=1)
        chosen = {"start": f"{month:%Y-%m}-03", "end": f"{month:%Y-%m}-17"}
        period_button(page).click()
        page.get_by_role("button", name="Month before").click()
        # The last day may be picked first.
        for day in (17, 3):
            page.get_by_role("button", name=f"{day} {month:%b %Y}", exact=True).click()
        expect(page.get_by_role("dialog", name="Choose a period")).to_be_hidden()
        expect(period_button(page)).to_be_focused()
        page.wait_for_function(
            "chosen => Object.entries(chosen).every(([name, value]) =>"
            " new URLSearchParams(location.search).get(name) === value)",
            arg=chosen,
        )
        assert_shows_what_the_api_says(page, sample_site, "Overview", period="custom", **chosen)
        choose_view(page, "Users")
        assert_shows_what_the_api_says(page, sample_site, "Users", period="custom", **chosen)

    def test_a_custom_range_by_the_address(self, signed_in: Page, sample_site: Site) -> None:
        page = signed_in
        page.goto(f"{sample_site.url}?{urlencode(LONG_AGO)}")

        assert_shows_what_the_api_says(page, sample_site, "Overview", **LONG_AGO)
        first, last = (date.fromisoformat(LONG_AGO[edge]) for edge in ("start", "end"))
        expect(period_button(page)).to_contain_text(f"{first.day} {first:%b}")
        expect(period_button(page)).to_contain_text(f"{last.day} {last:%b %Y}")

    def test_a_range_that_is_over_rests_once_all_of_it_is_read(
        self, signed_in: Page, sample_site: Site
    ) -> None:
        page = signed_in
        asks_again = "() => !window.dash_component_api.getLayout('tick').props.disabled"
        page.goto(f"{sample_site.url}?period=30d")
        drawn(page, "Overview")
        page.wait_for_function(asks_again)
        over = {"period": "custom", "start": "2026-02-02", "end": "2026-02-08"}
        page.goto(f"{sample_site.url}?{urlencode(over)}")
        drawn(page, "Overview")
        page.wait_for_function(f"!({asks_again})()")
        for status, is_awake in (("importing", "true"), ("unreachable", "true"), ("ok", "false")):
            freshness = {"status": status, "as_of_age_seconds": 5, "as_of_words": "12:00"}
            page.evaluate(
                "(freshness) => window.dash_clientside.analytics.keepFreshness(freshness)", freshness
            )
            page.wait_for_function(f"({asks_again})() === {is_awake}")

    def test_a_late_answer_of_the_view_before_changes_nothing_around_this_one(
        self, signed_in: Page, sample_site: Site
    ) -> None:
        page = signed_in
        page.goto(f"{sample_site.url}?view=models&period=30d")
        drawn(page, "Models")

        held: list[Route] = []

        def hold_the_overview(route: Route) -> None:
            asked = json.loads(route.request.post_data or "{}").get("changedPropIds")
            if asked == ["overview-question.data"] and not held:
                held.append(route)
            else:
                route.continue_()

        page.route(re.compile("_dash-update-component"), hold_the_overview)
        follow(page, "?view=overview&period=7d")
        wait_on(page, lambda: held)
        follow(page, "?view=models&period=30d")
        expect(page.get_by_role("heading", level=1)).to_have_text("Models")
        with page.expect_response(lambda response: response.request == held[0].request):
            held[0].continue_()
        let_pass(page)

        expect(page.get_by_role("heading", level=1)).to_have_text("Models")
        assert page.title() == "Models · LibreChat Analytics"
        expect(page.locator("#range-words")).to_contain_text("Last 30 days")

    def test_back_forward_and_reload(self, signed_in: Page, sample_site: Site) -> None:
        page = signed_in

        def assert_at(view: str, period: str | None, sort: str | None = None) -> None:
            expect(page.get_by_role("heading", level=1)).to_have_text(view)
            expect_period(page, period or "30d")
            expect(page.locator(f"#{name_of(view)}-view")).to_have_class("view ready")
            query = query_of(page)
            assert (query.get("period"), query.get("sort")) == (period, sort)

        def assert_shows(view: str, period: str) -> None:
            assert_at(view, period)
            assert_shows_what_the_api_says(page, sample_site, view, period=period)

        page.goto(sample_site.url)
        assert_at("Overview", None)
        choose_view(page, "Users")
        choose_period(page, "7d")
        assert_at("Users", "7d")
        choose_view(page, "Models")
        choose_period(page, "12m")
        assert_at("Models", "12m")
        page.get_by_role("columnheader", name="Calls").get_by_role("button").click()
        expect(page.get_by_role("columnheader", name="Calls")).to_have_attribute("aria-sort", "descending")

        page.reload()
        assert_at("Models", "12m", "-calls")
        expect(page.get_by_role("columnheader", name="Calls")).to_have_attribute("aria-sort", "descending")
        page.go_back()
        assert_at("Models", "12m")
        page.go_back()
        assert_shows("Models", "7d")
        page.go_back()
        assert_at("Users", "7d")
        page.go_back()
        assert_at("Users", None)
        page.go_back()
        assert_at("Overview", None)
        page.go_forward()
        page.go_forward()
        assert_shows("Users", "7d")
        page.reload()
        assert_shows("Users", "7d")

    @pytest.mark.parametrize(
        ("search", "notice"),
        [
            ("?period=fortnight%00", "Showing the last 30 days."),
            ("?period=custom&start=banana&end=%F0%9F%8D%8C", "Showing the last 30 days."),
            ("?period=custom&start=2026-02-01&end=2026-01-01", "The last day is before the first day."),
            ("?tz=Mars%2FOlympus", "Times are shown in Europe/Berlin."),
            (
                "?view=..%2Fetc&sort=%3Cscript%3E&q=%00%ff&period[$ne]=7d&all=yes&%3Cimg%20src=x%3E",
                "Showing Overview.",
            ),
        ],
    )
    def test_nonsense_in_the_address_becomes_the_default_and_a_notice_that_goes_with_it(
        self, signed_in: Page, sample_site: Site, search: str, notice: str
    ) -> None:
        page = signed_in
        page.goto(f"{sample_site.url}{search}")

        assert_shows_what_the_api_says(page, sample_site, "Overview")
        expect(page.locator("#notice")).to_contain_text(notice)
        choose_period(page, "7d")
        expect_period(page, "7d")
        if search.startswith("?period"):
            expect(page.locator("#notice")).to_be_hidden()
