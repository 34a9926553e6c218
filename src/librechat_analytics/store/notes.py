"""Notes in a store that is published what changes in it, in the same commit as the change."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from librechat_analytics.store.sql_files import NO_PARAMETERS, run

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import duckdb

    from librechat_analytics.store.store import Store


_is_published: WeakKeyDictionary[duckdb.DuckDBPyConnection, bool] = WeakKeyDictionary()
"""What is known of the transaction of each cursor: the look into the catalogue takes half a millisecond."""


def is_published(cursor: duckdb.DuckDBPyConnection) -> bool:
    """Say whether the store is published, so that its changes are noted; remembered for the transaction.

    A cursor has one transaction, and within it only ``begin_notes`` and ``end_notes`` change the answer.
    """
    known = _is_published.get(cursor)
    if known is None:
        found = cursor.execute("FROM duckdb_tables() WHERE table_name = 'unpublished' AND NOT temporary")
        known = _is_published[cursor] = bool(found.fetchall())
    return known


def begin_notes(cursor: duckdb.DuckDBPyConnection) -> None:
    """Make the tables of notes, if they are not there."""
    run(cursor, "statements/create_notes")
    _is_published[cursor] = True


@contextmanager
def noting_rows(
    cursor: duckdb.DuckDBPyConnection, relation: str | None, heads: Mapping[str, object]
) -> Iterator[None]:
    """Note the granules of the rows in ``relation`` (id_head, id_tail) that the block adds or changes.

    Also notes those that the block adds to the table changed_cells.
    """
    if not is_published(cursor):
        yield
        return
    if relation is not None:
        cursor.execute(f'CREATE OR REPLACE TEMP VIEW touched AS FROM "{relation}"')
        run(cursor, "statements/note_before", heads)
    yield
    if relation is not None:
        cursor.execute(f'CREATE OR REPLACE TEMP VIEW touched AS FROM "{relation}"')
        run(cursor, "statements/note_after", heads)
    run(cursor, "statements/note_changed_cells")


def note(
    cursor: duckdb.DuckDBPyConnection, name: str, parameters: Mapping[str, object] = NO_PARAMETERS
) -> None:
    """Note what the statement ``name`` finds, if the store is published."""
    if is_published(cursor):
        run(cursor, f"statements/{name}", parameters)


def end_notes(store: Store) -> bool:
    """Note no changes any more; return whether they were noted before."""
    with store.committing(is_usage=False, is_change=False) as cursor:
        were_noted = is_published(cursor)
        run(cursor, "statements/end_notes")
        _is_published[cursor] = False
    return were_noted
