"""Answers kept until the store changes, each computed once however many ask at the same time."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from flask_caching import Cache

from librechat_analytics.usage.repository import Repository

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask

    from librechat_analytics.store.store import Store
    from librechat_analytics.usage.answers import (
        SourceStatus,
    )
    from librechat_analytics.usage.prices import PriceList

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

    def _answered(self, asked: str, answer: Callable[[], T]) -> T:
        key = f"{self.version} {asked}"
        with self._alone(key):
            found: tuple[T] | None = self._cache.get(key)  # wrapped: a kept None is an answer too
            if found is None:
                found = (answer(),)
                self._cache.set(key, found)
        return found[0]

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
