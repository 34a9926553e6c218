"""Everything that the API, the dashboard, the files and the command line can ask, and the answers' types.

Periods and filters are typed values; callers read them from text first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol, TypeVar, TypeVarTuple, get_args

from librechat_analytics.usage.filters import EVERYTHING
from librechat_analytics.usage.matching import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date, datetime
    from typing import Unpack

    from librechat_analytics.usage.answers import (
        Agent,
        Concentration,
        ConversationCosts,
        Counters,
        FilterValue,
        Freshness,
        PriceCheck,
        Summary,
        User,
    )
    from librechat_analytics.usage.changes import Changes
    from librechat_analytics.usage.cost_center_list import CostCenters
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
    from librechat_analytics.usage.quality import QualityReport, UnpricedModel
    from librechat_analytics.usage.subject_costs import Edges, Limit, SubjectBy, SubjectCosts
    from librechat_analytics.usage.timeline_answers import Caching, HoursOfWeek, Rates, Split, Timeline
    from librechat_analytics.usage.usual import Usual

Dimension = Literal["model", "user", "agent"]
"""What has a list and a page of its own, and what cost can be ranked by."""

TrendOf = Literal["model", "user", "agent", "cost_center"]
"""What a list can show the cost over time of."""

SplitBy = Literal["model", "user", "agent", "provider", "group", "cost_center"]
"""What a timeline can be split by."""

ChangeBy = Literal["model", "agent", "user", "group", "provider", "cost_center"]
"""What a difference in cost can be taken apart by."""

Attribute = Literal["group", "domain", "role", "provider", "context", "tenant"]
"""What usage can be broken down by beside models, users and agents."""

SPLITS: tuple[SplitBy, ...] = get_args(SplitBy)
CHANGES_BY: tuple[ChangeBy, ...] = get_args(ChangeBy)
ATTRIBUTES: tuple[Attribute, ...] = get_args(Attribute)


Arguments = TypeVarTuple("Arguments")
T = TypeVar("T")


class Repository(Protocol):
    """Answers every question about usage; each method raises StoreError when the store cannot be read.

    Methods with a bucket unit raise BadPeriodError where the period has more than 1,000 buckets.
    """

    def ask(self, question: Callable[[Repository, Unpack[Arguments]], T], *arguments: *Arguments) -> T:
        """Compute an answer out of this repository's answers; it is kept as they are.

        ``question`` is a function of a module, and the ``repr`` of each argument tells it from others.
        """
        ...

    def now(self) -> datetime:
        """Return the present, rounded down to the store's last change or to the minute, whichever is later.

        No row is younger than the last change, so nothing is lost. Between two changes everybody gets
        the same present, so one cached answer serves all.
        """
        ...

    def freshness(self) -> Freshness:
        """Return how old the figures are and how the source is doing."""
        ...

    def first_usage(self, scope: Scope | None = None) -> datetime | None:
        """Return the time of the first usage row; None without any."""
        ...

    def unmatched(self, filters: Filters) -> tuple[str, ...]:
        """Name the parameters of filters none of whose values was ever recorded, such as ``not-model``."""
        ...

    def summary(self, period: Period, filters: Filters = EVERYTHING) -> Summary:
        """Add up a period and the previous one, and say how certain the figures are."""
        ...

    def quality(self, period: Period, filters: Filters = EVERYTHING) -> QualityReport:
        """Return the findings of a period, and all refused rows unless a scope limits the answer."""
        ...

    def unpriced_models(self, time_range: TimeRange) -> tuple[UnpricedModel, ...]:
        """List the models of a range of time that LibreChat had no price for, highest cost first."""
        ...

    def price_check(self, period: Period, filters: Filters = EVERYTHING) -> PriceCheck | None:
        """Compare a period's cost with list prices; None without a price list."""
        ...

    def top_users(self, period: Period, listing: Listing, filters: Filters = EVERYTHING) -> Ranking[UserRow]:
        """List users; rows without a readable user are one entry with the id None."""
        ...

    def top_models(
        self, period: Period, listing: Listing, filters: Filters = EVERYTHING
    ) -> Ranking[ModelRow]:
        """List the models that really ran."""
        ...

    def top_agents(self, period: Period, listing: Listing, filters: Filters = EVERYTHING) -> AgentRanking:
        """List agents, beside the usage without an agent and the usage whose agent is not known."""
        ...

    def top(
        self, period: Period, dimension: Dimension, limit: int, filters: Filters = EVERYTHING
    ) -> Ranking[TopRow]:
        """Rank users, models or agents with the few columns of a short list, for a third of the work."""
        ...

    def cost_breakdown(
        self, period: Period, listing: Listing, filters: Filters = EVERYTHING
    ) -> Ranking[ModelCostRow]:
        """List models, their cost split into prompts and completions, with rates."""
        ...

    def what_changed(
        self, period: Period, by: ChangeBy, limit: int, filters: Filters = EVERYTHING
    ) -> Changes:
        """Take the difference to the previous period apart, by subject and by cause."""
        ...

    def breakdown(
        self, period: Period, by: Attribute, listing: Listing, filters: Filters = EVERYTHING
    ) -> Breakdown:
        """List what groups, e-mail domains, roles, providers, contexts or tenants cost."""
        ...

    def cost_centers(
        self, period: Period, listing: Listing, filters: Filters = EVERYTHING
    ) -> CostCenters | None:
        """List what cost centres pay for; None where no file defines any."""
        ...

    def user_models(self, period: Period, filters: Filters = EVERYTHING) -> tuple[UserModelRow, ...]:
        """Split a period by user and model."""
        ...

    def usage_over_time(
        self,
        period: Period,
        unit: BucketUnit,
        filters: Filters = EVERYTHING,
        split: SplitBy | None = None,
    ) -> Timeline:
        """Add up each bucket, with its users and conversations; ``split``: and with its eight top parts."""
        ...

    def spent_over_time(self, period: Period, unit: BucketUnit, filters: Filters = EVERYTHING) -> Timeline:
        """Add up each bucket, without users and conversations, for less work."""
        ...

    def spent_before_over_time(
        self, period: Period, unit: BucketUnit, filters: Filters = EVERYTHING
    ) -> Timeline | None:
        """Answer ``spent_over_time`` for ``comparable_range``; None where there is no previous period."""
        ...

    def daily_costs(self, days: Days, by: DailyBy | None = None, filters: Filters = EVERYTHING) -> DailyCosts:
        """Add up each day until now, in all or by subject; what is dated after now does not count."""
        ...

    def large_daily_costs(
        self, days: Days, since: date, least_usd: float, filters: Filters = EVERYTHING
    ) -> Mapping[PartKind, DailyCosts]:
        """Add up each day until now by kind, of subjects that cost more than ``least_usd`` on any day since.

        What has no user, model, agent or provider is in the total only.
        """
        ...

    def daily_costs_inside(
        self, wanted: tuple[Inside, ...], filters: Filters = EVERYTHING
    ) -> tuple[DailyCosts, ...]:
        """Tell daily costs of some subjects apart: of users and providers by model, of others by user."""
        ...

    def usual_costs(
        self, period: Period, unit: BucketUnit, filters: Filters = EVERYTHING
    ) -> tuple[Usual | None, ...]:
        """Return what the last buckets usually cost, as far as the figures reach; see ``usage.usual``."""
        ...

    def split_over_time(
        self, period: Period, unit: BucketUnit, dimension: SplitBy, filters: Filters = EVERYTHING
    ) -> Split:
        """Split each bucket into the eight top models, users and so on, and the rest."""
        ...

    def trends(
        self,
        period: Period,
        unit: BucketUnit,
        dimension: TrendOf,
        parts: tuple[str | None, ...],
        filters: Filters = EVERYTHING,
    ) -> Mapping[str | None, tuple[float, ...]]:
        """Return the cost of each bucket in US dollars, for users and agents by id, for others by name.

        The part None is the usage without a model, user or agent.
        """
        ...

    def rates_over_time(self, period: Period, unit: BucketUnit, filters: Filters = EVERYTHING) -> Rates:
        """Return what a million tokens really cost in each bucket."""
        ...

    def caching(self, period: Period, unit: BucketUnit, filters: Filters = EVERYTHING) -> Caching:
        """Return how many prompt tokens came from caches in each bucket, and what that saved."""
        ...

    def hours_of_week(self, period: Period, filters: Filters = EVERYTHING) -> HoursOfWeek:
        """Add up each hour of the week in the period's zone."""
        ...

    def conversation_costs(self, period: Period, filters: Filters = EVERYTHING) -> ConversationCosts:
        """Count a period's conversations by what they cost."""
        ...

    def concentration(self, period: Period, filters: Filters = EVERYTHING) -> Concentration:
        """Return how much of the cost the top users account for."""
        ...

    def subject_costs(
        self, edges: Edges, by: SubjectBy | None, filters: Filters = EVERYTHING
    ) -> tuple[SubjectCosts, ...]:
        """Return what each user, model and so on with usage cost in each range between two edges.

        Usage without a subject is left out. Without ``by`` there is always one entry, with all usage.
        """
        ...

    def crossings(
        self, edges: Edges, by: SubjectBy | None, limits: tuple[Limit, ...], filters: Filters = EVERYTHING
    ) -> tuple[datetime | None, ...]:
        """Return for each limit the date of the row with which the cost reached it; None where it did not."""
        ...

    def user(self, user: str, scope: Scope | None = None) -> User | None:
        """Return a user; None if it is unknown or outside the scope."""
        ...

    def agent(self, agent: str, tenant: str | None = None) -> Agent | None:
        """Return an agent, preferably the tenant's where several have the id; None if it is unknown."""
        ...

    def find(
        self, text: str, limit: int, scope: Scope | None = None, kinds: tuple[Kind, ...] = KINDS
    ) -> tuple[Hit, ...]:
        """Find users, agents, models, groups and cost centres of all time, at most ``limit`` of each kind.

        The best match comes first, then the highest cost; an empty text finds everything.
        """
        ...

    def filter_values(self, scope: Scope | None = None) -> Mapping[str, tuple[FilterValue, ...]]:
        """Return the values that provider, context, role, domain, group and tenant can have."""
        ...

    def counters(self) -> Counters:
        """Count everything ever by model, token type and context, and what is in no figure."""
        ...
