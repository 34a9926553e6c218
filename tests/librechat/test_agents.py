"""Attribution: the first of six rules that applies decides."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from librechat_analytics.librechat.agents import (
    AssistantMessage,
    Attribution,
    Certainty,
    Conversation,
    UnattributedRow,
    attribute,
    read_assistant_message,
    read_conversation,
)
from librechat_analytics.librechat.documents import EPOCH, NO_AGENT
from tests.support.documents import HELPER, NOON, OLD_AGENT, example_collections

EARLIER, LATER = NOON - timedelta(minutes=5), NOON + timedelta(seconds=2)


def answer(
    agent: str | None, endpoint: str | None = "agents", at: Any = LATER, sender: str = "S"
) -> AssistantMessage:
    return AssistantMessage(f"message at {at}", "c", agent, endpoint, at, sender)


def conversation(
    initial: str | None = None, last: str | None = None, endpoint: str = "agents"
) -> Conversation:
    return Conversation("c", endpoint, initial, last)


STOPPED = answer(None)
"""A stopped turn of v0.8.2 to v0.8.6: saved by an agent, but under its model's name."""
PLAIN = answer(None, "openAI")

STEPS: list[
    tuple[
        str,
        str | None,
        AssistantMessage | None,
        list[AssistantMessage],
        Conversation | None,
        str | None,
        Certainty,
    ]
] = [
    (
        "1 and 2: the row names its agent",
        HELPER,
        PLAIN,
        [PLAIN],
        conversation(OLD_AGENT),
        HELPER,
        Certainty.EXACT,
    ),
    (
        "1: the row says that no saved agent answered",
        NO_AGENT,
        answer(HELPER),
        [answer(HELPER)],
        conversation(HELPER),
        None,
        Certainty.EXACT,
    ),
    ("3: its answer is an agent's", None, answer(HELPER), [answer(OLD_AGENT)], None, HELPER, Certainty.EXACT),
    (
        "3: its answer is by no agent",
        None,
        PLAIN,
        [answer(HELPER)],
        conversation(HELPER),
        None,
        Certainty.EXACT,
    ),
    (
        "3: its answer has no endpoint and is by no agent",
        None,
        answer(None, None),
        [],
        conversation(HELPER),
        None,
        Certainty.EXACT,
    ),
    (
        "3 leads to 4: a stopped turn does not tell",
        None,
        STOPPED,
        [STOPPED, answer(HELPER)],
        None,
        HELPER,
        Certainty.CONVERSATION,
    ),
    (
        "4: all answers are by one agent",
        None,
        None,
        [answer(HELPER, at=EARLIER), answer(HELPER)],
        conversation(OLD_AGENT),
        HELPER,
        Certainty.CONVERSATION,
    ),
    (
        "4: no answer is by an agent",
        None,
        None,
        [PLAIN, PLAIN],
        conversation(HELPER),
        None,
        Certainty.CONVERSATION,
    ),
    (
        "4: several agents, the answer saved next",
        None,
        None,
        [answer(OLD_AGENT, at=EARLIER), answer(HELPER), answer(OLD_AGENT, at=LATER + timedelta(minutes=1))],
        None,
        HELPER,
        Certainty.NEAREST,
    ),
    (
        "4: several agents, the answer saved in the same instant",
        None,
        None,
        [answer(OLD_AGENT, at=EARLIER), answer(HELPER, at=NOON)],
        None,
        HELPER,
        Certainty.NEAREST,
    ),
    (
        "4: several agents and none later, hence the last",
        None,
        None,
        [answer(HELPER, at=EARLIER), answer(OLD_AGENT, at=NOON - timedelta(seconds=1))],
        None,
        OLD_AGENT,
        Certainty.NEAREST,
    ),
    (
        "4: an agent and plain answers, the plain one is next",
        None,
        None,
        [answer(HELPER, at=EARLIER), PLAIN],
        None,
        None,
        Certainty.NEAREST,
    ),
    (
        "5: no answers left, the conversation's first agent",
        None,
        None,
        [],
        conversation(HELPER, OLD_AGENT),
        HELPER,
        Certainty.WEAK,
    ),
    (
        "5: no first agent is recorded, the last one",
        None,
        None,
        [],
        conversation(None, OLD_AGENT),
        OLD_AGENT,
        Certainty.WEAK,
    ),
    (
        "5: only stopped turns are left",
        None,
        STOPPED,
        [STOPPED],
        conversation(HELPER),
        HELPER,
        Certainty.WEAK,
    ),
    ("6: the conversation names no agent", None, None, [], conversation(), None, Certainty.UNKNOWN),
    ("6: nothing is left", None, None, [], None, None, Certainty.UNKNOWN),
]


@pytest.mark.parametrize(
    ("recorded", "its_answer", "answers", "kept", "agent", "certainty"),
    [step[1:] for step in STEPS],
    ids=[step[0] for step in STEPS],
)
def test_the_first_source_that_tells_names_the_agent(
    recorded: str | None,
    its_answer: AssistantMessage | None,
    answers: list[AssistantMessage],
    kept: Conversation | None,
    agent: str | None,
    certainty: Certainty,
) -> None:
    found = attribute(UnattributedRow(NOON, recorded), its_answer, answers, kept)
    assert (found.agent, found.certainty) == (agent, certainty)


def test_a_sender_is_the_name_of_an_agent_only() -> None:
    by_agent = attribute(UnattributedRow(NOON, None), answer(HELPER, sender="Research Helper"), [], None)
    by_model = attribute(UnattributedRow(NOON, None), answer(None, "openAI", sender="GPT-4o"), [], None)
    assert (by_agent.sender, by_model.sender) == ("Research Helper", None)


def test_an_agent_that_a_row_records_is_called_as_it_last_answered_there() -> None:
    answers = [
        answer(HELPER, sender="First"),
        answer(HELPER, sender="Last"),
        answer(OLD_AGENT, sender="Other"),
    ]
    assert attribute(UnattributedRow(NOON, HELPER), None, answers, None).sender == "Last"
    assert attribute(UnattributedRow(NOON, HELPER), None, answers[2:], None).sender is None


def test_the_endpoint_comes_from_whatever_is_left() -> None:
    question = UnattributedRow(NOON, HELPER)
    assert attribute(question, answer(None, "acme"), [], conversation()).endpoint == "acme"
    assert attribute(question, None, [], conversation(endpoint="bedrock")).endpoint == "bedrock"
    assert attribute(question, None, [answer(None, "google")], None).endpoint == "google"
    assert attribute(question, None, [], None).endpoint is None


def test_the_examples_answers_name_their_agents() -> None:
    documents = example_collections()
    answers = [read_assistant_message(document) for document in documents["messages"]]
    assert [found.agent for found in answers if found] == [HELPER, HELPER, HELPER, OLD_AGENT, None]
    conversations = [read_conversation(document) for document in documents["conversations"]]
    assert [(found.initial_agent, found.last_agent) for found in conversations if found] == [
        (HELPER, HELPER),
        (None, OLD_AGENT),
        (None, None),
        (None, None),
    ]


@pytest.mark.parametrize(
    "document",
    [
        {"messageId": "m", "isCreatedByUser": True, "model": HELPER},
        {"isCreatedByUser": False, "model": HELPER},
        {"messageId": 7, "isCreatedByUser": False},
        {"messageId": "", "isCreatedByUser": False},
    ],
)
def test_what_a_user_wrote_and_what_cannot_be_looked_up_is_no_answer(document: dict[str, Any]) -> None:
    assert read_assistant_message(document) is None


def test_an_answer_with_odd_fields_is_still_one() -> None:
    odd = {"messageId": "m", "conversationId": 5, "model": {"a": 1}, "endpoint": [], "createdAt": "noon"}
    assert read_assistant_message(odd) == AssistantMessage("m", None, None, None, EPOCH, None)
    assert read_conversation({"conversationId": None, "agent_id": HELPER}) is None


def test_a_subagents_conversation_names_its_root() -> None:
    thread = {"conversationId": "child", "subagentThread": {"rootConversationId": "root"}, "tenantId": "a"}
    found = read_conversation(thread)
    assert found is not None
    assert (found.root, found.tenant) == ("root", "a")
    for odd in (None, "root", {}, {"rootConversationId": 5}, {"rootConversationId": ""}):
        found = read_conversation({"conversationId": "c", "subagentThread": odd})
        assert found is not None
        assert found.root is None


def test_a_parallel_agents_index_is_not_part_of_its_id() -> None:
    found = read_assistant_message({"messageId": "m", "model": f"{HELPER}____2", "endpoint": "agents"})
    assert found is not None
    assert attribute(UnattributedRow(NOON, None), found, [], None) == Attribution(
        HELPER, Certainty.EXACT, "agents", None
    )
