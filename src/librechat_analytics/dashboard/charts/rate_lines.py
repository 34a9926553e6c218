"""Prices over time as two lines, on the axes that bars over time have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from librechat_analytics.dashboard.charts import figures
from librechat_analytics.dashboard.charts.time_axis import bucket_labels
from librechat_analytics.formatting import rate

if TYPE_CHECKING:
    from librechat_analytics.usage.answers import Rates

LINES = (("Prompt", "prompt_rate", figures.BLUE), ("Completion", "completion_rate", figures.ORANGE))
LEAST_RATE_AXIS_USD = 0.01


def rate_lines(rates: Rates, *, revision: str, coarse: bool) -> figures.Figure:
    """Draw the price of a million prompt and completion tokens; a bucket without tokens is a gap."""
    points = rates.points
    labels = bucket_labels(list(points["start"]), [bool(flag) for flag in points["partial"]], rates.unit)
    frame = figures.bars_over_time(
        rates,  # type: ignore[arg-type]
        [figures.Series(name, [0.0] * len(labels), [""] * len(labels)) for name, _, _ in LINES],
        revision=revision,
        coarse=coarse,
        prefix="$",
    )
    known = [value for _, column, _ in LINES for value in points[column] if value is not None]
    frame["layout"]["yaxis"]["range"] = [0, max([*known, LEAST_RATE_AXIS_USD]) * 1.08]
    frame["data"] = [_line(name, color, labels, list(points[column])) for name, column, color in LINES]
    return frame


def _line(name: str, color: str, labels: list[str], values: list[float | None]) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": name,
        "x": labels,
        "y": values,
        "customdata": [f"{name} <b>{rate(value)}</b>" for value in values],
        "hovertemplate": "%{customdata}<extra></extra>",
        "connectgaps": False,
        "line": {"color": color, "width": 2, "shape": "linear"},
        "marker": {"color": color, "size": 5},
    }
