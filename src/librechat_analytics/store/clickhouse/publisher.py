"""Publishes the store of a follower, the working copy, to ClickHouse, where everybody else reads it."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from librechat_analytics.store.clickhouse import folding, followers, schema
from librechat_analytics.store.clickhouse.commit import WRITER_MASK, newest_commit, newest_version, of_writer
from librechat_analytics.store.clickhouse.followers import (
    claim,
    note_stopped,
    others_at_work,
    withdraw,
)
from librechat_analytics.store.clickhouse.publication import Publication, version_after
from librechat_analytics.store.clickhouse.restoring import restoring
from librechat_analytics.store.clickhouse.sending import INSERTS
from librechat_analytics.store.clickhouse.uncommitted import delete_uncommitted, end_inserts
from librechat_analytics.store.clickhouse.working_copy import WorkingCopy
from librechat_analytics.store.errors import StoreError
from librechat_analytics.store.schema import PROGRAM_VERSION, SCHEMA_VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from librechat_analytics.store.clickhouse.commit import Commit
    from librechat_analytics.store.clickhouse.connection import Connection
    from librechat_analytics.store.clickhouse.working_copy import Published
    from librechat_analytics.store.store import Store

log = logging.getLogger(__name__)

LOOK_SECONDS: Final = 1.0
RENEW_SECONDS: Final = 5.0
LONGEST_REST_SECONDS: Final = 60.0
REST_TIMES: Final = 5.0
"""While the history is read, a publication is followed by a rest of so many times its length."""
GIVE_WAY_SECONDS: Final = 1.0
"""A follower that starts sees another one and withdraws within less time."""
TAKE_OVER_SECONDS: Final = 2.0
"""A follower that is at work sees within less time that another one has taken over."""


def seconds_awake_or_not() -> float:
    """Return seconds that also pass while the machine sleeps or the process is stopped."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class OutOfStepError(StoreError):
    """Another follower has published; the working copy must be compared again before this one can go on."""


class StoppedError(StoreError):
    """The follower was stopped while it prepared; the next start goes on."""


class Publisher:
    """Brings ClickHouse in step with the working copy, one commit at a time; for one thread.

    ``follower`` tells this working copy from those of other followers.
    """

    def __init__(
        self,
        store: Store,
        connection: Connection,
        *,
        follower: str,
        rest: Callable[[float], object] = time.sleep,
    ) -> None:
        self._store = store
        self._copy = WorkingCopy(store)
        self._connection = connection
        self._follower = follower
        self._rest = rest
        self._last: Commit | None = None
        self._published: Published | None = None
        self._changes: int | None = None
        self._alone_at = 0.0
        self._writer = secrets.randbelow(WRITER_MASK + 1)
        self._era_began_at: float | None = None
        self._is_sending = False
        self._rest_until = 0.0

    def prepare(
        self,
        report: Callable[[str, int, int], None] = lambda _what, _done, _all: None,
        *,
        is_stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        """Make ClickHouse and the working copy agree: publish everything, or restore the working copy.

        Waits while another follower is at work. ``report`` gets what is being done, how many rows are done
        and how many there are. Raises StoreError if ClickHouse has another ledger, and StoppedError once it
        ``is_stopped``.
        """
        schema.prepare(self._connection)
        self._claim(is_stopped)

        def reported(what: str, done: int, rows: int) -> None:
            report(what, done, rows)
            _require_going_on(is_stopped)

        try:
            with self._keeping_claim():
                self._compare(reported)
        except StoreError:
            with suppress(StoreError):
                self.withdraw()
            raise

    def _compare(self, reported: Callable[[str, int, int], None]) -> None:
        last = newest_commit(self._connection)
        if last is not None and last.follower != self._follower:
            self._rest(TAKE_OVER_SECONDS)  # it may be about to commit
        end_inserts(self._connection)
        last = newest_commit(self._connection)
        published = self._copy.published()
        self._changes = None
        if last is None:
            self._last, self._published = None, published or self._copy.begin()
            self._publish_all(self._published, reported)
            self._published = self._copy.published()
            return
        schema.refuse_newer(last)
        # What other processes have sent does not count, and a paused one may still commit it.
        delete_uncommitted(
            self._connection,
            lambda column: (
                f"{column} > {last.version} AND {of_writer(column, self._writer)}"
                f" AND {column} NOT IN (SELECT version FROM sync_state)"
            ),
        )
        if published is None or published.ledger != last.ledger:
            self._refuse_other_ledger(last)
            self._restore(last, reported)
        elif last.version not in (published.version, published.pending):
            self._restore(last, reported, keeps_old=True)
        elif published.version != last.version:
            self._copy.note_committed(last.version)
        if last.version & WRITER_MASK != self._writer:
            self._era_began_at = None
        with suppress(StoreError):  # forget says so, but nothing else needs to stop
            self._store.remove_unfinished_copy()
        self._last, self._published = last, self._copy.published()
        if published is not None and published.store_schema != SCHEMA_VERSION:
            self._copy.note_everything()

    def publish(self, *, at_once: bool = False) -> bool:
        """Publish what has changed, in one commit; return whether anything had.

        While the history is read, it rests between publications, unless somebody waits for this one
        ``at_once``. Raises OutOfStepError if another follower has published.
        """
        is_resting = time.monotonic() < self._rest_until and not at_once
        if self._changes == self._store.changes or is_resting:
            return False
        began, changes = time.monotonic(), self._store.changes
        if self._published is None:
            raise RuntimeError("prepare comes before publish")
        if self._is_sending:  # the last attempt failed, and left rows or even a commit
            pending = self._copy.published()
            self._require_alone(None if pending is None else pending.pending)
            self._compare(lambda _what, _done, _all: None)
        version = version_after(self._last.version if self._last else 0, self._writer)
        if self._era_began_at is None:
            # Above the version that another process may still commit if it was only paused.
            version = version_after(version, self._writer)
        is_published = self._publish(self._published, version)
        self._changes = changes
        # To find the rows that still wait takes long while the history is read, and nobody waits for news.
        if (state := self._store.state()).oldest_id is not None and not state.history_complete:
            taken = time.monotonic() - began
            self._rest_until = began + min(LONGEST_REST_SECONDS, REST_TIMES * taken)
        return is_published

    def fold(self, *, reader_seconds: int = folding.READER_SECONDS) -> None:
        """Delete from ClickHouse what was replaced so long ago that nobody reads it."""
        if self._last is not None:
            if self._has_old_eras(self._last, reader_seconds):
                self._last = folding.end_eras(self._connection, self._last)
            first_dead_slot = folding.fold(self._connection, self._last, reader_seconds=reader_seconds)
            self._last = replace(self._last, first_dead_slot=first_dead_slot)

    def close(self) -> None:
        """Let another follower begin at once. What was not published is published by the next start."""
        note_stopped(self._connection, self._follower)

    def withdraw(self) -> None:
        """Take back the claim, as if there had been no follower; a copy is none."""
        withdraw(self._connection, self._follower)

    def _claim(self, is_stopped: Callable[[], bool]) -> None:
        """Wait until no other follower is at work, and claim the place; raises StoppedError."""
        is_noted = False
        while True:
            _require_going_on(is_stopped)
            if not (others := others_at_work(self._connection, self._follower)):
                claim(self._connection, self._follower, PROGRAM_VERSION)
                # Two that start together see each other here, and both withdraw.
                if not (others := others_at_work(self._connection, self._follower)):
                    return
                self.withdraw()
            if not is_noted:
                log.warning(
                    "Another follower (%s) is at work on this ClickHouse database. This one waits until it"
                    " has not reported for a minute.",
                    others[0],
                )
                is_noted = True
            self._rest(LOOK_SECONDS + secrets.randbelow(1000) / 1000)

    @contextmanager
    def _keeping_claim(self) -> Iterator[None]:
        """Renew the claim as long as the block lasts; later heartbeats do that."""
        ended = threading.Event()

        def renew() -> None:
            while not ended.wait(RENEW_SECONDS):
                with suppress(StoreError):  # the block reports it
                    claim(self._connection, self._follower, PROGRAM_VERSION)

        thread = threading.Thread(target=renew, name="claim", daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def _publish_all(self, published: Published, report: Callable[[str, int, int], None]) -> None:
        """Publish everything, and go on where an earlier start was killed."""
        kept = published.pending
        delete_uncommitted(
            self._connection,
            lambda column: f"({of_writer(column, self._writer)} OR {column} = {kept or 0})",
            kept=kept,
        )
        version = published.pending or version_after(published.version or 0, self._writer)
        self._copy.note_pending(version)
        self._publish(
            published,
            version,
            lambda done, rows: report("publishing", done, rows),
            None if published.pending is None else self._is_there,
        )

    def _is_there(self, version: int, first: int, end: int, rows: int) -> bool:
        """Say whether an earlier start has sent the rows of a range of slots; deletes a part of them."""
        where = f"version = {version} AND slot >= {first} AND slot < {end}"
        (held,) = self._connection.only_row(f"SELECT count() FROM transactions_log WHERE {where}")
        if held == rows and not self._copy.has_notes(first, end):
            return True
        if held:
            self._connection.command(f"DELETE FROM transactions_log WHERE {where}")
        return False

    def _publish(
        self,
        published: Published,
        version: int,
        report: Callable[[int, int], None] = lambda _done, _all: None,
        is_there: Callable[[int, int, int, int], bool] | None = None,
    ) -> bool:
        with self._store.reading() as cursor:
            publication = Publication(
                self._store,
                cursor,
                self._connection,
                self._last,
                version,
                is_new_era=self._era_began_at is None,
                query_prefix=f"{INSERTS}{self._follower}",
                before_each=self._look_around,
            )
            self._is_sending = True
            # Read after the snapshot is taken, so that no row in it is younger.
            changed_at = self._store.changed_at
            if not publication.send(report, is_there):
                self._is_sending = False
                return False
            self._copy.note_pending(version)
            self._require_alone()
            publication.commit(published.ledger, self._follower, changed_at)
            self._last = newest_commit(self._connection)
            self._copy.note_committed(version, publication.sent())
        self._writer = version & WRITER_MASK
        self._era_began_at = self._era_began_at or seconds_awake_or_not()
        self._is_sending = False
        if self._last is None or self._last.version != version:
            raise self._out_of_step("another one has published at the same time")
        return True

    def _has_old_eras(self, last: Commit, reader_seconds: int) -> bool:
        """Say whether other processes have published before, and cannot be about to send more."""
        if len(last.eras) == 1 or self._era_began_at is None:
            return False
        is_old = seconds_awake_or_not() - self._era_began_at >= reader_seconds
        return is_old or len(last.eras) > folding.MOST_ERAS

    def _look_around(self) -> None:
        """Raise OutOfStepError if this process was paused, and another follower is at work meanwhile."""
        if seconds_awake_or_not() - self._alone_at > followers.ALIVE_SECONDS / 6:
            self._require_alone()

    def _require_alone(self, pending: int | None = None) -> None:
        """Raise OutOfStepError if another follower has published, or is at work.

        ``pending`` is a version that this one may have committed.
        """
        newest = newest_version(self._connection)
        if newest not in (pending, None if self._last is None else self._last.version):
            raise self._out_of_step("another one has published")
        if others_at_work(self._connection, self._follower):
            self._rest(GIVE_WAY_SECONDS)
            if others := others_at_work(self._connection, self._follower):
                self.withdraw()
                raise self._out_of_step(f"another one ({others[0]}) is at work, too")
        self._alone_at = seconds_awake_or_not()

    def _out_of_step(self, reason: str) -> OutOfStepError:
        return OutOfStepError(
            f"This follower stops publishing, because {reason}. Run only one follower for a ClickHouse"
            " database."
        )

    def _refuse_other_ledger(self, last: Commit) -> None:
        if self._store.is_empty():
            return
        reason = "The ClickHouse database and the store in DATA_DIR hold different ledgers."
        if self._copy.was_published_to(last.ledger):
            reason = "The store in DATA_DIR was in use without STORE_URL and may hold more than ClickHouse."
        raise StoreError(
            f"{reason} To go on with what is in ClickHouse, move the store away. To replace that by the"
            " store, run librechat-analytics copy --to --replace."
        )

    def _set_aside(self) -> None:
        kept = self._store.keep_copy(datetime.now(UTC))
        log.warning(
            "The working copy and ClickHouse differ, as after a backup of one of them was put back. The"
            " working copy is kept as %s. Another one takes its place, restored from ClickHouse.",
            kept,
        )

    def _restore(
        self, last: Commit, report: Callable[[str, int, int], None], *, keeps_old: bool = False
    ) -> None:
        log.info("Restoring the working copy from ClickHouse: %s rows.", f"{last.documents:,}")
        with restoring(
            self._store,
            self._connection,
            lambda: last,
            lambda done, rows: report("restoring", done, rows),
        ):
            if keeps_old:
                self._set_aside()


def _require_going_on(is_stopped: Callable[[], bool]) -> None:
    if is_stopped():
        raise StoppedError("The follower was stopped.")
