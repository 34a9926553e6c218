"""Now: today and the last hour beside what is usual, who spends most today, and how the sync is doing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash import html

from librechat_analytics.dashboard.html.markup import element
from librechat_analytics.dashboard.panels.base import Panel
from librechat_analytics.dashboard.panels.parts import RankedList, Region
from librechat_analytics.dashboard.panels.top_list import top_entry
from librechat_analytics.dashboard.words import freshness_words, usual_words
from librechat_analytics.dashboard.words.empties import nothing_in
from librechat_analytics.formatting import money

if TYPE_CHECKING:
    from dash.development.base_component import Component

    from librechat_analytics.dashboard.data import PageData, SoFar
    from librechat_analytics.dashboard.html.markup import Markup
    from librechat_analytics.dashboard.panels.targets import Fills

LENGTH = 3

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
    ranking = data.top_today(LENGTH)
    figures = element(
        "dl",
        _figure("Today", data.today, until.weekday()),
        _figure("Last hour", data.last_hour, until.weekday()),
    )
    nobody: list[Markup] = []
    if not ranking.rows:
        has_usage = data.first_usage is not None
        nobody = ["Nobody has used LibreChat today."] if has_usage else nothing_in(data, "No usage")
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
