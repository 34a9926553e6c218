"""The follower: keeps a working copy of the ledger, publishes it, and does what other processes request."""

from __future__ import annotations

import logging
import threading
import time
from contextlib import closing
from typing import TYPE_CHECKING, Final

from librechat_analytics.assembly.done_requests import DoneRequests
from librechat_analytics.assembly.following import Following
from librechat_analytics.assembly.heartbeats import Heartbeats
from librechat_analytics.assembly.opening import open_definitions, open_prices, open_source, open_store
from librechat_analytics.assembly.publishing import RETRY_SECONDS, Publishing, follower_id
from librechat_analytics.finops import matches
from librechat_analytics.store.clickhouse.connection import Connection
from librechat_analytics.store.clickhouse.publisher import OutOfStepError
from librechat_analytics.store.errors import StoreError
from librechat_analytics.usage.assigned_snapshot import Assignments

if TYPE_CHECKING:
    from collections.abc import Callable

    from librechat_analytics.finops.definitions import Definitions
    from librechat_analytics.settings import Settings
    from librechat_analytics.store.clickhouse.address import StoreAddress
    from librechat_analytics.store.store import Store
    from librechat_analytics.sync.state import Phase

    Progress = Callable[[Phase, int, int | None], None]

log = logging.getLogger(__name__)

LOOK_SECONDS: Final = 0.5
"""How often to look whether there is something to publish, or something that others request."""

LONGEST_READER_SECONDS: Final = 120
"""After a person is forgotten: answers turn to a new version within one and a half minutes."""

LAST_REQUEST_SECONDS: Final = 5.0


class Follower:
    """Follows LibreChat and publishes to ClickHouse until it is stopped.

    It starts over, as a new process would, when another follower has published, when ClickHouse answers after
    it did not at the start, and to rewrite the working copy without erased names.
    """

    def __init__(
        self, settings: Settings, address: StoreAddress, stopped: threading.Event, progress: Progress
    ) -> None:
        """Read the definitions; raises DefinitionsError if they cannot be used."""
        self._settings = settings
        self._address = address
        self._stopped = stopped
        self._progress = progress
        self._definitions = open_definitions(settings)
        self._definitions.require_good()
        self._starts_over = threading.Event()
        self._erase_at: float | None = None
        self._store: Store | None = None
        self.following: Following | None = None
        """What reads LibreChat and sends alerts, once ClickHouse and the working copy agree."""

    def run(self) -> None:
        """Follow until stopped; raises OperatorError if the working copy or ClickHouse cannot be used."""
        self._definitions.start(self._unmatched)
        try:
            while not self._stopped.is_set():
                self._starts_over.clear()
                with (
                    closing(open_store(self._settings)) as store,
                    closing(Connection(self._address)) as connection,
                ):
                    try:
                        self._follow(store, connection)
                    except OutOfStepError as error:
                        log.warning("%s", error)
                    finally:
                        self._store = None
        finally:
            self._definitions.stop()

    def _unmatched(self, said: Definitions, map_name: str) -> list[str] | None:
        store = self._store
        return None if store is None else matches.unmatched(store, said.cost_centers, map_name)

    def _follow(self, store: Store, connection: Connection) -> None:
        identity = follower_id(self._settings.data_dir)
        publishing = Publishing(store, connection, identity)
        is_prepared = publishing.prepare(self._stopped)
        if self._stopped.is_set():
            return
        if self._settings.anonymize_users:
            store.erase_names()  # ClickHouse may have had names
        self._store = store  # only now may other threads read it, because preparing may replace it
        self.following = following = Following(
            self._settings,
            store,
            open_source(self._settings),
            self._definitions,
            prices=open_prices(self._settings),
            assignments=Assignments(),
            progress=self._progress,
        )
        following.start()
        try:
            if is_prepared:
                requests = DoneRequests(
                    connection,
                    store,
                    following,
                    self._definitions,
                    publishing.publish_at_once,
                    self._erase_soon,
                )
                heartbeats = Heartbeats(connection, following.source_report, identity)
                self._publish(publishing, requests, heartbeats)
            else:
                self._wait_for_clickhouse(connection)
        finally:
            following.stop()
        if is_prepared:
            publishing.end()

    def _wait_for_clickhouse(self, connection: Connection) -> None:
        """Return when ClickHouse answers: both must be compared before anything more is read."""
        while not self._stopped.wait(RETRY_SECONDS):
            try:
                connection.rows("SELECT 1 AS one")
            except StoreError:
                continue
            return

    def _publish(self, publishing: Publishing, requests: DoneRequests, heartbeats: Heartbeats) -> None:
        """Publish, and do what others request, until this must end or start over."""
        ended = threading.Event()

        def do_requests() -> None:
            try:
                while not ended.wait(LOOK_SECONDS):
                    publishing.attempt("do what was requested", requests.do_waiting)
            except OutOfStepError as error:
                log.warning("%s", error)
                self._starts_over.set()

        threads = [
            threading.Thread(target=do_requests, name="requests", daemon=True),
            threading.Thread(target=heartbeats.follow, args=(ended,), name="heartbeat", daemon=True),
        ]
        for thread in threads:
            thread.start()
        try:
            while not self._stopped.wait(LOOK_SECONDS) and not self._starts_over.is_set():
                if not publishing.attempt("publish", publishing.publish):
                    self._stopped.wait(RETRY_SECONDS)
                    continue
                if self._erase_at is not None and time.monotonic() >= self._erase_at:
                    self._erase_at = None
                    publishing.erase_older_than(LONGEST_READER_SECONDS)
                publishing.fold_if_due()
        finally:
            ended.set()
            for thread in threads:
                thread.join(LAST_REQUEST_SECONDS)

    def _erase_soon(self) -> None:
        """Rewrite the working copy, and delete older names from ClickHouse when no reader can need them."""
        self._erase_at = time.monotonic() + LONGEST_READER_SECONDS + 1
        self._starts_over.set()
