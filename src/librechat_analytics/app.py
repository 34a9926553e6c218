"""Puts all rooms together: settings in, a Flask app that serves and syncs out."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from librechat_analytics.assembly.answering import Answers, Behind
from librechat_analytics.assembly.following import Following
from librechat_analytics.assembly.opening import (
    end_publishing,
    open_definitions,
    open_keys,
    open_prices,
    open_source,
    open_store,
    require_client,
    require_keys,
)
from librechat_analytics.store.store import FILE_NAME
from librechat_analytics.usage.assigned_snapshot import Assignments

if TYPE_CHECKING:
    from flask import Flask

    from librechat_analytics.finops.alerting import Alerting
    from librechat_analytics.finops.definitions_file import DefinitionsFile
    from librechat_analytics.settings import Settings
    from librechat_analytics.store.store import Store

log = logging.getLogger(__name__)

EXTENSION = "librechat_analytics"


@dataclass(slots=True)
class Running:
    """What an app has open."""

    store: Store
    definitions: DefinitionsFile
    following: Following
    answers: Answers

    @property
    def alerting(self) -> Alerting:
        """What finds alerts and sends them."""
        return self.following.alerting

    def start(self) -> None:
        """Follow the source and watch files from now on."""
        self.answers.start()
        self.following.start()

    def close(self) -> None:
        """End the sync after its current batch and close the store."""
        self.answers.stop_watching()
        self.following.stop()
        self.answers.close()
        self.store.close()


def preflight(settings: Settings) -> None:
    """Raise now what would keep ``create_app`` from working in the worker process.

    Key files and the definitions are checked only here: one that becomes wrong later does not stop a server,
    even if its worker is replaced.
    """
    require_keys(settings)
    open_prices(settings)
    open_definitions(settings).require_good()
    if settings.store_address is not None:
        require_client()
        return
    if source := open_source(settings):
        source.close()
    open_store(settings).close()


def create_app(settings: Settings) -> Flask:
    """Open the store, start the sync where MongoDB is configured, and serve API and dashboard.

    With STORE_URL it only answers, from ClickHouse. Raises SettingsError, PriceListError, SourceError or
    StoreError with a message for the operator. Close the app with ``close_app``.
    """
    if settings.store_address is not None:
        from librechat_analytics.assembly.web_process import open_web_process

        web_process = open_web_process(settings, settings.store_address)
        web_process.answers.server.extensions[EXTENSION] = web_process
        return web_process.answers.server
    keys, definitions = open_keys(settings), open_definitions(settings)
    prices, source, store = open_prices(settings), open_source(settings), open_store(settings)
    end_publishing(store)
    if store.count_transactions() == 0:
        _log_what_an_empty_store_means(settings)
    assignments = Assignments()
    following = Following(
        settings,
        store,
        source,
        definitions,
        prices=prices,
        assignments=assignments,
        reports=lambda: answers.repository,
    )
    behind = Behind(
        store=store,
        source=following.source_report,
        definitions=definitions,
        prices=prices,
        assignments=assignments,
        alerts=following.alerting.reader,
        verbs=following.alerting,
        begin_audit=following.syncer.want_audit if following.syncer else None,
        open_copy=store.open_copy,
    )
    answers = Answers(settings, keys, behind)
    running = Running(store, definitions, following, answers)
    answers.server.extensions[EXTENSION] = running
    running.start()
    return answers.server


def close_app(app: Flask) -> None:
    """Stop what ``create_app`` started; nothing that was committed is lost."""
    app.extensions[EXTENSION].close()


def _log_what_an_empty_store_means(settings: Settings) -> None:
    log.info(
        "The store in %s is empty. %s If there was a store before, only a backup has what LibreChat has"
        " deleted since then: stop the server, put the backup there as %s in place of all files, and start"
        " again. The sync continues from the backup.",
        settings.data_dir,
        "The sync now reads all that LibreChat still has." if settings.mongo_uri else "An import fills it.",
        FILE_NAME,
    )
