"""Through which agents it was spent, on which models, and how sure that is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from librechat_analytics.dashboard.charts import figures
from librechat_analytics.dashboard.html import blocks, entries, tables
from librechat_analytics.dashboard.html.markup import element
from librechat_analytics.dashboard.html.tables import Column
from librechat_analytics.dashboard.panels.base import Panel
from librechat_analytics.dashboard.views.base import View
from librechat_analytics.dashboard.words import uncertainty
from librechat_analytics.exports.sheets import agents_sheet
from librechat_analytics.formatting import (
    agent_label,
    model_label,
    money,
    name_label,
    share,
)
from librechat_analytics.usage.filters import NONE, UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from dash.development.base_component import Component

    from librechat_analytics.dashboard.data import Questions
    from librechat_analytics.dashboard.html.markup import Markup
    from librechat_analytics.dashboard.query import PageQuery
    from librechat_analytics.exports.sheets import Sheet
    from librechat_analytics.usage.answers import AgentRanking, Part

CHART_ROWS = 10
MODELS_NAMED = 2
ALMOST_ALL = 0.995
PART_FIGURES = ("cost_usd", "total_tokens", "calls", "users", "conversations")
COLUMNS = (
    Column("Agent", "label", first="ascending", numeric=False),
    Column("Cost", "cost_usd", "money", preset=True),
    Column("Share", "share", hint="Part of the period's cost"),
    Column("Trend", numeric=False, room=2, hint="How the agent's cost moved over the period"),
    Column("Tokens", "total_tokens", "tokens", room=1, hint="Prompt and completion tokens"),
    Column("Calls", "calls", "count", room=2, hint="Model calls"),
    Column("Users", "users", "count", room=1),
    Column("Conversations", "conversations", "count", room=2),
    Column("Attribution", "certain", numeric=False, room=1, hint="How it is known that this agent answered"),
)
# The surest first; words for how an agent is known when the answer itself does not name it.
LESS_SURE = {
    "conversation": "by its conversation",
    "nearest": "by the nearest answer",
    "weak": "by the conversation's own agent",
}


def layout() -> list[Component]:
    return [
        blocks.panel(
            "Cost by agent",
            CHART_PANEL.error_slot(),
            blocks.chart("agents-cost", "The ten agents with the highest cost", ranked=True),
        ),
        blocks.table_panel(
            "agents",
            "Agents by cost, and the usage of none",
            COLUMNS,
            error_slot=TABLE_PANEL.error_slot(),
            placeholder="Search agent or model",
        ),
    ]


def labelled(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with the name that each agent goes by on screen."""
    labels = [
        agent_label(name, agent, deleted=deleted)
        for name, agent, deleted in zip(rows["name"], rows["id"], rows["deleted"], strict=True)
    ]
    certain = [attribution.get("exact", 0.0) for attribution in rows["attribution"]]
    return rows.assign(label=labels, certain=certain)


def _chart(questions: Questions) -> tuple[object, ...]:
    ranking = questions.agents
    rows = labelled(ranking.rows.head(CHART_ROWS))
    texts = [money(cost) for cost in rows["cost_usd"]]
    figure = figures.ranked_bars(
        list(rows["label"]),
        [figures.Series("Cost", [float(cost) for cost in rows["cost_usd"]], texts)],
        totals=texts,
        revision=questions.query.revision,
    )
    empty = blocks.nothing_in(questions, "No agent was used") if rows.empty else []
    return *blocks.ranked_chart_values(figure, caption(ranking)), empty


def caption(ranking: AgentRanking) -> str:
    """Which part of the cost agents make, and which part has none."""
    if ranking.rows.empty:
        return ""
    through_agents = max(0.0, 1.0 - ranking.without_agent.share - ranking.unknown.share)
    unknown = f", {share(ranking.unknown.share)} is not known" if ranking.unknown.calls else ""
    return (
        f"Agents make {share(through_agents)} of the cost;"
        f" {share(ranking.without_agent.share)} was spent without one{unknown}."
    )


def _table(questions: Questions) -> tuple[object, ...]:
    ranking, query = questions.agents, questions.query
    found = tables.matching(labelled(ranking.rows), query.search, ("label", "model"))
    excerpt = tables.excerpt(tables.in_order(found, query.sort, COLUMNS), query, ranking)
    greatest = max(*ranking.rows["share"], ranking.without_agent.share, ranking.unknown.share, 0.0)
    nothing = blocks.nothing_in(questions, "No agent was used")
    parts = (
        ("Without agent", "Models used directly", ranking.without_agent, NONE),
        ("Unknown", "Nothing that is left tells", ranking.unknown, UNKNOWN),
    )
    is_used = bool(ranking.without_agent.calls or ranking.unknown.calls or len(ranking.rows))
    last = [_part_row(*part, query, greatest) for part in parts] if is_used else []
    return (
        tables.total_rows(questions, LISTED, is_used=is_used),
        tables.list_rows(questions, LISTED, excerpt, greatest, nothing=nothing, last=last),
        tables.foot(excerpt, "agents"),
    )


def _name(questions: Questions, row: Any) -> Markup:
    query = questions.query
    return tables.name_cell(
        row.label,
        models_in_words(row.model, row.models),
        href=entries.agent_page(query, row.id),
        doubt=_doubt(row, query),
    )


def _others(_: Questions, row: Any) -> dict[str, Markup]:
    return {"Attribution": tables.words_cell(certainty_in_words(row.attribution))}


def _doubt(row: Any, query: PageQuery) -> Markup:
    if row.attribution.get("exact", 0.0) >= ALMOST_ALL:
        return ""
    return uncertainty.mark(query, "Not every call is certain to be this agent's.", agent=row.id)


def _part_row(label: str, detail: str, part: Part, agent: str, query: PageQuery, greatest: float) -> Markup:
    """A line for what no agent answers for, so that the lines add up."""
    figures = {name: getattr(part, name) for name in PART_FIGURES}
    return element(
        "tr",
        tables.name_cell(label, detail, href=entries.agent_page(query, agent)),
        *tables.cells(COLUMNS, figures, {"Share": tables.share_cell(part.share, greatest)}),
        class_name="rest",
    )


LISTED = tables.Listed("agent", "id", COLUMNS, _name, _others)


def models_in_words(model: str | None, used: Sequence[Mapping[str, Any]]) -> str:
    """The models that an agent really ran on in the period, and today's where that is another one."""
    names = [model_label(entry["model"]) for entry in used]
    today = name_label(model)
    if not names:
        return today
    more = f" +{len(names) - MODELS_NAMED}" if len(names) > MODELS_NAMED else ""
    text = ", ".join(names[:MODELS_NAMED]) + more
    return f"{text}; now {today}" if today and today not in names else text


def certainty_in_words(attribution: Mapping[str, float]) -> str:
    """How it is known that an agent answered, by parts of its usage rows."""
    exact = attribution.get("exact", 0.0)
    if exact >= ALMOST_ALL:
        return "Certain"
    parts = [f"{_percent(exact)} certain"] if exact else []
    parts += [
        f"{_percent(attribution[kind])} {words}" for kind, words in LESS_SURE.items() if attribution.get(kind)
    ]
    text = ", ".join(parts)
    return text[:1].upper() + text[1:]


def _percent(part: float) -> str:
    return "<1 %" if part < 0.01 else f"{part * 100:.0f} %"


def _csv(questions: Questions) -> Sheet:
    return agents_sheet(questions.agents)


CHART_PANEL = Panel(
    "agents-chart", blocks.ranked_chart_outputs("agents-cost"), ("agents-cost-empty",), _chart
)
TABLE_PANEL = Panel("agents-table", (), ("agents-total", "agents-rows", "agents-showing"), _table)
VIEW = View("agents", layout, (CHART_PANEL, TABLE_PANEL), table=_csv, charts={"agents-cost": _csv})
