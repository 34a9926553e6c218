"""Daily costs: each day adds up to what the other answers say, in all and by every kind of subject."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, timedelta
from typing import TYPE_CHECKING, get_args
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from librechat_analytics.usage.daily_costs import ALL, DailyBy, Days
from librechat_analytics.usage.filters import Filters, Scope
from librechat_analytics.usage.listing import Listing
from librechat_analytics.usage.periods import Period, TimeRange
from librechat_analytics.usage.wall_clock import midnight
from tests.usage.conftest import NOW

if TYPE_CHECKING:
    from librechat_analytics.usage.repository import StoreRepository

BERLIN = ZoneInfo("Europe/Berlin")
TODAY = NOW.date()
DAYS = Days(BERLIN, TODAY - timedelta(days=90), TODAY + timedelta(days=1))


def period_of(days: Days) -> Period:
    start, end = (midnight(day, days.zone) for day in (days.first, days.end))
    return Period("custom", TimeRange(start, min(end, NOW)), None, days.zone)


def test_without_subjects_each_day_costs_what_the_chart_shows(repository: StoreRepository) -> None:
    found = repository.daily_costs(DAYS)

    points = repository.spent_over_time(period_of(DAYS), "day").points
    assert found.subjects == (ALL,)
    assert found.costs_usd[0] == pytest.approx([point.cost_usd for point in points])
    assert [point.start.date() for point in points] == list(DAYS.dates())


@pytest.mark.parametrize("by", sorted({*get_args(DailyBy)} - {"group"}))
def test_the_subjects_add_up_to_the_whole(repository: StoreRepository, by: DailyBy) -> None:
    whole = repository.daily_costs(DAYS).costs_usd[0]
    assert repository.daily_costs(DAYS, by).costs_usd.sum(axis=0) == pytest.approx(whole)


def test_a_subject_costs_what_its_list_says(repository: StoreRepository) -> None:
    period, listing = period_of(DAYS), Listing(1000)
    users: dict[str | None, float] = {
        row.id: row.cost_usd for row in repository.top_users(period, listing).rows
    }
    models: dict[str | None, float] = {
        row.model: row.cost_usd for row in repository.top_models(period, listing).rows
    }
    agents: dict[str | None, float] = {
        row.id: row.cost_usd for row in repository.top_agents(period, listing).rows
    }
    groups: dict[str | None, float] = {
        row.key: row.cost_usd for row in repository.breakdown(period, "group", listing).rows
    }
    lists: dict[DailyBy, dict[str | None, float]] = {
        "user": users,
        "model": models,
        "agent": agents,
        "group": groups,
    }
    for by, expected in lists.items():
        found = repository.daily_costs(DAYS, by)
        costs = {key: float(found.costs_usd[row].sum()) for key, row in found.rows.items()}
        assert expected.items() <= {key: pytest.approx(cost) for key, cost in costs.items()}.items(), by


def test_subjects_have_names_and_the_dearest_is_first(repository: StoreRepository) -> None:
    found = repository.daily_costs(DAYS, "user")
    names = {row.id: row.name for row in repository.top_users(period_of(DAYS), Listing(1000)).rows}

    assert all(subject.label == (names[subject.key] or subject.label) for subject in found.subjects)
    sums = found.costs_usd.sum(axis=1)
    assert list(sums) == sorted(sums, reverse=True)


def test_usage_without_a_subject_is_the_subject_none(repository: StoreRepository) -> None:
    found = repository.daily_costs(DAYS, "agent")
    assert None in found.rows
    assert found.subjects[found.rows[None]].label == "(none)"


def test_filters_and_scopes_apply(repository: StoreRepository) -> None:
    user = repository.daily_costs(DAYS, "user").subjects[0].key
    assert user
    of_user = repository.daily_costs(DAYS, "user", Filters(user=(user,)))
    assert [subject.key for subject in of_user.subjects] == [user]
    nobody = repository.daily_costs(DAYS, None, Filters(scope=Scope(("nobody.example",), ())))
    assert not nobody.costs_usd.any()


def test_days_without_usage_cost_nothing_and_no_days_have_no_columns(repository: StoreRepository) -> None:
    long_ago = replace(DAYS, first=date(2001, 1, 1), end=date(2001, 2, 1))
    assert repository.daily_costs(long_ago).costs_usd.tolist() == [[0.0] * 31]
    assert repository.daily_costs(long_ago, "user").costs_usd.shape == (0, 31)
    assert repository.daily_costs(replace(DAYS, end=DAYS.first)).costs_usd.shape == (1, 0)


def test_days_follow_the_clock_of_their_zone() -> None:
    october = Days(BERLIN, date(2026, 10, 25), date(2026, 10, 27))
    lengths = np.diff([edge.astimezone(UTC) for edge in october.edges()]) / timedelta(hours=1)
    assert lengths.tolist() == [25, 24]
