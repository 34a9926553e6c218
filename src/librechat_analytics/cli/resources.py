"""What commands open and close again: the store, LibreChat's MongoDB, the log."""

from __future__ import annotations

import logging.config
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

from librechat_analytics.errors import OperatorError
from librechat_analytics.logs import log_config

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from librechat_analytics.assembly.asked_follower import AskedFollower
    from librechat_analytics.finops.definitions import Definitions
    from librechat_analytics.librechat.mongo import MongoSource
    from librechat_analytics.settings import Settings
    from librechat_analytics.store.clickhouse.address import StoreAddress
    from librechat_analytics.store.clickhouse.connection import Connection
    from librechat_analytics.store.interface import AlertsHeld, Reader
    from librechat_analytics.store.store import Store
    from librechat_analytics.usage.repository import StoreRepository


NO_MONGODB = "MONGO_URI is missing. Set it to LibreChat's, e.g. mongodb://mongodb:27017/LibreChat"


def log_to_stderr(settings: Settings) -> None:
    """Write the log as the settings say."""
    logging.config.dictConfig(log_config(settings))


@contextmanager
def opened_store(settings: Settings, *, for_copying: bool = False) -> Iterator[Store]:
    """Open the store of DATA_DIR as ``open_store`` does; raises StoreError when it cannot be used."""
    from librechat_analytics.assembly.opening import open_store

    store = open_store(settings, for_copying=for_copying)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def opened_reader(settings: Settings) -> Iterator[Reader]:
    """Open the store to read it, in ClickHouse if STORE_URL is set; raises StoreError if it cannot be read.

    Of a store in a file, raises StoreBusyError while the server has it open.
    """
    if settings.store_address is None:
        with opened_store(settings) as store:
            yield store
        return
    from librechat_analytics.store.clickhouse.store import ClickHouseStore

    with opened_clickhouse(settings, settings.store_address) as connection:
        published = ClickHouseStore(connection, has_names=not settings.anonymize_users)
        try:
            yield published
        finally:
            published.close()


@contextmanager
def opened_clickhouse(settings: Settings, address: StoreAddress) -> Iterator[Connection]:
    """Give a connection to ClickHouse; raises StoreError if the package for it is missing."""
    from librechat_analytics.assembly.opening import require_client
    from librechat_analytics.store.clickhouse.connection import Connection

    require_client()
    connection = Connection(address, memory_limit=settings.store_memory_limit)
    try:
        yield connection
    finally:
        connection.close()


@contextmanager
def opened_alerts(settings: Settings, store: Reader) -> Iterator[AlertsHeld]:
    """Give the alerts of an open store."""
    from librechat_analytics.store.outbox import StoredAlerts
    from librechat_analytics.store.store import Store

    if isinstance(store, Store):
        yield StoredAlerts(store)
        return
    from librechat_analytics.store.clickhouse.small_tables import SmallTables
    from librechat_analytics.store.clickhouse.store import ClickHouseStore

    if isinstance(store, ClickHouseStore) and settings.store_address is not None:
        with opened_clickhouse(settings, settings.store_address) as connection:
            small_tables = SmallTables(
                connection, lambda: store.commit, has_names=not settings.anonymize_users
            )
            try:
                yield StoredAlerts(small_tables)
            finally:
                small_tables.close()


@contextmanager
def asked_follower(settings: Settings, address: StoreAddress) -> Iterator[AskedFollower]:
    """Give the way to have the follower do something."""
    from librechat_analytics.assembly.asked_follower import AskedFollower
    from librechat_analytics.assembly.reported_source import ReportedSource

    with opened_clickhouse(settings, address) as connection:
        source = ReportedSource(connection, sync_seconds=settings.sync_seconds)
        yield AskedFollower(connection, source.silent_since)


def refuse_clickhouse(settings: Settings, sentence: str) -> None:
    """Raise OperatorError with a sentence if the store is in ClickHouse."""
    if settings.store_address is not None:
        raise OperatorError(sentence)


@contextmanager
def opened_mongodb(settings: Settings) -> Iterator[MongoSource]:
    """Open LibreChat's MongoDB; raises OperatorError without MONGO_URI."""
    from librechat_analytics.assembly.opening import open_source

    source = open_source(settings)
    if source is None:
        raise OperatorError(NO_MONGODB)
    try:
        yield source
    finally:
        source.close()


def require_mongodb(settings: Settings) -> None:
    """Raise OperatorError without MONGO_URI."""
    if settings.mongo_uri is None:
        raise OperatorError(NO_MONGODB)


@contextmanager
def ending_cleanly(stop: Callable[[], None]) -> Iterator[None]:
    """Call ``stop`` at SIGTERM, so that the process ends after what it is doing."""
    before = signal.signal(signal.SIGTERM, lambda *_: stop())
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def publishing(settings: Settings, store: Store) -> Iterator[None]:
    """Publish what is written meanwhile, if STORE_URL is set; raises OperatorError if it cannot be."""
    if settings.store_address is None:
        yield
        return
    from librechat_analytics.assembly.heartbeats import Heartbeats
    from librechat_analytics.assembly.publishing import follower_id
    from librechat_analytics.store.clickhouse import schema
    from librechat_analytics.store.clickhouse.followers import others_at_work
    from librechat_analytics.store.clickhouse.publisher import Publisher
    from librechat_analytics.usage.answers import SourceReport

    def report() -> SourceReport:
        return SourceReport("ok" if store.state().history_complete else "importing")

    with opened_clickhouse(settings, settings.store_address) as connection:
        identity = follower_id(settings.data_dir)
        schema.prepare(connection)
        if others_at_work(connection, identity):  # perhaps for months, so do not wait
            raise OperatorError(
                "A follower is at work on this ClickHouse database, or was a minute ago. It publishes what"
                " is new, so this command has nothing to do."
            )
        publisher = Publisher(store, connection, follower=identity)
        publisher.prepare()
        if settings.anonymize_users:
            store.erase_names()  # ClickHouse may have had names
        try:
            yield
            publisher.publish()
            Heartbeats(connection, report, identity).beat_if_due()
        finally:
            publisher.close()


def definitions_in_force(settings: Settings) -> Definitions | None:
    """Read the definitions file, None without one; raises DefinitionsError if it cannot be used."""
    from librechat_analytics.assembly.opening import open_definitions

    file = open_definitions(settings)
    file.require_good()
    return file.current


def stored_answers(store: Reader, definitions: Definitions) -> StoreRepository:
    """Answer from the store alone, with the cost centres of the definitions."""
    from librechat_analytics.usage.answers import SourceReport
    from librechat_analytics.usage.repository import StoreRepository

    return StoreRepository(
        store, source=lambda: SourceReport("offline"), rules=lambda: definitions.cost_centers
    )


def require_store(settings: Settings) -> None:
    """Raise OperatorError where there is no store: a new one would be empty, and so would its exports.

    Whether ClickHouse has a store shows when it is read.
    """
    from librechat_analytics.store.store import FILE_NAME

    if settings.store_address is not None:
        return
    if not (settings.data_dir / FILE_NAME).exists():
        raise OperatorError(
            f"There is no store in {settings.data_dir}. Run this where the server runs, or set DATA_DIR."
        )
