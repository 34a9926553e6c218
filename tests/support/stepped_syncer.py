"""A syncer that works in steps, and the failures that the program only logs."""

from __future__ import annotations

import logging
from types import SimpleNamespace
from typing import TYPE_CHECKING

from librechat_analytics.sync.loop import Syncer

if TYPE_CHECKING:
    from collections.abc import Callable


class SteppedSyncer(Syncer):
    """A syncer that follows for one reading at a time, and does its background work within it."""

    def look(self) -> None:
        self._stop.clear()
        self._woken = SimpleNamespace(wait=lambda _: self.stop(), set=bool, clear=bool)  # type: ignore[assignment]
        self.follow()
        self._stop.clear()

    def _start(self, _: str, work: Callable[[], None]) -> None:
        work()

    def look_amid(self) -> None:
        """Look for new rows while an audit is at work."""
        if self.audit_running is not None:
            self._read()


class Failures(logging.Handler):
    """Collects what the program only logs when it fails in a way that nobody has thought of."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.met: list[BaseException] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info and record.exc_info[1] is not None:
            self.met.append(record.exc_info[1])
