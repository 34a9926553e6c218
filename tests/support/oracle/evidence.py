"""Which agent a transaction is by, with which conversation it counts, and on which model an agent ran."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import TYPE_CHECKING

from tests.support.oracle.fields import agent_id, is_agent_id, text

if TYPE_CHECKING:
    from tests.support.oracle.ledger import Document, Ledger


class Evidence:
    """What the collections other than the ledger say about agents and conversations.

    Where several documents have one id, those of the transaction's tenant count, else those of none; for a
    transaction without a tenant those without one, else all.
    """

    def __init__(self, ledger: Ledger) -> None:
        self.agents = {
            (a["id"], text(a.get("tenantId"))): a for a in ledger.agents if isinstance(a.get("id"), str)
        }
        self.messages: dict[str, list[Document]] = defaultdict(list)
        self.conversations: dict[str, list[Document]] = defaultdict(list)
        for conversation in ledger.conversations:
            if isinstance(conversation.get("conversationId"), str):
                self.conversations[conversation["conversationId"]].append(conversation)
        self.answers: dict[str, list[Document]] = defaultdict(list)
        self.senders: dict[str, set[str | None]] = defaultdict(set)
        for message in ledger.messages:
            if message.get("isCreatedByUser") is not False:
                continue
            if isinstance(message.get("messageId"), str):
                self.messages[message["messageId"]].append(message)
            if isinstance(message.get("conversationId"), str):
                self.answers[message["conversationId"]].append(message)
            if is_agent_id(message.get("model")) and text(message.get("sender")):
                self.senders[agent_id(message["model"])].add(message["sender"])

    @staticmethod
    def of_tenant(found: list[Document], document: Document) -> list[Document]:
        """The documents that may say something about a transaction."""
        tenant = text(document.get("tenantId"))
        own = [other for other in found if text(other.get("tenantId")) == tenant]
        untenanted = [other for other in found if text(other.get("tenantId")) is None]
        return own or untenanted or (found if tenant is None else [])

    def message_of(self, document: Document) -> Document | None:
        found = self.of_tenant(self.messages.get(str(document.get("messageId")), []), document)
        return found[-1] if found else None

    def conversation(self, conversation_id: str, document: Document) -> Document:
        found = self.of_tenant(self.conversations.get(conversation_id, []), document)
        return found[-1] if found else {}

    def root_of(self, conversation_id: str | None, document: Document) -> str | None:
        """The conversation that one counts with: the one in which a subagent began it, else itself."""
        if conversation_id is None:
            return None
        path: list[str] = []
        current = conversation_id
        while current not in path:
            path.append(current)
            thread = self.conversation(current, document).get("subagentThread")
            above = text(thread.get("rootConversationId")) if isinstance(thread, dict) else None
            if above is None:
                return current
            current = above
        return min(path[path.index(current) :])  # one of a circle

    def home_of(self, agent: str, tenant: str | None) -> str | None:
        """The tenant in which the agent of a transaction is to be found."""
        homes = [home for known, home in self.agents if known == agent]
        if tenant in homes:
            return tenant
        if tenant is None:
            return homes[0] if len(homes) == 1 else None
        return None if None in homes else tenant

    @staticmethod
    def answered_by(message: Document) -> tuple[bool, str | None]:
        """Whether a message says who answered, and which agent did."""
        model = message.get("model")
        if is_agent_id(model):
            return True, agent_id(model)
        # A stopped turn carries the model beneath the agent.
        return message.get("endpoint") != "agents", None

    def agent_of(self, document: Document, at: datetime) -> tuple[str | None, str]:
        """The agent of a transaction and how sure that is; certainty ``unknown`` without any evidence."""
        for name in ("rootAgentId", "agentId"):
            if recorded := text(document.get(name)):
                return agent_id(recorded) if is_agent_id(recorded) else None, "exact"
        if is_agent_id(document.get("model")):
            return agent_id(document["model"]), "exact"
        if message := self.message_of(document):
            is_known, agent = self.answered_by(message)
            if is_known:
                return agent, "exact"
        conversation_id = text(document.get("conversationId"))
        root = self.root_of(conversation_id, document)
        for one in dict.fromkeys((conversation_id, root)):
            agent, certainty = self.agent_in(one, document, at)
            if certainty != "unknown":
                return agent, certainty
        return None, "unknown"

    def agent_in(
        self, conversation_id: str | None, document: Document, at: datetime
    ) -> tuple[str | None, str]:
        """Who answered in a conversation, as far as it says something about a transaction."""
        if conversation_id is None:
            return None, "unknown"
        answers = [
            (message["createdAt"], self.answered_by(message)[1])
            for message in self.of_tenant(self.answers.get(conversation_id, []), document)
            if self.answered_by(message)[0]
        ]
        if answers:
            if len({agent for _, agent in answers}) == 1:
                return answers[0][1], "conversation"
            answers.sort(key=lambda answer: answer[0])
            later = [agent for answered, agent in answers if answered >= at]
            return (later[0] if later else answers[-1][1]), "nearest"
        conversation = self.conversation(conversation_id, document)
        for name in ("initial_agent_id", "agent_id"):
            if is_agent_id(conversation.get(name)):
                return agent_id(conversation[name]), "weak"
        return None, "unknown"

    def names(self, agent: str, document: Document) -> bool:
        """Whether a transaction leads to an answer of the agent that says what it was called."""
        message = self.message_of(document)
        answers = (
            [message]
            if message and self.answered_by(message)[0]
            else self.of_tenant(self.answers.get(str(document.get("conversationId")), []), document)
        )
        return any(self.answered_by(answer)[1] == agent and text(answer.get("sender")) for answer in answers)

    def model_beneath(self, agent: str, tenant: str | None, at: datetime) -> str | None:
        """The model that an agent ran on at a time, else the one it runs on today."""
        document = self.agents.get((agent, self.home_of(agent, tenant)))
        if document is None:
            return None
        versions = [
            (version["updatedAt"], text(version.get("model")))
            for version in document.get("versions") or []
            if isinstance(version.get("updatedAt"), datetime) and version["updatedAt"] <= at
        ]
        past = max(versions, key=lambda version: version[0])[1] if versions else None
        # What points to an agent again is no model.
        models = [model for model in (past, text(document.get("model"))) if not is_agent_id(model)]
        return next((model for model in models if model is not None), None)
