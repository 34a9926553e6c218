"""How the source is doing as the follower reports it, for processes that only answer."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final, get_args

from librechat_analytics.store.clickhouse.followers import newest_heartbeat
from librechat_analytics.store.clickhouse.look import Look
from librechat_analytics.store.errors import StoreError
from librechat_analytics.usage.answers import AuditKind, SourceReport, SourceStatus

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from librechat_analytics.store.clickhouse.connection import Connection
    from librechat_analytics.store.clickhouse.followers import Heartbeat

LEAST_SILENCE: Final = timedelta(seconds=30)
SYNCS_MISSED: Final = 3


@dataclass(frozen=True, slots=True)
class Seen:
    """The newest heartbeat, None if there never was one, and how old it was at an instant of the clock."""

    heartbeat: Heartbeat | None
    age: timedelta
    at: float


class ReportedSource:
    """Reads the newest heartbeat when somebody wants to know, as often as ``Look`` does."""

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
        self._look = Look(self._newest, seconds=seconds)

    def heartbeat(self) -> Heartbeat | None:
        """Return the newest heartbeat that is known; None if there never was one, or none can be read."""
        seen = self._seen()
        return None if seen is None else seen.heartbeat

    def _seen(self) -> Seen | None:
        with suppress(StoreError):  # what was known before still tells how old it is
            return self._look.newest()
        return None

    def _newest(self) -> Seen:
        heartbeat, age = newest_heartbeat(self._connection) or (None, timedelta(0))
        return Seen(heartbeat, age, self._seconds())

    def age(self) -> timedelta | None:
        """Return how old the newest heartbeat is; None if there never was one."""
        seen = self._seen()
        if seen is None or seen.heartbeat is None:
            return None
        return seen.age + timedelta(seconds=self._seconds() - seen.at)

    def silent_since(self) -> datetime | None:
        """Return when the follower last reported, if that is too long ago; None if all is well."""
        heartbeat, age = self.heartbeat(), self.age()
        return heartbeat.at if heartbeat and age and age > self._most_silent else None

    def report(self) -> SourceReport:
        """Return how the source is doing, as far as a follower says so."""
        heartbeat = self.heartbeat()
        if heartbeat is None:
            return SourceReport("unreachable", lacks_follower=True)
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
