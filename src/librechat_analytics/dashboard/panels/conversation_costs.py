"""What conversations cost, as a histogram."""

from __future__ import annotations

from typing import TYPE_CHECKING

from librechat_analytics.dashboard.charts.histogram import Mark, histogram
from librechat_analytics.dashboard.html import frames
from librechat_analytics.dashboard.panels.base import Panel
from librechat_analytics.dashboard.panels.parts import Chart
from librechat_analytics.dashboard.words import captions
from librechat_analytics.dashboard.words.empties import nothing_in
from librechat_analytics.exports.sheets import conversation_costs_sheet
from librechat_analytics.formatting import integer, money
from librechat_analytics.usage.answers import ConversationBand
from librechat_analytics.usage.cost_spread import BAND_EDGES_USD

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dash.development.base_component import Component

    from librechat_analytics.dashboard.charts.figure import Rows
    from librechat_analytics.dashboard.data import PageData
    from librechat_analytics.dashboard.panels.targets import Fills
    from librechat_analytics.exports.sheets import Sheet
    from librechat_analytics.usage.answers import ConversationCosts

CHART = Chart(
    "conversation-costs",
    "Conversations by what they cost",
    shape="tall",
    numbers=("Cost", "Conversations", "Total cost"),
)


def layout() -> Component:
    """Make the panel before the first answer."""
    return frames.box("Cost per conversation", PANEL.error_slot(), CHART.layout())


def _answer(data: PageData) -> Fills:
    costs = data.conversation_costs
    bands = all_bands(costs)
    marks = [
        Mark(position_of(cost, bands), name)
        for name, cost in (("median", costs.median_usd), ("90th percentile", costs.ninth_decile_usd))
        if bands
    ]
    texts: list[Rows] = [
        [
            (band_words(band.upper_usd), ""),
            ("Conversations", integer(band.conversations)),
            ("Cost in all", money(band.cost_usd)),
        ]
        for band in bands
    ]
    edges = [band.upper_usd for band in bands if band.upper_usd is not None]
    named = {edge for edge in edges if is_round(edge)} or set(edges)  # few bands may have no round edge
    figure = histogram(
        ["" if band.upper_usd not in named else edge_text(band.upper_usd) for band in bands],
        [band.conversations for band in bands],
        texts,
        marks,
        revision=data.query.revision,
    )
    return CHART.fill(
        figure,
        caption=captions.conversation_costs(costs),
        empty=[] if costs.conversations else nothing_in(data, "No conversations"),
        rows=[
            (band_words(band.upper_usd), integer(band.conversations), money(band.cost_usd)) for band in bands
        ],
    )


def all_bands(costs: ConversationCosts) -> list[ConversationBand]:
    """Give every band from the first with a conversation to the last, those without one included."""
    found = {band.upper_usd: band for band in costs.rows}
    if not found:
        return []
    edges: list[float | None] = [*BAND_EDGES_USD, None]
    indexes = [edges.index(edge) for edge in found]
    between = edges[min(indexes) : max(indexes) + 1]
    return [found.get(edge, ConversationBand(edge, 0, 0.0)) for edge in between]


def position_of(cost_usd: float, bands: Sequence[ConversationBand]) -> float:
    """Give the position of a cost on the axis, where the first band goes from -0.5 to 0.5."""
    for index, band in enumerate(bands):
        if band.upper_usd is None:
            return float(index)
        if cost_usd < band.upper_usd:
            lower = lower_edge(band.upper_usd)
            return index - 0.5 + (cost_usd - lower) / (band.upper_usd - lower)
    return len(bands) - 0.5


def lower_edge(upper_usd: float | None) -> float:
    """Give the lower edge of a band; 0 for the first."""
    index = len(BAND_EDGES_USD) if upper_usd is None else BAND_EDGES_USD.index(upper_usd)
    return BAND_EDGES_USD[index - 1] if index else 0.0


def band_words(upper_usd: float | None) -> str:
    """Write a band's edges: ``$0.10 to $0.20``."""
    lower = lower_edge(upper_usd)
    if upper_usd is None:
        return f"{edge_text(lower)} and more"
    return f"{edge_text(lower)} to {edge_text(upper_usd)}" if lower else f"below {edge_text(upper_usd)}"


def is_round(edge_usd: float) -> bool:
    """Say whether an edge is a power of ten; the axis has room for their names."""
    return BAND_EDGES_USD.index(edge_usd) % 3 == 0


def edge_text(edge_usd: float) -> str:
    """Write an edge without needless zeros: ``$0.001``, ``$0.20``, ``$5``."""
    if edge_usd >= 1:
        return f"${edge_usd:,.0f}"
    return f"${edge_usd:.2f}" if edge_usd >= 0.01 else f"${edge_usd:.4f}".rstrip("0")


def csv(data: PageData) -> Sheet:
    return conversation_costs_sheet(data.conversation_costs)


PANEL = Panel("conversation-costs", (CHART,), _answer)
