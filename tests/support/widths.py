"""Whether a page fits into its window, while and after the window changes its width."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tests.support.waiting import PATIENCE_SECONDS

if TYPE_CHECKING:
    from playwright.sync_api import Page

IS_WIDER = "(width) => document.documentElement.scrollWidth > width"

# What reaches past the window's right edge, but for what scrolls or is cut off in a frame of its own.
TOO_WIDE = """
(width) => [...document.querySelectorAll("main *, header *")]
  .filter((node) => node.checkVisibility())
  .filter((node) => !node.closest(".table-scroll, .visually-hidden, svg, .detail > *, .name > *"))
  .filter((node) => getComputedStyle(node).clipPath === "none")
  .filter((node) => node.getBoundingClientRect().right > width + 1)
  .map((node) => `${node.tagName} ${node.id} ${node.className}`)
"""

# From when `isHeld` is true, no script of the page learns that the window has another width.
HOLD_SCRIPTS = """
const Observer = ResizeObserver;
const media = window.matchMedia.bind(window);
const hold = (event) => window.isHeld && event.stopImmediatePropagation();
window.ResizeObserver = class extends Observer {
  constructor(callback) {
    super((...seen) => window.isHeld || callback(...seen));
  }
};
window.matchMedia = (query) => {
  const list = media(query);
  list.addEventListener("change", hold);
  return list;
};
window.addEventListener("resize", hold, true);
"""


def set_width(page: Page, width: int, *, height: int = 900) -> None:
    """Give the window another width; scripts of the page follow a moment later."""
    page.set_viewport_size({"width": width, "height": height})


def assert_finds_nothing(page: Page, script: str, what: object, argument: object = None) -> None:
    """Wait until a script finds nothing; raises AssertionError with what it still finds.

    Charts and tables get their new width a moment after the window.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    while found := page.evaluate(script, argument):
        assert time.monotonic() < deadline, (what, found)
        page.wait_for_timeout(20)


def assert_fits(page: Page, width: int, what: object) -> None:
    """Wait until nothing is wider than the window; raises AssertionError with what still is."""
    assert_finds_nothing(page, IS_WIDER, (what, width), width)
    assert_finds_nothing(page, TOO_WIDE, (what, width), width)
