"""Cost and tokens over time of one user, model or agent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash import html

from librechat_analytics.dashboard.charts.colours import ORANGE
from librechat_analytics.dashboard.charts.figure import LEAST_COST_AXIS_USD, series
from librechat_analytics.dashboard.charts.over_time import Options, bars_over_time
from librechat_analytics.dashboard.charts.time_axis import TimeAxis
from librechat_analytics.dashboard.html import frames
from librechat_analytics.dashboard.panels.base import Panel
from librechat_analytics.dashboard.panels.buckets import bucket_links
from librechat_analytics.dashboard.panels.measures import tokens_text
from librechat_analytics.dashboard.panels.parts import Chart
from librechat_analytics.dashboard.words import captions
from librechat_analytics.dashboard.words.empties import nothing_in
from librechat_analytics.exports.sheets import timeline_sheet
from librechat_analytics.formatting import integer, money, tokens

if TYPE_CHECKING:
    from dash.development.base_component import Component

    from librechat_analytics.dashboard.data import PageData
    from librechat_analytics.dashboard.panels.targets import Fills
    from librechat_analytics.exports.sheets import Sheet

COST = Chart("detail-cost-time", "Cost over time", numbers=("Time", "Cost", "Calls"))
TOKENS = Chart(
    "detail-tokens-time",
    "Prompt and completion tokens over time",
    numbers=("Time", "Prompt", "Completion", "Total"),
)


def layout() -> Component:
    """Make both charts before the first answer."""
    return html.Div(
        [
            frames.box("Cost over time", PANEL.error_slot(), COST.layout()),
            frames.box(
                "Tokens over time", TOKENS.layout(), aside=frames.legend(frames.PROMPT_AND_COMPLETION)
            ),
        ],
        className="columns two",
    )


def _answer(data: PageData) -> Fills:
    points, axis = data.timeline.points, TimeAxis.of(data.timeline)
    revision, coarse = data.query.revision, data.query.coarse
    buckets = bucket_links(data.query, data.query.subject or "overview", axis)
    empty = [] if any(point.calls for point in points) else nothing_in(data, "No usage")
    costs_usd = [point.cost_usd for point in points]
    totals = [point.total_tokens for point in points]
    cost = COST.fill(
        bars_over_time(
            axis,
            [series("Cost", costs_usd, money)],
            Options(revision, coarse, prefix="$", least=LEAST_COST_AXIS_USD),
        ),
        caption=captions.peak_and_average(axis, costs_usd, money),
        empty=empty,
        rows=[
            (bucket, money(point.cost_usd), integer(point.calls))
            for bucket, point in zip(buckets, points, strict=True)
        ],
    )
    token_bars = bars_over_time(
        axis,
        [
            series("Prompt", [point.prompt_tokens for point in points], tokens),
            series("Completion", [point.completion_tokens for point in points], tokens, ORANGE),
        ],
        Options(revision, coarse),
        totals=[tokens(total) for total in totals],
    )
    return cost + TOKENS.fill(
        token_bars,
        caption=captions.peak_and_average(axis, totals, tokens_text),
        empty=empty,
        rows=[
            (
                bucket,
                integer(point.prompt_tokens),
                integer(point.completion_tokens),
                integer(point.total_tokens),
            )
            for bucket, point in zip(buckets, points, strict=True)
        ],
    )


def _csv(data: PageData) -> Sheet:
    return timeline_sheet(data.counted_timeline)


PANEL = Panel("detail-over-time", (COST, TOKENS), _answer)
CHARTS = {COST.id: _csv, TOKENS.id: _csv}
