"""Reads the names of users, agents and groups, and writes them to the store."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING, Any, TypeVar

import pandas as pd

from librechat_analytics.librechat.source import SourceBrokenError, SourceForbiddenError
from librechat_analytics.sync.agent_providers import correct_early_providers
from librechat_analytics.sync.frames import instants, naive, texts_frame
from librechat_analytics.sync.memberships import write_memberships

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from librechat_analytics.librechat.labels import AgentLabel, Balance, UserLabel
    from librechat_analytics.librechat.source import LabelSource, Source
    from librechat_analytics.store.store import Store

log = logging.getLogger(__name__)

T = TypeVar("T")
L = TypeVar("L", "AgentLabel", "UserLabel")


class LabelReader:
    """Reads the labels every ``seconds``, and at once when a row names somebody without a name."""

    def __init__(
        self, store: Store, source: Source, *, seconds: float, clock: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._source = source
        self._seconds = seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._read_at = float("-inf")
        self._can_read_names = True

    def read_if_due(self) -> None:
        """Read the labels if they are due; several threads may call this."""
        with self._lock:
            is_old = time.monotonic() - self._read_at >= self._seconds
            if not is_old and not (self._can_read_names and self._store.has_unlabelled()):
                return
            unreadable = write_labels(self._store, self._source, self._clock())
            # Otherwise users and agents that cannot be read would be looked up at every reading.
            self._can_read_names = not {"users", "agents"} & set(unreadable)
            if is_old:
                for why in sorted(set(unreadable.values())):
                    names = ", ".join(name for name, reason in unreadable.items() if reason == why)
                    log.warning("Names of %s cannot be read. %s", names, why)
                self._read_at = time.monotonic()


def write_labels(
    store: Store,
    source: LabelSource,
    now: datetime,
    *,
    as_of: datetime | None = None,
    is_current: bool = True,
) -> dict[str, str]:
    """Read the names of users and agents; returns the collections that cannot be read, each with the reason.

    ``as_of`` is the instant that the source shows, if not now. Labels that are not current give names only to
    users and agents that have none, and change no group, domain or role.
    """
    known_user, known_agent = store.greatest_keys()
    reading = LabelReading(store, source, now, as_of=as_of or now, is_current=is_current)
    reading.write_users(known=known_user)
    reading.write_agents(known=known_agent)
    correct_early_providers(store, now)
    return reading.unreadable


class LabelReading:
    """One reading of the labels of a source; the parameters are those of ``write_labels``.

    ``unreadable`` has the collections that cannot be read, each with the reason. Users and agents whose keys
    are greater than ``known`` may be missing from the source, because they appeared after it was read.
    """

    def __init__(
        self, store: Store, source: LabelSource, now: datetime, *, as_of: datetime, is_current: bool
    ) -> None:
        self._store = store
        self._source = source
        self._now = now
        self._as_of = as_of
        self._is_current = is_current
        self.unreadable: dict[str, str] = {}

    def _read(self, collection: str, find: Callable[[], Iterable[T] | None]) -> list[T] | None:
        try:
            found = find()
            return None if found is None else list(found)
        except (SourceForbiddenError, SourceBrokenError) as error:
            self.unreadable[collection] = str(error)
            return None

    def write_users(self, *, known: int) -> None:
        """Write the users with their balances, groups, domains and roles."""
        users = _each_once(self._read("users", self._source.users), lambda user: user.id)
        if users is None:
            return
        labels = texts_frame(
            ((user.id, user.name, user.email, user.role, user.tenant) for user in users),
            ("id", "name", "email", "role", "tenant"),
        )
        balances = oldest_balances(self._read("balances", self._source.balances) or [])
        self._store.write_users(
            labels.join(balance_frame(balances.get(user.id) for user in users)),
            known=known,
            is_current=self._is_current,
            as_of=naive(self._as_of),
            now=naive(self._now),
        )
        groups = self._read("groups", self._source.groups)
        if groups is not None and self._is_current:
            write_memberships(self._store, groups, users, self._as_of)

    def write_agents(self, *, known: int) -> None:
        """Write the agents with their versions."""
        agents = _each_once(self._read("agents", self._source.agents), lambda agent: (agent.id, agent.tenant))
        if agents is None:
            return
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
            (
                (agent.id, agent.name, agent.model, agent.provider, agent.ran, agent.tenant)
                for agent in agents
            ),
            ("id", "name", "model", "provider", "ran", "tenant"),
        )
        self._store.write_agents(
            labels,
            versions,
            known=known,
            is_current=self._is_current,
            as_of=naive(self._as_of),
            now=naive(self._now),
        )


def oldest_balances(balances: Iterable[Balance]) -> dict[str, Balance]:
    """Return each user's balance; if there are several, the one with the lowest id, as LibreChat does."""
    return {
        balance.user: balance for balance in sorted(balances, key=lambda balance: balance.id, reverse=True)
    }


def balance_frame(balances: Iterable[Balance | None]) -> pd.DataFrame:
    """Return balances as the store takes them."""
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
    """Keep the last label of each key: a cursor may return a document twice."""
    return None if labels is None else list({key(label): label for label in labels}.values())
