"""The provider that each agent ran on, by time."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from librechat_analytics.librechat.providers import AGENTS_ENDPOINT, provider_of
from librechat_analytics.store.unfinished import UnfinishedRows
from librechat_analytics.sync.frames import naive

if TYPE_CHECKING:
    from librechat_analytics.store.store import Store
    from librechat_analytics.sync.evidence import WaitingRow

CLOCKS_DIFFER_BY = timedelta(minutes=10)
"""LibreChat's clock dates a row, this program's clock dates the reading of the agents."""

CORRECT_WITHIN = timedelta(days=1)
"""If the agents cannot be read for longer, rows keep the providers that they have."""


class EarlyRow(NamedTuple):
    """A row that was attributed before its agent was last read; ``provider`` is the one in the store."""

    id_head: int
    id_tail: int
    created_at: datetime
    model: str | None
    endpoint: str | None
    agent: str | None
    spender: str | None
    tenant: str | None
    provider: str | None


class AgentProviders:
    """The provider that each agent ran on, by time."""

    def __init__(self, store: Store) -> None:
        self._tenants: dict[str, list[str | None]] = defaultdict(list)
        self._today: dict[tuple[str, str | None], str | None] = {}
        self._versions: dict[tuple[str, str | None], list[tuple[datetime, str | None]]] = defaultdict(list)
        as_of, found = store.agent_providers()
        self.known_until = as_of and as_of - CLOCKS_DIFFER_BY
        for agent, tenant, provider, since, past in found:
            if (agent, tenant) not in self._today:
                self._tenants[agent].append(tenant)
            self._today[agent, tenant] = provider
            if since is not None:
                self._versions[agent, tenant].append((since, past))

    def at(self, agent: str | None, tenant: str | None, instant: datetime) -> str | None:
        """Return the agent's provider at an instant: the one of its version then, else today's."""
        known = self._tenants.get(agent or "", [])
        if agent is None or not known:
            return None
        if tenant not in known:
            # The row or the agent was written before there were tenants.
            tenant = known[0] if tenant is None and len(known) == 1 else None
        versions = self._versions.get((agent, tenant), [])
        position = bisect_right(versions, instant, key=lambda version: version[0])
        past = versions[position - 1][1] if position else None
        return past or self._today.get((agent, tenant))

    def of_row(self, row: WaitingRow | EarlyRow, endpoint: str | None, agent: str | None) -> str | None:
        """Return the provider of a row under an endpoint; ``agent`` is the row's agent, if any."""
        spent_at = self.at(row.spender, row.tenant, row.created_at)
        if spent_at is not None:
            return provider_of(row.model, AGENTS_ENDPOINT, spent_at)
        return provider_of(row.model, endpoint, self.at(agent, row.tenant, row.created_at))


def correct_early_providers(store: Store, now: datetime) -> None:
    """Correct the providers of rows that were attributed before their agents were last read.

    Sends no request to LibreChat, and writes nothing if nothing has changed.
    """
    unfinished = UnfinishedRows(store)
    rows = [EarlyRow(*row) for row in unfinished.told_early()]
    if not rows:
        return
    providers = AgentProviders(store)
    named = [(row, providers.of_row(row, row.endpoint, row.agent)) for row in rows]
    changed = [(row, provider) for row, provider in named if provider != row.provider]
    named_before = max(filter(None, (providers.known_until, naive(now) - CORRECT_WITHIN)))
    if changed or any(row.created_at < named_before for row in rows):
        frame = pd.DataFrame(
            {
                "id_head": np.array([row.id_head for row, _ in changed], dtype="uint64"),
                "id_tail": np.array([row.id_tail for row, _ in changed], dtype="uint32"),
                "provider": pd.Series([provider for _, provider in changed], dtype="str"),
            }
        )
        unfinished.write_told_early(frame, named_before=named_before)
