"""What is usual, behind the bars of a chart over time and in its sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from librechat_analytics.dashboard.charts.over_time import Band
from librechat_analytics.dashboard.words import usual_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from librechat_analytics.dashboard.charts.time_axis import TimeAxis
    from librechat_analytics.dashboard.data import PageData

MOST_NAMED = 2
"""The sentence names the newest unusual buckets; all have a mark."""


def usual_bands(data: PageData) -> list[Band | None]:
    """Give what is usual in each bucket of the timeline; None where that is not known."""
    return [
        None
        if usual is None
        else Band(
            usual.low_usd,
            usual.high_usd,
            usual_words.band(usual),
            usual_words.deviation(usual, point.cost_usd, point.start.weekday()),
        )
        for usual, point in zip(data.usual_costs, data.timeline.points, strict=True)
    ]


def usual_sentences(data: PageData, axis: TimeAxis, bands: Sequence[Band | None]) -> list[str]:
    """Compare today with the usual where it is on screen, and name what is unusual."""
    sentences = [today_words(data)] if data.period.range.end >= data.known_until and any(bands) else []
    unusual = [
        usual_words.unusual(label, band.deviation)
        for label, band in zip(axis.labels, bands, strict=False)
        if band is not None and band.deviation
    ]
    return [sentence for sentence in (*sentences, *unusual[-MOST_NAMED:]) if sentence]


def today_words(data: PageData) -> str:
    """Say what today cost until now and what is usual until then; empty where that is not known."""
    today = data.today
    if today.usual is None:
        return ""
    return usual_words.so_far(today.usual, today.cost_usd, data.known_until.astimezone(data.period.zone))
