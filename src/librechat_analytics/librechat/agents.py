"""Which agent answered for a ledger row, and how sure that is."""

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

ANSWER_PROJECTION = (
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
    """The row or the answer that it belongs to names the agent."""
    CONVERSATION = "conversation"
    """All answers of the conversation are by one agent, or all by none."""
    NEAREST = "nearest"
    """Several agents answered in the conversation: the one whose answer was saved next."""
    WEAK = "weak"
    """No answer is left, the conversation itself names an agent."""
    UNKNOWN = "unknown"
    """Nothing that is left tells."""


class Answer(NamedTuple):
    """An assistant's message, without anything that was said in it."""

    message: str
    conversation: str | None
    agent: str | None
    endpoint: str | None
    created_at: datetime
    sender: str | None
    tenant: str | None = None

    @property
    def tells(self) -> bool:
        """Say whether it tells who answered.

        A stopped turn of v0.8.2 to v0.8.6 is saved under the agents endpoint with the model's name.
        """
        return self.agent is not None or self.endpoint != AGENTS_ENDPOINT


class Conversation(NamedTuple):
    """What a conversation says of its agents, without its title.

    ``root`` is the conversation in which a subagent began this one; None for one that a user began.
    """

    id: str
    endpoint: str | None
    initial_agent: str | None
    last_agent: str | None
    root: str | None = None
    tenant: str | None = None


class Question(NamedTuple):
    """What is known of a row before anybody is asked; NO_AGENT where it says that no saved agent answered."""

    created_at: datetime
    recorded_agent: str | None


class Attribution(NamedTuple):
    """The agent of a row, None where there was none, unless the certainty is ``unknown``.

    ``sender`` is the name under which the agent answered, where an answer of it was seen.
    """

    agent: str | None
    certainty: Certainty
    endpoint: str | None
    sender: str | None


def read_answer(document: Mapping[str, Any]) -> Answer | None:
    """Read an assistant's message; None for a user's, or one that cannot be looked up."""
    message = text(document.get("messageId"))
    if message is None or document.get("isCreatedByUser") is True:
        return None
    return Answer(
        message,
        text(document.get("conversationId")),
        agent_id(document.get("model")),
        listed_name(document.get("endpoint")),
        instant(document.get("createdAt")) or EPOCH,
        text(document.get("sender")),
        listed_name(document.get("tenantId")),
    )


def read_conversation(document: Mapping[str, Any]) -> Conversation | None:
    """Read a conversation; None for one that cannot be looked up."""
    conversation = text(document.get("conversationId"))
    if conversation is None:
        return None
    thread = document.get("subagentThread")
    return Conversation(
        conversation,
        listed_name(document.get("endpoint")),
        agent_id(document.get("initial_agent_id")),
        agent_id(document.get("agent_id")),
        text(thread.get("rootConversationId")) if isinstance(thread, dict) else None,
        listed_name(document.get("tenantId")),
    )


def attribute(
    question: Question,
    answer: Answer | None,
    conversation_answers: Sequence[Answer],
    conversation: Conversation | None,
) -> Attribution:
    """Find the agent of a row: the first source that tells wins.

    ``answer`` is the message that the row names; ``conversation_answers`` are the assistant's messages of
    its conversation, oldest first.
    """
    telling = [other for other in conversation_answers if other.tells]
    endpoint = next(
        (known.endpoint for known in (answer, conversation, *telling[-1:]) if known and known.endpoint), None
    )
    # The row's own answer last: its sender is the name that counts.
    heard = [*telling, answer] if answer is not None else telling

    def by(source: Answer, certainty: Certainty) -> Attribution:
        return Attribution(source.agent, certainty, source.endpoint, _last_sender(source.agent, heard))

    if question.recorded_agent == NO_AGENT:
        return Attribution(None, Certainty.EXACT, endpoint, None)
    if question.recorded_agent is not None:
        sender = _last_sender(question.recorded_agent, heard)
        return Attribution(question.recorded_agent, Certainty.EXACT, endpoint, sender)
    if answer is not None and answer.tells:
        return by(answer, Certainty.EXACT)
    if telling and len({other.agent for other in telling}) == 1:
        return by(telling[0], Certainty.CONVERSATION)
    if telling:
        # Rows are written before their answer is saved, titles after it.
        saved_next = (other for other in telling if other.created_at >= question.created_at)
        return by(next(saved_next, telling[-1]), Certainty.NEAREST)
    if conversation is not None and (agent := conversation.initial_agent or conversation.last_agent):
        return Attribution(agent, Certainty.WEAK, endpoint, None)
    return Attribution(None, Certainty.UNKNOWN, endpoint, None)


def _last_sender(agent: str | None, answers: Sequence[Answer]) -> str | None:
    """Give the name under which an agent answered last, as far as an answer says it."""
    if agent is None:
        return None
    return next((other.sender for other in reversed(answers) if other.agent == agent and other.sender), None)
