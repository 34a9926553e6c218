"""What the page asks for less work says what the whole answers say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from librechat_analytics.usage.filters import EVERYTHING, NONE, Filters
from librechat_analytics.usage.periods import parse_period
from tests.usage.conftest import NOW

if TYPE_CHECKING:
    from librechat_analytics.usage.repository import Repository

PERIODS = [
    parse_period(name, None, None, ZoneInfo("Europe/Berlin"), now=NOW, first_usage=None)
    for name in ("24h", "90d", "12m", "all")
]
FILTERS = [EVERYTHING, Filters(context="message"), Filters(agent=NONE), Filters(provider="anthropic")]


def records(rows: Any, columns: list[str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = rows[columns].to_dict("records")
    return found


@pytest.mark.parametrize("period", PERIODS, ids=lambda period: period.name)
@pytest.mark.parametrize("filters", FILTERS, ids=repr)
class TestTheDearest:
    def test_are_the_beginning_of_the_whole_list(
        self, repository: Repository, period: Any, filters: Filters
    ) -> None:
        for dimension, whole, columns in (
            ("user", repository.top_users, ["id", "name", "email", "deleted", "cost_usd", "share"]),
            ("model", repository.top_models, ["model", "provider", "cost_usd", "share"]),
            ("agent", repository.top_agents, ["id", "name", "deleted", "model", "cost_usd", "share"]),
        ):
            ranking = whole(period, 4, filters)
            dearest = repository.dearest(period, dimension, 4, filters)  # type: ignore[arg-type]

            assert records(dearest.rows, columns) == records(ranking.rows, columns), dimension
            assert dearest.total == ranking.total

    def test_buckets_have_the_same_sums(self, repository: Repository, period: Any, filters: Filters) -> None:
        counted = repository.usage_over_time(period, "month", filters).points
        spent = repository.spent_over_time(period, "month", filters).points

        assert spent.to_dict("records") == counted[spent.columns].to_dict("records")
        assert set(counted.columns) - set(spent.columns) == {"active_users", "conversations"}


def test_there_is_something_to_compare(repository: Repository) -> None:
    for dimension in ("user", "model", "agent"):
        assert len(repository.dearest(PERIODS[1], dimension, 4).rows) == 4  # type: ignore[arg-type]
