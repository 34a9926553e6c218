"""Charts as plain dicts: what plotly draws, without a template, inked by the page's own style.

Colours of axes, grid and text come from CSS, so that switching the theme costs nothing. The two data colours
keep a contrast of 3 to 1 on both grounds and stay apart for every kind of colour vision.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from librechat_analytics.dashboard.time_axis import axis_ticks, bucket_labels
from librechat_analytics.formatting import figure_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from librechat_analytics.usage.answers import Timeline

BLUE = "#3b82c4"
ORANGE = "#d9730d"
CLEAR = "rgba(0,0,0,0)"
# What an axis holds at least, so that a period of nothing has no axis from -1 to 1.
LEAST_COST_AXIS_USD = 0.01
LEAST_TOKENS_AXIS = 10

TIME_HEIGHT = 260
ROW_HEIGHT = 34
RANKED_MARGIN = 12
CONFIG = {"displayModeBar": False, "responsive": True, "doubleClick": "autosize", "showTips": False}

Figure = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Series:
    """One set of bars: its name, its values, and each value as the reader sees it."""

    name: str
    values: Sequence[float]
    texts: Sequence[str]
    color: str = BLUE


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
) -> Figure:
    """Draw stacked bars, one per bucket; a bucket that is not over is hatched.

    Args:
        timeline: The buckets; each series has a value for each of them.
        series: From the bottom up.
        revision: While this stays the same, a redrawn chart keeps the reader's zoom.
        coarse: The reader points with a finger: dragging scrolls the page instead of zooming.
        prefix: Stands before the numbers of the axis, such as a currency sign.
        least: The axis reaches at least this far.
        totals: Each bucket's total as the reader sees it, for more than one series.
    """
    starts = list(timeline.points["start"])
    partial = [bool(flag) for flag in timeline.points["partial"]]
    labels = bucket_labels(starts, partial, timeline.unit)
    ticks, tick_texts = axis_ticks(starts, timeline.unit)
    whole = [-0.5, max(len(labels), 1) - 0.5]
    heights = [sum(values) for values in zip(*(one.values for one in series), strict=True)]
    traces = []
    for one in series:
        texts = [f"{one.name} <b>{text}</b>" for text in one.texts]
        if totals is not None and one is series[-1]:
            texts = [f"{text}<br>Total <b>{total}</b>" for text, total in zip(texts, totals, strict=True)]
        traces.append(_time_trace(one, labels, partial, texts))
    return {
        "data": traces,
        "layout": {
            **_base_layout(revision),
            "height": TIME_HEIGHT,
            "margin": {
                "l": 52,
                "r": 16,
                "t": 8,
                "b": 44 if any("<br>" in text for text in tick_texts) else 28,
            },
            "barmode": "stack",
            "bargap": 0.28 if len(labels) <= 60 else 0.12,
            "hovermode": "x unified",
            "dragmode": False if coarse else "zoom",
            "meta": {"whole": whole},
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
                "range": [0, max([*heights, least / 1.08]) * 1.08],
                "fixedrange": True,
                "tickprefix": prefix,
                "exponentformat": "B",
                "nticks": 5,
                "zeroline": False,
                "gridwidth": 1,
            },
        },
    }


def _time_trace(series: Series, labels: list[str], partial: list[bool], texts: list[str]) -> Figure:
    return {
        "type": "bar",
        "name": series.name,
        "x": labels,
        "y": list(series.values),
        "customdata": texts,
        "hovertemplate": "%{customdata}<extra></extra>",
        "marker": {
            "color": series.color,
            "line": {"width": 0},
            "pattern": {
                "shape": ["/" if cut else "" for cut in partial],
                "fillmode": "replace",
                "fgcolor": series.color,
                "bgcolor": CLEAR,
                "size": 6,
                "solidity": 0.4,
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
    # A tooltip has room for the whole name; where it stands for a row of parts it has the axis's for a title.
    whole_names = [f"<b>{figure_text(name)}</b><br>" if len(series) == 1 else "" for name in names]
    return {
        "data": [_ranked_trace(one, places, whole_names) for one in series]
        + [_totals_trace(sums, totals, places)],
        "layout": {
            **_base_layout(revision),
            "height": ranked_height(len(names)),
            # The totals stand to the right of the bars, outside the axis.
            "margin": {"l": 8, "r": 76, "t": 4, "b": 8},
            "barmode": "stack",
            "bargap": 0.46,
            "hovermode": "y unified" if len(series) > 1 else "closest",
            "dragmode": False,
            "xaxis": {"visible": False, "fixedrange": True, "range": [0, most]},
            "yaxis": {
                "tickmode": "array",
                "tickvals": places,
                "ticktext": [shortened(name) for name in names],
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
