"""Usage over time: the reader switches between cost, tokens and calls, and can split them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dash import html

from librechat_analytics.dashboard.charts.colours import BLUE, GHOST, ORANGE, PARTS, REST
from librechat_analytics.dashboard.charts.figure import (
    LEAST_COST_AXIS_USD,
    LEAST_TOKENS_AXIS,
    WIDE_HEIGHT,
    Series,
    series,
)
from librechat_analytics.dashboard.charts.over_time import Options, bars_over_time, parts_over_time
from librechat_analytics.dashboard.charts.time_axis import TimeAxis
from librechat_analytics.dashboard.data import LONGEST_LIST
from librechat_analytics.dashboard.html import frames
from librechat_analytics.dashboard.html.frames import Key
from librechat_analytics.dashboard.panels.base import Panel
from librechat_analytics.dashboard.panels.buckets import bucket_links
from librechat_analytics.dashboard.panels.measures import AS_TEXT, MEASURES, of_point, of_row, tokens_text
from librechat_analytics.dashboard.panels.parts import Chart, Region
from librechat_analytics.dashboard.words import captions
from librechat_analytics.dashboard.words.empties import nothing_in
from librechat_analytics.exports.columns import Heading
from librechat_analytics.exports.sheets import parts_sheet, timeline_sheet
from librechat_analytics.formatting import (
    NONE_LABELS,
    UNKNOWN_AGENT,
    agent_label,
    integer,
    model_label,
    money,
    share,
    user_label,
)
from librechat_analytics.usage.filters import NONE, UNKNOWN
from librechat_analytics.usage.period_words import describe_before

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dash.development.base_component import Component

    from librechat_analytics.dashboard.data import PageData
    from librechat_analytics.dashboard.html.markup import Markup
    from librechat_analytics.dashboard.panels.targets import Fills
    from librechat_analytics.dashboard.query import Measure
    from librechat_analytics.exports.columns import Kind
    from librechat_analytics.exports.sheets import Sheet
    from librechat_analytics.usage.answers import Timeline
    from librechat_analytics.usage.questions import Dimension

SPLITS: tuple[tuple[str, str], ...] = (
    ("", "Total"),
    ("model", "Model"),
    ("user", "User"),
    ("agent", "Agent"),
)
KINDS: dict[Measure, Kind] = {"cost": "money", "tokens": "tokens", "calls": "count"}

CHART = Chart("over-time", "Usage over time", shape="wide", numbers=None)
LEGEND = Region("over-time-legend")


@dataclass(frozen=True, slots=True)
class SplitPart:
    """A part of a split timeline: its name, its colour, and its value in each bucket."""

    name: str
    color: str
    values: Sequence[float]

    @property
    def is_rest(self) -> bool:
        return self.color == REST


def layout() -> Component:
    """Make the panel before the first answer."""
    return frames.box(
        "Over time",
        PANEL.error_slot(),
        html.Ul(id=LEGEND.id, className="legend"),
        CHART.layout(),
        aside=html.Div(
            [frames.switch("Measure", "measure", MEASURES), frames.switch("Split by", "split", SPLITS)],
            className="switches",
        ),
        class_name="over-time",
    )


def _answer(data: PageData) -> Fills:
    return _split(data) if data.query.split else _total(data)


def _options(data: PageData) -> Options:
    is_cost = data.query.measure == "cost"
    return Options(
        revision=f"{data.query.revision} {data.query.measure} {data.query.split}",
        coarse=data.query.coarse,
        prefix="$" if is_cost else "",
        least=LEAST_COST_AXIS_USD if is_cost else LEAST_TOKENS_AXIS,
        height=WIDE_HEIGHT,
    )


def _empty(data: PageData) -> list[Markup]:
    has_usage = any(point.calls for point in data.timeline.points)
    return [] if has_usage else nothing_in(data, "No usage")


def _total(data: PageData) -> Fills:
    points, measure = data.timeline.points, data.query.measure
    axis, as_text = TimeAxis.of(data.timeline), AS_TEXT[data.query.measure]
    values = [of_point(point, measure) for point in points]
    bars = _bars(data.timeline, measure)
    swatches = {BLUE: "blue", ORANGE: "orange"}
    legend = [Key(swatches[one.color], one.name) for one in bars]
    before = data.timeline_before
    lines = []
    if before is not None and any(of_point(point, measure) for point in before.points):
        lines = [_line_before(before, measure, len(points))]
        legend.append(Key("ghost", "Range before", describe_before(data.period)))
    totals = [as_text(value) for value in values] if measure == "tokens" else None
    rows = [
        (
            bucket,
            money(point.cost_usd),
            integer(point.prompt_tokens),
            integer(point.completion_tokens),
            integer(point.calls),
        )
        for bucket, point in zip(bucket_links(data.query, "overview", axis), points, strict=True)
    ]
    return LEGEND.fill(frames.legend_entries(legend)) + CHART.fill(
        bars_over_time(axis, [*bars, *lines], _options(data), totals=totals),
        caption=captions.peak_and_average(axis, values, as_text),
        empty=_empty(data),
        head=("Time", "Cost", "Prompt tokens", "Completion tokens", "Calls"),
        rows=rows,
    )


def _bars(timeline: Timeline, measure: Measure) -> list[Series]:
    if measure == "tokens":
        prompts = [point.prompt_tokens for point in timeline.points]
        completions = [point.completion_tokens for point in timeline.points]
        return [
            series("Prompt", prompts, tokens_text),
            series("Completion", completions, tokens_text, ORANGE),
        ]
    values = [of_point(point, measure) for point in timeline.points]
    return [series(measure.capitalize(), values, AS_TEXT[measure])]


def _line_before(before: Timeline, measure: Measure, buckets: int) -> Series:
    """Draw the range before over the bars; its tooltips name its own buckets."""
    values = [of_point(point, measure) for point in before.points[:buckets]]
    labels = TimeAxis.of(before).labels[:buckets]
    texts = [f"{AS_TEXT[measure](value)} ({label})" for value, label in zip(values, labels, strict=True)]
    return Series("Before", values, texts, GHOST, line=True)


def _split(data: PageData) -> Fills:
    measure, axis = data.query.measure, TimeAxis.of(data.timeline)
    as_text = AS_TEXT[measure]
    parts = split_parts(data)
    sums = [sum(part.values) for part in parts]
    whole = sum(sums)
    totals = [sum(values) for values in zip(*(part.values for part in parts), strict=True)]
    legend = [
        Key(
            "rest" if part.is_rest else f"part-{number}",
            part.name,
            share(total / whole) if whole else "",
        )
        for number, (part, total) in enumerate(zip(parts, sums, strict=True), 1)
    ]
    rows = [
        (bucket, *(as_text(part.values[index]) for part in parts))
        for index, bucket in enumerate(bucket_links(data.query, "overview", axis))
    ]
    named_sums = [(part.name, total) for part, total in zip(parts, sums, strict=True) if not part.is_rest]
    return LEGEND.fill(frames.legend_entries(legend)) + CHART.fill(
        parts_over_time(
            axis,
            [series(part.name, part.values, as_text, part.color) for part in parts],
            _options(data),
            totals=[as_text(total) for total in totals],
        ),
        caption=captions.top_parts(named_sums, whole, measure),
        empty=_empty(data),
        head=("Time", *(part.name for part in parts)),
        rows=rows,
    )


def split_parts(data: PageData) -> list[SplitPart]:
    """Give the parts of the split timeline, highest cost first and the rest last; none without a split."""
    split, dimension = data.split, data.query.split
    if split is None or dimension is None:
        return []
    values: dict[str | None, list[float]] = {}
    for row in split.rows:
        # Agents of several tenants may have the same id, so a part may have several rows for a bucket.
        buckets = values.setdefault(row.part, [0] * len(split.starts))
        buckets[row.bucket] += of_row(row, data.query.measure)
    labels = _labels(data, dimension)
    parts = [part for part in values if part is not None]
    found = [
        SplitPart(part_name(part, dimension, labels), color, values[part])
        for part, color in zip(parts, PARTS, strict=False)
    ]
    if None in values:
        found.append(SplitPart("All others", REST, values[None]))
    return found


def part_name(part: str, dimension: Dimension, labels: Mapping[str, str]) -> str:
    """Give the label of a part; ``labels``: those of users or agents by id."""
    if part == NONE:
        return NONE_LABELS[dimension]
    if part == UNKNOWN:
        return UNKNOWN_AGENT
    if dimension == "model":
        return model_label(part)
    if part in labels:
        return labels[part]
    if dimension == "user":
        return user_label(None, None, part, deleted=False)
    return agent_label(None, part, deleted=False)


def _labels(data: PageData, dimension: Dimension) -> dict[str, str]:
    if dimension == "model":
        return {}
    rows = data.top(dimension, LONGEST_LIST).rows
    if dimension == "user":
        labels = [(row.id, user_label(row.name, row.email, row.id, deleted=row.deleted)) for row in rows]
    else:
        labels = [(row.id, agent_label(row.name, row.id, deleted=row.deleted)) for row in rows]
    return {part: label for part, label in labels if part is not None}


def csv(data: PageData) -> Sheet:
    """Lay out the timeline, or the parts of each bucket side by side."""
    if data.query.split is None:
        return timeline_sheet(data.counted_timeline)
    kind = KINDS[data.query.measure]
    parts: dict[str, tuple[Heading, Sequence[float]]] = {}
    for part in split_parts(data):
        unique = part.name
        while unique in parts:
            unique += "'"
        parts[unique] = (Heading(unique, kind), part.values)
    return parts_sheet(data.timeline, list(parts.values()))


PANEL = Panel("over-time", (LEGEND, CHART), _answer)
