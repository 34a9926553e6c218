"""The answers that the API, the dashboard and the files share.

Money is in US dollars: a float that was an exact integer until its last division. Tokens and counts are
integers of any size. A share is 0 to 1. None means unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Literal, NamedTuple, Protocol, TypeVar

from librechat_analytics.store import held_ids

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from librechat_analytics.store.held_ids import AuditResult
    from librechat_analytics.usage.periods import BucketUnit
    from librechat_analytics.usage.prices import PriceSource

AuditKind = held_ids.AuditKind
SourceStatus = Literal["ok", "importing", "unreachable", "offline"]

ALL_ENTRIES = 1_000_000
"""A limit for a ranking that lists everything: more than a sheet has rows."""


class Compared(Protocol):
    """A row that says what it cost in the previous period, None where that is not known."""

    @property
    def cost_usd(self) -> float: ...
    @property
    def previous_cost_usd(self) -> float | None: ...


def change_usd(row: Compared) -> float | None:
    """Return the difference to the previous period in US dollars; None without one."""
    # Rounded, because the difference of two doubles has digits that neither has.
    return None if row.previous_cost_usd is None else round(row.cost_usd - row.previous_cost_usd, 12)


@dataclass(frozen=True, slots=True)
class Totals:
    """The figures of one range of time."""

    cost_usd: float
    prompt_tokens: int
    completion_tokens: int
    cache_read_tokens: int
    cache_write_tokens: int
    calls: int
    active_users: int
    conversations: int

    @property
    def total_tokens(self) -> int:
        return self.prompt_tokens + self.completion_tokens


@dataclass(frozen=True, slots=True)
class Quality:
    """How much of a period's figures is less certain, and what is in no figure."""

    default_rate_cost_usd: float
    no_model_cost_usd: float
    agent_model_cost_usd: float
    incomplete_cost_usd: float
    sentinel_rows: int
    positive_value_rows: int
    other_token_types: dict[str, int]
    rejected_documents: int
    spent_credits_rows: int = 0
    spent_credits_cost_usd: float = 0.0

    @property
    def uncertain_cost_usd(self) -> float:
        """Cost that was not computed from a model's own price.

        Models priced as their family are not in it: finding them takes a query of its own, which only the
        quality report runs.
        """
        return self.default_rate_cost_usd + self.no_model_cost_usd + self.agent_model_cost_usd


@dataclass(frozen=True, slots=True)
class Summary:
    """The totals of a period and of the previous one (None for ``all``), and their quality."""

    totals: Totals
    previous: Totals | None
    quality: Quality


@dataclass(frozen=True, slots=True)
class UserRow:
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

    @property
    def change_usd(self) -> float | None:
        return change_usd(self)


@dataclass(frozen=True, slots=True)
class ModelRow:
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

    @property
    def change_usd(self) -> float | None:
        return change_usd(self)


@dataclass(frozen=True, slots=True)
class ModelCost:
    """What an agent spent on one model."""

    model: str | None
    cost_usd: float


@dataclass(frozen=True, slots=True)
class AgentRow:
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

    @property
    def change_usd(self) -> float | None:
        return change_usd(self)


@dataclass(frozen=True, slots=True)
class ModelCostRow:
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

    @property
    def change_usd(self) -> float | None:
        return change_usd(self)


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
class Part:
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

    @property
    def change_usd(self) -> float | None:
        return change_usd(self)


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
class BreakdownRow:
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

    @property
    def cost_per_user_usd(self) -> float | None:
        """Return the cost per active user; None without any."""
        return self.cost_usd / self.users if self.users else None

    @property
    def change_usd(self) -> float | None:
        return change_usd(self)


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


@dataclass(frozen=True, slots=True)
class TimelinePoint:
    """The figures of one bucket.

    ``start`` and ``end`` are aware, in the period's zone. ``partial``: the period or the present cuts the
    bucket off. ``active_users`` and ``conversations`` are None where they were not counted. ``parts``: the
    cost of each part of a split timeline in US dollars, by key; ``others_usd``: of all other parts together.
    """

    start: datetime
    end: datetime
    partial: bool
    cost_usd: float
    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    calls: int
    active_users: int | None = None
    conversations: int | None = None
    parts: Mapping[str, float] | None = None
    others_usd: float | None = None


@dataclass(frozen=True, slots=True)
class SplitPart:
    """A part of a split timeline and its cost in the whole period.

    ``key``: a model's or provider's name, the id of a user, an agent or a group, ``(none)`` or ``(unknown)``.
    """

    key: str
    name: str | None
    email: str | None
    deleted: bool
    cost_usd: float

    @property
    def label(self) -> str:
        """Return its name, else its e-mail address, else its key."""
        return self.name or self.email or self.key


@dataclass(frozen=True, slots=True)
class Timeline:
    """A period's figures bucket by bucket, empty buckets included; ``legend``: the parts, if it is split."""

    unit: BucketUnit
    points: tuple[TimelinePoint, ...]
    legend: tuple[SplitPart, ...] | None = None


@dataclass(frozen=True, slots=True)
class SourceReport:
    """How the source is doing now.

    ``progress``: 0 to 1 while the first read runs, else None. ``is_foreign``: another LibreChat's database
    answers, so nothing is read. ``audit_kind`` and ``audit_progress`` (0 to 1) while an audit runs.
    """

    status: SourceStatus
    progress: float | None = None
    is_foreign: bool = False
    audit_kind: AuditKind | None = None
    audit_progress: float | None = None


@dataclass(frozen=True, slots=True)
class Freshness:
    """How old the figures are and how the source is doing.

    ``as_of``: every transaction stored by then is in the figures; None when nothing was ever read.
    ``progress``: 0 to 1 while the first read runs, else None. ``audits``: how the last of each kind ended.
    """

    as_of: datetime | None
    status: SourceStatus
    last_sync: datetime | None
    progress: float | None
    is_foreign: bool = False
    audit_kind: AuditKind | None = None
    audit_progress: float | None = None
    audits: tuple[AuditResult, ...] = ()
    unattributed: int = 0
    """Usage rows whose agent is not known yet."""
    last_row: datetime | None = None
    """When LibreChat stored the newest row that is held."""
    refused: int = 0
    """Documents that could not be read, ever."""


@dataclass(frozen=True, slots=True)
class SourcePriceCheck:
    """The part of a price check whose list prices come from one source; None if the list names no source."""

    source: PriceSource | None
    listed_cost_usd: float
    list_price_usd: float
    difference_usd: float


@dataclass(frozen=True, slots=True)
class PriceRow:
    """A model's recorded cost and its list price.

    ``listed_cost_usd``: the recorded cost of the rows that have a list price. ``list_price_usd`` and
    ``difference_usd`` (recorded less list price) are None where the model is not listed.
    ``unpaired_completions``: of models with prices for long prompts, those whose prompt was not found; they
    are priced as after a short one.
    """

    provider: str | None
    model: str | None
    cost_usd: float
    listed_cost_usd: float
    list_price_usd: float | None
    difference_usd: float | None
    price_sources: tuple[PriceSource, ...]
    unpaired_completions: int


@dataclass(frozen=True, slots=True)
class PriceCheck:
    """The recorded cost, and what the same rows would have cost at list price.

    The sums are those of the rows; ``sources`` are parts of them.
    """

    list_name: str
    rows: tuple[PriceRow, ...]
    cost_usd: float
    listed_cost_usd: float
    list_price_usd: float
    difference_usd: float
    unlisted_cost_usd: float
    unpaired_completions: int
    sources: tuple[SourcePriceCheck, ...]


@dataclass(frozen=True, slots=True)
class SplitRow:
    """What one part of a split timeline spent in one bucket.

    ``part``: the key of a part, None for all other parts together. ``bucket``: the position in
    ``Split.starts``.
    """

    part: str | None
    bucket: int
    cost_usd: float
    tokens: int
    calls: int


@dataclass(frozen=True, slots=True)
class Split:
    """A timeline split into its top parts, highest cost first, and the rest; empty buckets are left out.

    In a timeline split by group, a user counts in each of their groups.
    """

    unit: BucketUnit
    starts: tuple[datetime, ...]
    rows: tuple[SplitRow, ...]
    legend: tuple[SplitPart, ...]


@dataclass(frozen=True, slots=True)
class HourRow:
    """The usage of one hour of the week in the period's zone.

    ``weekday`` is 0 (Monday) to 6, ``hour`` is 0 to 23.
    """

    weekday: int
    hour: int
    cost_usd: float
    tokens: int
    calls: int


@dataclass(frozen=True, slots=True)
class HoursOfWeek:
    """Usage by weekday and hour of day: all 168 hours of a week, empty ones as zeros."""

    rows: tuple[HourRow, ...]


@dataclass(frozen=True, slots=True)
class ConversationBand:
    """The conversations that cost less than ``upper_usd`` (None: no limit) and are in no lower band."""

    upper_usd: float | None
    conversations: int
    cost_usd: float


@dataclass(frozen=True, slots=True)
class ConversationCosts:
    """How conversations are spread over what they cost."""

    rows: tuple[ConversationBand, ...]
    conversations: int
    median_usd: float
    ninth_decile_usd: float
    most_usd: float


@dataclass(frozen=True, slots=True)
class Concentration:
    """How much of the cost the top users account for: ``shares[n - 1]`` is the share of the first n."""

    shares: tuple[float, ...]

    def of_first(self, part: float) -> float:
        """Return the share of the top part of all users, such as 0.1 for a tenth; at least of one user."""
        if not self.shares:
            return 0.0
        return self.shares[max(0, round(len(self.shares) * part) - 1)]


@dataclass(frozen=True, slots=True)
class CachingPoint:
    """What prompt caches did in one bucket.

    ``hit_rate`` is 0 to 1, None without prompts. ``saved_usd`` is estimated against the rate of prompts of
    that model and size without a cache. ``unknown_rates`` counts long prompts for which that is the rate of
    short ones, since nothing shows their own.
    """

    start: datetime
    end: datetime
    prompt_tokens: int
    cache_read_tokens: int
    cache_write_tokens: int
    hit_rate: float | None
    saved_usd: float
    unknown_rates: int


@dataclass(frozen=True, slots=True)
class Caching:
    """What prompt caches did, bucket by bucket."""

    unit: BucketUnit
    points: tuple[CachingPoint, ...]


@dataclass(frozen=True, slots=True)
class RatesPoint:
    """What a million tokens really cost in one bucket, caches included; None without tokens."""

    start: datetime
    end: datetime
    partial: bool
    prompt_rate: float | None
    completion_rate: float | None


@dataclass(frozen=True, slots=True)
class Rates:
    """What a million tokens really cost, bucket by bucket."""

    unit: BucketUnit
    points: tuple[RatesPoint, ...]


@dataclass(frozen=True, slots=True)
class Refill:
    """How an empty balance is refilled; ``unit`` is ``days`` or another plural."""

    amount_usd: float
    every: int
    unit: str


@dataclass(frozen=True, slots=True)
class Balance:
    """What a user has left; below zero, the user owes it.

    ``reserved_usd`` is part of it, ``debt_usd`` is owed too.
    """

    left_usd: float
    reserved_usd: float
    debt_usd: float
    refill: Refill | None


@dataclass(frozen=True, slots=True)
class User:
    """A user; ``balance`` is None unless LibreChat keeps balances.

    ``last_active``: the last usage row of all time; None without any. ``groups``: their names.
    """

    id: str
    name: str | None
    email: str | None
    role: str | None
    deleted: bool
    balance: Balance | None
    last_active: datetime | None
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent: its last known name, and the model and provider that it is set to."""

    id: str
    name: str | None
    model: str | None
    provider: str | None
    deleted: bool


class FilterValue(NamedTuple):
    """A value that a filter can have, and what a list of values shows for it."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class CounterRow:
    """All usage ever of one recorded model, one token type and one context."""

    model: str | None
    token_type: str
    context: str | None
    cost_usd: float
    tokens: int
    documents: int


@dataclass(frozen=True, slots=True)
class Counters:
    """All usage ever, which only grows.

    ``uncounted_credits_usd``: what was spent of balances and is no usage, by context.
    """

    rows: tuple[CounterRow, ...]
    refused: Mapping[str, int]
    uncounted_credits_usd: Mapping[str, float]
