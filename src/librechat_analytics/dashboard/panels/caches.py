"""What prompt caches did: how many prompt tokens came from them, and what that saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash import html

from librechat_analytics.dashboard.charts.colours import BLUE
from librechat_analytics.dashboard.charts.figure import LEAST_COST_AXIS_USD, series
from librechat_analytics.dashboard.charts.over_time import (
    Line,
    Options,
    area_over_time,
    signed_bars_over_time,
)
from librechat_analytics.dashboard.charts.time_axis import TimeAxis
from librechat_analytics.dashboard.html import frames
from librechat_analytics.dashboard.panels.base import Panel
from librechat_analytics.dashboard.panels.buckets import bucket_links
from librechat_analytics.dashboard.panels.parts import Chart
from librechat_analytics.dashboard.words import captions
from librechat_analytics.dashboard.words.empties import nothing_in
from librechat_analytics.exports.sheets import caching_sheet
from librechat_analytics.formatting import integer, money, share

if TYPE_CHECKING:
    from dash.development.base_component import Component

    from librechat_analytics.dashboard.data import PageData
    from librechat_analytics.dashboard.panels.targets import Fills
    from librechat_analytics.exports.sheets import Sheet

LEAST_RATE_AXIS = 10.0

RATE = Chart(
    "cache-rate",
    "Share of prompt tokens that came from a cache, over time",
    numbers=("Time", "From a cache", "Read", "Written", "Prompt tokens"),
)
SAVED = Chart("cache-saved", "Dollars that caches saved, over time", numbers=("Time", "Saved"))


def layout() -> Component:
    """Make both charts before the first answer."""
    return html.Div(
        [
            frames.box("Prompts from caches", PANEL.error_slot(), RATE.layout()),
            frames.box("Estimated savings from caching", SAVED.layout()),
        ],
        className="columns two",
    )


def _answer(data: PageData) -> Fills:
    points, axis = data.caching.points, TimeAxis.of(data.caching)
    revision, coarse = data.query.revision, data.query.coarse
    percents = [None if point.hit_rate is None else 100.0 * point.hit_rate for point in points]
    hit_rates = [share(point.hit_rate) for point in points]
    buckets = bucket_links(data.query, "models", axis)
    empty = [] if any(point.prompt_tokens for point in points) else nothing_in(data, "No prompts")
    prompt_cost_usd = sum(row.prompt_cost_usd for row in data.cost_breakdown.rows)
    rate = RATE.fill(
        area_over_time(
            axis,
            Line("From a cache", percents, hit_rates, BLUE),
            Options(revision, coarse, suffix="%", least=LEAST_RATE_AXIS),
        ),
        caption=captions.hit_rate(points),
        empty=empty,
        rows=[
            (
                bucket,
                hit_rate,
                integer(point.cache_read_tokens),
                integer(point.cache_write_tokens),
                integer(point.prompt_tokens),
            )
            for bucket, hit_rate, point in zip(buckets, hit_rates, points, strict=True)
        ],
    )
    saved = SAVED.fill(
        signed_bars_over_time(
            axis,
            series("Saved", [point.saved_usd for point in points], money),
            Options(revision, coarse, prefix="$", least=LEAST_COST_AXIS_USD),
        ),
        caption=captions.saved(points, prompt_cost_usd),
        empty=empty,
        rows=[(bucket, money(point.saved_usd)) for bucket, point in zip(buckets, points, strict=True)],
    )
    return rate + saved


def csv(data: PageData) -> Sheet:
    """Lay out the numbers of both charts."""
    return caching_sheet(data.caching)


PANEL = Panel("caches", (RATE, SAVED), _answer)
CHARTS = {RATE.id: csv, SAVED.id: csv}
