"""How unevenly cost is spread: over users, and over conversations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from librechat_analytics.dashboard.charts import figures
from librechat_analytics.dashboard.html import blocks
from librechat_analytics.dashboard.panels.base import Panel
from librechat_analytics.dashboard.words import captions
from librechat_analytics.exports.sheets import concentration_sheet, conversation_costs_sheet
from librechat_analytics.formatting import counted, integer, money, share
from librechat_analytics.usage.cost_spread import BAND_EDGES_USD

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dash.development.base_component import Component

    from librechat_analytics.dashboard.data import Questions
    from librechat_analytics.dashboard.html.markup import Markup
    from librechat_analytics.exports.sheets import Sheet
    from librechat_analytics.usage.answers import Concentration, ConversationCosts

CURVE = "concentration"
STEPS = "conversation-costs"
CURVE_POINTS = 100
NAMED_PARTS = (0.01, 0.05, 0.1, 0.2, 0.5, 1.0)
EDGES_USD = BAND_EDGES_USD


def curve_panel() -> Component:
    return blocks.panel(
        "How concentrated it is",
        CURVE_PANEL.error_slot(),
        blocks.chart(
            CURVE,
            "Share of the cost that the dearest users make",
            numbers=("First users", "Of all users", "Of the cost"),
            height=figures.TALL_HEIGHT,
        ),
    )


def steps_panel() -> Component:
    return blocks.panel(
        "What a conversation costs",
        STEPS_PANEL.error_slot(),
        blocks.chart(
            STEPS,
            "Conversations by what they cost",
            numbers=("Cost", "Conversations", "Cost in all"),
            height=figures.TALL_HEIGHT,
        ),
    )


def ranks(users: int, points: int) -> list[int]:
    """Up to so many places from the first to the last, evenly apart, a tenth of all users among them."""
    if not users:
        return []
    tenth = max(1, round(users / 10))
    return sorted({max(1, round(users * step / points)) for step in range(1, points + 1)} | {1, tenth})


def _curve(questions: Questions) -> tuple[object, ...]:
    concentration = questions.concentration
    users = len(concentration.shares)
    places = ranks(users, CURVE_POINTS)
    texts = [
        f"The first <b>{integer(place)}</b> of {integer(users)} users<br>"
        f"make <b>{share(concentration.shares[place - 1])}</b> of the cost"
        for place in places
    ]
    figure = figures.concentration_curve(
        [place / users for place in places],
        [concentration.shares[place - 1] for place in places],
        texts,
        marked=places.index(max(1, round(users / 10))) if places else 0,
        revision=questions.query.revision,
    )
    empty = [] if users else blocks.nothing_in(questions, "No users")
    return (
        figure,
        captions.dearest_users(concentration),
        empty,
        blocks.number_rows(_curve_numbers(concentration)),
    )


def _curve_numbers(concentration: Concentration) -> list[Sequence[Markup]]:
    users = len(concentration.shares)
    places = sorted({max(1, round(users * part)) for part in NAMED_PARTS}) if users else []
    return [
        (integer(place), share(place / users), share(concentration.shares[place - 1])) for place in places
    ]


def curve_csv(questions: Questions) -> Sheet:
    return concentration_sheet(questions.concentration)


def _steps(questions: Questions) -> tuple[object, ...]:
    costs = questions.conversation_costs
    rows = all_steps(costs)
    marks = [
        figures.Mark(place_of(cost, rows), name)
        for name, cost in (("median", costs.median_usd), ("9 of 10", costs.ninth_decile_usd))
        if rows
    ]
    texts = [
        f"<b>{step_words(upper)}</b><br>{counted(count, 'conversation')}<br>{money(cost)} in all"
        for upper, count, cost in rows
    ]
    edges = [upper for upper, *_ in rows if upper is not None]
    named = [edge for edge in edges if is_round(edge)] or edges  # few steps may have no round one
    figure = figures.steps(
        [edge_text(upper) if upper is not None and upper in named else "" for upper, *_ in rows],
        [count for _, count, _ in rows],
        texts,
        marks,
        revision=questions.query.revision,
    )
    empty = [] if costs.conversations else blocks.nothing_in(questions, "No conversations")
    numbers: list[Sequence[Markup]] = [
        (step_words(upper), integer(count), money(cost)) for upper, count, cost in rows
    ]
    return figure, captions.conversation_costs(costs), empty, blocks.number_rows(numbers)


Step = tuple[float | None, int, float]


def all_steps(costs: ConversationCosts) -> list[Step]:
    """Every step from the first that holds a conversation to the last: upper edge, conversations, cost."""
    found: dict[float | None, tuple[int, float]] = {
        (None if upper is None or pd.isna(upper) else float(upper)): (int(count), float(cost))
        for upper, count, cost in zip(
            costs.rows["upper_usd"], costs.rows["conversations"], costs.rows["cost_usd"], strict=True
        )
    }
    if not found:
        return []
    edges: list[float | None] = [*EDGES_USD, None]
    places = [edges.index(edge) for edge in found]
    return [(edge, *found.get(edge, (0, 0.0))) for edge in edges[min(places) : max(places) + 1]]


def place_of(cost: float, rows: Sequence[Step]) -> float:
    """Where a cost lies on the axis of steps, each one wide, the first around 0."""
    for place, (upper, *_) in enumerate(rows):
        if upper is None:
            return float(place)
        if cost < upper:
            lower = lower_edge(upper)
            return place - 0.5 + (cost - lower) / (upper - lower)
    return len(rows) - 0.5


def lower_edge(upper: float | None) -> float:
    """The edge below; 0 below the first."""
    place = len(EDGES_USD) if upper is None else EDGES_USD.index(upper)
    return EDGES_USD[place - 1] if place else 0.0


def step_words(upper: float | None) -> str:
    """A step in words: ``$0.10 to $0.20``."""
    lower = lower_edge(upper)
    if upper is None:
        return f"{edge_text(lower)} and more"
    return f"{edge_text(lower)} to {edge_text(upper)}" if lower else f"below {edge_text(upper)}"


def is_round(edge: float) -> bool:
    """Whether an edge is a power of ten, of which the axis has room for the names."""
    return EDGES_USD.index(edge) % 3 == 0


def edge_text(edge: float) -> str:
    """An edge without digits that say nothing: ``$0.001``, ``$0.20``, ``$5``."""
    if edge >= 1:
        return f"${edge:,.0f}"
    return f"${edge:.2f}" if edge >= 0.01 else f"${edge:.4f}".rstrip("0")


def steps_csv(questions: Questions) -> Sheet:
    return conversation_costs_sheet(questions.conversation_costs)


CURVE_PANEL = Panel(
    "concentration", blocks.chart_outputs(CURVE), (f"{CURVE}-empty", f"{CURVE}-numbers"), _curve
)
STEPS_PANEL = Panel(
    "conversation-costs", blocks.chart_outputs(STEPS), (f"{STEPS}-empty", f"{STEPS}-numbers"), _steps
)
