"""Trends: the buckets of each row of a list add up to the cost that the list shows."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from librechat_analytics.usage.listing import Listing
from librechat_analytics.usage.periods import buckets, parse_period
from tests.usage.conftest import NOW

if TYPE_CHECKING:
    from librechat_analytics.usage.repository import StoreRepository

PERIOD = parse_period("90d", None, None, ZoneInfo("Europe/Berlin"), now=NOW, first_usage=None)


def test_a_users_trend_adds_up_to_the_users_cost(repository: StoreRepository) -> None:
    rows = repository.top_users(PERIOD, Listing(1000)).rows
    trends = repository.trends(PERIOD, "day", "user", tuple(row.id for row in rows))

    assert {user: sum(costs) for user, costs in trends.items()} == pytest.approx(
        {row.id: row.cost_usd for row in rows}
    )
    assert {len(costs) for costs in trends.values()} == {len(buckets(PERIOD, "day", now=NOW))}


def test_a_models_trend_adds_up_to_the_models_cost(repository: StoreRepository) -> None:
    rows = repository.top_models(PERIOD, Listing(1000)).rows
    trends = repository.trends(PERIOD, "week", "model", tuple(row.model for row in rows))

    assert {model: sum(costs) for model, costs in trends.items()} == pytest.approx(
        {row.model: row.cost_usd for row in rows}
    )


def test_an_agents_trend_adds_up_to_the_agents_cost(repository: StoreRepository) -> None:
    rows = repository.top_agents(PERIOD, Listing(1000)).rows
    trends = repository.trends(PERIOD, "month", "agent", tuple(row.id for row in rows))

    assert len(trends) > 1
    assert {agent: sum(costs) for agent, costs in trends.items()} == pytest.approx(
        {row.id: row.cost_usd for row in rows}
    )


def test_only_the_lines_asked_for_are_answered(repository: StoreRepository) -> None:
    assert repository.trends(PERIOD, "day", "model", ("no such model",)) == {
        "no such model": (0.0,) * len(buckets(PERIOD, "day", now=NOW))
    }
    assert repository.trends(PERIOD, "day", "user", ()) == {}
