"""Answers kept until the store changes, each computed once however many ask at the same time."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar, cast

from flask_caching import Cache

from librechat_analytics.usage.filters import EVERYTHING, Filters
from librechat_analytics.usage.repository import Repository

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator
    from datetime import datetime

    from flask import Flask

    from librechat_analytics.store.store import Store
    from librechat_analytics.usage.answers import (
        AgentRanking,
        PriceCheck,
        Ranking,
        SourceStatus,
        Summary,
        Timeline,
    )
    from librechat_analytics.usage.periods import BucketUnit, Period
    from librechat_analytics.usage.prices import PriceList
    from librechat_analytics.usage.quality import QualityReport

T = TypeVar("T")

KEPT_SECONDS = 60
KEPT_ANSWERS = 500


class CachedRepository(Repository):
    """The repository behind a cache: flask-caching keeps the answers, a lock per question the crowd away."""

    def __init__(
        self,
        store: Store,
        app: Flask,
        *,
        source: Callable[[], tuple[SourceStatus, float | None]],
        prices: PriceList | None = None,
    ) -> None:
        super().__init__(store, source=source, prices=prices)
        self._cache = Cache(
            app,
            config={
                "CACHE_TYPE": "SimpleCache",  # one process serves; a cache on disk would hold pickles
                "CACHE_DEFAULT_TIMEOUT": KEPT_SECONDS,
                "CACHE_THRESHOLD": KEPT_ANSWERS,
            },
        )
        self._locks: dict[str, tuple[threading.Lock, int]] = {}
        self._guard = threading.Lock()

    def first_usage(self) -> datetime | None:
        # Wrapped, since a cache cannot tell a kept None from none kept.
        answer = super().first_usage
        return self._kept(("first_usage",), lambda: (answer(),))[0]

    def summary(self, period: Period, filters: Filters = EVERYTHING) -> Summary:
        answer = super().summary
        return self._kept(("summary", period, filters), lambda: answer(period, filters))

    def quality(self, period: Period, filters: Filters = EVERYTHING) -> QualityReport:
        answer = super().quality
        return self._kept(("quality", period, filters), lambda: answer(period, filters))

    def price_check(self, period: Period, filters: Filters = EVERYTHING) -> PriceCheck | None:
        answer = super().price_check
        return self._kept(("price_check", period, filters), lambda: (answer(period, filters),))[0]

    def top_users(self, period: Period, limit: int, filters: Filters = EVERYTHING) -> Ranking:
        answer = super().top_users
        return self._kept(("top_users", period, limit, filters), lambda: answer(period, limit, filters))

    def top_models(self, period: Period, limit: int, filters: Filters = EVERYTHING) -> Ranking:
        answer = super().top_models
        return self._kept(("top_models", period, limit, filters), lambda: answer(period, limit, filters))

    def top_agents(self, period: Period, limit: int, filters: Filters = EVERYTHING) -> AgentRanking:
        answer = super().top_agents
        return self._kept(("top_agents", period, limit, filters), lambda: answer(period, limit, filters))

    def cost_breakdown(self, period: Period, limit: int, filters: Filters = EVERYTHING) -> Ranking:
        answer = super().cost_breakdown
        return self._kept(("cost_breakdown", period, limit, filters), lambda: answer(period, limit, filters))

    def usage_over_time(self, period: Period, unit: BucketUnit, filters: Filters = EVERYTHING) -> Timeline:
        answer = super().usage_over_time
        return self._kept(("usage_over_time", period, unit, filters), lambda: answer(period, unit, filters))

    def _kept(self, question: tuple[Hashable, ...], answer: Callable[[], T]) -> T:
        key = repr((self.version, question))
        with self._alone(key):
            kept: Any = self._cache.get(key)
            if kept is None:
                kept = answer()
                self._cache.set(key, kept)
        return cast("T", kept)

    @contextmanager
    def _alone(self, key: str) -> Iterator[None]:
        with self._guard:
            lock, waiting = self._locks.get(key, (threading.Lock(), 0))
            self._locks[key] = (lock, waiting + 1)
        try:
            with lock:
                yield
        finally:
            with self._guard:
                _, waiting = self._locks[key]
                if waiting == 1:
                    del self._locks[key]
                else:
                    self._locks[key] = (lock, waiting - 1)
