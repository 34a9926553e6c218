"""Answers requests: API, metrics and dashboard on one server, whatever store is behind them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from librechat_analytics.answer_cache.repository import CachedRepository
from librechat_analytics.assembly.opening import make_gatekeeper
from librechat_analytics.dashboard.app import mount_dashboard
from librechat_analytics.dashboard.dash_seams.endpoints import FILE_ENDPOINTS, PAGE_ENDPOINTS
from librechat_analytics.dashboard.views.registry import views_to_show
from librechat_analytics.finops import matches
from librechat_analytics.store.errors import StoreError
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
from librechat_analytics.web.follower_metrics import FollowerCollector
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
    from collections.abc import Callable
    from io import FileIO

    from flask import Flask
    from prometheus_client.registry import Collector

    from librechat_analytics.finops.alert_list import AlertReader
    from librechat_analytics.finops.definitions import Definitions
    from librechat_analytics.finops.definitions_file import DefinitionsFile
    from librechat_analytics.settings import Settings
    from librechat_analytics.store.interface import Reader
    from librechat_analytics.usage.answers import SourceReport
    from librechat_analytics.usage.assigned_snapshot import Assignments
    from librechat_analytics.usage.prices import PriceList
    from librechat_analytics.web.alerts import AlertVerbs
    from librechat_analytics.web.follower_metrics import Published
    from librechat_analytics.web.keys import KeyRing
    from librechat_analytics.web.status_bodies import Readiness


@dataclass(frozen=True, slots=True)
class Behind:
    """What is behind the answers: the store and its source, and who does what a request wants done."""

    store: Reader
    source: Callable[[], SourceReport]
    definitions: DefinitionsFile
    prices: PriceList | None
    assignments: Assignments
    alerts: AlertReader
    verbs: AlertVerbs
    begin_audit: Callable[[], object] | None
    open_copy: Callable[[], FileIO] | None
    """None: the store is in ClickHouse, elsewhere."""
    published: Callable[[int], Published] | None = None
    """Takes the version of the answers; None: there is no follower."""
    is_readable: Callable[[], bool] = lambda: True
    """Whether the store can be read just now, as far as its state does not say that."""
    is_known_to_be_away: Callable[[], bool] = lambda: False
    """Whether the log has said already that the store does not answer."""


class Answers:
    """A server that answers; the definitions and the file of keys are watched from ``start`` on."""

    def __init__(self, settings: Settings, keys: KeyRing, behind: Behind) -> None:
        """Make the server; it may answer before ``start``."""
        self._settings = settings
        self._behind = behind
        self._keys_watch = KeysWatch(
            keys, lambda scope: unmatched_parts(behind.store, scope, behind.definitions.rules)
        )
        self._page = PublicPage(PAGE_ENDPOINTS, FILE_ENDPOINTS)
        self.server: Flask = create_server(
            gatekeeper=make_gatekeeper(settings, keys),
            readiness=lambda: _readiness(behind),
            frame_ancestors=settings.frame_ancestors,
            public_page=self._page,
            lives_without_store=behind.open_copy is None,
            is_known_to_be_away=behind.is_known_to_be_away,
        )
        self.repository = CachedRepository(
            behind.store,
            self.server,
            source=behind.source,
            prices=behind.prices,
            rules=lambda: behind.definitions.rules,
            assignments=behind.assignments,
        )
        self._serve_api()
        self._serve_page()

    def start(self) -> None:
        """Watch the definitions and the file of keys."""
        behind = self._behind
        if self._settings.dashboard_api_keys_file is not None:
            self._keys_watch.start()
        behind.definitions.start(
            lambda said, map_name: matches.unmatched(behind.store, said.cost_centers, map_name),
        )

    def stop_watching(self) -> None:
        """Stop watching files."""
        self._keys_watch.stop()
        self._behind.definitions.stop()

    def close(self) -> None:
        """Stop preparing answers; call this before the store closes."""
        self.repository.close()

    def _definitions(self) -> Definitions | None:
        return self._behind.definitions.current

    def _serve_api(self) -> None:
        settings, server, repository, behind = self._settings, self.server, self.repository, self._behind
        server.register_blueprint(
            api_blueprint(
                repository,
                default_zone=settings.dashboard_timezone,
                definitions=self._definitions,
            )
        )
        serve_metrics(server, repository, self._further_metrics())
        serve_alerts(server, repository, behind.alerts, behind.verbs, self._definitions)
        serve_audit(server, repository, begin=behind.begin_audit)
        serve_backup(server, behind.open_copy)
        serve_report_preview(
            server, repository, definitions=self._definitions, page=settings.public_url or ""
        )
        serve_description(server, default_zone=settings.dashboard_timezone)
        refuse_unknown_api_paths(server)

    def _serve_page(self) -> None:
        settings, definitions = self._settings, self._behind.definitions
        dashboard = mount_dashboard(
            self.server,
            self.repository,
            prefix=PREFIX,
            cache_control=ASK_AGAIN,
            default_zone=settings.dashboard_timezone,
            definitions=self._definitions,
            definitions_problem=lambda: definitions.problem,
            alert_reader=self._behind.alerts,
            views=views_to_show(finops=settings.finops_file is not None),
        )
        self._page.script_hashes = tuple(dashboard.csp_hashes())

    def _further_metrics(self) -> list[Collector]:
        """Return what ``/metrics`` says beside usage; some of it only where there is a definitions file."""
        definitions = self._behind.definitions
        further: list[Collector] = [
            AnomaliesCollector(
                self.repository,
                default_zone=parse_zone(self._settings.dashboard_timezone),
                definitions=self._definitions,
            ),
            BudgetsCollector(self.repository, self._definitions),
        ]
        if published := self._behind.published:
            further.append(FollowerCollector(lambda: published(self.repository.version)))
        if definitions.path is not None:
            further += [
                DefinitionsCollector(lambda: definitions.problem),
                DeliveriesCollector(self._behind.alerts.outbox.count_deliveries),
            ]
        return further


def _readiness(behind: Behind) -> Readiness:
    try:
        anything_read = behind.store.state().anything_read
    except StoreError:
        return "unavailable"
    if not behind.is_readable():
        return "unavailable"
    source = behind.source().status
    # Without a source there is nothing to wait for.
    return "ready" if anything_read or source == "ok" or source == "offline" else source
