"""The sign next to uncertain figures, which links to the reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from librechat_analytics.dashboard.html.markup import element
from librechat_analytics.formatting import money

if TYPE_CHECKING:
    from librechat_analytics.dashboard.data import PageData
    from librechat_analytics.dashboard.html.markup import Markup
    from librechat_analytics.dashboard.query import PageQuery

SIGN = "\N{ALMOST EQUAL TO}"
NO_PRICE = "LibreChat had no price for some or all of this and charged its default rate."
AGENT_UNCERTAIN = "It is not certain that every call belongs to this agent."


def mark(query: PageQuery, reason: str, **filters: str | None) -> Markup:
    """Make a sign that links to the reasons; its name and its tooltip say what it means."""
    return element(
        "a",
        SIGN,
        class_name="doubt",
        href=query.link("quality", **filters),
        title=reason,
        label=f"{reason} See data quality.",
    )


def of_cost(data: PageData) -> list[Markup]:
    """Make the sign next to the total cost; nothing if LibreChat knew all prices."""
    uncertain_usd = data.summary.quality.uncertain_cost_usd
    if uncertain_usd <= 0:
        return []
    return [mark(data.query, f"{money(uncertain_usd)} of it was not computed from a known price.")]


def unpriced_models(data: PageData) -> frozenset[str]:
    """Give the names of the models that LibreChat had no price for in the period."""
    return frozenset(
        detail.name
        for finding in data.report.findings
        if finding.code == "default-rate"
        for detail in finding.details
    )
