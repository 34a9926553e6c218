"""A process that only answers: it reads ClickHouse, keeps nothing, and has the follower do the rest."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from librechat_analytics.assembly.answering import Answers, Behind
from librechat_analytics.assembly.asked_follower import AskedFollower
from librechat_analytics.assembly.opening import open_definitions, open_keys, open_prices
from librechat_analytics.assembly.reported_source import ReportedSource
from librechat_analytics.assembly.store_probe import StoreProbe
from librechat_analytics.errors import AwayError
from librechat_analytics.finops.alert_list import AlertReader
from librechat_analytics.finops.alert_writer import AlertWriter
from librechat_analytics.store.clickhouse.commit import WRITER_BITS
from librechat_analytics.store.clickhouse.connection import Connection
from librechat_analytics.store.clickhouse.look import PATIENCE_SECONDS
from librechat_analytics.store.clickhouse.small_tables import SmallTables
from librechat_analytics.store.clickhouse.store import ClickHouseStore
from librechat_analytics.store.errors import StoreError
from librechat_analytics.store.outbox import StoredAlerts
from librechat_analytics.usage.assigned_snapshot import Assignments
from librechat_analytics.usage.repository import StoreRepository
from librechat_analytics.web.follower_metrics import Published

if TYPE_CHECKING:
    from librechat_analytics.finops.definitions_file import DefinitionsFile
    from librechat_analytics.settings import Settings
    from librechat_analytics.store.clickhouse.address import StoreAddress

log = logging.getLogger(__name__)


@dataclass(slots=True)
class WebProcess:
    """What a process that only answers has open."""

    store: ClickHouseStore
    small_tables: SmallTables
    definitions: DefinitionsFile
    answers: Answers

    def close(self) -> None:
        """Stop what runs, and close the connections."""
        self.answers.stop_watching()
        self.answers.close()
        self.small_tables.close()
        self.store.close()


def open_web_process(settings: Settings, address: StoreAddress) -> WebProcess:
    """Make the server; it starts, and answers that it cannot yet, while ClickHouse is away."""
    keys, definitions, prices = open_keys(settings), open_definitions(settings), open_prices(settings)
    connection = Connection(address, memory_limit=settings.store_memory_limit)
    has_names = not settings.anonymize_users
    looks = Connection(address, silence_seconds=PATIENCE_SECONDS)
    store = ClickHouseStore(connection, looks=looks, has_names=has_names, is_logged=True)
    source = ReportedSource(looks, sync_seconds=settings.sync_seconds)
    small_tables = SmallTables(connection, lambda: store.commit, has_names=has_names)
    probe = StoreProbe(connection)
    asked = AskedFollower(connection, source.silent_since)
    assignments = Assignments()
    repository = StoreRepository(
        store, source=source.report, rules=lambda: definitions.rules, assignments=assignments
    )
    writer = AlertWriter(repository, lambda: definitions.current, public_url=settings.public_url)
    behind = Behind(
        store=store,
        source=source.report,
        definitions=definitions,
        prices=prices,
        assignments=assignments,
        alerts=AlertReader(StoredAlerts(small_tables), writer),
        verbs=asked,
        begin_audit=asked.begin_audit,
        open_copy=None,
        published=lambda version: _published(store, source, version),
        is_readable=probe.answers,
        is_known_to_be_away=store.is_away,
    )
    try:
        store.state()
    except AwayError:
        log.info("The server answers as soon as it can read the store.")
    except StoreError as error:
        log.warning("%s The server answers as soon as it can read the store.", error)
    answers = Answers(settings, keys, behind)
    answers.start()
    return WebProcess(store, small_tables, definitions, answers)


def _published(store: ClickHouseStore, source: ReportedSource, version: int) -> Published:
    """Say how far the follower is, and how far answers of a version are behind it."""
    age, newest = source.age(), store.version
    return Published(
        heartbeat_age_seconds=None if age is None else age.total_seconds(),
        publications=newest >> WRITER_BITS,
        behind=(newest >> WRITER_BITS) - (version >> WRITER_BITS),
    )
