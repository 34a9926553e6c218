"""Keeps cells, the model that ran and the mark of pairs in step with the rows from which they are derived."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from librechat_analytics.store.notes import note, noting_rows
from librechat_analytics.store.sql_files import rows_of, run

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import duckdb
    import pandas as pd

SLOT_SECONDS = 900
FIRST_SLOT = -(2**31)
"""No slot is lower."""

MOST_CHANGES = 500_000
"""If more cells change at once, summing up everything later, in chunks, takes less time and memory."""

ALL_ROWS: Mapping[str, object] = {"lowest_head": 0, "highest_head": 2**64 - 1}


def bounds(rows: pd.DataFrame) -> dict[str, object]:
    """Return the range of the rows' heads, as the statements take it."""
    return {"lowest_head": int(rows["id_head"].min()), "highest_head": int(rows["id_head"].max())}


@contextmanager
def keeping_cells(
    cursor: duckdb.DuckDBPyConnection, relation: str | None = None, heads: Mapping[str, object] = ALL_ROWS
) -> Iterator[None]:
    """Sum up again the cells that the block changes, or forget all cells if it changes very many.

    These are the cells of the rows in ``relation`` (id_head, id_tail), which may be added or changed, and
    those that the block itself adds to the table changed_cells. If the store is published, notes them too.
    """
    run(cursor, "statements/begin_changes")
    with noting_rows(cursor, relation, heads), _summing_up_again(cursor, relation, heads):
        yield


@contextmanager
def _summing_up_again(
    cursor: duckdb.DuckDBPyConnection, relation: str | None, heads: Mapping[str, object]
) -> Iterator[None]:
    ((summed_until,),) = rows_of(cursor, "statements/summed_until")
    if summed_until is None:
        yield
        return
    if relation is None:
        yield
    else:
        noted = {**heads, "summed_until": summed_until}
        cursor.execute(f'CREATE OR REPLACE TEMP VIEW touched AS FROM "{relation}"')
        run(cursor, "statements/note_rows", noted)
        yield
        run(cursor, "statements/compare_rows", noted)
    ((changes, first, last),) = rows_of(cursor, "statements/bounds_of_changes")
    if changes > MOST_CHANGES:
        forget_cells(cursor)
    elif changes and first < summed_until:
        slots = {"first_slot": first, "end_slot": min(last + 1, summed_until)}
        run(cursor, "statements/delete_changed_cells", slots)
        run(cursor, "statements/write_cells", slots)


def write_ran_keys(
    cursor: duckdb.DuckDBPyConnection, heads: Mapping[str, object], agents: list[str] | None = None
) -> None:
    """Find again which model ran, for rows in a range of heads that name one of ``agents`` as their model.

    Without ``agents``, all such rows. Call it only while cells are kept.
    """
    ((any_agent_model,),) = rows_of(cursor, "statements/any_agent_model")
    if any_agent_model:
        run(cursor, "statements/write_ran_keys", {**heads, "agents": agents})


def write_pairs(cursor: duckdb.DuckDBPyConnection, of: str, heads: Mapping[str, object] = ALL_ROWS) -> None:
    """Mark rows that may have been recorded twice; ``of`` is the file that lists their conversations."""
    ((first, last),) = rows_of(cursor, f"statements/{of}", heads)
    if first is None:
        return
    slots = {"first_slot": first, "last_slot": last}
    ((found,),) = rows_of(cursor, "statements/find_pairs", slots)
    if found:
        note(cursor, "note_pairs", slots)
        run(cursor, "statements/mark_pairs", slots)


def forget_cells(cursor: duckdb.DuckDBPyConnection) -> None:
    """Delete all cells, when so much changes that they are better summed up again later."""
    run(cursor, "statements/forget_cells")
    note(cursor, "note_forgotten_cells")


def sum_up_chunk(cursor: duckdb.DuckDBPyConnection, end_slot: int) -> None:
    """Sum up all rows before ``end_slot`` that are not summed up yet."""
    # Read in this transaction, because other threads may have written since the chunks were listed.
    ((summed_until,),) = rows_of(cursor, "statements/summed_until")
    first_slot = FIRST_SLOT if summed_until is None else summed_until
    if first_slot < end_slot:
        run(cursor, "statements/begin_chunk", {"end_slot": end_slot})
        run(cursor, "statements/write_cells", {"first_slot": first_slot, "end_slot": end_slot})
