"""What commands open and close again: the store, LibreChat's MongoDB, the log."""

from __future__ import annotations

import logging.config
from contextlib import contextmanager
from typing import TYPE_CHECKING

from librechat_analytics.errors import OperatorError
from librechat_analytics.logs import log_config

if TYPE_CHECKING:
    from collections.abc import Iterator

    from librechat_analytics.finops.definitions import Definitions
    from librechat_analytics.librechat.mongo import MongoSource
    from librechat_analytics.settings import Settings
    from librechat_analytics.store.store import Store
    from librechat_analytics.usage.repository import StoreRepository


def log_to_stderr(settings: Settings) -> None:
    """Write the log as the settings say."""
    logging.config.dictConfig(log_config(settings))


@contextmanager
def opened_store(settings: Settings) -> Iterator[Store]:
    """Open the store of DATA_DIR; raises StoreError when it cannot be used."""
    from librechat_analytics.assembly.opening import open_store

    store = open_store(settings)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def opened_mongodb(settings: Settings) -> Iterator[MongoSource]:
    """Open LibreChat's MongoDB; raises OperatorError without MONGO_URI."""
    from librechat_analytics.assembly.opening import open_source

    source = open_source(settings)
    if source is None:
        raise OperatorError(
            "MONGO_URI is missing. Set it to LibreChat's, e.g. mongodb://mongodb:27017/LibreChat"
        )
    try:
        yield source
    finally:
        source.close()


def definitions_in_force(settings: Settings) -> Definitions | None:
    """Read the definitions file, None without one; raises DefinitionsError if it cannot be used."""
    from librechat_analytics.assembly.opening import open_definitions

    file = open_definitions(settings)
    file.require_good()
    return file.current


def stored_answers(store: Store, definitions: Definitions) -> StoreRepository:
    """Answer from the store alone, with the cost centres of the definitions."""
    from librechat_analytics.usage.answers import SourceReport
    from librechat_analytics.usage.repository import StoreRepository

    return StoreRepository(
        store, source=lambda: SourceReport("offline"), rules=lambda: definitions.cost_centers
    )


def require_store(settings: Settings) -> None:
    """Raise OperatorError where there is no store: a new one would be empty, and so would its exports."""
    from librechat_analytics.store.store import FILE_NAME

    if not (settings.data_dir / FILE_NAME).exists():
        raise OperatorError(
            f"There is no store in {settings.data_dir}. Run this where the server runs, or set DATA_DIR."
        )
