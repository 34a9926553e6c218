"""When in the week a LibreChat is used: a table of weekdays and hours whose cells are coloured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash import Output, html

from librechat_analytics.dashboard.charts.time_axis import WEEKDAYS
from librechat_analytics.dashboard.html import blocks
from librechat_analytics.dashboard.html.markup import element
from librechat_analytics.dashboard.panels.base import Panel
from librechat_analytics.dashboard.panels.over_time import MEASURES, SPLIT_COLUMNS, as_text
from librechat_analytics.dashboard.words import captions
from librechat_analytics.exports.sheets import hours_of_week_sheet

if TYPE_CHECKING:
    from dash.development.base_component import Component

    from librechat_analytics.dashboard.data import Questions
    from librechat_analytics.dashboard.html.markup import Markup
    from librechat_analytics.exports.sheets import Sheet
    from librechat_analytics.usage.answers import Rhythm

ID = "rhythm"
LABEL = "Usage by weekday and hour"
LEVELS = 5
HOURS_NAMED = 3


def panel() -> Component:
    heads = [
        html.Th(
            html.Span(f"{hour:02d}", className=None if hour % HOURS_NAMED == 0 else "visually-hidden"),
            scope="col",
        )
        for hour in range(24)
    ]
    table = html.Table(
        [
            html.Caption(LABEL, className="visually-hidden"),
            html.Thead(html.Tr([html.Td(), *heads])),
            html.Tbody(id=f"{ID}-rows", className="rows"),
        ],
        className="heat-map",
        id=f"{ID}-map",
    )
    scale = html.Div(
        [
            html.Span("less"),
            *(html.Span(className=f"heat level-{level}") for level in range(LEVELS + 1)),
            html.Span("more"),
        ],
        className="heat-scale",
        **{"aria-hidden": "true"},
    )
    return blocks.panel(
        "Hours of the week",
        PANEL.error_slot(),
        html.Figure(
            [
                html.Div(
                    [table, html.Div(id=f"{ID}-empty", className="chart-empty")], className="heat-frame"
                ),
                html.Figcaption(id=f"{ID}-caption"),
                html.Div(className="heat-said", role="status"),
                html.Div([scale, blocks.files(ID, LABEL, f"{ID}-map")], className="chart-foot"),
            ],
            role="group",
            className="chart-figure",
            **{"aria-label": LABEL},
        ),
        aside=blocks.switch("Measure of the hours", "measure", MEASURES),
        className="rhythm",
    )


def _answer(questions: Questions) -> tuple[object, ...]:
    rhythm, measure = questions.rhythm, questions.query.measure
    text, column = as_text(measure), SPLIT_COLUMNS[measure]
    empty = [] if rhythm.rows["calls"].sum() else blocks.nothing_in(questions, "No usage")
    caption = captions.rhythm(rhythm.rows, column, measure, text)
    return caption, heat_rows(rhythm, column, text), empty


def heat_rows(rhythm: Rhythm, column: str, text: captions.AsText) -> list[Markup]:
    """A row for each weekday: its hours as coloured cells that say how much it was."""
    values = {
        (int(weekday), int(hour)): value
        for weekday, hour, value in zip(
            rhythm.rows["weekday"], rhythm.rows["hour"], rhythm.rows[column], strict=True
        )
    }
    greatest = float(max(values.values(), default=0))
    return [
        element(
            "tr",
            element("th", name, scope="row"),
            *(
                element(
                    "td",
                    element("span", text(values[weekday, hour]), class_name="visually-hidden"),
                    class_name=f"heat level-{level(float(values[weekday, hour]), greatest)}",
                    title=f"{name} {hour:02d}:00\N{EN DASH}{(hour + 1) % 24:02d}:00: "
                    f"{text(values[weekday, hour])}",
                )
                for hour in range(24)
            ),
        )
        for weekday, name in enumerate(WEEKDAYS)
    ]


def level(value: float, greatest: float) -> int:
    """How strong a cell's colour is: 0 for nothing, then fifths of the greatest."""
    if value <= 0 or greatest <= 0:
        return 0
    return min(LEVELS, int(value / greatest * LEVELS) + 1)


def csv(questions: Questions) -> Sheet:
    return hours_of_week_sheet(questions.rhythm)


PANEL = Panel(
    "rhythm",
    (Output(f"{ID}-caption", "children"),),
    (f"{ID}-rows", f"{ID}-empty"),
    _answer,
)
