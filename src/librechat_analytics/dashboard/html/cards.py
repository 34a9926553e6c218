"""Single figures: how much, and whether that is more or less than before."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dash import html

if TYPE_CHECKING:
    from dash.development.base_component import Component

    from librechat_analytics.formatting import Change

ARROWS = {"up": "↑", "down": "↓", "same": "→", "new": "↑"}


def figure_card(card_id: str, label: str, *, has_trust: bool = False) -> Component:
    """Make a card without its figure, as high as with it; ``has_trust``: a line says how certain it is."""
    trust = [html.Div(id=f"{card_id}-trust", className="card-trust")] if has_trust else []
    return html.Div(
        [
            html.Dt(label, className="card-label"),
            html.Dd(
                [
                    html.Div(id=f"{card_id}-value", className="card-value"),
                    html.Div(id=f"{card_id}-change", className="card-change"),
                    *trust,
                ]
            ),
        ],
        className="card-figure",
    )


def change_words(change: Change, before_range: str) -> list[Component]:
    """Say how a figure changed: an arrow and words, never only a colour.

    More is neither good nor bad, so both look the same.
    """
    if change.direction == "none":
        return []
    # Lines break between the days of a range, not within one.
    before_range = re.sub(r"(?<=\d) (?=[A-Z])|(?<=[a-z]) (?=\d{4})", "\N{NO-BREAK SPACE}", before_range)
    arrow = html.Span(ARROWS[change.direction], className="change-arrow", **{"aria-hidden": "true"})
    if change.direction == "same":
        return [arrow, html.Span("no change"), html.Span(f" from {before_range}", className="change-range")]
    if change.direction == "new":
        return [
            arrow,
            html.Span("new"),
            html.Span(f", nothing before ({before_range})", className="change-range"),
        ]
    amount, _, _ = change.text.rpartition(" ")
    if amount == "<1%":
        return [html.Span(f"about the same as {before_range}", className="change-range")]
    if change.direction == "down" and amount.startswith(">"):
        return [arrow, html.Span(f"almost nothing against {before_range}", className="change-range")]
    return [
        arrow,
        # The arrow is not read aloud.
        html.Span(f"{change.direction} ", className="visually-hidden"),
        html.Span(amount, className="change-amount"),
        html.Span(f" from {before_range}", className="change-range"),
    ]
