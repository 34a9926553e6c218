"""What ``librechat-analytics check`` looks at, each finding with what to do about it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from librechat_analytics.app import open_door, open_prices
from librechat_analytics.errors import OperatorError
from librechat_analytics.librechat.mongo import MongoSource
from librechat_analytics.settings import Settings, load_settings
from librechat_analytics.store.store import FILE_NAME, Store, StoreBusyError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the check."""

    good: bool
    text: str


def run_checks() -> Iterator[Finding]:
    """Look at settings, store and MongoDB in turn; what depends on a failed one is left out."""
    try:
        settings = load_settings()
    except OperatorError as error:
        for line in str(error).splitlines():
            yield Finding(good=False, text=line)
        return
    yield Finding(good=True, text="The settings can be read.")
    yield _key(settings)
    yield from _prices(settings)
    store, imported = _store(settings)
    yield store
    yield from _mongodb(settings, imported)


def _key(settings: Settings) -> Finding:
    try:
        open_door(settings)
    except OperatorError as error:
        return Finding(good=False, text=str(error))
    return Finding(good=True, text="The API keys are set and strong enough.")


def _prices(settings: Settings) -> Iterator[Finding]:
    try:
        prices = open_prices(settings)
    except OperatorError as error:
        yield Finding(good=False, text=str(error))
        return
    if prices is not None:
        yield Finding(good=True, text=f"The price list {settings.prices_file} can be read.")


def _store(settings: Settings) -> tuple[Finding, bool]:
    """Look at the store; tells also whether it holds anything, as one that is served is taken to."""
    if not (settings.data_dir / FILE_NAME).exists():
        return _no_store_yet(settings.data_dir), False
    try:
        store = Store(settings.data_dir, memory_limit=settings.store_memory_limit)
    except StoreBusyError as error:
        return Finding(good=True, text=f"{error} That is right while `serve` runs."), True
    except OperatorError as error:
        return Finding(good=False, text=str(error)), False
    try:
        held = store.count_transactions()
        return Finding(
            good=True, text=f"The store in {settings.data_dir} holds {held:,} transactions."
        ), held > 0
    finally:
        store.close()


def _no_store_yet(folder: Path) -> Finding:
    """Tell whether one can be made, without making it."""
    nearest = next(parent for parent in (folder, *folder.absolute().parents) if parent.exists())
    if not nearest.is_dir() or not os.access(nearest, os.W_OK):
        return Finding(good=False, text=f"DATA_DIR {folder} cannot be made: {nearest} cannot be written to.")
    return Finding(good=True, text=f"There is no store yet; it will be made in {folder}.")


def _mongodb(settings: Settings, imported: bool) -> Iterator[Finding]:
    if settings.mongo_uri is None:
        yield Finding(
            good=imported,
            text="MONGO_URI is missing: figures come from imports only."
            " Set it to LibreChat's own, e.g. mongodb://mongodb:27017/LibreChat",
        )
        return
    try:
        source = MongoSource.at(settings.mongo_uri.get_secret_value())
    except OperatorError as error:
        yield Finding(good=False, text=str(error))
        return
    try:
        yield from _reachable(source)
    finally:
        source.close()


def _reachable(source: MongoSource) -> Iterator[Finding]:
    try:
        source.ping()
        counts = source.collection_sizes()
    except OperatorError as error:
        yield Finding(good=False, text=str(error))
        return
    found = ", ".join(f"{count:,} {name}" for name, count in counts.items())
    yield Finding(
        good=True, text=f"MongoDB answers; the database {source.database_name} holds about {found}."
    )
    for name in counts:
        try:
            source.require_readable(name)
        except OperatorError as error:
            yield Finding(good=False, text=f"{name}: {error}")
    if counts["transactions"]:
        return
    if counts["messages"]:
        yield Finding(
            good=False,
            text="People chat, but LibreChat records no transactions."
            " Set `transactions: enabled: true` in librechat.yaml.",
        )
    else:
        yield Finding(
            good=False,
            text=f"The database {source.database_name} is empty."
            " Check the database's name at the end of MONGO_URI: LibreChat's default is LibreChat.",
        )
