"""The checks of ``librechat-analytics check``; each result says what to do."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from librechat_analytics.assembly.opening import open_definitions, open_prices, refuse_half_copied
from librechat_analytics.cli.check_result import CheckResult
from librechat_analytics.cli.resources import opened_clickhouse, stored_answers
from librechat_analytics.cli.running_server import parts_without_usage, server_audits, server_cost_centers
from librechat_analytics.errors import OperatorError
from librechat_analytics.finops import matches
from librechat_analytics.librechat.mongo import MongoSource
from librechat_analytics.settings import Settings, load_settings, require_a_key
from librechat_analytics.store.held_ids import HeldIds
from librechat_analytics.store.store import FILE_NAME, Store, StoreBusyError
from librechat_analytics.sync.identity import LedgerIdentity
from librechat_analytics.sync.state import one_by_one
from librechat_analytics.usage.scopes import unmatched_parts
from librechat_analytics.web.keys_file import KeysFile, read_keys_now

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

    from librechat_analytics.finops.definitions_file import DefinitionsFile
    from librechat_analytics.store.clickhouse.address import StoreAddress
    from librechat_analytics.store.held_ids import AuditKind
    from librechat_analytics.store.interface import Reader
    from librechat_analytics.usage.filters import Scope
    from librechat_analytics.web.key_line import Key

    Unmatched = Callable[[Scope], tuple[str, ...] | None]


def run_checks() -> Iterator[CheckResult]:
    """Check settings, store and MongoDB in turn; skip what depends on a failed check."""
    try:
        settings = load_settings()
    except OperatorError as error:
        for line in str(error).splitlines():
            yield CheckResult(good=False, text=line)
        return
    yield CheckResult(good=True, text="The settings can be read.")
    path = settings.dashboard_api_keys_file
    keys_file = KeysFile() if path is None else read_keys_now(path)
    yield from _keys(settings, keys_file)
    yield from _prices(settings)
    definitions = open_definitions(settings)
    yield from _definitions(definitions)
    if settings.store_address is None:
        yield from _store_and_mongodb(settings, keys_file.keys, definitions)
    else:
        yield from _clickhouse_and_mongodb(settings, settings.store_address, keys_file.keys, definitions)


def run_follower_checks() -> Iterator[CheckResult]:
    """Say whether the follower has reported lately; raises OperatorError without STORE_URL."""
    from librechat_analytics.cli.clickhouse_checks import follower_checks

    settings = load_settings()
    if settings.store_address is None:
        raise OperatorError("--follower needs STORE_URL: without it `serve` follows LibreChat itself.")
    with opened_clickhouse(settings, settings.store_address) as connection:
        for found in follower_checks(settings, connection):
            yield replace(found, good=found.good and not found.is_note)


def _keys(settings: Settings, file: KeysFile) -> Iterator[CheckResult]:
    has_none = settings.dashboard_api_key is None and settings.dashboard_api_keys_file is None
    if has_none and settings.store_address is not None and settings.mongo_uri is not None:
        yield CheckResult(
            good=True, text="No API key is set, so this machine can follow LibreChat but not serve."
        )
        return
    try:
        require_a_key(settings)
    except OperatorError as error:
        yield CheckResult(good=False, text=str(error))
        return
    for problem in file.problems:
        yield CheckResult(good=False, text=problem)
    if file.last_line:
        yield CheckResult(good=True, text=file.last_line, is_note=True)
    if settings.dashboard_api_key is None and not file.keys and not file.waits:
        yield CheckResult(good=False, text="No key is accepted: DASHBOARD_API_KEY is not set either.")
    elif not file.problems:
        yield CheckResult(good=True, text="The API keys are set and strong enough.")


def _scopes(keys: tuple[Key, ...], matches: str, unmatched: Unmatched) -> Iterator[CheckResult]:
    """Name the limits of keys that match nobody, perhaps because of a typing mistake."""
    for key in keys:
        for part in (unmatched(key.scope) or ()) if key.scope else ():
            yield CheckResult(good=True, text=f"Key {key.name}: {part} {matches}", is_note=True)


def _served_scopes(settings: Settings, keys: tuple[Key, ...]) -> Iterator[CheckResult]:
    try:
        yield from _scopes(
            keys,
            "matches nobody who has used LibreChat so far.",
            lambda scope: parts_without_usage(settings, scope),
        )
    except OperatorError:
        return  # another command may have the store open, not the server


def _prices(settings: Settings) -> Iterator[CheckResult]:
    try:
        prices = open_prices(settings)
    except OperatorError as error:
        yield CheckResult(good=False, text=str(error))
        return
    if prices is not None:
        yield CheckResult(good=True, text=f"The price list {settings.prices_file} can be read.")


def _definitions(file: DefinitionsFile) -> Iterator[CheckResult]:
    for problem in (file.problem or "").splitlines():
        yield CheckResult(good=False, text=problem)
    if file.current is not None:
        yield CheckResult(
            good=True, text=f"The definitions {file.path} can be used: {matches.contents(file.current)}."
        )
    for note in file.notes:
        yield CheckResult(good=True, text=f"FINOPS_FILE: {note}", is_note=True)


def _matches(store: Reader, file: DefinitionsFile) -> Iterator[CheckResult]:
    """Say what the definitions match today; what matches nobody may be a typing mistake."""
    definitions = file.current
    if definitions is None:
        return
    repository = stored_answers(store, definitions)
    for sentence in matches.in_words(matches.paid_last_month(repository, definitions)):
        yield CheckResult(good=True, text=f"Cost centres: {sentence}")
    for sentence in (
        *(matches.unmatched(store, definitions.cost_centers, file.map_name) or ()),
        *matches.unmatched_budgets(repository, definitions),
    ):
        yield CheckResult(good=True, text=f"FINOPS_FILE: {sentence}", is_note=True)


def _served_matches(settings: Settings, file: DefinitionsFile) -> Iterator[CheckResult]:
    if file.current is None:
        return
    try:
        paid = server_cost_centers(settings, file.current.zone)
    except OperatorError:
        return  # another command may have the store open, not the server
    for sentence in matches.in_words(paid):
        yield CheckResult(good=True, text=f"Cost centres: {sentence}")


def _store_and_mongodb(
    settings: Settings, keys: tuple[Key, ...], definitions: DefinitionsFile
) -> Iterator[CheckResult]:
    """Check the store and MongoDB, and whether the store has all that MongoDB has."""
    if not (settings.data_dir / FILE_NAME).exists():
        yield _no_store_yet(settings.data_dir)
        yield from _mongodb(settings, None, imported=False)
        return
    try:
        store = Store(settings.data_dir, memory_limit=f"{settings.store_memory_limit}B")
        refuse_half_copied(settings, store)
    except StoreBusyError as error:
        yield CheckResult(good=True, text=f"{error} If that process is `serve`, this is normal.")
        yield from _served_audits(settings)
        yield from _served_scopes(settings, keys)
        yield from _served_matches(settings, definitions)
        yield from _mongodb(settings, None, imported=True)
        return
    except OperatorError as error:
        yield CheckResult(good=False, text=str(error))
        yield from _mongodb(settings, None, imported=False)
        return
    try:
        held = store.count_transactions()
        yield CheckResult(good=True, text=f"The store in {settings.data_dir} holds {held:,} transactions.")
        if said := one_by_one(store.state()):
            yield CheckResult(good=True, text=f"The last import, or the reading of the history: {said}")
        yield from _scopes(
            keys, "matches nobody today.", lambda scope: unmatched_parts(store, scope, definitions.rules)
        )
        yield from _matches(store, definitions)
        for audit in HeldIds(store).audits():
            yield _last_audit(audit.kind, audit.ended_at, audit.documents, audit.added)
        yield from _mongodb(settings, store, imported=held > 0)
    finally:
        store.close()


def _clickhouse_and_mongodb(
    settings: Settings, address: StoreAddress, keys: tuple[Key, ...], definitions: DefinitionsFile
) -> Iterator[CheckResult]:
    """Check the store in ClickHouse, and MongoDB where this machine may follow it."""
    from librechat_analytics.cli.clickhouse_checks import clickhouse_checks

    store = None
    with opened_clickhouse(settings, address) as connection:
        store = yield from clickhouse_checks(settings, connection)
        if store is not None:
            yield from _scopes(
                keys, "matches nobody today.", lambda scope: unmatched_parts(store, scope, definitions.rules)
            )
            yield from _matches(store, definitions)
    if settings.mongo_uri is None:
        yield CheckResult(
            good=True, text="MONGO_URI is not set, so this machine can serve but not follow LibreChat."
        )
    else:
        yield from _mongodb(settings, None, imported=True)


def _served_audits(settings: Settings) -> Iterator[CheckResult]:
    try:
        state = server_audits(settings)
    except OperatorError:
        return  # another command may have the store open, not the server
    if state.running is not None:
        yield CheckResult(good=True, text=f"An audit is running: {state.running.progress:.0%} done.")
    for audit in state.audits:
        yield _last_audit(audit.kind, audit.ended_at, audit.documents, audit.added)


def _last_audit(kind: AuditKind, ended_at: datetime, documents: int, added: int) -> CheckResult:
    how = "by every id" if kind == "ids" else "by counts"
    found = f"{added:,} were missing and have been read" if added else "none was missing"
    return CheckResult(
        good=True,
        text=f"The last audit {how} ended {ended_at:%Y-%m-%d %H:%M} UTC:"
        f" of {documents:,} transactions {found}.",
    )


def _no_store_yet(folder: Path) -> CheckResult:
    """Say whether a store could be created, without creating it."""
    nearest = next(parent for parent in (folder, *folder.absolute().parents) if parent.exists())
    if not nearest.is_dir() or not os.access(nearest, os.W_OK):
        return CheckResult(
            good=False, text=f"DATA_DIR {folder} cannot be created: {nearest} is not writable."
        )
    return CheckResult(good=True, text=f"There is no store yet; it will be created in {folder}.")


def _mongodb(settings: Settings, store: Store | None, *, imported: bool) -> Iterator[CheckResult]:
    if settings.mongo_uri is None:
        yield CheckResult(
            good=imported,
            text="MONGO_URI is missing, so figures come from imports only."
            " Set it to LibreChat's own, e.g. mongodb://mongodb:27017/LibreChat",
        )
        return
    try:
        source = MongoSource.at(settings.mongo_uri.get_secret_value())
    except OperatorError as error:
        yield CheckResult(good=False, text=str(error))
        return
    try:
        yield from _reachable(source, store)
    finally:
        source.close()


def _reachable(source: MongoSource, store: Store | None) -> Iterator[CheckResult]:
    try:
        source.ping()
        counts = source.collection_sizes()
    except OperatorError as error:
        yield CheckResult(good=False, text=str(error))
        return
    found = ", ".join(f"{count:,} {name}" for name, count in counts.items())
    yield CheckResult(
        good=True, text=f"MongoDB answers; the database {source.database_name} holds about {found}."
    )
    for name in counts:
        try:
            source.require_readable(name)
        except OperatorError as error:
            yield CheckResult(good=False, text=f"{name}: {error}")
    if store is not None:
        yield from _same_ledger(store, source, counts["transactions"])
    if counts["transactions"]:
        return
    if counts["messages"]:
        yield CheckResult(
            good=False,
            text="LibreChat has messages but records no transactions."
            " Set `transactions: enabled: true` in librechat.yaml.",
        )
    else:
        yield CheckResult(
            good=False,
            text=f"The database {source.database_name} is empty."
            " Check the database's name at the end of MONGO_URI: LibreChat's default is LibreChat.",
        )


def _same_ledger(store: Store, source: MongoSource, there: int) -> Iterator[CheckResult]:
    """Check that MongoDB has the same ledger as the store, and no more rows than it."""
    held = HeldIds(store)
    try:
        LedgerIdentity(store, held, source).require_same()
        # They are refused, and the ids held are only those that MongoDB made.
        strays = len(list(source.stray_transactions()))
    except OperatorError as error:
        yield CheckResult(good=False, text=str(error))
        return
    more = there - strays - held.count()
    if store.state().history_complete and more > 0:
        yield CheckResult(
            good=False,
            text=f"About {more:,} transactions of the database are not in the store. `serve` and `sync` read"
            " them; `librechat-analytics audit` compares every id at once.",
        )
