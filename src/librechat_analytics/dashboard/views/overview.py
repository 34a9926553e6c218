"""The first view: the cost, how it moves, and the top users, models and agents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash import html

from librechat_analytics.dashboard.html import frames
from librechat_analytics.dashboard.links import LIST_VIEWS
from librechat_analytics.dashboard.panels import (
    anomalies,
    budgets,
    forecast,
    hours_of_week,
    over_time,
    what_changed,
)
from librechat_analytics.dashboard.panels.base import Panel
from librechat_analytics.dashboard.panels.parts import Cards, Components, RankedList, card
from librechat_analytics.dashboard.panels.top_list import fill_top
from librechat_analytics.dashboard.views.base import View
from librechat_analytics.dashboard.words import currency_words, notices, quality_words, uncertainty
from librechat_analytics.formatting import integer, money, money_exact, tokens
from librechat_analytics.usage.period_words import comparison_rule

if TYPE_CHECKING:
    from dash.development.base_component import Component

    from librechat_analytics.dashboard.data import PageData
    from librechat_analytics.dashboard.panels.targets import Fills
    from librechat_analytics.usage.questions import Dimension

LIST_LENGTH = 5
LISTS: tuple[Dimension, ...] = ("user", "model", "agent")

CARDS = Cards(
    (
        card("cost", "Cost", lambda totals: totals.cost_usd, money, money_exact, has_trust=True),
        card("tokens", "Tokens", lambda totals: totals.total_tokens, tokens, integer),
        card("active-users", "Active users", lambda totals: totals.active_users, integer, integer),
        card("conversations", "Conversations", lambda totals: totals.conversations, integer, integer),
    )
)
REMARKS = Components("quality")


def _layout() -> list[Component]:
    return [
        html.Div(
            [
                CARDS.layout(),
                CARDS_PANEL.error_slot(),
                forecast.LINE.layout("cards-line"),
                forecast.PANEL.error_slot(),
                budgets.LINE.layout("cards-line"),
                budgets.LINE_PANEL.error_slot(),
            ],
            className="panel cards-panel",
        ),
        over_time.layout(),
        what_changed.layout(),
        anomalies.layout(),
        html.Div([_list_layout(dimension) for dimension in LISTS], className="columns three"),
        hours_of_week.layout(),
        html.Div(id=REMARKS.id, className="quality"),
    ]


def _list_layout(dimension: Dimension) -> Component:
    things = LIST_VIEWS[dimension]
    all_of_them = html.A(
        ["All", html.Span(f" {things}", className="visually-hidden")],
        href=f"?view={things}",
        className="text-button",
        **{"data-view": things},
    )
    return frames.box(
        f"Top {things}",
        LIST_PANELS[dimension].error_slot(),
        _top_list(dimension).layout(),
        aside=all_of_them,
        class_name="list-panel",
    )


def _top_list(dimension: Dimension) -> RankedList:
    return RankedList(f"top-{LIST_VIEWS[dimension]}")


def _fill_cards(data: PageData) -> Fills:
    summary = data.summary
    reasons = data.query.link("quality")
    return CARDS.fill(
        summary,
        before_range=notices.range_before(data),
        rule=comparison_rule(data.period),
        trust=[*currency_words.beside_cost(data), *uncertainty.trust_line(data)],
    ) + REMARKS.fill(quality_words.quality_strip(summary.quality, summary.totals, reasons))


def _list_panel(dimension: Dimension) -> Panel:
    part = _top_list(dimension)
    return Panel(
        part.id,
        (part,),
        lambda data: fill_top(part, data, dimension, data.top(dimension, LIST_LENGTH)),
    )


CARDS_PANEL = Panel("cards", (CARDS, REMARKS), _fill_cards)
LIST_PANELS = {dimension: _list_panel(dimension) for dimension in LISTS}
VIEW = View(
    name="overview",
    layout=_layout,
    panels=(
        CARDS_PANEL,
        forecast.PANEL,
        budgets.LINE_PANEL,
        over_time.PANEL,
        what_changed.PANEL,
        anomalies.PANEL,
        *LIST_PANELS.values(),
        hours_of_week.PANEL,
    ),
    charts={
        over_time.CHART.id: over_time.csv,
        what_changed.NAME: what_changed.csv,
        anomalies.NAME: anomalies.csv,
        hours_of_week.HEAT_MAP.id: hours_of_week.csv,
    },
)
