"""How much of the cost the top users account for."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from librechat_analytics.dashboard.panels import concentration
from librechat_analytics.dashboard.panels.base import answer_panels
from librechat_analytics.dashboard.words import captions
from librechat_analytics.usage.answers import Concentration
from tests.dashboard.ready_answers import page_data


@given(st.integers(1, 5000))
def test_its_points_go_from_the_first_user_to_the_last_and_have_a_tenth_among_them(users: int) -> None:
    ranks = concentration.ranks(users, 100)

    assert ranks[0] == 1
    assert ranks[-1] == users
    assert ranks == sorted(set(ranks))
    assert max(1, round(users / 10)) in ranks
    assert len(ranks) <= 102


def test_it_marks_the_tenth_that_the_sentence_is_about() -> None:
    shares = tuple((rank + 1) / 20 for rank in range(20))
    (caption, _), stored = answer_panels(
        [concentration.PANEL], page_data(concentration=Concentration(shares))
    )

    figure: Any = stored["concentration-chart"]
    assert figure["data"][2]["x"] == [10.0]
    assert caption == (
        "The top 10% (2 users) account for 10.0% of the cost; 10 of 20 users account for half of it."
    )


def test_one_user_with_more_than_half_is_one() -> None:
    assert captions.concentration(Concentration((0.6, 1.0))) == (
        "The top user accounts for 60.0% of the cost; 1 of 2 users accounts for half of it."
    )


@pytest.mark.parametrize("shares", [(), (1.0,), (0.0, 0.0)])
def test_no_users_and_no_cost_have_no_sentence(shares: tuple[float, ...]) -> None:
    assert captions.concentration(Concentration(shares)) == ""
