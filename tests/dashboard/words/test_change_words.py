"""What changed, in words."""

from __future__ import annotations

import pytest

from librechat_analytics.dashboard.words import change_words
from librechat_analytics.usage.changes import ChangeCauses
from tests.dashboard.ready_answers import changed


@pytest.mark.parametrize(
    ("usd", "text"),
    [
        (21.03, "+$21.03"),
        (-14.65, "\N{MINUS SIGN}$14.65"),
        (0.0, "$0.00"),
        (-0.004, "$0.00"),
        (1e6, "+$1,000,000.00"),
    ],
)
def test_a_difference_has_a_sign(usd: float, text: str) -> None:
    assert change_words.signed(usd) == text


@pytest.mark.parametrize(
    ("before", "now", "text"),
    [
        (10.0, 14.7, "+47%"),
        (10.0, 5.0, "\N{MINUS SIGN}50%"),
        (10.0, 10.001, "<1%"),
        (0.1, 50.0, ">999%"),
        (None, 5.0, "new"),
        (5.0, None, "gone"),
        (0.0, 5.0, ""),
    ],
)
def test_a_change_is_in_per_cent_or_new_or_gone(before: float | None, now: float | None, text: str) -> None:
    assert change_words.percent(changed("gpt-5.2", before, now)) == text


def test_the_sentence_names_the_three_largest_differences() -> None:
    parts = [("gpt-5.4", 21.03), ("claude", -14.65), ("gemini", 7.58), ("small", 1.0)]
    assert change_words.headline(12.66, parts, "September") == (
        "$12.66 more than September: gpt-5.4 +$21.03, claude \N{MINUS SIGN}$14.65, gemini +$7.58."
    )


def test_the_sentence_says_less_or_the_same() -> None:
    assert change_words.headline(-1.5, [], "30 Sep") == "$1.50 less than 30 Sep."
    assert change_words.headline(0.0, [("a", 1.0), ("b", -1.0)], "30 Sep") == (
        "The cost is the same as in 30 Sep: a +$1.00, b \N{MINUS SIGN}$1.00."
    )


def test_causes_are_named_by_their_direction() -> None:
    rising = change_words.causes(ChangeCauses(1.0, 1.0, 1.0, 1.0))
    falling = change_words.causes(ChangeCauses(-1.0, -1.0, -1.0, -1.0))
    assert [name for name, _, _ in rising] == [
        "More calls",
        "Longer calls",
        "More expensive models",
        "Higher prices",
    ]
    assert [name for name, _, _ in falling] == [
        "Fewer calls",
        "Shorter calls",
        "Cheaper models",
        "Lower prices",
    ]
