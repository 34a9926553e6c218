"""Looks at something in ClickHouse again and again, for many threads and no more often than needed."""

from __future__ import annotations

import logging
import time
from threading import Lock
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from librechat_analytics.store.clickhouse.problems import UnreachableError
from librechat_analytics.store.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger(__name__)

Seen = TypeVar("Seen")

LOOK_SECONDS: Final = 1.0
"""Look at most this often, so that readers see news within two seconds."""

PATIENCE_SECONDS: Final = 3
"""A server that answers a look no sooner is taken to hang."""

REST_SECONDS: Final = 10.0
"""Look at a server that hangs again after so long; till then its queries fail at once, and hold up nobody."""


class Look(Generic[Seen]):
    """What was last seen; each use looks again, but not within ``LOOK_SECONDS`` of the last look.

    While one thread looks, the others go on with what is known. ``look`` raises StoreError if it can see
    nothing. With ``is_logged``, the log says once that the store cannot be read, and once that it can again.
    """

    def __init__(
        self,
        look: Callable[[], Seen],
        *,
        seconds: Callable[[], float] = time.monotonic,
        is_logged: bool = False,
    ) -> None:
        self._look = look
        self._seconds = seconds
        self._is_logged = is_logged
        self._looking = Lock()
        self._look_again_at = float("-inf")
        self._seen: Seen | None = None
        self._error: StoreError | None = None
        self._hangs = False
        self._reported = ""

    def newest(self) -> Seen:
        """Return what was last seen; raises StoreError if nothing ever was."""
        if self._is_due() and self._looking.acquire(blocking=self._seen is None):
            try:
                if self._is_due():  # another thread may have looked meanwhile
                    self._look_now()
            finally:
                self._looking.release()
        error = self._error  # read first: another thread may see something now, and then clears it
        if self._seen is not None:
            return self._seen
        if error is None:
            raise RuntimeError("a look ends with something seen or with an error")
        raise error.with_traceback(None)

    def fails(self) -> bool:
        """Say whether the last look failed; if it did not, look now, because a query has failed since."""
        with self._looking:
            if self._error is None:
                self._look_now()
            return self._error is not None

    def require_answers(self) -> None:
        """Raise StoreError if the last look found that the server hangs."""
        error = self._error
        if self._hangs and error is not None:
            raise UnreachableError(str(error))

    def _is_due(self) -> bool:
        # A server that is down says so at once, and is found again as soon as it is up.
        return self._seconds() >= self._look_again_at or (self._seen is None and not self._hangs)

    def _look_now(self) -> None:
        begun = time.monotonic()
        try:
            seen = self._look()
        except StoreError as error:
            self._error = error
            is_away = isinstance(error, UnreachableError)
            self._hangs = is_away and time.monotonic() - begun > LOOK_SECONDS
        else:
            self._seen, self._error, self._hangs = seen, None, False
        self._look_again_at = self._seconds() + (REST_SECONDS if self._hangs else LOOK_SECONDS)
        if self._is_logged:
            self._report()

    def _report(self) -> None:
        problem = "" if self._error is None else str(self._error)
        if isinstance(self._error, UnreachableError):
            problem = "away"  # an outage has several texts, as while a server stops and starts
        if problem and problem != self._reported:
            log.warning("%s Trying again.", self._error)
        elif self._reported and not problem:
            log.info("The store in ClickHouse can be read again.")
        self._reported = problem
