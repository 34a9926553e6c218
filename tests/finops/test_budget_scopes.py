"""Which budgets a key sees that is limited to some users or tenants."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

from librechat_analytics.finops.budgets import budget_history, budget_states
from librechat_analytics.usage.filters import Filters, Scope
from librechat_analytics.usage.listing import WHOLE_LIST
from librechat_analytics.usage.periods import parse_period
from tests.finops.budget_worlds import BERLIN, budget, definitions
from tests.usage.conftest import NOW

if TYPE_CHECKING:
    from librechat_analytics.finops.definitions import Budget
    from librechat_analytics.usage.repository import StoreRepository

MONTH = parse_period("this-month", None, None, BERLIN, now=NOW, first_usage=None)


class People(NamedTuple):
    """Somebody with usage this month, somebody of another domain, and their domains and groups."""

    inside: str
    outside: str
    domain: str
    other_domain: str
    group: str


@pytest.fixture(scope="module")
def people(repository: StoreRepository) -> People:
    def users(**filters: str) -> list[str]:
        chosen = Filters.of({name: (value,) for name, value in filters.items()})
        return [row.id for row in repository.top_users(MONTH, WHOLE_LIST, chosen).rows if row.id]

    values = repository.filter_values()
    domains = [one.value for one in values["domain"] if one.value != "(none)" and users(domain=one.value)]
    groups = [one.value for one in values["group"] if one.value != "(none)" and users(group=one.value)]
    domain, other = domains[:2]
    return People(users(domain=domain)[0], users(domain=other)[0], domain, other, groups[0])


def seen(repository: StoreRepository, one: Budget, scope: Scope) -> bool:
    said = definitions(one)
    states = budget_states(repository, said, scope)
    if one.each is None:
        assert (budget_history(repository, said, one.name, scope=scope) is not None) == bool(states)
    return bool(states)


def test_a_budget_is_seen_if_its_usage_lies_wholly_inside_the_scope(
    repository: StoreRepository, people: People
) -> None:
    scope = Scope((people.domain,), ())
    for where, expected in (
        ({}, False),
        ({"domain": (people.domain,)}, True),
        ({"domain": (people.domain.upper(),), "model": ("gpt-5.4",)}, True),
        ({"domain": (people.domain, people.other_domain)}, False),
        ({"domain": (people.domain, "(none)")}, False),
        ({"not-domain": (people.other_domain,)}, False),
        ({"user": (people.inside,)}, True),
        ({"user": (people.inside, people.outside)}, False),
        ({"group": (people.group,)}, False),
        ({"model": ("gpt-5.4",)}, False),
    ):
        assert seen(repository, budget(where=Filters.of(where)), scope) is expected, where
    assert not seen(repository, budget(), Scope((), ()))


def test_a_budget_of_a_tenant_is_seen_by_keys_of_the_tenant_alone(repository: StoreRepository) -> None:
    scope = Scope((), (), ("acme",))
    for where, expected in (({}, False), ({"tenant": ("acme",)}, True), ({"tenant": ("acme", "b")}, False)):
        assert seen(repository, budget(where=Filters.of(where)), scope) is expected, where


def test_a_key_of_a_cost_centre_sees_budgets_of_it_alone(repository: StoreRepository, people: People) -> None:
    scope = Scope((), (), cost_centers=("Sales",))
    for where, expected in (
        ({}, False),
        ({"cost_center": ("Sales",)}, True),
        ({"cost_center": ("Sales", "IT")}, False),
        ({"cost_center": ("Sales", "(unassigned)")}, False),
        ({"user": (people.inside,)}, False),
    ):
        assert seen(repository, budget(where=Filters.of(where)), scope) is expected, where
    assert not seen(repository, budget(1, each="user"), scope), "others may pay for a part of a user's usage"


def test_a_key_of_a_user_sees_that_users_budgets(repository: StoreRepository, people: People) -> None:
    scope = Scope((), (), users=(people.inside,))
    for where, expected in (
        ({}, False),
        ({"user": (people.inside,)}, True),
        ({"user": (people.outside,)}, False),
        ({"domain": (people.domain,)}, False),
    ):
        assert seen(repository, budget(where=Filters.of(where)), scope) is expected, where
    (own,) = budget_states(repository, definitions(budget(1, each="user")), scope)
    assert own.key == people.inside


def test_of_a_budget_for_each_user_a_key_sees_its_own_users(
    repository: StoreRepository, people: People
) -> None:
    each = definitions(budget(1, each="user"))
    scope = Scope((people.domain,), ())
    states = budget_states(repository, each, scope)
    everybody = {state.key: state for state in budget_states(repository, each)}
    users = repository.top_users(MONTH, WHOLE_LIST, Filters(scope=scope)).rows
    assert {state.key for state in states} == {row.id for row in users} < set(everybody)
    assert all(state == everybody[state.key] for state in states)
    assert budget_history(repository, each, "AI", people.inside, scope) is not None
    assert budget_history(repository, each, "AI", people.outside, scope) is None
    assert budget_states(repository, each, Scope((), ())) == ()


def test_of_a_budget_for_each_group_a_key_sees_its_own_groups(
    repository: StoreRepository, people: People
) -> None:
    each = definitions(budget(1, each="group"))
    assert [state.key for state in budget_states(repository, each, Scope((), (people.group,)))] == [
        people.group
    ]
    assert budget_states(repository, each, Scope((people.domain,), ())) == ()


def test_of_a_budget_for_each_model_a_key_sees_nothing_of_other_users(
    repository: StoreRepository, people: People
) -> None:
    scope = Scope((people.domain,), ())
    assert budget_states(repository, definitions(budget(1, each="model")), scope) == ()
    own = definitions(budget(1, each="model", where=Filters.of({"domain": (people.domain,)})))
    assert budget_states(repository, own, scope) == budget_states(repository, own) != ()
