"""The ids of components that more than one module uses."""

from __future__ import annotations

URL = "url"
TICK = "tick"
FRESHNESS = "freshness"
AGE = "age"
AGE_LEAD = "age-lead"
NOTICE = "notice"
UNREADABLE = "unreadable"
SOURCE = "source-state"
RANGE_WORDS = "range-words"
TITLE = "page-title"
PERIOD = "period"
EARLIER = "earlier"
LATER = "later"
CUSTOM_RANGE = "custom-range"
FIRST_DAY = "first-day"
LAST_DAY = "last-day"
DOWNLOAD = "download"
CURRENT_REQUEST = "asked"
EXPORT = "export"
CRUMBS = "crumbs"
CHIPS = "chips"
ZONE = "zone"
ZONE_FIELD = "zone-field"
NOT_LOADED = "not-loaded"
FILTER_TOGGLE = "filter-toggle"
FILTER_PANEL = "filter-panel"
FILTER_REQUEST = "filter-question"
FILTER_TARGETS = "filter-places"
STATIC_PARTS = "static-parts"
CONTRACT = "contract"

SET_BY_SCRIPTS = frozenset(
    {TITLE, PERIOD, CUSTOM_RANGE, FIRST_DAY, LAST_DAY, TICK, CURRENT_REQUEST, ZONE_FIELD}
)
"""The components whose properties the page's scripts set through Dash."""


def section(view: str) -> str:
    return f"{view}-view"


def request(view: str) -> str:
    return f"{view}-question"


def targets(view: str) -> str:
    return f"{view}-places"


def link(view: str) -> str:
    return f"{view}-link"


def link_item(view: str) -> str:
    return f"{view}-link-item"


def search(view: str) -> str:
    return f"{view}-search"
