"""The ids of components that more than one module uses."""

from __future__ import annotations

URL = "url"
TICK = "tick"
FRESHNESS = "freshness"
AGE = "age"
SHORT_AGE = "short-age"
FRESHNESS_FACTS = "freshness-facts"
EMBEDDED_AGE = "embedded-age"
WHOLE = "whole-dashboard"
NOTICE = "notice"
PRINTED = "printed"
EMPTY_STATE = "empty-state"
UNREADABLE = "unreadable"
SOURCE = "source-state"
RANGE_WORDS = "range-words"
TITLE = "page-title"
PERIOD = "period"
PERIOD_MENU = "period-menu"
DOWNLOAD = "download"
CURRENT_REQUEST = "asked"
EXPORT = "export"
CRUMBS = "crumbs"
CHIPS = "chips"
ZONE = "zone"
NOT_LOADED = "not-loaded"
FILTER_TOGGLE = "filter-toggle"
FILTER_PANEL = "filter-panel"
FILTER_REQUEST = "filter-question"
FILTER_CHOICES = "filter-choices"
FIND_REQUEST = "find-question"
FIND_ANSWER = "find-answer"
STATIC_PARTS = "static-parts"
CONTRACT = "contract"

SET_BY_SCRIPTS = frozenset({TITLE, TICK, CURRENT_REQUEST})
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
