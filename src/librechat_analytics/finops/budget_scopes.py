"""Which budgets a key with a scope may see: those whose usage lies wholly inside it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from librechat_analytics.usage.filters import Filters, Scope, as_stored

if TYPE_CHECKING:
    from collections.abc import Iterable

    from librechat_analytics.finops.definitions import Budget
    from librechat_analytics.usage.questions import Repository


def seen_filters(repository: Repository, budget: Budget, scope: Scope | None) -> Filters | None:
    """Return the filters of a budget within a scope; None where some of its usage may lie outside.

    A budget for each user is inside for the users of the scope, whoever else it is for; one for each group or
    cost centre for those that the scope names.
    """
    if scope is None:
        return budget.where
    is_inside = (
        _are_tenants_inside(budget, scope)
        and _are_cost_centers_inside(budget, scope)
        and _are_people_inside(repository, budget, scope)
    )
    return replace(budget.where, scope=scope) if is_inside else None


def _are_tenants_inside(budget: Budget, scope: Scope) -> bool:
    # A user belongs to one tenant, so the users of a tenant lie inside with all of their usage.
    return not scope.tenants or budget.each == "user" or _chooses(budget.where, "tenant", scope.tenants)


def _are_cost_centers_inside(budget: Budget, scope: Scope) -> bool:
    return (
        not scope.cost_centers
        or budget.each == "cost_center"
        or _chooses(budget.where, "cost_center", scope.cost_centers)
    )


def _are_people_inside(repository: Repository, budget: Budget, scope: Scope) -> bool:
    if budget.each in ("user", "group") or "scope_people" not in scope.conditions():
        return True
    where = budget.where
    limits = (("domain", scope.domains), ("group", scope.groups), ("user", scope.users))
    if any(_chooses(where, name, inside) for name, inside in limits):
        return True
    people = Scope(scope.domains, scope.groups, users=scope.users)
    return bool(where.user) and all(repository.user(user, people) is not None for user in where.user)


def _chooses(where: Filters, name: str, inside: Iterable[str]) -> bool:
    """Say whether filters let through nothing but some values of one filter."""
    chosen = where.chosen().get(name, ())
    return bool(chosen) and set(as_stored(name, chosen)) <= set(as_stored(name, tuple(inside)))
