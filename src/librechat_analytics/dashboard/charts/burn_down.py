"""What is left of a budget, day by day, and what is expected to be left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from librechat_analytics.dashboard.charts.colours import BLUE, BLUE_VEIL, CLEAR, GHOST
from librechat_analytics.dashboard.charts.figure import LEAST_COST_AXIS_USD, Figure, Rows, tooltips
from librechat_analytics.dashboard.charts.over_time import HEADROOM, Options, time_layout
from librechat_analytics.formatting import money

if TYPE_CHECKING:
    from collections.abc import Sequence

    from librechat_analytics.dashboard.charts.time_axis import TimeAxis


@dataclass(frozen=True, slots=True)
class BurnDown:
    """What is left at the end of each day, in US dollars.

    ``left``: up to the last day with figures. ``expected``, ``least`` and ``most`` begin with that day; they
    are empty without a forecast. ``even``: what would be left if every day cost the same.
    """

    left: Sequence[float]
    even: Sequence[float]
    expected: Sequence[float] = ()
    least: Sequence[float] = ()
    most: Sequence[float] = ()


def burn_down(axis: TimeAxis, said: BurnDown, options: Options) -> Figure:
    """Draw what is left as a line, what is expected as a dashed one in a band, and even spending."""
    first = len(said.left) - 1
    ahead = axis.labels[first:]
    traces = [
        _line("Spent evenly", axis.labels, said.even, {"color": GHOST, "width": 1.5, "dash": "4px,3px"})
    ]
    if said.expected:
        edge = {"color": CLEAR, "width": 0}
        band = {"fill": "tonexty", "fillcolor": BLUE_VEIL}
        traces += [
            _line("Expected at most", ahead, said.most, edge),
            _line("Expected at least", ahead, said.least, edge) | band,
            _line("Expected", ahead, said.expected, {"color": BLUE, "width": 2, "dash": "4px,3px"}),
        ]
    traces.append(_line("Left", axis.labels[: first + 1], said.left, {"color": BLUE, "width": 2}))
    values = [*said.left, *said.even, *said.least, *said.most, 0.0]
    greatest, smallest = max(*values, LEAST_COST_AXIS_USD), min(values)
    room = (greatest - smallest) * (HEADROOM - 1)
    layout = time_layout(axis, [smallest - room if smallest < 0 else 0, greatest + room], options)
    layout["yaxis"]["zeroline"] = smallest < 0
    return {"data": traces, "layout": layout}


def _line(name: str, labels: Sequence[str], values: Sequence[float], line: Figure) -> Figure:
    rows: list[Rows] = [[(name, money(value))] for value in values]
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": list(labels),
        "y": list(values),
        **tooltips(rows),
        "line": line,
    }
