"""The view of agents: what each of them cost, on which models, and how certain that is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from librechat_analytics.dashboard.charts.figure import series
from librechat_analytics.dashboard.charts.ranked import ranked_bars
from librechat_analytics.dashboard.html import frames
from librechat_analytics.dashboard.html.cells import name_cell, number_cell
from librechat_analytics.dashboard.links import agent_page
from librechat_analytics.dashboard.panels.base import Panel
from librechat_analytics.dashboard.panels.list_columns import Shown, Trend, list_columns
from librechat_analytics.dashboard.panels.list_sums import RestLine
from librechat_analytics.dashboard.panels.list_table import ListTable
from librechat_analytics.dashboard.panels.parts import FIRST_BARS, Chart
from librechat_analytics.dashboard.views.subject_view import SubjectList, subject_view
from librechat_analytics.dashboard.words import captions
from librechat_analytics.dashboard.words.agent_words import (
    DIRECT_USE,
    NO_RECORD,
    certainty_in_short,
    models_in_words,
)
from librechat_analytics.dashboard.words.empties import nothing_in
from librechat_analytics.exports import columns
from librechat_analytics.exports.sheets import agents_sheet
from librechat_analytics.formatting import UNKNOWN_AGENT, WITHOUT_AGENT, agent_label, money, plain_text
from librechat_analytics.usage.filters import NONE, UNKNOWN

if TYPE_CHECKING:
    from dash.development.base_component import Component

    from librechat_analytics.dashboard.data import PageData
    from librechat_analytics.dashboard.html.markup import Markup
    from librechat_analytics.dashboard.panels.targets import Fills
    from librechat_analytics.exports.sheets import Sheet
    from librechat_analytics.usage.list_answers import AgentRow

NOTHING = "No agent was used"
CHART = Chart("agents-cost", "The ten agents with the highest cost", shape="ranked")
COLUMNS = list_columns(
    columns.AGENTS,
    Shown("name", sort="label"),
    Shown("cost_usd"),
    Shown("share", hint="Share of the period's cost"),
    Shown("previous_cost_usd", room=1, hint="Cost in the previous period"),
    Shown("change_usd", room=1, hint="Difference to the previous period; ordered by its size"),
    Trend(hint="How the agent's cost moved over the period"),
    Shown("total_tokens", room=1, hint="Prompt and completion tokens"),
    Shown("calls", room=2, hint="Model calls"),
    Shown("users", room=1),
    Shown("conversations", room=2),
    Shown(
        "attribution",
        room=1,
        hint="How sure we are that this agent answered",
        sort="certain",
    ),
    only_in_files=("id", "model", "provider", "prompt_tokens", "completion_tokens", "models"),
)


def _charts() -> list[Component]:
    return [frames.box("Cost by agent", CHART_PANEL.error_slot(), CHART.layout())]


def _fill_chart(data: PageData) -> Fills:
    rows = data.top("agent", FIRST_BARS).rows
    costs_usd = [row.cost_usd for row in rows]
    return CHART.fill(
        ranked_bars(
            [agent_label(row.name, row.id, deleted=row.deleted) for row in rows],
            [series("Cost", costs_usd, money)],
            totals=[money(cost) for cost in costs_usd],
            revision=data.query.revision,
        ),
        caption=captions.agents(data.agents),
        empty=[] if rows else nothing_in(data, NOTHING),
    )


def _name(data: PageData, row: AgentRow) -> Markup:
    detail = models_in_words(row.model, row.models)
    if sum(other.name == row.name for other in data.agents.rows) > 1:
        detail = f"…{plain_text(row.id)[-4:]} {detail}".rstrip()
    label = agent_label(row.name, row.id, deleted=row.deleted)
    return name_cell(label, detail, href=agent_page(data.query, row.id), filter=("agent", row.id))


def _rest(data: PageData) -> list[RestLine]:
    ranking, query = data.agents, data.query
    return [
        RestLine(WITHOUT_AGENT, DIRECT_USE, agent_page(query, NONE), ranking.without_agent),
        RestLine(UNKNOWN_AGENT, NO_RECORD, agent_page(query, UNKNOWN), ranking.unknown),
    ]


def _sheet(data: PageData) -> Sheet:
    return agents_sheet(data.agents)


def _whole(data: PageData) -> Sheet:
    return agents_sheet(data.all_agents)


CHART_PANEL = Panel("agents-chart", (CHART,), _fill_chart)
TABLE: ListTable[AgentRow] = ListTable(
    things="agents",
    thing=lambda _: "agent",
    dimension="agent",
    caption="Agents by cost, and the usage without an agent",
    placeholder="Search agent or model",
    nothing=NOTHING,
    columns=COLUMNS,
    part=lambda data: data.agents,
    key=lambda row: row.id,
    name=_name,
    cells={"attribution": lambda row: number_cell(*certainty_in_short(row.attribution))},
    rest=_rest,
)
VIEW = subject_view(
    SubjectList(
        table=TABLE,
        sheet=_sheet,
        whole=_whole,
        charts=_charts,
        panels=(CHART_PANEL,),
        files={CHART.id: _whole},
    )
)
