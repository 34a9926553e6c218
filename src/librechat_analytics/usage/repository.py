"""The repository that reads its answers from the store, each from one snapshot."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, TypeVar

from librechat_analytics.usage import (
    cost_spread,
    findings,
    labels,
    list_prices,
    over_time,
    rankings,
    totals,
)
from librechat_analytics.usage.filters import EVERYTHING, Filters, Scope
from librechat_analytics.usage.freshness import freshness
from librechat_analytics.usage.periods import Bucket, Period, buckets, period_at

if TYPE_CHECKING:
    from collections.abc import Callable

    from librechat_analytics.store.interface import Reader
    from librechat_analytics.usage.answers import (
        Agent,
        AgentRanking,
        Caching,
        Concentration,
        ConversationCosts,
        Counters,
        FilterValue,
        Freshness,
        HoursOfWeek,
        ModelCostRow,
        ModelRow,
        PriceCheck,
        Ranking,
        Rates,
        SourceReport,
        Split,
        Summary,
        Timeline,
        TopRow,
        User,
        UserModelRow,
        UserRow,
    )
    from librechat_analytics.usage.periods import BucketUnit
    from librechat_analytics.usage.prices import PriceList
    from librechat_analytics.usage.quality import QualityReport
    from librechat_analytics.usage.questions import Dimension

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Asked(Generic[T]):
    """A question as it was asked: a method of the repository, and what it was given."""

    method: Callable[..., T]
    args: tuple[Any, ...]
    kwargs: tuple[tuple[str, Any], ...]

    def of(self, repository: StoreRepository) -> T:
        """Ask it."""
        return self.method(repository, *self.args, **dict(self.kwargs))

    def at(self, now: datetime) -> Asked[T]:
        """Give the same question as it is asked at another present."""
        args = tuple(period_at(arg, now) if isinstance(arg, Period) else arg for arg in self.args)
        return replace(self, args=args)

    def __str__(self) -> str:
        return repr((self.method.__name__, self.args, self.kwargs))


def kept(
    method: Callable[Concatenate[StoreRepository, P], T],
) -> Callable[Concatenate[StoreRepository, P], T]:
    """Mark a question whose answer holds until the store changes, for a repository that keeps answers."""

    @wraps(method)
    def answered(self: StoreRepository, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return self._answered(Asked(method, args, tuple(sorted(kwargs.items()))))

    return answered


def utc_now() -> datetime:
    """Read the clock."""
    return datetime.now(UTC)


class StoreRepository:
    """Reads every answer from the store; ``usage.questions`` describes the methods."""

    def __init__(
        self,
        store: Reader,
        *,
        source: Callable[[], SourceReport],
        prices: PriceList | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._store = store
        self._prices = prices
        self._source = source
        self._clock = clock

    def now(self) -> datetime:
        return min(self._clock(), max(self._minute(), self._store.changed_at))

    def _minute(self) -> datetime:
        return self._clock().replace(second=0, microsecond=0)

    def freshness(self) -> Freshness:
        return freshness(self._store, self._store.state(), self._source())

    @kept
    def first_usage(self, scope: Scope | None = None) -> datetime | None:
        with self._store.snapshot() as snapshot:
            return totals.first_usage(snapshot, scope)

    @kept
    def summary(self, period: Period, filters: Filters = EVERYTHING) -> Summary:
        with self._store.snapshot() as snapshot:
            return totals.summary(snapshot, period, filters)

    @kept
    def quality(self, period: Period, filters: Filters = EVERYTHING) -> QualityReport:
        with self._store.snapshot() as snapshot:
            return findings.quality_report(snapshot, period.range, filters, now=self.now())

    @kept
    def price_check(self, period: Period, filters: Filters = EVERYTHING) -> PriceCheck | None:
        if self._prices is None:
            return None
        with self._store.snapshot() as snapshot:
            return list_prices.price_check(snapshot, period.range, self._prices, filters)

    @kept
    def top_users(self, period: Period, limit: int, filters: Filters = EVERYTHING) -> Ranking[UserRow]:
        with self._store.snapshot() as snapshot:
            return rankings.top_users(snapshot, period.range, limit, filters)

    @kept
    def top_models(self, period: Period, limit: int, filters: Filters = EVERYTHING) -> Ranking[ModelRow]:
        with self._store.snapshot() as snapshot:
            return rankings.top_models(snapshot, period.range, limit, filters)

    @kept
    def top_agents(self, period: Period, limit: int, filters: Filters = EVERYTHING) -> AgentRanking:
        with self._store.snapshot() as snapshot:
            return rankings.top_agents(snapshot, period.range, limit, filters)

    @kept
    def top(
        self, period: Period, dimension: Dimension, limit: int, filters: Filters = EVERYTHING
    ) -> Ranking[TopRow]:
        with self._store.snapshot() as snapshot:
            return rankings.top(snapshot, period.range, dimension, limit, filters)

    @kept
    def cost_breakdown(
        self, period: Period, limit: int, filters: Filters = EVERYTHING
    ) -> Ranking[ModelCostRow]:
        with self._store.snapshot() as snapshot:
            return rankings.cost_breakdown(snapshot, period.range, limit, filters)

    @kept
    def user_models(self, period: Period, filters: Filters = EVERYTHING) -> tuple[UserModelRow, ...]:
        with self._store.snapshot() as snapshot:
            return rankings.user_models(snapshot, period.range, filters)

    @kept
    def usage_over_time(self, period: Period, unit: BucketUnit, filters: Filters = EVERYTHING) -> Timeline:
        cut = self._buckets(period, unit)
        with self._store.snapshot() as snapshot:
            return over_time.usage(snapshot, period.range, unit, cut, filters)

    @kept
    def spent_over_time(self, period: Period, unit: BucketUnit, filters: Filters = EVERYTHING) -> Timeline:
        cut = self._buckets(period, unit)
        with self._store.snapshot() as snapshot:
            return over_time.spent(snapshot, period.range, unit, cut, filters)

    @kept
    def spent_before_over_time(
        self, period: Period, unit: BucketUnit, filters: Filters = EVERYTHING
    ) -> Timeline | None:
        if period.previous is None:
            return None
        before = Period("custom", period.previous, None, period.zone)
        cut = self._buckets(before, unit)
        with self._store.snapshot() as snapshot:
            return over_time.spent(snapshot, before.range, unit, cut, filters)

    @kept
    def split_over_time(
        self, period: Period, unit: BucketUnit, dimension: Dimension, filters: Filters = EVERYTHING
    ) -> Split:
        cut = self._buckets(period, unit)
        with self._store.snapshot() as snapshot:
            return over_time.split(snapshot, period.range, unit, cut, dimension, filters)

    @kept
    def trends(
        self,
        period: Period,
        unit: BucketUnit,
        dimension: Dimension,
        parts: tuple[str | None, ...],
        filters: Filters = EVERYTHING,
    ) -> dict[str | None, tuple[float, ...]]:
        cut = self._buckets(period, unit)
        with self._store.snapshot() as snapshot:
            return over_time.trends(snapshot, period.range, cut, dimension, parts, filters)

    @kept
    def rates_over_time(self, period: Period, unit: BucketUnit, filters: Filters = EVERYTHING) -> Rates:
        cut = self._buckets(period, unit)
        with self._store.snapshot() as snapshot:
            return over_time.rates(snapshot, period.range, unit, cut, filters)

    @kept
    def caching(self, period: Period, unit: BucketUnit, filters: Filters = EVERYTHING) -> Caching:
        cut = self._buckets(period, unit)
        with self._store.snapshot() as snapshot:
            return list_prices.caching(snapshot, period.range, unit, cut, self._prices, filters)

    @kept
    def hours_of_week(self, period: Period, filters: Filters = EVERYTHING) -> HoursOfWeek:
        with self._store.snapshot() as snapshot:
            return over_time.hours_of_week(snapshot, period, filters)

    @kept
    def conversation_costs(self, period: Period, filters: Filters = EVERYTHING) -> ConversationCosts:
        with self._store.snapshot() as snapshot:
            return cost_spread.conversation_costs(snapshot, period.range, filters)

    @kept
    def concentration(self, period: Period, filters: Filters = EVERYTHING) -> Concentration:
        with self._store.snapshot() as snapshot:
            return cost_spread.concentration(snapshot, period.range, filters)

    @kept
    def user(self, user: str, scope: Scope | None = None) -> User | None:
        with self._store.snapshot() as snapshot:
            return labels.user(snapshot, user, scope)

    @kept
    def agent(self, agent: str, tenant: str | None = None) -> Agent | None:
        with self._store.snapshot() as snapshot:
            return labels.agent(snapshot, agent, tenant)

    @kept
    def filter_values(self, scope: Scope | None = None) -> dict[str, tuple[FilterValue, ...]]:
        with self._store.snapshot() as snapshot:
            return labels.filter_values(snapshot, scope)

    @kept
    def counters(self) -> Counters:
        with self._store.snapshot() as snapshot:
            return totals.counters(snapshot)

    def _answered(self, asked: Asked[T]) -> T:
        return asked.of(self)

    def _buckets(self, period: Period, unit: BucketUnit) -> list[Bucket]:
        return buckets(period, unit, now=self.now())
