"""Budgets for each cost centre: they add up with what nobody pays for, also where rows are split."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from librechat_analytics.finops.budgets import budget_history, budget_states
from librechat_analytics.librechat.dump import DumpSource
from librechat_analytics.librechat.sample.writer import write_sample
from librechat_analytics.store.store import Store
from librechat_analytics.sync.imports import import_dump
from librechat_analytics.usage.answers import SourceReport
from librechat_analytics.usage.cost_center_rules import UNASSIGNED, CostCenterRules, Rule
from librechat_analytics.usage.filters import Filters, Scope
from librechat_analytics.usage.listing import WHOLE_LIST
from librechat_analytics.usage.periods import Period, TimeRange, parse_period
from librechat_analytics.usage.repository import StoreRepository
from tests.finops.budget_worlds import BERLIN, budget, definitions
from tests.support.engines import reading
from tests.usage.conftest import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.usefixtures("engine")

MONTH = parse_period("this-month", None, None, BERLIN, now=NOW, first_usage=None)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StoreRepository]:
    """Usage of a domain, and of a user whose cost is split from an instant in the middle of the month on."""
    folder = tmp_path_factory.mktemp("centers")
    write_sample(folder / "dump", transactions=2000, seed=5, until=NOW)
    with closing(Store(folder / "data")) as store:
        import_dump(store, DumpSource(folder / "dump"), now=NOW)
        plain = StoreRepository(store, source=lambda: SourceReport("offline"), clock=lambda: NOW)
        users = plain.top_users(MONTH, WHOLE_LIST).rows
        split = Rule(
            "user", str(users[0].id), (("Sales", 33), ("IT", 67)), datetime(2026, 11, 12, 9, 7, tzinfo=UTC)
        )
        domain = next(row.email for row in users[1:] if row.email).partition("@")[2]
        rules = CostCenterRules(mapped=(split,), listed=(Rule("domain", domain, (("Sales", 100),)),))
        with reading(store) as reader:
            yield StoreRepository(
                reader, source=lambda: SourceReport("offline"), clock=lambda: NOW, rules=lambda: rules
            )


def test_cost_centres_and_what_nobody_pays_for_add_up_to_everything(repository: StoreRepository) -> None:
    each = budget_states(repository, definitions(budget(1, each="cost_center")))
    assert {state.key for state in each} == {"Sales", "IT"}
    nobodys = budget(1, where=Filters.of({"cost_center": (UNASSIGNED,)}))
    (rest,) = budget_states(repository, definitions(nobodys))
    (whole,) = budget_states(repository, definitions(budget(1)))
    assert sum(state.actual_e6 for state in (*each, rest)) == whole.actual_e6


@pytest.mark.parametrize("name", ["Sales", "IT"])
def test_one_of_each_equals_a_budget_for_this_cost_centre(repository: StoreRepository, name: str) -> None:
    said = definitions(budget(0.001, each="cost_center", carry="both", thresholds=(1, 50, 100)))
    state = next(one for one in budget_states(repository, said) if one.key == name)
    where = Filters.of({"cost_center": (name,)})
    alone = definitions(budget(0.001, where=where, carry="both", thresholds=(1, 50, 100)))
    (same,) = budget_states(repository, alone)
    assert (same.actual_e6, same.carried_e6) == (state.actual_e6, state.carried_e6)
    assert (same.thresholds, same.forecast, same.runs_out_at) == (
        state.thresholds,
        state.forecast,
        state.runs_out_at,
    )
    assert same.actual_usd == repository.summary(MONTH, where).totals.cost_usd
    history = budget_history(repository, said, "AI", name)
    assert history is not None
    assert history[-1] == state


def test_a_threshold_is_crossed_by_the_part_of_a_row_that_a_cost_centre_pays(
    repository: StoreRepository,
) -> None:
    where = Filters.of({"cost_center": ("IT",)})
    (spent,) = budget_states(repository, definitions(budget(1, where=where)))
    (state,) = budget_states(
        repository, definitions(budget(spent.actual_usd, where=where, thresholds=(10, 60)))
    )
    for threshold in state.thresholds:
        assert threshold.crossed_at is not None
        until = [threshold.crossed_at, threshold.crossed_at + timedelta(milliseconds=1)]
        before, with_it = (
            repository.summary(
                Period("custom", TimeRange(MONTH.range.start, end), None, BERLIN), where
            ).totals.cost_usd
            for end in until
        )
        limit = state.available_usd * threshold.percent / 100
        assert before < limit * (1 + 1e-9)
        assert with_it > limit * (1 - 1e-9)


def test_a_key_of_a_cost_centre_sees_its_own_of_each(repository: StoreRepository) -> None:
    said = definitions(budget(1, each="cost_center"))
    scope = Scope((), (), cost_centers=("IT",))
    (own,) = budget_states(repository, said, scope)
    everybody = {state.key: state for state in budget_states(repository, said)}
    assert own == everybody["IT"]
    assert budget_history(repository, said, "AI", "Sales", scope) is None
