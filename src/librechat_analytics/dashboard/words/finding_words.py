"""How much a finding matters, and to whom, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from librechat_analytics.dashboard.html.markup import element
from librechat_analytics.dashboard.words.uncertainty import NEGLIGIBLE, trust_bar
from librechat_analytics.formatting import money, share

if TYPE_CHECKING:
    from collections.abc import Iterable

    from librechat_analytics.dashboard.html.markup import Markup
    from librechat_analytics.usage.quality import Finding

Weight = Literal["high", "middle", "low"]


class Severity(NamedTuple):
    """How much a finding matters: its colour, what it changes, and whether it concerns the reader."""

    weight: Weight
    changes: str
    concerns: str


def by_weight(findings: Iterable[Finding]) -> list[Finding]:
    """Sort findings, highest cost first; of the same cost, those with most rows first."""
    return sorted(findings, key=lambda finding: (-finding.cost_usd, -finding.documents))


def severity(finding: Finding, whole_usd: float) -> Severity:
    """Say what a finding changes and whom it concerns; ``whole_usd`` is the cost of the period."""
    effect = finding.kind.effect
    if effect == "price":
        part = min(finding.cost_usd / whole_usd, 1.0) if whole_usd > 0 else 0.0
        if part < NEGLIGIBLE:
            return Severity("low", "Hardly changes the cost", f"hardly, {share(part)} of the cost.")
        return Severity("high", "Changes the cost", f"yes, {share(part)} of the cost may be wrong.")
    if effect in ("missing", "beside"):
        return Severity("high", "Missing from the cost", "yes, if you compare with a bill.")
    if effect == "user":
        return Severity("middle", "Changes who is named", "only in figures by user.")
    if effect == "agent":
        return Severity("middle", "Changes which agent is named", "only in figures by agent.")
    if effect == "later":
        return Severity("low", "Changes no figure yet", "no, not in this period.")
    return Severity("low", "Changes no figure", "only if you did not expect these rates.")


def severity_line(found: Severity) -> Markup:
    """Write what a finding changes and whom it concerns, beside a dot in the colour of its weight."""
    dot = element("span", class_name=f"severity {found.weight}", hidden_from_readers="true")
    words = element("span", f" Concerns you: {found.concerns}", class_name="quiet")
    return element("p", dot, f"{found.changes}.", words, class_name="finding-severity")


def headline(uncertain_usd: float, cost_usd: float) -> list[Markup]:
    """Say how much of a cost known prices explain, with a bar, and why the rest is an estimate."""
    if uncertain_usd <= 0:
        sentence = f"All of {money(cost_usd)} is priced from known rates."
        return [element("p", element("strong", sentence), class_name="headline"), trust_bar(1.0)]
    part = min(uncertain_usd / cost_usd, 1.0) if cost_usd > 0 else 1.0
    sentence = f"{share(1 - part)} of {money(cost_usd)} is priced from known rates."
    estimate = f"{money(uncertain_usd)} ({share(part)})"
    reason = f"{estimate} is an estimate, because LibreChat had no price for the model."
    return [
        element("p", element("strong", sentence), class_name="headline"),
        trust_bar(1 - part),
        element("p", reason),
    ]
