"""The view of agents: what each of them cost, on which models, and how certain that is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from librechat_analytics.dashboard.charts.figure import series
from librechat_analytics.dashboard.charts.ranked import ranked_bars
from librechat_analytics.dashboard.html import frames
from librechat_analytics.dashboard.html.cells import name_cell, words_cell
from librechat_analytics.dashboard.links import agent_page
from librechat_analytics.dashboard.panels.base import Panel
from librechat_analytics.dashboard.panels.list_columns import Shown, Trend, list_columns
from librechat_analytics.dashboard.panels.list_table import ListTable, RestLine
from librechat_analytics.dashboard.panels.parts import FIRST_BARS, Chart
from librechat_analytics.dashboard.views.subject_view import SubjectList, subject_view
from librechat_analytics.dashboard.words import captions
from librechat_analytics.dashboard.words.agent_words import (
    DIRECT_USE,
    NO_RECORD,
    certainty_in_words,
    models_in_words,
)
from librechat_analytics.dashboard.words.empties import nothing_in
from librechat_analytics.exports import columns
from librechat_analytics.exports.sheets import agents_sheet
from librechat_analytics.formatting import UNKNOWN_AGENT, WITHOUT_AGENT, agent_label, money
from librechat_analytics.usage.filters import NONE, UNKNOWN

if TYPE_CHECKING:
    from dash.development.base_component import Component

    from librechat_analytics.dashboard.data import PageData
    from librechat_analytics.dashboard.html.markup import Markup
    from librechat_analytics.dashboard.panels.targets import Fills
    from librechat_analytics.exports.sheets import Sheet
    from librechat_analytics.usage.answers import AgentRow

NOTHING = "No agent was used"
CHART = Chart("agents-cost", "The ten agents with the highest cost", shape="ranked")
COLUMNS = list_columns(
    columns.AGENTS,
    Shown("name", sort="label"),
    Shown("cost_usd"),
    Shown("share", hint="Share of the period's cost"),
    Trend(hint="How the agent's cost moved over the period"),
    Shown("total_tokens", room=1, hint="Prompt and completion tokens"),
    Shown("calls", room=2, hint="Model calls"),
    Shown("users", room=1),
    Shown("conversations", room=2),
    Shown(
        "attribution",
        room=1,
        hint="How it is known that this agent answered",
        sort="certain",
        has_words=True,
    ),
    only_in_files=("id", "model", "provider", "prompt_tokens", "completion_tokens", "models"),
)


def _charts() -> list[Component]:
    return [frames.box("Cost by agent", CHART_PANEL.error_slot(), CHART.layout())]


def _label(row: AgentRow) -> str:
    return agent_label(row.name, row.id, deleted=row.deleted)


def _fill_chart(data: PageData) -> Fills:
    rows = data.agents.rows[:FIRST_BARS]
    costs_usd = [row.cost_usd for row in rows]
    return CHART.fill(
        ranked_bars(
            [_label(row) for row in rows],
            [series("Cost", costs_usd, money)],
            totals=[money(cost) for cost in costs_usd],
            revision=data.query.revision,
        ),
        caption=captions.agents(data.agents),
        empty=[] if rows else nothing_in(data, NOTHING),
    )


def _name(data: PageData, row: AgentRow) -> Markup:
    return name_cell(
        _label(row),
        models_in_words(row.model, row.models),
        href=agent_page(data.query, row.id),
        filter=("agent", row.id),
    )


def _rest(data: PageData) -> list[RestLine]:
    ranking, query = data.agents, data.query
    return [
        RestLine(WITHOUT_AGENT, DIRECT_USE, agent_page(query, NONE), ranking.without_agent),
        RestLine(UNKNOWN_AGENT, NO_RECORD, agent_page(query, UNKNOWN), ranking.unknown),
    ]


def _sheet(data: PageData) -> Sheet:
    return agents_sheet(data.agents)


CHART_PANEL = Panel("agents-chart", (CHART,), _fill_chart)
TABLE: ListTable[AgentRow] = ListTable(
    dimension="agent",
    caption="Agents by cost, and the usage without an agent",
    placeholder="Search agent or model",
    nothing=NOTHING,
    columns=COLUMNS,
    rows=lambda data: data.agents.rows,
    total=lambda data: data.agents.total,
    key=lambda row: row.id,
    share=lambda row: row.share,
    searched=lambda row: (_label(row), row.model),
    name=_name,
    cells={"attribution": lambda row: words_cell(certainty_in_words(row.attribution))},
    rest=_rest,
)
VIEW = subject_view(
    SubjectList(
        table=TABLE,
        sheet=_sheet,
        charts=_charts,
        panels=(CHART_PANEL,),
        files={CHART.id: _sheet},
    )
)
