"""Follows LibreChat: fills the store, and tells receivers what happens in it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from librechat_analytics.exports.reports import due_message
from librechat_analytics.finops.alerting import Alerting
from librechat_analytics.finops.due_reports import read_due_report
from librechat_analytics.finops.kept_answers import EvaluatedRepository, KeptAnswers
from librechat_analytics.sync.loop import Syncer
from librechat_analytics.usage.answers import SourceReport

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from librechat_analytics.finops.definitions import Receiver
    from librechat_analytics.finops.definitions_file import DefinitionsFile
    from librechat_analytics.finops.messages import Message
    from librechat_analytics.librechat.mongo import MongoSource
    from librechat_analytics.settings import Settings
    from librechat_analytics.store.outbox_items import Alert
    from librechat_analytics.store.store import Store
    from librechat_analytics.sync.state import Phase
    from librechat_analytics.usage.assigned_snapshot import Assignments
    from librechat_analytics.usage.prices import PriceList
    from librechat_analytics.usage.questions import Repository
    from librechat_analytics.usage.repository import StoreRepository

LAST_BATCH_SECONDS = 20


class Following:
    """The sync and the alerts of one store, in threads of their own; nothing runs before ``start``."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        source: MongoSource | None,
        definitions: DefinitionsFile,
        *,
        prices: PriceList | None,
        assignments: Assignments,
        reports: Callable[[], Repository] | None = None,
        progress: Callable[[Phase, int, int | None], None] = lambda *_: None,
    ) -> None:
        """Follow a source, None: the store changes only by imports.

        ``reports`` answers what reports by schedule contain; by default that is read from the store.
        ``progress`` is told how far the sync is.
        """
        self._settings = settings
        self._store = store
        self._source = source
        self._definitions = definitions
        self._prices = prices
        self._assignments = assignments
        self._reports = reports or (lambda: self._repository_at(None))
        self._kept = KeptAnswers()
        self.syncer: Syncer | None = None
        self._thread: threading.Thread | None = None
        if source is not None:
            self.syncer = Syncer(
                store,
                source,
                sync_seconds=settings.sync_seconds,
                labels_seconds=settings.labels_seconds,
                report=progress,
            )
            self._thread = threading.Thread(target=self.syncer.follow, name="sync", daemon=True)
        self.alerting = Alerting.of(
            store,
            lambda: definitions.current,
            self._repository_at,
            public_url=settings.public_url,
            write_report=self._write_report,
        )

    def source_report(self) -> SourceReport:
        """Return how the source is doing now."""
        if self.syncer is None:
            return SourceReport("offline")
        state, audit = self.syncer.source_state, self.syncer.audit_running
        return SourceReport(
            state.status,
            state.progress,
            is_foreign=state.is_foreign,
            audit_kind=audit.kind if audit else None,
            audit_progress=audit.progress if audit else None,
        )

    def start(self) -> None:
        """Follow from now on; alerts need a definitions file."""
        if self._definitions.path is not None:
            self.alerting.start()
        if self._thread is not None:
            self._thread.start()

    def stop(self) -> None:
        """End after the current batch; call this before the store closes."""
        self.alerting.stop()
        if self.syncer and self._thread:
            self.syncer.stop()
            if self._thread.is_alive():
                self._thread.join(LAST_BATCH_SECONDS)
        if self._source:
            self._source.close()

    def _repository_at(self, now: datetime | None) -> StoreRepository:
        return EvaluatedRepository(
            self._kept,
            self._store,
            source=self.source_report,
            prices=self._prices,
            fixed_now=now,
            rules=lambda: self._definitions.rules,
            assignments=self._assignments,
        )

    def _write_report(self, item: Alert, receiver: Receiver) -> Message:
        due, address = read_due_report(item), self._settings.public_url or ""
        return due_message(self._reports(), self._definitions.current, due, receiver, address)
