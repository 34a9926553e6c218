"""The agents of the imaginary company."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from librechat_analytics.librechat.sample.eras import DAY_MS, SPAN_DAYS, moment, newest
from librechat_analytics.librechat.sample.models import LINES, MODELS, Model

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bson import ObjectId

    from librechat_analytics.librechat.documents import Document
    from librechat_analytics.librechat.sample.chance import Chance
    from librechat_analytics.librechat.sample.dump_files import ObjectIds
    from librechat_analytics.librechat.sample.people import User


@dataclass(frozen=True, slots=True)
class AgentPlan:
    """An agent that the company made: ``since`` and ``deleted`` are days before the sample's end."""

    name: str | None
    line: str
    popularity: float
    since: int
    tools: tuple[str, ...] = ()
    deleted: int | None = None
    delegates: bool = False
    chained: bool = False


AGENT_PLANS = (
    AgentPlan("Contract Reviewer", "claude", 16, 420, ("file_search",)),
    AgentPlan("SQL Helper", "claude", 14, 410, ("execute_code",)),
    AgentPlan("Meeting Minutes", "mini", 11, SPAN_DAYS),
    AgentPlan("Translation Desk", "gemini", 12, 400),
    AgentPlan("Customer Reply Drafter", "gpt", 12, 390),
    AgentPlan("Research Assistant", "opus", 9, 380, ("web_search", "gemini_image_gen"), delegates=True),
    AgentPlan("Code Review Companion", "claude", 13, 350, ("execute_code",), delegates=True),
    AgentPlan("Onboarding Buddy", "haiku", 6, 330, ("file_search",)),
    AgentPlan("Tender Analyst", "gpt", 6, 300, ("file_search", "web_search"), chained=True),
    AgentPlan("Marketing Copywriter", "gpt", 7, 290, ("gemini_image_gen",)),
    AgentPlan("Travel Expense Checker", "mini", 4, 270),
    AgentPlan("Release Notes Writer", "claude", 4, 250),
    AgentPlan("Data Privacy Advisor", "acme", 5, 240, ("file_search",)),
    AgentPlan("Support Triage", "haiku", 8, 200, ("web_search",), chained=True),
    AgentPlan("Lab Protocol Assistant", "opus", 3, 170, ("file_search",)),
    AgentPlan("Meeting Minutes", "gpt", 3, 120),
    AgentPlan(None, "gpt", 2, 150),
    AgentPlan("Old Intranet Search", "gpt", 8, SPAN_DAYS, ("file_search",), deleted=215),
    AgentPlan("Prototype Planner", "claude", 5, 260, deleted=60),
)
AGENT_WEIGHTS = list(accumulate(plan.popularity for plan in AGENT_PLANS))


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent and its models: how many days before the sample's end it began to run on each."""

    plan: AgentPlan
    id: str
    object_id: ObjectId
    author: ObjectId
    history: tuple[tuple[int, Model], ...]

    @property
    def sender(self) -> str:
        return self.plan.name or "Agent"

    def is_usable(self, days_left: int) -> bool:
        return self.plan.since >= days_left > (self.plan.deleted or -1)

    def model_on(self, days_left: int) -> Model:
        return newest(self.history, days_left)


def make_agents(chance: Chance, ids: ObjectIds, users: Sequence[User], *, until_ms: int) -> tuple[Agent, ...]:
    """Make an agent of each plan, deleted ones too."""
    agents = []
    for plan in AGENT_PLANS:
        lag = chance.randrange(25)
        line = [(since - lag, MODELS[name]) for since, name in LINES[plan.line]]
        first = max(index for index, (since, _) in enumerate(line) if since >= plan.since or index == 0)
        agents.append(
            Agent(
                plan=plan,
                id="agent_" + chance.nano_id(),
                object_id=ids.at(until_ms - plan.since * DAY_MS),
                author=users[chance.randrange(min(6, len(users)))].object_id,
                history=((plan.since, line[first][1]), *line[first + 1 :]),
            )
        )
    return tuple(agents)


def choose_agent(chance: Chance, agents: Sequence[Agent], user: User, days_left: int) -> Agent:
    """Choose one of the user's favourite agents, or the first usable one if none of them turns up."""
    for _ in range(6):
        agent = agents[user.agents[chance.getrandbits(2)]]
        if agent.is_usable(days_left):
            return agent
    return next(agent for agent in agents if agent.is_usable(days_left))


def agent_document(agent: Agent, *, until_ms: int) -> Document:
    """Return the document of an agent, with a version for each model that it ran on."""
    moments = [moment(until_ms - since * DAY_MS) for since, _ in agent.history]
    versions = [
        _settings(agent, model) | {"createdAt": moments[0], "updatedAt": updated_at}
        for (_, model), updated_at in zip(agent.history, moments, strict=True)
    ]
    return {
        "_id": agent.object_id,
        "id": agent.id,
        **_settings(agent, agent.history[-1][1]),
        "author": agent.author,
        "category": "general",
        "is_promoted": False,
        "edges": [],
        "versions": versions,
        "createdAt": moments[0],
        "updatedAt": moments[-1],
        "__v": 0,
    }


def _settings(agent: Agent, model: Model) -> Document:
    name = {} if agent.plan.name is None else {"name": agent.plan.name}
    return {
        **name,
        "description": "",
        "instructions": f"SECRET-INSTRUCTIONS of {agent.sender}",
        "provider": model.endpoint,
        "model": model.name,
        "model_parameters": {"model": model.name},
        "tools": list(agent.plan.tools),
    }
