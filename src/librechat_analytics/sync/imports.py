"""Imports a dump into the store."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from librechat_analytics.librechat.agents import Certainty
from librechat_analytics.librechat.source import SourceForeignError
from librechat_analytics.librechat.transactions import Transaction
from librechat_analytics.store.held_ids import HeldIds
from librechat_analytics.sync.attribution import REPLY_SAVED_WITHIN, attribute_waiting
from librechat_analytics.sync.frames import ledger_frame, naive, refusal_frame
from librechat_analytics.sync.identity import is_same_librechat
from librechat_analytics.sync.interval import batches
from librechat_analytics.sync.labels import write_labels
from librechat_analytics.sync.summing_up import SUMMED_UP_AFTER

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from librechat_analytics.librechat.dump import DumpSource
    from librechat_analytics.store.store import Store
    from librechat_analytics.sync.evidence import WaitingRow
    from librechat_analytics.sync.state import Phase


def import_dump(
    store: Store,
    source: DumpSource,
    *,
    now: datetime,
    report: Callable[[Phase, int, int | None], None] = lambda *_: None,
    read_bytes: Callable[[int], None] = lambda _: None,
    merge: bool = False,
) -> int:
    """Import a dump: ledger, names, agents. Returns the number of rows that the store did not have.

    Rows that the store has already may get a more certain agent. A dump that is older than the figures gives
    names only to users and agents that have none. ``read_bytes`` is called with the position in the ledger's
    file, ``report`` with the rows added and attributed. Raises SourceForeignError for a dump of another
    LibreChat unless ``merge`` is given.
    """
    is_foreign = not is_same_librechat(HeldIds(store), source)
    if is_foreign and not merge:
        raise SourceForeignError(
            f"{source.folder} comes from another LibreChat: the store knows none of its users. Nothing was"
            " imported. Give a dump of the same LibreChat, or add these transactions with --merge."
        )
    before, newest, added = store.state(), None, 0
    for rows in batches(source.transactions(read_bytes)):
        dates = [
            naive(row.created_at) for row in rows if isinstance(row, Transaction) and row.created_at <= now
        ]
        newest = max(filter(None, (newest, *dates)), default=None)
        added += store.write_batch(
            ledger_frame(rows),
            refusal_frame(rows),
            {} if is_foreign else {"as_of": max(filter(None, (before.as_of, newest)), default=None)},
            now=naive(now),
            attribute_again=True,
        )
        report("transactions", added, None)
    # A dump of another LibreChat says nothing about the people and agents of this one.
    is_current = not is_foreign and (before.as_of is None or (newest is not None and newest >= before.as_of))
    # As far as we can know, the dump was made when its newest row was written.
    made_at = now if newest is None else newest.replace(tzinfo=UTC)
    write_labels(store, source, now, as_of=made_at, is_current=is_current)
    # If the store is filled from a live database too, that may know an agent that the dump does not.
    final_before = naive(now - REPLY_SAVED_WITHIN)

    def is_final(row: WaitingRow, certainty: Certainty) -> bool:
        return before.newest_id is None or (
            certainty is not Certainty.UNKNOWN and row.created_at < final_before
        )

    for count, waiting in attribute_waiting(store, source, is_final=is_final, only_better=True):
        report("agents", count, waiting)
    if store.has_unlabelled():  # agents that only messages name: not in the dump, so deleted
        write_labels(store, source, now, as_of=made_at, is_current=is_current)
    store.write_state(last_sync=naive(now))
    store.sum_up(now - SUMMED_UP_AFTER)
    store.checkpoint()
    return added
