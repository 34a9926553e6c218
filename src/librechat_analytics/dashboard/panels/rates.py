"""What a million tokens of one model really cost over time; hidden on pages of users and agents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash import html

from librechat_analytics.dashboard.charts.colours import BLUE, ORANGE
from librechat_analytics.dashboard.charts.figure import LEAST_COST_AXIS_USD
from librechat_analytics.dashboard.charts.over_time import Line, Options, lines_over_time
from librechat_analytics.dashboard.charts.time_axis import TimeAxis
from librechat_analytics.dashboard.html import frames
from librechat_analytics.dashboard.panels.base import Panel
from librechat_analytics.dashboard.panels.buckets import bucket_links
from librechat_analytics.dashboard.panels.parts import Chart, Frame
from librechat_analytics.dashboard.words import captions
from librechat_analytics.dashboard.words.empties import nothing_in
from librechat_analytics.exports.columns import COMPLETION_RATE, PROMPT_RATE
from librechat_analytics.exports.sheets import parts_sheet
from librechat_analytics.formatting import rate

if TYPE_CHECKING:
    from dash.development.base_component import Component

    from librechat_analytics.dashboard.data import PageData
    from librechat_analytics.dashboard.panels.targets import Fills
    from librechat_analytics.exports.sheets import Sheet

FRAME = Frame("detail-rates-frame")
CHART = Chart(
    "detail-rates",
    "What a million prompt and completion tokens really cost over time",
    numbers=("Time", "Prompt", "Completion"),
)


def layout() -> Component:
    """Make the panel before the first answer."""
    return html.Div(
        frames.box(
            "Price of a million tokens over time",
            PANEL.error_slot(),
            CHART.layout(),
            aside=frames.legend(frames.PROMPT_AND_COMPLETION),
        ),
        id=FRAME.id,
        hidden=True,
    )


def _answer(data: PageData) -> Fills:
    if data.query.subject != "model":
        return FRAME.fill(hidden=True) + CHART.fill_blank()
    points, axis = data.rates.points, TimeAxis.of(data.rates)
    prompts = [point.prompt_rate for point in points]
    completions = [point.completion_rate for point in points]
    is_known = any(value is not None for value in (*prompts, *completions))
    figure = lines_over_time(
        axis,
        [
            Line("Prompt", prompts, [rate(value) for value in prompts], BLUE),
            Line("Completion", completions, [rate(value) for value in completions], ORANGE),
        ],
        Options(data.query.revision, data.query.coarse, prefix="$", least=LEAST_COST_AXIS_USD),
    )
    return FRAME.fill(hidden=False) + CHART.fill(
        figure,
        caption=captions.RATES if is_known else "",
        empty=[] if is_known else nothing_in(data, "No usage"),
        rows=[
            (bucket, rate(point.prompt_rate), rate(point.completion_rate))
            for bucket, point in zip(bucket_links(data.query, "model", axis), points, strict=True)
        ],
    )


def csv(data: PageData) -> Sheet:
    points = data.rates.points
    return parts_sheet(
        data.rates,
        [
            (PROMPT_RATE, [point.prompt_rate for point in points]),
            (COMPLETION_RATE, [point.completion_rate for point in points]),
        ],
    )


PANEL = Panel("detail-rates", (FRAME, CHART), _answer)
