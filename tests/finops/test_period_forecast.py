"""The forecast of a period: what is known, where it ends, and why there may be none."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from librechat_analytics.finops.forecast import to_come
from librechat_analytics.finops.period_forecast import (
    FORECAST_PERIODS,
    PastPeriods,
    forecast,
    past_periods,
    too_early,
)
from librechat_analytics.librechat.dump import DumpSource
from librechat_analytics.librechat.sample.writer import write_sample
from librechat_analytics.store.store import Store
from librechat_analytics.sync.imports import import_dump
from librechat_analytics.usage.answers import SourceReport
from librechat_analytics.usage.filters import EVERYTHING, Filters
from librechat_analytics.usage.listing import Listing
from librechat_analytics.usage.periods import parse_period
from librechat_analytics.usage.repository import StoreRepository
from tests.support.engines import reading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from librechat_analytics.finops.period_forecast import Forecast
    from librechat_analytics.usage.answers import Freshness, SourceStatus

pytestmark = pytest.mark.usefixtures("engine")

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


class OfAnotherAge(StoreRepository):
    """A repository whose figures end at another time."""

    def __init__(self, store: Store, as_of: datetime, status: SourceStatus) -> None:
        super().__init__(store, source=lambda: SourceReport("offline"), fixed_now=NOW)
        self._age = (as_of, status)

    def freshness(self) -> Freshness:
        as_of, status = self._age
        return replace(super().freshness(), as_of=as_of, status=status)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Five thousand generated transactions up to NOW."""
    folder = tmp_path_factory.mktemp("forecast")
    write_sample(folder / "dump", transactions=5000, seed=5, until=NOW)
    store = Store(folder / "data")
    import_dump(store, DumpSource(folder / "dump"), now=NOW)
    with reading(store) as reader:
        yield reader
    store.close()


def repository_at(store: Store, now: datetime = NOW) -> StoreRepository:
    return StoreRepository(store, source=lambda: SourceReport("offline"), fixed_now=now)


def of(repository: StoreRepository, name: str = "this-month", filters: Filters = EVERYTHING) -> Forecast:
    period = parse_period(name, None, None, BERLIN, now=repository.now(), first_usage=None)
    return repository.ask(forecast, period, filters)


@pytest.mark.parametrize("name", FORECAST_PERIODS)
def test_a_forecast_begins_with_what_the_summary_says(store: Store, name: str) -> None:
    repository = repository_at(store)
    found = of(repository, name)
    period = parse_period(name, None, None, BERLIN, now=NOW, first_usage=None)

    assert found.actual_usd == repository.summary(period).totals.cost_usd
    if found.reason is None:
        assert None not in (found.low_usd, found.expected_usd, found.high_usd)
        assert found.actual_usd <= (found.low_usd or 0) <= (found.expected_usd or 0) <= (found.high_usd or 0)


@pytest.mark.parametrize(
    ("name", "end", "days"),
    [
        ("this-week", datetime(2026, 11, 29, 23, tzinfo=UTC), 6),
        ("this-month", datetime(2026, 11, 30, 23, tzinfo=UTC), 7),
        ("this-quarter", datetime(2026, 12, 31, 23, tzinfo=UTC), 38),
        ("this-year", datetime(2026, 12, 31, 23, tzinfo=UTC), 38),
    ],
)
def test_a_period_ends_with_its_last_day(store: Store, name: str, end: datetime, days: int) -> None:
    found = of(repository_at(store), name)
    assert (found.end, found.days) == (end, days)


def test_the_pace_is_the_cost_so_far_by_the_time_that_is_over(store: Store) -> None:
    found = of(repository_at(store))
    over = NOW - datetime(2026, 10, 31, 23, tzinfo=UTC)
    assert found.pace_usd == pytest.approx(found.actual_usd / (over / timedelta(days=30)))


def test_at_its_first_instant_a_month_has_no_pace(store: Store) -> None:
    found = of(repository_at(store, datetime(2026, 10, 31, 23, tzinfo=UTC)))
    assert (found.actual_usd, found.pace_usd, found.days) == (0.0, None, 30)
    assert found.expected_usd


def test_what_was_spent_today_counts_once(store: Store) -> None:
    midnight = datetime(2026, 11, 23, 23, tzinfo=UTC)
    morning, evening = of(repository_at(store, midnight)), of(repository_at(store))
    assert morning.days == evening.days == 7
    assert morning.backtest == evening.backtest
    assert evening.actual_usd > morning.actual_usd


def test_figures_that_end_earlier_leave_the_days_after_them_to_come(store: Store) -> None:
    assert of(OfAnotherAge(store, datetime(2026, 11, 20, 12, tzinfo=UTC), "ok")).days == 11
    of_october = of(OfAnotherAge(store, datetime(2026, 10, 20, 12, tzinfo=UTC), "ok"))
    assert of_october.reason == "No forecast: the figures end on 20 Oct 2026, before the period begins."


def test_the_import_of_a_night_holds_all_of_the_day_before(store: Store) -> None:
    evening = datetime(2026, 11, 23, 19, tzinfo=UTC)
    assert of(OfAnotherAge(store, evening, "offline")).days == 7
    assert of(OfAnotherAge(store, evening, "ok")).days == 8


def past_months(costs: list[float], days: int) -> PastPeriods:
    return past_periods(np.array(costs), date(2026, 11, 24), "this-month", date(2026, 11, 1), days)


def test_past_months_are_forecast_from_what_was_known_then() -> None:
    # Up to 23 November: October has 31 days, the first 190 days go back to 17 May.
    steady = [2.0] * 190
    assert past_months(steady, 7) == PastPeriods(3, pytest.approx(0.0), 3)
    # In the last week of October each day cost three times as much, which nobody could expect.
    dearer = [*steady[:-30], *([6.0] * 7), *([2.0] * 23)]
    assert past_months(dearer, 7) == PastPeriods(3, pytest.approx(28 / (62 + 28) / 3), 2)
    # With all of the month to come, the first of the month is the latest day to forecast it from.
    assert past_months(steady, 31) == PastPeriods(2, pytest.approx(0.0), 2)


def test_without_a_long_history_no_past_month_was_forecast() -> None:
    assert past_months([2.0] * 40, 7) == PastPeriods(0, None, 0)
    assert past_months([], 7) == PastPeriods(0, None, 0)


def test_at_most_a_year_of_past_months_counts() -> None:
    assert past_months([2.0] * 1000, 7).count == 12


def test_filters_apply_and_nobody_has_no_history(store: Store) -> None:
    repository = repository_at(store)
    period = parse_period("this-month", None, None, BERLIN, now=NOW, first_usage=None)
    (dearest,) = repository.top_models(period, Listing(1)).rows
    assert dearest.model
    of_one, of_all = of(repository, filters=Filters(model=(dearest.model,))), of(repository)
    assert 0 < of_one.actual_usd < of_all.actual_usd

    nobody = of(repository, filters=Filters(user=("nobody",)))
    assert nobody.actual_usd == 0
    assert nobody.reason == "Too early for a forecast: it needs eight weeks of usage, and there are 0 days."


@pytest.mark.parametrize(
    ("costs", "days", "sentence"),
    [
        ([1.0] * 20, 9, "Too early for a forecast: it needs eight weeks of usage, and there are 20 days."),
        (
            [0.0] * 99 + [1.0],
            9,
            "Too early for a forecast: it needs eight weeks of usage, and there are 1 day.",
        ),
        ([1.0] * 70, 9, "Too early for a forecast 9 days ahead: it needs 14 more days of usage."),
        ([1.0] * 83, 9, "Too early for a forecast 9 days ahead: it needs 1 more day of usage."),
        (
            [1.0] * 999,
            350,
            "Too early for a forecast: it reaches 346 days ahead at most, and the period ends in 350 days.",
        ),
        (
            [1.0] * 99 + [0.0] * 27,
            9,
            "Too little usage for a forecast: it needs 10 days with cost in the last 28, and there are 1.",
        ),
        ([1.0] * 999, 9, None),
    ],
)
def test_why_there_is_no_forecast_is_said_in_a_sentence(
    costs: list[float], days: int, sentence: str | None
) -> None:
    complete = np.array(costs)
    assert too_early(to_come(complete[np.newaxis], np.zeros(1), days), complete) == sentence


def test_a_year_that_begins_in_april_ends_in_march(store: Store) -> None:
    period = parse_period("this-year", None, None, BERLIN, now=NOW, first_usage=None)
    start = datetime(2026, 3, 31, 22, tzinfo=UTC)
    fiscal = replace(period, range=replace(period.range, start=start))
    found = forecast(repository_at(store), fiscal, EVERYTHING)
    assert found.end.astimezone(BERLIN).date() == date(2027, 4, 1)
