"""The answers that one rendering of a view needs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from threading import Lock
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, Protocol, TypeVar, overload

from librechat_analytics.dashboard.list_query import listing_of
from librechat_analytics.finops.alert_list import AlertList
from librechat_analytics.finops.anomalies import anomalies_of
from librechat_analytics.finops.budget_paths import budget_path
from librechat_analytics.finops.budgets import budget_history, budget_states
from librechat_analytics.finops.currency import cost_in_currency
from librechat_analytics.finops.period_forecast import FORECAST_PERIODS, forecast
from librechat_analytics.usage.answers import Agent
from librechat_analytics.usage.cost_center_list import NO_COST_CENTERS
from librechat_analytics.usage.filters import NONE, UNKNOWN, Filters
from librechat_analytics.usage.list_answers import ALL_ENTRIES
from librechat_analytics.usage.listing import WHOLE_LIST, Listing
from librechat_analytics.usage.periods import Period, TimeRange, default_bucket, parse_period, this_month
from librechat_analytics.usage.weekdays import comparable_range

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from librechat_analytics.dashboard.query import PageQuery
    from librechat_analytics.finops.alert_list import AlertReader, ReceiverRow
    from librechat_analytics.finops.anomalies import Anomaly
    from librechat_analytics.finops.budget_paths import BudgetPath
    from librechat_analytics.finops.budgets import BudgetState
    from librechat_analytics.finops.currency import Converted
    from librechat_analytics.finops.definitions import Definitions
    from librechat_analytics.finops.period_forecast import Forecast
    from librechat_analytics.usage.answers import (
        Concentration,
        ConversationCosts,
        FilterValue,
        PriceCheck,
        Summary,
        User,
    )
    from librechat_analytics.usage.changes import Changes
    from librechat_analytics.usage.cost_center_list import CostCenters
    from librechat_analytics.usage.list_answers import (
        AgentRanking,
        Breakdown,
        ModelCostRow,
        ModelRow,
        Ranking,
        TopRow,
        UserRow,
    )
    from librechat_analytics.usage.periods import BucketUnit
    from librechat_analytics.usage.quality import QualityReport
    from librechat_analytics.usage.questions import Dimension, Repository, TrendOf
    from librechat_analytics.usage.timeline_answers import Caching, HoursOfWeek, Rates, Split, Timeline
    from librechat_analytics.usage.usual import Usual

T = TypeVar("T")


RowOut = TypeVar("RowOut", covariant=True)


class ListPart(Protocol[RowOut]):
    """The rows of a list that the address asks for, and what is known of the whole list; see ``Ranking``."""

    @property
    def rows(self) -> Sequence[RowOut]: ...
    @property
    def total(self) -> int: ...
    @property
    def matched(self) -> int: ...
    @property
    def highest_share(self) -> float: ...


AnyPart = TypeVar("AnyPart", bound=ListPart[object])


class SoFar(NamedTuple):
    """What some hours cost in US dollars, and what is usual in them; None if that is not known."""

    cost_usd: float
    usual: Usual | None


class Once(Generic[T]):
    """A property of ``PageData`` whose query runs once.

    Panels run on several threads; one that needs an answer that another one is waiting for waits too. A query
    that fails runs again for the next panel.
    """

    def __init__(self, query: Callable[[PageData], T]) -> None:
        self._query = query
        self.__doc__ = query.__doc__

    @overload
    def __get__(self, data: None, owner: type[PageData]) -> Once[T]: ...
    @overload
    def __get__(self, data: PageData, owner: type[PageData]) -> T: ...
    def __get__(self, data: PageData | None, owner: type[PageData]) -> Once[T] | T:
        return self if data is None else data.once(self._query)


class PageData:
    """The answers about one request's period and filters; all panels of the view share them."""

    def __init__(
        self,
        repository: Repository,
        query: PageQuery,
        *,
        now: datetime,
        is_for_file: bool = False,
        definitions: Definitions | None = None,
        definitions_problem: str | None = None,
        alert_reader: AlertReader | None = None,
    ) -> None:
        """Make data that has no answers yet.

        ``is_for_file``: lists have all their entries. ``definitions``: what the definitions file says, None
        without one. ``definitions_problem``: why its present content cannot be used. ``alert_reader``: reads
        alerts, where there is a definitions file.
        """
        self._repository = repository
        self._listing = listing_of(query, is_for_file=is_for_file)
        self._lock = Lock()
        self._locks: dict[object, Lock] = {}
        self._answers: dict[object, Any] = {}
        self.query = query
        self.definitions = definitions
        self.definitions_problem = definitions_problem
        self._alert_reader = alert_reader
        self.now = now
        # Read this first, so that no figure is older than the page says.
        self.freshness = repository.freshness()

    def once(self, query: Callable[[PageData], T]) -> T:
        """Give the answer of a query, which runs only the first time."""
        return self._kept(query, lambda: query(self))

    def _kept(self, question: object, ask: Callable[[], T]) -> T:
        with self._lock:
            lock = self._locks.setdefault(question, Lock())
        with lock:
            if question not in self._answers:
                self._answers[question] = ask()
            answer: T = self._answers[question]
            return answer

    @property
    def period(self) -> Period:
        return self.query.period

    @property
    def filters(self) -> Filters:
        return self.query.filters

    @property
    def unit(self) -> BucketUnit:
        """Give the unit of buckets that shows the period best."""
        return default_bucket(self.period.range)

    @Once
    def first_usage(self) -> datetime | None:
        return self._repository.first_usage(self.filters.scope)

    @Once
    def summary(self) -> Summary:
        return self._repository.summary(self.period, self.filters)

    @Once
    def whole(self) -> Summary:
        """Give the summary without the page's subject, which is a part of it."""
        if self.query.subject is None:
            return self.summary
        return self._repository.summary(self.period, self.filters.replacing(self.query.subject))

    def recorded_of(self, provider: str) -> float:
        """Give the cost of one provider, in US dollars."""
        filters = self.filters.replacing("provider", provider)
        return self._repository.summary(self.period, filters).totals.cost_usd

    @Once
    def timeline(self) -> Timeline:
        return self._repository.spent_over_time(self.period, self.unit, self.filters)

    @Once
    def counted_timeline(self) -> Timeline:
        """Give the timeline with users and conversations, which only files show."""
        return self._repository.usage_over_time(self.period, self.unit, self.filters)

    @property
    def range_before_over_time(self) -> TimeRange | None:
        """Give the range that ``timeline_before`` is about."""
        return comparable_range(self.period, self.unit)

    @Once
    def timeline_before(self) -> Timeline | None:
        """Give the timeline to draw over the period's own; None where it is compared with nothing."""
        return self._repository.spent_before_over_time(self.period, self.unit, self.filters)

    @Once
    def usual_costs(self) -> Sequence[Usual | None]:
        """Give what each bucket of the timeline usually costs by now; None where that is not known."""
        return self._repository.usual_costs(self.period, self.unit, self.filters)

    @property
    def known_until(self) -> datetime:
        """Give the instant up to which the figures are complete, at most the present."""
        as_of = self.freshness.as_of
        return self.now if as_of is None else min(self.now, as_of)

    @property
    def query_of_today(self) -> PageQuery:
        """Give the reader's query with today as its period, for links."""
        shared = {name: values for name, values in self.query.shared.items() if name not in ("start", "end")}
        return replace(self.query, period=self._today, shared=shared | {"period": ("today",)})

    @property
    def _today(self) -> Period:
        return parse_period("today", None, None, self.period.zone, now=self.now, first_usage=None)

    @Once
    def today(self) -> SoFar:
        """Give what today cost in the period's zone, whatever the period."""
        return self._so_far(self._today)

    @Once
    def last_hour(self) -> SoFar:
        """Give what the last hour that the figures reach cost."""
        hour = TimeRange(self.known_until - timedelta(hours=1), self.known_until)
        return self._so_far(Period("custom", hour, None, self.period.zone))

    def _so_far(self, period: Period) -> SoFar:
        points = self._repository.spent_over_time(period, "day", self.filters).points
        usual = self._repository.usual_costs(period, "day", self.filters)
        # An hour before and after midnight is in two days.
        return SoFar(sum(point.cost_usd for point in points), usual[0] if len(usual) == 1 else None)

    @Once
    def in_currency(self) -> Converted | None:
        """Give the period's cost in the currency of the definitions; None where they have none for it."""
        return self._converted(self.period, self.filters)

    def spent_in_currency(self, state: BudgetState) -> Converted | None:
        """Give what is spent of a budget in the currency of the definitions; None where they have none."""
        where = state.budget.where.given()
        if state.each is not None and state.key is not None:
            where |= {str(state.each): (state.key,)}
        return self._converted(state.period, Filters.of(where, self.filters.scope))

    def _converted(self, period: Period, filters: Filters) -> Converted | None:
        currency = self.definitions.currency if self.definitions else None
        return cost_in_currency(self._repository, currency, period, filters)

    @Once
    def forecast(self) -> Forecast:
        """Give what the period is expected to cost by its end; what this month is, if it has no such end."""
        period = self.period
        if period.name not in FORECAST_PERIODS:
            period = this_month(period.zone, self.now)
        return self._repository.ask(forecast, period, self.filters)

    def top_today(self, length: int) -> Ranking[TopRow]:
        """Give the users with the highest cost today."""
        return self._repository.top(self._today, "user", length, self.filters)

    @Once
    def split(self) -> Split | None:
        """Give the timeline split as the reader has chosen; None without a split."""
        if self.query.split is None:
            return None
        return self._repository.split_over_time(self.period, self.unit, self.query.split, self.filters)

    def changes(self, length: int) -> Changes:
        """Give what changed since the previous period, by what the reader has chosen."""
        return self._repository.what_changed(self.period, self.query.by, length, self.filters)

    @Once
    def all_changes(self) -> Changes:
        return self.changes(ALL_ENTRIES)

    def trends(self, dimension: TrendOf, parts: Iterable[str | None]) -> Mapping[str | None, Sequence[float]]:
        """Give the cost of each bucket in US dollars, for users and agents by id, for others by name."""
        return self._repository.trends(self.period, self.unit, dimension, tuple(parts), self.filters)

    @Once
    def anomalies(self) -> Sequence[Anomaly]:
        """Give the days that cost far more than expected, without what is the same as the total."""
        found = anomalies_of(self._repository, self.period, self.filters, self.definitions)
        return tuple(one for one in found if self.filters.only(one.kind) is None)

    @Once
    def hours_of_week(self) -> HoursOfWeek:
        return self._repository.hours_of_week(self.period, self.filters)

    @Once
    def conversation_costs(self) -> ConversationCosts:
        return self._repository.conversation_costs(self.period, self.filters)

    @Once
    def concentration(self) -> Concentration:
        return self._repository.concentration(self.period, self.filters)

    @Once
    def caching(self) -> Caching:
        return self._repository.caching(self.period, self.unit, self.filters)

    @Once
    def rates(self) -> Rates:
        return self._repository.rates_over_time(self.period, self.unit, self.filters)

    @Once
    def report(self) -> QualityReport:
        return self._repository.quality(self.period, self.filters)

    @Once
    def price_check(self) -> PriceCheck | None:
        return self._repository.price_check(self.period, self.filters)

    @Once
    def user(self) -> User | None:
        """Give the only user of the filter; None without one, or if the reader may not see the user."""
        chosen = self.filters.only("user")
        return None if chosen is None else self.user_of(chosen)

    def user_of(self, user: str) -> User | None:
        """Give the user of a filter's value; None if it is no user whom the reader may see."""
        if user == NONE:
            return None
        return self._kept(("user", user), lambda: self._repository.user(user, self.filters.scope))

    @Once
    def agent(self) -> Agent | None:
        """Give the only agent of the filter; None without one, or if the reader may not see the agent."""
        chosen = self.filters.only("agent")
        return None if chosen is None else self.agent_of(chosen)

    def agent_of(self, agent: str) -> Agent | None:
        """Give the agent of a filter's value; None if it is no agent that the reader may see.

        A reader with a scope sees only agents that their users have used in the period.
        """
        if agent in (NONE, UNKNOWN):
            return None
        return self._kept(("agent", agent), lambda: self._agent(agent))

    def _agent(self, agent: str) -> Agent | None:
        scope = self.filters.scope
        if scope is None:
            return self._repository.agent(agent, self.filters.only("tenant"))
        rows = self._repository.top_agents(self.period, Listing(1), Filters(agent=(agent,), scope=scope)).rows
        return next((Agent(row.id, row.name, row.model, row.provider, row.deleted) for row in rows), None)

    @Once
    def filter_values(self) -> Mapping[str, Sequence[FilterValue]]:
        """Give the values that provider, context, role, domain, group and tenant can have."""
        return self._repository.filter_values(self.filters.scope)

    @Once
    def budgets(self) -> tuple[BudgetState, ...]:
        """Give the budgets in their running periods; none without a definitions file."""
        if self.definitions is None:
            return ()
        return self._repository.ask(budget_states, self.definitions, self.filters.scope)

    @Once
    def budget_history(self) -> tuple[BudgetState, ...]:
        """Give the last periods of the budget that the page is about; none where it is about no known one."""
        name, key = self.query.budget, self.query.budget_key
        if self.definitions is None or not name:
            return ()
        scope = self.filters.scope
        return self._repository.ask(budget_history, self.definitions, name, key, scope) or ()

    def unmatched(self, filters: Filters) -> tuple[str, ...]:
        """Name the parameters of filters none of whose values was ever recorded."""
        return self._repository.unmatched(filters)

    def budget_path(self, state: BudgetState) -> BudgetPath:
        """Give what is left of a budget from day to day."""
        return budget_path(self._repository, state, self.filters.scope)

    def top(self, dimension: Dimension, length: int) -> Ranking[TopRow]:
        """Give the first users, models or agents, for a short list."""
        return self._repository.top(self.period, dimension, length, self.filters)

    @Once
    def alerts(self) -> AlertList:
        """Give the newest alerts that the reader may see, those that last first."""
        if self._alert_reader is None:
            return AlertList((), 0)
        scope = self.filters.scope
        return self._alert_reader.alerts(self._repository, self.definitions, now=self.now, scope=scope)

    @Once
    def receivers(self) -> Sequence[ReceiverRow]:
        """Give the receivers of messages; a reader with a scope sees none."""
        if self._alert_reader is None or self.definitions is None or self.filters.scope is not None:
            return ()
        return self._alert_reader.receivers(self.definitions)

    @Once
    def users(self) -> Ranking[UserRow]:
        """Give the part of the list of users that the address asks for."""
        return self._part(lambda listing: self._repository.top_users(self.period, listing, self.filters))

    @Once
    def models(self) -> Ranking[ModelRow]:
        """Give the part of the list of models that the address asks for."""
        return self._part(lambda listing: self._repository.top_models(self.period, listing, self.filters))

    @Once
    def agents(self) -> AgentRanking:
        """Give the part of the list of agents that the address asks for."""
        return self._part(lambda listing: self._repository.top_agents(self.period, listing, self.filters))

    @Once
    def breakdown(self) -> Breakdown:
        """Give the parts of usage by an attribute that the address asks for."""
        by = self.query.attribute
        return self._part(lambda listing: self._repository.breakdown(self.period, by, listing, self.filters))

    @Once
    def whole_breakdown(self) -> Breakdown:
        """Give all parts of usage by an attribute, highest cost first, for a file."""
        return self._repository.breakdown(self.period, self.query.attribute, WHOLE_LIST, self.filters)

    @Once
    def cost_centers(self) -> CostCenters:
        """Give the part of the list of cost centres that the address asks for."""
        return self._part(self._cost_centers)

    @Once
    def all_cost_centers(self) -> CostCenters:
        """Give all cost centres, highest cost first, for a file."""
        return self._cost_centers(WHOLE_LIST)

    def _cost_centers(self, listing: Listing) -> CostCenters:
        found = self._repository.cost_centers(self.period, listing, self.filters)
        return NO_COST_CENTERS if found is None else found

    @Once
    def all_users(self) -> Ranking[UserRow]:
        """Give all users, highest cost first, for a file."""
        return self._repository.top_users(self.period, WHOLE_LIST, self.filters)

    @Once
    def all_models(self) -> Ranking[ModelRow]:
        """Give all models, highest cost first."""
        return self._repository.top_models(self.period, WHOLE_LIST, self.filters)

    @Once
    def all_agents(self) -> AgentRanking:
        """Give all agents, highest cost first, for a file."""
        return self._repository.top_agents(self.period, WHOLE_LIST, self.filters)

    @Once
    def cost_breakdown(self) -> Ranking[ModelCostRow]:
        """Give all models with their rates, highest cost first."""
        return self._repository.cost_breakdown(self.period, WHOLE_LIST, self.filters)

    def _part(self, ask: Callable[[Listing], AnyPart]) -> AnyPart:
        """Ask for a part of a list; a page beyond the last is the last."""
        found = ask(self._listing)
        if found.rows or not found.matched:
            return found
        pages = -(-found.matched // self._listing.limit)
        return ask(replace(self._listing, offset=(pages - 1) * self._listing.limit))
