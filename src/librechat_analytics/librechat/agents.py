"""Which agent a row belongs to, and how certain that is."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from librechat_analytics.librechat.documents import (
    EPOCH,
    NO_AGENT,
    agent_id,
    instant,
    listed_name,
    text,
)
from librechat_analytics.librechat.providers import AGENTS_ENDPOINT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

ASSISTANT_MESSAGE_PROJECTION = (
    "messageId",
    "conversationId",
    "model",
    "endpoint",
    "isCreatedByUser",
    "createdAt",
    "sender",
    "tenantId",
)
CONVERSATION_PROJECTION = (
    "conversationId",
    "endpoint",
    "agent_id",
    "initial_agent_id",
    "subagentThread.rootConversationId",
    "tenantId",
)


class Certainty(StrEnum):
    """How the agent of a row is known, surest first."""

    EXACT = "exact"
    """The row, or the assistant message that it belongs to, names the agent."""
    CONVERSATION = "conversation"
    """All assistant messages of the conversation come from one agent, or none comes from an agent."""
    NEAREST = "nearest"
    """Several agents took part in the conversation; this is the agent of the message that was saved next."""
    WEAK = "weak"
    """No assistant message remains; the conversation itself names an agent."""
    UNKNOWN = "unknown"
    """No remaining document says whether an agent replied."""


class AssistantMessage(NamedTuple):
    """A message of the assistant, without its text."""

    id: str
    conversation: str | None
    agent: str | None
    endpoint: str | None
    created_at: datetime
    sender: str | None
    tenant: str | None = None

    @property
    def is_conclusive(self) -> bool:
        """Whether the message shows which agent replied, or that none did.

        A stopped reply of v0.8.2 to v0.8.6 does not: it is saved under the agents endpoint with the model's
        name in place of the agent's id.
        """
        return self.agent is not None or self.endpoint != AGENTS_ENDPOINT


class Conversation(NamedTuple):
    """What a conversation says about its agents, without its title.

    ``root`` is the conversation in which a subagent began this one; None if a user began it.
    """

    id: str
    endpoint: str | None
    initial_agent: str | None
    last_agent: str | None
    root: str | None = None
    tenant: str | None = None


class UnattributedRow(NamedTuple):
    """What a row itself says about its agent; NO_AGENT means that no saved agent replied."""

    created_at: datetime
    recorded_agent: str | None


class Attribution(NamedTuple):
    """The agent of a row; None means that there was none, unless the certainty is ``unknown``.

    ``sender`` is the name under which the agent replied, if a message of it was found.
    """

    agent: str | None
    certainty: Certainty
    endpoint: str | None
    sender: str | None


def read_assistant_message(document: Mapping[str, Any]) -> AssistantMessage | None:
    """Read a message; None for a user's message, or one without an id."""
    message = text(document.get("messageId"))
    if message is None or document.get("isCreatedByUser") is True:
        return None
    return AssistantMessage(
        id=message,
        conversation=text(document.get("conversationId")),
        agent=agent_id(document.get("model")),
        endpoint=listed_name(document.get("endpoint")),
        created_at=instant(document.get("createdAt")) or EPOCH,
        sender=text(document.get("sender")),
        tenant=listed_name(document.get("tenantId")),
    )


def read_conversation(document: Mapping[str, Any]) -> Conversation | None:
    """Read a conversation; None for one without an id."""
    conversation = text(document.get("conversationId"))
    if conversation is None:
        return None
    thread = document.get("subagentThread")
    return Conversation(
        id=conversation,
        endpoint=listed_name(document.get("endpoint")),
        initial_agent=agent_id(document.get("initial_agent_id")),
        last_agent=agent_id(document.get("agent_id")),
        root=text(thread.get("rootConversationId")) if isinstance(thread, dict) else None,
        tenant=listed_name(document.get("tenantId")),
    )


def attribute(
    row: UnattributedRow,
    message: AssistantMessage | None,
    conversation_messages: Sequence[AssistantMessage],
    conversation: Conversation | None,
) -> Attribution:
    """Find the agent of a row, from the first source that is conclusive.

    ``message`` is the one that the row names; ``conversation_messages`` are the assistant messages of its
    conversation, oldest first.
    """
    conclusive = [other for other in conversation_messages if other.is_conclusive]
    endpoint = next(
        (known.endpoint for known in (message, conversation, *conclusive[-1:]) if known and known.endpoint),
        None,
    )
    # The row's own message comes last: the agent's name in it is the one to show.
    known_messages = [*conclusive, message] if message is not None else conclusive

    def as_in(source: AssistantMessage, certainty: Certainty) -> Attribution:
        sender = _last_sender(source.agent, known_messages)
        return Attribution(source.agent, certainty, source.endpoint, sender)

    if row.recorded_agent == NO_AGENT:
        return Attribution(None, Certainty.EXACT, endpoint, None)
    if row.recorded_agent is not None:
        sender = _last_sender(row.recorded_agent, known_messages)
        return Attribution(row.recorded_agent, Certainty.EXACT, endpoint, sender)
    if message is not None and message.is_conclusive:
        return as_in(message, Certainty.EXACT)
    if conclusive and len({other.agent for other in conclusive}) == 1:
        return as_in(conclusive[0], Certainty.CONVERSATION)
    if conclusive:
        # LibreChat writes a reply's rows before it saves the reply, and a title's rows after it.
        saved_next = (other for other in conclusive if other.created_at >= row.created_at)
        return as_in(next(saved_next, conclusive[-1]), Certainty.NEAREST)
    if conversation is not None and (agent := conversation.initial_agent or conversation.last_agent):
        return Attribution(agent, Certainty.WEAK, endpoint, None)
    return Attribution(None, Certainty.UNKNOWN, endpoint, None)


def _last_sender(agent: str | None, messages: Sequence[AssistantMessage]) -> str | None:
    """Return the name in the agent's last message that has one."""
    if agent is None:
        return None
    return next((other.sender for other in reversed(messages) if other.agent == agent and other.sender), None)
