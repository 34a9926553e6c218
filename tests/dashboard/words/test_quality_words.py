"""What is less sure, in words."""

from __future__ import annotations

from dataclasses import replace

from librechat_analytics.dashboard.words.quality_words import quality_sentences, quality_strip
from librechat_analytics.usage.answers import Totals
from tests.dashboard.ready_answers import CERTAIN_QUALITY, NOTHING, component_texts

TOTALS = Totals(100.0, 1, 1, 0, 0, 1, 1, 1)


def test_figures_without_a_doubt_have_no_strip() -> None:
    assert quality_strip(CERTAIN_QUALITY, TOTALS, "?view=quality") == []


def test_each_doubt_is_a_sentence_with_its_part_of_the_cost() -> None:
    doubtful = replace(CERTAIN_QUALITY, default_rate_cost_usd=12.4, agent_model_cost_usd=0.01)

    subjects = [subject for subject, _ in quality_sentences(doubtful, TOTALS)]

    assert subjects == ["$12.40 (12.4%)", "$0.01 (<0.1%)"]


def test_one_is_not_many() -> None:
    doubtful = replace(CERTAIN_QUALITY, sentinel_rows=1, rejected_documents=2)

    assert [subject for subject, _ in quality_sentences(doubtful, TOTALS)] == ["1 transaction", "2 documents"]


def test_other_kinds_are_named_most_first() -> None:
    doubtful = replace(CERTAIN_QUALITY, other_token_types={"image_count": 3, "(missing)": 5})

    strip = quality_strip(doubtful, TOTALS, "?view=quality")
    assert "(missing) (5), image_count (3)" in component_texts(strip)


def test_credits_that_were_spent_beside_the_cost_are_named() -> None:
    doubtful = replace(CERTAIN_QUALITY, spent_credits_rows=3, spent_credits_cost_usd=2.1344)

    (remark,) = quality_sentences(doubtful, TOTALS)
    assert remark == ("$2.13", "of credits was spent on something other than tokens; it is in no total.")


def test_a_doubt_about_a_cost_of_nothing_has_no_part() -> None:
    doubtful = replace(CERTAIN_QUALITY, no_model_cost_usd=1.0)

    assert quality_sentences(doubtful, NOTHING)[0][0] == "$1.00"
