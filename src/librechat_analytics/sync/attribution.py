"""Who answered for each row that waits to be told."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from librechat_analytics.librechat.agents import Certainty, Question, attribute
from librechat_analytics.librechat.providers import provider_of
from librechat_analytics.librechat.source import LOOK_UP_IDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from librechat_analytics.librechat.agents import Answer, Attribution
    from librechat_analytics.librechat.source import Source
    from librechat_analytics.store.store import Store

ANSWER_SAVED_WITHIN = timedelta(minutes=10)
"""Rows are written before the answer that they belong to; after this no answer is expected any more."""

ATTRIBUTED_AT_ONCE = 20_000


def attribute_waiting(
    store: Store,
    source: Source,
    *,
    is_final: Callable[[WaitingRow, Certainty], bool],
    only_better: bool = False,
) -> Iterator[tuple[int, int]]:
    """Ask who answered for each waiting row, newest first; yields rows asked so far and how many waited.

    Rows whose own answer was not found stay waiting unless this is their last chance. ``only_better``: what
    is known already stays unless the source knows it with more certainty.
    """
    waiting, asked, before = store.count_unattributed(), 0, None
    providers = AgentProviders(store) if waiting else None
    while providers and (rows := store.unattributed(before, ATTRIBUTED_AT_ONCE)):
        found = attributed_frame([WaitingRow(*row) for row in rows], source, providers, is_final)
        store.settle(found, only_better=only_better)
        asked += len(rows)
        before = rows[-1][0]
        yield asked, waiting


class WaitingRow(NamedTuple):
    """A usage row whose agent is asked for."""

    id_head: int
    id_tail: int
    created_at: datetime
    message: str | None
    conversation: str | None
    model: str | None
    recorded_agent: str | None


class AgentProviders:
    """The provider that each agent ran on, by time."""

    def __init__(self, store: Store) -> None:
        self._today: dict[str, str | None] = {}
        self._versions: dict[str, list[tuple[datetime, str | None]]] = defaultdict(list)
        for agent, provider, since, past in store.agent_providers():
            self._today[agent] = provider
            if since is not None:
                self._versions[agent].append((since, past))

    def at(self, agent: str | None, instant: datetime) -> str | None:
        """Name the agent's provider at an instant: that of its version then, else today's."""
        if agent is None:
            return None
        versions = self._versions.get(agent, [])
        position = bisect_right(versions, instant, key=lambda version: version[0])
        past = versions[position - 1][1] if position else None
        return past or self._today.get(agent)


def look_up_answers(
    rows: list[WaitingRow], source: Source
) -> tuple[dict[str, Answer], dict[str, list[Answer]]]:
    """Find the answers that rows name, and those of the conversations of rows that none is found for.

    Many rows of few conversations are asked for by conversation first: that takes a fraction of the look-ups.
    """
    messages = _distinct(row.message for row in rows)
    threads = _distinct(row.conversation for row in rows)
    bulk = len(messages) > LOOK_UP_IDS and 2 * len(threads) <= len(messages)
    asked = threads if bulk else []
    by_conversation: dict[str, list[Answer]] = defaultdict(list)

    def ask(conversations: list[str]) -> None:
        for answer in source.conversation_answers(conversations):
            if answer.conversation is not None:
                by_conversation[answer.conversation].append(answer)

    ask(asked)
    answers = {answer.message: answer for found in by_conversation.values() for answer in found}
    missing = [message for message in messages if message not in answers]
    answers |= {answer.message: answer for answer in source.answers(missing)}
    known = set(asked)
    ask(
        _distinct(
            row.conversation for row in rows if _is_open(row, answers) and row.conversation not in known
        )
    )
    for found in by_conversation.values():
        found.sort(key=lambda answer: answer.created_at)
    return answers, by_conversation


def _is_open(row: WaitingRow, answers: dict[str, Answer]) -> bool:
    """Say whether the answer that a row names, if any, does not tell who gave it."""
    answer = answers.get(row.message or "")
    return bool(row.conversation) and not (answer and answer.tells)


def attributed_frame(
    rows: list[WaitingRow],
    source: Source,
    providers: AgentProviders,
    is_final: Callable[[WaitingRow, Certainty], bool],
) -> pd.DataFrame:
    """Look up the answers and conversations that rows belong to, each once, and name their agents."""
    answers, by_conversation = look_up_answers(rows, source)
    silent = (
        row.conversation
        for row in rows
        if _is_open(row, answers)
        and not any(answer.tells for answer in by_conversation.get(row.conversation or "", ()))
    )
    conversations = {
        conversation.id: conversation for conversation in source.conversations(_distinct(silent))
    }

    attributions: list[Attribution] = []
    for row in rows:
        created_at = row.created_at.replace(tzinfo=UTC)
        attributions.append(
            attribute(
                Question(created_at, row.recorded_agent),
                answers.get(row.message or ""),
                by_conversation.get(row.conversation or "", ()),
                conversations.get(row.conversation or ""),
            )
        )
    return pd.DataFrame(
        {
            "id_head": np.array([row.id_head for row in rows], dtype="uint64"),
            "id_tail": np.array([row.id_tail for row in rows], dtype="uint32"),
            "agent": pd.Series([found.agent for found in attributions], dtype="str"),
            "sender": pd.Series([found.sender for found in attributions], dtype="str"),
            "certainty": pd.Series([found.certainty.value for found in attributions], dtype="str"),
            "provider": pd.Series(
                [
                    provider_of(row.model, found.endpoint, providers.at(found.agent, row.created_at))
                    for row, found in zip(rows, attributions, strict=True)
                ],
                dtype="str",
            ),
            "final": [
                found.certainty is Certainty.EXACT or is_final(row, found.certainty)
                for row, found in zip(rows, attributions, strict=True)
            ],
        }
    )


def _distinct(ids: Iterable[str | None]) -> list[str]:
    return list(dict.fromkeys(identity for identity in ids if identity))
