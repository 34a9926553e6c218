"""What one rendering of a view asks of the repository, each question at most once."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from librechat_analytics.usage.answers import ALL_ENTRIES, Agent
from librechat_analytics.usage.filters import NONE, UNKNOWN, Filters
from librechat_analytics.usage.periods import default_bucket

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    import pandas as pd

    from librechat_analytics.dashboard.query import PageQuery, SplitBy
    from librechat_analytics.usage.answers import (
        AgentRanking,
        Caching,
        Concentration,
        ConversationCosts,
        PriceCheck,
        Ranking,
        Rates,
        Rhythm,
        Split,
        Summary,
        Timeline,
        User,
    )
    from librechat_analytics.usage.periods import BucketUnit, Period
    from librechat_analytics.usage.quality import QualityReport
    from librechat_analytics.usage.questions import Repository

LONGEST_LIST = 1000
"""What a list on screen begins with. Who looks for somebody, or takes all along, is not content with that."""


class Questions:
    """A period's answers, fetched when a panel first needs them and shared by the panels of a view."""

    def __init__(
        self, repository: Repository, query: PageQuery, *, now: datetime, is_for_file: bool = False
    ) -> None:
        self._repository = repository
        self._length = ALL_ENTRIES if is_for_file or query.search else LONGEST_LIST
        self.query = query
        self.now = now
        # Read first: figures may be newer than what is said of them, never older.
        self.freshness = repository.freshness()

    @property
    def period(self) -> Period:
        return self.query.period

    @property
    def filters(self) -> Filters:
        return self.query.filters

    @cached_property
    def first_usage(self) -> datetime | None:
        return self._repository.first_usage(self.filters.scope)

    @cached_property
    def summary(self) -> Summary:
        return self._repository.summary(self.period, self.filters)

    @cached_property
    def timeline(self) -> Timeline:
        return self._repository.spent_over_time(self.period, self.unit, self.filters)

    @property
    def counted_timeline(self) -> Timeline:
        """The timeline with users and conversations, which only files show."""
        return self._repository.usage_over_time(self.period, self.unit, self.filters)

    @property
    def unit(self) -> BucketUnit:
        """The buckets in which the period is easiest to read."""
        return default_bucket(self.period.range)

    @cached_property
    def timeline_before(self) -> Timeline | None:
        """The range before in the same buckets; None where the period has none."""
        return self._repository.spent_before_over_time(self.period, self.unit, self.filters)

    @cached_property
    def split(self) -> Split | None:
        """The timeline split by what the reader has chosen, if anything."""
        if self.query.split is None:
            return None
        return self._repository.split_over_time(self.period, self.unit, self.query.split, self.filters)

    def trends(self, dimension: SplitBy, parts: Iterable[str | None]) -> dict[str | None, list[float]]:
        """How the cost of some models (by name), users or agents (by id) moved from bucket to bucket."""
        return self._repository.trends(self.period, self.unit, dimension, tuple(parts), self.filters)

    @cached_property
    def rhythm(self) -> Rhythm:
        return self._repository.rhythm(self.period, self.filters)

    @cached_property
    def conversation_costs(self) -> ConversationCosts:
        return self._repository.conversation_costs(self.period, self.filters)

    @cached_property
    def concentration(self) -> Concentration:
        return self._repository.concentration(self.period, self.filters)

    @cached_property
    def caching(self) -> Caching:
        return self._repository.caching(self.period, self.unit, self.filters)

    @cached_property
    def rates(self) -> Rates:
        return self._repository.rates_over_time(self.period, self.unit, self.filters)

    @cached_property
    def report(self) -> QualityReport:
        return self._repository.quality(self.period, self.filters)

    @cached_property
    def price_check(self) -> PriceCheck | None:
        return self._repository.price_check(self.period, self.filters)

    def recorded_of(self, provider: str) -> float:
        """What a provider's part of the period cost, in US dollars."""
        filters = replace(self.filters, provider=provider)
        return self._repository.summary(self.period, filters).totals.cost_usd

    @cached_property
    def whole(self) -> Summary:
        """The same period and filters without the page's subject, which is a part of it."""
        if self.query.subject is None:
            return self.summary
        filters = replace(self.filters, **{self.query.subject: None})
        return self._repository.summary(self.period, filters)

    @cached_property
    def user(self) -> User | None:
        """The user that is filtered by, if whoever asks may see them."""
        chosen = self.filters.user
        if chosen is None or chosen == NONE:
            return None
        return self._repository.user(chosen, self.filters.scope)

    @cached_property
    def agent(self) -> Agent | None:
        """The agent that is filtered by; whoever sees some users only learns of agents from their usage."""
        chosen = self.filters.agent
        if chosen is None or chosen in (NONE, UNKNOWN):
            return None
        if self.filters.scope is None:
            return self._repository.agent(chosen, self.filters.tenant)
        rows = self._repository.top_agents(self.period, 1, self.filters).rows
        return next(
            (
                Agent(row["id"], row["name"], row["model"], row["provider"], row["deleted"])
                for row in rows.to_dict("records")
            ),
            None,
        )

    def whatever_is_filtered(self, dimension: SplitBy) -> pd.DataFrame:
        """The users, models or agents of the period, with what a short list shows."""
        everything = Filters(scope=self.filters.scope)
        return self._repository.dearest(self.period, dimension, LONGEST_LIST, everything).rows

    @cached_property
    def filter_values(self) -> dict[str, list[tuple[str, str]]]:
        """What provider, context, role, domain, group and tenant can be set to: value and label."""
        return self._repository.filter_values(self.filters.scope)

    def dearest(self, dimension: SplitBy, length: int) -> Ranking:
        """The beginning of a list, with what a short list shows."""
        return self._repository.dearest(self.period, dimension, length, self.filters)

    @cached_property
    def users(self) -> Ranking:
        return self._repository.top_users(self.period, self._length, self.filters)

    @cached_property
    def models(self) -> Ranking:
        return self._repository.top_models(self.period, self._length, self.filters)

    @cached_property
    def agents(self) -> AgentRanking:
        return self._repository.top_agents(self.period, self._length, self.filters)

    @cached_property
    def cost_breakdown(self) -> Ranking:
        return self._repository.cost_breakdown(self.period, self._length, self.filters)
