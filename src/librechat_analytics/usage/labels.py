"""Answers about one user or one agent, and the values that filters can have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from librechat_analytics.usage.answers import Agent, Balance, FilterValue, Refill, User
from librechat_analytics.usage.cost_center_rules import UNASSIGNED
from librechat_analytics.usage.filters import NONE, UNKNOWN, Filters, as_stored, filter_of
from librechat_analytics.usage.queries import of_store
from librechat_analytics.usage.rows import all_time_rows, answer_row, usd

if TYPE_CHECKING:
    from librechat_analytics.store.interface import Snapshot, SqlRow
    from librechat_analytics.usage.filters import Scope


def user(snapshot: Snapshot, identity: str, scope: Scope | None) -> User | None:
    """Return a user; None if it is unknown or outside the scope."""
    rows = all_time_rows(snapshot, "user", scope, {"user": identity})
    return (
        answer_row(User, rows[0], balance=_balance(rows[0]), groups=tuple(rows[0]["groups"] or ()))
        if rows
        else None
    )


def _balance(row: SqlRow) -> Balance | None:
    if row["balance_e6"] is None:
        return None
    refills = row["refill_enabled"] and row["refill_e6"] and row["refill_every"] and row["refill_unit"]
    return Balance(
        left_usd=usd(row["balance_e6"]),
        reserved_usd=usd(row["reserved_e6"] or 0),
        debt_usd=usd(row["debt_e6"] or 0),
        refill=Refill(usd(row["refill_e6"]), row["refill_every"], row["refill_unit"]) if refills else None,
    )


def agent(snapshot: Snapshot, identity: str, tenant: str | None) -> Agent | None:
    """Return an agent, preferably the tenant's where several have the id; None if it is unknown."""
    rows = snapshot.rows(of_store("agent"), {"agent": identity, "tenant": tenant})
    return answer_row(Agent, rows[0]) if rows else None


def filter_values(snapshot: Snapshot, scope: Scope | None) -> dict[str, tuple[FilterValue, ...]]:
    """Return the values that each filter can have, by the filter's name."""
    values: dict[str, list[FilterValue]] = {}
    for row in all_time_rows(snapshot, "filter_values", scope):
        values.setdefault(row["filter"], []).append(FilterValue(row["value"], row["label"]))
    if centers := cost_center_names(snapshot, scope):
        values["cost_center"] = [FilterValue(name, name) for name in centers]
    return {name: tuple(found) for name, found in values.items()}


def cost_center_names(snapshot: Snapshot, scope: Scope | None) -> list[str]:
    """Return the cost centres that the rules name, as far as a scope may see them."""
    return [row["name"] for row in all_time_rows(snapshot, "cost_center_names", scope)]


def unmatched(snapshot: Snapshot, filters: Filters) -> tuple[str, ...]:
    """Name the parameters of filters none of whose values was ever recorded, such as ``not-model``.

    A reader with a scope cannot tell such a value from one that others have recorded.
    """
    return tuple(
        parameter
        for parameter, values in filters.given().items()
        if not _is_recorded(snapshot, filter_of(parameter), values, filters.scope)
    )


def _is_recorded(snapshot: Snapshot, name: str, values: tuple[str, ...], scope: Scope | None) -> bool:
    if name == "cost_center":
        return UNASSIGNED in values or not {*cost_center_names(snapshot, scope)}.isdisjoint(values)
    if NONE in values or (name == "agent" and UNKNOWN in values):
        return True
    parameters = {"filter": name, "values": as_stored(name, values)}
    (row,) = all_time_rows(snapshot, "recorded", scope, parameters)
    return bool(row["any_recorded"])
