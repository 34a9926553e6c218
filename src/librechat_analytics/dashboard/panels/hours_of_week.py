"""The hours of the week: a table of weekdays and hours, with a darker colour for more usage."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from dash import html

from librechat_analytics.dashboard.html import frames
from librechat_analytics.dashboard.html.markup import element
from librechat_analytics.dashboard.panels.base import Panel
from librechat_analytics.dashboard.panels.measures import AS_TEXT, MEASURES, of_row
from librechat_analytics.dashboard.panels.parts import Frame
from librechat_analytics.dashboard.panels.targets import Fills, Target
from librechat_analytics.dashboard.words import captions
from librechat_analytics.dashboard.words.empties import nothing_in
from librechat_analytics.exports.sheets import hours_of_week_sheet
from librechat_analytics.formatting import SHORT_WEEKDAYS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dash.development.base_component import Component

    from librechat_analytics.dashboard.data import PageData
    from librechat_analytics.dashboard.html.markup import Markup
    from librechat_analytics.exports.sheets import Sheet
    from librechat_analytics.usage.timeline_answers import HourRow

LABEL = "Usage by weekday and hour"
LEVELS = 5
HOURS_NAMED = 3
"""The table names every third hour."""


@dataclass(frozen=True, slots=True)
class HeatMap:
    """A table of the week's hours with coloured cells, and the sentence below it."""

    id: str

    @property
    def targets(self) -> tuple[Target, ...]:
        return self._caption, self._rows, self._empty

    @property
    def _caption(self) -> Target:
        return Target(f"{self.id}-caption", "children")

    @property
    def _rows(self) -> Target:
        return Target(f"{self.id}-rows")

    @property
    def _empty(self) -> Target:
        return Target(f"{self.id}-empty")

    def fill(self, rows: list[Markup], *, caption: str, empty: list[Markup]) -> Fills:
        """Fill the table; ``empty``: what it says without usage, else nothing."""
        return Fills({self._caption: caption, self._rows: rows, self._empty: empty})

    def layout(self) -> Component:
        """Make the table before the first answer."""
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
                html.Tbody(id=self._rows.id, className="rows"),
            ],
            className="heat-map",
            id=f"{self.id}-map",
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
        return html.Figure(
            [
                html.Div(
                    [table, html.Div(id=self._empty.id, className="chart-empty")], className="heat-frame"
                ),
                html.Figcaption(id=self._caption.id),
                html.Div(className="heat-said", role="status"),
                html.Div(
                    [scale, frames.chart_files(self.id, LABEL, f"{self.id}-map")], className="chart-foot"
                ),
            ],
            role="group",
            className="chart-figure",
            **{"aria-label": LABEL},
        )


HEAT_MAP = HeatMap("rhythm")
FRAME = Frame("rhythm-frame")

SHORTEST = timedelta(days=7) - timedelta(hours=1)
"""A shorter period has not had every hour of the week; a week may have an hour less."""


def layout() -> Component:
    """Make the panel before the first answer."""
    box = frames.box(
        "Hours of the week",
        PANEL.error_slot(),
        HEAT_MAP.layout(),
        aside=frames.switch("Measure of the hours", "measure", MEASURES),
        class_name="rhythm",
    )
    return html.Div(box, id=FRAME.id)


def _answer(data: PageData) -> Fills:
    if data.period.range.elapsed < SHORTEST:
        return FRAME.fill(hidden=True) + HEAT_MAP.fill([], caption="", empty=[])
    hours, measure = data.hours_of_week.rows, data.query.measure
    values = [of_row(hour, measure) for hour in hours]
    as_text = AS_TEXT[measure]
    return FRAME.fill(hidden=False) + HEAT_MAP.fill(
        heat_rows(hours, values, as_text),
        caption=captions.hours_of_week(hours, values, measure, as_text),
        empty=[] if any(hour.calls for hour in hours) else nothing_in(data, "No usage"),
    )


def heat_rows(hours: Sequence[HourRow], values: Sequence[float], as_text: captions.AsText) -> list[Markup]:
    """Write a row for each weekday, with a coloured cell for each hour."""
    by_hour = {(row.weekday, row.hour): value for row, value in zip(hours, values, strict=True)}
    greatest = max(values, default=0)
    return [
        element(
            "tr",
            element("th", name, scope="row"),
            *(_cell(name, hour, by_hour[weekday, hour], greatest, as_text) for hour in range(24)),
        )
        for weekday, name in enumerate(SHORT_WEEKDAYS)
    ]


def _cell(weekday: str, hour: int, value: float, greatest: float, as_text: captions.AsText) -> Markup:
    text = as_text(value)
    return element(
        "td",
        element("span", text, class_name="visually-hidden"),
        class_name=f"heat level-{level(value, greatest)}",
        title=f"{weekday} {hour:02d}:00\N{EN DASH}{(hour + 1) % 24:02d}:00: {text}",
    )


def level(value: float, greatest: float) -> int:
    """Choose a cell's colour: 0 for nothing, 1 to 5 for the fifths of the greatest value."""
    if value <= 0 or greatest <= 0:
        return 0
    return min(LEVELS, int(value / greatest * LEVELS) + 1)


def csv(data: PageData) -> Sheet:
    return hours_of_week_sheet(data.hours_of_week)


PANEL = Panel("rhythm", (FRAME, HEAT_MAP), _answer)
