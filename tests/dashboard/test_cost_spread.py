"""How cost is spread over users and conversations, and what caches saved."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from librechat_analytics.dashboard.panels import caches, cost_spread
from librechat_analytics.dashboard.panels.base import answer_panels
from librechat_analytics.dashboard.words import captions
from librechat_analytics.usage.answers import Concentration
from tests.dashboard.ready_answers import caching, conversation_costs, questions, texts


class TestCurve:
    @given(st.integers(1, 5000))
    def test_its_points_go_from_the_first_user_to_the_last_by_way_of_a_tenth(self, users: int) -> None:
        places = cost_spread.ranks(users, 100)

        assert places[0] == 1
        assert places[-1] == users
        assert places == sorted(set(places))
        assert max(1, round(users / 10)) in places
        assert len(places) <= 102

    def test_it_marks_the_tenth_that_the_sentence_speaks_of(self) -> None:
        shares = tuple((place + 1) / 20 for place in range(20))

        (caption, _), places = answer_panels(
            [cost_spread.CURVE_PANEL], questions(concentration=Concentration(shares))
        )

        figure = places["concentration-chart"]
        assert figure["data"][2]["x"] == [10.0]
        assert (
            caption == "The dearest 10 % (2 users) make 10.0 % of the cost; 10 of 20 users make half of it."
        )

    def test_one_that_makes_more_than_half_is_one(self) -> None:
        assert captions.dearest_users(Concentration((0.6, 1.0))) == (
            "The dearest user makes 60.0 % of the cost; 1 of 2 users makes half of it."
        )

    @pytest.mark.parametrize("shares", [(), (1.0,), (0.0, 0.0)])
    def test_nobody_and_nothing_have_no_sentence(self, shares: tuple[float, ...]) -> None:
        assert captions.dearest_users(Concentration(shares)) == ""


class TestSteps:
    def test_steps_without_a_conversation_are_there_between_the_others(self) -> None:
        steps = cost_spread.all_steps(conversation_costs((0.1, 5), (0.5, 1)))

        assert steps == [(0.1, 5, 5.0), (0.2, 0, 0.0), (0.5, 1, 1.0)]

    def test_what_is_above_the_last_edge_is_the_last_step(self) -> None:
        assert cost_spread.all_steps(conversation_costs((None, 2))) == [(None, 2, 2.0)]

    @pytest.mark.parametrize(
        ("upper", "words"),
        [
            (0.0001, "below $0.0001"),
            (0.002, "$0.001 to $0.002"),
            (0.2, "$0.10 to $0.20"),
            (5.0, "$2 to $5"),
            (None, "$500 and more"),
        ],
    )
    def test_a_step_says_from_where_to_where(self, upper: float | None, words: str) -> None:
        assert cost_spread.step_words(upper) == words

    def test_the_median_stands_within_its_step(self) -> None:
        steps = cost_spread.all_steps(conversation_costs((0.02, 3), (0.05, 5), (0.1, 1)))

        assert cost_spread.place_of(0.02, steps) == 0.5
        assert cost_spread.place_of(0.035, steps) == pytest.approx(1.0)
        assert cost_spread.place_of(99.0, steps) == 2.5

    def test_the_sentence_has_all_three_figures(self) -> None:
        assert captions.conversation_costs(conversation_costs((0.1, 2000))) == (
            "Half of 2,000 conversations cost at most $0.04, nine of ten at most $0.21;"
            " the dearest cost $1.71."
        )

    def test_a_single_one_is_not_halved(self) -> None:
        assert (
            captions.conversation_costs(conversation_costs((0.1, 1))) == "The only conversation cost $1.71."
        )

    @pytest.mark.parametrize(
        ("steps", "named"),
        [
            (((0.2, 3), (0.5, 1)), ["$0.20", "$0.50"]),
            (((0.2, 3), (None, 1)), ["$1", "$10", "$100"]),
            (((0.05, 3), (0.2, 1)), ["$0.10"]),
        ],
    )
    def test_few_steps_are_all_named_where_none_is_round(self, steps: Any, named: list[str]) -> None:
        asked = questions(conversation_costs=conversation_costs(*steps))
        _, places = answer_panels([cost_spread.STEPS_PANEL], asked)

        assert places["conversation-costs-chart"]["layout"]["xaxis"]["ticktext"] == named


class TestCaches:
    def test_a_bucket_without_prompts_is_a_gap_and_not_zero(self) -> None:
        _, places = answer_panels([caches.PANEL], questions())

        rate = places["cache-rate-chart"]
        assert rate["data"][0]["y"] == [40.0, None, 0.0]
        assert texts(places["cache-rate-numbers"][1]).startswith("Wed 18 Nov 2026 \N{EN DASH} 0 0 0")

    def test_what_was_lost_goes_down_from_zero(self) -> None:
        _, places = answer_panels([caches.PANEL], questions())

        saved = places["cache-saved-chart"]
        assert saved["data"][0]["y"] == [2.0, 0.0, -0.5]
        assert saved["layout"]["yaxis"]["range"][0] < -0.5

    @pytest.mark.parametrize(
        ("tokens", "words"),
        [
            (
                (1000, 400, 100, 2.0),
                "Caches saved an estimated $2.00, 20.0 % of what prompts would have cost without.",
            ),
            ((1000, 0, 0, 0.0), "Caches saved nothing that is known."),
            (
                (1000, 0, 100, -1.0),
                "Writing to caches cost an estimated $1.00 more than reading from them saved.",
            ),
        ],
    )
    def test_what_they_saved_is_said_in_words(self, tokens: tuple[int, int, int, float], words: str) -> None:
        assert captions.saved(caching(tokens).points, prompt_cost_usd=8.0) == words

    @pytest.mark.parametrize("saved", [2.0, -2.0])
    def test_long_prompts_of_an_unknown_rate_are_said(self, saved: float) -> None:
        points = caching((1000, 400, 100, saved), unknown_rates=3).points

        assert captions.saved(points, prompt_cost_usd=8.0).endswith(
            ". 3 long prompts may have saved more: only the rate of shorter ones is known."
        )

    def test_how_much_came_from_them_is_said_in_words(self) -> None:
        assert captions.hit_rate(caching((1000, 400, 100, 2.0)).points) == (
            "40.0 % of all prompt tokens came from a cache, 10.0 % were written to one."
        )
        assert captions.hit_rate(caching((0, 0, 0, 0.0)).points) == ""
        assert captions.hit_rate(caching((5, 0, 0, 0.0)).points) == "No prompt token came from a cache."
