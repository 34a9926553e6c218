"""The frames around what panels show: boxes with headings, switches, legends, buttons for files."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from dash import html

from librechat_analytics.dashboard.html.markup import element
from librechat_analytics.formatting import FILTER_LABELS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dash.development.base_component import Component

    from librechat_analytics.dashboard.html.markup import Markup


class Key(NamedTuple):
    """An entry of a legend: the class of its swatch, its name, and a detail in smaller type."""

    swatch: str
    name: str
    detail: str = ""


PROMPT_AND_COMPLETION = (Key("blue", "Prompt"), Key("orange", "Completion"))


def box(
    heading: str, *children: Component, aside: Component | None = None, class_name: str = ""
) -> Component:
    """Make a surface with a heading; ``aside`` goes beside the heading."""
    return html.Section(
        [
            html.Div([html.H2(heading), *([aside] if aside is not None else [])], className="panel-head"),
            *children,
        ],
        className=f"panel {class_name}".strip(),
    )


def csv_button(view: str) -> Component:
    """Make the button that downloads a view's table."""
    return html.Button(
        "CSV", id=f"{view}-csv", type="button", className="quiet-button", title="Download this table as CSV"
    )


def list_files(view: str, called: str) -> list[Component]:
    """Make the buttons that download a view's list: what the search has found, and all of it.

    The style shows the second one only while there is a search.
    """
    return [
        html.Button(
            "CSV",
            id=f"{view}-csv",
            type="button",
            className="quiet-button",
            title="Download this list as CSV, with all its columns, in this order",
        ),
        html.Button(
            f"CSV of all {called}",
            id=f"{view}-all-csv",
            type="button",
            className="quiet-button all-rows",
            title="Download the list as CSV without the search",
        ),
    ]


def chart_files(chart_id: str, label: str, drawing: str) -> Component:
    """Make the buttons that download a chart's numbers and its picture; ``drawing``: the picture's id."""
    picture = html.Button(
        "PNG",
        type="button",
        className="text-button",
        title="Download this picture",
        **{"aria-label": f"PNG: {label}", "data-png": drawing, "data-title": label},
    )
    return html.Div([numbers_file(chart_id, label), picture], className="chart-files")


def numbers_file(chart_id: str, label: str) -> Component:
    """Make the button that downloads the numbers of a chart or list."""
    return html.Button(
        "CSV",
        id=f"{chart_id}-csv",
        type="button",
        className="text-button",
        title="Download these numbers as CSV",
        **{"aria-label": f"CSV: {label}"},
    )


def switch(label: str, parameter: str, choices: Sequence[tuple[str, str]], *others: Component) -> Component:
    """Make a row of links that set one parameter of the address; the first choice is its default.

    ``others``: choices that are not always there.
    """
    always = (choice(parameter, value, name) for value, name in choices)
    return html.Div([*always, *others], className="switch", role="group", **{"aria-label": label})


def choice(parameter: str, value: str, name: str, *, class_name: str = "", **more: str | bool) -> Component:
    """Make a choice of a switch."""
    classes = f"switch-choice {class_name}".rstrip()
    return html.A(name, href="?", className=classes, **more, **{"data-set": f"{parameter}={value}"})


def cost_center_choice(parameter: str) -> Component:
    """Make the choice of cost centres, which the style hides on a page without definitions."""
    return choice(parameter, "cost_center", FILTER_LABELS["cost_center"], class_name="of-cost-centers")


def legend(keys: Sequence[Key]) -> Component:
    """Make a legend that never changes."""
    return html.Ul(
        [
            html.Li([html.Span(className=f"swatch {key.swatch}", **{"aria-hidden": "true"}), key.name])
            for key in keys
        ],
        className="legend",
    )


def legend_entries(keys: Sequence[Key]) -> list[Markup]:
    """Write the entries of a legend that changes with the answer."""
    return [
        element(
            "li",
            element("span", class_name=f"swatch {key.swatch}", hidden_from_readers="true"),
            element("span", key.name, class_name="name", title=key.name),
            *([element("span", key.detail, class_name="detail")] if key.detail else []),
        )
        for key in keys
    ]
