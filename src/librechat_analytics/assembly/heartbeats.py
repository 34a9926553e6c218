"""The signs of life of a follower, which tell everybody else how the source is doing."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from librechat_analytics.store.clickhouse.followers import Heartbeat, write_heartbeat
from librechat_analytics.store.errors import StoreError
from librechat_analytics.store.schema import PROGRAM_VERSION
from librechat_analytics.usage.repository import utc_now

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from librechat_analytics.store.clickhouse.connection import Connection
    from librechat_analytics.usage.answers import SourceReport

LOOK_SECONDS: Final = 1.0
BEAT_SECONDS: Final = 10.0


class Heartbeats:
    """Writes a heartbeat when the source is doing otherwise than before, and every ten seconds."""

    def __init__(
        self,
        connection: Connection,
        source: Callable[[], SourceReport],
        follower: str,
        *,
        clock: Callable[[], datetime] = utc_now,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._connection = connection
        self._source = source
        self._follower = follower
        self._clock = clock
        self._seconds = seconds
        self._beating = threading.Lock()
        self._last: SourceReport | None = None
        self._last_seconds = float("-inf")

    def follow(self, stopped: threading.Event) -> None:
        """Write heartbeats until stopped; while ClickHouse does not answer, there are none."""
        while not stopped.is_set():
            with suppress(StoreError):  # the publications report it
                self.beat_if_due()
            stopped.wait(LOOK_SECONDS)

    def beat_if_due(self) -> None:
        """Write a heartbeat unless the last one still says all; raises StoreError if it cannot be written."""
        with self._beating:
            report, now = self._source(), self._seconds()
            if report == self._last and now - self._last_seconds < BEAT_SECONDS:
                return
            write_heartbeat(
                self._connection,
                Heartbeat(
                    follower=self._follower,
                    at=self._clock(),  # ClickHouse writes its own time
                    source_status=report.status,
                    progress=report.progress,
                    is_foreign=report.is_foreign,
                    audit_kind=report.audit_kind,
                    audit_progress=report.audit_progress,
                    program_version=PROGRAM_VERSION,
                ),
            )
            self._last, self._last_seconds = report, now
