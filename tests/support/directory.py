"""People, groups and what the store holds of both."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from librechat_analytics.sync.labels import write_labels
from librechat_analytics.usage.answers import SourceReport
from librechat_analytics.usage.filters import Filters, Scope
from librechat_analytics.usage.periods import parse_period
from librechat_analytics.usage.repository import StoreRepository
from tests.store.test_store import asked
from tests.support.documents import ANA, BOB, NOON, object_id
from tests.support.in_memory import LibreChat

if TYPE_CHECKING:
    from datetime import datetime

    from bson import ObjectId

    from librechat_analytics.store.store import Store
    from tests.support.documents import Document


HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FINANCE, SALES = object_id(NOON, 1), object_id(NOON, 2)
FOREVER = None


def group(identity: ObjectId, *members: object, name: str | None = None) -> Document:
    return {
        "_id": identity,
        "name": name or {FINANCE: "Finance", SALES: "Sales"}[identity],
        "memberIds": [*members],
    }


def person(
    identity: ObjectId, email: str | None = None, role: str | None = "USER", **fields: Any
) -> Document:
    return {"_id": identity, "name": "Somebody", "email": email, "role": role} | fields


ANA_AND_BOB = [person(ANA), person(BOB)]


def read(store: Store, at: datetime, groups: list[Document], users: list[Document] = ANA_AND_BOB) -> None:
    write_labels(store, LibreChat(users=users, groups=groups), at)


Row = tuple[str, str, "datetime", "datetime | None", bool]


def memberships(store: Store) -> list[Row]:
    """Each membership: whose, in which group, since and until when, and whether it may have held before."""
    names = {str(ANA): "Ana", str(BOB): "Bob"}
    rows = asked(
        store,
        "SELECT users.id, groups.name, since, until, assumed FROM memberships JOIN users ON key = user_key"
        " JOIN groups ON groups.id = group_id ORDER BY since, groups.name, users.id",
    )
    return [(names[user], *rest) for user, *rest in rows]


def traits(store: Store, trait: str) -> list[tuple[Any, ...]]:
    return asked(
        store,
        f"SELECT value, since, until, assumed FROM user_traits WHERE trait = '{trait}' ORDER BY since, value",
    )


def naive(at: datetime) -> datetime:
    return at.replace(tzinfo=None)


def at(hours: float) -> datetime:
    return naive(NOON + hours * HOUR)


def groups_listed(store: Store, scope: Scope | None = None) -> list[str]:
    values = repository(store).filter_values(scope)
    return [label for _, label in values["group"]] if "group" in values else []


def repository(store: Store) -> StoreRepository:
    return StoreRepository(store, source=lambda: SourceReport("offline"), clock=lambda: NOON + DAY)


def cost(store: Store, scope: Scope | None = None, **filters: str) -> float:
    now = NOON + DAY
    period = parse_period("all", None, None, ZoneInfo("UTC"), now=now, first_usage=NOON - DAY)
    return (
        repository(store)
        .summary(period, Filters.of({name: (value,) for name, value in filters.items()}, scope))
        .totals.cost_usd
    )


def staff(count: int) -> list[ObjectId]:
    return [object_id(NOON, 100 + number) for number in range(count)]


def members(store: Store) -> set[str]:
    rows = asked(store, "SELECT users.id FROM memberships JOIN users ON key = user_key WHERE until IS NULL")
    return {user for (user,) in rows}
