"""The frames that panels of every view stand in: a heading, a chart with its words, a ranked list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import dash_bootstrap_components as dbc
from dash import Output, dcc, html

from librechat_analytics.dashboard.charts import figures
from librechat_analytics.dashboard.charts.time_axis import bucket_bounds, bucket_labels
from librechat_analytics.dashboard.html import tables
from librechat_analytics.dashboard.html.markup import button, element

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dash.development.base_component import Component

    from librechat_analytics.dashboard.data import Questions
    from librechat_analytics.dashboard.html.markup import Markup
    from librechat_analytics.dashboard.query import PageQuery
    from librechat_analytics.usage.answers import Caching, Rates, Timeline


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


def table_panel(
    view: str,
    caption: str,
    columns: Sequence[tables.Column],
    *,
    error_slot: Component,
    placeholder: str,
) -> Component:
    """A view's table with everything around it: search, choice of columns, file, and what is shown of it."""
    tools = html.Div(
        [
            html.Label(f"Search {view}", htmlFor=f"{view}-search", className="visually-hidden"),
            dbc.Input(
                id=f"{view}-search",
                type="search",
                placeholder=placeholder,
                debounce=400,
                autocomplete="off",
                class_name="search-field",
            ),
            html.Details(
                [
                    html.Summary("Columns", className="quiet-button"),
                    # columns.js fills it: a box for each column that may be left out.
                    html.Div(className="column-choice"),
                ],
                className="columns-menu",
                **{"data-table": f"{view}-table"},
            ),
            csv_button(view),
        ],
        className="table-tools",
    )
    return panel(
        f"All {view}",
        error_slot,
        tables.data_table(view, caption, columns),
        html.Div(id=f"{view}-showing", className="table-foot", role="status"),
        aside=tools,
        className="table-panel",
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


def switch(label: str, parameter: str, choices: Sequence[tuple[str, str]]) -> Component:
    """A row of links that set one parameter of the address; the first choice is what holds without it."""
    return html.Div(
        [
            html.A(name, href="?", className="switch-choice", **{"data-set": f"{parameter}={value}"})
            for value, name in choices
        ],
        className="switch",
        role="group",
        **{"aria-label": label},
    )


def chart(
    id: str,  # noqa: A002
    label: str,
    *,
    numbers: Sequence[str] | None = (),
    ranked: bool = False,
    height: int = figures.TIME_HEIGHT,
) -> Component:
    """A chart, the sentence below it, what stands there when it is empty, and its numbers as a table.

    Args:
        id: Prefix of the ids of its parts.
        label: What it shows, for those who cannot see it.
        numbers: The headers of that table, None where they come with the numbers; without any the view has
            the numbers in a table anyway.
        ranked: Horizontal bars, whose height depends on how many there are.
        height: In pixels, for other charts.
    """
    heights = {figures.WIDE_HEIGHT: " wide-frame", figures.TALL_HEIGHT: " tall-frame"}
    kind = " ranked-frame" if ranked else heights.get(height, "")
    frame = html.Div(
        [
            dcc.Graph(
                id=f"{id}-chart",
                figure=figures.blank_figure(),
                config=figures.CONFIG,
                responsive=True,
                className="chart ranked-chart" if ranked else "chart",
                style={"height": figures.ranked_height(10) if ranked else height},
            ),
            html.Div(id=f"{id}-empty", className="chart-empty"),
            html.Button(
                "Whole period",
                type="button",
                className="text-button zoom-reset",
                **{"data-chart": f"{id}-chart"},
            ),
        ],
        className=f"chart-frame{kind}",
    )
    foot = [_numbers(id, label, numbers)] if numbers is None or numbers else []
    foot.append(files(id, label, f"{id}-chart"))
    return html.Figure(
        [
            frame,
            html.Figcaption(id=f"{id}-caption"),
            html.Div(foot, className="chart-foot" if len(foot) > 1 else "chart-foot bare"),
        ],
        role="group",
        className="chart-figure",
        **{"aria-label": label},
    )


def files(id: str, label: str, drawing: str) -> Component:  # noqa: A002
    """The buttons that write a chart's numbers and its picture into files; ``drawing``: the picture's id."""
    numbers = html.Button(
        "CSV",
        id=f"{id}-csv",
        type="button",
        className="text-button",
        title="Download these numbers as CSV",
        **{"aria-label": f"CSV: {label}"},
    )
    picture = html.Button(
        "PNG",
        type="button",
        className="text-button",
        title="Download this picture",
        **{"aria-label": f"PNG: {label}", "data-png": drawing, "data-title": label},
    )
    return html.Div([numbers, picture], className="chart-files")


def _numbers(id: str, label: str, headers: Sequence[str] | None) -> Component:  # noqa: A002
    head = html.Tr(
        [
            html.Th(name, scope="col", className="number" if place else None)
            for place, name in enumerate(headers or ())
        ],
        id=f"{id}-numbers-head",
    )
    table = html.Table(
        [
            html.Caption(label, className="visually-hidden"),
            html.Thead(head),
            html.Tbody(id=f"{id}-numbers", className="rows"),
        ],
        className="data-table plain",
    )
    scroll = html.Div(
        table,
        className="table-scroll numbers-scroll",
        tabIndex=0,
        role="region",
        **{"aria-label": f"{label}, as numbers"},
    )
    return html.Details([html.Summary("Numbers"), scroll], className="numbers")


def chart_outputs(id: str) -> tuple[Output, Output]:  # noqa: A002
    """The figure and the sentence below it."""
    return Output(f"{id}-chart", "figure"), Output(f"{id}-caption", "children")


def ranked_chart_outputs(id: str) -> tuple[Output, Output, Output]:  # noqa: A002
    """The figure, its height, and the sentence below it."""
    figure, caption = chart_outputs(id)
    return figure, Output(f"{id}-chart", "style"), caption


def ranked_chart_values(figure: figures.Figure, caption: str) -> tuple[object, object, object]:
    return figure, {"height": figure["layout"]["height"]}, caption


def number_head(names: Sequence[str]) -> list[Markup]:
    """The headers of a chart's numbers."""
    return [
        element("th", name, scope="col", class_name="number" if place else None)
        for place, name in enumerate(names)
    ]


def legend_entries(entries: Sequence[tuple[str, str, str]]) -> list[Markup]:
    """What each colour stands for: the swatch's class, a name, and something in smaller type."""
    return [
        element(
            "li",
            element("span", class_name=f"swatch {color}", hidden_from_readers="true"),
            element("span", name, class_name="name", title=name),
            *([element("span", detail, class_name="detail")] if detail else []),
        )
        for color, name, detail in entries
    ]


def number_rows(rows: Sequence[Sequence[Markup]]) -> list[Markup]:
    """Rows of a chart's numbers, the first cell being the row's header."""
    return [
        element(
            "tr",
            element("th", first, scope="row"),
            *(element("td", cell, class_name="number") for cell in rest),
        )
        for first, *rest in rows
    ]


def bucket_links(query: PageQuery, view: str, timeline: Timeline | Caching | Rates) -> list[Markup]:
    """The buckets of a timeline in words; each leads to itself as the period of the view."""
    starts = list(timeline.points["start"])
    partial = timeline.points.get("partial", [False] * len(starts))
    names = bucket_labels(starts, [bool(cut) for cut in partial], timeline.unit)
    if len(names) < 2:
        return list(names)  # it is on screen already
    bounds = bucket_bounds(starts, list(timeline.points["end"]), timeline.unit)
    kept = {"measure": None if query.measure == "cost" else query.measure, "split": query.split}
    return [
        element("a", name, href=query.link(view, period="custom", start=start, end=end, **kept))
        for name, (start, end) in zip(names, bounds, strict=True)
    ]


def nothing_in(questions: Questions, what: str) -> list[Markup]:
    """Why a panel is empty, and the way to a period that may not be."""
    if questions.first_usage is None:
        return [element("span", f"{what} yet.")]
    if questions.filters.chosen().keys() - {questions.query.subject}:
        clear = button("Clear the filters", action="clear-filters")
        return [element("span", f"{what} in this period with these filters."), " ", clear]
    words: list[Markup] = [element("span", f"{what} in this period.")]
    if questions.period.name == "30d":
        words += [" ", button("Show all time", period="all")]
    elif questions.period.name != "all":
        words += [" ", button("Show the last 30 days", period="30d")]
    return words


@dataclass(frozen=True, slots=True)
class Ranked:
    """An entry of a short list: what it is called, how much, and its part of the whole."""

    name: str
    detail: str
    amount: str
    exact: str
    share: float
    href: str | None = None
    detail_href: str | None = None


def ranked_list(id: str) -> Component:  # noqa: A002
    """A short list of the greatest, which ``fill.js`` fills."""
    return html.Ol(id=id, className="ranked-list")


def ranked_items(entries: Sequence[Ranked]) -> list[Markup]:
    greatest = max((entry.share for entry in entries), default=0.0)
    items = []
    for entry in entries:
        named = element("a", entry.name, href=entry.href) if entry.href else entry.name
        name = [element("span", named, class_name="name", title=entry.name)]
        if entry.detail:
            more = element("a", entry.detail, href=entry.detail_href) if entry.detail_href else entry.detail
            name.append(element("span", more, class_name="detail"))
        line = element(
            "div",
            element("span", *name, class_name="ranked-name"),
            element("span", entry.amount, class_name="ranked-amount", title=entry.exact),
            class_name="ranked-line",
        )
        items.append(element("li", line, tables.share_bar(entry.share, greatest), class_name="ranked"))
    return items
