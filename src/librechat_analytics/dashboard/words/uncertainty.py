"""How much of a figure is certain: the line below a total, and the mark of an estimate in a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from librechat_analytics.dashboard.html.markup import element
from librechat_analytics.formatting import money, share

if TYPE_CHECKING:
    from collections.abc import Mapping

    from librechat_analytics.dashboard.data import PageData
    from librechat_analytics.dashboard.html.markup import Markup
    from librechat_analytics.usage.list_answers import ModelRow

NEGLIGIBLE = 0.01
"""The page shows no doubt below this share."""

BY_MODEL = ("default-rate", "family-rate")
"""The findings about prices whose details are models."""


def known_share(uncertain_usd: float, cost_usd: float) -> float | None:
    """Give the share of a cost that known prices explain, from 0 to 1; None where the doubt is negligible."""
    if cost_usd <= 0 or uncertain_usd < NEGLIGIBLE * cost_usd:
        return None
    return max(0.0, 1 - uncertain_usd / cost_usd)


def trust_line(data: PageData) -> list[Markup]:
    """Say below the total how much of it known prices explain; nothing where the doubt is negligible."""
    quality, cost_usd = data.summary.quality, data.summary.totals.cost_usd
    known = known_share(quality.uncertain_cost_usd, cost_usd)
    if known is None:
        return []
    return [
        element(
            "a",
            trust_bar(known),
            f"{share(known)} priced from known rates",
            class_name="trust",
            href=data.query.link("quality"),
            title=f"{money(quality.uncertain_cost_usd)} is an estimate. See data quality.",
        )
    ]


def trust_bar(known: float) -> Markup:
    """Draw how much of a cost known prices explain; ``known`` is from 0 to 1."""
    fill = element("span", class_name="trust-fill", width=f"{known * 100:.2f}%")
    return element("span", fill, class_name="trust-bar", hidden_from_readers="true")


def of_model(data: PageData, row: ModelRow) -> Markup:
    """Mark a model whose cost is an estimate in part; an empty text where the doubt is negligible."""
    known = known_share(estimated_usd(data).get(row.model or "", 0.0), row.cost_usd)
    if known is None:
        return ""
    text = f"{share(1 - known)} estimated" if known > 0 else "Estimated"
    reason = "LibreChat had no price for this model and charged another rate."
    return element(
        "a",
        text,
        class_name="doubt",
        href=data.query.link("quality", model=row.model),
        title=reason,
        label=f"{text}. {reason} See data quality.",
    )


def estimated_usd(data: PageData) -> Mapping[str, float]:
    """Give the cost that is an estimate, in US dollars, by the name of the model."""
    costs: dict[str, float] = {}
    for finding in data.report.findings:
        if finding.code in BY_MODEL:
            for detail in finding.details:
                costs[detail.name] = costs.get(detail.name, 0.0) + detail.cost_usd
    return costs
