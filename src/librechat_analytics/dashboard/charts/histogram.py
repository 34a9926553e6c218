"""Bars that count how many things cost how much, with lines across such as the median."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from librechat_analytics.dashboard.charts.colours import BLUE, GHOST
from librechat_analytics.dashboard.charts.figure import (
    LEAST_TOKENS_AXIS,
    TALL_HEIGHT,
    Figure,
    base_layout,
    tooltips,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from librechat_analytics.dashboard.charts.figure import Rows


@dataclass(frozen=True, slots=True)
class Mark:
    """A line across a histogram: its position, where the first bar is 0 and the next is 1, and its label."""

    position: float
    text: str


def histogram(
    edges: Sequence[str],
    values: Sequence[int],
    texts: Sequence[Rows],
    marks: Sequence[Mark],
    *,
    revision: str,
) -> Figure:
    """Draw a bar for each band of costs.

    Args:
        edges: The upper edge of each band, empty where the axis does not name it.
        values: How many things are in each band.
        texts: The tooltip of each bar.
        marks: Lines across, such as the median.
        revision: While this stays the same, plotly keeps the chart as it is.
    """
    bars = list(range(len(values)))
    most = max([*values, LEAST_TOKENS_AXIS])
    named = [(bar + 0.5, edge) for bar, edge in enumerate(edges) if edge]
    return {
        "data": [
            {
                "type": "bar",
                "x": bars,
                "y": list(values),
                **tooltips(texts),
                "marker": {"color": BLUE, "line": {"width": 0}},
            }
        ],
        "layout": {
            **base_layout(revision),
            "height": TALL_HEIGHT,
            "margin": {"l": 52, "r": 26, "t": 8, "b": 44},
            "bargap": 0.06,
            "hovermode": "closest",
            "dragmode": False,
            "shapes": [
                {
                    "type": "line",
                    "x0": mark.position,
                    "x1": mark.position,
                    "y0": 0,
                    "y1": 1,
                    "yref": "paper",
                    "line": {"color": GHOST, "width": 1.5, "dash": "4px,3px"},
                }
                for mark in marks
            ],
            "annotations": [_label(mark, len(values), is_first=mark is marks[0]) for mark in marks],
            "xaxis": {
                "range": [-0.5, max(len(values), 1) - 0.5],
                "tickvals": [position for position, _ in named],
                "ticktext": [edge for _, edge in named],
                "tickangle": 0,
                # The last edge is at the end of the axis; plotly would hide it, and with it the axis title.
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


def _label(mark: Mark, bars: int, *, is_first: bool) -> Figure:
    # The label of the first mark is on its left and that of the second on its right, so that they never
    # overlap. Near the ends of the axis the label changes sides and moves down a line.
    fits = mark.position > bars * 0.2 if is_first else mark.position < bars * 0.66
    is_left = is_first == fits
    return {
        "x": mark.position,
        "y": 1 if fits else 0.93,
        "yref": "paper",
        "yanchor": "top",
        "xanchor": "right" if is_left else "left",
        "xshift": -6 if is_left else 6,
        "text": mark.text,
        "showarrow": False,
    }
