"""Answers kept until the store changes, each computed once however many ask at the same time."""

from __future__ import annotations

import pickle
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from flask_caching import Cache

from librechat_analytics.usage.repository import Repository

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from flask import Flask

    from librechat_analytics.store.store import Store
    from librechat_analytics.usage.answers import (
        SourceStatus,
    )
    from librechat_analytics.usage.prices import PriceList

T = TypeVar("T")

KEPT_SECONDS = 60
KEPT_ANSWERS = 500
LARGEST_KEPT_BYTES = 1_000_000
"""More than a list on screen takes. Files hold everybody, and hundreds of those would fill the memory."""

HELD_TIMES, HELD_SECONDS = 10, 10.0
"""Without news answers stand this many times as long as they took, at most so long: while history is read
there is a commit each second, and on a large store as many answers would be computed for nobody."""


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
        self._held: tuple[int, datetime] | None = None
        self._held_as_of = -1
        self._held_since = 0.0
        self._spent_seconds = 0.0

    def _commit(self) -> tuple[int, datetime]:
        """Give the last commit that moved ``as_of``, or a later one when answers have stood long enough."""
        present, as_of = time.monotonic(), self._store.as_of_version
        stands_seconds = min(HELD_SECONDS, HELD_TIMES * self._spent_seconds)
        if self._held is None or as_of != self._held_as_of or present >= self._held_since + stands_seconds:
            self._held, self._held_as_of = super()._commit(), as_of
            self._held_since, self._spent_seconds = present, 0.0
        return self._held

    def _answered(self, asked: str, answer: Callable[[], T]) -> T:
        key = f"{self._commit()[0]} {asked}"
        with self._alone(key):
            packed: bytes | None = self._cache.get(key)
            if packed is None:
                begun = time.monotonic()
                found = answer()
                packed = pickle.dumps(found)
                if len(packed) <= LARGEST_KEPT_BYTES:
                    self._cache.set(key, packed)
                self._spent_seconds += time.monotonic() - begun
                return found
        kept: T = pickle.loads(packed)  # noqa: S301 our own, which never left this process
        return kept

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
