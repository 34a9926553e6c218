"""The store in ClickHouse, for programs that only read: answers, exports and the dashboard."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from contextlib import contextmanager
from typing import TYPE_CHECKING

from librechat_analytics.errors import AwayError
from librechat_analytics.store.clickhouse.commit import newest_commit
from librechat_analytics.store.clickhouse.look import Look
from librechat_analytics.store.clickhouse.snapshots import ClickHouseSnapshot
from librechat_analytics.store.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from librechat_analytics.store.clickhouse.address import StoreAddress
    from librechat_analytics.store.clickhouse.commit import Commit
    from librechat_analytics.store.clickhouse.connection import Connection
    from librechat_analytics.store.store import SyncState


class NothingPublishedError(StoreError, AwayError):
    """No follower has published yet."""


def nothing_published(address: StoreAddress) -> NothingPublishedError:
    """Return the error of a database that no follower has published to."""
    return NothingPublishedError(
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
    """The store as the newest commit left it, for many threads, which ``Look`` says when to look for.

    If ClickHouse does not answer, the store stays with the commit that it knows; it raises StoreError while
    it knows none. ``looks`` is a connection with less patience than others, to look with. With ``is_logged``,
    the log says when ClickHouse is away.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        looks: Connection | None = None,
        has_names: bool = True,
        seconds: Callable[[], float] = time.monotonic,
        is_logged: bool = False,
    ) -> None:
        super().__init__(connection, has_names=has_names)
        self._looks = looks or connection
        self._look = Look(self._newest, seconds=seconds, is_logged=is_logged)

    @property
    def commit(self) -> Commit:
        """The newest commit."""
        return self._look.newest()

    def close(self) -> None:
        """Close the connections."""
        self._connection.close()
        self._looks.close()

    def _newest(self) -> Commit:
        newest = newest_commit(self._looks)
        if newest is None:
            raise nothing_published(self._connection.address)
        return newest

    def is_away(self) -> bool:
        """Say whether ClickHouse is away after a query has failed, and log it if that is news."""
        return self._look.fails()

    def require_answers(self) -> None:
        """Raise StoreError if the last look found that the server hangs."""
        self._look.require_answers()
