"""Everybody can read and work the dashboard: axe-core on every view in both themes, and what it can't see."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import expect

from librechat_analytics.librechat.sample.writer import write_sample
from tests.support.imports import fill_store
from tests.support.page_actions import let_pass, wait_for_animations
from tests.support.servers import API_KEY, serve, watched_page
from tests.support.widths import assert_finds_nothing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from playwright.sync_api import Browser, Page

    from tests.support.servers import BrowserWatch

pytestmark = pytest.mark.xdist_group("axe")

DESK = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 780}
# The themes differ in their colours alone.
RULES_OF_COLOURS = ("color-contrast", "link-in-text-block")
UPDATE = "**/_dash-update-component*"
ADDRESSES = (
    "?split=model",
    "?view=users&period=all",
    "?view=models&period=90d",
    "?view=agents&q=nothing+is+called+this",
    "?view=quality",
    "?period=custom&start=2001-01-01&end=2001-01-02",
)


# What a finger would miss: less than 44 pixels high. The smaller line of a cell that has a link in both lines
# has no room for more.
# Links within a sentence may be small.
TOO_SMALL = """
() => [...document.querySelectorAll("a[href], button, select, input, summary")]
  .filter((node) => node.checkVisibility() && !node.closest(".detail, .reasons > :not(.name)"))
  .filter((node) => node.getBoundingClientRect().height < 43.5)
  .map((node) => node.outerHTML.slice(0, 120))
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a program with five thousand generated transactions."""
    folder = tmp_path_factory.mktemp("accessibility")
    write_sample(folder / "dump", transactions=5000, seed=22, until=datetime.now(UTC))
    fill_store(folder, now=datetime.now(UTC))
    with serve(folder / "data") as server:
        yield f"{server.base_url}/librechat-analytics/"


def reader(browser: Browser, watch: BrowserWatch, **options: Any) -> Any:
    """A reader who has entered the key before, as a context."""
    return watched_page(browser, watch, **({"viewport": DESK} | options))


def opened(page: Page, address: str) -> None:
    page.add_init_script(f"localStorage.setItem('analyticsApiKey', {json.dumps(API_KEY)})")
    page.goto(address)
    ready(page)


def ready(page: Page) -> None:
    page.locator(".view.ready:not([hidden])").wait_for()
    wait_for_animations(page)


def violations(page: Page, rules: Sequence[str] = ()) -> list[str]:
    """What axe-core finds by these rules or by all, each with the elements that it is about."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate(
        """(rules) => axe.run({
          ...(rules.length ? { runOnly: rules } : {}),
          resultTypes: ["violations"],
          selectors: false,
          preload: false,
        }).then((results) => results.violations)""",
        [*rules],
    )
    return [
        f"{one['id']} ({one['impact']}): {one['help']}: {[node['html'][:160] for node in one['nodes']][:4]}"
        for one in found
    ]


def test_axe_finds_nothing_on_any_view_in_either_theme(
    browser: Browser, browser_watch: BrowserWatch, site: str
) -> None:
    found: dict[str, list[str]] = {}

    def look_at(page: Page, name: str) -> None:
        # Without motion, no colour is on its way to another one while axe looks at it.
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        wait_for_animations(page)
        found[name] = violations(page)
        page.emulate_media(color_scheme="dark")
        wait_for_animations(page)
        found[f"{name}, dark"] = violations(page, RULES_OF_COLOURS)

    with reader(browser, browser_watch) as page:
        # axe takes longer where the views opened before are in the page too.
        for address in ADDRESSES:
            opened(page, site + address)
            look_at(page, address)
        page.goto(f"{site}?view=users")
        ready(page)
        page.locator("#users-rows a").first.click()
        page.wait_for_url("**view=user&**")
        ready(page)
        look_at(page, "a user")

    assert {name: said for name, said in found.items() if said} == {}


def test_axe_finds_nothing_in_what_opens(browser: Browser, browser_watch: BrowserWatch, site: str) -> None:
    with reader(browser, browser_watch) as page:
        page.goto(site)
        page.get_by_label("API key").wait_for()
        assert violations(page) == [], "the page asks for the key"

        opened(page, f"{site}?view=users")
        page.get_by_text("Columns", exact=True).locator("visible=true").click()
        assert violations(page) == [], "columns are chosen"
        page.keyboard.press("Escape")

        page.goto(f"{site}?period=custom&start=2026-01-01&end=2026-01-31")
        ready(page)
        page.locator(".numbers summary").locator("visible=true").first.click()
        page.get_by_role("button", name="Period:").click()
        assert violations(page) == [], "a period is chosen"
        page.get_by_role("combobox", name="Time zone").fill("berlin")
        assert violations(page) == [], "a time zone is chosen"
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
        page.keyboard.press("/")
        page.keyboard.type("a")
        page.get_by_role("option").first.wait_for()
        assert violations(page) == [], "something is found"
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Keyboard shortcuts").click()
        assert violations(page) == [], "the shortcuts are listed"


def test_axe_finds_nothing_on_a_phone(browser: Browser, browser_watch: BrowserWatch, site: str) -> None:
    with reader(browser, browser_watch, viewport=PHONE, has_touch=True, is_mobile=True) as page:
        for address in ("", "?view=models"):
            opened(page, site + address)
            assert violations(page) == [], address
            assert page.evaluate(TOO_SMALL) == [], address
            if not address:
                cell = page.locator("#rhythm-rows tr:nth-child(2) .heat").nth(9)
                cell.tap()
                expect(page.locator(".heat-said")).to_have_text(cell.get_attribute("title") or "")
        page.get_by_role("button", name="Period:").tap()
        assert violations(page) == [], "a period is chosen"
        assert page.evaluate(TOO_SMALL) == [], "a period is chosen"

        opened(page, f"{site}?period=all")
        model = page.locator("#top-models li").first
        expect(model.get_by_role("button", name="Only this")).to_be_hidden()
        model.locator(".ranked-amount").tap()
        expect(model.get_by_role("button", name="Only this")).to_be_visible()
        assert page.evaluate(TOO_SMALL) == [], "a row is touched"
        assert violations(page) == [], "a row is touched"


def test_now_fits_on_a_small_phone_without_scrolling(
    browser: Browser, browser_watch: BrowserWatch, site: str
) -> None:
    with reader(browser, browser_watch, viewport={"width": 360, "height": 640}, has_touch=True) as page:
        opened(page, f"{site}?view=now")
        expect(page.locator("#now-top .ranked").first).to_be_visible()
        expect(page.locator("#now-state")).to_contain_text("figures up to")

        assert_finds_nothing(page, "document.documentElement.scrollHeight > 640", "the whole page")
        assert page.evaluate(TOO_SMALL) == []
        assert violations(page) == []


def test_choices_keep_the_focus_and_say_which_holds(
    browser: Browser, browser_watch: BrowserWatch, site: str
) -> None:
    with reader(browser, browser_watch) as page:
        opened(page, site)
        tokens = page.get_by_role("group", name="Measure", exact=True).get_by_role("link", name="Tokens")

        tokens.focus()
        page.keyboard.press("Enter")

        expect(tokens).to_have_attribute("aria-current", "true")
        expect(page.locator("#over-time-legend")).to_contain_text("Completion")
        expect(tokens).to_be_focused()
        assert "measure=tokens" in page.url

        page.go_back()
        expect(page.locator("#over-time-legend")).to_contain_text("Cost")


def test_a_refresh_takes_the_focus_from_nobody(
    browser: Browser, browser_watch: BrowserWatch, site: str
) -> None:
    with reader(browser, browser_watch) as page:
        opened(page, f"{site}?view=users&period=all")
        order = page.get_by_role("columnheader", name="Calls").get_by_role("button")
        order.focus()
        with page.expect_response(UPDATE):
            page.keyboard.press("Enter")
        expect(order).to_be_focused()

        link = page.locator("#users-rows a").nth(3)
        link.focus()
        with page.expect_response(UPDATE):
            page.evaluate("dash_clientside.set_props('tick', { n_intervals: 99 })")
        let_pass(page)

        expect(link).to_be_focused()


def test_columns_are_chosen_by_keyboard_and_remembered(
    browser: Browser, browser_watch: BrowserWatch, site: str
) -> None:
    with reader(browser, browser_watch) as page:
        opened(page, f"{site}?view=users")
        menu = page.locator("#users-view .columns-menu")
        header = page.get_by_role("columnheader", name="Prompt")
        expect(header).to_be_visible()

        menu.locator("summary").focus()
        page.keyboard.press("Enter")
        menu.get_by_label("Prompt").focus()
        page.keyboard.press("Space")
        expect(header).to_be_hidden()
        page.keyboard.press("Escape")
        expect(menu.locator("summary")).to_be_focused()

        page.reload()
        ready(page)
        expect(header).to_be_hidden()


def test_who_wants_no_motion_gets_none(browser: Browser, browser_watch: BrowserWatch, site: str) -> None:
    with reader(browser, browser_watch, reduced_motion="reduce") as page:
        opened(page, site)

        moving = page.evaluate(
            """() => [...document.querySelectorAll("main *")].filter((node) => {
              const { transitionDuration, animationName } = getComputedStyle(node);
              return transitionDuration !== "0s" || animationName !== "none";
            }).map((node) => node.outerHTML.slice(0, 99))"""
        )
        assert moving == []


def test_forced_colours_leave_what_colours_say(
    browser: Browser, browser_watch: BrowserWatch, site: str
) -> None:
    with reader(browser, browser_watch, forced_colors="active") as page:
        opened(page, site)

        grounds = page.evaluate(
            """() => Object.fromEntries([".share-fill", ".swatch.blue", ".heat.level-5"].map((name) =>
              [name, getComputedStyle(document.querySelector(name)).backgroundColor]))"""
        )
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert {name: color for name, color in grounds.items() if color in (ground, "rgba(0, 0, 0, 0)")} == {}
        # The current choice has a frame, since colours are forced here.
        held = page.locator(".switch-choice[aria-current]").first
        assert held.evaluate("(node) => getComputedStyle(node).outlineStyle") != "none"
