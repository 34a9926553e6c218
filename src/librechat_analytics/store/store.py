"""The store: LibreChat's transactions in one DuckDB file, written in batches that are committed whole."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from librechat_analytics.store.cells import (
    SLOT_SECONDS,
    bounds,
    keeping_cells,
    sum_up_chunk,
    write_pairs,
    write_ran_keys,
)
from librechat_analytics.store.duckdb_file import FILE_NAME
from librechat_analytics.store.errors import StoreBusyError, StoreError
from librechat_analytics.store.labels import EndedMemberships, Labels
from librechat_analytics.store.notes import note
from librechat_analytics.store.sql_files import load, rows_of, run

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path

    import duckdb
    import pandas as pd

    from librechat_analytics.columns import Table
    from librechat_analytics.store.replies import AgentSearch

__all__ = ["FILE_NAME", "EndedMemberships", "Store", "StoreBusyError", "StoreError", "SyncState"]

BEYOND_HEADS = 2**64

ROWS_IN_A_CHUNK = 1_000_000
"""How many rows are summed up at once, which bounds the memory that it takes."""


@dataclass(frozen=True, slots=True)
class SyncState:
    """How far the source was read.

    ``oldest_id`` and ``newest_id`` (24 hex digits) are both ends of the interval of ids held; times are in
    UTC without a zone, as DuckDB keeps them. The last three count the documents that the last import read, or
    the reading of the history so far, and those of them that were too unusual to be read together.
    """

    oldest_id: str | None
    newest_id: str | None
    history_complete: bool
    as_of: datetime | None
    last_sync: datetime | None
    source_name: str | None
    expected_documents: int | None
    rows_read: int | None
    read_one_by_one: int | None
    attributed_one_by_one: int | None

    @property
    def anything_read(self) -> bool:
        """Whether a source was ever read, even if it held nothing."""
        return any(mark is not None for mark in (self.oldest_id, self.as_of, self.last_sync))


STATE_FIELDS = tuple(field.name for field in fields(SyncState))


class Store(Labels):
    """The open store. One process can open it; it has one writer at a time and any number of readers."""

    def __init__(self, folder: Path, *, memory_limit: str = "1GB", threads: int = 2) -> None:
        self.as_of_version = 0
        """The version of the last commit that moved ``as_of``.

        An answer of an older version must not be shown with the ``as_of`` of the current state.
        """
        super().__init__(folder, memory_limit=memory_limit, threads=threads)

    def state(self) -> SyncState:
        """Return how far the source was read."""
        with self.reading() as cursor:
            (row,) = rows_of(cursor, "statements/read_state")
        return SyncState(*row)

    def write_state(self, **state: object) -> None:
        """Change some fields of the state."""
        with self.committing() as cursor:
            _change_state(cursor, state)
        self._note_as_of(state)

    def _note_as_of(self, state: Mapping[str, object]) -> None:
        if "as_of" in state:
            self.as_of_version = self.version

    def write_batch(
        self,
        batch: Table,
        refusals: pd.DataFrame,
        state: dict[str, Any],
        *,
        now: datetime,
        attribute_again: bool = False,
        search: AgentSearch | None = None,
        agents_as_of: datetime | None = None,
    ) -> int:
        """Add the rows that are not held yet and change the state, in one commit; return how many were added.

        ``batch`` has the columns that ``write_batch.sql`` names, each id once; ``refusals`` has id and
        reason; ``state`` holds the fields of SyncState that change. Rows that are held get their tenants, and
        outdated rows get everything that they lack. With ``attribute_again``, the agents of rows that are
        held are looked up again unless they are certain.

        Rows wait for their agents, unless there is a ``search`` for them. It needs ``agents_as_of`` as
        ``settle`` does.
        """
        with self.committing() as cursor:
            added = 0
            if len(batch):
                added = _write_rows(cursor, batch, search, agents_as_of, attribute_again=attribute_again)
            if len(refusals):
                cursor.register("refusals", refusals)
                run(cursor, "statements/write_refused", {"now": now})
            _change_state(cursor, state)
        self._note_as_of(state)
        return added

    def settle(
        self,
        attributed: pd.DataFrame,
        roots: pd.DataFrame,
        *,
        only_better: bool,
        agents_as_of: datetime | None,
    ) -> None:
        """Store the agents that were found for rows, and the conversations that these rows count with.

        ``attributed`` has the columns id_head, id_tail, agent, tenant, sender, certainty, endpoint, provider,
        by_endpoint (whether the endpoint named the provider) and final; ``roots`` has id and root. With
        ``only_better``, an agent is stored only if it is more certain than the one held. Rows from
        ``agents_as_of`` on are newer than the last reading of the agents, so their providers are looked up
        again later.
        """
        if not len(attributed):
            return
        heads = bounds(attributed)
        with self.committing() as cursor:
            cursor.register("attributed", attributed)
            cursor.register("roots", roots)
            _settle(cursor, heads, only_better=only_better, agents_as_of=agents_as_of)

    def settle_waiting(
        self, search: AgentSearch, before_head: int | None, limit: int, *, agents_as_of: datetime | None
    ) -> tuple[int, int | None]:
        """Find the agents of waiting rows with ids below ``before_head``, newest first, and store them.

        An agent is stored only if it is more certain than the one held. Returns how many rows were looked at,
        at least ``limit`` if there are so many, and the lowest head among them.
        """
        before = before_head if before_head is not None else BEYOND_HEADS
        with self.committing() as cursor:
            ((count, lowest, highest),) = rows_of(
                cursor, "statements/wait_in_list", {"before": before, "limit": limit}
            )
            if count:
                search.attribute(cursor)
                heads = {"lowest_head": lowest, "highest_head": highest}
                _settle(cursor, heads, only_better=True, agents_as_of=agents_as_of)
        return count, lowest

    def sum_up(self, before: datetime, *, is_stopped: Callable[[], bool] = lambda: False) -> int:
        """Sum up the rows of the slots that ended before ``before`` (aware); return how many rows.

        Each chunk is a commit of its own; after ``is_stopped`` the rest waits for the next time.
        """
        end = int(before.timestamp() // SLOT_SECONDS)
        with self.reading() as cursor:
            chunks = rows_of(cursor, "statements/list_chunks", {"end_slot": end, "rows": ROWS_IN_A_CHUNK})
        summed = 0
        for end_of_chunk, rows in chunks:
            if is_stopped():
                break
            with self.committing() as cursor:
                sum_up_chunk(cursor, end_of_chunk)
            summed += rows
        return summed

    def unattributed(self, before_head: int | None, limit: int) -> list[tuple[Any, ...]]:
        """Return rows whose agent is not known yet, with ids below ``before_head``, newest first.

        ``list_unattributed.sql`` names the columns. All rows with the same ``id_head`` come together, so
        there may be more than ``limit``.
        """
        before = before_head if before_head is not None else BEYOND_HEADS
        with self.reading() as cursor:
            return rows_of(cursor, "statements/list_unattributed", {"before": before, "limit": limit})

    def count_transactions(self) -> int:
        """Count the rows held, usage or not."""
        return self._count("count_transactions")

    def is_empty(self) -> bool:
        """Say whether nothing was ever read into the store."""
        with self.reading() as cursor:
            ((documents, users),) = rows_of(cursor, "statements/count_anything")
        return not documents and not users and not self.state().anything_read

    def count_unattributed(self) -> int:
        """Count the rows whose agent is not known yet."""
        return self._count("count_unattributed")

    def _count(self, name: str) -> int:
        with self.reading() as cursor:
            ((count,),) = rows_of(cursor, f"statements/{name}")
        return int(count)

    def refusals(self) -> list[tuple[str, int]]:
        """Count the refused rows by reason, most first."""
        with self.reading() as cursor:
            return [(reason, count) for reason, count in rows_of(cursor, "statements/count_refused")]


def _write_rows(
    cursor: duckdb.DuckDBPyConnection,
    given: Table,
    search: AgentSearch | None,
    agents_as_of: datetime | None,
    *,
    attribute_again: bool,
) -> int:
    load(cursor, "batch", given)
    ((lowest, highest, has_tenants, has_agent_models),) = rows_of(cursor, "statements/bounds_of_batch")
    heads = {"lowest_head": lowest, "highest_head": highest}
    with keeping_cells(cursor, "batch", heads):
        run(cursor, "statements/write_batch", heads)
        is_moved = False
        if search is None:
            run(cursor, "statements/no_agents")
        else:
            run(cursor, "statements/wait_in_batch")
            search.attribute(cursor)
            _name_agents(cursor, newest_last=True)
            is_moved = _write_roots(cursor)
            run(cursor, "statements/note_early", {"agents_as_of": agents_as_of})
        ((added,),) = rows_of(cursor, "statements/insert_rows")
        if added:
            write_pairs(cursor, "pair_batch", heads)
        if is_moved:
            write_pairs(cursor, "pair_roots")
        if added < len(given):
            run(cursor, "statements/fill", heads)
            if has_tenants:
                for name in ("agents_of_tenants", "name_agents", "fill_tenants"):
                    run(cursor, f"statements/{name}", heads)
        if has_tenants or has_agent_models:
            write_ran_keys(cursor, heads)
    if attribute_again and added < len(given):
        run(cursor, "statements/attribute_again", heads)
    return int(added)


def _settle(
    cursor: duckdb.DuckDBPyConnection,
    heads: Mapping[str, object],
    *,
    only_better: bool,
    agents_as_of: datetime | None,
) -> None:
    with keeping_cells(cursor, "attributed", heads):
        _name_agents(cursor, newest_last=False)
        run(
            cursor,
            "statements/settle",
            {**heads, "only_better": only_better, "agents_as_of": agents_as_of},
        )
        write_ran_keys(cursor, heads)
        if _write_roots(cursor):
            write_pairs(cursor, "pair_roots")


def _name_agents(cursor: duckdb.DuckDBPyConnection, *, newest_last: bool) -> None:
    for name in ("agents_of_attributed", "name_agents", "found_agents"):
        run(cursor, f"statements/{name}", {"newest_last": newest_last})


def _write_roots(cursor: duckdb.DuckDBPyConnection) -> bool:
    """Write the roots of conversations; returns whether rows may have moved to other conversations."""
    ((count, elsewhere),) = rows_of(cursor, "statements/count_roots")
    if count:
        run(cursor, "statements/write_roots")
        note(cursor, "note_roots")
    if elsewhere:
        run(cursor, "statements/note_moved")
        run(cursor, "statements/move_to_roots")
    return bool(elsewhere)


def _change_state(cursor: duckdb.DuckDBPyConnection, changes: Mapping[str, object]) -> None:
    if changes:
        unchanged: dict[str, object] = dict.fromkeys(STATE_FIELDS)
        changed = [name for name in STATE_FIELDS if name in changes]
        run(cursor, "statements/write_state", {**unchanged, **changes, "changed": changed})
