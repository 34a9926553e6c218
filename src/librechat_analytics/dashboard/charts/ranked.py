"""Horizontal bars, highest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from librechat_analytics.dashboard.charts.colours import CLEAR
from librechat_analytics.dashboard.charts.figure import (
    RANKED_MARGIN,
    ROW_HEIGHT,
    Figure,
    Rows,
    base_layout,
    tooltips,
)
from librechat_analytics.formatting import figure_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from librechat_analytics.dashboard.charts.figure import Series


def ranked_bars(
    names: Sequence[str], series: Sequence[Series], *, totals: Sequence[str], revision: str
) -> Figure:
    """Draw horizontal bars, the first at the top, each with its name on the left and its total at its end.

    Names are data: plotly shows any name as text.
    """
    rows = list(range(len(names)))
    sums = [sum(values) for values in zip(*(one.values for one in series), strict=True)]
    most = max(sums, default=0) or 1
    room = {"wide": [shortened(name) for name in names], "narrow": [shortened(name, 17) for name in names]}
    # A tooltip has room for the whole name, which it says once.
    titles: list[list[Rows]] = [[[(name, "")] for name in names]]
    titles += [[[] for _ in names] for _ in series[1:]]
    return {
        "data": [_bars(one, rows, title) for one, title in zip(series, titles, strict=True)]
        + [_totals(sums, totals, rows)],
        "layout": {
            **base_layout(revision),
            "meta": {"names": room},
            "height": ranked_height(len(names)),
            # The totals are to the right of the bars, outside the axis.
            "margin": {"l": 8, "r": 76, "t": 4, "b": 8},
            # With plotly's own minimum, narrow charts would cut names off.
            "minreducedwidth": 32,
            "barmode": "stack",
            "bargap": 0.46,
            "hovermode": "y",
            "dragmode": False,
            "xaxis": {"visible": False, "fixedrange": True, "range": [0, most]},
            "yaxis": {
                "tickmode": "array",
                "tickvals": rows,
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


def _bars(series: Series, rows: list[int], titles: Sequence[Rows]) -> Figure:
    return {
        "type": "bar",
        "orientation": "h",
        "name": series.name,
        "x": list(series.values),
        "y": rows,
        **tooltips([[*title, *said] for title, said in zip(titles, series.rows(), strict=True)]),
        "marker": {"color": series.color, "line": {"width": 0}},
    }


def _totals(sums: list[float], texts: Sequence[str], rows: list[int]) -> Figure:
    return {
        "type": "scatter",
        "mode": "text",
        "x": sums,
        "y": rows,
        "text": [f"  {text}" for text in texts],
        "textposition": "middle right",
        "cliponaxis": False,
        "hoverinfo": "skip",
    }


def ranked_height(rows: int) -> int:
    """Give the height in pixels of a chart with this many ranked bars."""
    return max(rows, 1) * ROW_HEIGHT + RANKED_MARGIN


def shortened(name: str, longest: int = 22) -> str:
    """Shorten a name to leave room for its bar, and escape it: plotly reads tags and links in its labels."""
    return figure_text(name if len(name) <= longest else f"{name[: longest - 1].rstrip()}…")
