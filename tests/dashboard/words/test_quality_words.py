"""The remarks below the Overview."""

from __future__ import annotations

from dataclasses import replace

from librechat_analytics.dashboard.words.quality_words import quality_sentences, quality_strip
from librechat_analytics.usage.answers import Totals
from tests.dashboard.ready_answers import CERTAIN_QUALITY, NOTHING, component_texts

TOTALS = Totals(100.0, 1, 1, 0, 0, 1, 1, 1)


def test_certain_figures_have_no_remarks() -> None:
    assert quality_strip(CERTAIN_QUALITY, TOTALS, "?view=quality") == []


def test_each_remark_has_its_share_of_the_cost() -> None:
    uncertain = replace(CERTAIN_QUALITY, default_rate_cost_usd=12.4, agent_model_cost_usd=0.01)

    subjects = [subject for subject, _ in quality_sentences(uncertain, TOTALS)]

    assert subjects == ["$12.40 (12.4%)", "$0.01 (<0.1%)"]


def test_one_row_is_in_the_singular() -> None:
    uncertain = replace(CERTAIN_QUALITY, sentinel_rows=1, rejected_documents=2)

    assert [subject for subject, _ in quality_sentences(uncertain, TOTALS)] == [
        "1 row",
        "2 rows",
    ]


def test_other_token_types_are_listed_most_frequent_first() -> None:
    uncertain = replace(CERTAIN_QUALITY, other_token_types={"image_count": 3, "(missing)": 5})

    strip = quality_strip(uncertain, TOTALS, "?view=quality")
    assert "(missing) (5), image_count (3)" in component_texts(strip)


def test_credits_in_no_total_have_a_remark() -> None:
    uncertain = replace(CERTAIN_QUALITY, spent_credits_rows=3, spent_credits_cost_usd=2.1344)

    (remark,) = quality_sentences(uncertain, TOTALS)
    assert remark == ("$2.13", "of credits was spent on something other than tokens; it is in no total.")


def test_a_remark_about_a_total_of_zero_has_no_share() -> None:
    uncertain = replace(CERTAIN_QUALITY, no_model_cost_usd=1.0)

    assert quality_sentences(uncertain, NOTHING)[0][0] == "$1.00"
