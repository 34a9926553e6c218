"""The button with the period's name, the menu that it opens, and the steps beside it; scripts fill them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash import html

from librechat_analytics.dashboard import ids
from librechat_analytics.dashboard.comboboxes import combobox
from librechat_analytics.dashboard.dash_seams.plain_input import plain_input
from librechat_analytics.dashboard.query import CUSTOM_PERIOD
from librechat_analytics.usage.periods import PERIODS, ROLLING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dash.development.base_component import Component

COMPARED_WITH = {"": "The previous period", "year": "The same period last year", "none": "Nothing"}
"""What each value of the address compares with; the empty one is the default."""


def groups() -> dict[str, tuple[str, ...]]:
    """Group the periods that have a name: those that move with the clock, and those of the calendar."""
    # Other days are picked in the calendar or typed, so they have no button.
    calendar = tuple(name for name in PERIODS if name not in (*ROLLING, CUSTOM_PERIOD))
    return {"Rolling": ROLLING, "Calendar": calendar}


def period_controls() -> Component:
    """Make the steps and the button between them."""
    return html.Div(
        [
            _step("earlier"),
            html.Button(
                [html.Span("Period: ", className="visually-hidden"), html.Span(id="period-name")],
                id=ids.PERIOD,
                type="button",
                className="quiet-button period-button",
                **{"aria-haspopup": "dialog", "aria-expanded": "false", "aria-controls": ids.PERIOD_MENU},
            ),
            _step("later"),
        ],
        className="period",
    )


def _step(name: str) -> Component:
    return html.Button(
        id=name, type="button", className=f"quiet-button step {name}", **{"aria-label": name.capitalize()}
    )


def period_menu(default_zone: str) -> Component:
    """Make the menu; ``default_zone``: the server's own, one of the zones that are offered first."""
    return html.Div(
        [
            html.Div(_typing(), className="period-typing"),
            html.Div([_group(title, names) for title, names in groups().items()], className="period-presets"),
            _calendar(),
            html.Div(
                [
                    html.Div(_comparison()),
                    html.Div(
                        combobox(
                            ids.ZONE, "zones", "Time zone", "Berlin", **{"data-configured": default_zone}
                        )
                    ),
                ],
                className="period-more",
            ),
        ],
        id=ids.PERIOD_MENU,
        className="period-menu",
        role="dialog",
        hidden=True,
        tabIndex="-1",
        **{"aria-label": "Choose a period"},
    )


def _comparison() -> list[Component]:
    choices = [html.Option(words, value=value) for value, words in COMPARED_WITH.items()]
    return [
        html.Label("Compare with", htmlFor="compare"),
        html.Select(choices, id="compare", className="form-select", **{"data-param": "compare"}),
    ]


def _typing() -> list[Component]:
    field = plain_input(
        "period-typed", placeholder="oct, last week, 10-20..10-31", **{"aria-describedby": "period-read"}
    )
    return [
        html.Label("Type a period", htmlFor="period-typed"),
        field,
        html.P(id="period-read", className="period-read", role="status"),
    ]


def _group(title: str, names: Sequence[str]) -> Component:
    buttons = [
        html.Button(PERIODS[name], type="button", className="preset", **{"data-period": name})
        for name in names
    ]
    return html.Div(
        [html.P(title, className="period-title"), html.Div(buttons, className="presets")],
        role="group",
        **{"aria-label": f"{title} periods"},
    )


def _calendar() -> Component:
    return html.Div(
        [
            html.Div(
                [
                    _turn("Month before", -1),
                    html.P(className="calendar-title", **{"aria-live": "polite"}),
                    _turn("Month after", 1),
                ],
                className="calendar-head",
            ),
            html.Div(role="grid", className="calendar-days", **{"aria-label": "Days"}),
            html.P("Pick the first and the last day.", className="calendar-hint"),
        ],
        id="period-calendar",
        className="period-calendar",
        role="group",
        **{"aria-label": "Calendar"},
    )


def _turn(label: str, months: int) -> Component:
    name = "earlier" if months < 0 else "later"
    return html.Button(
        type="button", className=f"turn {name}", **{"aria-label": label, "data-turn": str(months)}
    )
