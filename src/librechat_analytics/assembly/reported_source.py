"""How the source is doing as the follower reports it, for processes that only answer."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Final, get_args

from librechat_analytics.store.clickhouse.followers import newest_heartbeat
from librechat_analytics.store.clickhouse.store import REST_SECONDS
from librechat_analytics.store.errors import StoreError
from librechat_analytics.usage.answers import AuditKind, SourceReport, SourceStatus

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from librechat_analytics.store.clickhouse.connection import Connection
    from librechat_analytics.store.clickhouse.followers import Heartbeat

LOOK_SECONDS: Final = 1.0
LEAST_SILENCE: Final = timedelta(seconds=30)
SYNCS_MISSED: Final = 3


class ReportedSource:
    """Reads the newest heartbeat at most once a second, when somebody wants to know.

    A server that is slow to answer is left alone for a while.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        sync_seconds: float,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._connection = connection
        self._most_silent = max(LEAST_SILENCE, timedelta(seconds=SYNCS_MISSED * sync_seconds))
        self._seconds = seconds
        self._looking = threading.Lock()
        self._has_looked = False
        self._look_again_at = float("-inf")
        self._heartbeat: Heartbeat | None = None
        self._age = timedelta(0)
        self._age_at = 0.0

    def heartbeat(self) -> Heartbeat | None:
        """Return the newest heartbeat that is known; None if there never was one.

        While one thread looks, the others go on with what is known.
        """
        if self._seconds() >= self._look_again_at and self._looking.acquire(blocking=not self._has_looked):
            try:
                self._look_if_due()
            finally:
                self._looking.release()
        return self._heartbeat

    def _look_if_due(self) -> None:
        begun = self._seconds()
        if begun < self._look_again_at:  # another thread has looked meanwhile
            return
        with suppress(StoreError):  # what was known before still tells how old it is
            self._look()
        ended = self._seconds()
        self._has_looked = True
        self._look_again_at = ended + (REST_SECONDS if ended - begun > LOOK_SECONDS else LOOK_SECONDS)

    def _look(self) -> None:
        heartbeat = newest_heartbeat(self._connection)
        if heartbeat is not None:
            # By ClickHouse's clock, which has also set the heartbeat's time.
            (now,) = self._connection.only_row("SELECT now64(3)")
            self._age, self._age_at = max(timedelta(0), now - heartbeat.at), self._seconds()
        self._heartbeat = heartbeat

    def age(self) -> timedelta | None:
        """Return how old the newest heartbeat is; None if there never was one."""
        if self.heartbeat() is None:
            return None
        return self._age + timedelta(seconds=self._seconds() - self._age_at)

    def silent_since(self) -> datetime | None:
        """Return when the follower last reported, if that is too long ago; None if all is well."""
        heartbeat, age = self.heartbeat(), self.age()
        return heartbeat.at if heartbeat and age and age > self._most_silent else None

    def report(self) -> SourceReport:
        """Return how the source is doing; without any follower the store was filled by an import."""
        heartbeat = self.heartbeat()
        if heartbeat is None:
            return SourceReport("offline")
        if since := self.silent_since():
            return SourceReport("unreachable", silent_since=since)
        return SourceReport(
            # A follower of another version may have other words.
            next((one for one in get_args(SourceStatus) if one == heartbeat.source_status), "ok"),
            heartbeat.progress,
            is_foreign=heartbeat.is_foreign,
            audit_kind=next((one for one in get_args(AuditKind) if one == heartbeat.audit_kind), None),
            audit_progress=heartbeat.audit_progress,
        )
