"""The repository that reads its answers from the store, each from one snapshot."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar, TypeVarTuple, Unpack

from librechat_analytics.usage import (
    breakdown,
    changes,
    cost_center_list,
    cost_spread,
    daily_costs,
    daily_parts,
    findings,
    labels,
    list_prices,
    matching,
    over_time,
    rankings,
    subject_costs,
    totals,
    usual,
)
from librechat_analytics.usage.assigned_snapshot import AssignedSnapshot, Assignments
from librechat_analytics.usage.filters import EVERYTHING, Filters, Scope
from librechat_analytics.usage.freshness import freshness
from librechat_analytics.usage.periods import Bucket, Period, buckets
from librechat_analytics.usage.weekdays import comparable_range

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from librechat_analytics.store.interface import Reader, Snapshot
    from librechat_analytics.usage.answers import (
        Agent,
        Concentration,
        ConversationCosts,
        Counters,
        FilterValue,
        Freshness,
        PriceCheck,
        SourceReport,
        Summary,
        User,
    )
    from librechat_analytics.usage.changes import Changes
    from librechat_analytics.usage.cost_center_list import CostCenters
    from librechat_analytics.usage.cost_center_rules import CostCenterRules
    from librechat_analytics.usage.daily_costs import DailyBy, DailyCosts, Days
    from librechat_analytics.usage.daily_parts import Inside, PartKind
    from librechat_analytics.usage.list_answers import (
        AgentRanking,
        Breakdown,
        ModelCostRow,
        ModelRow,
        Ranking,
        TopRow,
        UserModelRow,
        UserRow,
    )
    from librechat_analytics.usage.listing import Listing
    from librechat_analytics.usage.matching import Hit, Kind
    from librechat_analytics.usage.periods import BucketUnit, TimeRange
    from librechat_analytics.usage.prices import PriceList
    from librechat_analytics.usage.quality import QualityReport, UnpricedModel
    from librechat_analytics.usage.questions import (
        Attribute,
        ChangeBy,
        Dimension,
        Repository,
        SplitBy,
        TrendOf,
    )
    from librechat_analytics.usage.subject_costs import Edges, Limit, SubjectBy, SubjectCosts
    from librechat_analytics.usage.timeline_answers import Caching, HoursOfWeek, Rates, Split, Timeline
    from librechat_analytics.usage.usual import Usual

Arguments = TypeVarTuple("Arguments")
T = TypeVar("T")


def utc_now() -> datetime:
    """Read the clock."""
    return datetime.now(UTC)


def no_rules() -> CostCenterRules | None:
    """Return None: there are no cost centres."""
    return None


class StoreRepository:
    """Reads every answer from the store; ``usage.questions`` describes the methods."""

    def __init__(
        self,
        store: Reader,
        *,
        source: Callable[[], SourceReport],
        prices: PriceList | None = None,
        clock: Callable[[], datetime] = utc_now,
        fixed_now: datetime | None = None,
        rules: Callable[[], CostCenterRules | None] = no_rules,
        assignments: Assignments | None = None,
    ) -> None:
        """Read from a store; ``fixed_now`` is the present instead of the clock's.

        ``rules`` are those of cost centres. Repositories that read the same store can share ``assignments``,
        so that who pays is computed once.
        """
        self._store = store
        self._prices = prices
        self._source = source
        self._clock = clock
        self._fixed_now = fixed_now
        self._rules = rules
        self._assignments = assignments or Assignments()

    @contextmanager
    def _snapshot(self) -> Iterator[Snapshot]:
        with self._store.snapshot() as snapshot:
            yield AssignedSnapshot(snapshot, self._rules(), self._assignments)

    def ask(self, question: Callable[[Repository, Unpack[Arguments]], T], *arguments: *Arguments) -> T:
        return question(self, *arguments)

    def now(self) -> datetime:
        if self._fixed_now is not None:
            return self._fixed_now
        now = self._clock()
        return min(now, max(now.replace(second=0, microsecond=0), self._store.changed_at))

    def freshness(self) -> Freshness:
        return freshness(self._store, self._store.state(), self._source())

    def first_usage(self, scope: Scope | None = None) -> datetime | None:
        with self._snapshot() as snapshot:
            return totals.first_usage(snapshot, scope)

    def unmatched(self, filters: Filters) -> tuple[str, ...]:
        with self._snapshot() as snapshot:
            return labels.unmatched(snapshot, filters)

    def summary(self, period: Period, filters: Filters = EVERYTHING) -> Summary:
        with self._snapshot() as snapshot:
            return totals.summary(snapshot, period, filters)

    def quality(self, period: Period, filters: Filters = EVERYTHING) -> QualityReport:
        with self._snapshot() as snapshot:
            return findings.quality_report(snapshot, period.range, filters, now=self.now())

    def unpriced_models(self, time_range: TimeRange) -> tuple[UnpricedModel, ...]:
        with self._snapshot() as snapshot:
            return findings.unpriced_models(snapshot, time_range)

    def price_check(self, period: Period, filters: Filters = EVERYTHING) -> PriceCheck | None:
        if self._prices is None:
            return None
        with self._snapshot() as snapshot:
            return list_prices.price_check(snapshot, period.range, self._prices, filters)

    def top_users(self, period: Period, listing: Listing, filters: Filters = EVERYTHING) -> Ranking[UserRow]:
        with self._snapshot() as snapshot:
            return rankings.top_users(snapshot, period, listing, filters, now=self.now())

    def top_models(
        self, period: Period, listing: Listing, filters: Filters = EVERYTHING
    ) -> Ranking[ModelRow]:
        with self._snapshot() as snapshot:
            return rankings.top_models(snapshot, period, listing, filters, now=self.now())

    def top_agents(self, period: Period, listing: Listing, filters: Filters = EVERYTHING) -> AgentRanking:
        with self._snapshot() as snapshot:
            return rankings.top_agents(snapshot, period, listing, filters, now=self.now())

    def top(
        self, period: Period, dimension: Dimension, limit: int, filters: Filters = EVERYTHING
    ) -> Ranking[TopRow]:
        with self._snapshot() as snapshot:
            return rankings.top(snapshot, period.range, dimension, limit, filters)

    def cost_breakdown(
        self, period: Period, listing: Listing, filters: Filters = EVERYTHING
    ) -> Ranking[ModelCostRow]:
        with self._snapshot() as snapshot:
            return rankings.cost_breakdown(snapshot, period, listing, filters, now=self.now())

    def what_changed(
        self, period: Period, by: ChangeBy, limit: int, filters: Filters = EVERYTHING
    ) -> Changes:
        with self._snapshot() as snapshot:
            return changes.what_changed(snapshot, period, by, limit, filters)

    def breakdown(
        self, period: Period, by: Attribute, listing: Listing, filters: Filters = EVERYTHING
    ) -> Breakdown:
        with self._snapshot() as snapshot:
            return breakdown.breakdown(snapshot, period, by, listing, filters, now=self.now())

    def cost_centers(
        self, period: Period, listing: Listing, filters: Filters = EVERYTHING
    ) -> CostCenters | None:
        if self._rules() is None:
            return None
        with self._snapshot() as snapshot:
            return cost_center_list.cost_centers(snapshot, period, listing, filters, now=self.now())

    def user_models(self, period: Period, filters: Filters = EVERYTHING) -> tuple[UserModelRow, ...]:
        with self._snapshot() as snapshot:
            return rankings.user_models(snapshot, period.range, filters)

    def usage_over_time(
        self,
        period: Period,
        unit: BucketUnit,
        filters: Filters = EVERYTHING,
        split: SplitBy | None = None,
    ) -> Timeline:
        cut = self._buckets(period, unit)
        with self._snapshot() as snapshot:
            timeline = over_time.usage(snapshot, period.range, unit, cut, filters)
            if split is None:
                return timeline
            parts = over_time.split(snapshot, period.range, unit, cut, split, filters)
            return over_time.with_parts(timeline, parts)

    def spent_over_time(self, period: Period, unit: BucketUnit, filters: Filters = EVERYTHING) -> Timeline:
        cut = self._buckets(period, unit)
        with self._snapshot() as snapshot:
            return over_time.spent(snapshot, period.range, unit, cut, filters)

    def spent_before_over_time(
        self, period: Period, unit: BucketUnit, filters: Filters = EVERYTHING
    ) -> Timeline | None:
        comparable = comparable_range(period, unit)
        if comparable is None:
            return None
        before = Period("custom", comparable, None, period.zone)
        cut = self._buckets(before, unit)
        with self._snapshot() as snapshot:
            return over_time.spent(snapshot, before.range, unit, cut, filters)

    def daily_costs(self, days: Days, by: DailyBy | None = None, filters: Filters = EVERYTHING) -> DailyCosts:
        with self._snapshot() as snapshot:
            return daily_costs.daily_costs(snapshot, days, by, filters, now=self.now())

    def large_daily_costs(
        self, days: Days, since: date, least_usd: float, filters: Filters = EVERYTHING
    ) -> dict[PartKind, DailyCosts]:
        with self._snapshot() as snapshot:
            return daily_parts.large_daily_costs(snapshot, days, since, least_usd, filters, now=self.now())

    def daily_costs_inside(
        self, wanted: tuple[Inside, ...], filters: Filters = EVERYTHING
    ) -> tuple[DailyCosts, ...]:
        with self._snapshot() as snapshot:
            return daily_parts.daily_costs_inside(snapshot, wanted, filters, now=self.now())

    def usual_costs(
        self, period: Period, unit: BucketUnit, filters: Filters = EVERYTHING
    ) -> tuple[Usual | None, ...]:
        cut = self._buckets(period, unit)
        with self._snapshot() as snapshot:
            as_of = self.freshness().as_of
            until = self.now() if as_of is None else min(as_of, self.now())
            return usual.usual_costs(snapshot, period, cut, until, filters)

    def split_over_time(
        self, period: Period, unit: BucketUnit, dimension: SplitBy, filters: Filters = EVERYTHING
    ) -> Split:
        cut = self._buckets(period, unit)
        with self._snapshot() as snapshot:
            return over_time.split(snapshot, period.range, unit, cut, dimension, filters)

    def trends(
        self,
        period: Period,
        unit: BucketUnit,
        dimension: TrendOf,
        parts: tuple[str | None, ...],
        filters: Filters = EVERYTHING,
    ) -> dict[str | None, tuple[float, ...]]:
        cut = self._buckets(period, unit)
        with self._snapshot() as snapshot:
            return over_time.trends(snapshot, period.range, cut, dimension, parts, filters)

    def rates_over_time(self, period: Period, unit: BucketUnit, filters: Filters = EVERYTHING) -> Rates:
        cut = self._buckets(period, unit)
        with self._snapshot() as snapshot:
            return over_time.rates(snapshot, period.range, unit, cut, filters)

    def caching(self, period: Period, unit: BucketUnit, filters: Filters = EVERYTHING) -> Caching:
        cut = self._buckets(period, unit)
        with self._snapshot() as snapshot:
            return list_prices.caching(snapshot, period.range, unit, cut, self._prices, filters)

    def hours_of_week(self, period: Period, filters: Filters = EVERYTHING) -> HoursOfWeek:
        with self._snapshot() as snapshot:
            return over_time.hours_of_week(snapshot, period, filters)

    def conversation_costs(self, period: Period, filters: Filters = EVERYTHING) -> ConversationCosts:
        with self._snapshot() as snapshot:
            return cost_spread.conversation_costs(snapshot, period.range, filters)

    def concentration(self, period: Period, filters: Filters = EVERYTHING) -> Concentration:
        with self._snapshot() as snapshot:
            return cost_spread.concentration(snapshot, period.range, filters)

    def subject_costs(
        self, edges: Edges, by: SubjectBy | None, filters: Filters = EVERYTHING
    ) -> tuple[SubjectCosts, ...]:
        with self._snapshot() as snapshot:
            return subject_costs.subject_costs(snapshot, edges, by, filters)

    def crossings(
        self, edges: Edges, by: SubjectBy | None, limits: tuple[Limit, ...], filters: Filters = EVERYTHING
    ) -> tuple[datetime | None, ...]:
        with self._snapshot() as snapshot:
            return subject_costs.crossings(snapshot, edges, by, limits, filters)

    def user(self, user: str, scope: Scope | None = None) -> User | None:
        with self._snapshot() as snapshot:
            return labels.user(snapshot, user, scope)

    def agent(self, agent: str, tenant: str | None = None) -> Agent | None:
        with self._snapshot() as snapshot:
            return labels.agent(snapshot, agent, tenant)

    def find(
        self, text: str, limit: int, scope: Scope | None = None, kinds: tuple[Kind, ...] = matching.KINDS
    ) -> tuple[Hit, ...]:
        with self._snapshot() as snapshot:
            return matching.find(snapshot, text, limit, scope, kinds)

    def filter_values(self, scope: Scope | None = None) -> dict[str, tuple[FilterValue, ...]]:
        with self._snapshot() as snapshot:
            return labels.filter_values(snapshot, scope)

    def counters(self) -> Counters:
        with self._snapshot() as snapshot:
            return totals.counters(snapshot)

    def _buckets(self, period: Period, unit: BucketUnit) -> list[Bucket]:
        return buckets(period, unit, now=self.now())
