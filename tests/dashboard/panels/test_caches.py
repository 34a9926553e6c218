"""What prompt caches did."""

from __future__ import annotations

from typing import Any

import pytest

from librechat_analytics.dashboard.panels import caches
from librechat_analytics.dashboard.panels.base import answer_panels
from librechat_analytics.dashboard.words import captions
from tests.dashboard.ready_answers import caching, page_data, texts


def stored() -> dict[str, Any]:
    return answer_panels([caches.PANEL], page_data())[1]


def test_a_bucket_without_prompts_is_a_gap_and_not_zero() -> None:
    filled = stored()

    assert filled["cache-rate-chart"]["data"][0]["y"] == [40.0, None, 0.0]
    assert texts(filled["cache-rate-numbers"][1]).startswith("Wed 18 Nov 2026 \N{EN DASH} 0 0 0")


def test_losses_go_down_from_zero() -> None:
    saved = stored()["cache-saved-chart"]

    assert saved["data"][0]["y"] == [2.0, 0.0, -0.5]
    assert saved["layout"]["yaxis"]["range"][0] < -0.5


@pytest.mark.parametrize(
    ("tokens", "words"),
    [
        (
            (1000, 400, 100, 2.0),
            "Caches saved an estimated $2.00, 20.0% of what prompts would have cost without caching.",
        ),
        ((1000, 0, 0, 0.0), "No savings from caches are known."),
        (
            (1000, 0, 100, -1.0),
            "Writing to caches cost an estimated $1.00 more than reading from them saved.",
        ),
        ((0, 0, 0, 0.0), ""),
    ],
)
def test_the_sentence_says_what_they_saved(tokens: tuple[int, int, int, float], words: str) -> None:
    assert captions.saved(caching(tokens).points, prompt_cost_usd=8.0) == words


@pytest.mark.parametrize("saved", [2.0, -2.0])
def test_the_sentence_counts_long_prompts_of_an_unknown_rate(saved: float) -> None:
    points = caching((1000, 400, 100, saved), unknown_rates=3).points

    assert captions.saved(points, prompt_cost_usd=8.0).endswith(
        ". 3 long prompts may have saved more: only the rate of shorter ones is known."
    )


def test_the_sentence_says_how_much_came_from_them() -> None:
    assert captions.hit_rate(caching((1000, 400, 100, 2.0)).points) == (
        "40.0% of all prompt tokens came from a cache and 10.0% were written to one."
    )
    assert captions.hit_rate(caching((0, 0, 0, 0.0)).points) == ""
    assert captions.hit_rate(caching((5, 0, 0, 0.0)).points) == "No prompt token came from a cache."
