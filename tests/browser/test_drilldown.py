"""From a number to its reasons: links, filters, bars, zones, files and frames, in a real browser."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Route, expect

from librechat_analytics.librechat.sample.writer import write_sample
from tests.support.imports import fill_store
from tests.support.page_actions import (
    REFUSE_STORAGE,
    drag_over,
    expect_period,
    let_pass,
    period_button,
    point_at,
)
from tests.support.servers import API_KEY, ROOT, serve, watched_page
from tests.support.waiting import PATIENCE_SECONDS
from tests.support.widths import assert_fits, set_width

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.support.servers import BrowserWatch

pytestmark = pytest.mark.xdist_group("drilldown")

ZONE = "Europe/Berlin"
REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`blocked by ${event.violatedDirective}: ${event.blockedURI}`));
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a program with five thousand generated transactions and a price list."""
    folder = tmp_path_factory.mktemp("drilldown")
    write_sample(folder / "dump", transactions=5000, seed=21, until=datetime.now(UTC))
    fill_store(folder, now=datetime.now(UTC))
    with serve(folder / "data", PRICES_FILE=str(ROOT / "prices" / "2026-11.csv")) as server:
        yield f"{server.base_url}/librechat-analytics/"


@pytest.fixture
def page(browser: Browser, browser_watch: BrowserWatch) -> Iterator[Page]:
    """A reader in Berlin who has entered the key before."""
    desk = {"width": 1440, "height": 900}
    with watched_page(browser, browser_watch, viewport=desk, timezone_id=ZONE, locale="en-GB") as page:
        page.set_default_timeout(PATIENCE_SECONDS * 1000)
        page.add_init_script(REPORT_VIOLATIONS)
        page.add_init_script(f"localStorage.setItem('analyticsApiKey', {json.dumps(API_KEY)})")
        yield page


def query_of(page: Page) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs(urlsplit(page.url).query).items()}


def opened(page: Page, address: str, view: str) -> None:
    page.goto(address)
    expect(page.locator(f"#{view}-view")).to_have_class("view ready")


class TestNames:
    def test_lead_to_pages_of_their_own_and_back_again(self, page: Page, site: str) -> None:
        opened(page, f"{site}?period=90d", "overview")
        heading = page.get_by_role("heading", level=1)
        user = page.locator("#top-users a").first
        name, cost = user.inner_text(), page.locator("#top-users .ranked-amount").first.inner_text()

        user.click()
        expect(heading).to_have_text(name)
        expect(page).to_have_title(f"{name} · Users · LibreChat Analytics")
        expect(page.locator("#detail-cost-value")).to_have_text(cost)
        expect(page.get_by_role("main")).to_be_focused()
        assert query_of(page).keys() == {"view", "user", "period"}

        model = page.locator("#detail-models a").first
        model_name = model.inner_text()
        model_cost = page.locator("#detail-models .ranked-amount").first.inner_text()
        model.click()
        expect(heading).to_have_text(model_name)
        expect(page.locator("#detail-cost-value")).to_have_text(model_cost)
        expect(page.locator("#chips .chip")).to_contain_text(name)

        page.get_by_role("navigation", name="Where this is").get_by_role("link", name="Models").click()
        expect(heading).to_have_text("Models")
        expect(page.locator("#models-rows")).to_contain_text(model_name)
        for title in (model_name, name, "Overview"):
            page.go_back()
            expect(heading).to_have_text(title)
        page.go_forward()
        expect(heading).to_have_text(name)
        expect(page.locator("#detail-cost-value")).to_have_text(cost)

    def test_a_state_is_an_address_for_a_colleague(self, page: Page, site: str) -> None:
        opened(page, f"{site}?view=users&period=90d", "users")
        link = page.locator("#users-rows a").nth(1)
        name, address = link.inner_text(), link.get_attribute("href")

        opened(page, f"{site}{address}", "detail")
        expect(page.get_by_role("heading", level=1)).to_have_text(name)
        current = page.locator("[aria-current=true]", has_text="Users")
        expect(current).to_be_visible()

    def test_an_agents_page_says_how_it_is_known(self, page: Page, site: str) -> None:
        opened(page, f"{site}?view=agents&period=all", "agents")
        page.locator("#agents-rows a").first.click()

        expect(page.locator("#detail-facts")).to_contain_text("How sure we are")
        expect(page.locator("#detail-agents-frame")).to_be_hidden()
        expect(page.locator("#detail-rates-frame")).to_be_hidden()


class TestBars:
    def test_a_click_makes_the_bar_the_period(self, page: Page, site: str) -> None:
        opened(page, f"{site}?period=30d&view=overview", "overview")
        bars = page.locator("#over-time-chart .bars .point").filter(visible=True)  # not each day has one
        bars.first.wait_for()
        box = bars.nth(bars.count() // 2).bounding_box()
        assert box is not None
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] - 1)

        page.wait_for_function("() => new URLSearchParams(location.search).get('period') === 'custom'")
        asked = query_of(page)
        assert asked["start"] == asked["end"]
        day = date.fromisoformat(asked["start"])
        expect_period(page, f"{day.day} {day:%b %Y}")
        page.go_back()
        expect_period(page, "30d")

    def test_dragging_over_some_makes_their_range_the_period(self, page: Page, site: str) -> None:
        opened(page, f"{site}?period=30d&view=overview", "overview")
        page.locator("#over-time-chart .bars .point").first.wait_for(state="attached")
        drag_over(page, "over-time", 0.5, 0.9)

        page.wait_for_function("() => new URLSearchParams(location.search).get('period') === 'custom'")
        asked = query_of(page)
        days = (date.fromisoformat(asked["end"]) - date.fromisoformat(asked["start"])).days + 1
        assert days in (12, 13)  # 0.4 of 31 days
        page.go_back()
        expect_period(page, "30d")

    def test_have_a_tooltip_with_their_date_and_total(self, page: Page, site: str) -> None:
        opened(page, f"{site}?period=30d&view=overview&split=model", "overview")
        page.locator("#over-time-chart .bars .point").first.wait_for(state="attached")
        tooltip = page.locator("#overview-view .over-time .chart-tip")
        point_at(page.locator("#over-time-chart .nsewdrag"), 300, 100, tooltip.locator(".tip-title"))

        expect(tooltip.locator(".tip-title")).to_have_text(re.compile(r"^\w{3} \d+ \w{3} \d{4}"))
        expect(tooltip.locator(".tip-total")).to_have_text(re.compile(r"^Total<?\$"))
        page.evaluate("() => Plotly.redraw(document.querySelector('#over-time-chart .js-plotly-plot'))")
        expect(tooltip).to_be_empty()
        point_at(page.locator("#over-time-chart .nsewdrag"), 300, 100, tooltip.locator(".tip-title"))
        page.mouse.move(5, 5)
        expect(tooltip).to_be_empty()


class TestShortcuts:
    def test_do_what_their_sheet_says(self, page: Page, site: str) -> None:
        opened(page, site, "overview")
        page.evaluate("document.dispatchEvent(new Event('keydown'))")  # as browsers send that fill in fields
        page.keyboard.press("?")
        sheet = page.get_by_role("dialog", name="Keyboard shortcuts")
        expect(sheet).to_be_visible()
        page.keyboard.press("2")
        page.keyboard.press("Escape")
        expect(sheet).to_be_hidden()
        assert query_of(page) == {}, "a key did something behind the sheet"

        page.keyboard.press("2")
        expect(page.get_by_role("heading", level=1)).to_have_text("Users")
        expect(page.get_by_role("main")).to_be_focused()
        page.keyboard.press("w")
        expect_period(page, "7d")
        expect(page.get_by_role("button", name="Earlier")).to_have_attribute("aria-keyshortcuts", "E")
        expect(page.locator("#users-view")).to_have_class("view ready")
        page.keyboard.press("e")
        page.wait_for_function("() => new URLSearchParams(location.search).get('period') === 'custom'")
        with page.expect_request("**/_dash-update-component*"):
            page.keyboard.press("r")

        page.get_by_role("button", name="Keyboard shortcuts").click()
        sheet.get_by_role("button", name="Last 30 days").click()
        expect_period(page, "30d")

    def test_are_letters_where_something_is_typed_and_nothing_beside_another_key(
        self, page: Page, site: str
    ) -> None:
        opened(page, f"{site}?view=users", "users")
        page.keyboard.press("s")
        expect(page.get_by_label("Search users")).to_be_focused()
        page.keyboard.type("d1?")
        expect(page.get_by_label("Search users")).to_have_value("d1?")
        period_button(page).click()
        page.keyboard.type("4")
        page.keyboard.press("Escape")
        page.get_by_role("main").focus()
        for keys in ("Control+1", "Alt+2", "Shift+d"):
            page.keyboard.press(keys)
        page.wait_for_function("() => new URLSearchParams(location.search).get('q') === 'd1?'")
        assert query_of(page) == {"view": "users", "q": "d1?"}

    def test_can_be_turned_off(self, page: Page, site: str) -> None:
        opened(page, site, "overview")
        page.get_by_role("button", name="Keyboard shortcuts").click()
        page.get_by_label("Enable keyboard shortcuts").uncheck()
        page.keyboard.press("Escape")
        page.reload()
        expect(page.locator("#overview-view")).to_have_class("view ready")
        page.keyboard.press("2")
        page.keyboard.press("?")

        assert query_of(page) == {}
        expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_hidden()
        assert page.locator("[aria-keyshortcuts]").count() == 0


class TestFilters:
    def test_combine_show_as_chips_and_go_again(self, page: Page, site: str) -> None:
        opened(page, f"{site}?period=all", "overview")
        whole = page.locator("#cost-value").inner_text()
        toggle = page.get_by_role("button", name="Filter", exact=True)

        toggle.click()
        expect(page.get_by_role("combobox", name="User")).to_be_focused()
        expect(page.get_by_role("combobox", name="Group")).to_be_visible()
        expect(page.get_by_role("combobox", name="Tenant")).to_be_hidden()  # this ledger has none
        for name, typed in (("Provider", "anth"), ("Context", "mess")):
            field = page.get_by_role("combobox", name=name)
            field.click()
            page.get_by_role("listbox", name=name).get_by_role("option").first.wait_for()
            page.keyboard.type(typed)
            page.keyboard.press("Enter")
            expect(field).to_have_value("")
        expect(page.locator("#chips .chip")).to_have_text(
            ["Providerisanthropic×", "Contextismessage×"]  # noqa: RUF001
        )
        expect(page.locator("#cost-value")).not_to_have_text(whole)
        page.keyboard.press("Escape")
        expect(page.locator("#filter-panel")).to_be_hidden()
        expect(toggle).to_be_focused()

        page.get_by_role("link", name="Models", exact=True).click()
        expect(page.locator("#models-rows .detail").first).to_have_text("anthropic")
        assert query_of(page) == {
            "view": "models",
            "period": "all",
            "provider": "anthropic",
            "context": "message",
        }
        page.get_by_role("button", name="Remove the filter Provider is anthropic").click()
        expect(page.locator("#chips .chip")).to_have_text(["Contextismessage×"])  # noqa: RUF001
        page.get_by_role("link", name="Overview", exact=True).click()
        page.get_by_role("button", name="Remove the filter Context is message").click()
        expect(page.locator("#cost-value")).to_have_text(whole)

    def test_are_chosen_by_a_row(self, page: Page, site: str) -> None:
        opened(page, f"{site}?view=models&period=all&not-model=nothing", "models")
        row = page.locator("#models-rows tr").first
        name = row.locator(".name a").first.inner_text()
        row.hover()
        row.get_by_role("button", name="Not this").click()
        others = page.locator("#models-rows .name").filter(has_text=re.compile(f"^{re.escape(name)}$"))
        expect(others).to_have_count(0)
        assert parse_qs(urlsplit(page.url).query)["not-model"] == ["nothing", name]
        page.go_back()

        row.locator(".name a").first.focus()
        page.keyboard.press("Tab")
        while page.evaluate("document.activeElement.textContent") != "Only this":
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.locator("#models-rows tr:not(.total)")).to_have_count(1)
        assert query_of(page).keys() == {"view", "period", "model"}

    def test_take_several_values_and_leave_out_what_a_chip_turns(self, page: Page, site: str) -> None:
        opened(page, f"{site}?period=all&model=gpt-5.4", "overview")
        page.keyboard.press("f")
        field = page.get_by_role("combobox", name="Model")
        field.fill("sonnet 4-6")
        page.get_by_role("listbox", name="Model").get_by_role("option").first.wait_for()
        page.keyboard.press("Enter")
        expect(page.locator("#chips .chip")).to_have_count(2)
        assert parse_qs(urlsplit(page.url).query)["model"] == ["gpt-5.4", "claude-sonnet-4-6"]

        page.get_by_role("button", name="Model is gpt-5.4. Leave it out instead").click()
        page.wait_for_url("**&not-model=gpt-5.4")
        page.get_by_role("button", name="Model is not gpt-5.4. Choose it instead").click()
        page.wait_for_url("**&model=gpt-5.4")
        assert "not-model" not in page.url

    def test_keep_the_field_that_the_reader_uses_while_their_scripts_load(
        self, page: Page, site: str
    ) -> None:
        held: list[Route] = []
        page.route(re.compile("filter_boxes"), lambda route: held.append(route))
        opened(page, f"{site}?period=all", "overview")
        page.get_by_role("button", name="Filter", exact=True).click()
        field = page.get_by_role("combobox", name="Model")
        field.fill("sonnet 4-6")
        while not held:
            page.wait_for_timeout(20)
        for route in held:
            route.continue_()
        page.get_by_role("listbox", name="Model").get_by_role("option").first.wait_for()
        expect(field).to_be_focused()

    def test_keep_their_lists_closed_until_the_reader_asks(self, page: Page, site: str) -> None:
        opened(page, f"{site}?period=all", "overview")
        page.get_by_role("button", name="Filter", exact=True).click()
        user = page.get_by_role("combobox", name="User")
        lists = page.locator("#filter-panel [role=listbox]").filter(visible=True)
        expect(user).to_be_focused()
        let_pass(page)
        expect(lists).to_have_count(0)

        page.keyboard.press("ArrowDown")
        expect(lists.get_by_role("option").first).to_be_visible()
        page.keyboard.press("Tab")
        expect(user).not_to_be_focused()
        let_pass(page)
        expect(lists).to_have_count(0)

    def test_offer_choices_that_come_after_the_reader(self, page: Page, site: str) -> None:
        held: list[Route] = []

        def hold_choices(route: Route) -> None:
            if "filter-question" in (route.request.post_data or ""):
                held.append(route)
            else:
                route.continue_()

        opened(page, f"{site}?period=all", "overview")
        page.route(re.compile("_dash-update-component"), hold_choices)
        page.get_by_role("button", name="Filter", exact=True).click()
        page.get_by_role("combobox", name="Role").click()
        while not held:
            page.wait_for_timeout(20)
        for route in held:
            route.continue_()
        page.get_by_role("listbox", name="Role").get_by_role("option").first.wait_for()

    def test_values_that_are_not_known_are_empty_and_no_error(self, page: Page, site: str) -> None:
        opened(page, f"{site}?view=users&user=nobody&model=%3Cb%3E&group='--", "users")

        expect(page.locator("#empty-state")).to_contain_text("No usage in this period with these filters.")
        expect(page.locator("#users-view .panel").first).to_be_hidden()
        expect(page.locator(".panel-error:not(:empty)")).to_have_count(0)
        page.get_by_role("button", name="Clear the filters").click()
        expect(page.locator("#chips .chip")).to_have_count(0)
        expect(page.locator("#users-rows a").first).to_be_visible()


class TestQuality:
    def test_the_line_below_the_cost_leads_to_reasons_and_a_bill_is_compared(
        self, page: Page, site: str
    ) -> None:
        opened(page, f"{site}?period=all", "overview")
        page.get_by_role("link", name="priced from known rates").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Data quality")
        expect(page.get_by_role("heading", name="Models without a price")).to_be_visible()
        expect(page.locator("#prices-lead")).to_contain_text("with the list 2026-11")

        page.get_by_label("Amount in US dollars").fill("1,000.50")
        page.get_by_role("button", name="Compare").click()
        expect(page.locator("#bill-result")).to_contain_text("the bill says $1,000.50, LibreChat recorded $")
        page.get_by_label("Compare with the bill of").select_option("anthropic")
        expect(page.locator("#bill-result")).to_contain_text("anthropic: the bill says")
        page.get_by_label("Amount in US dollars").fill("lots")
        page.keyboard.press("Tab")
        expect(page.locator("#bill-result")).to_contain_text("“lots” is not an amount.")


class TestFiles:
    def test_everything_comes_as_one_workbook_within_the_filters(self, page: Page, site: str) -> None:
        opened(page, f"{site}?period=90d&provider=anthropic", "overview")
        with page.expect_download() as download:
            page.locator(".export-menu summary").click()
            page.get_by_role("button", name="Excel").click()

        assert download.value.suggested_filename.startswith("librechat-usage-2026-")
        with zipfile.ZipFile(download.value.path()) as book:
            text = "".join(book.read(name).decode() for name in book.namelist())
        assert "Provider = anthropic" in text
        assert "Price check" in text

    def test_a_table_comes_as_it_is_filtered(self, page: Page, site: str) -> None:
        opened(page, f"{site}?view=models&period=90d&provider=anthropic", "models")
        with page.expect_download() as download:
            page.locator("#models-csv").click()

        text = download.value.path().read_text("utf-8-sig")
        providers = {row["Provider"] for row in csv.DictReader(io.StringIO(text, newline=""))}
        assert providers == {"anthropic"}


class TestEmbedded:
    def test_in_a_frame_that_may_store_nothing_only_figures_are_there(
        self, browser: Browser, browser_watch: BrowserWatch, site: str
    ) -> None:
        with watched_page(browser, browser_watch, timezone_id=ZONE) as page:
            page.add_init_script(REFUSE_STORAGE)
            portal = f"{site.removesuffix('librechat-analytics/')}portal"
            source = "/librechat-analytics/?embed=1&theme=dark&period=90d"
            body = f'<iframe src="{source.replace("&", "&amp;")}" width="900" height="700"></iframe>'
            page.route(portal, lambda route: route.fulfill(body=body, content_type="text/html"))
            page.goto(portal)
            frame = page.frame_locator("iframe")
            frame.get_by_label("API key").fill(API_KEY)
            frame.get_by_role("button", name="Open dashboard").click()

            expect(frame.locator("#overview-view")).to_have_class("view ready")
            expect(frame.locator("html")).to_have_attribute("data-bs-theme", "dark")
            expect(frame.locator(".masthead")).to_be_hidden()
            expect(frame.locator("#embedded-age")).to_contain_text("Imported")
            whole = frame.get_by_role("link", name="Open dashboard")
            assert (whole.get_attribute("href") or "").startswith("?period=90d")
            frame.locator("#top-models a").first.click()
            expect(frame.locator("#detail-view")).to_be_visible()
            assert "embed=1" in page.frames[1].url
            assert "theme=dark" in page.frames[1].url
            frame.get_by_role("link", name="Overview", exact=True).click()
            expect(frame.locator("#overview-view")).to_be_visible()


def test_nothing_is_wider_than_the_screen(page: Page, site: str) -> None:
    set_width(page, 360)
    opened(page, f"{site}?period=all&role=USER&context=message", "overview")
    page.locator("#top-agents a").first.click()
    expect(page.locator("#detail-view")).to_have_class("view ready")
    page.get_by_role("button", name="Filter", exact=True).click()
    for width in (360, 768):
        set_width(page, width)
        assert_fits(page, width, "an agent")
