"""Sums up rows into cells when their quarters of an hour are over."""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from librechat_analytics.store.store import Store

log = logging.getLogger(__name__)

SUMMED_UP_AFTER = timedelta(hours=1)
"""By then, nearly all rows have arrived and have their agents. Changing a row later costs more."""

SUMMED_UP_EVERY = timedelta(hours=1)
"""Summing up few rows costs as much as summing up many."""

MANY_ROWS = 1_000_000


class SummingUp:
    """Sums up the rows of a live sync, at most once in ``SUMMED_UP_EVERY``."""

    def __init__(self, store: Store, clock: Callable[[], datetime], is_stopped: Callable[[], bool]) -> None:
        self._store = store
        self._clock = clock
        self._is_stopped = is_stopped
        self._last: datetime | None = None

    def run_if_due(self) -> None:
        """Sum up the rows that are old enough, unless that was done a moment ago."""
        now = self._clock()
        # A clock that was set back must not put it off.
        if self._last is None or not timedelta(0) <= now - self._last < SUMMED_UP_EVERY:
            self._store.sum_up(now - SUMMED_UP_AFTER, is_stopped=self._is_stopped)
            self._last = now


def sum_up_stored(store: Store, now: datetime) -> None:
    """Sum up the rows of a store that was just opened, unless a sync is still reading its history.

    These may be all rows, if an older program wrote them. Then it takes about a second for two million rows.
    """
    state = store.state()
    if state.oldest_id is not None and not state.history_complete:
        return
    started = time.monotonic()
    rows = store.sum_up(now - SUMMED_UP_AFTER)
    if rows >= MANY_ROWS:
        log.info("Summed up %s rows in %.1f s.", f"{rows:,}", time.monotonic() - started)
