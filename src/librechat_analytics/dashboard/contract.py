"""What Python and the page's scripts both must know, written once.

The page carries it as JSON in ``<script type="application/json" id="contract">``, and ``contract.js`` reads
it. That script also declares the type, and a test compares its declaration with ``Contract``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypedDict, get_args

from dash import html

from librechat_analytics.dashboard import ids
from librechat_analytics.dashboard.dash_seams.browser_files import PLOTLY_PATH
from librechat_analytics.dashboard.html import markup
from librechat_analytics.dashboard.links import LIST_VIEWS
from librechat_analytics.dashboard.query import CUSTOM_PERIOD, DEFAULT_PERIOD, SHARED, SUBJECTS
from librechat_analytics.dashboard.words.browser_texts import BROWSER_TEXTS, BrowserTexts
from librechat_analytics.formatting import AGE_STEPS, FILTER_LABELS
from librechat_analytics.usage.filters import LEAVE_OUT
from librechat_analytics.usage.periods import PERIODS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from librechat_analytics.dashboard.views.base import View

BrowserCallback = Literal["fill", "keepChoices", "keepFreshness", "route", "search", "showHits"]
"""The callbacks that run in the browser; ``callbacks.js`` has a function of each name."""

PAGE_TITLE = "LibreChat Analytics"

THEME_GROUNDS = {"light": "#f7f7f5", "dark": "#141518"}
"""The page's background in each theme, which phones also give to the bar around the page."""
THEMES = ("system", *THEME_GROUNDS)

PHONE_WIDTH = "36rem"
TABLET_WIDTH = "48rem"
"""Screens up to these widths show fewer columns; the style changes at the same widths."""


class ViewContract(TypedDict):
    """A view: its name in the address, its title, and the ids of what the scripts show, fill and ask with.

    ``link`` and ``link_item`` are None outside the menu, ``search`` without a table that can be searched.
    """

    name: str
    title: str
    section: str
    request: str
    targets: str
    link: str | None
    link_item: str | None
    search: str | None


class SubjectContract(TypedDict):
    """A user, model or agent that a page is about: its title until its name is known, and its list's view."""

    title: str
    list_view: str


class AgeStep(TypedDict):
    """How an age below so many seconds is written; the last step has no limit."""

    below_seconds: int | None
    unit_seconds: int
    text: str


class MarkupContract(TypedDict):
    """The only tags and attributes that the scripts put into the page."""

    tags: list[str]
    attributes: list[str]


class Breakpoints(TypedDict):
    """Widths of screens, as CSS lengths."""

    phone: str
    tablet: str


class Contract(TypedDict):
    """Everything that Python and the scripts share."""

    page_title: str
    prefix: str
    plotly_url: str
    callbacks: list[str]
    views: list[ViewContract]
    default_view: str
    detail_view: str
    subjects: dict[str, SubjectContract]
    filters: list[str]
    shared_parameters: list[str]
    periods: dict[str, str]
    default_period: str
    custom_period: str
    markup: MarkupContract
    age_steps: list[AgeStep]
    breakpoints: Breakpoints
    themes: list[str]
    theme_grounds: dict[str, str]
    texts: BrowserTexts


class ContractError(Exception):
    """The registry of views does not fit the page; the message names the view and the file."""


def build_contract(views: Sequence[View], prefix: str) -> Contract:
    """Build the contract for these views below the prefix.

    Raises ContractError where the views' names collide, two views share a panel or a subject has no list.
    """
    _check_views(views)
    (detail_view,) = (view.name for view in views if view.about_one)
    return {
        "page_title": PAGE_TITLE,
        "prefix": prefix,
        "plotly_url": prefix + PLOTLY_PATH,
        "callbacks": list(get_args(BrowserCallback)),
        "views": [_view(view) for view in views],
        "default_view": next(view.name for view in views if view.in_menu),
        "detail_view": detail_view,
        "subjects": {
            subject: {"title": FILTER_LABELS[subject], "list_view": LIST_VIEWS[subject]}
            for subject in SUBJECTS
        },
        "filters": [*FILTER_LABELS, *(LEAVE_OUT[name] for name in FILTER_LABELS)],
        "shared_parameters": list(SHARED),
        "periods": dict(PERIODS),
        "default_period": DEFAULT_PERIOD,
        "custom_period": CUSTOM_PERIOD,
        "markup": {"tags": sorted(markup.TAGS), "attributes": sorted(markup.ATTRIBUTES.values())},
        "age_steps": [
            {"below_seconds": below, "unit_seconds": unit, "text": text} for below, unit, text in AGE_STEPS
        ],
        "breakpoints": {"phone": PHONE_WIDTH, "tablet": TABLET_WIDTH},
        "themes": list(THEMES),
        "theme_grounds": THEME_GROUNDS,
        "texts": BROWSER_TEXTS,
    }


def _view(view: View) -> ViewContract:
    return {
        "name": view.name,
        "title": view.title,
        "section": ids.section(view.name),
        "request": ids.request(view.name),
        "targets": ids.targets(view.name),
        "link": ids.link(view.name) if view.in_menu else None,
        "link_item": ids.link_item(view.name) if view.in_menu else None,
        "search": search_field(view),
    }


def search_field(view: View) -> str | None:
    """Return the id of the view's search field; None where its layout has none."""
    name = ids.search(view.name)
    components = html.Div(view.layout())._traverse()
    return name if any(getattr(component, "id", None) == name for component in components) else None


def _check_views(views: Sequence[View]) -> None:
    names = [view.name for view in views]
    registry = "views/registry.py"
    for name in names:
        if names.count(name) > 1:
            raise ContractError(f"{registry} has two views with the name {name!r}.")
        if name in SUBJECTS:
            raise ContractError(f"{registry}: the view {name!r} has the name of a subject (query.SUBJECTS).")
    owners: dict[str, str] = {}
    for view in views:
        for panel in view.panels:
            if owners.setdefault(panel.name, view.name) != view.name:
                raise ContractError(
                    f"{registry}: the views {owners[panel.name]!r} and {view.name!r} both have the panel"
                    f" {panel.name!r}; the ids of its elements can be on the page only once."
                )
    if sum(view.about_one for view in views) != 1:
        raise ContractError(f"{registry} must have exactly one view that is about one user, model or agent.")
    for subject, list_view in LIST_VIEWS.items():
        if list_view not in names:
            raise ContractError(f"{registry} lacks the view {list_view!r}, which lists every {subject}.")
