"""The shapes of the answers that API, dashboard and exports share.

Single answers are frozen dataclasses, tables are DataFrames whose columns each class lists. Money is US
dollars as a float that was an exact integer until its last division; tokens and counts are integers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from librechat_analytics.store import held_ids

if TYPE_CHECKING:
    from datetime import datetime

    import pandas as pd

    from librechat_analytics.store.held_ids import AuditResult
    from librechat_analytics.usage.periods import BucketUnit
    from librechat_analytics.usage.prices import PriceSource

AuditKind = held_ids.AuditKind
SourceStatus = Literal["ok", "importing", "unreachable", "offline"]

ALL_ENTRIES = 1_000_000
"""As the limit of a ranking: more than a sheet has rows."""


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
    """How much of a period's figures is not as sure as the rest, and what was left out."""

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


@dataclass(frozen=True, slots=True)
class Summary:
    """A period's totals, those of the range before (none for ``all``), and their quality."""

    totals: Totals
    previous: Totals | None
    quality: Quality


@dataclass(frozen=True, slots=True)
class Ranking:
    """The first rows of a list ordered by cost, and how many entries it has without the limit.

    Columns of users: id, name, email, deleted, cost_usd, prompt_tokens, completion_tokens, total_tokens,
    calls, conversations, share (0 to 1), last_active (UTC).
    Columns of models: model, provider, cost_usd, prompt_tokens, completion_tokens, total_tokens,
    cache_read_tokens, cache_write_tokens, calls, users, conversations, share.
    Columns of a cost breakdown: model, prompt_cost_usd, completion_cost_usd, cost_usd, prompt_tokens,
    completion_tokens, cache_read_tokens, cache_write_tokens, prompt_rate, completion_rate (USD per million
    tokens, None without tokens), rates (list of floats).
    Columns of the dearest users, models or agents: id, name, email, deleted, model, provider, cost_usd,
    share.
    """

    rows: pd.DataFrame
    total: int


@dataclass(frozen=True, slots=True)
class Part:
    """The usage that belongs to no agent, or whose agent is not known."""

    cost_usd: float
    prompt_tokens: int
    completion_tokens: int
    calls: int
    users: int
    conversations: int
    share: float

    @property
    def total_tokens(self) -> int:
        return self.prompt_tokens + self.completion_tokens


@dataclass(frozen=True, slots=True)
class AgentRanking:
    """The agents, and the two parts that together with all of them make up the period's total.

    Columns: id, name, model, provider, deleted, cost_usd, prompt_tokens, completion_tokens, total_tokens,
    calls, users, conversations, share, models (list of {"model", "cost_usd"}, what really ran),
    attribution (dict: certainty -> part of the agent's usage rows).
    """

    rows: pd.DataFrame
    total: int
    without_agent: Part
    unknown: Part


@dataclass(frozen=True, slots=True)
class Timeline:
    """A period's figures bucket by bucket, empty ones included.

    Columns: start, end (aware, in the period's zone), partial, cost_usd, prompt_tokens, completion_tokens,
    total_tokens, calls, and active_users, conversations where they were asked for.
    """

    unit: BucketUnit
    points: pd.DataFrame


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
    """Usage rows whose agent is still being asked for."""


@dataclass(frozen=True, slots=True)
class SourcePriceCheck:
    """The part of a price check whose list prices come from one source; None where the list names none."""

    source: PriceSource | None
    listed_cost_usd: float
    list_price_usd: float
    difference_usd: float


@dataclass(frozen=True, slots=True)
class PriceCheck:
    """What was recorded beside what the same rows would have cost at list price.

    Columns: provider, model, cost_usd (recorded), listed_cost_usd (recorded, of the rows that have a list
    price), list_price_usd (None where the model is not listed), difference_usd (recorded less list price of
    the listed rows, None likewise), price_sources (list of PriceSource, those that the list names),
    unpaired_completions (of models with prices for long prompts, those whose prompt was not found: they are
    priced as after a short one). The other fields are the sums of these columns; ``sources`` are parts of
    them.
    """

    list_name: str
    rows: pd.DataFrame
    cost_usd: float
    listed_cost_usd: float
    list_price_usd: float
    difference_usd: float
    unlisted_cost_usd: float
    unpaired_completions: int
    sources: tuple[SourcePriceCheck, ...]


@dataclass(frozen=True, slots=True)
class Split:
    """A timeline split into its dearest parts; the rest together has the name None.

    Columns: part (a model's name, a user's or agent's id, ``(none)``, ``(unknown)``; None for the rest),
    bucket (position in ``starts``), cost_usd, tokens, calls; empty buckets are left out.
    """

    unit: BucketUnit
    starts: tuple[datetime, ...]
    rows: pd.DataFrame


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Usage by weekday (0 is Monday) and hour of day in the period's zone.

    Columns: weekday, hour, cost_usd, tokens, calls; all 168 hours of a week, empty ones as zeros.
    """

    rows: pd.DataFrame


@dataclass(frozen=True, slots=True)
class ConversationCosts:
    """How conversations are spread over what they cost.

    Columns: upper_usd (the conversations of a row cost less; None above the last edge), conversations,
    cost_usd.
    """

    rows: pd.DataFrame
    conversations: int
    median_usd: float
    ninth_decile_usd: float
    most_usd: float


@dataclass(frozen=True, slots=True)
class Concentration:
    """How much of the cost the dearest users make: ``shares[n - 1]`` is that of the first n, 0 to 1."""

    shares: tuple[float, ...]

    def of_first(self, part: float) -> float:
        """Give the share of the dearest part of all users, such as 0.1 for a tenth, at least one user."""
        if not self.shares:
            return 0.0
        return self.shares[max(0, round(len(self.shares) * part) - 1)]


@dataclass(frozen=True, slots=True)
class Caching:
    """What prompt caches did, bucket by bucket.

    Columns: start, end, prompt_tokens, cache_read_tokens, cache_write_tokens, hit_rate (0 to 1, None without
    prompts), saved_usd (estimated against the rate of prompts of that model and size without a cache),
    unknown_rates (long prompts for which that is the rate of short ones, since nothing shows their own).
    """

    unit: BucketUnit
    points: pd.DataFrame


@dataclass(frozen=True, slots=True)
class Rates:
    """What a million tokens really cost, bucket by bucket, caches included.

    Columns: start, end, partial, prompt_rate, completion_rate (USD per million tokens, None without tokens).
    """

    unit: BucketUnit
    points: pd.DataFrame


@dataclass(frozen=True, slots=True)
class Refill:
    """How a balance is filled up when it is used up; ``unit`` is ``days`` or another plural."""

    amount_usd: float
    every: int
    unit: str


@dataclass(frozen=True, slots=True)
class Balance:
    """What a user has left, below zero where it is owed.

    ``reserved_usd`` is part of it, ``debt_usd`` is owed too.
    """

    left_usd: float
    reserved_usd: float
    debt_usd: float
    refill: Refill | None


@dataclass(frozen=True, slots=True)
class User:
    """What is known of a user; ``balance`` only where LibreChat keeps balances."""

    id: str
    name: str | None
    email: str | None
    role: str | None
    deleted: bool
    balance: Balance | None


@dataclass(frozen=True, slots=True)
class Agent:
    """What is known of an agent: its last known name, and the model and provider that it is set to."""

    id: str
    name: str | None
    model: str | None
    provider: str | None
    deleted: bool


@dataclass(frozen=True, slots=True)
class Counters:
    """Everything ever, which only grows.

    Columns: model (as recorded), token_type, context, cost_usd, tokens, documents. ``uncounted_credits_usd``:
    what was spent of balances and is no usage, by context.
    """

    rows: pd.DataFrame
    refused: dict[str, int]
    uncounted_credits_usd: dict[str, float]
