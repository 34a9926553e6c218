"""The frames that panels of every view stand in: a heading, a chart with its words, a ranked list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dash import Output, dcc, html

from librechat_analytics.dashboard import figures, tables

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dash.development.base_component import Component

    from librechat_analytics.usage.periods import Period


@dataclass(frozen=True, slots=True)
class Key:
    """What a colour stands for."""

    name: str
    color: str


PROMPT_AND_COMPLETION = (Key("Prompt", "blue"), Key("Completion", "orange"))


def panel(heading: str, *children: Any, aside: Any = None, className: str = "") -> Component:  # noqa: N803
    """A surface with a heading of its own."""
    return html.Section(
        [
            html.Div([html.H2(heading), *([aside] if aside is not None else [])], className="panel-head"),
            *children,
        ],
        className=f"panel {className}".strip(),
    )


def csv_button(view: str) -> Component:
    return html.Button(
        "CSV", id=f"{view}-csv", type="button", className="quiet-button", title="Download this table as CSV"
    )


def key_list(keys: Sequence[Key]) -> Component:
    """The legend of a chart, in the page's own type."""
    return html.Ul(
        [
            html.Li([html.Span(className=f"swatch {key.color}", **{"aria-hidden": "true"}), key.name])
            for key in keys
        ],
        className="legend",
    )


def chart(
    id: str,  # noqa: A002
    label: str,
    *,
    numbers: Sequence[str] = (),
    ranked: bool = False,
) -> Component:
    """A chart, the sentence below it, what stands there when it is empty, and its numbers as a table.

    Args:
        id: Prefix of the ids of its parts.
        label: What it shows, for those who cannot see it.
        numbers: The headers of that table; without any the view has the numbers in a table anyway.
        ranked: Horizontal bars, whose height depends on how many there are.
    """
    frame = html.Div(
        [
            dcc.Graph(
                id=f"{id}-chart",
                figure=figures.blank_figure(),
                config=figures.CONFIG,
                responsive=True,
                className="chart",
                style={"height": figures.ranked_height(10) if ranked else figures.TIME_HEIGHT},
            ),
            html.Div(id=f"{id}-empty", className="chart-empty"),
            html.Button(
                "Whole period",
                type="button",
                className="text-button zoom-reset",
                **{"data-chart": f"{id}-chart"},
            ),
        ],
        className="chart-frame",
    )
    parts = [frame, html.Figcaption(id=f"{id}-caption")]
    if numbers:
        parts.append(
            html.Details(
                [
                    html.Summary("Numbers"),
                    html.Div(
                        html.Table(
                            [
                                html.Caption(label, className="visually-hidden"),
                                html.Thead(
                                    html.Tr(
                                        [
                                            html.Th(name, scope="col", className="number" if place else None)
                                            for place, name in enumerate(numbers)
                                        ]
                                    )
                                ),
                                html.Tbody(id=f"{id}-numbers"),
                            ],
                            className="data-table plain",
                        ),
                        className="table-scroll numbers-scroll",
                        tabIndex=0,
                        role="region",
                        **{"aria-label": f"{label}, as numbers"},
                    ),
                ],
                className="numbers",
            )
        )
    return html.Figure(parts, role="group", className="chart-figure", **{"aria-label": label})


def time_chart_outputs(id: str) -> tuple[Output, ...]:  # noqa: A002
    """Figure, words for an empty one, caption, rows of numbers."""
    return (
        Output(f"{id}-chart", "figure"),
        Output(f"{id}-empty", "children"),
        Output(f"{id}-caption", "children"),
        Output(f"{id}-numbers", "children"),
    )


def ranked_chart_outputs(id: str) -> tuple[Output, ...]:  # noqa: A002
    """Figure, its height, words for an empty one, caption."""
    return (
        Output(f"{id}-chart", "figure"),
        Output(f"{id}-chart", "style"),
        Output(f"{id}-empty", "children"),
        Output(f"{id}-caption", "children"),
    )


def ranked_chart_values(figure: figures.Figure, empty: list[Any] | None, caption: str) -> tuple[object, ...]:
    return figure, {"height": figure["layout"]["height"]}, empty, caption


def number_rows(rows: Sequence[Sequence[str]]) -> list[Component]:
    """Rows of a chart's numbers, the first cell being the row's header."""
    return [
        html.Tr([html.Th(first, scope="row"), *(html.Td(text, className="number") for text in rest)])
        for first, *rest in rows
    ]


def nothing_in(period: Period, what: str) -> list[Any]:
    """Why a panel is empty, and the way to a period that may not be."""
    wider, label = ("all", "Show all time") if period.name == "30d" else ("30d", "Show the last 30 days")
    words: list[Any] = [html.Span(f"{what} in this period.")]
    if period.name != "all":
        words += [" ", html.Button(label, type="button", className="text-button", **{"data-period": wider})]
    return words


@dataclass(frozen=True, slots=True)
class Ranked:
    """An entry of a short list: what it is called, how much, and its part of the whole."""

    name: str
    detail: str
    amount: str
    exact: str
    share: float


def ranked_list(id: str) -> Component:  # noqa: A002
    """A short list of the greatest, with skeletons of final height."""
    return html.Ol(
        [html.Li(html.Span(className="skeleton-line"), className="ranked")] * 5,
        id=id,
        className="ranked-list",
    )


def ranked_items(entries: Sequence[Ranked]) -> list[Component]:
    greatest = max((entry.share for entry in entries), default=0.0)
    return [
        html.Li(
            [
                html.Div(
                    [
                        html.Span(
                            [
                                html.Span(entry.name, className="name", title=entry.name),
                                *([html.Span(entry.detail, className="detail")] if entry.detail else []),
                            ],
                            className="ranked-name",
                        ),
                        html.Span(entry.amount, className="ranked-amount", title=entry.exact),
                    ],
                    className="ranked-line",
                ),
                tables.share_bar(entry.share, greatest),
            ],
            className="ranked",
        )
        for entry in entries
    ]
