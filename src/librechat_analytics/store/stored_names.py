"""The names that the store holds: of models, contexts, providers, agents and roles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from librechat_analytics.store.cells import (
    ALL_ROWS,
    forget_cells,
    keeping_cells,
    write_pairs,
    write_ran_keys,
)
from librechat_analytics.store.notes import note
from librechat_analytics.store.sql_files import rows_of, run

if TYPE_CHECKING:
    import pandas as pd

    from librechat_analytics.store.store import Store


class StoredNames:
    """All names that lists show and filters accept."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self) -> list[str]:
        """Return each name once."""
        with self._store.reading() as cursor:
            return [name for (name,) in rows_of(cursor, "statements/list_names") if name is not None]

    def rename(self, renamed: pd.DataFrame) -> None:
        """Replace names by their listed form (name, listed) in one commit; merge entries with one name."""
        with self._store.committing() as cursor:
            cursor.register("renamed", renamed)
            forget_cells(cursor)
            with keeping_cells(cursor):
                run(cursor, "statements/same_names")
                note(cursor, "note_renamed")
                run(cursor, "statements/rename")
                write_ran_keys(cursor, ALL_ROWS)
                write_pairs(cursor, "pair_all")
