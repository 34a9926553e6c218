"""The curve that shows how much of the cost few users account for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from librechat_analytics.dashboard.charts.colours import BLUE, BLUE_VEIL, CLEAR, GHOST, ORANGE
from librechat_analytics.dashboard.charts.figure import TALL_HEIGHT, Figure, base_layout, tooltips

if TYPE_CHECKING:
    from collections.abc import Sequence

    from librechat_analytics.dashboard.charts.figure import Rows


def concentration_curve(
    parts: Sequence[float], shares: Sequence[float], texts: Sequence[Rows], *, marked: int, revision: str
) -> Figure:
    """Draw how much the top users account for, and the line on which all users would cost the same.

    Args:
        parts: Parts of all users, 0 to 1, ascending.
        shares: The share of the cost that each part accounts for, 0 to 1.
        texts: The tooltip of each point.
        marked: The index of the point that the caption is about.
        revision: While this stays the same, plotly keeps the chart as it is.
    """
    percents = [[0.0, *(100 * value for value in values)] for values in (parts, shares)]
    axis = {
        "range": [0, 100],
        "tickvals": [0, 25, 50, 75, 100],
        "ticktext": ["0", "25%", "50%", "75%", "100%"],
        "fixedrange": True,
        "zeroline": False,
    }
    equal: Figure = {
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
        **tooltips([[], *texts]),
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
        "data": [equal, curve, point] if parts else [],
        "layout": {
            **base_layout(revision),
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
                "title": {"text": "Users, highest cost first", "standoff": 6, "font": {"size": 12}},
            },
            "yaxis": {**axis, "range": [0, 104], "gridwidth": 1},
        },
    }
