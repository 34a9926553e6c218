"""Editions: the answers of one state of the store, and when the next edition takes over.

::

    PRESENT answers ──outdated, and its answers were cheap or nobody has asked for a while──▶ turned
       │
       └──outdated, and its answers took long──▶ PRESENT answers, COMING is prepared beside it
                                                    │
                                                    └──prepared, or it takes too long──▶ turned

Turned: the next edition is PRESENT, and the answers of the last one are dropped. While many people ask for
much, COMING computes what was asked lately, so that they do not all wait for it after the turn.

No answer is older than the ``as_of`` beside it: an edition reads the state of the store when it opens and
shows that state until the end. Where the store can be pinned, all its answers are of that state; otherwise
each is computed later, from the same or a newer state.
"""

from __future__ import annotations

import logging
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from librechat_analytics.answer_cache.kept import KEPT_ANSWERS
from librechat_analytics.store.store import StoreError
from librechat_analytics.usage.assigned_snapshot import Assignments
from librechat_analytics.usage.freshness import freshness, with_source
from librechat_analytics.usage.periods import BadPeriodError
from librechat_analytics.usage.repository import StoreRepository, no_rules, utc_now

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from librechat_analytics.answer_cache.kept import Kept, KeptAnswers
    from librechat_analytics.answer_cache.requests import Request
    from librechat_analytics.store.interface import Reader
    from librechat_analytics.usage.answers import Freshness, SourceReport
    from librechat_analytics.usage.cost_center_rules import CostCenterRules
    from librechat_analytics.usage.prices import PriceList

T = TypeVar("T")

log = logging.getLogger(__name__)

HELD_TIMES = 10
"""While history is read, keep an edition for ten times as long as its answers took to compute."""

HELD_SECONDS = 10.0
"""While history is read, replace an edition after this many seconds however long its answers took."""

CHEAP_SECONDS = 1.0
"""If all answers of an edition took less than this, turn at once: computing them again is no burden."""

PAUSE_SECONDS = 2.0
"""If nobody has asked for this long, turn at once: nobody waits, and the next reader gets what is new."""

WANTED_SECONDS = 60.0
"""Prepare the requests of the last minute: an open page asks again each minute."""

PREPARING_SECONDS = 20.0
"""Turn after this many seconds even if not everything is prepared."""


class Edition:
    """The answers of one state of the store; its present and its freshness do not change."""

    def __init__(
        self,
        number: int,
        kept: KeptAnswers,
        store: Reader,
        *,
        source: Callable[[], SourceReport],
        prices: PriceList | None,
        clock: Callable[[], datetime],
        seconds: Callable[[], float],
        rules: Callable[[], CostCenterRules | None],
        assignments: Assignments,
    ) -> None:
        self.number = number
        self._kept = kept
        self._store = store
        self._pinned = pinned = store.pinned()
        self._source = source
        self._clock = clock
        self._seconds = seconds
        # Read the versions first: whatever is committed from here on makes this edition outdated.
        self._as_of_version, self._version = pinned.as_of_version, pinned.version
        self._opened_minute = _minute(clock())
        self.opened_seconds = seconds()
        self.now = StoreRepository(pinned, source=source, clock=clock).now()
        self._rules, self._opening_rules = rules, rules()
        self._repository = StoreRepository(
            pinned,
            source=source,
            prices=prices,
            fixed_now=self.now,
            rules=lambda: self._opening_rules,
            assignments=assignments,
        )
        self._opening_source = source()
        self._state = pinned.state()
        self._freshness: Freshness | None = None
        self._guard = threading.Lock()
        self._compute_seconds = 0.0
        self._wanted: dict[str, tuple[Request[object], float]] = {}

    @property
    def version(self) -> int:
        """The version of the store that it was opened with."""
        return self._version

    @property
    def compute_seconds(self) -> float:
        """How long all its answers took to compute."""
        return self._compute_seconds

    @property
    def is_outdated(self) -> bool:
        """Whether a next edition would answer differently enough.

        That is so if ``as_of`` has moved, if a minute has begun, if cost centres have other rules, or if
        anything else was committed and this edition is old enough.
        """
        if self.has_old_rules:
            return True
        if self._as_of_version != self._store.as_of_version:
            return True
        if self._opened_minute != _minute(self._clock()):
            return True
        held_seconds = min(HELD_SECONDS, HELD_TIMES * self._compute_seconds)
        return self._version != self._store.version and self._seconds() >= self.opened_seconds + held_seconds

    @property
    def has_old_rules(self) -> bool:
        """Whether cost centres have other rules by now."""
        return self._opening_rules is not self._rules()

    def freshness(self) -> Freshness:
        """Return how old its answers are and how the source is doing."""
        # A source that has read more since must not be shown as up to date beside these older figures.
        is_latest = self._as_of_version == self._store.as_of_version
        source = self._source() if is_latest else self._opening_source
        if self._freshness is not None:
            return with_source(self._freshness, source)
        found = freshness(self._pinned, self._state, source)
        if self._pinned is not self._store:  # all else is of one state, and need not be read again
            self._freshness = found
        return found

    def answer(self, request: Request[T]) -> T:
        """Answer a request, and remember it for the next edition if the answer was small enough to keep."""
        kept = self.prepare(request)
        if kept.is_kept:
            key = request.key
            with self._guard:
                if key in self._wanted or len(self._wanted) < KEPT_ANSWERS:
                    self._wanted[key] = (request, self._seconds())
        return kept.answer

    def prepare(self, request: Request[T]) -> Kept[T]:
        """Compute an answer unless it is kept already."""
        kept = self._kept.get(self.number, request.key, lambda: request.answer(self._repository))
        with self._guard:
            self._compute_seconds += kept.seconds
        return kept

    def wanted(self) -> list[Request[object]]:
        """Return the requests to prepare."""
        with self._guard:
            return [request for request, _ in self._wanted.values()]

    def take_over(self, earlier: Edition) -> None:
        """Remember the latest requests to an earlier edition, as of this edition's present."""
        since = self._seconds() - WANTED_SECONDS
        with earlier._guard:
            recent = [(request, at) for request, at in earlier._wanted.values() if at > since]
        moved = ((request.at(self.now), at) for request, at in recent)
        self._wanted = {request.key: (request, at) for request, at in moved}


class Editions:
    """The present edition, and the coming one while it is prepared."""

    def __init__(
        self,
        kept: KeptAnswers,
        store: Reader,
        *,
        source: Callable[[], SourceReport],
        prices: PriceList | None = None,
        clock: Callable[[], datetime] = utc_now,
        seconds: Callable[[], float] = time.monotonic,
        rules: Callable[[], CostCenterRules | None] = no_rules,
        assignments: Assignments | None = None,
    ) -> None:
        self._kept = kept
        self._store = store
        self._source = source
        self._prices = prices
        self._clock = clock
        self._seconds = seconds
        self._rules = rules
        self._assignments = assignments or Assignments()
        self._turning = threading.Lock()
        self._present: Edition | None = None
        with suppress(StoreError):  # a server may start while its store does not answer
            self._present = self._open(0)
        self._coming: Edition | None = None
        self._preparing: threading.Thread | None = None
        self._last_request_seconds = seconds()

    def current(self) -> Edition:
        """Return the edition that answers now, and open or turn to the next one if it is time.

        Raises StoreError if there is none yet and the store does not answer.
        """
        with self._turning:
            now = self._seconds()
            idle_seconds, self._last_request_seconds = now - self._last_request_seconds, now
            if self._present is None:
                self._present = self._open(0)
                return self._present
            with suppress(StoreError):  # the kept answers still hold; the next request tries again
                if self._present.is_outdated:
                    self._advance(self._present, idle_seconds)
            return self._present

    def close(self) -> None:
        """Stop preparing; call this before the store closes."""
        with self._turning:
            self._coming = None
        if self._preparing is not None:
            self._preparing.join()

    def _advance(self, present: Edition, idle_seconds: float) -> None:
        if present.has_old_rules:
            # Other rules are to be in force at once. A coming edition may have the old ones, too.
            coming = self._open((self._coming or present).number + 1)
            coming.take_over(present)
            self._turn_to(coming)
            return
        if self._coming is not None:
            if self._seconds() > self._coming.opened_seconds + PREPARING_SECONDS:
                self._turn_to(self._coming)
            return
        coming = self._open(present.number + 1)
        coming.take_over(present)
        if present.compute_seconds <= CHEAP_SECONDS or idle_seconds > PAUSE_SECONDS:
            self._turn_to(coming)
        else:
            self._coming = coming
            self._preparing = threading.Thread(
                target=self._prepare, args=(coming,), name="answers", daemon=True
            )
            self._preparing.start()

    def _open(self, number: int) -> Edition:
        return Edition(
            number,
            self._kept,
            self._store,
            source=self._source,
            prices=self._prices,
            clock=self._clock,
            seconds=self._seconds,
            rules=self._rules,
            assignments=self._assignments,
        )

    def _prepare(self, coming: Edition) -> None:
        try:
            for request in coming.wanted():
                if self._coming is not coming:
                    return
                with suppress(StoreError, BadPeriodError):  # raised again to the reader who asks
                    coming.prepare(request)
        except Exception:
            log.exception("Answers could not be prepared")
        finally:
            with self._turning:
                if self._coming is coming:
                    self._turn_to(coming)

    def _turn_to(self, coming: Edition) -> None:
        if self._present is not None:
            self._kept.drop(self._present.number)
        self._present, self._coming = coming, None


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)
