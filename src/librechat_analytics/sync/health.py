"""Keeps the state of the source, and logs each change of it once."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from librechat_analytics.librechat.source import SourceForeignError
from librechat_analytics.sync.state import SourceState

if TYPE_CHECKING:
    from librechat_analytics.librechat.source import SourceUnreachableError

log = logging.getLogger(__name__)


class SourceHealth:
    """The state of the source, without a new log line for a problem that only continues.

    Only the sync's own thread changes it. Others read ``state``: a value that is replaced as a whole, so they
    need no lock.
    """

    def __init__(self, state: SourceState) -> None:
        self.state = state
        self._reported: set[str] = set()
        self._failure: str | None = None

    def note_unreachable(self, error: SourceUnreachableError) -> None:
        """Note that the source did not answer; the log gets each kind of problem once."""
        problem = str(error)
        # The part between the first colon and the end of its sentence may change at each try.
        kind = problem.partition(":")[0] + problem.partition(". ")[2]
        if kind not in self._reported:
            log.warning("%s Figures stay as they are; trying again.", problem)
            self._reported.add(kind)
        is_foreign = isinstance(error, SourceForeignError)
        self.state = SourceState("unreachable", problem=problem, is_foreign=is_foreign)

    def note_answer(self) -> None:
        """Note that the source answers."""
        self._reported.clear()
        if self.state.status == "unreachable":
            log.info("MongoDB answers again.")

    def note_failure(self, failure: str) -> None:
        """Note that a sync failed for another reason than the source."""
        if failure != self._failure:
            log.error("%s Figures stay as they are; trying again.", failure)
        self._failure = failure

    def note_success(self) -> None:
        """Note that a sync was completed."""
        if self._failure:
            log.info("The sync works again.")
        self._failure = None
