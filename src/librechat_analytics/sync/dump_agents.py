"""Finds the agents of the rows of a dump: in SQL where that is plain, else one row at a time."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC
from typing import TYPE_CHECKING, Any

from librechat_analytics.librechat.agents import AssistantMessage, Certainty, Conversation
from librechat_analytics.librechat.providers import (
    PROVIDER_OF_ENDPOINT,
    SINGLE_FAMILY,
    family_provider,
)
from librechat_analytics.store.replies import AgentSearch, ProviderRules, Replies, replies_beside
from librechat_analytics.sync.agent_providers import AgentProviders
from librechat_analytics.sync.attribution import attributed
from librechat_analytics.sync.evidence import Evidence, WaitingRow
from librechat_analytics.sync.frames import texts_frame

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    import pandas as pd

    from librechat_analytics.librechat.dump import DumpSource
    from librechat_analytics.store.store import Store

DOCUMENTS_AT_ONCE = 20_000


class DumpAgents:
    """The agents of a dump's rows; ``one_by_one`` counts the rows that were looked at one by one."""

    def __init__(
        self,
        store: Store,
        replies: Replies,
        *,
        final_before: datetime | None,
        all_one_by_one: bool,
    ) -> None:
        self._source = StoredReplies(replies)
        self._final_before = final_before
        self.providers = AgentProviders(store)
        self.one_by_one = 0
        self.search = AgentSearch(replies, self._one_by_one, final_before, all_one_by_one)

    def _one_by_one(self, rows: list[tuple[Any, ...]]) -> tuple[pd.DataFrame, pd.DataFrame]:
        self.one_by_one += len(rows)
        listed = [WaitingRow(*row) for row in rows]
        evidence = Evidence(self._source)
        evidence.look_up_everything(listed)
        return attributed(listed, evidence, self.providers, self._is_final)

    def _is_final(self, row: WaitingRow, certainty: Certainty) -> bool:
        return self._final_before is None or (
            certainty is not Certainty.UNKNOWN and row.created_at < self._final_before
        )


class StoredReplies:
    """A dump's messages and conversations, looked up in the tables that they were written to."""

    def __init__(self, replies: Replies) -> None:
        self._replies = replies

    def assistant_messages(self, messages: Sequence[str]) -> list[AssistantMessage]:
        return [_message(*row) for row in self._replies.messages(messages)]

    def conversation_messages(self, conversations: Sequence[str]) -> list[AssistantMessage]:
        return [_message(*row) for row in self._replies.messages_in(conversations)]

    def conversations(self, conversations: Sequence[str]) -> list[Conversation]:
        return [Conversation(*row) for row in self._replies.conversations(conversations)]


@contextmanager
def agents_of_dump(
    store: Store, source: DumpSource, *, final_before: datetime | None, all_one_by_one: bool
) -> Iterator[DumpAgents]:
    """Read a dump's messages and conversations, and be ready to find agents by them."""
    with replies_beside(store) as replies:
        for messages in source.assistant_message_batches(
            documents=DOCUMENTS_AT_ONCE, each_alone=all_one_by_one
        ):
            replies.add_messages(messages.rows)
        for conversations in source.conversation_batches(
            documents=DOCUMENTS_AT_ONCE, each_alone=all_one_by_one
        ):
            replies.add_conversations(conversations.rows)
        replies.prepare(provider_rules())
        yield DumpAgents(store, replies, final_before=final_before, all_one_by_one=all_one_by_one)


def provider_rules() -> ProviderRules:
    """Return what SQL needs to know of providers."""
    return ProviderRules(
        texts_frame(PROVIDER_OF_ENDPOINT.items(), ("endpoint", "provider")),
        sorted(SINGLE_FAMILY),
        lambda models: texts_frame(
            ((model, family_provider(model)) for model in models), ("model", "provider")
        ),
    )


def _message(
    identity: str,
    conversation: str | None,
    agent: str | None,
    endpoint: str | None,
    created_at: datetime,
    sender: str | None,
    tenant: str | None,
) -> AssistantMessage:
    return AssistantMessage(
        identity, conversation, agent, endpoint, created_at.replace(tzinfo=UTC), sender, tenant
    )
