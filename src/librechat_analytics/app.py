"""Puts all rooms together: settings in, a Flask app that serves and syncs out."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from librechat_analytics.answer_cache.repository import CachedRepository
from librechat_analytics.dashboard.app import mount_dashboard
from librechat_analytics.dashboard.dash_seams.endpoints import FILE_ENDPOINTS, PAGE_ENDPOINTS
from librechat_analytics.dashboard.views.registry import views_to_show
from librechat_analytics.exports.reports import due_message
from librechat_analytics.finops import matches
from librechat_analytics.finops.alerting import Alerting
from librechat_analytics.finops.definitions_file import DefinitionsFile
from librechat_analytics.finops.due_reports import read_due_report
from librechat_analytics.finops.kept_days import EvaluatedRepository, KeptDays
from librechat_analytics.librechat.mongo import MongoSource
from librechat_analytics.settings import name_users, require_a_key, whole_environment
from librechat_analytics.store.store import FILE_NAME, Store, StoreError
from librechat_analytics.sync.loop import Syncer
from librechat_analytics.sync.mending import mend_names, mend_providers
from librechat_analytics.sync.summing_up import sum_up_stored
from librechat_analytics.usage.answers import SourceReport
from librechat_analytics.usage.assigned_snapshot import Assignments
from librechat_analytics.usage.prices import read_price_list
from librechat_analytics.usage.scopes import unmatched_parts
from librechat_analytics.web.alerts import serve_alerts
from librechat_analytics.web.api import api_blueprint
from librechat_analytics.web.audit import serve_audit
from librechat_analytics.web.backup import serve_backup
from librechat_analytics.web.finops_metrics import (
    AnomaliesCollector,
    BudgetsCollector,
    DefinitionsCollector,
    DeliveriesCollector,
)
from librechat_analytics.web.gatekeeper import Gatekeeper
from librechat_analytics.web.keys import KeyRing
from librechat_analytics.web.keys_file import KeysFileError, read_keys_now
from librechat_analytics.web.keys_watch import KeysWatch
from librechat_analytics.web.metrics import serve_metrics
from librechat_analytics.web.openapi import serve_description
from librechat_analytics.web.report_preview import serve_report_preview
from librechat_analytics.web.server import (
    ASK_AGAIN,
    PREFIX,
    PublicPage,
    create_server,
    refuse_unknown_api_paths,
)
from librechat_analytics.zones import parse_zone

if TYPE_CHECKING:
    from flask import Flask
    from prometheus_client.registry import Collector

    from librechat_analytics.finops.definitions import Receiver
    from librechat_analytics.finops.messages import Message
    from librechat_analytics.settings import Settings
    from librechat_analytics.store.outbox_items import Alert
    from librechat_analytics.usage.answers import SourceStatus
    from librechat_analytics.usage.prices import PriceList
    from librechat_analytics.usage.repository import StoreRepository
    from librechat_analytics.web.status_bodies import Readiness

log = logging.getLogger(__name__)

EXTENSION = "librechat_analytics"
LAST_BATCH_SECONDS = 20


@dataclass(slots=True)
class Running:
    """What an app has open."""

    store: Store
    source: MongoSource | None
    syncer: Syncer | None
    thread: threading.Thread | None
    repository: CachedRepository
    keys_watch: KeysWatch
    definitions: DefinitionsFile
    alerting: Alerting

    def close(self) -> None:
        """End the sync after its current batch and close the store."""
        self.keys_watch.stop()
        self.definitions.stop()
        self.alerting.stop()
        if self.syncer and self.thread:
            self.syncer.stop()
            self.thread.join(LAST_BATCH_SECONDS)
        if self.source:
            self.source.close()
        self.repository.close()
        self.store.close()


def open_store(settings: Settings) -> Store:
    """Open the store of DATA_DIR; raises StoreError if it cannot be used."""
    store = Store(settings.data_dir, memory_limit=f"{settings.store_memory_limit}B")
    if settings.anonymize_users:
        store.erase_names()
    mend_names(store)
    mend_providers(store)
    sum_up_stored(store, datetime.now(UTC))
    return store


def open_source(settings: Settings) -> MongoSource | None:
    """Make the source of MONGO_URI, None without one; raises SourceError if it cannot be used."""
    if settings.mongo_uri is None:
        return None
    return MongoSource.at(settings.mongo_uri.get_secret_value(), anonymous=settings.anonymize_users)


def open_prices(settings: Settings) -> PriceList | None:
    """Read the price list of PRICES_FILE, None without one; raises PriceListError if it cannot be read."""
    return read_price_list(settings.prices_file) if settings.prices_file else None


def open_definitions(settings: Settings) -> DefinitionsFile:
    """Read the definitions of FINOPS_FILE; its ``problem`` says why it cannot be used."""
    return DefinitionsFile(settings.finops_file, settings.dashboard_timezone, whole_environment)


def preflight(settings: Settings) -> None:
    """Raise now what would keep ``create_app`` from working in the worker process.

    Key files and the definitions are checked only here: one that becomes wrong later does not stop a server,
    even if its worker is replaced.
    """
    require_keys(settings)
    open_prices(settings)
    open_definitions(settings).require_good()
    if source := open_source(settings):
        source.close()
    open_store(settings).close()


def require_keys(settings: Settings) -> None:
    """Raise SettingsError or KeysFileError if no key would be accepted, or the key file is missing."""
    require_a_key(settings)
    if settings.dashboard_api_keys_file is None:
        return
    file = read_keys_now(settings.dashboard_api_keys_file)
    is_shut = settings.dashboard_api_key is None and not file.keys and not file.waits
    if file.unreadable or (is_shut and file.problems):
        raise KeysFileError("\n".join(file.problems))


def open_keys(settings: Settings) -> KeyRing:
    """Read all keys; raises SettingsError if there can be none."""
    require_a_key(settings)
    own_key = settings.dashboard_api_key
    return KeyRing(own_key.get_secret_value() if own_key else None, settings.dashboard_api_keys_file)


def make_gatekeeper(settings: Settings, keys: KeyRing) -> Gatekeeper:
    """Make the gatekeeper for these keys."""
    return Gatekeeper(
        keys,
        trusted_proxies=settings.trusted_proxies,
        auth_proxies=name_users(settings),
        signed_in_header=settings.auth_proxy_header,
    )


def create_app(settings: Settings) -> Flask:
    """Open the store, start the sync where MongoDB is configured, and serve API and dashboard.

    Raises SettingsError, PriceListError, SourceError or StoreError with a message for the operator. Close the
    app with ``close_app``.
    """
    keys, definitions = open_keys(settings), open_definitions(settings)
    prices, source, store = open_prices(settings), open_source(settings), open_store(settings)
    if store.count_transactions() == 0:
        _log_what_an_empty_store_means(settings)
    syncer = thread = None
    if source is not None:
        syncer = Syncer(
            store,
            source,
            sync_seconds=settings.sync_seconds,
            labels_seconds=settings.labels_seconds,
        )
        thread = threading.Thread(target=syncer.follow, name="sync", daemon=True)

    keys_watch = KeysWatch(keys, lambda scope: unmatched_parts(store, scope, definitions.rules))

    def source_report() -> SourceReport:
        if syncer is None:
            return SourceReport("offline")
        state, audit = syncer.source_state, syncer.audit_running
        return SourceReport(
            state.status,
            state.progress,
            is_foreign=state.is_foreign,
            audit_kind=audit.kind if audit else None,
            audit_progress=audit.progress if audit else None,
        )

    assignments = Assignments()

    kept_days = KeptDays()

    def repository_at(now: datetime | None) -> StoreRepository:
        return EvaluatedRepository(
            kept_days,
            store,
            source=source_report,
            prices=prices,
            fixed_now=now,
            rules=lambda: definitions.rules,
            assignments=assignments,
        )

    def write_report(item: Alert, receiver: Receiver) -> Message:
        due, address = read_due_report(item), settings.public_url or ""
        return due_message(repository, definitions.current, due, receiver, address)

    alerting = Alerting.of(
        store,
        lambda: definitions.current,
        repository_at,
        public_url=settings.public_url,
        write_report=write_report,
    )
    page = PublicPage(PAGE_ENDPOINTS, FILE_ENDPOINTS)
    server = create_server(
        gatekeeper=make_gatekeeper(settings, keys),
        readiness=lambda: _readiness(store, source_report().status),
        frame_ancestors=settings.frame_ancestors,
        public_page=page,
    )
    repository = CachedRepository(
        store,
        server,
        source=source_report,
        prices=prices,
        rules=lambda: definitions.rules,
        assignments=assignments,
    )
    server.register_blueprint(
        api_blueprint(
            repository,
            default_zone=settings.dashboard_timezone,
            definitions=lambda: definitions.current,
        )
    )
    anomalies = AnomaliesCollector(
        repository,
        default_zone=parse_zone(settings.dashboard_timezone),
        definitions=lambda: definitions.current,
    )
    budgets = BudgetsCollector(repository, lambda: definitions.current)
    serve_metrics(server, repository, [anomalies, budgets, *_finops_metrics(definitions, alerting)])
    serve_alerts(server, repository, alerting, lambda: definitions.current)
    serve_audit(server, repository, begin=syncer.want_audit if syncer else None)
    serve_backup(server, store.open_copy)
    serve_report_preview(
        server, repository, definitions=lambda: definitions.current, page=settings.public_url or ""
    )
    serve_description(server, default_zone=settings.dashboard_timezone)
    refuse_unknown_api_paths(server)
    dashboard = mount_dashboard(
        server,
        repository,
        prefix=PREFIX,
        cache_control=ASK_AGAIN,
        default_zone=settings.dashboard_timezone,
        definitions=lambda: definitions.current,
        definitions_problem=lambda: definitions.problem,
        alert_reader=alerting.reader,
        views=views_to_show(finops=settings.finops_file is not None),
    )
    page.script_hashes = tuple(dashboard.csp_hashes())
    server.extensions[EXTENSION] = Running(
        store, source, syncer, thread, repository, keys_watch, definitions, alerting
    )
    if settings.dashboard_api_keys_file is not None:
        keys_watch.start()
    definitions.start(
        lambda said, map_name: matches.unmatched(store, said.cost_centers, map_name),
    )
    if definitions.path is not None:
        alerting.start()
    if thread is not None:
        thread.start()
    return server


def close_app(app: Flask) -> None:
    """Stop what ``create_app`` started; nothing that was committed is lost."""
    app.extensions[EXTENSION].close()


def _finops_metrics(definitions: DefinitionsFile, alerting: Alerting) -> list[Collector]:
    """Return what ``/metrics`` says where there is a definitions file."""
    if definitions.path is None:
        return []
    return [
        DefinitionsCollector(lambda: definitions.problem),
        DeliveriesCollector(alerting.outbox.count_deliveries),
    ]


def _readiness(store: Store, source: SourceStatus) -> Readiness:
    try:
        anything_read = store.state().anything_read
    except StoreError:
        return "unavailable"
    # Without a source there is nothing to wait for.
    return "ready" if anything_read or source == "ok" or source == "offline" else source


def _log_what_an_empty_store_means(settings: Settings) -> None:
    log.info(
        "The store in %s is empty. %s If there was a store before, only a backup has what LibreChat has"
        " deleted since then: stop the server, put the backup there as %s in place of all files, and start"
        " again. The sync continues from the backup.",
        settings.data_dir,
        "The sync now reads all that LibreChat still has." if settings.mongo_uri else "An import fills it.",
        FILE_NAME,
    )
