"""Publishes the store of a follower, the working copy, to ClickHouse, where everybody else reads it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from librechat_analytics.store.clickhouse import schema
from librechat_analytics.store.clickhouse.commit import newest_commit
from librechat_analytics.store.clickhouse.publication import Publication, version_after
from librechat_analytics.store.clickhouse.sending import INSERTS
from librechat_analytics.store.clickhouse.working_copy import WorkingCopy
from librechat_analytics.store.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from librechat_analytics.store.clickhouse.commit import Commit
    from librechat_analytics.store.clickhouse.connection import Connection
    from librechat_analytics.store.store import Store

log = logging.getLogger(__name__)


class OutOfStepError(StoreError):
    """Another follower has published; the working copy must be restored before this one can go on."""


class Publisher:
    """Brings ClickHouse in step with the working copy, one commit at a time; for one thread.

    ``follower`` tells this process from other followers.
    """

    def __init__(self, store: Store, connection: Connection, *, follower: str) -> None:
        self._store = store
        self._copy = WorkingCopy(store)
        self._connection = connection
        self._follower = follower
        self._last: Commit | None = None
        self._ledger: UUID | None = None
        self._changes: int | None = None

    def prepare(self, report: Callable[[str, int, int], None] = lambda _what, _done, _all: None) -> None:
        """Make ClickHouse and the working copy agree: publish everything, or restore the working copy.

        ``report`` gets what is being done, how many rows are done and how many there are. Raises
        StoreError if ClickHouse has another ledger.
        """
        schema.prepare(self._connection)
        self._last = newest_commit(self._connection)
        self._changes = None
        published = self._copy.published()
        if published is None:
            published = self._copy.begin()
        self._ledger = published.ledger
        if self._last is None:
            self._publish_all(report)

    def publish(self) -> bool:
        """Publish what has changed, in one commit; return whether anything had."""
        if self._changes == self._store.changes:
            return False
        return self._publish()

    def _publish_all(self, report: Callable[[str, int, int], None]) -> None:
        self._publish(lambda done, rows: report("publishing", done, rows))

    def _publish(self, report: Callable[[int, int], None] = lambda _done, _all: None) -> bool:
        if self._ledger is None:
            raise RuntimeError("prepare comes before publish")
        changes = self._store.changes
        last = self._last
        with self._store.reading() as cursor:
            publication = Publication(
                self._store,
                cursor,
                self._connection,
                last,
                version_after(0 if last is None else last.version),
                f"{INSERTS}{self._follower}",
            )
            # Read after the snapshot is taken, so that no row in it is younger.
            changed_at = self._store.changed_at
            if publication.send(report):
                self._copy.note_pending(publication.version)
                publication.commit(self._ledger, self._follower, changed_at)
                self._last = newest_commit(self._connection)
                self._copy.note_committed(publication.version, publication.sent())
                is_published = True
            else:
                is_published = False
        self._changes = changes
        return is_published

    def close(self) -> None:
        """Nothing is kept open; what was not published is published by the next start."""
