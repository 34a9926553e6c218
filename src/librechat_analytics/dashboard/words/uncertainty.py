"""The mark beside figures that hold rows which are less sure than the rest; it leads to the reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from librechat_analytics.dashboard.html.markup import element
from librechat_analytics.formatting import money

if TYPE_CHECKING:
    from librechat_analytics.dashboard.data import Questions
    from librechat_analytics.dashboard.html.markup import Markup
    from librechat_analytics.dashboard.query import PageQuery
    from librechat_analytics.usage.answers import Quality

SIGN = "\N{ALMOST EQUAL TO}"


def mark(query: PageQuery, reason: str, **filters: str | None) -> Markup:
    """A sign that leads to the reasons; what it stands for is in its name and its tooltip."""
    return element(
        "a",
        SIGN,
        class_name="doubt",
        href=query.link("quality", **filters),
        title=reason,
        label=f"{reason} See data quality.",
    )


def of_cost(questions: Questions) -> list[Markup]:
    """The mark beside a total, or nothing where all of it comes from known prices."""
    doubtful = doubtful_cost_usd(questions.summary.quality)
    if doubtful <= 0:
        return []
    return [mark(questions.query, f"{money(doubtful)} of it was not computed from a known price.")]


def doubtful_cost_usd(quality: Quality) -> float:
    """Cost at the default rate, without a model, or under an agent's id."""
    return quality.default_rate_cost_usd + quality.no_model_cost_usd + quality.agent_model_cost_usd


def unpriced_models(questions: Questions) -> frozenset[str]:
    """The models that LibreChat had no price for in the period."""
    return frozenset(
        detail.name
        for finding in questions.report.findings
        if finding.code == "default-rate"
        for detail in finding.details
    )
