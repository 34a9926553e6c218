"""What is usual: the same hours of eight weeks, and only what leaves all of them is marked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from librechat_analytics.usage.periods import TimeRange, parse_period
from librechat_analytics.usage.usual import Spending, Usual, usual
from tests.support.examples import examples
from tests.usage.conftest import NOW

if TYPE_CHECKING:
    from collections.abc import Callable

    from librechat_analytics.usage.repository import StoreRepository

BERLIN = ZoneInfo("Europe/Berlin")
SUNDAY = datetime(2026, 11, 29, tzinfo=UTC)
DAY = timedelta(days=1)
HISTORY = TimeRange(SUNDAY - 57 * DAY, SUNDAY + 2 * DAY)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
WEEKS = st.lists(st.floats(0.01, 1000), min_size=8, max_size=8)


def spending(cost_of: Callable[[datetime], float]) -> Spending:
    """What is spent in each quarter of an hour."""
    first, end = ((at - EPOCH) // timedelta(minutes=15) for at in (HISTORY.start, HISTORY.end))
    costs = {slot: cost_of(EPOCH + slot * timedelta(minutes=15)) for slot in range(first, end)}
    return Spending({slot: cost for slot, cost in costs.items() if cost}, HISTORY)


def of_sundays(costs: list[float], zone: ZoneInfo | None = None) -> Usual:
    """What is usual on a Sunday after eight Sundays with these costs, the newest first."""

    def cost_of(at: datetime) -> float:
        local = at.astimezone(zone or UTC)
        weeks = (SUNDAY.date() - local.date()).days / 7
        return (
            costs[int(weeks) - 1] if weeks in range(1, 9) and local.hour == 12 and local.minute == 0 else 0.0
        )

    found = usual(spending(cost_of), TimeRange(SUNDAY, SUNDAY + DAY), zone or ZoneInfo("UTC"))
    assert found is not None
    return found


def test_the_band_leaves_out_the_least_and_the_most() -> None:
    found = of_sundays([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 50.0])
    assert (found.least_usd, found.low_usd, found.middle_usd) == pytest.approx((1.0, 2.0, 4.5))
    assert (found.high_usd, found.most_usd) == pytest.approx((7.0, 50.0))


def test_only_other_sundays_say_what_is_usual_on_a_sunday() -> None:
    def cost_of(at: datetime) -> float:
        return 1.0 if at.weekday() == 6 else 100.0

    found = usual(spending(cost_of), TimeRange(SUNDAY, SUNDAY + DAY), ZoneInfo("UTC"))
    assert found is not None
    assert found.middle_usd == pytest.approx(96.0)


def test_a_day_that_is_not_over_is_compared_until_the_same_minute() -> None:
    whole = usual(spending(lambda _: 1.0), TimeRange(SUNDAY, SUNDAY + DAY), ZoneInfo("UTC"))
    half = usual(spending(lambda _: 1.0), TimeRange(SUNDAY, SUNDAY + DAY / 2), ZoneInfo("UTC"))
    minutes = usual(
        spending(lambda _: 1.0), TimeRange(SUNDAY, SUNDAY + timedelta(minutes=20)), ZoneInfo("UTC")
    )
    assert [one.middle_usd for one in (whole, half, minutes) if one] == pytest.approx([96.0, 48.0, 20 / 15])


def test_the_wall_clock_decides_what_is_the_same_hour() -> None:
    def at_nine(at: datetime) -> float:
        return 1.0 if at.astimezone(BERLIN).hour == 9 else 0.0

    nine = datetime(2026, 11, 29, 8, tzinfo=UTC)  # 9:00 in Berlin, which was 7:00 in UTC until 25 October
    found = usual(spending(at_nine), TimeRange(nine, nine + timedelta(hours=1)), BERLIN)
    assert found is not None
    assert (found.least_usd, found.most_usd) == pytest.approx((4.0, 4.0))


def test_nothing_is_usual_before_eight_weeks_have_passed() -> None:
    began = SUNDAY - 48 * DAY

    def cost_of(at: datetime) -> float:
        return 1.0 if at >= began else 0.0

    assert usual(spending(cost_of), TimeRange(SUNDAY, SUNDAY + DAY), ZoneInfo("UTC")) is None


@pytest.mark.parametrize(
    ("cost", "deviation"), [(4.0, None), (7.5, None), (56.0, "above"), (2.5, None), (0.0, "below")]
)
def test_a_mark_needs_more_than_all_weeks_and_twice_the_usual(cost: float, deviation: str | None) -> None:
    assert of_sundays([4.0, 4.0, 4.0, 4.0, 5.0, 5.0, 3.0, 8.0]).deviation(cost) == deviation


def test_small_sums_get_no_mark() -> None:
    def cost_of(at: datetime) -> float:
        return 0.001 if at.weekday() == 6 else 1.0

    found = usual(spending(cost_of), TimeRange(SUNDAY, SUNDAY + DAY), ZoneInfo("UTC"))
    assert found is not None
    assert found.deviation(14 * found.middle_usd) is None


@settings(max_examples=examples(10))
@given(WEEKS)
def test_a_usual_cost_is_never_marked(costs: list[float]) -> None:
    found = of_sundays(costs)
    within = [min(max(cost, found.least_usd), found.most_usd) for cost in costs]  # sums of doubles round
    assert within == pytest.approx(costs)
    assert [found.deviation(cost) for cost in within] == [None] * 8
    assert found.least_usd <= found.low_usd <= found.middle_usd <= found.high_usd <= found.most_usd


@settings(max_examples=examples(10))
@given(WEEKS, st.floats(0, 10_000), st.sampled_from([0.25, 4.0, 1024.0]))
def test_the_currency_does_not_matter(costs: list[float], cost: float, rate: float) -> None:
    converted = of_sundays([rate * one for one in costs])
    assert converted.deviation(rate * cost) == of_sundays(costs).deviation(cost)


def test_few_days_of_a_sample_are_marked_and_fourteen_times_a_day_is(repository: StoreRepository) -> None:
    period = parse_period("30d", None, None, BERLIN, now=NOW, first_usage=None)
    points = repository.spent_over_time(period, "day").points
    found = repository.usual_costs(period, "day")

    assert len(found) == len(points)
    assert [one is None for one in found] == [True] * (len(points) - 14) + [False] * 14
    known = [(point.cost_usd, one) for point, one in zip(points, found, strict=True) if one]
    assert sum(one.deviation(cost) is not None for cost, one in known) <= 3
    busiest, its_usual = max(known, key=lambda pair: pair[1].middle_usd)
    assert its_usual.deviation(14 * max(busiest, its_usual.middle_usd)) == "above"


def test_weeks_have_no_usual_cost(repository: StoreRepository) -> None:
    period = parse_period("12m", None, None, BERLIN, now=NOW, first_usage=None)
    assert set(repository.usual_costs(period, "week")) == {None}
