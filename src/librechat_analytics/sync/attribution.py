"""Finds the agent of each row that waits for one, and writes it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from librechat_analytics.librechat.agents import Certainty
from librechat_analytics.librechat.providers import AGENTS_ENDPOINT
from librechat_analytics.sync.agent_providers import AgentProviders
from librechat_analytics.sync.evidence import Evidence, WaitingRow
from librechat_analytics.sync.frames import texts_frame

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from librechat_analytics.librechat.source import ReplySource
    from librechat_analytics.store.store import Store

REPLY_SAVED_WITHIN = timedelta(minutes=10)
"""LibreChat writes rows before the reply that they belong to; later than this no reply is expected."""

ROWS_AT_ONCE = 20_000


def attribute_waiting(
    store: Store,
    source: ReplySource,
    *,
    is_final: Callable[[WaitingRow, Certainty], bool],
) -> Iterator[tuple[int, int]]:
    """Find the agent of each waiting row, newest first; yields the rows done and how many waited.

    A row whose own reply was not found stays waiting unless ``is_final`` says that this is its last chance.
    """
    waiting, done, before = store.count_unattributed(), 0, None
    providers = AgentProviders(store) if waiting else None
    while providers and (rows := store.unattributed(before, ROWS_AT_ONCE)):
        listed = [WaitingRow(*row) for row in rows]
        evidence = Evidence(source)
        evidence.look_up(listed)
        found, roots = attributed(listed, evidence, providers, is_final)
        store.settle(found, roots, only_better=False, agents_as_of=providers.known_until)
        done += len(rows)
        before = rows[-1][0]
        yield done, waiting


def attributed(
    rows: list[WaitingRow],
    evidence: Evidence,
    providers: AgentProviders,
    is_final: Callable[[WaitingRow, Certainty], bool],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the agents of rows, and the roots of conversations that had none yet, as two frames."""
    attributions = [evidence.attribute(row) for row in rows]
    roots = {
        row.conversation: root
        for row in rows
        if row.root is None and row.conversation and (root := evidence.root_of(row))
    }
    frame = pd.DataFrame(
        {
            "id_head": np.array([row.id_head for row in rows], dtype="uint64"),
            "id_tail": np.array([row.id_tail for row in rows], dtype="uint32"),
            "agent": pd.Series([found.agent for found in attributions], dtype="str"),
            "tenant": pd.Series([row.tenant for row in rows], dtype="str"),
            "sender": pd.Series([found.sender for found in attributions], dtype="str"),
            "certainty": pd.Series([found.certainty.value for found in attributions], dtype="str"),
            "provider": pd.Series(
                [
                    providers.of_row(row, found.endpoint, found.agent)
                    for row, found in zip(rows, attributions, strict=True)
                ],
                dtype="str",
            ),
            "endpoint": pd.Series([found.endpoint for found in attributions], dtype="str"),
            "by_endpoint": [found.endpoint not in (None, AGENTS_ENDPOINT) for found in attributions],
            "final": [
                found.certainty is Certainty.EXACT or is_final(row, found.certainty)
                for row, found in zip(rows, attributions, strict=True)
            ],
        }
    )
    return frame, texts_frame(roots.items(), ("id", "root"))
