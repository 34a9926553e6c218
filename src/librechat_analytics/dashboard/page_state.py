"""What the page shows around every view: the range in words, the state of the source, the filters."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from dash import Output, html

from librechat_analytics.dashboard import ids, unreadable
from librechat_analytics.dashboard.html.markup import element
from librechat_analytics.dashboard.links import LIST_VIEWS
from librechat_analytics.dashboard.query import SUBJECTS
from librechat_analytics.dashboard.views import cost_centers
from librechat_analytics.dashboard.words import filter_words, notices
from librechat_analytics.dashboard.words.empties import empty_state
from librechat_analytics.dashboard.words.freshness_words import freshness_sheet
from librechat_analytics.exports.filter_words import value_in_words
from librechat_analytics.usage.period_words import describe

if TYPE_CHECKING:
    from datetime import datetime

    from librechat_analytics.dashboard.data import PageData
    from librechat_analytics.dashboard.html.markup import Markup
    from librechat_analytics.dashboard.views.base import View
    from librechat_analytics.usage.answers import Freshness
    from librechat_analytics.usage.periods import Period


FIRST_VIEW = "overview"


class FreshnessData(TypedDict):
    """What the browser needs to show the age of the figures and to step through periods.

    The server computes the age, because the reader's clock may be wrong.
    """

    status: str
    as_of_age_seconds: float | None
    as_of_words: str | None
    as_of_in_full: str | None
    first_usage: str | None
    year_starts: int


def page_outputs() -> list[Output]:
    """Give the outputs of ``page_values``; every view's callback fills them, so they are shared."""
    return [
        Output(ids.RANGE_WORDS, "children", allow_duplicate=True),
        Output(ids.SOURCE, "children", allow_duplicate=True),
        Output(ids.FRESHNESS, "data", allow_duplicate=True),
        Output(ids.NOTICE, "children", allow_duplicate=True),
        Output(ids.NOTICE, "is_open", allow_duplicate=True),
        Output(ids.TITLE, "children", allow_duplicate=True),
    ]


def page_values(data: PageData, view: View) -> list[object]:
    """Give a value for each of ``page_outputs``."""
    freshness, period, now = data.freshness, data.period, data.now
    notes = [notices.replaced_parameter(one) for one in data.query.replaced]
    if data.query.view not in ("", view.name, *SUBJECTS):
        notes.append(notices.unknown_view(data.query.view, shown=view.title))
    title = page_title(data, view)
    # Only readers who see all usage learn why the store is empty, how many rows wait for their agents, and
    # what is wrong with the definitions.
    sees_all = data.filters.scope is None
    is_empty = sees_all and data.first_usage is None
    has_users = is_empty and bool(data.filter_values.get("role"))
    return [
        describe(period, now),
        [
            *notices.source_banner(
                freshness, period.zone, now, sees_all=sees_all, is_empty=is_empty, has_users=has_users
            ),
            *(notices.definitions_banner(data.definitions_problem) if sees_all else []),
        ],
        {**freshness_data(freshness, period, now, data.first_usage), "title": title},
        [html.Div(note) for note in notes],
        bool(notes),
        title,
    ]


def page_title(data: PageData, view: View) -> str:
    """Give the heading of a view; the page of one user, model, agent or cost centre has that one's name."""
    if data.query.subject is not None:
        return filter_words.subject_in_words(data.query.subject, data)
    if place := view.place(data):
        return place[-1][0]
    if center := _cost_center(data, view):
        return center
    return unreadable.page_title(data.query, view)


def page_targets(data: PageData, view: View) -> dict[str, list[Markup]]:
    """Fill the elements around every view that may be long or contain names."""
    return {
        ids.UNREADABLE: unreadable.explanation(data.query, view),
        ids.CHIPS: filter_words.chips(data),
        ids.CRUMBS: crumbs(data, view),
        ids.FRESHNESS_FACTS: freshness_sheet(data),
        ids.EMPTY_STATE: empty_state(data) if has_no_usage(data, view) else [],
    }


def has_no_usage(data: PageData, view: View) -> bool:
    """Return whether one sentence says all that the view would: nothing was used in the period."""
    if view.shown_without_usage or unreadable.unreadable_parts(data.query, view):
        return False
    try:
        totals = data.summary.totals
    except Exception:  # the panels say so, each for itself
        return False
    return not (totals.calls or totals.total_tokens or totals.cost_usd)


def crumbs(data: PageData, view: View) -> list[Markup]:
    """Make the way back: to the list of all, and where the page is embedded also to the first view.

    Elsewhere the menu leads to the first view, so the style hides that crumb.
    """
    if center := _cost_center(data, view):
        link = element(
            "a", cost_centers.VIEW.title, href=data.query.link(cost_centers.NAME, cost_center=None)
        )
        return [link, _mark(), element("span", center, class_name="crumb-here")]
    if view.name == FIRST_VIEW:
        return []
    home = element("a", FIRST_VIEW.capitalize(), href=_way_to(data, FIRST_VIEW))
    found: list[Markup] = [element("span", home, _mark(), class_name="crumb-home")]
    kind = data.query.kind
    if kind is None:
        return found + _way_within(data, view)
    list_view = LIST_VIEWS[kind]
    found.append(element("a", list_view.capitalize(), href=_way_to(data, list_view)))
    if data.query.subject is None:
        return found
    here = element("span", filter_words.subject_in_words(kind, data), class_name="crumb-here")
    return [*found, _mark(), here]


def _way_within(data: PageData, view: View) -> list[Markup]:
    """Make the way from a view to the part of it that the page is about."""
    place = view.place(data)
    if not place:
        return []
    steps = ((view.title, data.query.link(view.name)), *place[:-1])
    found: list[Markup] = []
    for name, href in steps:
        found += [element("a", name, href=href), _mark()]
    return [*found, element("span", place[-1][0], class_name="crumb-here")]


def _cost_center(data: PageData, view: View) -> str:
    """Give the name of the cost centre whose page this is: the first view of it alone; empty elsewhere."""
    center = data.filters.only("cost_center")
    if center is None or view.name != FIRST_VIEW or data.definitions is None:
        return ""
    return value_in_words("cost_center", center, data)


def _way_to(data: PageData, view: str) -> str:
    """Give the address of a view without the page's subject."""
    return data.query.link(view, **({data.query.kind: None} if data.query.kind else {}))


def _mark() -> Markup:
    mark = " \N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK} "
    return element("span", mark, class_name="crumb-mark", hidden_from_readers="true")


def freshness_data(
    freshness: Freshness, period: Period, now: datetime, first_usage: datetime | None
) -> FreshnessData:
    """Collect what the browser needs to show the age of the figures and to step through periods."""
    as_of = freshness.as_of
    return {
        "status": freshness.status,
        "as_of_age_seconds": None if as_of is None else max(0.0, (now - as_of).total_seconds()),
        "as_of_words": None if as_of is None else notices.dated_clock(as_of, period.zone, now),
        "as_of_in_full": None if as_of is None else notices.clock_in_full(as_of, period.zone),
        "first_usage": None
        if first_usage is None
        else first_usage.astimezone(period.zone).date().isoformat(),
        "year_starts": period.year_starts,
    }
