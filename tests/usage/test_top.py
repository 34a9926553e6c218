"""The answers that the page asks for to save work agree with the whole answers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from librechat_analytics.usage.filters import EVERYTHING, NONE, Filters
from librechat_analytics.usage.listing import Listing
from librechat_analytics.usage.periods import parse_period
from tests.usage.conftest import NOW

if TYPE_CHECKING:
    from collections.abc import Iterable

    from librechat_analytics.usage.periods import Period
    from librechat_analytics.usage.questions import Dimension
    from librechat_analytics.usage.repository import StoreRepository

PERIODS = [
    parse_period(name, None, None, ZoneInfo("Europe/Berlin"), now=NOW, first_usage=None)
    for name in ("24h", "90d", "12m", "all")
]
FOUR = Listing(4)
FILTERS = [
    EVERYTHING,
    Filters(context=("message",)),
    Filters(agent=(NONE,)),
    Filters(provider=("anthropic",)),
]
DIMENSIONS: tuple[Dimension, ...] = ("user", "model", "agent")


def columns(rows: Iterable[object], *names: str) -> list[tuple[Any, ...]]:
    return [tuple(getattr(row, name) for name in names) for row in rows]


@pytest.mark.parametrize("period", PERIODS, ids=lambda period: period.name)
@pytest.mark.parametrize("filters", FILTERS, ids=repr)
class TestTop:
    def test_users_are_the_beginning_of_the_whole_list(
        self, repository: StoreRepository, period: Period, filters: Filters
    ) -> None:
        top, whole = (
            repository.top(period, "user", 4, filters),
            repository.top_users(period, FOUR, filters),
        )
        names = ("id", "name", "email", "deleted", "cost_usd", "share")
        assert (columns(top.rows, *names), top.total) == (columns(whole.rows, *names), whole.total)

    def test_models_are_the_beginning_of_the_whole_list(
        self, repository: StoreRepository, period: Period, filters: Filters
    ) -> None:
        top, whole = (
            repository.top(period, "model", 4, filters),
            repository.top_models(period, FOUR, filters),
        )
        names = ("model", "provider", "cost_usd", "share")
        assert (columns(top.rows, *names), top.total) == (columns(whole.rows, *names), whole.total)

    def test_agents_are_the_beginning_of_the_whole_list(
        self, repository: StoreRepository, period: Period, filters: Filters
    ) -> None:
        top, whole = (
            repository.top(period, "agent", 4, filters),
            repository.top_agents(period, FOUR, filters),
        )
        names = ("id", "name", "deleted", "model", "cost_usd", "share")
        assert (columns(top.rows, *names), top.total) == (columns(whole.rows, *names), whole.total)

    def test_buckets_without_people_have_the_same_sums(
        self, repository: StoreRepository, period: Period, filters: Filters
    ) -> None:
        counted = repository.usage_over_time(period, "month", filters).points
        spent = repository.spent_over_time(period, "month", filters).points

        assert spent == tuple(replace(point, active_users=None, conversations=None) for point in counted)
        assert all(point.active_users is not None for point in counted)


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_there_is_something_to_compare(repository: StoreRepository, dimension: Dimension) -> None:
    assert len(repository.top(PERIODS[1], dimension, 4).rows) == 4
