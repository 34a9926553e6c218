"""What ``/metrics`` says about budgets."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from librechat_analytics.finops.budgets import budget_states
from librechat_analytics.web.finops_metrics import BudgetsCollector
from tests.finops.budget_worlds import budget, definitions
from tests.usage.conftest import repository

if TYPE_CHECKING:
    from librechat_analytics.finops.definitions import Definitions
    from librechat_analytics.usage.repository import StoreRepository

__all__ = ["repository"]


def gauges(repository: StoreRepository, said: Definitions | None) -> dict[str, dict[str, float]]:
    return {
        family.name.removeprefix("librechat_analytics_budget_"): {
            sample.labels["budget"]: sample.value for sample in family.samples
        }
        for family in BudgetsCollector(repository, lambda: said).collect()
    }


def test_each_budget_has_what_is_spent_and_expected_of_what_is_available(repository: StoreRepository) -> None:
    said = definitions(budget(10, name="All"), budget(1, name="Each", each="user"))
    alone, *of_each = budget_states(repository, said)
    found = gauges(repository, said)
    assert alone.forecast is not None
    assert found["used_ratio"] == {
        "All": alone.used_share,
        "Each": max(one.used_share or 0 for one in of_each),
    }
    assert found["forecast_ratio"]["All"] == pytest.approx(alone.forecast.expected_usd / 10)
    assert found["forecast_low_ratio"]["All"] == pytest.approx(alone.forecast.low_usd / 10)


def test_a_budget_that_earlier_periods_have_used_up_is_over(repository: StoreRepository) -> None:
    used_up = budget({"2026-10-01": 0.001}, carry="both")
    (state,) = budget_states(repository, definitions(used_up))
    assert (state.used_share, state.status) == (None, "over")
    assert gauges(repository, definitions(used_up))["used_ratio"] == {"AI": math.inf}


def test_without_definitions_there_are_no_budgets(repository: StoreRepository) -> None:
    assert gauges(repository, None) == {"used_ratio": {}, "forecast_ratio": {}, "forecast_low_ratio": {}}
