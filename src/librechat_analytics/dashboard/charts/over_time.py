"""Charts over time: one position on the axis for each bucket of a period."""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from librechat_analytics.dashboard.charts.colours import BLUE_VEIL, CLEAR, GREY_VEIL, ORANGE
from librechat_analytics.dashboard.charts.figure import (
    LEAST_TOKENS_AXIS,
    TIME_HEIGHT,
    Figure,
    Rows,
    Series,
    base_layout,
    tooltips,
)
from librechat_analytics.formatting import figure_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from librechat_analytics.dashboard.charts.time_axis import TimeAxis

HEADROOM = 1.08
"""The axis ends this much above the highest value."""
MANY_BUCKETS = 60
NO_REMARKS: Mapping[int, Sequence[str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Line:
    """A line with a gap where the value is None: its name, its values, and the text of each value."""

    name: str
    values: Sequence[float | None]
    texts: Sequence[str]
    color: str


@dataclass(frozen=True, slots=True)
class Band:
    """What is usual in one bucket: from ``low`` to ``high``, and in words.

    ``deviation``: how the bucket is unusual, in words; empty where it is not.
    """

    low: float
    high: float
    text: str
    deviation: str = ""


@dataclass(frozen=True, slots=True)
class Options:
    """How a chart over time is scaled and how it reacts.

    ``revision``: the same as long as the chart is the same. ``coarse``: the reader uses a finger, so
    dragging scrolls the page instead of choosing a range. ``prefix`` and ``suffix``: what the axis
    writes around its numbers, such as a currency sign. ``least``: the axis reaches at least this far.
    ``height``: in pixels.
    """

    revision: str
    coarse: bool = False
    prefix: str = ""
    suffix: str = ""
    least: float = LEAST_TOKENS_AXIS
    height: int = TIME_HEIGHT


def bars_over_time(
    axis: TimeAxis,
    series: Sequence[Series],
    options: Options,
    *,
    totals: Sequence[str] | None = None,
    bands: Sequence[Band | None] = (),
    remarks: Mapping[int, Sequence[str]] = NO_REMARKS,
) -> Figure:
    """Draw stacked bars, one for each bucket; partial buckets are hatched.

    Args:
        axis: The buckets; bars have a value for each of them, a line may have fewer.
        series: From the bottom up, lines after the bars.
        options: How the chart is scaled and how it reacts.
        totals: The text of each bucket's total, for more than one series.
        bands: What is usual in each bucket, None where that is not known; empty for all of them.
        remarks: Sentences about a bucket by its index, which gets a dot in a ring.
    """
    bars = [one for one in series if not one.line]
    heights = [sum(values) for values in zip(*(one.values for one in bars), strict=True)]
    in_lines = [value for one in series if one.line for value in one.values]
    traces = []
    for one in series:
        if one.line:
            traces.append(_dashed_line(one, axis.labels))
            continue
        notes = [("Total", total) for total in totals or ()] if one is bars[-1] else []
        hatched = _hatched(axis.partial, one.color)
        traces.append(_bars(replace(one, notes=notes), axis.labels, pattern=hatched))
    known = [(index, band) for index, band in enumerate(bands) if band is not None]
    traces += _marks(axis, heights, dict(known), remarks)
    most = max([*heights, *in_lines, *(band.high for _, band in known), options.least / HEADROOM])
    layout = time_layout(axis, [0, most * HEADROOM], options)
    layout["shapes"] = [_band(index, band) for index, band in known]
    return {"data": traces, "layout": layout}


def _band(index: int, band: Band) -> Figure:
    """Draw what is usual in a bucket behind its bar, as wide as the bucket."""
    return {
        "type": "rect",
        "layer": "below",
        "x0": index - 0.5,
        "x1": index + 0.5,
        "y0": band.low,
        "y1": band.high,
        "fillcolor": GREY_VEIL,
        "line": {"width": 0},
    }


def _marks(
    axis: TimeAxis,
    heights: Sequence[float],
    bands: Mapping[int, Band],
    remarks: Mapping[int, Sequence[str]],
) -> list[Figure]:
    """Draw a dot on each bar that is unusual, and say in every tooltip what is usual.

    A dot in a ring has a remark, which the page explains; a dot alone is beside the band.
    """
    marked = sorted({*bands, *remarks})
    if not marked:
        return []
    is_unusual = [index in remarks or bool(bands[index].deviation) for index in marked]
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "name": "Usual",
            "x": [axis.labels[index] for index in marked],
            "y": [heights[index] for index in marked],
            **tooltips([_rows_of_mark(bands.get(index), remarks.get(index, ())) for index in marked]),
            "marker": {
                "color": [ORANGE if unusual else CLEAR for unusual in is_unusual],
                "symbol": ["circle-open-dot" if index in remarks else "circle" for index in marked],
                "size": [11 if index in remarks else 9 for index in marked],
                "line": {"width": [2 if index in remarks else 0 for index in marked]},
            },
        }
    ]


def _rows_of_mark(band: Band | None, remarks: Sequence[str]) -> Rows:
    usual: Rows = [] if band is None else [("Usual", band.text)]
    said = remarks or ([band.deviation.capitalize()] if band is not None and band.deviation else [])
    return [*usual, *((sentence, "") for sentence in said)]


def parts_over_time(
    axis: TimeAxis,
    parts: Sequence[Series],
    options: Options,
    *,
    totals: Sequence[str],
    before: Sequence[Series] = (),
) -> Figure:
    """Draw each bucket as a stack of its parts, the top part at the bottom; partial buckets are paler.

    Parts without any value in a bucket are not in that bucket's tooltip.

    Args:
        axis: The buckets.
        parts: What each bucket consists of.
        options: How the chart is scaled and how it reacts.
        totals: The text of each bucket's total.
        before: Lines over the bars, such as the previous period.
    """
    sums = [sum(values) for values in zip(*(part.values for part in parts), strict=True)]
    sums = sums or [0] * len(axis.labels)
    traces = []
    for part in parts:
        opacity = [0.5 if cut else 1 for cut in axis.partial]
        trace = _bars(part, axis.labels, opacity=opacity)
        traces.append(trace | {"y": [value or None for value in part.values]})
    traces.append(
        {
            "type": "scatter",
            "mode": "markers",
            "name": "Total",
            "x": axis.labels,
            "y": sums,
            "meta": "total",
            **tooltips([[("Total", total)] for total in totals]),
            "marker": {"color": CLEAR},
        }
    )
    traces += [_dashed_line(line, axis.labels) for line in before]
    in_lines = [value for line in before for value in line.values]
    most = max([*sums, *in_lines, options.least / HEADROOM])
    layout = time_layout(axis, [0, most * HEADROOM], options)
    layout["meta"]["parts"] = True
    return {"data": traces, "layout": layout}


def area_over_time(axis: TimeAxis, line: Line, options: Options) -> Figure:
    """Draw one line with the area below it filled."""
    known = [value for value in line.values if value is not None]
    trace = _line(axis, line) | {
        "line": {"color": line.color, "width": 2},
        "marker": {"color": line.color, "size": 5 if len(axis.labels) <= MANY_BUCKETS else 3},
        "fill": "tozeroy",
        "fillcolor": BLUE_VEIL,
    }
    most = max([*known, options.least])
    return {"data": [trace], "layout": time_layout(axis, [0, most * HEADROOM], options)}


def lines_over_time(axis: TimeAxis, lines: Sequence[Line], options: Options) -> Figure:
    """Draw some lines."""
    traces = [
        _line(axis, line)
        | {
            "line": {"color": line.color, "width": 2, "shape": "linear"},
            "marker": {"color": line.color, "size": 5},
        }
        for line in lines
    ]
    known = [value for line in lines for value in line.values if value is not None]
    most = max([*known, options.least])
    return {"data": traces, "layout": time_layout(axis, [0, most * HEADROOM], options)}


def _line(axis: TimeAxis, line: Line) -> Figure:
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": line.name,
        "x": axis.labels,
        "y": list(line.values),
        **tooltips([[(line.name, text)] for text in line.texts]),
        "connectgaps": False,
    }


def signed_bars_over_time(axis: TimeAxis, bars: Series, options: Options) -> Figure:
    """Draw a bar for each bucket, down from zero where the value is negative."""
    greatest, smallest = max([*bars.values, options.least]), min([*bars.values, 0])
    room = (greatest - smallest) * (HEADROOM - 1)
    span = [smallest - room if smallest < 0 else 0, greatest + room]
    return {"data": [_bars(bars, axis.labels)], "layout": time_layout(axis, span, options)}


def time_layout(axis: TimeAxis, span: list[float], options: Options) -> Figure:
    """Give the layout of a chart over time; ``span``: the lower and the upper end of the axis of values."""
    labels = axis.labels
    ticks, tick_texts = axis.ticks()
    whole = [-0.5, max(len(labels), 1) - 0.5]
    return {
        **base_layout(options.revision),
        "height": options.height,
        "margin": {
            "l": 52,
            "r": 20,
            "t": 8,
            "b": 44 if any("<br>" in text for text in tick_texts) else 28,
        },
        "barmode": "stack",
        "bargap": 0.28 if len(labels) <= MANY_BUCKETS else 0.12,
        "hovermode": "x",
        "dragmode": False if options.coarse else "zoom",
        "meta": {"whole": whole, "buckets": dict(zip(labels, axis.bounds(), strict=True))},
        "xaxis": {
            "type": "category",
            "tickmode": "array",
            "tickvals": ticks,
            "ticktext": tick_texts,
            "tickangle": 0,
            "showspikes": False,
            "ticks": "outside",
            "ticklen": 6,
            "tickcolor": CLEAR,
            "range": whole,
            "fixedrange": options.coarse,
            "showgrid": False,
            "zeroline": False,
        },
        "yaxis": {
            "rangemode": "tozero",
            "range": span,
            "fixedrange": True,
            "ticksuffix": options.suffix,
            "exponentformat": "B",
            **_written(options.prefix, span),
            "nticks": 5,
            "zeroline": False,
            "gridwidth": 1,
        },
    }


def _written(prefix: str, span: Sequence[float]) -> dict[str, str]:
    """Write dollars with both digits of the cents where the axis has cents: ``$0.50``, not ``$0.5``.

    Below zero the sign is before the dollar, as everywhere else.
    """
    is_dollars, length = prefix == "$", span[-1] - span[0]
    has_cents = is_dollars and 0.1 <= length < 5
    if is_dollars and span[0] < 0:
        return {"tickformat": "$,.2f" if length < 5 else "$~s"}
    return {"tickprefix": prefix} | ({"tickformat": ",.2f"} if has_cents else {})


def _bars(
    series: Series,
    labels: Sequence[str],
    *,
    pattern: Figure | None = None,
    opacity: list[float] | None = None,
) -> Figure:
    marker: Figure = {"color": series.color, "line": {"width": 0}}
    if pattern:
        marker["pattern"] = pattern
    if opacity and min(opacity) < 1:
        marker["opacity"] = opacity
    return {
        "type": "bar",
        "name": figure_text(series.name),
        "x": labels,
        "y": list(series.values),
        **tooltips(series.rows()),
        "marker": marker,
    }


def _hatched(partial: Sequence[bool], color: str) -> Figure:
    return {
        "shape": ["/" if cut else "" for cut in partial],
        "fillmode": "replace",
        "fgcolor": color,
        "bgcolor": CLEAR,
        "size": 6,
        "solidity": 0.4,
    }


def _dashed_line(series: Series, labels: Sequence[str]) -> Figure:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": series.name,
        "x": labels[: len(series.values)],
        "y": list(series.values),
        **tooltips(series.rows()),
        "line": {"color": series.color, "width": 1.5, "dash": "4px,3px"},
    }
