"""Who answered for each row that waits to be told."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import numpy as np
import pandas as pd

from librechat_analytics.librechat.agents import Certainty, Question, attribute
from librechat_analytics.librechat.providers import AGENTS_ENDPOINT, provider_of
from librechat_analytics.librechat.source import LOOK_UP_IDS
from librechat_analytics.store.unfinished import UnfinishedRows
from librechat_analytics.sync.frames import naive, texts_frame

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from librechat_analytics.librechat.agents import Answer, Attribution, Conversation
    from librechat_analytics.librechat.source import Source
    from librechat_analytics.store.store import Store

T = TypeVar("T", "Answer", "Conversation")
ByTenant = dict[str | None, list[T]]

ANSWER_SAVED_WITHIN = timedelta(minutes=10)
"""Rows are written before the answer that they belong to; after this no answer is expected any more."""

ATTRIBUTED_AT_ONCE = 20_000

DEEPEST_THREAD = 20
"""So many conversations are followed from one to the one that it began in."""

CLOCKS_DIFFER_BY = timedelta(minutes=10)
"""A row's date is by LibreChat's clock, the reading of its agents by this program's."""

NAMED_ANEW_WITHIN = timedelta(days=1)
"""Where the agents cannot be read for longer, rows keep the providers that they have."""


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
        found, roots = attributed([WaitingRow(*row) for row in rows], source, providers, is_final)
        store.settle(found, roots, only_better=only_better, agents_as_of=providers.known_until)
        asked += len(rows)
        before = rows[-1][0]
        yield asked, waiting


class WaitingRow(NamedTuple):
    """A row whose agent is asked for; ``root``: the conversation that its own counts with, if asked for."""

    id_head: int
    id_tail: int
    created_at: datetime
    message: str | None
    conversation: str | None
    model: str | None
    recorded_agent: str | None
    tenant: str | None
    spender: str | None
    root: str | None


class ToldRow(NamedTuple):
    """A row that was told who answered before its agents were read; ``provider``: as it is held."""

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
        """Name the agent's provider at an instant: that of its version then, else today's."""
        known = self._tenants.get(agent or "", [])
        if agent is None or not known:
            return None
        if tenant not in known:
            # Written before there were tenants, the row or the agent.
            tenant = known[0] if tenant is None and len(known) == 1 else None
        versions = self._versions.get((agent, tenant), [])
        position = bisect_right(versions, instant, key=lambda version: version[0])
        past = versions[position - 1][1] if position else None
        return past or self._today.get((agent, tenant))

    def of_row(self, row: WaitingRow | ToldRow, endpoint: str | None, agent: str | None) -> str | None:
        """Name the provider of a row that an agent answered, if any, under an endpoint."""
        spent_at = self.at(row.spender, row.tenant, row.created_at)
        if spent_at is not None:
            return provider_of(row.model, AGENTS_ENDPOINT, spent_at)
        return provider_of(row.model, endpoint, self.at(agent, row.tenant, row.created_at))


class Evidence:
    """What LibreChat's answers and conversations tell of rows, each looked up once.

    Ids are unique within a tenant only: of several with one id, a row is told by those of its tenant.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._messages: dict[str, ByTenant[Answer]] = {}
        self._answers: dict[str, ByTenant[Answer]] = {}
        self._conversations: dict[str, ByTenant[Conversation]] = {}

    def look_up(self, rows: list[WaitingRow]) -> None:
        """Look up the answers that rows name, those of the conversations of rows that none is found for, and
        the conversations where these do not tell either, or that have never been asked for.

        Many rows of few conversations are asked for by conversation first: that takes a fraction of the
        look-ups.
        """
        messages = _distinct(row.message for row in rows)
        threads = _distinct(row.conversation for row in rows)
        if len(messages) > LOOK_UP_IDS and 2 * len(threads) <= len(messages):
            self._ask_for_answers(threads)
            for thread in self._answers.values():
                for answers in thread.values():
                    self._keep_messages(answers)
        self._keep_messages(self._source.answers([each for each in messages if each not in self._messages]))
        untold = [row for row in rows if not self._is_told_by_its_answer(row)]
        self._ask_for_answers(row.conversation for row in untold)
        silent = [row for row in untold if not self._is_told(row, row.conversation)]
        unasked = (row for row in rows if row.root is None)
        self._ask_for_conversations(row.conversation for row in (*unasked, *silent))
        self._ask_for_roots(rows)
        below = [row for row in silent if self.root_of(row) not in (None, row.conversation)]
        self._ask_for_answers(self.root_of(row) for row in below)
        self._ask_for_conversations(self.root_of(row) for row in below)

    def answer_of(self, row: WaitingRow) -> Answer | None:
        """Give the answer that a row names."""
        found = _of_tenant(self._messages.get(row.message or ""), row.tenant)
        return found[-1] if found else None

    def answers_in(self, row: WaitingRow, conversation: str | None) -> list[Answer]:
        """Give the answers of a conversation, oldest first."""
        return _of_tenant(self._answers.get(conversation or ""), row.tenant)

    def conversation(self, row: WaitingRow, conversation: str | None) -> Conversation | None:
        found = _of_tenant(self._conversations.get(conversation or ""), row.tenant)
        return found[-1] if found else None

    def root_of(self, row: WaitingRow) -> str | None:
        """Name the conversation that a row's own counts with; None where that is unknown."""
        if row.root is not None:
            return row.root
        path: list[str] = []
        found = self.conversation(row, row.conversation)
        while found is not None:
            path.append(found.id)
            above = found.root or found.id
            if above == found.id:
                return above
            if above in path:  # one of the circle, whichever of them the row is of
                return min(path[path.index(above) :])
            found = self.conversation(row, above)
            if found is None:
                return above
        return None

    def _ask_for_roots(self, rows: list[WaitingRow]) -> None:
        """Look up the conversations at the roots, which may have one themselves."""
        for _ in range(DEEPEST_THREAD):
            unasked = {root for row in rows if row.root is None and (root := self.root_of(row))}
            if unasked <= self._conversations.keys():
                return
            self._ask_for_conversations(sorted(unasked))

    def attribute(self, row: WaitingRow) -> Attribution:
        """Find who answered, where nothing else tells by the conversation that the row's own counts with."""
        created_at = row.created_at.replace(tzinfo=UTC)
        question, answer = Question(created_at, row.recorded_agent), self.answer_of(row)
        found = attribute(
            question,
            answer,
            self.answers_in(row, row.conversation),
            self.conversation(row, row.conversation),
        )
        root = self.root_of(row)
        if found.certainty is not Certainty.UNKNOWN or root is None or root == row.conversation:
            return found
        at_root = attribute(question, answer, self.answers_in(row, root), self.conversation(row, root))
        return at_root if at_root.endpoint else at_root._replace(endpoint=found.endpoint)

    def _is_told_by_its_answer(self, row: WaitingRow) -> bool:
        answer = self.answer_of(row)
        return answer is not None and answer.tells

    def _is_told(self, row: WaitingRow, conversation: str | None) -> bool:
        return any(answer.tells for answer in self.answers_in(row, conversation))

    def _keep_messages(self, answers: Iterable[Answer]) -> None:
        for answer in answers:
            self._messages.setdefault(answer.message, {}).setdefault(answer.tenant, []).append(answer)

    def _ask_for_answers(self, conversations: Iterable[str | None]) -> None:
        asked = [each for each in _distinct(conversations) if each not in self._answers]
        self._answers |= {each: {} for each in asked}
        for answer in sorted(self._source.conversation_answers(asked), key=lambda answer: answer.created_at):
            if answer.conversation in self._answers:
                self._answers[answer.conversation].setdefault(answer.tenant, []).append(answer)

    def _ask_for_conversations(self, conversations: Iterable[str | None]) -> None:
        asked = [each for each in _distinct(conversations) if each not in self._conversations]
        self._conversations |= {each: {} for each in asked}
        for found in self._source.conversations(asked):
            if found.id in self._conversations:
                self._conversations[found.id].setdefault(found.tenant, []).append(found)


def attributed(
    rows: list[WaitingRow],
    source: Source,
    providers: AgentProviders,
    is_final: Callable[[WaitingRow, Certainty], bool],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Name the agents of rows, and with which conversations theirs count, where that was not asked before."""
    evidence = Evidence(source)
    evidence.look_up(rows)
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


def name_providers_anew(store: Store, now: datetime) -> None:
    """Name the providers of the rows that were told who answered before their agents were read.

    Asks LibreChat nothing, and writes nothing where nothing has changed.
    """
    unfinished = UnfinishedRows(store)
    rows = [ToldRow(*row) for row in unfinished.told_early()]
    if not rows:
        return
    providers = AgentProviders(store)
    named = [(row, providers.of_row(row, row.endpoint, row.agent)) for row in rows]
    changed = [(row, provider) for row, provider in named if provider != row.provider]
    named_before = max(filter(None, (providers.known_until, naive(now) - NAMED_ANEW_WITHIN)))
    if changed or any(row.created_at < named_before for row in rows):
        frame = pd.DataFrame(
            {
                "id_head": np.array([row.id_head for row, _ in changed], dtype="uint64"),
                "id_tail": np.array([row.id_tail for row, _ in changed], dtype="uint32"),
                "provider": pd.Series([provider for _, provider in changed], dtype="str"),
            }
        )
        unfinished.write_told_early(frame, named_before=named_before)


def _of_tenant(found: ByTenant[T] | None, tenant: str | None) -> list[T]:
    """Choose what belongs to a tenant, else what belongs to none; without a tenant that, else all."""
    if not found:
        return []
    own = found.get(tenant) or found.get(None)
    if own is None and tenant is None:
        return [each for of_one in found.values() for each in of_one]
    return own or []


def _distinct(ids: Iterable[str | None]) -> list[str]:
    return list(dict.fromkeys(identity for identity in ids if identity))
