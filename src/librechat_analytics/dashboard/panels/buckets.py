"""The buckets of a chart's numbers as links."""

from __future__ import annotations

from typing import TYPE_CHECKING

from librechat_analytics.dashboard.html.markup import element

if TYPE_CHECKING:
    from librechat_analytics.dashboard.charts.time_axis import TimeAxis
    from librechat_analytics.dashboard.html.markup import Markup
    from librechat_analytics.dashboard.query import PageQuery


def bucket_links(query: PageQuery, view: str, axis: TimeAxis) -> list[Markup]:
    """Name the buckets; each leads to a view with the bucket as its period."""
    if len(axis.labels) < 2:
        return list(axis.labels)  # the only bucket is the period on screen
    kept = {"measure": None if query.measure == "cost" else query.measure, "split": query.split}
    return [
        element("a", label, href=query.link(view, period="custom", start=start, end=end, **kept))
        for label, (start, end) in zip(axis.labels, axis.bounds(), strict=True)
    ]
