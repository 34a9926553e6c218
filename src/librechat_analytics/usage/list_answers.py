"""Lists of users, models, agents and what else usage is broken down by.

Money is in US dollars: a float that was an exact integer until its last division. Tokens and counts are
integers of any size. A share is 0 to 1. None means unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

ALL_ENTRIES = 1_000_000
"""A limit for a ranking that lists everything: more than a sheet has rows."""


class Compared(Protocol):
    """A row that says what it cost in the previous period, None where that is not known."""

    @property
    def cost_usd(self) -> float: ...
    @property
    def previous_cost_usd(self) -> float | None: ...


class HasUsers(Protocol):
    """A row that says what it cost and how many users were active."""

    @property
    def cost_usd(self) -> float: ...
    @property
    def users(self) -> int: ...


class WithChange:
    """Adds the change to a row that is compared."""

    __slots__ = ()

    @property
    def change_usd(self: Compared) -> float | None:
        """Return the difference to the previous period in US dollars; None without one."""
        # Rounded, because the difference of two doubles has digits that neither has.
        return None if self.previous_cost_usd is None else round(self.cost_usd - self.previous_cost_usd, 12)


class WithCostPerUser:
    """Adds the cost per user to a row that counts users."""

    __slots__ = ()

    @property
    def cost_per_user_usd(self: HasUsers) -> float | None:
        """Return the cost per active user; None without any."""
        return self.cost_usd / self.users if self.users else None


@dataclass(frozen=True, slots=True)
class UserRow(WithChange):
    """What one user spent; ``id`` is None for the rows without a readable user.

    ``last_active``: the last usage row in the period, None for users who are only in the previous period.
    ``last_ever``: the last one up to now; None if it was not asked for. ``groups``: the names of the
    user's groups now, as far as the reader may see them.
    """

    id: str | None
    name: str | None
    email: str | None
    deleted: bool
    groups: tuple[str, ...]
    cost_usd: float
    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    calls: int
    conversations: int
    share: float
    last_active: datetime | None
    last_ever: datetime | None
    previous_cost_usd: float | None


@dataclass(frozen=True, slots=True)
class ModelRow(WithChange):
    """What was spent on one model."""

    model: str | None
    provider: str | None
    cost_usd: float
    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    cache_read_tokens: int
    cache_write_tokens: int
    calls: int
    users: int
    conversations: int
    share: float
    previous_cost_usd: float | None


@dataclass(frozen=True, slots=True)
class ModelCost:
    """What an agent spent on one model."""

    model: str | None
    cost_usd: float


@dataclass(frozen=True, slots=True)
class AgentRow(WithChange):
    """What one agent spent.

    ``models``: those that really ran, highest cost first. ``attribution``: the share of the agent's usage
    rows by certainty.
    """

    id: str
    name: str | None
    model: str | None
    provider: str | None
    deleted: bool
    cost_usd: float
    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    calls: int
    users: int
    conversations: int
    share: float
    models: tuple[ModelCost, ...]
    attribution: Mapping[str, float]
    previous_cost_usd: float | None


@dataclass(frozen=True, slots=True)
class ModelCostRow(WithChange):
    """A model's cost by prompt and completion.

    Rates are USD per million tokens, None without tokens; ``rates`` are all that LibreChat recorded, and
    ``prompt_rates`` and ``completion_rates`` those of each kind of row.
    """

    model: str | None
    prompt_cost_usd: float
    completion_cost_usd: float
    cost_usd: float
    prompt_tokens: int
    completion_tokens: int
    cache_read_tokens: int
    cache_write_tokens: int
    prompt_rate: float | None
    completion_rate: float | None
    rates: tuple[float, ...]
    prompt_rates: tuple[float, ...]
    completion_rates: tuple[float, ...]
    previous_cost_usd: float | None


@dataclass(frozen=True, slots=True)
class TopRow:
    """A user, model or agent in a short list; fields of the other two kinds are None."""

    id: str | None
    name: str | None
    email: str | None
    deleted: bool
    model: str | None
    provider: str | None
    cost_usd: float
    share: float


@dataclass(frozen=True, slots=True)
class UserModelRow:
    """What one user spent on one model."""

    user: str | None
    name: str | None
    email: str | None
    deleted: bool
    model: str | None
    cost_usd: float
    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    calls: int


Row = TypeVar("Row", UserRow, ModelRow, AgentRow, ModelCostRow, TopRow)


@dataclass(frozen=True, slots=True)
class Ranking(Generic[Row]):
    """Some rows of a list.

    ``total``: how many rows the whole list has. ``matched``: how many of them a search found, or
    all. ``highest_share``: the share of the row with the highest cost in the whole list.
    """

    rows: tuple[Row, ...]
    total: int
    matched: int
    highest_share: float


@dataclass(frozen=True, slots=True)
class Part(WithChange):
    """The usage that is no entry of a list: without an agent, with an unknown one, without an attribute."""

    cost_usd: float
    prompt_tokens: int
    completion_tokens: int
    calls: int
    users: int
    conversations: int
    share: float
    previous_cost_usd: float | None

    @property
    def total_tokens(self) -> int:
        return self.prompt_tokens + self.completion_tokens


@dataclass(frozen=True, slots=True)
class AgentRanking:
    """Some agents and two more parts, see ``Ranking``; all agents and both parts add up to the whole."""

    rows: tuple[AgentRow, ...]
    total: int
    matched: int
    highest_share: float
    without_agent: Part
    unknown: Part


@dataclass(frozen=True, slots=True)
class BreakdownRow(WithChange, WithCostPerUser):
    """What the users of a group, a domain or a role spent, or what was spent at a provider and so on.

    ``key`` is the value of the filter. ``last_active``: None for parts of the previous period alone.
    ``top_model``: the model with the highest cost; None without one.
    """

    key: str
    label: str
    cost_usd: float
    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    calls: int
    users: int
    conversations: int
    share: float
    last_active: datetime | None
    top_model: str | None
    previous_cost_usd: float | None


@dataclass(frozen=True, slots=True)
class InSeveral:
    """The active users who are in several groups, and what they cost, counted once."""

    users: int
    cost_usd: float


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Some parts of the usage by an attribute, see ``Ranking``, and the usage without the attribute.

    All parts and ``none`` add up to the whole, unless they are groups: a user counts in each of theirs.
    ``in_several`` is None for other attributes.
    """

    rows: tuple[BreakdownRow, ...]
    total: int
    matched: int
    highest_share: float
    none: Part
    in_several: InSeveral | None
