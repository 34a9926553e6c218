"""Measures the dashboard on a line of 10 Mbit/s and 40 ms: weight, first figure, changes, long tasks.

    .venv/bin/python -m bench.page URL KEY [ROUNDS]

URL is the dashboard's own address. A fresh browser each round opens it cold, reloads it, and goes through
views, periods and splits. Each round is in another time zone, so that no answer is cached already. The script
prints the medians of what the browser itself measured, and asserts nothing.
"""

from __future__ import annotations

import json
import shutil
import statistics
import sys
from typing import TYPE_CHECKING, Any

from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from playwright.sync_api import Browser, CDPSession, Page

LINE = {
    "offline": False,
    "latency": 40,
    "downloadThroughput": 10_000_000 / 8,
    "uploadThroughput": 10_000_000 / 8,
}
READY = ".view.ready:not([hidden])"
WATCH = """
window.longTasks = [];
window.shifts = [];
new PerformanceObserver((list) => window.longTasks.push(...list.getEntries().map((task) =>
  [task.startTime, task.duration]))).observe({ type: "longtask", buffered: true });
new PerformanceObserver((list) => window.shifts.push(...list.getEntries().map((shift) =>
  shift.hadRecentInput ? 0 : shift.value))).observe({ type: "layout-shift", buffered: true });
new MutationObserver((_, observer) => {
  if (window.firstFigure || !document.getElementById("cost-value")?.textContent) return;
  window.firstFigure = performance.now();
  observer.disconnect();
}).observe(document, { childList: true, characterData: true, subtree: true });
"""
# Waits from the reader's action to the frame after which the answer is on screen.
UNTIL = """
() => new Promise((resolve) => {
  const started = performance.now();
  const observer = new MutationObserver(() => {
    if (!(%(condition)s)) return;
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - started)));
  });
  const whole = { childList: true, characterData: true, subtree: true, attributes: true };
  const before = document.getElementById("range-words").textContent;
  const legend = document.getElementById("over-time-legend").textContent;
  observer.observe(document.documentElement, whole);
  %(act)s;
})
"""
SHOWN = "!document.getElementById('{view}-view').hidden"
FILLED = "document.querySelector('#{view}-view.ready #{view}-rows tr')"
OTHER_RANGE = "document.getElementById('range-words').textContent !== before"
OTHER_LEGEND = "document.getElementById('over-time-legend').textContent !== legend"
REST_MS = 200  # the shortest time that a hand takes from pointing at a link to clicking it
TABLES = ("users", "models", "agents")
ZONES = ("Europe/Berlin", "Europe/Paris", "Europe/Rome", "Europe/Madrid", "Europe/Vienna", "Europe/Oslo")
PERIODS = ("7d", "90d", "12m", "all")


class Weight:
    """Counts the requests, and the bytes that come over the line, headers included."""

    def __init__(self, session: CDPSession) -> None:
        self.bytes = 0.0
        self.requests = 0
        session.on("Network.loadingFinished", self._count)

    def _count(self, event: dict[str, Any]) -> None:
        self.bytes += event["encodedDataLength"]
        self.requests += 1


def taken(page: Page, act: str, condition: str) -> float:
    """Return the milliseconds from an action until its condition is true; then let the page come to rest."""
    found = page.evaluate(UNTIL % {"act": act, "condition": condition})
    page.wait_for_timeout(800)
    return float(found)


def one_round(browser: Browser, url: str, key: str, zone: str) -> dict[str, float]:
    """Measure everything in one fresh browser."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.add_init_script(f"localStorage.setItem('analyticsApiKey', {json.dumps(key)})")
    context.add_init_script(WATCH)
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", LINE)
    weight = Weight(session)
    found: dict[str, float] = {}

    for name in ("cold", "reload"):
        weight.bytes = weight.requests = 0
        page.goto(f"{url}?tz={zone}") if name == "cold" else page.reload()
        page.locator(READY).wait_for()
        page.wait_for_timeout(1500)
        found[f"{name}: weight, kB"] = weight.bytes / 1000
        found[f"{name}: requests"] = weight.requests
        found[f"{name}: first figure, ms"] = page.evaluate("window.firstFigure")
        found[f"{name}: layout shift"] = page.evaluate("window.shifts.reduce((sum, one) => sum + one, 0)")

    page.evaluate("window.longTasks.length = 0")
    for view in TABLES:
        page.hover(f"#{view}-link")
        page.wait_for_timeout(REST_MS)
        found[f"to {view}, filled, ms"] = taken(page, click(f"#{view}-link"), FILLED.format(view=view))
    for view in (*TABLES, "overview"):
        found[f"to {view} again, shown, ms"] = taken(page, click(f"#{view}-link"), SHOWN.format(view=view))
    for period in PERIODS:
        act = f"dash_clientside.set_props('url', {{ search: '?period={period}&tz={zone}' }})"
        found[f"period {period}, ms"] = taken(page, act, OTHER_RANGE)
    for split in ("model", "user"):
        found[f"split by {split}, ms"] = taken(page, click(f"a[data-set='split={split}']"), OTHER_LEGEND)
    found["longest task, ms"] = page.evaluate("Math.max(0, ...window.longTasks.map(([, length]) => length))")
    context.close()
    return found


def click(selector: str) -> str:
    return f"document.querySelector({json.dumps(selector)}).click()"


def main(url: str, key: str, rounds: int) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        measured = [one_round(browser, url, key, zone) for zone in ZONES[:rounds]]
        browser.close()
    for name in measured[0]:
        print(f"{name:<36} {statistics.median(one[name] for one in measured):>10,.2f}")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 3)
