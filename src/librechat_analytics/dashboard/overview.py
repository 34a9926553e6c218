"""The first view: what it cost, how that moves, and who and what makes most of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dash import Output, html

from librechat_analytics.dashboard import blocks, cards, over_time, quality_words, rhythm
from librechat_analytics.dashboard.markup import element
from librechat_analytics.dashboard.panels import Panel
from librechat_analytics.dashboard.views import View
from librechat_analytics.formatting import (
    agent_label,
    change,
    integer,
    model_label,
    money,
    money_exact,
    plain_text,
    share,
    tokens,
    user_label,
)
from librechat_analytics.usage.periods import describe_range

if TYPE_CHECKING:
    from collections.abc import Callable

    from dash.development.base_component import Component

    from librechat_analytics.dashboard.markup import Markup
    from librechat_analytics.dashboard.questions import Questions
    from librechat_analytics.usage.answers import AgentRanking, Ranking, Totals
    from librechat_analytics.usage.periods import TimeRange

CARDS: tuple[tuple[str, str, Callable[[Totals], float], Callable[[Any], str], Callable[[Any], str]], ...] = (
    ("cost", "Cost", lambda totals: totals.cost_usd, money, money_exact),
    ("tokens", "Tokens", lambda totals: totals.total_tokens, tokens, integer),
    ("active-users", "Active users", lambda totals: totals.active_users, integer, integer),
    ("conversations", "Conversations", lambda totals: totals.conversations, integer, integer),
)
LIST_LENGTH = 5


def layout() -> list[Component]:
    return [
        html.Div(
            [
                html.Dl([cards.figure_card(name, label) for name, label, *_ in CARDS], className="cards"),
                CARDS_PANEL.error_slot(),
            ],
            className="panel cards-panel",
        ),
        over_time.panel(),
        html.Div(
            [
                _list_panel("Top users", "users", USERS_PANEL),
                _list_panel("Top models", "models", MODELS_PANEL),
                _list_panel("Top agents", "agents", AGENTS_PANEL),
            ],
            className="columns three",
        ),
        rhythm.panel(),
        html.Div(id="quality", className="quality"),
    ]


def _list_panel(heading: str, view: str, filled_by: Panel) -> Component:
    everything = html.A(
        ["All", html.Span(f" {view}", className="visually-hidden")],
        href=f"?view={view}",
        className="text-button",
        **{"data-view": view},
    )
    return blocks.panel(
        heading,
        filled_by.error_slot(),
        blocks.ranked_list(f"top-{view}"),
        aside=everything,
        className="list-panel",
    )


def _summary(questions: Questions) -> tuple[object, ...]:
    summary = questions.summary
    previous = questions.period.previous
    before_range = _range_before(previous, questions) if previous else ""
    values: list[object] = []
    for _, _, pick, as_text, exact in CARDS:
        now = pick(summary.totals)
        before = pick(summary.previous) if summary.previous else None
        values.extend(
            cards.card_values(as_text(now), exact(now), change(now, before), as_text(before), before_range)
        )
    return *values, quality_words.quality_strip(summary.quality, summary.totals)


def _range_before(previous: TimeRange, questions: Questions) -> str:
    # This year goes without saying, and leaves the words on one line.
    this_year = questions.now.astimezone(questions.period.zone).year
    return describe_range(previous, questions.period.zone).removesuffix(f" {this_year}")


def _top_users(questions: Questions) -> tuple[object, ...]:
    return (_ranked(questions, questions.users, "No users", _user),)


def _top_models(questions: Questions) -> tuple[object, ...]:
    return (_ranked(questions, questions.models, "No models", _model),)


def _top_agents(questions: Questions) -> tuple[object, ...]:
    return (_ranked(questions, questions.agents, "No agents", _agent),)


def _ranked(
    questions: Questions, ranking: Ranking | AgentRanking, nothing: str, entry: Callable[[Any], blocks.Ranked]
) -> list[Markup]:
    rows = list(ranking.rows.head(LIST_LENGTH).itertuples(index=False))
    if not rows:
        return [element("li", *blocks.nothing_in(questions, nothing), class_name="table-message")]
    return blocks.ranked_items([entry(row) for row in rows])


def _user(row: Any) -> blocks.Ranked:
    label = user_label(row.name, row.email, row.id, deleted=row.deleted)
    return _entry(row, label, "")


def _model(row: Any) -> blocks.Ranked:
    return _entry(row, model_label(row.model), plain_text(row.provider))


def _agent(row: Any) -> blocks.Ranked:
    return _entry(row, agent_label(row.name, row.id, deleted=row.deleted), plain_text(row.model))


def _entry(row: Any, label: str, detail: str) -> blocks.Ranked:
    exact = f"{money_exact(row.cost_usd)}, {share(row.share)} of the cost"
    return blocks.Ranked(label, detail, money(row.cost_usd), exact, row.share)


CARDS_PANEL = Panel(
    "cards",
    (*(output for name, *_ in CARDS for output in cards.card_outputs(name)), Output("quality", "children")),
    (),
    _summary,
)
USERS_PANEL = Panel("top-users", (), ("top-users",), _top_users)
MODELS_PANEL = Panel("top-models", (), ("top-models",), _top_models)
AGENTS_PANEL = Panel("top-agents", (), ("top-agents",), _top_agents)

VIEW = View(
    name="overview",
    layout=layout,
    panels=(CARDS_PANEL, over_time.PANEL, USERS_PANEL, MODELS_PANEL, AGENTS_PANEL, rhythm.PANEL),
    charts={over_time.ID: over_time.csv, rhythm.ID: rhythm.csv},
)
