"""A browser profile that pages use one after the other, each without what the one before has stored.

Pages of one profile share a process, in which Chromium keeps the scripts that it has compiled: compiling them
is a third of what a page costs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Request

PROCESS_PER_SITE = "--process-per-site"
"""The switch that makes Chromium give all pages of a profile, wherever on 127.0.0.1, one process."""

_latest: WeakKeyDictionary[Browser, Profile] = WeakKeyDictionary()


class Profile:
    """``options`` are Playwright's for a context, such as ``viewport={"width": 360, "height": 800}``."""

    def __init__(self, browser: Browser, options: dict[str, object]) -> None:
        self.options = options
        self.context: BrowserContext = browser.new_context(**options)  # type: ignore[arg-type]
        self._origins: set[str] = set()
        self._stays_open = self.context.new_page()
        self._stays_open.route("**", lambda route: route.fulfill(content_type="text/html", body=""))
        self._stays_open.goto("http://127.0.0.1/")
        self._devtools = self.context.new_cdp_session(self._stays_open)
        self.context.on("request", self._note_origin)

    def clear(self) -> bool:
        """Close the pages and forget what they have stored; whether the profile is as good as new then."""
        opened = [page for page in self.context.pages if page != self._stays_open]
        # Playwright has no way to take its clock out of a context.
        if not opened or any(page.evaluate("'__pwClock' in window") for page in opened):
            return False
        for page in opened:
            page.close()
        self.context.clear_cookies()
        self.context.clear_permissions()
        for origin in self._origins:
            self._devtools.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})
        self._origins.clear()
        return True

    def _note_origin(self, request: Request) -> None:
        if request.is_navigation_request():
            parts = urlsplit(request.url)
            self._origins.add(f"{parts.scheme}://{parts.netloc}")


def profile_of(browser: Browser, options: dict[str, object]) -> Profile:
    """The profile that the latest page has left, if it has these options, or else a new one."""
    left = _latest.pop(browser, None)
    if left is None or left.options == options:
        return left or Profile(browser, options)
    left.context.close()
    return Profile(browser, options)


def leave(browser: Browser, profile: Profile) -> None:
    """Keep a profile for the next page, or close it if it cannot be cleared."""
    if profile.clear():
        _latest[browser] = profile
    else:
        profile.context.close()
