"""The store in ClickHouse, for programs that only read: answers, exports and the dashboard."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from contextlib import contextmanager, suppress
from threading import Lock
from typing import TYPE_CHECKING

from librechat_analytics.store.clickhouse.commit import newest_commit
from librechat_analytics.store.clickhouse.problems import UnreachableError
from librechat_analytics.store.clickhouse.snapshots import ClickHouseSnapshot
from librechat_analytics.store.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from librechat_analytics.store.clickhouse.address import StoreAddress
    from librechat_analytics.store.clickhouse.commit import Commit
    from librechat_analytics.store.clickhouse.connection import Connection
    from librechat_analytics.store.store import SyncState

LOOK_SECONDS = 1.0
"""Look for a newer commit at most this often, so that readers see it within two seconds."""

PATIENCE_SECONDS = 3
"""A server that answers a look no sooner is taken to hang."""

REST_SECONDS = 10.0
"""Look at a server that hangs again after so long; till then its queries fail at once, and hold up nobody."""


def nothing_published(address: StoreAddress) -> StoreError:
    """Return the error of a database that no follower has published to."""
    return StoreError(
        f"Nothing was published to {address} yet. Start a follower: librechat-analytics sync --follow."
    )


class CommitReader(ABC):
    """Reads what one commit left."""

    def __init__(self, connection: Connection, *, has_names: bool = True) -> None:
        """Read from a database; unless it ``has_names``, nothing shows who people are."""
        self._connection = connection
        self._has_names = has_names

    @property
    @abstractmethod
    def commit(self) -> Commit:
        """The commit that is read."""

    @abstractmethod
    def require_answers(self) -> None:
        """Raise StoreError if the server is known to hang."""

    @property
    def version(self) -> int:
        """The version of the commit."""
        return self.commit.version

    @property
    def as_of_version(self) -> int:
        """The version of the last commit that moved ``as_of``."""
        return self.commit.as_of_version

    @property
    def changed_at(self) -> datetime:
        """When the newest change began; no row is younger."""
        return self.commit.changed_at

    @contextmanager
    def snapshot(self) -> Iterator[ClickHouseSnapshot]:
        """Open a snapshot; its queries raise StoreError if ClickHouse cannot be read."""
        commit = self.commit
        self.require_answers()
        yield ClickHouseSnapshot(self._connection, commit, has_names=self._has_names)

    def pinned(self) -> PinnedStore:
        """Return a store that stays with this commit."""
        return PinnedStore(
            self._connection, self.commit, has_names=self._has_names, require_answers=self.require_answers
        )

    def state(self) -> SyncState:
        """Return how far the source was read."""
        return self.commit.state

    def count_unattributed(self) -> int:
        """Count the rows whose agent is not known yet."""
        return self.commit.unattributed


class PinnedStore(CommitReader):
    """The store as one commit left it."""

    def __init__(
        self,
        connection: Connection,
        commit: Commit,
        *,
        has_names: bool = True,
        require_answers: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(connection, has_names=has_names)
        self._commit = commit
        self._require_answers = require_answers

    @property
    def commit(self) -> Commit:
        """The commit that is read."""
        return self._commit

    def require_answers(self) -> None:
        """Raise StoreError if the server is known to hang."""
        self._require_answers()


class ClickHouseStore(CommitReader):
    """The store as the newest commit left it, for many threads.

    Each use looks for a newer commit, but not within ``LOOK_SECONDS`` of the last look. If ClickHouse does
    not answer, the store stays with the commit that it knows; it raises StoreError while it knows none.
    ``looks`` is a connection with less patience than others, to look with.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        looks: Connection | None = None,
        has_names: bool = True,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(connection, has_names=has_names)
        self._looks = looks or connection
        self._problem: str | None = None
        self._seconds = seconds
        self._looking = Lock()
        self._known: Commit | None = None
        self._look_again_at = 0.0

    @property
    def commit(self) -> Commit:
        """The newest commit."""
        known = self._known
        if known is None:
            with self._looking:
                self._known = self._known or self._first()
                return self._known
        # While one thread looks, the others go on with what is known.
        if self._seconds() >= self._look_again_at and self._looking.acquire(blocking=False):
            try:
                with suppress(StoreError):  # the queries of an answer will say what is wrong
                    self._known = self._newest() or known
            finally:
                self._looking.release()
        return self._known or known

    def close(self) -> None:
        """Close the connections."""
        self._connection.close()
        self._looks.close()

    def require_answers(self) -> None:
        """Raise StoreError if the last look found that the server hangs."""
        if (problem := self._problem) is not None:
            raise UnreachableError(problem)

    def _first(self) -> Commit:
        if self._seconds() < self._look_again_at:
            self.require_answers()
        newest = self._newest()
        if newest is None:
            raise nothing_published(self._connection.address)
        return newest

    def _newest(self) -> Commit | None:
        begun, rest = time.monotonic(), LOOK_SECONDS
        problem = None
        try:
            return newest_commit(self._looks)
        except UnreachableError as error:
            # A server that is down says so at once, and is found again as soon as it is up.
            if time.monotonic() - begun > LOOK_SECONDS:
                problem, rest = str(error), REST_SECONDS
            raise
        finally:
            self._problem, self._look_again_at = problem, self._seconds() + rest
