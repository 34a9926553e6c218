"""The store in ClickHouse, for programs that only read: answers, exports and the dashboard."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from contextlib import contextmanager, suppress
from threading import Lock
from typing import TYPE_CHECKING

from librechat_analytics.store.clickhouse.commit import newest_commit
from librechat_analytics.store.clickhouse.problems import RefusedError
from librechat_analytics.store.clickhouse.snapshots import ClickHouseSnapshot
from librechat_analytics.store.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from librechat_analytics.store.clickhouse.commit import Commit
    from librechat_analytics.store.clickhouse.connection import Connection
    from librechat_analytics.store.store import SyncState

LOOK_SECONDS = 1.0
"""Look for a newer commit at most this often, so that readers see it within two seconds."""

UNKNOWN_TABLE = 60


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
        yield ClickHouseSnapshot(self._connection, self.commit, has_names=self._has_names)

    def pinned(self) -> PinnedStore:
        """Return a store that stays with this commit."""
        return PinnedStore(self._connection, self.commit, has_names=self._has_names)

    def state(self) -> SyncState:
        """Return how far the source was read."""
        return self.commit.state

    def count_unattributed(self) -> int:
        """Count the rows whose agent is not known yet."""
        return self.commit.unattributed


class PinnedStore(CommitReader):
    """The store as one commit left it."""

    def __init__(self, connection: Connection, commit: Commit, *, has_names: bool = True) -> None:
        super().__init__(connection, has_names=has_names)
        self._commit = commit

    @property
    def commit(self) -> Commit:
        """The commit that is read."""
        return self._commit


class ClickHouseStore(CommitReader):
    """The store as the newest commit left it, for many threads.

    Each use looks for a newer commit, but not within ``LOOK_SECONDS`` of the last look. If ClickHouse does
    not answer, the store stays with the commit that it knows; it raises StoreError while it knows none.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        has_names: bool = True,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(connection, has_names=has_names)
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

    def _first(self) -> Commit:
        newest = self._newest()
        if newest is None:
            raise StoreError(
                f"Nothing was published to {self._connection.address} yet. Start a follower:"
                " librechat-analytics sync --follow."
            )
        return newest

    def _newest(self) -> Commit | None:
        try:
            return newest_commit(self._connection)
        except RefusedError as error:
            if error.code == UNKNOWN_TABLE:
                return None
            raise
        finally:
            self._look_again_at = self._seconds() + LOOK_SECONDS
