"""The names that the store holds: of models, contexts, providers, agents and roles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from librechat_analytics.store.store import run

if TYPE_CHECKING:
    import pandas as pd

    from librechat_analytics.store.store import Store


class StoredNames:
    """All names that lists show and filters take."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self) -> list[str]:
        """Give each name once."""
        with self._store.reading() as cursor:
            run(cursor, "statements/list_names", {})
            return [name for (name,) in cursor.fetchall() if name is not None]

    def rename(self, renamed: pd.DataFrame) -> None:
        """Write the listed form of names (name, listed), in one commit; what shares one then is merged."""
        with self._store.committing() as cursor:
            cursor.register("renamed", renamed)
            run(cursor, "statements/rename", {})
