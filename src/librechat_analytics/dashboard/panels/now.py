"""Now: today and the last hour beside what is usual, who spends most today, and how the sync is doing."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from dash import html

from librechat_analytics.dashboard.html.markup import element
from librechat_analytics.dashboard.panels.base import Panel
from librechat_analytics.dashboard.panels.parts import RankedList, Region
from librechat_analytics.dashboard.panels.top_list import top_entry
from librechat_analytics.dashboard.words import freshness_words, usual_words
from librechat_analytics.dashboard.words.empties import nothing_in
from librechat_analytics.dashboard.words.notices import clock
from librechat_analytics.formatting import money

if TYPE_CHECKING:
    from dash.development.base_component import Component

    from librechat_analytics.dashboard.data import PageData, SoFar
    from librechat_analytics.dashboard.html.markup import Markup
    from librechat_analytics.dashboard.panels.targets import Fills

LENGTH = 3

LATE = timedelta(minutes=10)
"""Figures that are further behind than this do not describe the present."""

NOT_YET = "No figures of today yet."

FIGURES = Region("now-figures")
TOP = RankedList("now-top")
STATE = Region("now-state")
MORE = Region("now-more")


def layout() -> Component:
    """Make the panel before the first answer."""
    return html.Section(
        [
            PANEL.error_slot(),
            FIGURES.layout("now-figures"),
            html.H2("Top users today"),
            TOP.layout(),
            STATE.layout("now-state"),
            MORE.layout(),
        ],
        className="panel now",
    )


def _answer(data: PageData) -> Fills:
    until = data.known_until.astimezone(data.period.zone)
    reaches_today = until.date() == data.now.astimezone(data.period.zone).date()
    last_hour, until_then = "Last hour", ""
    if data.now - until > LATE:
        # Figures that are behind say up to when they go.
        ended = clock(until, data.period.zone, data.now)
        last_hour, until_then = f"Hour to {ended}", f" until {ended}"
    today = _figure(f"Today{until_then}", data.today, until.weekday()) if reaches_today else _not_yet()
    figures = element("dl", today, _figure(last_hour, data.last_hour, until.weekday()))
    ranking = data.top_today(LENGTH)
    nobody: list[Markup] = []
    if data.first_usage is None:
        nobody = nothing_in(data, "No usage")
    elif not ranking.rows:
        nobody = [f"Nobody has used LibreChat today{until_then}." if reaches_today else NOT_YET]
    return (
        FIGURES.fill([figures])
        + TOP.fill([top_entry(data.query_of_today, "user", row) for row in ranking.rows], empty=nobody)
        + STATE.fill([freshness_words.state(data)])
        + MORE.fill(
            [
                element(
                    "a",
                    "Overview of today",
                    href=data.query_of_today.link("overview"),
                    class_name="text-button",
                )
            ]
        )
    )


def _not_yet() -> Markup:
    return element("div", element("dt", "Today"), element("dd", NOT_YET, class_name="now-usual"))


def _figure(label: str, found: SoFar, weekday: int) -> Markup:
    """Write what was spent and whether that is usual."""
    lines = [
        element("dt", label),
        element("dd", money(found.cost_usd), class_name="card-value"),
    ]
    if found.usual is not None:
        words = usual_words.deviation(found.usual, found.cost_usd, weekday)
        usual = words or f"usual {usual_words.band(found.usual)}"
        lines.append(element("dd", usual, class_name="now-unusual" if words else "now-usual"))
    return element("div", *lines)


PANEL = Panel("now", (FIGURES, TOP, STATE, MORE), _answer)
