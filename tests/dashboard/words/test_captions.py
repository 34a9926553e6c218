"""The sentences below charts."""

from __future__ import annotations

import pytest

from librechat_analytics.dashboard.charts.time_axis import TimeAxis
from librechat_analytics.dashboard.words import captions
from librechat_analytics.formatting import money
from tests.dashboard.ready_answers import timeline


def peak_of(cost_usd: float) -> str:
    answer = timeline(cost_usd=cost_usd)
    return captions.peak_and_average(TimeAxis.of(answer), [point.cost_usd for point in answer.points], money)


def test_the_average_leaves_out_partial_buckets() -> None:
    assert peak_of(2.0) == "Peak: $16.00 (Tue 24 Nov 2026, in part). Average: $9.00 a day."


def test_a_period_of_nothing_has_no_peak() -> None:
    assert peak_of(0.0) == ""


@pytest.mark.parametrize(
    ("shares", "total", "words"),
    [
        ([0.4, 0.3, 0.1, 0.1, 0.1], 312, "The top 3 of 312 users account for 80.0% of the cost."),
        ([0.9, 0.1], 2, "The top 1 of 2 users accounts for 90.0% of the cost."),
        ([1.0], 1, ""),
        ([], 0, ""),
        ([0.0, 0.0, 0.0], 3, ""),
    ],
)
def test_it_says_how_much_a_few_account_for(shares: list[float], total: int, words: str) -> None:
    assert captions.top_of_list(shares, total, "users") == words
