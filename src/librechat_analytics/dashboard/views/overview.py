"""The first view: what it cost, how that moves, and who and what makes most of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dash import Output, html

from librechat_analytics.dashboard.html import blocks, cards, entries
from librechat_analytics.dashboard.panels import hours_of_week, over_time
from librechat_analytics.dashboard.panels.base import Panel
from librechat_analytics.dashboard.views.base import View
from librechat_analytics.dashboard.words import quality_words, uncertainty
from librechat_analytics.formatting import change, integer, money, money_exact, tokens

if TYPE_CHECKING:
    from collections.abc import Callable

    from dash.development.base_component import Component

    from librechat_analytics.dashboard.data import Questions
    from librechat_analytics.usage.answers import Totals

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
        hours_of_week.panel(),
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
    before_range = cards.range_before(questions)
    values: list[object] = []
    for _, _, pick, as_text, exact in CARDS:
        now = pick(summary.totals)
        before = pick(summary.previous) if summary.previous else None
        values.extend(
            cards.card_values(as_text(now), exact(now), change(now, before), as_text(before), before_range)
        )
    why = questions.query.link("quality")
    strip = quality_words.quality_strip(summary.quality, summary.totals, why)
    return *values, strip, uncertainty.of_cost(questions)


def _top_users(questions: Questions) -> tuple[object, ...]:
    dearest = questions.dearest("user", LIST_LENGTH)
    return (entries.ranked(questions, dearest, "No users", entries.user_entry),)


def _top_models(questions: Questions) -> tuple[object, ...]:
    dearest = questions.dearest("model", LIST_LENGTH)
    return (entries.ranked(questions, dearest, "No models", entries.model_entry),)


def _top_agents(questions: Questions) -> tuple[object, ...]:
    dearest = questions.dearest("agent", LIST_LENGTH)
    return (entries.ranked(questions, dearest, "No agents", entries.agent_entry),)


CARDS_PANEL = Panel(
    "cards",
    (*(output for name, *_ in CARDS for output in cards.card_outputs(name)), Output("quality", "children")),
    ("cost-mark",),
    _summary,
)
USERS_PANEL = Panel("top-users", (), ("top-users",), _top_users)
MODELS_PANEL = Panel("top-models", (), ("top-models",), _top_models)
AGENTS_PANEL = Panel("top-agents", (), ("top-agents",), _top_agents)

VIEW = View(
    name="overview",
    layout=layout,
    panels=(CARDS_PANEL, over_time.PANEL, USERS_PANEL, MODELS_PANEL, AGENTS_PANEL, hours_of_week.PANEL),
    charts={over_time.ID: over_time.csv, hours_of_week.ID: hours_of_week.csv},
)
