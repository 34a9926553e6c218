"""Through which agents it was spent, on which models, and how sure that is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from librechat_analytics.dashboard import blocks, doubt, entries, figures, tables
from librechat_analytics.dashboard.markup import element
from librechat_analytics.dashboard.panels import Panel
from librechat_analytics.dashboard.tables import Column
from librechat_analytics.dashboard.views import View
from librechat_analytics.exports import agents_sheet
from librechat_analytics.formatting import (
    agent_label,
    integer,
    model_label,
    money,
    money_exact,
    plain_text,
    share,
    tokens,
)
from librechat_analytics.usage.filters import NONE, UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from dash.development.base_component import Component

    from librechat_analytics.dashboard.markup import Markup
    from librechat_analytics.dashboard.page_query import PageQuery
    from librechat_analytics.dashboard.questions import Questions
    from librechat_analytics.exports import Sheet
    from librechat_analytics.usage.answers import AgentRanking, Part, Totals

CHART_ROWS = 10
MODELS_NAMED = 2
ALMOST_ALL = 0.995
COLUMNS = (
    Column("Agent", "label", first="ascending", numeric=False),
    Column("Cost", "cost_usd", preset=True),
    Column("Share", "share", hint="Part of the period's cost"),
    Column("Trend", numeric=False, minor=True, hint="How the agent's cost moved over the period"),
    Column("Tokens", "total_tokens", hint="Prompt and completion tokens"),
    Column("Calls", "calls", hint="Model calls", minor=True),
    Column("Users", "users"),
    Column("Conversations", "conversations", minor=True),
    Column("Attribution", "certain", numeric=False, hint="How it is known that this agent answered"),
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
    rows = labelled(ranking.rows)
    found = tables.matching(rows, query.search, ("label", "model"))
    excerpt = tables.excerpt(tables.in_order(found, query.sort, COLUMNS), query, ranking)
    greatest = max(*rows["share"], ranking.without_agent.share, ranking.unknown.share, 0.0)
    trends = tables.trend_cells(questions, "agent", excerpt.rows["id"])
    body = [
        _row(row, greatest, trend, query)
        for row, trend in zip(excerpt.rows.itertuples(index=False), trends, strict=True)
    ]
    if rows.empty:
        body = tables.message_row(len(COLUMNS), *blocks.nothing_in(questions, "No agent was used"))
    elif not body:
        body = tables.no_match(len(COLUMNS), "agent", query.search)
    if not query.search and (ranking.without_agent.calls or ranking.unknown.calls or not rows.empty):
        body += [
            part_row(
                "Without agent",
                "Models used directly",
                ranking.without_agent,
                greatest,
                entries.agent_page(query, NONE),
            ),
            part_row(
                "Unknown",
                "Nothing that is left tells",
                ranking.unknown,
                greatest,
                entries.agent_page(query, UNKNOWN),
            ),
            total_row(questions.summary.totals),
        ]
    return body, tables.foot(excerpt, "agents")


def _row(row: Any, greatest: float, trend: Markup, query: PageQuery) -> Markup:
    return element(
        "tr",
        tables.name_cell(
            row.label,
            models_in_words(row.model, row.models),
            href=entries.agent_page(query, row.id),
            doubt=_doubt(row, query),
        ),
        tables.number_cell(money(row.cost_usd), money_exact(row.cost_usd)),
        tables.share_cell(row.share, greatest),
        trend,
        tables.number_cell(tokens(row.total_tokens), integer(row.total_tokens)),
        tables.number_cell(integer(row.calls), minor=True),
        tables.number_cell(integer(row.users)),
        tables.number_cell(integer(row.conversations), minor=True),
        tables.words_cell(certainty_in_words(row.attribution)),
    )


def _doubt(row: Any, query: PageQuery) -> Markup:
    if row.attribution.get("exact", 0.0) >= ALMOST_ALL:
        return ""
    return doubt.mark(query, "Not every call is certain to be this agent's.", agent=row.id)


def part_row(label: str, detail: str, part: Part, greatest: float, href: str) -> Markup:
    """A line for what no agent answers for, so that the lines add up; ``href``: its own page."""
    return element(
        "tr",
        tables.name_cell(label, detail, href=href),
        tables.number_cell(money(part.cost_usd), money_exact(part.cost_usd)),
        tables.share_cell(part.share, greatest),
        tables.no_trend_cell(),
        tables.number_cell(tokens(part.total_tokens), integer(part.total_tokens)),
        tables.number_cell(integer(part.calls), minor=True),
        tables.number_cell(integer(part.users)),
        tables.number_cell(integer(part.conversations), minor=True),
        tables.empty_cell(),
        class_name="rest",
    )


def total_row(totals: Totals) -> Markup:
    return element(
        "tr",
        tables.name_cell("Total"),
        tables.number_cell(money(totals.cost_usd), money_exact(totals.cost_usd)),
        tables.empty_cell(),
        tables.no_trend_cell(),
        tables.number_cell(tokens(totals.total_tokens), integer(totals.total_tokens)),
        tables.number_cell(integer(totals.calls), minor=True),
        tables.number_cell(integer(totals.active_users)),
        tables.number_cell(integer(totals.conversations), minor=True),
        tables.empty_cell(),
        class_name="total",
    )


def models_in_words(model: str | None, used: Sequence[Mapping[str, Any]]) -> str:
    """The models that an agent really ran on in the period, and today's where that is another one."""
    names = [model_label(entry["model"]) for entry in used]
    today = plain_text(model)
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
TABLE_PANEL = Panel("agents-table", (), ("agents-rows", "agents-showing"), _table)
VIEW = View("agents", layout, (CHART_PANEL, TABLE_PANEL), table=_csv)
