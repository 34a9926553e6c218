"""The agent of a row, rule by rule, in any tenant."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

import duckdb
import pytest
from bson import ObjectId

from librechat_analytics.store.store import FILE_NAME
from tests.support.documents import (
    ANA,
    BOB,
    HELPER,
    NOON,
    OLD_AGENT,
    usage,
)
from tests.support.eras import answer_of, figures

if TYPE_CHECKING:
    from pathlib import Path

    Document = dict[str, Any]
    Body = dict[str, Any]

pytestmark = pytest.mark.usefixtures("engine")


def answered(
    conversation: str, at: datetime, model: str, endpoint: str = "agents", **fields: Any
) -> Document:
    return {
        "_id": ObjectId(),
        "messageId": f"message-{at.isoformat()}",
        "conversationId": conversation,
        "isCreatedByUser": False,
        "endpoint": endpoint,
        "model": model,
        "sender": f"sender of {model}",
        "createdAt": at,
        **fields,
    }


class TestWhoAnswered:
    """Attribution, step by step."""

    def agents(self, folder: Path, transactions: list[Document], **others: list[Document]) -> Body:
        body = answer_of(folder, "top-agents", *transactions, **others)
        summary = sum(entry["cost"] for entry in (*body["agents"], body["withoutAgent"], body["unknown"]))
        assert summary == pytest.approx(0.003 * len(transactions))
        return body

    def test_an_agent_named_on_the_row_wins(self, tmp_path: Path) -> None:
        message = answered("c", NOON, "gpt-4o", "openAI", messageId="m")
        body = self.agents(tmp_path, [usage(agentId=HELPER, messageId="m")], messages=[message])
        assert figures(body["agents"][0], "id", "attribution") == (HELPER, {"exact": 1.0})

    def test_the_root_agent_of_the_row_wins(self, tmp_path: Path) -> None:
        rows = [
            usage(agentId=OLD_AGENT, rootAgentId=HELPER, context="subagent", messageId="m"),
            usage(number=1, rootAgentId=f"{HELPER}____1"),
            usage(number=2, agentId=HELPER, model=OLD_AGENT),
        ]
        message = answered("c", NOON, "gpt-4o", "openAI", messageId="m")
        (agent,) = self.agents(tmp_path, rows, messages=[message])["agents"]
        assert figures(agent, "id", "calls", "attribution") == (HELPER, 3, {"exact": 1.0})

    @pytest.mark.parametrize(
        "ids",
        [
            {"agentId": "openAI__gpt-6-sol"},
            {"agentId": "ephemeral"},
            {"rootAgentId": "openAI__gpt-6-sol___GPT____1"},
            {"agentId": OLD_AGENT, "rootAgentId": "ephemeral"},
        ],
    )
    def test_an_ephemeral_agent_is_none_for_certain(self, tmp_path: Path, ids: Document) -> None:
        answers = [answered("c", NOON, HELPER)]
        body = self.agents(tmp_path, [usage(conversationId="c", **ids)], messages=answers)
        assert (body["agents"], body["withoutAgent"]["calls"], body["unknown"]["calls"]) == ([], 1, 0)

    def test_the_message_of_the_row_is_exact_either_way(self, tmp_path: Path) -> None:
        messages = [
            answered("c", NOON, HELPER, messageId="m1"),
            answered("c", NOON, "gpt-4o", "openAI", messageId="m2"),
        ]
        rows = [usage(messageId="m1"), usage(number=1, messageId="m2", conversationId="other")]
        body = self.agents(tmp_path, rows, messages=messages)
        assert [entry["id"] for entry in body["agents"]] == [HELPER]
        assert body["withoutAgent"]["calls"] == 1

    def test_one_agent_in_the_whole_conversation_is_known_by_it(self, tmp_path: Path) -> None:
        messages = [
            answered("c", NOON - timedelta(hours=1), HELPER),
            answered("c", NOON, HELPER),
            answered("c", NOON + timedelta(hours=1), "claude-sonnet-4-6"),  # a stopped turn does not tell
            answered("c", NOON + timedelta(hours=2), "gpt-4o", "openAI", isCreatedByUser=True),
        ]
        body = self.agents(tmp_path, [usage(conversationId="c")], messages=messages)
        assert figures(body["agents"][0], "id", "attribution") == (HELPER, {"conversation": 1.0})

    def test_of_several_agents_it_is_the_answer_saved_next_or_the_last(self, tmp_path: Path) -> None:
        messages = [
            answered("c", NOON + timedelta(seconds=40), OLD_AGENT),
            answered("c", NOON, HELPER),
            answered("c", NOON + timedelta(seconds=20), "gpt-4o", "openAI"),
        ]
        rows = [
            usage(NOON + timedelta(seconds=seconds), number=seconds + 5, conversationId="c")
            for seconds in (-5, 0, 1, 21, 41)
        ]
        body = self.agents(tmp_path, rows, messages=messages)
        assert {(entry["id"], entry["calls"]) for entry in body["agents"]} == {(HELPER, 2), (OLD_AGENT, 2)}
        assert all(entry["attribution"] == {"nearest": 1.0} for entry in body["agents"])
        assert body["withoutAgent"]["calls"] == 1

    @pytest.mark.parametrize(
        ("conversation", "agent"),
        [
            ({"initial_agent_id": HELPER, "agent_id": OLD_AGENT}, HELPER),
            ({"initial_agent_id": None, "agent_id": f"{OLD_AGENT}____1"}, OLD_AGENT),
            ({"initial_agent_id": "ephemeral", "agent_id": OLD_AGENT}, OLD_AGENT),
            ({"agent_id": "openAI__gpt-4o___GPT"}, None),
            ({}, None),
        ],
    )
    @pytest.mark.parametrize("left", ["nothing", "a user's message", "a stopped turn"])
    def test_without_an_answer_that_tells_the_conversation_is_weak_evidence(
        self, tmp_path: Path, conversation: Document, agent: str | None, left: str
    ) -> None:
        messages = {
            "nothing": [],
            "a user's message": [answered("c", NOON, "gpt-4o", isCreatedByUser=True)],
            "a stopped turn": [answered("c", NOON, "claude-sonnet-4-6", messageId="m")],
        }[left]
        document = {"_id": ObjectId(), "conversationId": "c", "endpoint": "agents", **conversation}
        body = self.agents(
            tmp_path, [usage(conversationId="c", messageId="m")], messages=messages, conversations=[document]
        )
        if agent is None:
            assert body["agents"] == []
            assert body["unknown"]["calls"] == 1
        else:
            assert figures(body["agents"][0], "id", "attribution") == (agent, {"weak": 1.0})

    def test_nothing_left_is_unknown_and_not_without_agent(self, tmp_path: Path) -> None:
        body = self.agents(tmp_path, [usage(), usage(number=1, conversationId=None)])
        assert (body["agents"], body["withoutAgent"]["calls"], body["unknown"]["calls"]) == ([], 0, 2)

    def test_a_deleted_agent_goes_by_the_sender_of_its_answers(self, tmp_path: Path) -> None:
        message = answered("c", NOON, OLD_AGENT)
        body = self.agents(tmp_path, [usage(conversationId="c")], messages=[message], agents=[])
        assert figures(body["agents"][0], "name", "model", "provider", "deleted") == (
            f"sender of {OLD_AGENT}",
            None,
            None,
            True,
        )


class TestTenants:
    """A deployment for several: ids are unique within each of them."""

    TENANTS = ("a", "b")

    def ask(self, folder: Path, rows: list[Document], **others: list[Document]) -> Body:
        agents = [
            {
                "_id": ObjectId(),
                "id": HELPER,
                "tenantId": tenant,
                "name": f"Helper of {tenant}",
                "model": f"model-of-{tenant}",
                "provider": f"provider-of-{tenant}",
                "versions": [{"model": f"past-of-{tenant}", "updatedAt": NOON - timedelta(days=9)}],
            }
            for tenant in self.TENANTS
        ]
        return answer_of(folder, "top-agents", *rows, agents=agents, **others)

    def test_an_agent_is_that_of_the_rows_tenant(self, tmp_path: Path) -> None:
        rows = [usage(number=number, agentId=HELPER, tenantId=tenant) for number, tenant in enumerate("abb")]
        found = self.ask(tmp_path, rows)["agents"]
        assert [figures(agent, "id", "name", "model", "provider", "deleted", "calls") for agent in found] == [
            (HELPER, "Helper of b", "model-of-b", "provider-of-b", False, 2),
            (HELPER, "Helper of a", "model-of-a", "provider-of-a", False, 1),
        ]

    def test_an_agents_id_as_model_is_the_model_in_the_rows_tenant(self, tmp_path: Path) -> None:
        rows = [usage(number=number, model=HELPER, tenantId=tenant) for number, tenant in enumerate("abb")]
        found = self.ask(tmp_path, rows)["agents"]
        assert [agent["models"] for agent in found] == [
            [{"model": "past-of-b", "cost": 0.006}],
            [{"model": "past-of-a", "cost": 0.003}],
        ]

    def test_the_answer_and_the_conversation_are_those_of_the_rows_tenant(self, tmp_path: Path) -> None:
        rows = [
            usage(number=number, conversationId="c", messageId=message, tenantId=tenant)
            for number, (tenant, message) in enumerate([("a", "m"), ("b", "m"), ("a", None), ("b", None)])
        ]
        messages = [
            answered("c", NOON, model, endpoint, messageId="m", tenantId=tenant)
            for tenant, model, endpoint in [("b", HELPER, "agents"), ("a", "gpt-4o", "openAI")]
        ]
        body = self.ask(tmp_path, rows, messages=messages)
        (agent,) = body["agents"]
        assert figures(agent, "name", "calls", "attribution") == (
            "Helper of b",
            2,
            {"exact": 0.5, "conversation": 0.5},
        )
        assert body["withoutAgent"]["calls"] == 2

    def test_a_row_from_before_there_were_tenants_is_of_the_only_agent_of_that_id(
        self, tmp_path: Path
    ) -> None:
        agent = {"_id": ObjectId(), "id": HELPER, "tenantId": "a", "name": "Helper of a"}
        rows = [usage(agentId=HELPER), usage(number=1, agentId=HELPER, tenantId="a")]
        (found,) = answer_of(tmp_path, "top-agents", *rows, agents=[agent])["agents"]
        assert figures(found, "name", "deleted", "calls") == ("Helper of a", False, 2)

    def test_an_agent_from_before_there_were_tenants_is_any_tenants(self, tmp_path: Path) -> None:
        agent = {"_id": ObjectId(), "id": HELPER, "name": "Helper"}
        rows = [usage(number=number, agentId=HELPER, tenantId=tenant) for number, tenant in enumerate("ab")]
        (found,) = answer_of(tmp_path, "top-agents", *rows, agents=[agent])["agents"]
        assert figures(found, "name", "deleted", "calls") == ("Helper", False, 2)

    def test_deleted_agents_of_two_tenants_are_two(self, tmp_path: Path) -> None:
        rows = [
            usage(number=number, agentId=OLD_AGENT, tenantId=tenant) for number, tenant in enumerate("ab")
        ]
        found = self.ask(tmp_path, rows)["agents"]
        assert [figures(agent, "id", "calls", "deleted") for agent in found] == 2 * [(OLD_AGENT, 1, True)]

    def test_users_and_rows_keep_theirs(self, tmp_path: Path) -> None:
        users = [{"_id": ANA, "name": "Ana", "tenantId": "a"}, {"_id": BOB, "name": "Bob"}]
        answer_of(tmp_path, "summary", usage(tenantId="a"), usage(number=1), users=users)
        with duckdb.connect(tmp_path / "store" / FILE_NAME, read_only=True) as store:
            assert store.execute("SELECT name, tenant FROM users ORDER BY name").fetchall() == [
                ("Ana", "a"),
                ("Bob", None),
            ]
            kept = store.execute(
                "SELECT id FROM transactions LEFT JOIN tenants ON key = tenant_key ORDER BY id_tail"
            )
            assert kept.fetchall() == [("a",), (None,)]


class TestConversationsOfSubagents:
    """A conversation that a subagent began counts with the one at its root."""

    CONVERSATIONS: ClassVar[list[Document]] = [
        {"_id": ObjectId(), "conversationId": "root", "endpoint": "agents"},
        {
            "_id": ObjectId(),
            "conversationId": "child",
            "endpoint": "agents",
            "subagentThread": {"rootConversationId": "root"},
        },
    ]
    ROWS = (
        usage(conversationId="root"),
        usage(number=1, conversationId="child", messageId="n"),
        usage(number=2, conversationId="child"),
        usage(number=3, conversationId="another"),
    )

    def test_is_no_conversation_of_its_own(self, tmp_path: Path) -> None:
        body = answer_of(tmp_path, "summary", *self.ROWS, conversations=self.CONVERSATIONS)
        assert figures(body, "conversations", "calls") == (2, 4)

    def test_is_one_where_nothing_says_that_it_belongs_elsewhere(self, tmp_path: Path) -> None:
        body = answer_of(tmp_path, "summary", *self.ROWS, conversations=self.CONVERSATIONS[:1])
        assert body["conversations"] == 3

    def test_is_by_the_roots_agent_unless_it_tells_itself(self, tmp_path: Path) -> None:
        messages = [answered("root", NOON, HELPER)]
        body = answer_of(
            tmp_path / "root", "top-agents", *self.ROWS, conversations=self.CONVERSATIONS, messages=messages
        )
        (agent,) = body["agents"]
        assert figures(agent, "id", "calls", "conversations") == (HELPER, 3, 1)
        messages.append(answered("child", NOON, OLD_AGENT, messageId="n"))
        body = answer_of(
            tmp_path / "own", "top-agents", *self.ROWS, conversations=self.CONVERSATIONS, messages=messages
        )
        assert {(agent["id"], agent["calls"]) for agent in body["agents"]} == {(HELPER, 1), (OLD_AGENT, 2)}
