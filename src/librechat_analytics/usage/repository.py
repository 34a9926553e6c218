"""The questions, asked of the store: one method each, one query file each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import wraps
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Concatenate, Generic, Literal, ParamSpec, TypeVar

import numpy as np
import pandas as pd

from librechat_analytics.store.held_ids import HeldIds
from librechat_analytics.usage.answers import (
    Agent,
    AgentRanking,
    Balance,
    Caching,
    Concentration,
    ConversationCosts,
    Counters,
    Freshness,
    Part,
    PriceCheck,
    Quality,
    Ranking,
    Rates,
    Refill,
    Rhythm,
    SourcePriceCheck,
    Split,
    Summary,
    Timeline,
    Totals,
    User,
)
from librechat_analytics.usage.filters import EVERYTHING, NONE, Filters, Scope
from librechat_analytics.usage.periods import Bucket, Period, buckets, period_at
from librechat_analytics.usage.prices import SOURCES, PriceList
from librechat_analytics.usage.quality import (
    COST_IN_DOUBT,
    KINDS,
    Detail,
    Finding,
    QualityReport,
    Refusals,
)
from librechat_analytics.usage.queries import of_all_time, question, statement

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import duckdb

    from librechat_analytics.store.store import Store, SyncState
    from librechat_analytics.usage.answers import SourceReport
    from librechat_analytics.usage.periods import BucketUnit, TimeRange

Dimension = Literal["model", "user", "agent"]

E6_PER_USD = 10**12
"""Millionths of a credit in a US dollar."""

SLOT_SECONDS = 900
HOURS_A_DAY = 24
WITHOUT_AGENT, AGENT_UNKNOWN = 0, -1  # the keys of agents begin with 1
DEAREST_PARTS = 8
COUNTED_MODELS = 1000
COST_EDGES_E6 = tuple(
    digit * 10**power for power in range(8, 15) for digit in (1, 2, 5)
)  # from a hundredth of a cent to 500 dollars
LONG_TOKENS = (200_000, 272_000)
"""Prompts with more tokens than one of these are charged at other rates by some versions of LibreChat."""

NO_PRICES = PriceList("", {})
NO_PART = Part(0.0, 0, 0, 0, 0, 0, 0.0)


P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Asked(Generic[T]):
    """A question as it was asked: a method of the repository, and what it was given."""

    method: Callable[..., T]
    args: tuple[Any, ...]
    kwargs: tuple[tuple[str, Any], ...]

    def of(self, repository: Repository) -> T:
        """Ask it."""
        return self.method(repository, *self.args, **dict(self.kwargs))

    def at(self, now: datetime) -> Asked[T]:
        """Give the same question as it is asked at another present."""
        args = tuple(period_at(arg, now) if isinstance(arg, Period) else arg for arg in self.args)
        return replace(self, args=args)

    def __str__(self) -> str:
        return repr((self.method.__name__, self.args, self.kwargs))


def kept(
    method: Callable[Concatenate[Repository, P], T],
) -> Callable[Concatenate[Repository, P], T]:
    """Mark a question whose answer holds until the store changes, for a repository that keeps answers."""

    @wraps(method)
    def answered(self: Repository, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return self._answered(Asked(method, args, tuple(sorted(kwargs.items()))))

    return answered


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Repository:
    """Answers from one snapshot of the store each; money leaves the integers only here."""

    def __init__(
        self,
        store: Store,
        *,
        source: Callable[[], SourceReport],
        prices: PriceList | None = None,
        clock: Callable[[], datetime] = _utc_now,
    ) -> None:
        self._store = store
        self._prices = prices
        self._source = source
        self._clock = clock

    def now(self) -> datetime:
        """Give the present, rounded down to the last change of the store, at most to the minute.

        Nothing that the store holds can be younger than its last change, so rounding down loses nothing;
        and all who ask between two changes ask the same, which is answered once.
        """
        return min(self._clock(), max(self._minute(), self._store.changed_at))

    def _minute(self) -> datetime:
        return self._clock().replace(second=0, microsecond=0)

    @kept
    def first_usage(self, scope: Scope | None = None) -> datetime | None:
        """Give the date of the first usage row."""
        asked = of_all_time("first_usage", scope)
        with self._store.reading() as cursor:
            ((first,),) = cursor.execute(asked, Filters(scope=scope).parameters()).fetchall()
        return None if first is None else _aware(first)

    def freshness(self) -> Freshness:
        """Tell how old the figures are and how the source is doing."""
        return self._freshness(self._store.state(), self._source())

    def _freshness(self, state: SyncState, source: SourceReport) -> Freshness:
        as_of, last_sync = (None if at is None else _aware(at) for at in (state.as_of, state.last_sync))
        return Freshness(
            as_of=as_of,
            status=source.status,
            last_sync=last_sync,
            progress=source.progress,
            is_foreign=source.is_foreign,
            audit_kind=source.audit_kind,
            audit_progress=source.audit_progress,
            audits=tuple(
                replace(audit, started_at=_aware(audit.started_at), ended_at=_aware(audit.ended_at))
                for audit in HeldIds(self._store).audits()
            ),
            unattributed=self._store.count_unattributed(),
        )

    @kept
    def summary(self, period: Period, filters: Filters = EVERYTHING) -> Summary:
        """Total a period and the range before, and tell how sure the figures are."""
        with self._store.reading() as cursor:
            totals = _totals(cursor, period.range, filters)
            previous = None if period.previous is None else _totals(cursor, period.previous, filters)
            quality = self._quality(cursor, period.range, filters)
        return Summary(totals, previous, quality)

    def _quality(self, cursor: duckdb.DuckDBPyConnection, time_range: TimeRange, filters: Filters) -> Quality:
        asked = _bounds(time_range) | filters.parameters()
        judged = _one(cursor, question("quality", filters), asked)
        beside = _rows(cursor, question("other_rows", filters, rows="beside"), asked)
        others = [row for row in beside if row["code"] == "other-token-type"]
        spent = [row for row in beside if row["code"] == "spent-credits"]
        rejected = 0
        if filters.scope is None:
            ((rejected,),) = cursor.execute("SELECT count(*) FROM refused").fetchall()
        return Quality(
            default_rate_cost_usd=usd(judged["default_rate_cost_e6"]),
            no_model_cost_usd=usd(judged["no_model_cost_e6"]),
            agent_model_cost_usd=usd(judged["agent_model_cost_e6"]),
            incomplete_cost_usd=usd(judged["incomplete_cost_e6"]),
            sentinel_rows=judged["sentinel_rows"],
            positive_value_rows=judged["positive_value_rows"],
            other_token_types={row["detail"]: row["documents"] for row in others},
            spent_credits_rows=sum(row["documents"] for row in spent),
            spent_credits_cost_usd=usd(sum(row["cost_e6"] for row in spent)),
            rejected_documents=rejected,
        )

    @kept
    def quality(self, period: Period, filters: Filters = EVERYTHING) -> QualityReport:
        """Find what makes a period's figures less sure, and which documents were refused ever.

        Documents that belong to nobody known are not for those who may see some users only.
        """
        bounds = _bounds(period.range) | filters.parameters()
        with self._store.reading() as cursor:
            rows = [
                *_rows(cursor, question("findings", filters), bounds),
                *_rows(cursor, question("several_rates", filters), bounds),
                *_rows(cursor, question("recorded_twice", filters), bounds),
                *_rows(cursor, question("family_rate", filters), bounds),
                *_rows(cursor, question("other_rows", filters, rows="beside"), bounds),
                *_rows(
                    cursor,
                    question("to_come", filters, within="ahead"),
                    {"now": _naive(self.now())} | filters.parameters(),
                ),
            ]
            refusals = []
            if filters.scope is None:
                refusals = _rows(cursor, statement("refusals"), {})
        findings = [
            _finding(code, found) for code in KINDS if (found := [row for row in rows if row["code"] == code])
        ]
        return QualityReport(
            findings=tuple(findings),
            refusals=tuple(
                Refusals(row["reason"], row["documents"], tuple(row["ids"]), _aware(row["last"]))
                for row in refusals
            ),
            doubtful_cost_usd=usd(sum(row["cost_e6"] for row in rows if row["code"] in COST_IN_DOUBT)),
        )

    @kept
    def price_check(self, period: Period, filters: Filters = EVERYTHING) -> PriceCheck | None:
        """Price a period's tokens by the own price list; None without one."""
        if self._prices is None:
            return None
        with self._store.reading() as cursor:
            self._register_prices(cursor)
            rows = _rows(
                cursor, question("price_check", filters), _bounds(period.range) | filters.parameters()
            )
        entries = (
            {
                "provider": row["provider"],
                "model": row["model"],
                "cost_usd": usd(row["cost_e6"]),
                "listed_cost_usd": usd(row["listed_cost_e6"]),
                "list_price_usd": usd(row["list_price_e6"]) if row["is_listed"] else None,
                "difference_usd": (
                    usd(row["listed_cost_e6"] - row["list_price_e6"]) if row["is_listed"] else None
                ),
                "price_sources": [part["source"] for part in row["sources"] if part["source"]],
                "unpaired_completions": row["unpaired"],
            }
            for row in rows
        )
        cost_e6, listed_e6, list_e6 = (
            sum(row[name] for row in rows) for name in ("cost_e6", "listed_cost_e6", "list_price_e6")
        )
        return PriceCheck(
            list_name=self._prices.name,
            rows=_table(
                entries,
                "provider model cost_usd listed_cost_usd list_price_usd difference_usd price_sources"
                " unpaired_completions",
            ),
            cost_usd=usd(cost_e6),
            listed_cost_usd=usd(listed_e6),
            list_price_usd=usd(list_e6),
            difference_usd=usd(listed_e6 - list_e6),
            unlisted_cost_usd=usd(cost_e6 - listed_e6),
            unpaired_completions=sum(row["unpaired"] for row in rows),
            sources=_by_source([part for row in rows for part in row["sources"]]),
        )

    @kept
    def top_users(self, period: Period, limit: int, filters: Filters = EVERYTHING) -> Ranking:
        """Rank users by cost; rows without a readable user are one entry with id None."""
        rows = self._ask("top_users", period, filters, limit=limit)
        return _ranking(
            (
                {
                    "id": row["id"],
                    "name": row["name"],
                    "email": row["email"],
                    "deleted": row["deleted"],
                    **_spent(row),
                    "calls": row["calls"],
                    "conversations": row["conversations"],
                    "share": _share(row["cost_e6"], row["all_cost_e6"]),
                    "last_active": _aware(row["last_active"]),
                }
                for row in rows
            ),
            "id name email deleted cost_usd prompt_tokens completion_tokens total_tokens calls conversations"
            " share last_active",
            rows,
        )

    @kept
    def top_models(self, period: Period, limit: int, filters: Filters = EVERYTHING) -> Ranking:
        """Rank the models that really ran by cost."""
        rows = self._ask("top_models", period, filters, limit=limit)
        return _ranking(
            (
                {
                    "model": row["model"],
                    "provider": row["provider"],
                    **_spent(row),
                    "cache_read_tokens": row["cache_read_tokens"],
                    "cache_write_tokens": row["cache_write_tokens"],
                    "calls": row["calls"],
                    "users": row["users"],
                    "conversations": row["conversations"],
                    "share": _share(row["cost_e6"], row["all_cost_e6"]),
                }
                for row in rows
            ),
            "model provider cost_usd prompt_tokens completion_tokens total_tokens cache_read_tokens"
            " cache_write_tokens calls users conversations share",
            rows,
        )

    @kept
    def cost_breakdown(self, period: Period, limit: int, filters: Filters = EVERYTHING) -> Ranking:
        """Split models' cost into prompt and completion, with effective and stored rates."""
        rows = self._ask("cost_breakdown", period, filters, limit=limit)
        return _ranking(
            (
                {
                    "model": row["model"],
                    "prompt_cost_usd": usd(row["prompt_cost_e6"]),
                    "completion_cost_usd": usd(row["completion_cost_e6"]),
                    "cost_usd": usd(row["cost_e6"]),
                    "prompt_tokens": row["prompt_tokens"],
                    "completion_tokens": row["completion_tokens"],
                    "cache_read_tokens": row["cache_read_tokens"],
                    "cache_write_tokens": row["cache_write_tokens"],
                    "prompt_rate": _effective_rate(row["prompt_cost_e6"], row["prompt_tokens"]),
                    "completion_rate": _effective_rate(row["completion_cost_e6"], row["completion_tokens"]),
                    "rates": row["rates"],
                }
                for row in rows
            ),
            "model prompt_cost_usd completion_cost_usd cost_usd prompt_tokens completion_tokens"
            " cache_read_tokens cache_write_tokens prompt_rate completion_rate rates",
            rows,
        )

    @kept
    def top_agents(self, period: Period, limit: int, filters: Filters = EVERYTHING) -> AgentRanking:
        """Rank agents by cost, beside the usage without an agent and that of which it is unknown."""
        rows = self._ask("top_agents", period, filters, limit=limit)
        parts = {row["part_key"]: row for row in rows}
        without, unknown = parts.pop(WITHOUT_AGENT, None), parts.pop(AGENT_UNKNOWN, None)
        ranking = _ranking(
            (
                {
                    "id": row["id"],
                    "name": row["name"],
                    "model": row["model"],
                    "provider": row["provider"],
                    "deleted": row["deleted"],
                    **_spent(row),
                    "calls": row["calls"],
                    "users": row["users"],
                    "conversations": row["conversations"],
                    "share": _share(row["cost_e6"], row["all_cost_e6"]),
                    **_how_it_ran(row["ways"]),
                }
                for row in parts.values()
            ),
            "id name model provider deleted cost_usd prompt_tokens completion_tokens total_tokens calls users"
            " conversations share models attribution",
            rows,
        )
        return AgentRanking(ranking.rows, ranking.total, _part(without), _part(unknown))

    @kept
    def dearest(
        self, period: Period, dimension: Dimension, limit: int, filters: Filters = EVERYTHING
    ) -> Ranking:
        """Give the beginning of a list of users, models or agents with what a short list shows."""
        rows = self._ask("dearest", period, filters, dimension=dimension, limit=limit)
        return _ranking(
            (
                {
                    "id": row["id"],
                    "name": row["name"],
                    "email": row["email"],
                    "deleted": row["deleted"],
                    "model": row["model"],
                    "provider": row["provider"],
                    "cost_usd": usd(row["cost_e6"]),
                    "share": _share(row["cost_e6"], row["all_cost_e6"]),
                }
                for row in rows
            ),
            "id name email deleted model provider cost_usd share",
            rows,
        )

    @kept
    def usage_over_time(self, period: Period, unit: BucketUnit, filters: Filters = EVERYTHING) -> Timeline:
        """Total a period bucket by bucket; raises BadParameterError over 1,000 buckets."""
        return self._timeline("usage_over_time", period, unit, filters, "active_users", "conversations")

    @kept
    def spent_over_time(self, period: Period, unit: BucketUnit, filters: Filters = EVERYTHING) -> Timeline:
        """Total a period bucket by bucket, without users and conversations; raises as ``usage_over_time``."""
        return self._timeline("spent_over_time", period, unit, filters)

    @kept
    def spent_before_over_time(
        self, period: Period, unit: BucketUnit, filters: Filters = EVERYTHING
    ) -> Timeline | None:
        """Total the range before a period as ``spent_over_time`` does; None where it has none before it."""
        if period.previous is None:
            return None
        before = Period("custom", period.previous, None, period.zone)
        return self._timeline("spent_over_time", before, unit, filters)

    def _timeline(
        self, name: str, period: Period, unit: BucketUnit, filters: Filters, *distinct: str
    ) -> Timeline:
        steps = buckets(period, unit, now=self.now())
        found = {row["bucket"]: row for row in self._ask_steps(name, period, filters, steps)}
        counted = ("calls", *distinct)
        empty = dict.fromkeys(("cost_e6", "prompt_tokens", "completion_tokens", *counted), 0)
        points = (
            {
                "start": step.start,
                "end": step.end,
                "partial": step.partial,
                **_spent(row := found.get(number, empty)),
                **{name: row[name] for name in counted},
            }
            for number, step in enumerate(steps)
        )
        spent = "start end partial cost_usd prompt_tokens completion_tokens total_tokens"
        return Timeline(unit, _table(points, " ".join((spent, *counted))))

    @kept
    def split_over_time(
        self, period: Period, unit: BucketUnit, dimension: Dimension, filters: Filters = EVERYTHING
    ) -> Split:
        """Split a timeline into its eight dearest models, users or agents and the rest."""
        steps = buckets(period, unit, now=self.now())
        rows = self._ask_steps(
            "split_over_time", period, filters, steps, dimension=dimension, parts=DEAREST_PARTS
        )
        entries = (
            {
                "part": row["part"],
                "bucket": row["bucket"],
                "cost_usd": usd(row["cost_e6"]),
                "tokens": row["tokens"],
                "calls": row["calls"],
            }
            for row in rows
        )
        table = _table(entries, "part bucket cost_usd tokens calls")
        return Split(unit, tuple(step.start for step in steps), table)

    @kept
    def trends(
        self,
        period: Period,
        unit: BucketUnit,
        dimension: Dimension,
        parts: tuple[str | None, ...],
        filters: Filters = EVERYTHING,
    ) -> dict[str | None, list[float]]:
        """Give the cost bucket by bucket of models (by name), users or agents (by id); None is nobody."""
        steps = buckets(period, unit, now=self.now())
        asked = [part or NONE for part in parts]
        found: dict[str | None, list[float]] = {part: [0.0] * len(steps) for part in parts}
        for row in self._ask_steps("trends", period, filters, steps, dimension=dimension, parts=asked):
            found[row["part"]][row["bucket"]] = usd(row["cost_e6"])
        return found

    @kept
    def rhythm(self, period: Period, filters: Filters = EVERYTHING) -> Rhythm:
        """Total a period by weekday and hour of day in its zone."""
        asked = _bounds(period.range) | filters.parameters()
        with self._store.reading() as cursor:
            cursor.register("hours", _hours_of_week(period))
            found = {row["hour_of_week"]: row for row in _rows(cursor, question("rhythm", filters), asked)}
        nothing = {"cost_e6": 0, "tokens": 0, "calls": 0}
        entries = (
            {
                "weekday": place // HOURS_A_DAY,
                "hour": place % HOURS_A_DAY,
                "cost_usd": usd((row := found.get(place, nothing))["cost_e6"]),
                "tokens": row["tokens"],
                "calls": row["calls"],
            }
            for place in range(7 * HOURS_A_DAY)
        )
        return Rhythm(_table(entries, "weekday hour cost_usd tokens calls"))

    @kept
    def conversation_costs(self, period: Period, filters: Filters = EVERYTHING) -> ConversationCosts:
        """Spread a period's conversations over what they cost."""
        asked = _bounds(period.range) | filters.parameters()
        with self._store.reading() as cursor:
            edges = {"edges_e6": list(COST_EDGES_E6)}
            rows = _rows(cursor, question("conversation_costs", filters), asked | edges)
            known = _one(cursor, question("conversation_quantiles", filters), asked)
        entries = (
            {
                "upper_usd": None if row["edge_e6"] is None else usd(row["edge_e6"]),
                "conversations": row["conversations"],
                "cost_usd": usd(row["cost_e6"]),
            }
            for row in rows
        )
        return ConversationCosts(
            _table(entries, "upper_usd conversations cost_usd"),
            known["conversations"],
            usd(known["median_e6"] or 0),
            usd(known["ninth_decile_e6"] or 0),
            usd(known["most_e6"] or 0),
        )

    @kept
    def concentration(self, period: Period, filters: Filters = EVERYTHING) -> Concentration:
        """Tell how much of the cost the dearest users make."""
        costs = [row["cost_e6"] for row in self._ask("concentration", period, filters)]
        whole = sum(costs)
        return Concentration(tuple(_share(sofar, whole) for sofar in accumulate(costs)))

    @kept
    def caching(self, period: Period, unit: BucketUnit, filters: Filters = EVERYTHING) -> Caching:
        """Tell bucket by bucket how much of the prompts came from caches, and what that saved."""
        steps = buckets(period, unit, now=self.now())
        found = {row["bucket"]: row for row in self._caching(period, filters, steps)}
        counts = ("prompt_tokens", "cache_read_tokens", "cache_write_tokens", "unknown_rates")
        empty = dict.fromkeys(counts, 0) | {"saved_usd": 0.0}
        entries = (
            {
                "start": step.start,
                "end": step.end,
                **(row := found.get(number, empty)),
                "hit_rate": row["cache_read_tokens"] / row["prompt_tokens"] if row["prompt_tokens"] else None,
            }
            for number, step in enumerate(steps)
        )
        columns = "start end prompt_tokens cache_read_tokens cache_write_tokens hit_rate saved_usd"
        return Caching(unit, _table(entries, f"{columns} unknown_rates"))

    def _caching(self, period: Period, filters: Filters, steps: list[Bucket]) -> list[dict[str, Any]]:
        if not steps:
            return []
        asked = _bounds(period.range) | filters.parameters() | {"long_tokens": list(LONG_TOKENS)}
        with self._store.reading() as cursor:
            cursor.register("slots", _slots(steps))
            self._register_prices(cursor)
            cursor.register("plain_rates", cursor.execute(question("plain_rates", filters), asked).df())
            return _rows(cursor, question("caching", filters), asked)

    def _register_prices(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Lay out the list prices of all models as ``listed``; without a list it has no rows."""
        models = [model for (model,) in cursor.execute(statement("model_names")).fetchall()]
        cursor.register("listed", (self._prices or NO_PRICES).frame(models))

    @kept
    def rates_over_time(self, period: Period, unit: BucketUnit, filters: Filters = EVERYTHING) -> Rates:
        """Tell bucket by bucket what a million tokens really cost."""
        steps = buckets(period, unit, now=self.now())
        found = {row["bucket"]: row for row in self._ask_steps("rates_over_time", period, filters, steps)}
        nothing = {"prompt_cost_e6": 0, "prompt_tokens": 0, "completion_cost_e6": 0, "completion_tokens": 0}
        entries = (
            {
                "start": step.start,
                "end": step.end,
                "partial": step.partial,
                "prompt_rate": _effective_rate(
                    (row := found.get(number, nothing))["prompt_cost_e6"], row["prompt_tokens"]
                ),
                "completion_rate": _effective_rate(row["completion_cost_e6"], row["completion_tokens"]),
            }
            for number, step in enumerate(steps)
        )
        return Rates(unit, _table(entries, "start end partial prompt_rate completion_rate"))

    @kept
    def user(self, user: str, scope: Scope | None = None) -> User | None:
        """Give what is known of a user; None for who is unknown or may not be seen."""
        asked = {"user": user} | Filters(scope=scope).parameters()
        with self._store.reading() as cursor:
            rows = _rows(cursor, of_all_time("user", scope), asked)
        for row in rows:
            return User(
                id=row["id"],
                name=row["name"],
                email=row["email"],
                role=row["role"],
                deleted=row["deleted"],
                balance=_balance(row),
            )
        return None

    @kept
    def agent(self, agent: str, tenant: str | None = None) -> Agent | None:
        """Give what is known of an agent, of a tenant's where several have the same id; None if unknown."""
        with self._store.reading() as cursor:
            rows = _rows(cursor, statement("agent"), {"agent": agent, "tenant": tenant})
        return Agent(**rows[0]) if rows else None

    @kept
    def user_models(self, period: Period, filters: Filters = EVERYTHING) -> pd.DataFrame:
        """Break a period down by user and model, with their names, cost, tokens and calls."""
        rows = self._ask("user_models", period, filters)
        entries = (
            {
                "user": row["user"],
                "name": row["name"],
                "email": row["email"],
                "deleted": row["deleted"],
                "model": row["model"],
                **_spent(row),
                "calls": row["calls"],
            }
            for row in rows
        )
        return _table(
            entries,
            "user name email deleted model cost_usd prompt_tokens completion_tokens total_tokens calls",
        )

    @kept
    def counters(self) -> Counters:
        """Count everything ever by model, token type and context, and what is in no figure."""
        with self._store.reading() as cursor:
            rows = _rows(cursor, statement("counters"), {"models": COUNTED_MODELS})
            refused = {row["reason"]: row["documents"] for row in _rows(cursor, statement("refusals"), {})}
            uncounted = _rows(cursor, statement("uncounted_credits"), {})
        entries = (
            {
                "model": row["model"],
                "token_type": row["token_type"],
                "context": row["context"],
                "cost_usd": usd(row["cost_e6"]),
                "tokens": row["tokens"],
                "documents": row["documents"],
            }
            for row in rows
        )
        return Counters(
            _table(entries, "model token_type context cost_usd tokens documents"),
            refused,
            {row["context"]: usd(row["cost_e6"]) for row in uncounted},
        )

    @kept
    def filter_values(self, scope: Scope | None = None) -> dict[str, list[tuple[str, str]]]:
        """Give what provider, context, role, domain, group and tenant can be set to: value and label."""
        asked = statement("filter_values") if scope is None else of_all_time("filter_values_in_scope", scope)
        values: dict[str, list[tuple[str, str]]] = {}
        with self._store.reading() as cursor:
            for row in _rows(cursor, asked, Filters(scope=scope).parameters()):
                values.setdefault(row["filter"], []).append((row["value"], row["label"]))
        return values

    def _answered(self, asked: Asked[T]) -> T:
        return asked.of(self)

    def _ask_steps(
        self, name: str, period: Period, filters: Filters, steps: list[Bucket], **parameters: object
    ) -> list[dict[str, Any]]:
        """Ask a question whose rows are joined with the buckets of time as ``slots``."""
        if not steps:
            return []
        with self._store.reading() as cursor:
            cursor.register("slots", _slots(steps))
            asked = _bounds(period.range) | filters.parameters() | parameters
            return _rows(cursor, question(name, filters), asked)

    def _ask(self, name: str, period: Period, filters: Filters, **parameters: object) -> list[dict[str, Any]]:
        with self._store.reading() as cursor:
            return _rows(
                cursor, question(name, filters), _bounds(period.range) | filters.parameters() | parameters
            )


def usd(credits_e6: int) -> float:
    """Give millionths of a LibreChat credit in US dollars, rounded once, to the nearest double."""
    return credits_e6 / E6_PER_USD


def _balance(row: dict[str, Any]) -> Balance | None:
    if row["balance_e6"] is None:
        return None
    refills = row["refill_enabled"] and row["refill_e6"] and row["refill_every"] and row["refill_unit"]
    return Balance(
        left_usd=usd(row["balance_e6"]),
        reserved_usd=usd(row["reserved_e6"] or 0),
        debt_usd=usd(row["debt_e6"] or 0),
        refill=Refill(usd(row["refill_e6"]), row["refill_every"], row["refill_unit"]) if refills else None,
    )


def _rows(cursor: duckdb.DuckDBPyConnection, query: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
    cursor.execute(query, parameters)
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _finding(code: str, rows: list[dict[str, Any]]) -> Finding:
    return Finding(
        code=code,
        documents=sum(row["documents"] for row in rows),
        tokens=sum(row["tokens"] for row in rows),
        cost_usd=usd(sum(row["cost_e6"] for row in rows)),
        first=_aware(min(row["first"] for row in rows)),
        last=_aware(max(row["last"] for row in rows)),
        details=tuple(
            Detail(row["detail"], row["documents"], row["tokens"], usd(row["cost_e6"]), row["subject"])
            for row in rows
            if row["detail"] is not None
        ),
    )


def _one(cursor: duckdb.DuckDBPyConnection, query: str, parameters: dict[str, Any]) -> dict[str, Any]:
    (row,) = _rows(cursor, query, parameters)
    return row


def _bounds(time_range: TimeRange) -> dict[str, Any]:
    return {"start": _naive(time_range.start), "end": _naive(time_range.end)}


def _totals(cursor: duckdb.DuckDBPyConnection, time_range: TimeRange, filters: Filters) -> Totals:
    row = _one(cursor, question("totals", filters), _bounds(time_range) | filters.parameters())
    return Totals(cost_usd=usd(row.pop("cost_e6")), **row)


def _spent(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "cost_usd": usd(row["cost_e6"]),
        "prompt_tokens": row["prompt_tokens"],
        "completion_tokens": row["completion_tokens"],
        "total_tokens": row["prompt_tokens"] + row["completion_tokens"],
    }


def _part(row: dict[str, Any] | None) -> Part:
    if row is None:
        return NO_PART
    counted = {
        name: row[name] for name in ("prompt_tokens", "completion_tokens", "calls", "users", "conversations")
    }
    return Part(cost_usd=usd(row["cost_e6"]), share=_share(row["cost_e6"], row["all_cost_e6"]), **counted)


def _how_it_ran(ways: list[dict[str, Any]]) -> dict[str, Any]:
    costs: dict[str | None, int] = {}
    documents: dict[str, int] = {}
    for way in ways:
        costs[way["model"]] = costs.get(way["model"], 0) + way["cost_e6"]
        documents[way["certainty"]] = documents.get(way["certainty"], 0) + way["documents"]
    models = sorted(costs.items(), key=lambda item: (-item[1], item[0] is None, item[0] or ""))
    rows = sum(documents.values())
    return {
        "models": [{"model": model, "cost_usd": usd(cost)} for model, cost in models],
        "attribution": {certainty: documents[certainty] / rows for certainty in sorted(documents)},
    }


def _by_source(parts: list[dict[str, Any]]) -> tuple[SourcePriceCheck, ...]:
    found = []
    for source in (*SOURCES, None):
        own = [part for part in parts if part["source"] == source]
        if own:
            listed_e6, list_e6 = (sum(part[name] for part in own) for name in ("cost_e6", "list_price_e6"))
            found.append(SourcePriceCheck(source, usd(listed_e6), usd(list_e6), usd(listed_e6 - list_e6)))
    return tuple(found)


def _share(cost_e6: int, whole_e6: int) -> float:
    return cost_e6 / whole_e6 if whole_e6 else 0.0


def _effective_rate(cost_e6: int, tokens: int) -> float | None:
    return cost_e6 / (tokens * 10**6) if tokens else None


def _ranking(entries: Iterable[dict[str, Any]], columns: str, rows: list[dict[str, Any]]) -> Ranking:
    return Ranking(_table(entries, columns), rows[0]["total"] if rows else 0)


def _table(entries: Iterable[dict[str, Any]], columns: str) -> pd.DataFrame:
    # Objects, not pandas' numbers: sums may exceed 64 bits, and None must stay None.
    listed = list(entries)
    return pd.DataFrame(
        {name: pd.Series([entry[name] for entry in listed], dtype="object") for name in columns.split()}
    )


def _slots(steps: list[Bucket]) -> pd.DataFrame:
    edges = [int(step.start.timestamp()) // SLOT_SECONDS for step in steps]
    edges.append(int(steps[-1].end.timestamp()) // SLOT_SECONDS)
    counts = np.diff(edges)
    return pd.DataFrame(
        {
            "slot": np.arange(edges[0], edges[-1], dtype="int32"),
            "bucket": np.repeat(np.arange(len(steps), dtype="int32"), counts),
        }
    )


def _hours_of_week(period: Period) -> pd.DataFrame:
    """Give the hour of the week in the period's zone, from Monday's first on, of each of its slots."""
    slot = f"{SLOT_SECONDS}s"
    start, end = (pd.Timestamp(at).tz_convert("UTC") for at in (period.range.start, period.range.end))
    instants = pd.date_range(start.floor(slot), end.ceil(slot), freq=slot)
    local = instants.tz_convert(period.zone)
    return pd.DataFrame(
        {
            "slot": (instants.as_unit("s").asi8 // SLOT_SECONDS).astype("int32"),
            "hour_of_week": (local.day_of_week * HOURS_A_DAY + local.hour).astype("int32"),
        }
    )


def _aware(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC)


def _naive(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(tzinfo=None)
