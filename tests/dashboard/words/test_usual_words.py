"""Whether a cost is usual, in words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from librechat_analytics.dashboard.words import usual_words
from librechat_analytics.usage.usual import Usual

SUNDAY = datetime(2026, 11, 29, 19, 41, tzinfo=UTC)
USUAL = Usual(1.0, 1.9, 2.5, 3.4, 4.0, 0.1)
TO = "\N{EN DASH}"


@pytest.mark.parametrize(
    ("cost", "words"),
    [
        (2.0, ""),
        (35.0, "14 times the usual for a Sunday"),
        (900.0, "more than 99 times the usual for a Sunday"),
        (0.2, f"far below the usual $1.90{TO}$3.40 for a Sunday"),
    ],
)
def test_an_unusual_cost_is_compared_with_the_weekday(cost: float, words: str) -> None:
    assert usual_words.deviation(USUAL, cost, SUNDAY.weekday()) == words


def test_a_cost_where_there_is_usually_none_says_so() -> None:
    assert usual_words.deviation(Usual(0, 0, 0, 0, 0, 0.1), 5.0, 6) == "usually nothing on a Sunday"


def test_today_is_compared_until_the_same_minute() -> None:
    assert usual_words.so_far(USUAL, 2.1, SUNDAY) == f"Sunday until 19:41: $2.10, usually $1.90{TO}$3.40."
    assert usual_words.so_far(USUAL, 35.0, SUNDAY) == (
        "Sunday until 19:41: $35.00, 14 times the usual for a Sunday."
    )
