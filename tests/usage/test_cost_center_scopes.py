"""What a key limited to cost centres or users sees: what they pay for or have used, and nothing else."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from librechat_analytics.librechat.dump import DumpSource
from librechat_analytics.store.store import Store
from librechat_analytics.sync.imports import import_dump
from librechat_analytics.usage.answers import SourceReport
from librechat_analytics.usage.cost_center_rules import UNASSIGNED, CostCenterRules, Rule
from librechat_analytics.usage.filters import Filters, Scope
from librechat_analytics.usage.listing import WHOLE_LIST
from librechat_analytics.usage.periods import Period, TimeRange
from librechat_analytics.usage.repository import StoreRepository
from librechat_analytics.usage.scopes import unmatched_parts
from tests.support.directory import FINANCE, SALES, group, person
from tests.support.documents import ANA, BOB, NOON, object_id, usage, write_dump

if TYPE_CHECKING:
    from collections.abc import Iterator

    from librechat_analytics.store.interface import Reader
    from tests.support.engines import Engine

CARL = object_id(NOON, 77)
PERIOD = Period(
    "custom", TimeRange(NOON - timedelta(days=1), NOON + timedelta(days=1)), None, ZoneInfo("UTC")
)
RULES = CostCenterRules(
    listed=(
        Rule("group", str(SALES), (("Sales", 100),)),
        Rule("group", str(FINANCE), (("Money", 60), ("Sales", 40))),
    )
)
OF_SALES, OF_MONEY = Scope((), (), (), ("Sales",)), Scope((), (), (), ("Money",))
OF_NOBODY, OF_BOB = Scope((), (), (), (UNASSIGNED,)), Scope((), (), (), (), (str(BOB),))


@pytest.fixture(scope="module")
def store(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """Ana is in Sales, Bob's usage is split between Money and Sales, nobody pays for Carl."""
    folder = tmp_path_factory.mktemp("scopes")
    write_dump(
        folder / "dump",
        transactions=[
            usage(number=1, user=ANA, model="gpt-5", conversationId="a"),
            usage(number=2, user=BOB, model="claude-opus-5", conversationId="b"),
            usage(number=3, user=CARL, model="gemini-4", conversationId="c"),
        ],
        users=[
            person(ANA, "ana@sales.example", role="ADMIN"),
            person(BOB, "bob@money.example", role="OWNER"),
            person(CARL, "carl@carl.example", role="GUEST"),
        ],
        groups=[group(SALES, ANA), group(FINANCE, BOB)],
    )
    with closing(Store(folder / "data")) as store:
        import_dump(store, DumpSource(folder / "dump"), now=NOON + timedelta(hours=2))
        with engine.reading(store) as reader:
            yield reader


@pytest.fixture
def repository(store: Reader) -> StoreRepository:
    return StoreRepository(
        store, source=lambda: SourceReport("offline"), clock=lambda: PERIOD.range.end, rules=lambda: RULES
    )


@pytest.mark.parametrize(
    ("scope", "users", "models", "calls"),
    [
        (OF_SALES, {ANA, BOB}, {"gpt-5", "claude-opus-5"}, 1),
        (OF_MONEY, {BOB}, {"claude-opus-5"}, 1),
        (OF_NOBODY, {CARL}, {"gemini-4"}, 1),
        (OF_BOB, {BOB}, {"claude-opus-5"}, 1),
    ],
)
def test_a_scope_sees_its_users_and_models_everywhere(
    repository: StoreRepository, scope: Scope, users: set[object], models: set[str], calls: int
) -> None:
    filters, seen = Filters(scope=scope), {str(user) for user in users}
    assert repository.summary(PERIOD, filters).totals.calls == calls
    assert {row.id for row in repository.top_users(PERIOD, WHOLE_LIST, filters).rows} == seen
    assert {row.model for row in repository.top_models(PERIOD, WHOLE_LIST, filters).rows} == models
    assert {hit.id for hit in repository.find("", 10, scope, ("user", "model"))} == seen | models
    for user in (ANA, BOB, CARL):
        assert (repository.user(str(user), scope) is not None) == (str(user) in seen)


def test_a_scope_of_a_cost_center_sees_no_other_cost_center_and_no_group(
    repository: StoreRepository,
) -> None:
    for scope, expected in ((OF_SALES, ["Sales"]), (OF_MONEY, ["Money"]), (OF_NOBODY, [])):
        values = repository.filter_values(scope)
        assert [value.value for value in values.get("cost_center", ())] == expected
        assert "group" not in values
        found = repository.cost_centers(PERIOD, WHOLE_LIST, Filters(scope=scope))
        assert found is not None
        assert [row.name for row in found.rows] == expected
        assert (found.unassigned.calls > 0) == (scope == OF_NOBODY)
        asked = Filters.of({"cost_center": ("Sales",)}, scope)
        assert repository.unmatched(asked) == (() if scope == OF_SALES else ("cost_center",))


def test_a_user_in_scope_sees_the_cost_centers_that_pay_for_them(repository: StoreRepository) -> None:
    found = repository.cost_centers(PERIOD, WHOLE_LIST, Filters(scope=OF_BOB))
    assert found is not None
    assert [(row.name, row.calls, row.users) for row in found.rows] == [("Money", 1, 1), ("Sales", 0, 0)]
    assert found.unassigned.cost_usd == 0


def test_cost_centers_and_users_limit_each_other(repository: StoreRepository) -> None:
    both = Filters(scope=Scope((), (), (), ("Sales",), (str(BOB),)))
    totals = repository.summary(PERIOD, both).totals
    assert (totals.cost_usd, totals.calls, totals.active_users) == (pytest.approx(0.003 * 0.4), 0, 0)


def test_a_limit_with_a_typing_mistake_is_named(store: Reader) -> None:
    assert unmatched_parts(store, Scope((), (), (), (), (str(BOB),))) == ()
    assert unmatched_parts(store, Scope((), (), (), (), ("nobody",))) == ("user=nobody",)
    centers = Scope((), (), (), ("Sales", "Slaes", UNASSIGNED))
    assert unmatched_parts(store, centers, RULES) == ("cost_center=Slaes",)
    assert unmatched_parts(store, centers) == ("cost_center=Sales", "cost_center=Slaes")
