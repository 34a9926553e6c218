"""How much of a figure is certain."""

from __future__ import annotations

from dataclasses import replace

import pytest

from librechat_analytics.dashboard.words import uncertainty
from librechat_analytics.usage.answers import Summary
from librechat_analytics.usage.quality import Detail, Finding, QualityReport
from tests.dashboard.ready_answers import CERTAIN_QUALITY, MODEL, NOTHING, NOW, page_data, texts

TOTALS = replace(NOTHING, cost_usd=12.5, calls=3)


def doubtful(uncertain_usd: float) -> Summary:
    return Summary(TOTALS, None, replace(CERTAIN_QUALITY, default_rate_cost_usd=uncertain_usd))


class TestTrustLine:
    def test_it_says_how_much_known_rates_explain_and_leads_to_the_reasons(self) -> None:
        part = TOTALS.cost_usd / 8
        ((tag, attributes, *words),) = uncertainty.trust_line(page_data(summary=doubtful(part)))

        assert tag == "a"
        assert texts(words) == "87.5% priced from known rates"
        assert attributes["href"] == "?view=quality"  # type: ignore[index,call-overload]
        assert "is an estimate" in attributes["title"]  # type: ignore[index,call-overload]

    @pytest.mark.parametrize("share", [0.0, 0.0099])
    def test_a_doubt_below_one_per_cent_is_not_shown(self, share: float) -> None:
        assert uncertainty.trust_line(page_data(summary=doubtful(share * TOTALS.cost_usd))) == []


class TestMarks:
    def test_a_model_without_a_price_says_which_part_is_estimated(self) -> None:
        finding = Finding(
            "default-rate", 1, 1, 1.0, NOW, NOW, (Detail(str(MODEL.model), 1, 1, MODEL.cost_usd / 4),)
        )
        data = page_data(report=QualityReport((finding,), (), 1.0))

        assert "25.0% estimated" in texts([uncertainty.of_model(data, MODEL)])

    def test_a_model_of_known_price_has_none(self) -> None:
        assert uncertainty.of_model(page_data(), MODEL) == ""
