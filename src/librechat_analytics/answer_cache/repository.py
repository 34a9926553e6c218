"""Answers kept until the store changes, each computed once however many ask at the same time.

Whoever asks is answered as of an edition. Where many ask for much, what they ask is computed for the next
edition while the present one still answers: else all would wait for each other whenever something is new.
"""

from __future__ import annotations

import logging
import pickle
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, TypeVar

from flask_caching import Cache

from librechat_analytics.store.store import StoreError
from librechat_analytics.usage.freshness import freshness
from librechat_analytics.usage.periods import BadParameterError
from librechat_analytics.usage.repository import StoreRepository

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from flask import Flask

    from librechat_analytics.store.store import Store
    from librechat_analytics.usage.answers import Freshness, SourceReport
    from librechat_analytics.usage.prices import PriceList
    from librechat_analytics.usage.repository import Asked

T = TypeVar("T")

log = logging.getLogger(__name__)

KEPT_SECONDS = 60
KEPT_ANSWERS = 500
LARGEST_KEPT_BYTES = 1_000_000
"""More than a list on screen takes. Files hold everybody, and hundreds of those would fill the memory."""

LARGEST_KEPT_BYTES_TOGETHER = 64_000_000
"""Of an edition's answers, and there are two editions at times: beyond, each is computed for whoever asks."""

HELD_TIMES, HELD_SECONDS = 10, 10.0
"""Without news an edition stands this many times as long as its answers took, at most so long: while history
is read there is a commit each second, and on a large store as many answers would be computed for nobody."""

CHEAP_SECONDS = 1.0
"""What an edition's answers may take altogether to be computed only when somebody asks."""

PAUSE_SECONDS = 2.0
"""After so long without a question nobody waits, and whoever asks next gets what is new."""

WANTED_SECONDS = 60.0
"""How long after it was asked a question is computed for the next edition: an open page asks each minute."""

PREPARING_SECONDS = 20.0
"""How long the present edition answers at most while the next one is computed."""


class Edition(StoreRepository):
    """The repository as of one commit: its present and what is said of its freshness stand still.

    Its answers may be of later commits; none is older than ``as_of``.
    """

    def __init__(
        self,
        store: Store,
        *,
        source: Callable[[], SourceReport],
        prices: PriceList | None,
        number: int,
    ) -> None:
        super().__init__(store, source=source, prices=prices)
        self._store: Store = store
        self.number = number
        self.opened_seconds = time.monotonic()
        self.spent_seconds = 0.0
        """How long its answers took to compute."""
        self.wanted: dict[str, tuple[Asked[Any], float]] = {}
        """What was asked, and when last."""
        self.kept_keys: list[str] = []
        self.kept_bytes = 0
        self._as_of_version, self._version = store.as_of_version, store.version
        self._opened_minute = self._minute()
        self._now = super().now()
        self._held_source = source()
        self._state = store.state()

    def now(self) -> datetime:
        return self._now

    def freshness(self) -> Freshness:
        # Of a source that has got further it must not be said, beside older figures, how it is doing now.
        is_latest = self._as_of_version == self._store.as_of_version
        return freshness(self._store, self._state, self._source() if is_latest else self._held_source)

    @property
    def is_outdated(self) -> bool:
        """Whether there is news, another minute, or anything else and it has stood long enough."""
        if self._as_of_version != self._store.as_of_version:
            return True
        if self._opened_minute != self._minute():
            return True
        stands_seconds = min(HELD_SECONDS, HELD_TIMES * self.spent_seconds)
        return (
            self._version != self._store.version and time.monotonic() >= self.opened_seconds + stands_seconds
        )

    def want(self, asked: Asked[Any]) -> None:
        """Note that a question was asked now."""
        key = str(asked)
        if key in self.wanted or len(self.wanted) < KEPT_ANSWERS:
            self.wanted[key] = (asked, time.monotonic())

    def has_room_for(self, bytes_: int) -> bool:
        """Whether an answer may be kept."""
        return bytes_ <= min(LARGEST_KEPT_BYTES, LARGEST_KEPT_BYTES_TOGETHER - self.kept_bytes)

    def take_over(self, earlier: Edition) -> None:
        """Want what was asked lately of an earlier edition, as of this one's present."""
        since = time.monotonic() - WANTED_SECONDS
        for asked, at in list(earlier.wanted.values()):
            if at > since:
                moved = asked.at(self._now)
                self.wanted[str(moved)] = (moved, at)


class CachedRepository(StoreRepository):
    """The repository behind a cache: flask-caching keeps the answers, a lock per question the crowd away."""

    def __init__(
        self,
        store: Store,
        app: Flask,
        *,
        source: Callable[[], SourceReport],
        prices: PriceList | None = None,
    ) -> None:
        super().__init__(store, source=source, prices=prices)
        self._store: Store = store
        self._cache = Cache(
            app,
            config={
                "CACHE_TYPE": "SimpleCache",  # one process serves; a cache on disk would hold pickles
                "CACHE_DEFAULT_TIMEOUT": KEPT_SECONDS,
                "CACHE_THRESHOLD": 2 * KEPT_ANSWERS,
            },
        )
        self._locks: dict[str, tuple[threading.Lock, int]] = {}
        self._guard = threading.Lock()
        self._turning = threading.Lock()
        self._edition = self._open(0)
        self._asked_seconds = time.monotonic()
        self._coming: Edition | None = None
        self._preparing: threading.Thread | None = None

    def close(self) -> None:
        """Prepare nothing more; to be called before the store closes."""
        with self._turning:
            self._coming = None
        if self._preparing is not None:
            self._preparing.join()

    def now(self) -> datetime:
        return self._current().now()

    def freshness(self) -> Freshness:
        return self._current().freshness()

    def _answered(self, asked: Asked[T]) -> T:
        edition = self._current()
        found, is_kept = self._answer(edition, asked)
        if is_kept:
            edition.want(asked)
        return found

    def _open(self, number: int) -> Edition:
        return Edition(self._store, source=self._source, prices=self._prices, number=number)

    def _current(self) -> Edition:
        """Give the edition that answers now, and see to the next one."""
        with self._turning:
            present, edition = time.monotonic(), self._edition
            rested_seconds, self._asked_seconds = present - self._asked_seconds, present
            if edition.is_outdated:
                with suppress(StoreError):  # the next question meets it too; what is kept still stands
                    self._go_on(edition, rested_seconds)
            return self._edition

    def _go_on(self, edition: Edition, rested_seconds: float) -> None:
        coming = self._coming
        if coming is not None:
            if time.monotonic() > coming.opened_seconds + PREPARING_SECONDS:
                self._turn_to(coming)
            return
        coming = self._open(edition.number + 1)
        coming.take_over(edition)
        if edition.spent_seconds <= CHEAP_SECONDS or rested_seconds > PAUSE_SECONDS:
            self._turn_to(coming)
        else:
            self._coming = coming
            self._preparing = threading.Thread(
                target=self._prepare, args=(coming,), name="answers", daemon=True
            )
            self._preparing.start()

    def _prepare(self, coming: Edition) -> None:
        try:
            for asked, _ in list(coming.wanted.values()):
                if self._coming is not coming:
                    return
                with suppress(StoreError, BadParameterError):  # for whoever asks it again
                    self._answer(coming, asked)
        except Exception:
            log.exception("Answers could not be prepared")
        finally:
            with self._turning:
                if self._coming is coming:
                    self._turn_to(coming)

    def _turn_to(self, coming: Edition) -> None:
        self._cache.delete_many(*self._edition.kept_keys)
        self._edition, self._coming = coming, None

    def _answer(self, edition: Edition, asked: Asked[T]) -> tuple[T, bool]:
        """Answer as of an edition; says, too, whether the answer was kept."""
        key = f"{edition.number} {asked}"
        with self._alone(key):
            packed: bytes | None = self._cache.get(key)
            if packed is None:
                begun = time.monotonic()
                found = asked.of(edition)
                packed = pickle.dumps(found)
                edition.spent_seconds += time.monotonic() - begun
                is_kept = edition.has_room_for(len(packed))
                if is_kept:
                    self._cache.set(key, packed)
                    edition.kept_keys.append(key)
                    edition.kept_bytes += len(packed)
                return found, is_kept
        kept: T = pickle.loads(packed)  # noqa: S301 our own, which never left this process
        return kept, True

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
