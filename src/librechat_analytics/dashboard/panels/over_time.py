"""Usage over time: the chart that a reader switches between cost, tokens and calls, and splits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from dash import html

from librechat_analytics.dashboard.charts import figures
from librechat_analytics.dashboard.charts.time_axis import bucket_labels
from librechat_analytics.dashboard.data import LONGEST_LIST
from librechat_analytics.dashboard.html import blocks
from librechat_analytics.dashboard.panels.base import Panel
from librechat_analytics.dashboard.words import captions
from librechat_analytics.exports.columns import Heading
from librechat_analytics.exports.sheets import parts_sheet, timeline_sheet
from librechat_analytics.formatting import (
    agent_label,
    integer,
    model_label,
    money,
    share,
    tokens,
    user_label,
)
from librechat_analytics.usage.filters import NONE, UNKNOWN
from librechat_analytics.usage.periods import describe_before

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dash.development.base_component import Component

    from librechat_analytics.dashboard.data import Questions
    from librechat_analytics.dashboard.html.markup import Markup
    from librechat_analytics.dashboard.query import Measure, SplitBy
    from librechat_analytics.exports.columns import Kind
    from librechat_analytics.exports.sheets import Sheet
    from librechat_analytics.usage.answers import Timeline

ID = "over-time"
MEASURES: tuple[tuple[str, str], ...] = (("", "Cost"), ("tokens", "Tokens"), ("calls", "Calls"))
SPLITS: tuple[tuple[str, str], ...] = (
    ("", "Total"),
    ("model", "Model"),
    ("user", "User"),
    ("agent", "Agent"),
)
COLUMNS: dict[Measure, str] = {"cost": "cost_usd", "tokens": "total_tokens", "calls": "calls"}
SPLIT_COLUMNS: dict[Measure, str] = COLUMNS | {"tokens": "tokens"}
NOBODY: dict[SplitBy, str] = {
    "model": model_label(None),
    "user": user_label(None, None, None, deleted=False),
    "agent": "Without agent",
}


def as_text(measure: Measure) -> captions.AsText:
    """How a figure of that measure is written."""
    if measure == "cost":
        return money
    counted = tokens if measure == "tokens" else integer
    return lambda count: counted(int(count))


def panel() -> Component:
    return blocks.panel(
        "Over time",
        PANEL.error_slot(),
        html.Ul(id=f"{ID}-legend", className="legend"),
        blocks.chart(ID, "Usage over time", numbers=None, height=figures.WIDE_HEIGHT),
        aside=html.Div(
            [blocks.switch("Measure", "measure", MEASURES), blocks.switch("Split by", "split", SPLITS)],
            className="switches",
        ),
        className="over-time",
    )


def _answer(questions: Questions) -> tuple[object, ...]:
    figure, caption, legend, head, rows = _parts(questions) if questions.query.split else _total(questions)
    empty = [] if questions.timeline.points["calls"].sum() else blocks.nothing_in(questions, "No usage")
    return (
        figure,
        caption,
        empty,
        blocks.legend_entries(legend),
        blocks.number_head(head),
        blocks.number_rows(rows),
    )


Shown: TypeAlias = (
    "tuple[figures.Figure, str, list[tuple[str, str, str]], Sequence[str], list[Sequence[Markup]]]"
)


def _options(questions: Questions) -> dict[str, Any]:
    is_cost = questions.query.measure == "cost"
    return {
        "revision": f"{questions.query.revision} {questions.query.measure} {questions.query.split}",
        "coarse": questions.query.coarse,
        "prefix": "$" if is_cost else "",
        "least": figures.LEAST_COST_AXIS_USD if is_cost else figures.LEAST_TOKENS_AXIS,
        "height": figures.WIDE_HEIGHT,
    }


def _total(questions: Questions) -> Shown:
    timeline, before, measure = questions.timeline, questions.timeline_before, questions.query.measure
    text = as_text(measure)
    whole = [text(value) for value in timeline.points[COLUMNS[measure]]]
    name = measure.capitalize()
    series = [figures.series_of(timeline, COLUMNS[measure], name, text)]
    legend = [("blue", name, "")]
    if measure == "tokens":
        series = [
            figures.series_of(timeline, "prompt_tokens", "Prompt", text),
            figures.series_of(timeline, "completion_tokens", "Completion", text, figures.ORANGE),
        ]
        legend = [("blue", "Prompt", ""), ("orange", "Completion", "")]
    previous = questions.period.previous
    if before is not None and previous is not None and before.points[COLUMNS[measure]].any():
        series.append(_ghost(before, measure, len(whole)))
        legend.append(("ghost", "Range before", describe_before(questions.period)))
    figure = figures.bars_over_time(
        timeline, series, totals=whole if measure == "tokens" else None, **_options(questions)
    )
    head = ("Time", "Cost", "Prompt tokens", "Completion tokens", "Calls")
    columns = ("cost_usd", "prompt_tokens", "completion_tokens", "calls")
    buckets = blocks.bucket_links(questions.query, "overview", timeline)
    rows: list[Sequence[Markup]] = [
        (bucket, money(cost), *(integer(int(count)) for count in counts))
        for bucket, cost, *counts in zip(
            buckets,
            *(timeline.points[column] for column in columns),
            strict=True,
        )
    ]
    return figure, captions.peak_and_average(timeline, COLUMNS[measure], text), legend, head, rows


def _ghost(before: Timeline, measure: Measure, buckets: int) -> figures.Series:
    column = COLUMNS[measure]
    text = as_text(measure)
    values = [float(value) for value in before.points[column]][:buckets]
    names = _bucket_names(before)
    texts = [f"{text(value)} ({name})" for value, name in zip(values, names, strict=False)]
    return figures.Series("Before", values, texts, figures.GHOST, line=True)


def _parts(questions: Questions) -> Shown:
    timeline, measure = questions.timeline, questions.query.measure
    text = as_text(measure)
    parts = split_parts(questions)
    sums = [sum(values) for _, _, values in parts]
    whole = sum(sums)
    series = [
        figures.Series(name, values, [text(value) for value in values], color)
        for (name, color, values) in parts
    ]
    totals = [sum(values) for values in zip(*(one.values for one in series), strict=True)]
    figure = figures.parts_over_time(
        timeline, series, totals=[text(total) for total in totals], **_options(questions)
    )
    legend = [
        (
            "rest" if color == figures.REST else f"part-{place}",
            name,
            share(total / whole) if whole else "",
        )
        for place, ((name, color, _), total) in enumerate(zip(parts, sums, strict=True), 1)
    ]
    buckets = blocks.bucket_links(questions.query, "overview", timeline)
    rows: list[Sequence[Markup]] = [
        (bucket, *(text(values[place]) for _, _, values in parts)) for place, bucket in enumerate(buckets)
    ]
    named_sums = [
        (name, total) for (name, color, _), total in zip(parts, sums, strict=True) if color != figures.REST
    ]
    caption = captions.greatest_part(named_sums, whole, measure)
    return figure, caption, legend, ("Time", *(name for name, _, _ in parts)), rows


def split_parts(questions: Questions) -> list[tuple[str, str, list[float]]]:
    """Each part's name, its colour, and its value in each bucket: the dearest first, the rest last."""
    split, by = questions.split, questions.query.split
    if split is None or by is None:
        return []
    column = SPLIT_COLUMNS[questions.query.measure]
    values: dict[str | None, list[float]] = {}
    for part, bucket, value in zip(split.rows["part"], split.rows["bucket"], split.rows[column], strict=True):
        # Agents of several tenants may have the same id.
        values.setdefault(part, [0] * len(split.starts))[int(bucket)] += value
    labels = _labels(questions, by)
    dearest = [part for part in values if part is not None]
    found = [
        (part_name(part, by, labels), color, values[part])
        for part, color in zip(dearest, figures.PARTS, strict=False)
    ]
    if None in values:
        found.append(("All others", figures.REST, values[None]))
    return found


def part_name(part: str, by: SplitBy, labels: dict[str, str]) -> str:
    """What a part goes by on screen."""
    if part == NONE:
        return NOBODY[by]
    if part == UNKNOWN:
        return "Unknown agent"
    if by == "model":
        return model_label(part)
    if part in labels:
        return labels[part]
    if by == "user":
        return user_label(None, None, part, deleted=False)
    return agent_label(None, part, deleted=False)


def _labels(questions: Questions, by: SplitBy) -> dict[str, str]:
    if by == "user":
        rows = questions.dearest("user", LONGEST_LIST).rows
        return {
            user: user_label(name, email, user, deleted=deleted)
            for user, name, email, deleted in zip(
                rows["id"], rows["name"], rows["email"], rows["deleted"], strict=True
            )
        }
    if by == "agent":
        rows = questions.dearest("agent", LONGEST_LIST).rows
        return {
            agent: agent_label(name, agent, deleted=deleted)
            for agent, name, deleted in zip(rows["id"], rows["name"], rows["deleted"], strict=True)
        }
    return {}


def _bucket_names(timeline: Timeline) -> list[str]:
    points = timeline.points
    return bucket_labels(list(points["start"]), [bool(cut) for cut in points["partial"]], timeline.unit)


def csv(questions: Questions) -> Sheet:
    """The figures on screen for a file: the timeline, or each bucket's parts side by side."""
    if questions.query.split is None:
        return timeline_sheet(questions.counted_timeline)
    kind: Kind = "money" if questions.query.measure == "cost" else "count"
    parts: dict[str, tuple[Heading, list[float]]] = {}
    for name, _, values in split_parts(questions):
        unique = name
        while unique in parts:
            unique += "'"
        parts[unique] = (Heading(unique, kind), values)
    return parts_sheet(questions.timeline, list(parts.values()))


PANEL = Panel(
    "over-time",
    blocks.chart_outputs(ID),
    (f"{ID}-empty", f"{ID}-legend", f"{ID}-numbers-head", f"{ID}-numbers"),
    _answer,
)
