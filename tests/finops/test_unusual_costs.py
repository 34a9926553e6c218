"""The rule of anomalies: what it finds in daily costs, and what it never takes for one."""

from __future__ import annotations

from math import log
from statistics import median
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from librechat_analytics.finops.unusual_costs import LEAD, READ, expected, floors, unusual_days
from tests.support.examples import examples

if TYPE_CHECKING:
    from collections.abc import Sequence

WEEKEND = [10.0, 11.0, 12.0, 11.0, 9.0, 2.0, 1.0]
DAYS = 200


def found_in(costs: Sequence[float], first: int = 0, scale: float = 1.0) -> list[int]:
    """The days on which one subject, which is all there is, is unusual."""
    row = scale * np.array([costs])
    return [unusual.day for unusual in unusual_days(row, floors(row[0]), first)]


def weekly(days: int = DAYS) -> list[float]:
    return [WEEKEND[day % 7] for day in range(days)]


def expected_by_hand(costs: Sequence[float], day: int) -> float:
    """What a day was expected to cost, as the documentation says it."""
    weeks = [(0.5**k, costs[day - 7 * (k + 1)]) for k in range(8) if day >= 7 * (k + 1)]
    before = costs[max(0, day - 56) : day]
    if not before:
        return 0.0
    return (sum(weight * cost for weight, cost in weeks) + 0.25 * sum(before) / len(before)) / (
        sum(weight for weight, _ in weeks) + 0.25
    )


def unusual_by_hand(costs: Sequence[float]) -> list[int]:
    """The unusual days, as the documentation says it."""
    found: list[int] = []
    for day, cost in enumerate(costs):
        floor = max(1.0, 0.02 * sum(costs[max(0, day - 30) : day]))

        def ratio(at: int, floor: float = floor) -> float:
            return log((costs[at] + floor) / (expected_by_hand(costs, at) + floor))

        judged = [ratio(at) for at in range(max(1, day - 56), day)]
        if len(judged) >= 28:
            middle = median(judged)
            spread = 1.4826 * median(abs(each - middle) for each in judged)
            is_far = (ratio(day) - middle) / max(0.1, spread) > 3.5
        else:
            is_far = len(judged) >= 7 and cost > 5 * floor
        is_greatest = cost > max(costs[max(0, day - 56) : day], default=0.0)
        is_worth_it = cost - expected_by_hand(costs, day) > floor
        if is_far and is_greatest and is_worth_it and not any(day - 7 <= other for other in found):
            found.append(day)
    return found


@given(
    st.lists(st.sampled_from([0.0, 0.5, 1.0, 2.0, 3.0, 5.0]), min_size=1, max_size=30),
    st.lists(st.tuples(st.integers(0, DAYS - 1), st.floats(1, 60)), max_size=8),
    st.integers(1, DAYS),
)
@settings(max_examples=examples(25))
def test_the_arrays_say_what_the_rule_says_day_by_day(
    rhythm: list[float], peaks: list[tuple[int, float]], days: int
) -> None:
    costs = [rhythm[day % len(rhythm)] for day in range(days)]
    for day, cost in peaks:
        costs[day % days] += cost
    assert found_in(costs) == unusual_by_hand(costs)
    last = expected(np.array([costs]), np.array([days - 1]))
    assert last == pytest.approx(expected_by_hand(costs, days - 1))


@pytest.mark.parametrize("scale", [0.01, 1.0, 1000.0])
def test_a_constant_cost_and_a_weekly_rhythm_are_usual(scale: float) -> None:
    assert found_in([5.0] * DAYS, scale=scale) == []
    assert found_in(weekly(), first=14, scale=scale) == []


@given(st.floats(1.0, 1e6))
@settings(max_examples=examples(10))
def test_the_unit_of_money_does_not_matter_above_the_floor(scale: float) -> None:
    costs = weekly()
    costs[150] = 80.0
    costs[180] = 60.0
    assert found_in(costs, first=14, scale=10 * scale) == [150]


def test_the_first_weeks_have_only_anomalies_of_five_times_the_floor() -> None:
    costs = [1.0] * 25
    assert found_in([*costs, 4.9]) == []
    assert found_in([*costs, 5.1]) == [25]
    assert found_in([1.0, 50.0, 1.0]) == []


def test_a_cost_below_the_floor_is_usual() -> None:
    assert found_in([0.01] * 100 + [0.99]) == []
    assert found_in([0.01] * 100 + [1.02]) == [100]


def test_a_subject_rests_for_seven_full_days() -> None:
    costs = weekly()
    for number, day in enumerate((150, 157, 165)):
        costs[day] = 100.0 * 10**number
    assert found_in(costs, first=14) == [150, 165]


def test_the_days_asked_for_do_not_change_what_is_found() -> None:
    costs = weekly(400)
    costs[290], costs[297], costs[310] = 100.0, 1_000.0, 10_000.0
    everything = found_in(costs, first=200)
    row, floor = np.array([costs]), floors(np.array(costs))
    before = READ + LEAD
    for first in (292, 298, 311):
        part = unusual_days(row[:, first - before :], floor[first - before :], before)
        assert [each.day + first - before for each in part] == [day for day in everything if day >= first]


def test_less_than_usual_is_no_anomaly() -> None:
    costs = weekly()
    costs[150:153] = [0.0, 0.0, 0.0]
    assert found_in(costs, first=14) == []
