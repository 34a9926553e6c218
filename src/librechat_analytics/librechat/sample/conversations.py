"""Conversations of the sample: how one begins, and its document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from librechat_analytics.librechat.sample.agents import choose_agent
from librechat_analytics.librechat.sample.chance import TURNS
from librechat_analytics.librechat.sample.eras import DAY_MS, RELEASES, moment, newest
from librechat_analytics.librechat.sample.models import CHAT_MODELS, CUSTOM_ENDPOINTS, MODELS, Model
from librechat_analytics.librechat.sample.names import ASSISTANT_IDS, TOPICS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bson import ObjectId

    from librechat_analytics.librechat.documents import Document
    from librechat_analytics.librechat.sample.agents import Agent
    from librechat_analytics.librechat.sample.chance import Chance
    from librechat_analytics.librechat.sample.days import Day
    from librechat_analytics.librechat.sample.people import User

Kind = Literal["chat", "agent", "assistant", "remote"]

TEMPORARY_MS = 30 * DAY_MS
"""LibreChat deletes a temporary conversation after this time."""

_NO_PARENT = "00000000-0000-0000-0000-000000000000"


@dataclass(slots=True)
class Conversation:
    """A conversation that may continue: ``saved`` says whether the database still has it and its messages.

    A ``remote`` one came in through the Agents API, which saves neither.
    """

    id: str
    user: User
    kind: Kind
    endpoint: str
    model: Model
    agent: Agent | None
    first_agent: Agent | None
    assistant_id: str | None
    created_ms: int
    planned_turns: int
    saved: bool
    temporary: bool
    title: str
    updated_ms: int = 0
    turns: int = 0
    context_tokens: int = 0
    cached_tokens: int = 0
    last_message_id: str = _NO_PARENT


def start_conversation(
    chance: Chance, day: Day, agents: Sequence[Agent], user: User, *, now_ms: int, until_ms: int
) -> Conversation:
    """Let a user begin a conversation: with a model, an agent, an assistant, or through the Agents API."""
    kind_chance = chance.random()
    kind: Kind = "chat"
    endpoint, agent, assistant_id = "agents", None, None
    model = CHAT_MODELS[chance.pick(day.chat_models[user.taste])]
    if kind_chance < 0.02:
        kind, endpoint, assistant_id = "assistant", "assistants", chance.choice(ASSISTANT_IDS)
        model = MODELS["gpt-4o" if day.days_left > 240 else "gpt-4.1"]
    elif kind_chance < 0.045 and day.has_message_ids:
        kind, agent = "remote", choose_agent(chance, agents, user, day.days_left)
    elif kind_chance < 0.045 + day.agent_share:
        kind, agent = "agent", choose_agent(chance, agents, user, day.days_left)
    else:
        endpoint = "azureOpenAI" if user.azure and model.endpoint == "openAI" else model.endpoint
    temporary = kind != "remote" and chance.random() < 0.03
    expired = temporary and now_ms + TEMPORARY_MS < until_ms
    return Conversation(
        id=chance.nano_id() if kind == "remote" else chance.uuid(),
        user=user,
        kind=kind,
        endpoint=endpoint,
        model=model,
        agent=agent,
        first_agent=agent,
        assistant_id=assistant_id,
        created_ms=now_ms,
        planned_turns=1 if kind == "remote" else TURNS[chance.getrandbits(8)],
        saved=kind != "remote" and user.keeps_chats and not expired and chance.random() > 0.05,
        temporary=temporary,
        title=f"SECRET-TITLE {TOPICS[chance.getrandbits(4)]}",
    )


def conversation_document(conversation: Conversation, object_id: ObjectId, *, until_ms: int) -> Document:
    """Return the document of a conversation."""
    days_left = (until_ms - conversation.created_ms) // DAY_MS
    document: Document = {
        "_id": object_id,
        "conversationId": conversation.id,
        "user": conversation.user.hex_id,
        "title": conversation.title,
        "endpoint": conversation.endpoint,
        **_partner(conversation, days_left),
        "isTemporary": conversation.temporary,
        "isArchived": False,
        "createdAt": moment(conversation.created_ms),
        "updatedAt": moment(conversation.updated_ms),
        "__v": 0,
    }
    if conversation.temporary:
        document["expiredAt"] = moment(conversation.created_ms + TEMPORARY_MS)
    return document


def _partner(conversation: Conversation, days_left: int) -> Document:
    """Return the fields that say which agent, assistant or model a conversation is with."""
    if conversation.assistant_id:
        return {"assistant_id": conversation.assistant_id, "model": conversation.model.name}
    first = conversation.first_agent
    initial = {"initial_agent_id": first.id if first else None} if days_left < 60 else {}
    if conversation.agent:
        return {"agent_id": conversation.agent.id, **initial}
    model = conversation.model
    ephemeral_id = "ephemeral"
    if newest(RELEASES, days_left) >= (0, 8, 2):
        ephemeral_id = f"{conversation.endpoint}__{model.name}___{model.sender}"
    custom = {"endpointType": "custom"} if conversation.endpoint in CUSTOM_ENDPOINTS else {}
    return {**custom, "agent_id": ephemeral_id, **initial, "model": model.name}
