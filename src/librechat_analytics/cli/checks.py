"""What ``librechat-analytics check`` looks at, each finding with what to do about it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from librechat_analytics.app import open_prices
from librechat_analytics.cli.one_off import served_audits, served_unmatched_parts
from librechat_analytics.errors import OperatorError
from librechat_analytics.librechat.mongo import MongoSource
from librechat_analytics.settings import Settings, load_settings, require_a_key
from librechat_analytics.store.held_ids import HeldIds
from librechat_analytics.store.store import FILE_NAME, Store, StoreBusyError
from librechat_analytics.sync.identity import LedgerIdentity
from librechat_analytics.usage.scopes import unmatched_parts
from librechat_analytics.web.keys_file import KeysFile, read_keys_now

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

    from librechat_analytics.store.held_ids import AuditKind
    from librechat_analytics.usage.filters import Scope
    from librechat_analytics.web.key_line import Key

    Unmatched = Callable[[Scope], tuple[str, ...] | None]


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the check; a note fails nothing and is worth a look."""

    good: bool
    text: str
    is_note: bool = False

    @property
    def mark(self) -> Literal["ok", "note", "FAIL"]:
        """The word that its line begins with."""
        if not self.good:
            return "FAIL"
        return "note" if self.is_note else "ok"


def run_checks() -> Iterator[Finding]:
    """Look at settings, store and MongoDB in turn; what depends on a failed one is left out."""
    try:
        settings = load_settings()
    except OperatorError as error:
        for line in str(error).splitlines():
            yield Finding(good=False, text=line)
        return
    yield Finding(good=True, text="The settings can be read.")
    path = settings.dashboard_api_keys_file
    keys_file = KeysFile() if path is None else read_keys_now(path)
    yield from _keys(settings, keys_file)
    yield from _prices(settings)
    yield from _store_and_mongodb(settings, keys_file.keys)


def _keys(settings: Settings, file: KeysFile) -> Iterator[Finding]:
    try:
        require_a_key(settings)
    except OperatorError as error:
        yield Finding(good=False, text=str(error))
        return
    for problem in file.problems:
        yield Finding(good=False, text=problem)
    if file.last_line:
        yield Finding(good=True, text=file.last_line, is_note=True)
    if settings.dashboard_api_key is None and not file.keys and not file.waits:
        yield Finding(good=False, text="No key is let in: DASHBOARD_API_KEY is not set either.")
    elif not file.problems:
        yield Finding(good=True, text="The API keys are set and strong enough.")


def _scopes(keys: tuple[Key, ...], matches: str, unmatched: Unmatched) -> Iterator[Finding]:
    """Say which limits of keys match nobody; a typing mistake is one reason."""
    for key in keys:
        for part in (unmatched(key.scope) or ()) if key.scope else ():
            yield Finding(good=True, text=f"Key {key.name}: {part} {matches}", is_note=True)


def _served_scopes(settings: Settings, keys: tuple[Key, ...]) -> Iterator[Finding]:
    try:
        yield from _scopes(
            keys,
            "matches nobody who has used LibreChat so far.",
            lambda scope: served_unmatched_parts(settings, scope),
        )
    except OperatorError:
        return  # it may be another command that has the store


def _prices(settings: Settings) -> Iterator[Finding]:
    try:
        prices = open_prices(settings)
    except OperatorError as error:
        yield Finding(good=False, text=str(error))
        return
    if prices is not None:
        yield Finding(good=True, text=f"The price list {settings.prices_file} can be read.")


def _store_and_mongodb(settings: Settings, keys: tuple[Key, ...]) -> Iterator[Finding]:
    """Look at the store, at MongoDB, and at whether one has all that the other has."""
    if not (settings.data_dir / FILE_NAME).exists():
        yield _no_store_yet(settings.data_dir)
        yield from _mongodb(settings, None, imported=False)
        return
    try:
        store = Store(settings.data_dir, memory_limit=f"{settings.store_memory_limit}B")
    except StoreBusyError as error:
        yield Finding(good=True, text=f"{error} If that process is `serve`, all is well.")
        yield from _served_audits(settings)
        yield from _served_scopes(settings, keys)
        yield from _mongodb(settings, None, imported=True)
        return
    except OperatorError as error:
        yield Finding(good=False, text=str(error))
        yield from _mongodb(settings, None, imported=False)
        return
    try:
        held = store.count_transactions()
        yield Finding(good=True, text=f"The store in {settings.data_dir} holds {held:,} transactions.")
        yield from _scopes(keys, "matches nobody today.", lambda scope: unmatched_parts(store, scope))
        for audit in HeldIds(store).audits():
            yield _audited(audit.kind, audit.ended_at, audit.documents, audit.added)
        yield from _mongodb(settings, store, imported=held > 0)
    finally:
        store.close()


def _served_audits(settings: Settings) -> Iterator[Finding]:
    try:
        state = served_audits(settings)
    except OperatorError:
        return  # it may be another command that has the store
    if state.running is not None:
        yield Finding(good=True, text=f"An audit runs: {state.running.progress:.0%}.")
    for audit in state.audits:
        yield _audited(audit.kind, audit.ended_at, audit.documents, audit.added)


def _audited(kind: AuditKind, ended_at: datetime, documents: int, added: int) -> Finding:
    how = "by every id" if kind == "ids" else "by counts"
    found = f"{added:,} were missing and have been read" if added else "none was missing"
    return Finding(
        good=True,
        text=f"The last audit {how} ended {ended_at:%Y-%m-%d %H:%M} UTC:"
        f" of {documents:,} transactions {found}.",
    )


def _no_store_yet(folder: Path) -> Finding:
    """Tell whether one can be made, without making it."""
    nearest = next(parent for parent in (folder, *folder.absolute().parents) if parent.exists())
    if not nearest.is_dir() or not os.access(nearest, os.W_OK):
        return Finding(good=False, text=f"DATA_DIR {folder} cannot be made: {nearest} cannot be written to.")
    return Finding(good=True, text=f"There is no store yet; it will be made in {folder}.")


def _mongodb(settings: Settings, store: Store | None, *, imported: bool) -> Iterator[Finding]:
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
        yield from _reachable(source, store)
    finally:
        source.close()


def _reachable(source: MongoSource, store: Store | None) -> Iterator[Finding]:
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
    if store is not None:
        yield from _same_ledger(store, source, counts["transactions"])
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


def _same_ledger(store: Store, source: MongoSource, there: int) -> Iterator[Finding]:
    """Say whether MongoDB's ledger is the one in the store, and whether it seems to have more."""
    held = HeldIds(store)
    try:
        LedgerIdentity(store, held, source).require_same()
    except OperatorError as error:
        yield Finding(good=False, text=str(error))
        return
    more = there - held.count()
    if store.state().history_complete and more > 0:
        yield Finding(
            good=False,
            text=f"About {more:,} transactions of the database are not in the store. `serve` and `sync` read"
            " them; `librechat-analytics audit` compares every id at once.",
        )
