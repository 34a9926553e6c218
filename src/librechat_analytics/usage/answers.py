"""Answers about totals, freshness, prices and single users and agents.

Money is in US dollars: a float that was an exact integer until its last division. Tokens and counts are
integers of any size. A share is 0 to 1. None means unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from librechat_analytics.store import held_ids

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from librechat_analytics.store.held_ids import AuditResult
    from librechat_analytics.usage.prices import PriceSource

AuditKind = held_ids.AuditKind

SourceStatus = Literal["ok", "importing", "unreachable", "offline"]


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
class SourceReport:
    """How the source is doing now.

    ``progress``: 0 to 1 while the first read runs, else None. ``is_foreign``: another LibreChat's database
    answers, so nothing is read. ``audit_kind`` and ``audit_progress`` (0 to 1) while an audit runs.
    ``silent_since``: when the follower last reported, if it should have reported again. ``lacks_follower``:
    none has ever reported, so nobody knows of the source.
    """

    status: SourceStatus
    progress: float | None = None
    is_foreign: bool = False
    audit_kind: AuditKind | None = None
    audit_progress: float | None = None
    silent_since: datetime | None = None
    lacks_follower: bool = False


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
    silent_since: datetime | None = None
    """When the follower last reported, if it should have reported again; then nobody knows of the source."""
    lacks_follower: bool = False
    """No follower has ever reported."""


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
