"""The page of one user, one model or one agent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash import html

from librechat_analytics.dashboard.html import frames
from librechat_analytics.dashboard.html.markup import element
from librechat_analytics.dashboard.html.ranked import RankedEntry
from librechat_analytics.dashboard.links import LIST_VIEWS, agent_page
from librechat_analytics.dashboard.panels import rates, subject_over_time
from librechat_analytics.dashboard.panels.base import Panel
from librechat_analytics.dashboard.panels.facts import facts
from librechat_analytics.dashboard.panels.parts import Cards, Frame, RankedList, Region, card
from librechat_analytics.dashboard.panels.top_list import exact_cost, fill_top
from librechat_analytics.dashboard.views.base import View
from librechat_analytics.dashboard.words import currency_words, notices, uncertainty
from librechat_analytics.formatting import UNKNOWN_AGENT, WITHOUT_AGENT, integer, money, money_exact, tokens
from librechat_analytics.usage.filters import NONE, UNKNOWN
from librechat_analytics.usage.period_words import comparison_rule

if TYPE_CHECKING:
    from dash.development.base_component import Component

    from librechat_analytics.dashboard.data import PageData
    from librechat_analytics.dashboard.html.markup import Markup
    from librechat_analytics.dashboard.panels.targets import Fills
    from librechat_analytics.usage.questions import Dimension

LIST_LENGTH = 10

CARDS = Cards(
    (
        card("detail-cost", "Cost", lambda totals: totals.cost_usd, money, money_exact, has_trust=True),
        card("detail-tokens", "Tokens", lambda totals: totals.total_tokens, tokens, integer),
        card("detail-calls", "Calls", lambda totals: totals.calls, integer, integer),
        card("detail-conversations", "Conversations", lambda totals: totals.conversations, integer, integer),
    )
)
FACTS = Region("detail-facts")


def _layout() -> list[Component]:
    return [
        html.Div(
            [
                CARDS.layout(),
                CARDS_PANEL.error_slot(),
                FACTS.layout("facts", label="What else is known"),
            ],
            className="panel cards-panel lasting",
        ),
        subject_over_time.layout(),
        rates.layout(),
        html.Div([_list_layout(dimension) for dimension in LIST_VIEWS], className="columns two"),
    ]


def _list_layout(dimension: Dimension) -> Component:
    top, all_of_them = _top_list(dimension), _link_to_all(dimension)
    return html.Div(
        frames.box(
            LIST_VIEWS[dimension].capitalize(),
            LIST_PANELS[dimension].error_slot(),
            top.layout(),
            all_of_them.layout("list-foot"),
            class_name="list-panel",
        ),
        id=_frame(dimension).id,
        className="list-frame",
    )


def _frame(dimension: Dimension) -> Frame:
    return Frame(f"detail-{LIST_VIEWS[dimension]}-frame")


def _top_list(dimension: Dimension) -> RankedList:
    return RankedList(f"detail-{LIST_VIEWS[dimension]}")


def _link_to_all(dimension: Dimension) -> Region:
    return Region(f"detail-{LIST_VIEWS[dimension]}-all")


def _fill_cards(data: PageData) -> Fills:
    cards = CARDS.fill(
        data.summary,
        before_range=notices.range_before(data),
        rule=comparison_rule(data.period),
        trust=[*currency_words.beside_cost(data), *uncertainty.trust_line(data)],
    )
    return cards + FACTS.fill(facts(data))


def _fill_list(data: PageData, dimension: Dimension) -> Fills:
    frame, top, all_of_them = _frame(dimension), _top_list(dimension), _link_to_all(dimension)
    if data.query.subject == dimension:
        return frame.fill(hidden=True) + top.fill([], empty=[]) + all_of_them.fill([])
    ranking, things = data.top(dimension, LIST_LENGTH), LIST_VIEWS[dimension]
    link: list[Markup] = []
    if ranking.total > LIST_LENGTH:
        link = [element("a", f"All {ranking.total:,} {things}", href=data.query.link(things))]
    rest = _usage_without_agent(data) if dimension == "agent" else []
    return frame.fill(hidden=False) + fill_top(top, data, dimension, ranking, rest) + all_of_them.fill(link)


def _usage_without_agent(data: PageData) -> list[RankedEntry]:
    """Write the usage that belongs to no agent of the list, so that the list adds up."""
    parts = (
        (WITHOUT_AGENT, NONE, data.agents.without_agent),
        (UNKNOWN_AGENT, UNKNOWN, data.agents.unknown),
    )
    return [
        RankedEntry(
            name,
            "",
            money(part.cost_usd),
            exact_cost(part.cost_usd, part.share),
            part.share,
            agent_page(data.query, agent),
            filter=("agent", agent),
        )
        for name, agent, part in parts
        if part.calls
    ]


def _list_panel(dimension: Dimension) -> Panel:
    frame, top, all_of_them = _frame(dimension), _top_list(dimension), _link_to_all(dimension)
    return Panel(top.id, (frame, top, all_of_them), lambda data: _fill_list(data, dimension))


CARDS_PANEL = Panel("detail-cards", (CARDS, FACTS), _fill_cards)
LIST_PANELS = {dimension: _list_panel(dimension) for dimension in LIST_VIEWS}
VIEW = View(
    name="detail",
    layout=_layout,
    panels=(CARDS_PANEL, subject_over_time.PANEL, rates.PANEL, *LIST_PANELS.values()),
    charts={**subject_over_time.CHARTS, rates.CHART.id: rates.csv},
    in_menu=False,
    about_one=True,
)
