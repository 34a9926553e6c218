"""What prompt caches did: how much of the prompts came from them, and what that saved."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from dash import html

from librechat_analytics.dashboard.charts import figures
from librechat_analytics.dashboard.html import blocks
from librechat_analytics.dashboard.panels.base import Panel
from librechat_analytics.dashboard.words import captions
from librechat_analytics.exports.sheets import caching_sheet
from librechat_analytics.formatting import integer, money, share

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dash.development.base_component import Component

    from librechat_analytics.dashboard.data import Questions
    from librechat_analytics.dashboard.html.markup import Markup
    from librechat_analytics.exports.sheets import Sheet

RATE = "cache-rate"
SAVED = "cache-saved"
LEAST_RATE_AXIS = 10.0


def panels() -> Component:
    return html.Div(
        [
            blocks.panel(
                "Prompts from caches",
                PANEL.error_slot(),
                blocks.chart(
                    RATE,
                    "Share of prompt tokens that came from a cache, over time",
                    numbers=("Time", "From a cache", "Read", "Written", "Prompt tokens"),
                ),
            ),
            blocks.panel(
                "Saved by caches, estimated",
                blocks.chart(
                    SAVED,
                    "Dollars that caches saved, over time",
                    numbers=("Time", "Saved"),
                ),
            ),
        ],
        className="columns two",
    )


def _answer(questions: Questions) -> tuple[object, ...]:
    caching = questions.caching
    points = caching.points
    revision, coarse = questions.query.revision, questions.query.coarse
    rates = [math.nan if rate is None else 100.0 * float(rate) for rate in points["hit_rate"]]
    saved = [float(value) for value in points["saved_usd"]]
    known = [rate for rate in rates if not math.isnan(rate)]
    rate_figure = figures.line_over_time(
        caching,
        figures.Series("From a cache", rates, [share(rate) for rate in points["hit_rate"]]),
        revision=revision,
        coarse=coarse,
        suffix=" %",
        most=max([*known, LEAST_RATE_AXIS]) * 1.08,
    )
    saved_figure = figures.signed_bars_over_time(
        caching,
        figures.Series("Saved", saved, [money(value) for value in saved]),
        revision=revision,
        coarse=coarse,
        prefix="$",
        least=figures.LEAST_COST_AXIS_USD,
    )
    prompts = int(points["prompt_tokens"].sum())
    empty = [] if prompts else blocks.nothing_in(questions, "No prompts")
    buckets = blocks.bucket_links(questions.query, "models", caching)
    counts = ("cache_read_tokens", "cache_write_tokens", "prompt_tokens")
    rate_rows: list[Sequence[Markup]] = [
        (bucket, share(rate), *(integer(int(count)) for count in row))
        for bucket, rate, *row in zip(
            buckets, points["hit_rate"], *(points[column] for column in counts), strict=True
        )
    ]
    prompt_cost = float(questions.cost_breakdown.rows["prompt_cost_usd"].sum())
    return (
        rate_figure,
        captions.hit_rate(points),
        saved_figure,
        captions.saved(points, prompt_cost) if prompts else "",
        empty,
        blocks.number_rows(rate_rows),
        empty,
        blocks.number_rows([(bucket, money(value)) for bucket, value in zip(buckets, saved, strict=True)]),
    )


def csv(questions: Questions) -> Sheet:
    """Both charts' numbers."""
    return caching_sheet(questions.caching)


PANEL = Panel(
    "caches",
    (*blocks.chart_outputs(RATE), *blocks.chart_outputs(SAVED)),
    (f"{RATE}-empty", f"{RATE}-numbers", f"{SAVED}-empty", f"{SAVED}-numbers"),
    _answer,
)
CHARTS = {RATE: csv, SAVED: csv}
