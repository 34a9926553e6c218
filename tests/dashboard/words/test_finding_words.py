"""How much a finding matters, and to whom."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import get_args

import pytest

from librechat_analytics.dashboard.words.finding_words import severity
from librechat_analytics.usage.quality import KINDS, Effect, Finding

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def finding(code: str, cost_usd: float) -> Finding:
    return Finding(code, 10, 1000, cost_usd, NOW, NOW, ())


def test_every_effect_has_a_finding_and_words() -> None:
    assert {kind.effect for kind in KINDS.values()} == set(get_args(Effect))
    for code in KINDS:
        found = severity(finding(code, 1.0), 10.0)
        assert found.changes
        assert found.concerns.endswith(".")


@pytest.mark.parametrize(
    ("code", "cost_usd", "weight", "concerns"),
    [
        ("default-rate", 1.03, "high", "yes, 10.3% of the cost may be wrong."),
        ("default-rate", 0.04, "low", "hardly, 0.4% of the cost."),
        ("sentinel-rate", 0.0, "high", "yes, if you compare with a bill."),
        ("unknown-agent", 5.0, "middle", "only in figures by agent."),
        ("several-rates", 5.0, "low", "only if you did not expect these rates."),
    ],
)
def test_it_follows_from_what_it_changes_and_how_much(
    code: str, cost_usd: float, weight: str, concerns: str
) -> None:
    found = severity(finding(code, cost_usd), 10.0)

    assert (found.weight, found.concerns) == (weight, concerns)


def test_a_period_without_cost_has_no_share() -> None:
    assert severity(finding("default-rate", 0.0), 0.0).weight == "low"
