"""Charts as plain dicts: what plotly draws, without a template, inked by the page's own style.

Colours of axes, grid and text come from CSS, so that switching the theme costs nothing. All data colours keep
a contrast of 3 to 1 on both grounds. The first two stay apart for every kind of colour vision; where there
are more, their order in the legend is a second way to tell them apart.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from librechat_analytics.dashboard.charts.time_axis import axis_ticks, bucket_bounds, bucket_labels
from librechat_analytics.formatting import figure_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from librechat_analytics.usage.answers import Caching, Timeline

BLUE = "#3b82c4"
ORANGE = "#d9730d"
PARTS = (BLUE, ORANGE, "#1f9d83", "#8f67d0", "#d4568c", "#8b8a1d", "#1695b0", "#c2503c")
"""The colours of a split's parts, the dearest first; the page's style has the same as ``--part-1`` and on."""
REST = "#868c95"
GHOST = "#8a9099"
BLUE_VEIL = "rgba(59,130,196,0.14)"
CLEAR = "rgba(0,0,0,0)"
# What an axis holds at least, so that a period of nothing has no axis from -1 to 1.
LEAST_COST_AXIS_USD = 0.01
LEAST_TOKENS_AXIS = 10

TIME_HEIGHT = 260
WIDE_HEIGHT = 300
ROW_HEIGHT = 34
RANKED_MARGIN = 12
TALL_HEIGHT = 10 * ROW_HEIGHT + RANKED_MARGIN
"""As high as ten ranked bars."""
CONFIG = {"displayModeBar": False, "responsive": True, "doubleClick": "autosize", "showTips": False}

Figure = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Series:
    """One set of bars: its name, its values, and each value as the reader sees it."""

    name: str
    values: Sequence[float]
    texts: Sequence[str]
    color: str = BLUE
    line: bool = False
    """A line over the bars instead of bars, such as the range before."""


def blank_figure() -> Figure:
    """An empty drawing that shows nothing at all, for before the first answer."""
    hidden = {"visible": False, "fixedrange": True}
    return {"data": [], "layout": {**_base_layout(""), "xaxis": hidden, "yaxis": hidden}}


def bars_over_time(
    timeline: Timeline,
    series: Sequence[Series],
    *,
    revision: str,
    coarse: bool = False,
    prefix: str = "",
    least: float = LEAST_TOKENS_AXIS,
    totals: Sequence[str] | None = None,
    height: int = TIME_HEIGHT,
) -> Figure:
    """Draw stacked bars, one per bucket; a bucket that is not over is hatched.

    Args:
        timeline: The buckets; each series has a value for each of them, a line for the first of them.
        series: From the bottom up; lines after the bars.
        revision: While this stays the same, a redrawn chart keeps the reader's zoom.
        coarse: The reader points with a finger: dragging scrolls the page instead of zooming.
        prefix: Stands before the numbers of the axis, such as a currency sign.
        least: The axis reaches at least this far.
        totals: Each bucket's total as the reader sees it, for more than one series.
        height: In pixels.
    """
    partial = [bool(flag) for flag in timeline.points["partial"]]
    labels = bucket_labels(list(timeline.points["start"]), partial, timeline.unit)
    bars = [one for one in series if not one.line]
    heights = [sum(values) for values in zip(*(one.values for one in bars), strict=True)]
    greatest = max([*heights, *(value for one in series if one.line for value in one.values), least / 1.08])
    traces = []
    for one in series:
        texts = [f"{one.name} <b>{text}</b>" for text in one.texts]
        if one.line:
            traces.append(_line_trace(one, labels, texts))
            continue
        if totals is not None and one is bars[-1]:
            texts = [f"{text}<br>Total <b>{total}</b>" for text, total in zip(texts, totals, strict=True)]
        traces.append(_time_trace(one, labels, texts, pattern=_hatched(partial, one.color)))
    return {
        "data": traces,
        "layout": _time_layout(
            timeline, labels, [0, greatest * 1.08], revision, coarse=coarse, prefix=prefix, height=height
        ),
    }


def parts_over_time(
    timeline: Timeline,
    parts: Sequence[Series],
    *,
    totals: Sequence[str],
    revision: str,
    coarse: bool = False,
    prefix: str = "",
    least: float = LEAST_TOKENS_AXIS,
    height: int = WIDE_HEIGHT,
) -> Figure:
    """Draw each bucket as its parts, the dearest at the bottom; a bucket that is not over is paler.

    Parts of nothing are left out, of the tooltips too. The other arguments are those of ``bars_over_time``.
    """
    partial = [bool(flag) for flag in timeline.points["partial"]]
    labels = bucket_labels(list(timeline.points["start"]), partial, timeline.unit)
    sums = [sum(values) for values in zip(*(part.values for part in parts), strict=True)] or [0] * len(labels)
    traces = []
    for part in parts:
        name = figure_text(part.name if len(part.name) <= 40 else f"{part.name[:39].rstrip()}…")
        texts = [f"{name} <b>{text}</b>" for text in part.texts]
        opacity = [0.5 if cut else 1 for cut in partial]
        trace = _time_trace(replace(part, name=name), labels, texts, opacity=opacity)
        traces.append(trace | {"y": [value or None for value in part.values]})
    traces.append(
        {
            "type": "scatter",
            "mode": "markers",
            "name": "Total",
            "x": labels,
            "y": sums,
            "customdata": [f"Total <b>{total}</b>" for total in totals],
            "hovertemplate": "%{customdata}<extra></extra>",
            "marker": {"color": CLEAR},
        }
    )
    most = max([*sums, least / 1.08])
    layout = _time_layout(
        timeline, labels, [0, most * 1.08], revision, coarse=coarse, prefix=prefix, height=height
    )
    layout["meta"]["parts"] = True
    return {"data": traces, "layout": layout}


def line_over_time(
    timeline: Caching, line: Series, *, revision: str, coarse: bool = False, suffix: str = "", most: float
) -> Figure:
    """Draw a line from bucket to bucket, with a gap where it is NaN; ``most`` ends the axis."""
    labels = bucket_labels(list(timeline.points["start"]), [False] * len(timeline.points), timeline.unit)
    trace = _line_trace(line, labels, [f"{line.name} <b>{text}</b>" for text in line.texts])
    trace["line"] = {"color": line.color, "width": 2}
    trace["mode"] = "lines+markers"
    trace["marker"] = {"color": line.color, "size": 5 if len(labels) <= 60 else 3}
    values = [None if math.isnan(value) else value for value in line.values]
    trace |= {"y": values, "fill": "tozeroy", "fillcolor": BLUE_VEIL, "connectgaps": False}
    layout = _time_layout(timeline, labels, [0, most], revision, coarse=coarse, suffix=suffix)
    return {"data": [trace], "layout": layout}


def signed_bars_over_time(
    timeline: Caching, bars: Series, *, revision: str, coarse: bool = False, prefix: str, least: float
) -> Figure:
    """Draw a bar for each bucket, down from zero where it is negative."""
    labels = bucket_labels(list(timeline.points["start"]), [False] * len(timeline.points), timeline.unit)
    texts = [f"{bars.name} <b>{text}</b>" for text in bars.texts]
    greatest, smallest = max([*bars.values, least]), min([*bars.values, 0])
    room = (greatest - smallest) * 0.08
    span = [smallest - room if smallest < 0 else 0, greatest + room]
    layout = _time_layout(timeline, labels, span, revision, coarse=coarse, prefix=prefix)
    return {"data": [_time_trace(bars, labels, texts)], "layout": layout}


def _time_layout(
    timeline: Timeline | Caching,
    labels: list[str],
    span: list[float],
    revision: str,
    *,
    coarse: bool,
    prefix: str = "",
    suffix: str = "",
    height: int = TIME_HEIGHT,
) -> Figure:
    starts, ends = list(timeline.points["start"]), list(timeline.points["end"])
    bounds = bucket_bounds(starts, ends, timeline.unit)
    ticks, tick_texts = axis_ticks(starts, timeline.unit)
    whole = [-0.5, max(len(labels), 1) - 0.5]
    return {
        **_base_layout(revision),
        "height": height,
        "margin": {
            "l": 52,
            "r": 20,
            "t": 8,
            "b": 44 if any("<br>" in text for text in tick_texts) else 28,
        },
        "barmode": "stack",
        "bargap": 0.28 if len(labels) <= 60 else 0.12,
        "hovermode": "x unified",
        "dragmode": False if coarse else "zoom",
        "meta": {"whole": whole, "buckets": dict(zip(labels, bounds, strict=True))},
        "xaxis": {
            "type": "category",
            "tickmode": "array",
            "tickvals": ticks,
            "ticktext": tick_texts,
            "tickangle": 0,
            "unifiedhovertitle": {"text": "<b>%{x}</b>"},
            "showspikes": False,
            "ticks": "outside",
            "ticklen": 6,
            "tickcolor": CLEAR,
            "range": whole,
            "fixedrange": coarse,
            "showgrid": False,
            "zeroline": False,
        },
        "yaxis": {
            "rangemode": "tozero",
            "range": span,
            "fixedrange": True,
            "tickprefix": prefix,
            "ticksuffix": suffix,
            **_with_cents(prefix, span),
            "exponentformat": "B",
            "nticks": 5,
            "zeroline": False,
            "gridwidth": 1,
        },
    }


def _with_cents(prefix: str, span: Sequence[float]) -> dict[str, str]:
    """Write dollars with their cents where the steps of the axis have some: ``$0.50``, not ``$0.5``."""
    has_cents = prefix == "$" and 0.1 <= span[-1] - span[0] < 5
    return {"tickformat": ",.2f"} if has_cents else {}


def _time_trace(
    series: Series,
    labels: list[str],
    texts: list[str],
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
        "name": series.name,
        "x": labels,
        "y": list(series.values),
        "customdata": texts,
        "hovertemplate": "%{customdata}<extra></extra>",
        "marker": marker,
    }


def _hatched(partial: list[bool], color: str) -> Figure:
    return {
        "shape": ["/" if cut else "" for cut in partial],
        "fillmode": "replace",
        "fgcolor": color,
        "bgcolor": CLEAR,
        "size": 6,
        "solidity": 0.4,
    }


def _line_trace(series: Series, labels: list[str], texts: list[str]) -> Figure:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": series.name,
        "x": labels[: len(series.values)],
        "y": list(series.values),
        "customdata": texts,
        "hovertemplate": "%{customdata}<extra></extra>",
        "line": {"color": series.color, "width": 1.5, "dash": "4px,3px"},
    }


def concentration_curve(
    parts: Sequence[float], shares: Sequence[float], texts: Sequence[str], *, marked: int, revision: str
) -> Figure:
    """Draw how much the first of all users make together, beside the line on which all would spend alike.

    Args:
        parts: Of all users, 0 to 1, ascending.
        shares: Of the cost that they make together, 0 to 1.
        texts: What each point says.
        marked: The place of the point that the caption speaks of.
        revision: While this stays the same, nothing of the chart moves.
    """
    percents = [[0.0, *(100 * value for value in values)] for values in (parts, shares)]
    axis = {
        "range": [0, 100],
        "tickvals": [0, 25, 50, 75, 100],
        "ticktext": ["0", "25 %", "50 %", "75 %", "100 %"],
        "fixedrange": True,
        "zeroline": False,
    }
    alike: Figure = {
        "type": "scatter",
        "mode": "lines",
        "x": [0, 100],
        "y": [0, 100],
        "hoverinfo": "skip",
        "line": {"color": GHOST, "width": 1.5, "dash": "4px,3px"},
    }
    curve = {
        "type": "scatter",
        "mode": "lines",
        "x": percents[0],
        "y": percents[1],
        "customdata": ["", *texts],
        "hovertemplate": "%{customdata}<extra></extra>",
        "line": {"color": BLUE, "width": 2},
        "fill": "tozeroy",
        "fillcolor": BLUE_VEIL,
    }
    point = {
        "type": "scatter",
        "mode": "markers",
        "x": percents[0][marked + 1 : marked + 2],
        "y": percents[1][marked + 1 : marked + 2],
        "hoverinfo": "skip",
        "marker": {"color": ORANGE, "size": 9},
    }
    return {
        "data": [alike, curve, point] if parts else [],
        "layout": {
            **_base_layout(revision),
            "height": TALL_HEIGHT,
            "margin": {"l": 52, "r": 20, "t": 8, "b": 44},
            "hovermode": "closest",
            "hoverdistance": 60,
            "dragmode": False,
            "xaxis": {
                **axis,
                "showgrid": False,
                "showspikes": False,
                "ticks": "outside",
                "ticklen": 6,
                "tickcolor": CLEAR,
                "title": {"text": "Users, the dearest first", "standoff": 6, "font": {"size": 12}},
            },
            "yaxis": {**axis, "range": [0, 104], "gridwidth": 1},
        },
    }


@dataclass(frozen=True, slots=True)
class Mark:
    """A line across a chart of steps: where it stands, counted in steps, and what it says."""

    place: float
    text: str


def _mark_words(mark: Mark, steps_drawn: int, *, before_line: bool) -> Figure:
    # The first mark speaks to its left and the second to its right, so that they never meet; where the axis
    # ends too soon for that, the second steps down a line.
    fits = mark.place > steps_drawn * 0.2 if before_line else mark.place < steps_drawn * 0.78
    is_left = before_line == fits
    return {
        "x": mark.place,
        "y": 1 if fits else 0.93,
        "yref": "paper",
        "yanchor": "top",
        "xanchor": "right" if is_left else "left",
        "xshift": -6 if is_left else 6,
        "text": mark.text,
        "showarrow": False,
    }


def steps(
    edges: Sequence[str], values: Sequence[int], texts: Sequence[str], marks: Sequence[Mark], *, revision: str
) -> Figure:
    """Draw how many fall between one edge and the next.

    Args:
        edges: The upper edge of each bar, empty where the axis does not name it.
        values: How many there are below that edge and above the one before.
        texts: What each bar says.
        marks: Lines at certain places, such as the median.
        revision: While this stays the same, nothing of the chart moves.
    """
    places = list(range(len(values)))
    most = max([*values, LEAST_TOKENS_AXIS])
    named = [(place + 0.5, edge) for place, edge in enumerate(edges) if edge]
    return {
        "data": [
            {
                "type": "bar",
                "x": places,
                "y": list(values),
                "customdata": list(texts),
                "hovertemplate": "%{customdata}<extra></extra>",
                "marker": {"color": BLUE, "line": {"width": 0}},
            }
        ],
        "layout": {
            **_base_layout(revision),
            "height": TALL_HEIGHT,
            "margin": {"l": 52, "r": 26, "t": 8, "b": 44},
            "bargap": 0.06,
            "hovermode": "closest",
            "dragmode": False,
            "shapes": [
                {
                    "type": "line",
                    "x0": mark.place,
                    "x1": mark.place,
                    "y0": 0,
                    "y1": 1,
                    "yref": "paper",
                    "line": {"color": GHOST, "width": 1.5, "dash": "4px,3px"},
                }
                for mark in marks
            ],
            "annotations": [_mark_words(mark, len(values), before_line=mark is marks[0]) for mark in marks],
            "xaxis": {
                "range": [-0.5, max(len(values), 1) - 0.5],
                "tickvals": [place for place, _ in named],
                "ticktext": [edge for _, edge in named],
                "tickangle": 0,
                # The last edge stands at the end; where plotly hides all labels it loses the title, too.
                "ticklabeloverflow": "allow",
                "ticks": "outside",
                "ticklen": 6,
                "showgrid": False,
                "zeroline": False,
                "fixedrange": True,
                "title": {"text": "Cost of a conversation", "standoff": 6, "font": {"size": 12}},
            },
            "yaxis": {
                "rangemode": "tozero",
                "range": [0, most * 1.2],
                "nticks": 5,
                "fixedrange": True,
                "zeroline": False,
                "gridwidth": 1,
            },
        },
    }


def ranked_bars(
    names: Sequence[str], series: Sequence[Series], *, totals: Sequence[str], revision: str
) -> Figure:
    """Draw horizontal bars, the first at the top, each with its name to the left and its total at its end.

    Names are data: whatever they hold, plotly shows it as text.
    """
    places = list(range(len(names)))
    sums = [sum(values) for values in zip(*(one.values for one in series), strict=True)]
    most = max(sums, default=0) or 1
    room = {"wide": [shortened(name) for name in names], "narrow": [shortened(name, 17) for name in names]}
    # A tooltip has room for the whole name; where it stands for a row of parts it has the axis's for a title.
    whole_names = [f"<b>{figure_text(name)}</b><br>" if len(series) == 1 else "" for name in names]
    return {
        "data": [_ranked_trace(one, places, whole_names) for one in series]
        + [_totals_trace(sums, totals, places)],
        "layout": {
            **_base_layout(revision),
            "meta": {"names": room},
            "height": ranked_height(len(names)),
            # The totals stand to the right of the bars, outside the axis.
            "margin": {"l": 8, "r": 76, "t": 4, "b": 8},
            # Less than plotly leaves at least to the bars, where it would rather cut names off.
            "minreducedwidth": 32,
            "barmode": "stack",
            "bargap": 0.46,
            "hovermode": "y unified" if len(series) > 1 else "closest",
            "dragmode": False,
            "xaxis": {"visible": False, "fixedrange": True, "range": [0, most]},
            "yaxis": {
                "tickmode": "array",
                "tickvals": places,
                "ticktext": room["wide"],
                "range": [max(len(names), 1) - 0.5, -0.5],
                "fixedrange": True,
                "automargin": True,
                "showgrid": False,
                "showspikes": False,
                "zeroline": False,
                "ticklen": 8,
                "tickcolor": CLEAR,
            },
        },
    }


def _ranked_trace(series: Series, places: list[int], leads: list[str]) -> Figure:
    return {
        "type": "bar",
        "orientation": "h",
        "name": series.name,
        "x": list(series.values),
        "y": places,
        "customdata": [
            f"{lead}{series.name} <b>{text}</b>" for lead, text in zip(leads, series.texts, strict=True)
        ],
        "hovertemplate": "%{customdata}<extra></extra>",
        "marker": {"color": series.color, "line": {"width": 0}},
    }


def _totals_trace(sums: list[float], texts: Sequence[str], places: list[int]) -> Figure:
    return {
        "type": "scatter",
        "mode": "text",
        "x": sums,
        "y": places,
        "text": [f"  {text}" for text in texts],
        "textposition": "middle right",
        "cliponaxis": False,
        "hoverinfo": "skip",
    }


def ranked_height(rows: int) -> int:
    """The height in pixels of a chart of so many ranked bars."""
    return max(rows, 1) * ROW_HEIGHT + RANKED_MARGIN


def shortened(name: str, longest: int = 22) -> str:
    """A name that leaves room for its bar, safe for plotly, which reads tags and links in its labels."""
    return figure_text(name if len(name) <= longest else f"{name[: longest - 1].rstrip()}…")


def _base_layout(revision: str) -> Figure:
    return {
        "uirevision": revision,
        "paper_bgcolor": CLEAR,
        "plot_bgcolor": CLEAR,
        "showlegend": False,
        "font": {"family": "inherit", "size": 12},
        "hoverlabel": {"font": {"family": "inherit", "size": 12}, "align": "left"},
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
    }


def series_of(
    timeline: Timeline, column: str, name: str, as_text: Callable[[Any], str], color: str = BLUE
) -> Series:
    """One column of a timeline as bars."""
    values = [value.item() if hasattr(value, "item") else value for value in timeline.points[column]]
    return Series(name, values, [as_text(value) for value in values], color)
