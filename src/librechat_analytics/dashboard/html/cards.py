"""Single figures: how much, and whether that is more or less than before."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dash import Output, html

from librechat_analytics.usage.periods import describe_before

if TYPE_CHECKING:
    from dash.development.base_component import Component

    from librechat_analytics.dashboard.data import Questions
    from librechat_analytics.formatting import Change

ARROWS = {"up": "↑", "down": "↓", "same": "→", "new": "↑"}
SIGNS = {"up": "+", "down": "\N{MINUS SIGN}"}


def range_before(questions: Questions) -> str:
    """The range that a period is compared with; this year goes without saying, to leave it on one line."""
    this_year = questions.now.astimezone(questions.period.zone).year
    return describe_before(questions.period).replace(f" {this_year}", "")


def figure_card(id: str, label: str) -> Component:  # noqa: A002
    """A card of final height, its figure still to come, with a place for a mark of doubt."""
    return html.Div(
        [
            html.Dt(
                [label, html.Span(id=f"{id}-mark", className="card-mark")],
                className="card-label",
            ),
            html.Dd(
                [
                    html.Div(id=f"{id}-value", className="card-value"),
                    html.Div(id=f"{id}-change", className="card-change"),
                ]
            ),
        ],
        className="card-figure",
    )


def card_outputs(id: str) -> tuple[Output, Output, Output, Output]:  # noqa: A002
    """What ``card_values`` answers: the figure, its exact value, the change, and what it is compared with."""
    return (
        Output(f"{id}-value", "children"),
        Output(f"{id}-value", "title"),
        Output(f"{id}-change", "children"),
        Output(f"{id}-change", "title"),
    )


def card_values(
    text: str, exact: str, change: Change, before: str, before_range: str
) -> tuple[str, str, list[Component], str]:
    """Fill a card.

    Args:
        text: The figure as people read it.
        exact: All its digits, for the tooltip.
        change: How it stands against the range before.
        before: The figure of that range.
        before_range: That range in words.
    """
    if change.direction == "none":
        return text, exact, [], ""
    return text, exact, change_words(change, before_range), f"{before} in {before_range}"


def change_words(change: Change, before_range: str) -> list[Component]:
    """An arrow, a sign, and the whole in words: never a colour alone, and more is not better."""
    # Lines break between the days of a range, not within one.
    before_range = re.sub(r"(?<=\d) (?=[A-Z])|(?<=[a-z]) (?=\d{4})", "\N{NO-BREAK SPACE}", before_range)
    arrow = html.Span(ARROWS[change.direction], className="change-arrow", **{"aria-hidden": "true"})
    if change.direction == "same":
        return [arrow, html.Span("no change"), html.Span(f" from {before_range}", className="change-range")]
    if change.direction == "new":
        return [arrow, html.Span("new"), html.Span(f", nothing in {before_range}", className="change-range")]
    amount, _, word = change.text.rpartition(" ")
    sign = "" if amount.startswith((">", "<")) else SIGNS[change.direction]
    return [
        arrow,
        html.Span(f"{sign}{amount}", className="change-amount"),
        html.Span(f" {word} than {before_range}", className="change-range"),
    ]
