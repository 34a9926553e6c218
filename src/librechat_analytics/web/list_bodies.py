"""The API's answers that are lists: users, models, agents, and parts of usage by an attribute."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from librechat_analytics.exports import columns
from librechat_analytics.web.answer_bodies import Limited
from librechat_analytics.web.body import Body, Count, Instant, RowBody, Share


class User(RowBody, of=columns.USERS):
    """A user's usage."""

    id: str | None
    """null for rows without a readable user."""
    deleted: bool
    """LibreChat no longer has the user."""
    groups: tuple[str, ...]
    """The names of the groups that the user is in now."""
    share: Share
    """Part of the period's cost."""
    last_active: Instant | None
    """The user's last usage row in the period; null for users who had cost in the previous period only."""
    last_ever: Instant | None
    """The user's last usage row up to now, whatever the period, under the same filters."""
    previous_cost_usd: float | None
    """What it cost in the previous period, 0 for what is new; null where there is no previous period."""


class TopUsersAnswer(Limited):
    """The users with the highest cost."""

    users: tuple[User, ...] = Field(validation_alias="rows")


class Model(RowBody, of=columns.MODELS):
    """A model's usage; an agent's rows count for the model that really ran."""

    model: str | None
    """null for rows without a model."""
    share: Share
    """Part of the period's cost."""
    previous_cost_usd: float | None
    """What it cost in the previous period, 0 for what is new; null where there is no previous period."""


class TopModelsAnswer(Limited):
    """The models with the highest cost."""

    models: tuple[Model, ...] = Field(validation_alias="rows")


class ModelCost(Body):
    """What a model cost within an agent."""

    model: str | None
    cost_usd: float


class Agent(RowBody, of=columns.AGENTS):
    """An agent's usage."""

    id: str | None
    name: str | None
    """A deleted agent keeps its last known name."""
    model: str | None
    """The model that the agent runs on today."""
    deleted: bool
    """LibreChat no longer has the agent."""
    share: Share
    """Part of the period's cost."""
    models: tuple[ModelCost, ...]
    """The models that really ran in the period."""
    attribution: Mapping[str, Share]
    """Shares of the agent's rows by how the agent is known: `exact`, `conversation`, `nearest`, `weak`."""
    previous_cost_usd: float | None
    """What it cost in the previous period, 0 for what is new; null where there is no previous period."""


class RestOfUsage(Body):
    """Usage that belongs to no entry of a list."""

    cost_usd: float
    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    calls: Count
    users: Count
    conversations: Count
    share: Share
    """Part of the period's cost."""
    previous_cost_usd: float | None
    """What it cost in the previous period, 0 for what is new; null where there is no previous period."""


class TopAgentsAnswer(Limited):
    """The agents with the highest cost; all agents, `withoutAgent` and `unknown` add up to the summary."""

    agents: tuple[Agent, ...] = Field(validation_alias="rows")
    without_agent: RestOfUsage
    unknown: RestOfUsage
    """Usage for which no record shows whether an agent answered."""


class ModelBreakdown(RowBody, of=columns.COST_BREAKDOWN):
    """A model's cost by prompt and completion."""

    prompt_rate: float | None
    """Effective US dollars per million prompt tokens, null without any."""
    completion_rate: float | None
    """Effective US dollars per million completion tokens, null without any."""
    rates: tuple[float, ...]
    """The distinct stored rates of the rows without cache parts, ascending, at most 20."""
    prompt_rates: tuple[float, ...]
    """Those of prompts."""
    completion_rates: tuple[float, ...]
    """Those of completions."""
    previous_cost_usd: float | None
    """What it cost in the previous period, 0 for what is new; null where there is no previous period."""


class CostBreakdownAnswer(Limited):
    """The cost of the models with the highest cost, by prompt and completion."""

    models: tuple[ModelBreakdown, ...] = Field(validation_alias="rows")


class BreakdownPart(RowBody, of=columns.breakdown_columns("group")):
    """The usage of one group, e-mail domain, role, provider, context or tenant."""

    key: str
    """The value of the filter that shows only this part."""
    label: str
    """Its name, else its key."""
    share: Share
    """Part of the period's cost."""
    last_active: Instant | None
    """The last usage row in the period; null for parts that had cost in the previous period only."""
    top_model: str | None
    """The model with the highest cost."""
    previous_cost_usd: float | None
    """What it cost in the previous period, 0 for what is new; null where there is no previous period."""


class SeveralGroups(Body):
    """The users who are in several groups, and what they cost, counted once."""

    users: Count
    cost_usd: float


class BreakdownAnswer(Limited):
    """The usage by an attribute. `parts` and `none` add up to the summary, unless the parts are groups: a \
user counts in each of theirs."""

    parts: tuple[BreakdownPart, ...] = Field(validation_alias="rows")
    none: RestOfUsage
    """Usage without the attribute."""
    in_several: SeveralGroups | None
    """Who counts in several groups; null if the parts are not groups."""
