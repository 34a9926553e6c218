"""Small worlds of rows that wait for an agent, with the messages and conversations that may show it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from bson import ObjectId
from hypothesis import strategies as st

from librechat_analytics.librechat.agents import AssistantMessage, Conversation
from librechat_analytics.librechat.documents import NO_AGENT
from librechat_analytics.librechat.labels import AgentLabel, AgentVersion
from librechat_analytics.librechat.transactions import Transaction

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
MINUTES = [NOON + timedelta(minutes=number) for number in range(4)]
"""So few that many messages and rows are of the same instant."""

AGENTS = ["agent_helper", "agent_writer", "agent_third"]
CONVERSATIONS = ["talk 1", "talk 2", "talk 3"]
ROOTS = ["root 1", "root 2"]
MESSAGES = [f"message {number}" for number in range(8)]
ENDPOINTS = ["agents", "agents", "openAI", "assistants", "Our Proxy", None]
MODELS = ["gpt-6-sol", "claude-sonnet-4-6", "acme-internal-70b", None]
SENDERS = ["Helper", "Old Helper", None]


class World(NamedTuple):
    """What waits, and what LibreChat knows."""

    rows: list[Transaction]
    messages: list[AssistantMessage]
    conversations: list[Conversation]
    agents: list[AgentLabel]


def seldom(value: st.SearchStrategy[str]) -> st.SearchStrategy[str | None]:
    return st.one_of(*[st.none()] * 7, value)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Usual worlds for the most part: few have tenants, ids that come twice, or roots in a circle."""
    tenants = st.sampled_from([None, "acme", "zeta"]) if draw(st.integers(0, 4)) == 0 else st.none()
    has_repeats = draw(st.integers(0, 4)) == 0
    agent = st.sampled_from([*AGENTS, None])
    message_ids = st.lists(st.sampled_from(MESSAGES), unique=not has_repeats, max_size=8)
    talk_ids = st.lists(st.sampled_from([*CONVERSATIONS, *ROOTS]), unique=not has_repeats, max_size=6)
    return World(
        rows=[
            draw(
                st.builds(
                    Transaction,
                    id=st.just(ObjectId(f"{number:024x}")),
                    created_at=st.sampled_from(MINUTES),
                    user=st.none(),
                    conversation=st.sampled_from([*CONVERSATIONS, *CONVERSATIONS, *ROOTS, None]),
                    message=st.sampled_from([*MESSAGES, *[None] * 6]),
                    token_type=st.just("prompt"),
                    model=st.sampled_from(MODELS),
                    context=st.none(),
                    rate=st.none(),
                    recorded_agent=seldom(st.sampled_from([*AGENTS, NO_AGENT])),
                    spender=seldom(st.sampled_from(AGENTS)),
                    tenant=tenants,
                )
            )
            for number in range(draw(st.integers(1, 12)))
        ],
        messages=[
            draw(
                st.builds(
                    AssistantMessage,
                    id=st.just(identity),
                    conversation=st.sampled_from([*CONVERSATIONS, *CONVERSATIONS, *ROOTS, None]),
                    agent=agent,
                    endpoint=st.sampled_from(ENDPOINTS),
                    created_at=st.sampled_from(MINUTES),
                    sender=st.sampled_from(SENDERS),
                    tenant=tenants,
                )
            )
            for identity in draw(message_ids)
        ],
        conversations=[
            draw(
                st.builds(
                    Conversation,
                    id=st.just(identity),
                    endpoint=st.sampled_from(ENDPOINTS),
                    initial_agent=agent,
                    last_agent=agent,
                    root=seldom(st.sampled_from([*ROOTS, *CONVERSATIONS])),
                    tenant=tenants,
                )
            )
            for identity in draw(talk_ids)
        ],
        agents=[
            AgentLabel(
                id=identity,
                name="Helper",
                model="gpt-6-sol",
                provider=draw(st.sampled_from(["openAI", "azureOpenAI", None])),
                versions=tuple(
                    AgentVersion(since, None, draw(st.sampled_from(["anthropic", "Our Proxy", None])))
                    for since in draw(st.lists(st.sampled_from(MINUTES), max_size=2))
                ),
                tenant=tenant,
            )
            for identity, tenant in draw(
                st.lists(st.tuples(st.sampled_from(AGENTS), tenants), unique=True, max_size=3)
            )
        ],
    )
