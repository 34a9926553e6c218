"""Decides when an audit is due, and of which kind."""

from __future__ import annotations

import threading
import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from librechat_analytics.sync.frames import naive

if TYPE_CHECKING:
    from collections.abc import Callable

    from librechat_analytics.store.held_ids import AuditKind

BY_COUNTS_AFTER = timedelta(days=1)
BY_IDS_AFTER = timedelta(days=7)
RETRY_SECONDS = 60.0
LEAST_REST_SECONDS = 15.0
REST_TIMES = 20
"""After an audit because of growth, the next one waits this many times as long as that audit took."""


class AuditSchedule:
    """Decides when an audit is due: on request, after some days, or when the ledger grew unexpectedly.

    Requests come from the server's threads, results from the audit's own thread.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._requested: AuditKind | None = None
        self._audited_at: datetime | None = None
        self._retry_at = float("-inf")
        self._growth_audit_at = float("-inf")

    @property
    def is_requested(self) -> bool:
        """Whether somebody waits for an audit."""
        return self._requested is not None

    def request(self) -> None:
        """Request an audit of every id as soon as possible."""
        with self._lock:
            self._requested = "ids"
            self._retry_at = self._growth_audit_at = float("-inf")

    def due(
        self,
        *,
        last_by_ids: Callable[[], datetime | None],
        has_grown: bool,
        quick_kind: Callable[[], AuditKind],
    ) -> AuditKind | None:
        """Return the audit that is due, if any.

        ``last_by_ids`` returns when the last audit by ids ended, ``quick_kind`` the kind that costs little.
        """
        with self._lock:
            if time.monotonic() < self._retry_at:
                return None
            if self._requested is not None:
                return self._requested
            audited_at, growth_audit_at = self._audited_at, self._growth_audit_at
        now, by_ids = self._clock(), last_by_ids()
        if by_ids is None or abs(naive(now) - by_ids) >= BY_IDS_AFTER:
            return "ids"
        is_old = audited_at is None or now - audited_at >= BY_COUNTS_AFTER
        if is_old or (has_grown and time.monotonic() >= growth_audit_at):
            return quick_kind()
        return None

    def take_request(self, kind: AuditKind) -> AuditKind | None:
        """Take the request that an audit of this kind fulfils; a later request needs another audit."""
        with self._lock:
            taken = self._requested if self._requested == kind else None
            if taken is not None:
                self._requested = None
            return taken

    def put_back(self, request: AuditKind | None) -> None:
        """Put a request back whose audit did not end."""
        with self._lock:
            self._requested = self._requested or request

    def retry_later(self) -> None:
        """Wait before the next try, after an audit that failed."""
        with self._lock:
            self._retry_at = time.monotonic() + RETRY_SECONDS

    def note_end(self, seconds: float) -> None:
        """Note that an audit has ended, and how many seconds it took."""
        with self._lock:
            self._growth_audit_at = time.monotonic() + max(LEAST_REST_SECONDS, REST_TIMES * seconds)
            self._audited_at = self._clock()
