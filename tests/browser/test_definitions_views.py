"""Cost centres, budgets and alerts: names that mean harm, both themes, all widths, fingers and nonsense."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from librechat_analytics.formatting import money, plain_text
from tests.browser.test_accessibility import RULES_OF_COLOURS, TOO_SMALL, opened, ready, violations
from tests.browser.test_hostile_names import MADE_OF_NAMES
from tests.support.documents import write_dump
from tests.support.hostile import HOSTILE_NAMES, hostile_collections
from tests.support.page_actions import wait_for_animations
from tests.support.servers import watched_page
from tests.support.sites import Site, imported_site
from tests.support.widths import assert_fits, set_width

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.support.servers import BrowserWatch

# The definitions file refuses names that are long or partly invisible.
NAMES = [name for name in HOSTILE_NAMES if name.isprintable() and len(name) <= 100]
VIEWS = {"Cost centres": "cost-centers", "Budgets": "budgets", "Alerts": "alerts"}


@pytest.fixture(scope="module")
def defined_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A cost centre and a budget of each of these names, imported."""
    folder = tmp_path_factory.mktemp("defined")
    write_dump(folder / "dump", **hostile_collections(datetime.now(UTC)))
    file = folder / "finops.toml"
    file.write_text(definitions(), encoding="utf-8")
    yield from imported_site(folder, FINOPS_FILE=str(file))


def definitions() -> str:
    """A file in which each name's agent is a cost centre with a budget."""

    def quoted(name: str) -> str:
        return json.dumps(name, ensure_ascii=False)

    agents = [f"agent_{HOSTILE_NAMES.index(name):021d} = {quoted(name)}" for name in NAMES]
    amount = 'amount = [{ from = "2020-01", usd = 0.01 }]'
    budgets = [
        f"[[budget]]\nname = {quoted(name)}\nwhere = {{ cost_center = {quoted(name)} }}\n"
        f'period = "year"\n{amount}\nthresholds = [100]'
        for name in NAMES
    ]
    each = f'[[budget]]\nname = "Each user"\neach = "user"\nperiod = "year"\n{amount}'
    return "\n".join(['zone = "UTC"', "[cost_centers.agents]", *agents, *budgets, each])


def choose(page: Page, title: str) -> None:
    page.get_by_role("navigation", name="Views").get_by_role("link", name=title, exact=True).click()
    expect(page.locator(f"#{VIEWS[title]}-view")).to_have_class("view ready")


def test_views_of_definitions_are_whole_safe_and_accessible(signed_in: Page, defined_site: Site) -> None:
    page = signed_in
    page.goto(f"{defined_site.url}?period=all")
    ready(page)
    for title in VIEWS:
        choose(page, title)
        look_at(page, title)
        assert NAMES[0] in page.locator("main").inner_text(), title

    choose(page, "Budgets")
    page.locator("#budgets-list a").first.click()
    page.wait_for_url("**budget=**")
    expect(page.locator("#budgets-one")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Budgets")
    assert page.get_by_role("heading", level=1).inner_text() in map(plain_text, NAMES)
    look_at(page, "a budget")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Budgets")

    choose(page, "Cost centres")
    page.locator("#cost-centers-rows").get_by_role("link", name=NAMES[0], exact=True).click()
    page.wait_for_url("**view=overview&**")
    expect(page.locator("#overview-budgets a")).to_have_attribute("href", re.compile("budget="))
    expect(page.locator("main [data-dash-is-loading]")).to_have_count(0)
    look_at(page, "a cost centre")


def test_views_of_definitions_show_what_the_api_says(signed_in: Page, defined_site: Site) -> None:
    page = signed_in
    page.goto(f"{defined_site.url}?view=cost-centers&period=all")
    ready(page)
    answer = defined_site.ask("cost-centers", period="all")
    parts = [{"name": "Unassigned", **answer["unassigned"]}, *answer["costCenters"]]
    cells = "(rows) => rows.map((row) => [row.querySelector('.name').textContent, row.cells[1].textContent])"
    rows = page.locator("#cost-centers-rows tr:has(.name)").evaluate_all(cells)
    assert rows == [[plain_text(part["name"]), money(part["cost"])] for part in parts]

    choose(page, "Budgets")
    single = [one for one in defined_site.ask("budgets")["budgets"] if one["each"] is None]
    single.sort(key=lambda one: -one["usedShare"])
    amounts = page.locator("#budgets-list ol").first.locator(".ranked-amount")
    expect(amounts).to_have_text([f"{money(one['actual'])} of {money(one['available'])}" for one in single])


def look_at(page: Page, what: str) -> None:
    """Check one view: names are text, nothing is wider than the page, and axe finds nothing."""
    assert page.evaluate(MADE_OF_NAMES) == [], what
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    wait_for_animations(page)
    assert violations(page) == [], what
    page.emulate_media(color_scheme="dark")
    wait_for_animations(page)
    assert violations(page, RULES_OF_COLOURS) == [], f"{what}, dark"
    for width in (320, 768, 1440):
        set_width(page, width)
        assert_fits(page, width, what)


def test_views_of_definitions_can_be_touched(
    browser: Browser, browser_watch: BrowserWatch, defined_site: Site
) -> None:
    phone = {"width": 360, "height": 780}
    with watched_page(browser, browser_watch, viewport=phone, has_touch=True, is_mobile=True) as page:
        opened(page, f"{defined_site.url}?period=all")
        assert page.evaluate(TOO_SMALL) == []
        for title in VIEWS:
            choose(page, title)
            assert page.evaluate(TOO_SMALL) == [], title


def test_nonsense_in_the_address_of_a_budget_shows_the_list(signed_in: Page, defined_site: Site) -> None:
    page = signed_in
    page.goto(f"{defined_site.url}?view=budgets&budget=zzz&key=%00")
    ready(page)
    expect(page.locator("#budgets-list")).to_contain_text("There is no running budget “zzz”")
    page.get_by_role("link", name="Budgets", exact=True).first.click()
    expect(page.locator("#budgets-list .bullet").first).to_be_visible()
