"""The names behind the ids, read again as they change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import pandas as pd

from librechat_analytics.librechat.source import SourceBrokenError, SourceForbiddenError
from librechat_analytics.sync.attribution import name_providers_anew
from librechat_analytics.sync.frames import instants, naive, texts_frame
from librechat_analytics.sync.memberships import write_memberships

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from librechat_analytics.librechat.labels import AgentLabel, Balance, UserLabel
    from librechat_analytics.librechat.source import Source
    from librechat_analytics.store.store import Store

T = TypeVar("T")
L = TypeVar("L", "AgentLabel", "UserLabel")


def write_labels(
    store: Store,
    source: Source,
    now: datetime,
    *,
    as_of: datetime | None = None,
    is_current: bool = True,
) -> dict[str, str]:
    """Read the names of users and agents again; returns which collections cannot be read, and why.

    ``as_of`` is the instant that the source shows, unless it is now. Labels that are not current ones only
    name who has no name yet, and leave groups, domains and roles alone.
    """
    as_of = as_of or now
    unreadable: dict[str, str] = {}
    known_user, known_agent = store.greatest_keys()

    def known(collection: str, ask: Callable[[], Iterable[T] | None]) -> list[T] | None:
        try:
            found = ask()
            return None if found is None else list(found)
        except (SourceForbiddenError, SourceBrokenError) as error:
            unreadable[collection] = str(error)
            return None

    users = _each_once(known("users", source.users), lambda user: user.id)
    agents = _each_once(known("agents", source.agents), lambda agent: (agent.id, agent.tenant))
    if users is not None:
        labels = texts_frame(
            ((*user[:4], user.tenant) for user in users), ("id", "name", "email", "role", "tenant")
        )
        balances = oldest_balances(known("balances", source.balances) or [])
        store.write_users(
            labels.join(balance_frame(balances.get(user.id) for user in users)),
            known=known_user,
            is_current=is_current,
            as_of=naive(as_of),
            now=naive(now),
        )
        groups = known("groups", source.groups)
        if groups is not None and is_current:
            write_memberships(store, groups, users, as_of)
    if agents is not None:
        versions = pd.DataFrame(
            {
                "agent": pd.Series([agent.id for agent in agents for _ in agent.versions], dtype="str"),
                "tenant": pd.Series([agent.tenant for agent in agents for _ in agent.versions], dtype="str"),
                "position": pd.Series(
                    [position for agent in agents for position in range(len(agent.versions))], dtype="int64"
                ),
                "since": instants(version.since for agent in agents for version in agent.versions),
                "ran": pd.Series([v.ran for agent in agents for v in agent.versions], dtype="str"),
                "provider": pd.Series([v.provider for agent in agents for v in agent.versions], dtype="str"),
            }
        )
        labels = texts_frame(
            ((*agent[:4], agent.ran, agent.tenant) for agent in agents),
            ("id", "name", "model", "provider", "ran", "tenant"),
        )
        store.write_agents(
            labels,
            versions,
            known=known_agent,
            is_current=is_current,
            as_of=naive(as_of),
            now=naive(now),
        )
    name_providers_anew(store, now)
    return unreadable


def oldest_balances(balances: Iterable[Balance]) -> dict[str, Balance]:
    """Give each user's balance; of several, LibreChat itself takes the one with the lowest id."""
    return {
        balance.user: balance for balance in sorted(balances, key=lambda balance: balance.id, reverse=True)
    }


def balance_frame(balances: Iterable[Balance | None]) -> pd.DataFrame:
    """Lay out balances as the store takes them."""
    listed = list(balances)

    def column(name: str, kind: str) -> pd.Series[Any]:
        return pd.Series([None if each is None else getattr(each, name) for each in listed], dtype=kind)

    refilled = [None if each is None else each.refilled_at for each in listed]
    return pd.DataFrame(
        {
            "balance_e6": column("credits_e6", "Int64"),
            "reserved_e6": column("reserved_e6", "Int64"),
            "debt_e6": column("debt_e6", "Int64"),
            "refill_enabled": column("refill_enabled", "boolean"),
            "refill_e6": column("refill_e6", "Int64"),
            "refill_every": column("refill_every", "Int64"),
            "refill_unit": column("refill_unit", "str"),
            "refilled_at": pd.Series([at and naive(at) for at in refilled], dtype="datetime64[us]"),
        }
    )


def _each_once(labels: list[L] | None, key: Callable[[L], object]) -> list[L] | None:
    """Keep the last label of each key: a cursor may meet one twice."""
    return None if labels is None else list({key(label): label for label in labels}.values())
