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
from librechat_analytics.dashboard.charts.over_time import (
    Line,
    Options,
    bars_over_time,
    lines_over_time,
    parts_over_time,
)
from librechat_analytics.dashboard.charts.time_axis import TimeAxis
from librechat_analytics.dashboard.html import frames
from librechat_analytics.dashboard.html.frames import Key
from librechat_analytics.dashboard.panels.anomalies import anomaly_remarks
from librechat_analytics.dashboard.panels.base import Panel
from librechat_analytics.dashboard.panels.buckets import bucket_links
from librechat_analytics.dashboard.panels.measures import AS_TEXT, MEASURES, of_point, of_row, tokens_text
from librechat_analytics.dashboard.panels.parts import Chart, Region
from librechat_analytics.dashboard.panels.usual import usual_bands, usual_sentences
from librechat_analytics.dashboard.words import captions
from librechat_analytics.dashboard.words.empties import nothing_in
from librechat_analytics.dashboard.words.subject_names import subject_name
from librechat_analytics.exports.columns import Heading
from librechat_analytics.exports.sheets import parts_sheet, timeline_sheet
from librechat_analytics.formatting import (
    FILTER_LABELS,
    UNKNOWN,
    change,
    counted,
    integer,
    money,
    share,
    thing_word,
)
from librechat_analytics.usage.over_time import SPLIT_PARTS
from librechat_analytics.usage.period_words import describe_range
from librechat_analytics.usage.questions import SPLITS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dash.development.base_component import Component

    from librechat_analytics.dashboard.data import PageData
    from librechat_analytics.dashboard.html.markup import Markup
    from librechat_analytics.dashboard.panels.targets import Fills
    from librechat_analytics.dashboard.query import Measure
    from librechat_analytics.exports.columns import Kind
    from librechat_analytics.exports.sheets import Sheet
    from librechat_analytics.usage.timeline_answers import Timeline

SPLIT_BY = (("", "Total"), *((by, FILTER_LABELS[by]) for by in SPLITS if by != "cost_center"))
SMALL_SHARE = 0.05
"""Below this share of the whole, a part of a stack is too small to see."""

OVERLAP = 1 + 1e-9
"""The parts add up to more than the whole only where a user is in several groups, or by rounding."""

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
            [
                frames.switch("Measure", "measure", MEASURES),
                frames.switch("Split by", "split", SPLIT_BY, frames.cost_center_choice("split")),
            ],
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
    lines = _line_before(data)
    legend += _keys_before(data, lines)
    bands = usual_bands(data) if measure == "cost" else ()
    if any(bands):
        legend.append(Key("band", "Usual", "same weekday, eight weeks"))
    remarks = anomaly_remarks(data) if measure == "cost" else {}
    if remarks:
        legend.append(Key("ring", "Unusual day", "explained below"))
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
        bars_over_time(axis, [*bars, *lines], _options(data), totals=totals, bands=bands, remarks=remarks),
        caption=" ".join(
            [captions.peak_and_average(axis, values, as_text), *usual_sentences(data, axis, bands)]
        ),
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


def _line_before(data: PageData) -> list[Series]:
    """Draw what the period is compared with over the bars; its tooltips name its own buckets."""
    before, measure = data.timeline_before, data.query.measure
    if before is None or not any(of_point(point, measure) for point in before.points):
        return []
    buckets = len(data.timeline.points)
    values = [of_point(point, measure) for point in before.points[:buckets]]
    labels = TimeAxis.of(before).labels[:buckets]
    texts = [f"{AS_TEXT[measure](value)} ({label})" for value, label in zip(values, labels, strict=True)]
    changes = [
        ("Change", change(of_point(point, measure), value).text or UNKNOWN)
        for point, value in zip(data.timeline.points, values, strict=False)
    ]
    return [Series("Before", values, texts, GHOST, line=True, notes=changes)]


def _keys_before(data: PageData, lines: Sequence[Series]) -> list[Key]:
    """Name the line in the legend; it shows another range where the previous period has other weekdays."""
    drawn = data.range_before_over_time
    if not lines or drawn is None:
        return []
    is_whole = drawn == data.period.previous
    name = "Previous period" if is_whole else "Same weekdays earlier"
    return [Key("ghost", name, describe_range(drawn, data.period.zone))]


def _split(data: PageData) -> Fills:
    measure, axis = data.query.measure, TimeAxis.of(data.timeline)
    as_text = AS_TEXT[measure]
    parts = split_parts(data)
    sums = [sum(part.values) for part in parts]
    totals = [sum(values) for values in zip(*(part.values for part in parts), strict=True)]
    if data.query.split == "group":  # a user counts in each of their groups
        totals = [of_point(point, measure) for point in data.timeline.points]
    whole = sum(totals)
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
    named = [(part, total) for part, total in zip(parts, sums, strict=True) if not part.is_rest]
    if _are_all_small([total for _, total in named], whole):
        lines = [
            Line(part.name, part.values, [as_text(value) for value in part.values], part.color)
            for part, _ in named
        ]
        figure = lines_over_time(axis, lines, _options(data))
        caption = captions.nobody_stands_out([total for _, total in named], whole, _things(data), measure)
    else:
        before = _line_before(data)
        legend += _keys_before(data, before)
        figure = parts_over_time(
            axis,
            [series(part.name, part.values, as_text, part.color) for part in parts],
            _options(data),
            totals=[as_text(total) for total in totals],
            before=before,
        )
        caption = captions.top_parts([(part.name, total) for part, total in named], whole, measure)
    if sum(sums) > whole * OVERLAP:
        caption += " Users in several groups count in each of them."
    return LEGEND.fill(frames.legend_entries(legend)) + CHART.fill(
        figure,
        caption=caption,
        empty=_empty(data),
        head=("Time", *(part.name for part in parts)),
        rows=rows,
    )


def _are_all_small(sums: Sequence[float], whole: float) -> bool:
    """Say whether no part is large enough to see in a stack of bars."""
    return len(sums) == SPLIT_PARTS and whole > 0 and max(sums) < SMALL_SHARE * whole


def _things(data: PageData) -> str:
    """Name what the timeline is split by, with the number where it is known: ``1,790 users``."""
    if data.query.split == "user":
        return counted(data.summary.totals.active_users, "user")
    return f"{thing_word(data.query.split or 'model')}s"


def split_parts(data: PageData) -> list[SplitPart]:
    """Give the parts of the split timeline, highest cost first and the rest last; none without a split."""
    split, dimension = data.split, data.query.split
    if split is None or dimension is None:
        return []
    nothing = [0.0] * len(split.starts)
    values: dict[str | None, list[float]] = {}
    for row in split.rows:
        values.setdefault(row.part, [*nothing])[row.bucket] = of_row(row, data.query.measure)
    found = [
        SplitPart(subject_name(dimension, part.key, part), color, values.get(part.key, nothing))
        for part, color in zip(split.legend, PARTS, strict=False)
    ]
    if None in values:
        found.append(SplitPart("All others", REST, values[None]))
    return found


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
