"""Odd names and unreadable addresses in a real browser: a click leads to that one's figures, or to none."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import expect

from librechat_analytics.formatting import money
from tests.support.documents import write_dump
from tests.support.imports import fill_store
from tests.support.odd_names import ODD_NAMES, odd_collections, odd_tenants
from tests.support.page_actions import follow
from tests.support.servers import API_KEY, serve, watched_page
from tests.support.stored_tenants import write_tenants
from tests.support.waiting import PATIENCE_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from tests.support.servers import BrowserWatch

pytestmark = pytest.mark.xdist_group("asking")

LISTS = {"user": "Users", "model": "Models", "agent": "Agents"}
UNREADABLE = {
    "missing": "",
    "empty": "&{}=",
    "a control character": "&{}=a%00b",
    "too long": "&{}=" + "x" * 501,
    "repeated": "&{}=a&{}=b",
}
UNREADABLE_PAGES = [("user", "missing"), ("agent", "empty"), *(("model", fault) for fault in UNREADABLE)]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a program whose ledger has odd names, those of tenants among them."""
    folder = tmp_path_factory.mktemp("asking")
    now = datetime.now(UTC)
    imported(folder, now, odd_collections(now))
    write_tenants(folder / "data", odd_tenants())
    with serve(folder / "data") as server:
        yield f"{server.base_url}/librechat-analytics/"


def imported(folder: Path, now: datetime, collections: dict[str, list[dict[str, Any]]]) -> None:
    """Import a ledger into the store in ``data``."""
    write_dump(folder / "dump", **collections)
    fill_store(folder, now=now)


@pytest.fixture
def page(browser: Browser, browser_watch: BrowserWatch) -> Iterator[Page]:
    """A reader who has entered the key before."""
    with watched_page(browser, browser_watch, viewport={"width": 1440, "height": 900}) as page:
        page.set_default_timeout(PATIENCE_SECONDS * 1000)
        page.add_init_script(f"localStorage.setItem('analyticsApiKey', {json.dumps(API_KEY)})")
        yield page


def cost_shown(site: str, **parameters: str) -> str:
    """What the API says that something costs, as a page shows it."""
    address = f"{site}api/summary?{urlencode({'period': 'all', **parameters})}"
    with urlopen(Request(address, headers={"x-api-key": API_KEY}), timeout=120) as response:
        body: dict[str, Any] = json.load(response)
    return money(body["cost"])


def without_figures(page: Page) -> None:
    """Wait until the page says that it shows none, and look for any."""
    expect(page.locator("#unreadable")).to_contain_text("No figures are shown")
    text = page.locator("main").inner_text()
    assert "$" not in text
    assert "%" not in text
    assert page.locator(".view").filter(visible=True).count() == 0


def choose(page: Page, name: str, value: str) -> None:
    """Choose a value from a filter's list by the value itself, since labels do not show all spaces."""
    page.locator(f"#filter-{name}").click()
    option = json.dumps(value, ensure_ascii=False)
    page.locator(f"#filter-{name}-choices [data-value={option}]").click()


@pytest.mark.parametrize("subject", LISTS)
def test_each_name_in_a_list_leads_to_its_own_figures(page: Page, site: str, subject: str) -> None:
    """Opens some of the names: what the server answers to each link is tested without a browser."""
    address = f"{site}?view={subject}s&period=all&all=1"
    page.goto(address)
    links = page.locator(f"#{subject}s-rows .name a")
    expect(links.nth(len(ODD_NAMES) - 1)).to_be_attached()
    assert all(text.strip() for text in links.all_inner_texts())
    for href, understood in links.evaluate_all(
        "(links, name) => links.map((link) => [link.search, new URLSearchParams(link.search).get(name)])",
        subject,
    ):
        assert parse_qs(href.removeprefix("?"))[subject] == [understood]

    for place in range(0, links.count(), 9 if subject == "model" else 20):
        links.nth(place).click()
        expect(page.locator("#detail-view")).to_have_class("view ready")
        value = parse_qs(urlsplit(page.url).query)[subject][0]
        expect(page.locator("#detail-cost-value")).to_have_text(cost_shown(site, **{subject: value}))
        expect(page.locator("#unreadable")).to_be_empty()
        page.go_back()
        expect(page.locator(f"#{subject}s-view")).to_be_visible()


def test_a_name_is_chosen_from_the_panel_with_all_its_spaces(page: Page, site: str) -> None:
    page.goto(f"{site}?period=all")
    page.get_by_role("button", name="Filter", exact=True).click()
    chosen = [(name, " spaces around ") for name in ("role", "domain", "tenant")]
    chosen += [("model", name) for name in (" ", "Mistral\N{NO-BREAK SPACE}Large", "(none)")]
    for name, recorded in chosen:
        value = recorded.lower() if name == "domain" else recorded
        choose(page, name, value)
        expect(page.locator("#chips .chip")).to_have_count(1)
        expect(page.locator("#cost-value")).to_have_text(cost_shown(site, **{name: value}))
        assert parse_qs(urlsplit(page.url).query)[name] == [value]
        page.locator(".chip-remove").click()
        expect(page.locator("#chips .chip")).to_have_count(0)


@pytest.mark.parametrize(("subject", "fault"), UNREADABLE_PAGES)
def test_a_page_that_cannot_say_whose_it_is_shows_no_figures(
    page: Page, site: str, subject: str, fault: str
) -> None:
    page.goto(f"{site}?view={subject}&period=all{UNREADABLE[fault].replace('{}', subject)}")
    without_figures(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(subject.capitalize())
    expect(page).to_have_title(f"{subject.capitalize()} · {LISTS[subject]} · LibreChat Analytics")
    link = page.locator("#unreadable").get_by_role("link", name=f"All {subject}s")
    expect(link).to_have_attribute("href", f"?view={subject}s&period=all")


def test_a_page_without_figures_leads_to_the_list_and_back(page: Page, site: str) -> None:
    page.goto(f"{site}?view=agent&period=all")
    page.locator("#unreadable").get_by_role("link", name="All agents").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Agents")
    expect(page.locator("#agents-rows tr").first).to_be_visible()
    expect(page.locator("#unreadable")).to_be_empty()
    page.go_back()
    without_figures(page)


def test_the_figures_of_another_one_are_gone(page: Page, site: str) -> None:
    page.goto(f"{site}?view=model&model={'x' * 300}&period=all")
    expect(page.locator("#detail-view")).to_have_class("view ready")
    follow(page, "?view=model&model=%00&period=all")
    without_figures(page)


def test_a_filter_that_cannot_be_read_is_taken_away_by_its_chip(page: Page, site: str) -> None:
    for view in ("overview", "users", "quality"):
        page.goto(f"{site}?view={view}&period=all&role=%00&role=b")
        without_figures(page)
        page.get_by_role("button", name="Remove the filter Role cannot be read").click()
        expect(page.locator(f"#{view}-view")).to_have_class("view ready")
        expect(page.locator("#unreadable")).to_be_empty()


def test_a_filter_that_cannot_be_read_is_replaced_in_the_panel(page: Page, site: str) -> None:
    page.goto(f"{site}?period=all&model=")
    without_figures(page)
    page.get_by_role("button", name="Filter", exact=True).click()
    choose(page, "model", "Mistral Large")
    expect(page.locator("#cost-value")).to_have_text(cost_shown(site, model="Mistral Large"))


def test_no_workbook_is_written_of_what_cannot_be_read(page: Page, site: str) -> None:
    page.goto(f"{site}?view=agent&agent=a&agent=b")
    without_figures(page)
    page.locator(".export-menu summary").click()
    page.get_by_role("button", name="Excel").click()
    expect(page.locator("#notice")).to_contain_text("more than once. No file was written.")


def test_an_address_that_is_far_too_long_shows_no_figures(page: Page, site: str) -> None:
    page.goto(f"{site}?period=all")
    expect(page.locator("#overview-view")).to_have_class("view ready")
    follow(page, f"?view=users&q={'x' * 70_000}")
    without_figures(page)
    page.get_by_role("link", name="Start again with the overview").click()
    expect(page.locator("#overview-view")).to_have_class("view ready")
