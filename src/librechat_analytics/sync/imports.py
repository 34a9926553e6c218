"""Imports a dump into the store."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING

from librechat_analytics.librechat.documents import EPOCH
from librechat_analytics.librechat.source import SourceForeignError
from librechat_analytics.store.held_ids import HeldIds
from librechat_analytics.sync.agent_providers import CLOCKS_DIFFER_BY
from librechat_analytics.sync.attribution import REPLY_SAVED_WITHIN
from librechat_analytics.sync.dump_agents import agents_of_dump
from librechat_analytics.sync.frames import naive, newest_date, refusal_frame
from librechat_analytics.sync.identity import is_same_librechat
from librechat_analytics.sync.labels import LabelReading, write_labels
from librechat_analytics.sync.state import one_by_one
from librechat_analytics.sync.summing_up import SUMMED_UP_AFTER

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from librechat_analytics.librechat.dump import DumpSource
    from librechat_analytics.store.store import Store
    from librechat_analytics.sync.dump_agents import DumpAgents
    from librechat_analytics.sync.state import Phase

log = logging.getLogger(__name__)

ROWS_AT_ONCE = 131_072
"""Rows of one commit, and of one search for agents."""

MOST_BYTES = 450_000_000
"""With more memory for DuckDB, an import of ten million rows would be little faster."""


def import_dump(
    store: Store,
    source: DumpSource,
    *,
    now: datetime,
    report: Callable[[Phase, int, int | None], None] = lambda *_: None,
    read_bytes: Callable[[int], None] = lambda _: None,
    merge: bool = False,
    all_one_by_one: bool = False,
) -> int:
    """Import a dump: ledger, names, agents. Returns the number of rows that the store did not have.

    Rows that the store has already may get a more certain agent. A dump that is older than the figures gives
    names only to users and agents that have none. ``read_bytes`` is called with the position in the ledger's
    file, ``report`` with the rows added and attributed. ``all_one_by_one`` sends every row the slow way.
    Raises SourceForeignError for a dump of another LibreChat unless ``merge`` is given.
    """
    is_foreign = not is_same_librechat(HeldIds(store), source)
    if is_foreign and not merge:
        raise SourceForeignError(
            f"{source.folder} comes from another LibreChat: the store knows none of its users. Nothing was"
            " imported. Give a dump of the same LibreChat, or add these transactions with --merge."
        )
    work = Import(store, source, now, report, read_bytes, is_foreign, all_one_by_one)
    is_first = not store.state().anything_read and not store.count_transactions()
    with store.limited_to(MOST_BYTES):
        added = work.first() if is_first else work.later()
        store.write_state(
            last_sync=naive(now),
            rows_read=work.rows_read,
            read_one_by_one=work.read_one_by_one,
            attributed_one_by_one=work.attributed_one_by_one,
        )
        store.sum_up(now - SUMMED_UP_AFTER)
        store.checkpoint()
    if said := one_by_one(store.state()):
        log.info("The import has ended: %s", said)
    return added


@dataclass
class Import:
    """One import; the first fields are the parameters of ``import_dump``, the last ones count rows."""

    store: Store
    source: DumpSource
    now: datetime
    report: Callable[[Phase, int, int | None], None]
    read_bytes: Callable[[int], None]
    is_foreign: bool
    all_one_by_one: bool
    rows_read: int = 0
    read_one_by_one: int = 0
    attributed_one_by_one: int = 0

    def first(self) -> int:
        """Import into an empty store: agents are known before the rows, which are written once."""
        _, known_agent = self.store.greatest_keys()
        # How old the dump is will be known after its rows were read.
        LabelReading(self.store, self.source, self.now, as_of=EPOCH, is_current=True).write_agents(
            known=known_agent
        )
        with agents_of_dump(
            self.store, self.source, final_before=None, all_one_by_one=self.all_one_by_one
        ) as agents:
            added, newest = self._write_ledger(None, agents)
            self._settle_waiting(agents)  # rows that the dump has twice, first unfinished and then finished
        as_of = self._made_at(newest)
        reading = LabelReading(self.store, self.source, self.now, as_of=as_of, is_current=True)
        known_user, _ = self.store.greatest_keys()
        reading.write_users(known=known_user)
        reading.write_agents(known=known_agent)
        self._label_the_rest(newest, is_current=True)
        return added

    def later(self) -> int:
        """Import into a store that has rows: their agents may become more certain."""
        before = self.store.state()
        added, newest = self._write_ledger(before.as_of, None)
        # A dump of another LibreChat says nothing about the people and agents of this one.
        is_current = not self.is_foreign and (
            before.as_of is None or (newest is not None and newest >= before.as_of)
        )
        write_labels(self.store, self.source, self.now, as_of=self._made_at(newest), is_current=is_current)
        # If the store is filled from a live database too, that may know an agent that the dump does not.
        final_before = None if before.newest_id is None else naive(self.now - REPLY_SAVED_WITHIN)
        if self.store.count_unattributed():
            with agents_of_dump(
                self.store, self.source, final_before=final_before, all_one_by_one=self.all_one_by_one
            ) as agents:
                self._settle_waiting(agents)
        self._label_the_rest(newest, is_current=is_current)
        return added

    def _write_ledger(self, as_of: datetime | None, agents: DumpAgents | None) -> tuple[int, datetime | None]:
        """Write the rows; returns how many the store did not have, and the newest date that is not ahead."""
        newest, added = None, 0
        batches = self.source.transaction_batches(
            self.read_bytes, documents=ROWS_AT_ONCE, each_alone=self.all_one_by_one
        )
        for batch in batches:
            self.rows_read += batch.documents
            self.read_one_by_one += batch.read_alone
            newest = max(filter(None, (newest, newest_date(batch.rows, self.now))), default=None)
            added += self.store.write_batch(
                batch.rows,
                refusal_frame(batch.refused),
                {} if self.is_foreign else {"as_of": max(filter(None, (as_of, newest)), default=None)},
                now=naive(self.now),
                attribute_again=agents is None,
                search=None if agents is None else agents.search,
                agents_as_of=self._known_until(agents, newest),
            )
            self.report("transactions", added, None)
        return added, newest

    def _settle_waiting(self, agents: DumpAgents) -> None:
        """Find the agents of rows that wait, newest first."""
        waiting, done, below = self.store.count_unattributed(), 0, None
        while done < waiting:
            count, below = self.store.settle_waiting(
                agents.search, below, ROWS_AT_ONCE, agents_as_of=agents.providers.known_until
            )
            if not count:
                break
            done += count
            self.report("agents", done, waiting)
        self.attributed_one_by_one = agents.one_by_one

    def _known_until(self, agents: DumpAgents | None, newest: datetime | None) -> datetime | None:
        """Return the time until which the dump's agents are known, if it were as old as the rows so far."""
        if agents is None or agents.providers.known_until is None:
            return None
        return naive(self._made_at(newest)) - CLOCKS_DIFFER_BY

    def _made_at(self, newest: datetime | None) -> datetime:
        """As far as we can know, the dump was made when its newest row was written."""
        return self.now if newest is None else newest.replace(tzinfo=UTC)

    def _label_the_rest(self, newest: datetime | None, *, is_current: bool) -> None:
        """Read the labels again if only messages name an agent: it is not in the dump, so it was deleted."""
        if self.store.has_unlabelled():
            write_labels(
                self.store, self.source, self.now, as_of=self._made_at(newest), is_current=is_current
            )
