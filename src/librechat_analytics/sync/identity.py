"""Makes sure that the store is never filled from two LibreChats."""

from __future__ import annotations

import logging
from itertools import islice
from typing import TYPE_CHECKING

from bson import ObjectId

from librechat_analytics.librechat.source import SourceForbiddenError, SourceForeignError
from librechat_analytics.librechat.transactions import Transaction
from librechat_analytics.store.held_ids import Id

if TYPE_CHECKING:
    from collections.abc import Iterable

    from librechat_analytics.librechat.dump import DumpSource
    from librechat_analytics.librechat.mongo import MongoSource
    from librechat_analytics.librechat.transactions import Refused
    from librechat_analytics.store.held_ids import HeldIds
    from librechat_analytics.store.store import Store

log = logging.getLogger(__name__)

FIRST_ROWS = 1_000


class LedgerIdentity:
    """Recognises a ledger by rows that it shares with the store, even after it was moved or restored."""

    def __init__(self, store: Store, held: HeldIds, source: MongoSource) -> None:
        self._store = store
        self._held = held
        self._source = source
        self._witness: ObjectId | None = None

    def require_same(self) -> None:
        """Raise SourceForeignError if the database is not the one that the store was filled from.

        Costs one look-up of an id if it is the same. A ledger whose old or even all rows were deleted is
        still the same, as long as the database has kept its address and some of its users.
        """
        if not self._store.count_transactions() or self._shares_rows() or self._is_emptied():
            return
        name, held = self._source.name, self._store.state().source_name
        read_from = f"read from {held}" if held else "imported"
        raise SourceForeignError(
            f"MONGO_URI leads to {name}, which has none of the transactions in the store; those were"
            f" {read_from}. Nothing was read. Correct MONGO_URI. If you want this LibreChat from now on, stop"
            " the server and run `librechat-analytics reset`, which keeps the old store as a backup."
        )

    def _shares_rows(self) -> bool:
        if self._witness is not None and self._source.has(self._witness):
            return True
        newest, others = self._held.sample()
        for some in (newest[:1], newest, others):
            known = self._source.known_ids(_object_ids(some))
            if known:
                self._witness = max(known)
                return True
        return False

    def _is_emptied(self) -> bool:
        """Say whether it can be the same ledger with all the store's rows deleted."""
        has_moved, there = self._has_moved(), self._source.estimated_transactions()
        if has_moved and there:
            return False
        try:
            if self._source.has_any_user(self._held.users()):
                return True
            return not has_moved and not there and not self._source.has_users()
        except SourceForbiddenError:  # then only the address counts
            return not has_moved and self._store.state().source_name is not None

    def _has_moved(self) -> bool:
        before = self._store.state().source_name
        if before is None:
            return False
        hosts, _, database = before.rpartition("/")
        hosts_now, _, database_now = self._source.name.rpartition("/")
        return database != database_now or not {*hosts.split(",")} & {*hosts_now.split(",")}

    def note_name(self) -> None:
        """Remember the address that the ledger is read from."""
        before, name = self._store.state().source_name, self._source.name
        if name != before:
            if before is not None and self._has_moved():
                log.info("The store's ledger is now read from %s; before it was %s.", name, before)
            self._store.write_state(source_name=name)


def is_same_librechat(held: HeldIds, source: DumpSource) -> bool:
    """Say whether a dump comes from the LibreChat in the store.

    It does not if the store has none of its users and none of its first rows.
    """
    known = set(held.users())
    users = {user.id for user in source.users() or ()}
    rows = list(islice(source.transactions(lambda _: None), FIRST_ROWS))
    users |= {row.user for row in rows if isinstance(row, Transaction) and row.user}
    return not known or not users or bool(users & known) or held.any_of(_ids_in(rows))


def _ids_in(rows: Iterable[Transaction | Refused]) -> list[Id]:
    return [
        Id(int.from_bytes(row.id.binary[:8]), int.from_bytes(row.id.binary[8:]))
        for row in rows
        if isinstance(row, Transaction)
    ]


def _object_ids(ids: Iterable[Id]) -> list[ObjectId]:
    return [ObjectId(identity.hex()) for identity in ids]
