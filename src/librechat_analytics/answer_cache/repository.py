"""The repository that keeps its answers: each request goes to the present edition."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar, TypeVarTuple, Unpack

from librechat_analytics.answer_cache.editions import Editions
from librechat_analytics.answer_cache.kept import KeptAnswers
from librechat_analytics.answer_cache.requests import Request
from librechat_analytics.usage.filters import EVERYTHING
from librechat_analytics.usage.matching import KINDS
from librechat_analytics.usage.repository import StoreRepository, no_rules, utc_now

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date, datetime

    from flask import Flask

    from librechat_analytics.store.interface import Reader
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
    from librechat_analytics.usage.assigned_snapshot import Assignments
    from librechat_analytics.usage.changes import Changes
    from librechat_analytics.usage.cost_center_list import CostCenters
    from librechat_analytics.usage.cost_center_rules import CostCenterRules
    from librechat_analytics.usage.daily_costs import DailyBy, DailyCosts, Days
    from librechat_analytics.usage.daily_parts import Inside, PartKind
    from librechat_analytics.usage.filters import Filters, Scope
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
    from librechat_analytics.usage.periods import BucketUnit, Period, TimeRange
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


class CachedRepository:
    """Keeps the answers of a ``StoreRepository``; ``usage.questions`` describes the methods."""

    def __init__(
        self,
        store: Reader,
        app: Flask,
        *,
        source: Callable[[], SourceReport],
        prices: PriceList | None = None,
        clock: Callable[[], datetime] = utc_now,
        seconds: Callable[[], float] = time.monotonic,
        rules: Callable[[], CostCenterRules | None] = no_rules,
        assignments: Assignments | None = None,
    ) -> None:
        kept = KeptAnswers(app, seconds=seconds)
        self._editions = Editions(
            kept,
            store,
            source=source,
            prices=prices,
            clock=clock,
            seconds=seconds,
            rules=rules,
            assignments=assignments,
        )

    def close(self) -> None:
        """Stop preparing answers; call this before the store closes."""
        self._editions.close()

    @property
    def version(self) -> int:
        """The version of the store that its answers are of."""
        return self._editions.current().version

    def _answer(self, method: Callable[[StoreRepository, Unpack[Arguments]], T], *arguments: *Arguments) -> T:
        return self._editions.current().answer(Request(method, arguments))

    def ask(self, question: Callable[[Repository, Unpack[Arguments]], T], *arguments: *Arguments) -> T:
        return self._answer(question, *arguments)

    def now(self) -> datetime:
        return self._editions.current().now

    def freshness(self) -> Freshness:
        return self._editions.current().freshness()

    def first_usage(self, scope: Scope | None = None) -> datetime | None:
        return self._answer(StoreRepository.first_usage, scope)

    def unmatched(self, filters: Filters) -> tuple[str, ...]:
        return self._answer(StoreRepository.unmatched, filters) if filters.given() else ()

    def summary(self, period: Period, filters: Filters = EVERYTHING) -> Summary:
        return self._answer(StoreRepository.summary, period, filters)

    def quality(self, period: Period, filters: Filters = EVERYTHING) -> QualityReport:
        return self._answer(StoreRepository.quality, period, filters)

    def unpriced_models(self, time_range: TimeRange) -> tuple[UnpricedModel, ...]:
        return self._answer(StoreRepository.unpriced_models, time_range)

    def price_check(self, period: Period, filters: Filters = EVERYTHING) -> PriceCheck | None:
        return self._answer(StoreRepository.price_check, period, filters)

    def top_users(self, period: Period, listing: Listing, filters: Filters = EVERYTHING) -> Ranking[UserRow]:
        return self._answer(StoreRepository.top_users, period, listing, filters)

    def top_models(
        self, period: Period, listing: Listing, filters: Filters = EVERYTHING
    ) -> Ranking[ModelRow]:
        return self._answer(StoreRepository.top_models, period, listing, filters)

    def top_agents(self, period: Period, listing: Listing, filters: Filters = EVERYTHING) -> AgentRanking:
        return self._answer(StoreRepository.top_agents, period, listing, filters)

    def top(
        self, period: Period, dimension: Dimension, limit: int, filters: Filters = EVERYTHING
    ) -> Ranking[TopRow]:
        return self._answer(StoreRepository.top, period, dimension, limit, filters)

    def cost_breakdown(
        self, period: Period, listing: Listing, filters: Filters = EVERYTHING
    ) -> Ranking[ModelCostRow]:
        return self._answer(StoreRepository.cost_breakdown, period, listing, filters)

    def what_changed(
        self, period: Period, by: ChangeBy, limit: int, filters: Filters = EVERYTHING
    ) -> Changes:
        return self._answer(StoreRepository.what_changed, period, by, limit, filters)

    def breakdown(
        self, period: Period, by: Attribute, listing: Listing, filters: Filters = EVERYTHING
    ) -> Breakdown:
        return self._answer(StoreRepository.breakdown, period, by, listing, filters)

    def cost_centers(
        self, period: Period, listing: Listing, filters: Filters = EVERYTHING
    ) -> CostCenters | None:
        return self._answer(StoreRepository.cost_centers, period, listing, filters)

    def user_models(self, period: Period, filters: Filters = EVERYTHING) -> tuple[UserModelRow, ...]:
        return self._answer(StoreRepository.user_models, period, filters)

    def usage_over_time(
        self,
        period: Period,
        unit: BucketUnit,
        filters: Filters = EVERYTHING,
        split: SplitBy | None = None,
    ) -> Timeline:
        return self._answer(StoreRepository.usage_over_time, period, unit, filters, split)

    def spent_over_time(self, period: Period, unit: BucketUnit, filters: Filters = EVERYTHING) -> Timeline:
        return self._answer(StoreRepository.spent_over_time, period, unit, filters)

    def spent_before_over_time(
        self, period: Period, unit: BucketUnit, filters: Filters = EVERYTHING
    ) -> Timeline | None:
        return self._answer(StoreRepository.spent_before_over_time, period, unit, filters)

    def daily_costs(self, days: Days, by: DailyBy | None = None, filters: Filters = EVERYTHING) -> DailyCosts:
        return self._answer(StoreRepository.daily_costs, days, by, filters)

    def large_daily_costs(
        self, days: Days, since: date, least_usd: float, filters: Filters = EVERYTHING
    ) -> Mapping[PartKind, DailyCosts]:
        return self._answer(StoreRepository.large_daily_costs, days, since, least_usd, filters)

    def daily_costs_inside(
        self, wanted: tuple[Inside, ...], filters: Filters = EVERYTHING
    ) -> tuple[DailyCosts, ...]:
        return self._answer(StoreRepository.daily_costs_inside, wanted, filters)

    def usual_costs(
        self, period: Period, unit: BucketUnit, filters: Filters = EVERYTHING
    ) -> tuple[Usual | None, ...]:
        return self._answer(StoreRepository.usual_costs, period, unit, filters)

    def split_over_time(
        self, period: Period, unit: BucketUnit, dimension: SplitBy, filters: Filters = EVERYTHING
    ) -> Split:
        return self._answer(StoreRepository.split_over_time, period, unit, dimension, filters)

    def trends(
        self,
        period: Period,
        unit: BucketUnit,
        dimension: TrendOf,
        parts: tuple[str | None, ...],
        filters: Filters = EVERYTHING,
    ) -> Mapping[str | None, tuple[float, ...]]:
        return self._answer(StoreRepository.trends, period, unit, dimension, parts, filters)

    def rates_over_time(self, period: Period, unit: BucketUnit, filters: Filters = EVERYTHING) -> Rates:
        return self._answer(StoreRepository.rates_over_time, period, unit, filters)

    def caching(self, period: Period, unit: BucketUnit, filters: Filters = EVERYTHING) -> Caching:
        return self._answer(StoreRepository.caching, period, unit, filters)

    def hours_of_week(self, period: Period, filters: Filters = EVERYTHING) -> HoursOfWeek:
        return self._answer(StoreRepository.hours_of_week, period, filters)

    def conversation_costs(self, period: Period, filters: Filters = EVERYTHING) -> ConversationCosts:
        return self._answer(StoreRepository.conversation_costs, period, filters)

    def concentration(self, period: Period, filters: Filters = EVERYTHING) -> Concentration:
        return self._answer(StoreRepository.concentration, period, filters)

    def subject_costs(
        self, edges: Edges, by: SubjectBy | None, filters: Filters = EVERYTHING
    ) -> tuple[SubjectCosts, ...]:
        return self._answer(StoreRepository.subject_costs, edges, by, filters)

    def crossings(
        self, edges: Edges, by: SubjectBy | None, limits: tuple[Limit, ...], filters: Filters = EVERYTHING
    ) -> tuple[datetime | None, ...]:
        return self._answer(StoreRepository.crossings, edges, by, limits, filters)

    def user(self, user: str, scope: Scope | None = None) -> User | None:
        return self._answer(StoreRepository.user, user, scope)

    def agent(self, agent: str, tenant: str | None = None) -> Agent | None:
        return self._answer(StoreRepository.agent, agent, tenant)

    def find(
        self, text: str, limit: int, scope: Scope | None = None, kinds: tuple[Kind, ...] = KINDS
    ) -> tuple[Hit, ...]:
        # Not remembered for the next edition: somebody who types asks for each text once.
        request = Request(StoreRepository.find, (text, limit, scope, kinds))
        return self._editions.current().prepare(request).answer

    def filter_values(self, scope: Scope | None = None) -> Mapping[str, tuple[FilterValue, ...]]:
        return self._answer(StoreRepository.filter_values, scope)

    def counters(self) -> Counters:
        return self._answer(StoreRepository.counters)
