"""What one rendering of a view asks of the repository, each question at most once."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from librechat_analytics.usage.periods import Period, default_bucket

if TYPE_CHECKING:
    from datetime import datetime

    import pandas as pd

    from librechat_analytics.dashboard.page_query import PageQuery
    from librechat_analytics.usage.answers import (
        AgentRanking,
        Caching,
        Concentration,
        ConversationCosts,
        Freshness,
        Ranking,
        Rhythm,
        Split,
        Summary,
        Timeline,
    )
    from librechat_analytics.usage.filters import Filters
    from librechat_analytics.usage.periods import BucketUnit
    from librechat_analytics.usage.repository import Repository

LONGEST_LIST = 1000


class Questions:
    """A period's answers, fetched when a panel first needs them and shared by the panels of a view."""

    def __init__(self, repository: Repository, query: PageQuery, *, now: datetime) -> None:
        self._repository = repository
        self.query = query
        self.now = now

    @property
    def period(self) -> Period:
        return self.query.period

    @property
    def filters(self) -> Filters:
        return self.query.filters

    @cached_property
    def freshness(self) -> Freshness:
        return self._repository.freshness()

    @cached_property
    def first_usage(self) -> datetime | None:
        return self._repository.first_usage()

    @cached_property
    def summary(self) -> Summary:
        return self._repository.summary(self.period, self.filters)

    @cached_property
    def timeline(self) -> Timeline:
        return self._repository.usage_over_time(self.period, self.unit, self.filters)

    @property
    def unit(self) -> BucketUnit:
        """The buckets in which the period is easiest to read."""
        return default_bucket(self.period.range)

    @cached_property
    def timeline_before(self) -> Timeline | None:
        """The range before in the same buckets; None where the period has none."""
        before = self.period.previous
        if before is None:
            return None
        same_zone = Period("custom", before, None, self.period.zone)
        return self._repository.usage_over_time(same_zone, self.unit, self.filters)

    @cached_property
    def split(self) -> Split | None:
        """The timeline split by what the reader has chosen, if anything."""
        if self.query.split is None:
            return None
        return self._repository.split_over_time(self.period, self.unit, self.query.split, self.filters)

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
    def users(self) -> Ranking:
        return _ranking(self._repository.top_users(self.period, LONGEST_LIST, self.filters))

    @cached_property
    def models(self) -> Ranking:
        return _ranking(self._repository.top_models(self.period, LONGEST_LIST, self.filters))

    @cached_property
    def agents(self) -> AgentRanking:
        ranking = self._repository.top_agents(self.period, LONGEST_LIST, self.filters)
        return replace(ranking, rows=with_none(ranking.rows))

    @cached_property
    def cost_breakdown(self) -> Ranking:
        return _ranking(self._repository.cost_breakdown(self.period, LONGEST_LIST, self.filters))


def _ranking(ranking: Ranking) -> Ranking:
    return replace(ranking, rows=with_none(ranking.rows))


def with_none(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with None for missing texts, where pandas has a NaN that passes for a value."""
    texts = rows.select_dtypes(include=["object", "str"]).columns
    return rows.assign(**{name: rows[name].astype(object).where(rows[name].notna(), None) for name in texts})
