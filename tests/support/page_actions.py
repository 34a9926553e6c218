"""What a reader does on a page, and how to wait for the page's reaction."""

from __future__ import annotations

import csv
import io
import re
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import expect

from librechat_analytics.usage.periods import PERIODS
from tests.support.screen import name_of
from tests.support.waiting import PATIENCE_SECONDS, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator, Page, Response


TODAY = datetime.now(UTC).date()
LONG_AGO = {
    "period": "custom",
    "start": (TODAY - timedelta(days=300)).isoformat(),
    "end": (TODAY - timedelta(days=4)).isoformat(),
}
A_MINUTE_MS = 61_000
WITHOUT_CHARTS = {"Data quality", "Groups"}

# What a browser does for a reader who lets no site, or no frame of another site, store anything.
REFUSE_STORAGE = """
Object.defineProperty(window, "localStorage", {
  get() { throw new DOMException("Access is denied for this document.", "SecurityError"); },
});
"""

DATA_PATH = re.compile(r"/(?:_dash-layout|_dash-dependencies|_dash-update-component|api/)")


def key_dialog(page: Page) -> Locator:
    return page.get_by_role("dialog", name="LibreChat Analytics")


def enter_key(page: Page, key: str) -> None:
    page.get_by_label("API key").fill(key)
    page.get_by_role("button", name="Open dashboard").click()


def choose_view(page: Page, view: str) -> None:
    page.get_by_role("navigation", name="Views").get_by_role("link", name=view, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(view)


def follow(page: Page, search: str) -> None:
    """Go to another address of the dashboard, such as ``?view=users``, as its links do."""
    page.evaluate("(search) => window.dash_clientside.set_props('url', { search })", search)


def drawn(page: Page, view: str) -> None:
    """Wait until a view is there with its charts."""
    section = page.locator(f"#{name_of(view)}-view")
    expect(section).to_have_class("view ready")
    if view not in WITHOUT_CHARTS:
        section.locator(".js-plotly-plot .bars .point").first.wait_for(state="attached")


def period_button(page: Page) -> Locator:
    return page.get_by_role("button", name="Period:")


def choose_period(page: Page, name: str) -> None:
    period_button(page).click()
    menu = page.get_by_role("dialog", name="Choose a period")
    menu.get_by_role("button", name=PERIODS[name], exact=True).click()
    expect(menu).to_be_hidden()


def type_period(page: Page, text: str) -> None:
    period_button(page).click()
    page.get_by_label("Type a period").fill(text)
    page.keyboard.press("Enter")


def expect_period(page: Page, words: str) -> None:
    """Wait until the button names this period: by its words, or by the name of one in the menu."""
    expect(period_button(page)).to_have_text(f"Period: {PERIODS.get(words, words)}")


def a_minute_passes(page: Page) -> None:
    """Let the page's own clock, installed before, come to its next refresh."""
    page.clock.fast_forward(A_MINUTE_MS)


def query_of(page: Page) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs(urlsplit(page.url).query).items()}


def answers_with_data(page: Page) -> list[tuple[str, int]]:
    """Path and status of each answer that may hold figures, as they come in."""
    answers: list[tuple[str, int]] = []

    def note(response: Response) -> None:
        path = urlsplit(response.url).path
        if DATA_PATH.search(path):
            answers.append((path, response.status))

    page.on("response", note)
    return answers


def requests_for_figures(page: Page) -> list[str]:
    """The page's requests for figures, as it sends them."""
    requests: list[str] = []
    page.on(
        "request", lambda request: requests.append(request.url) if "_dash-update" in request.url else None
    )
    return requests


def drag_over(page: Page, chart: str, start: float, end: float) -> None:
    """Drag the mouse over a chart, from one part of its width to another, each from 0 to 1."""
    box = page.locator(f"#{chart}-chart .nsewdrag").bounding_box()
    assert box
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * start, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * end, middle, steps=8)
    page.mouse.up()


def turn(page: Page, *, hidden: bool) -> None:
    """Let the page believe that its tab went to the back, or came to the front."""
    page.evaluate(
        """(hidden) => {
          Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
          Object.defineProperty(document, "visibilityState",
            { value: hidden ? "hidden" : "visible", configurable: true });
          document.dispatchEvent(new Event("visibilitychange"));
        }""",
        hidden,
    )


def downloaded_csv(page: Page) -> list[dict[str, str]]:
    """The rows of the file that the visible view's CSV button gives."""
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV", exact=True).locator("visible=true").click()
    text = download.value.path().read_bytes().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def let_pass(page: Page) -> None:
    """Give what must not happen a moment to happen. A machine that is busy may hide it, but fails no test."""
    page.wait_for_timeout(300)


def wait_on(page: Page, condition: Callable[[], object]) -> None:
    """Wait until a condition is true that events of the page make true."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "still not so"
        page.wait_for_timeout(20)


def wait_for_animations(page: Page) -> None:
    """Wait until nothing fades or moves any more, but for what does so for ever."""
    page.wait_for_function(
        """() => document.getAnimations().every((one) =>
          one.playState !== "running" || one.effect.getComputedTiming().iterations === Infinity)"""
    )


def point_at(chart: Locator, x: float, y: float, tooltip: Locator) -> None:
    """Move the pointer over a chart until its tooltip shows; a chart that is being drawn again shows none."""

    def has_tooltip() -> bool:
        for step in (0, 1):
            chart.hover(position={"x": x + step, "y": y})
        return tooltip.is_visible()

    wait_until(has_tooltip)
