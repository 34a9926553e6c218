"""Rows that are held but not complete yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from librechat_analytics.store.cells import bounds, keeping_cells
from librechat_analytics.store.held_ids import Id
from librechat_analytics.store.sql_files import rows_of, run

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from librechat_analytics.store.store import Store


class UnfinishedRows:
    """Rows that an older program wrote without today's columns, or that LibreChat had not settled yet."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def outdated(self, before: Id | None, limit: int) -> list[Id]:
        """Return the ids below ``before`` of rows to read again, newest first."""
        top = before or Id(2**64, 0)
        with self._store.reading() as cursor:
            found = rows_of(
                cursor, "statements/list_outdated", {"head": top.head, "tail": top.tail, "limit": limit}
            )
        return [Id(*row) for row in found]

    def forget_outdated(self, ids: Iterable[Id]) -> None:
        """Take ids off the list of rows to read again."""
        dropped = pd.DataFrame(list(ids), columns=["id_head", "id_tail"], dtype="uint64")
        if not len(dropped):
            return
        with self._store.committing() as cursor:
            cursor.register("dropped", dropped)
            run(cursor, "statements/forget_outdated")

    def list_without_tenant(self) -> None:
        """List the rows without a tenant as outdated; done once, if there are tenants and old rows."""
        with self._store.reading() as cursor:
            ((due,),) = rows_of(cursor, "statements/lacks_tenants")
        if due:
            with self._store.committing() as cursor:
                run(cursor, "statements/list_without_tenant")

    def models_without_provider(self) -> list[str]:
        """Return the models of rows whose provider is not known."""
        with self._store.reading() as cursor:
            return [model for (model,) in rows_of(cursor, "statements/models_without_provider")]

    def write_providers(self, providers: pd.DataFrame) -> None:
        """Write the providers (model, provider) of the models' rows that have none."""
        with self._store.committing() as cursor, keeping_cells(cursor):
            cursor.register("known", providers)
            run(cursor, "statements/note_without_provider")
            run(cursor, "statements/write_providers")

    def told_early(self) -> list[tuple[Any, ...]]:
        """Return the rows whose providers must be looked up again, because they are newer than their agents.

        Each has id_head, id_tail, created_at, model, endpoint, agent, spender, tenant and provider.
        """
        with self._store.reading() as cursor:
            ((count, lowest, highest),) = rows_of(cursor, "statements/bounds_of_told_early")
            if not count:
                return []
            heads = {"lowest_head": lowest, "highest_head": highest}
            return rows_of(cursor, "statements/list_told_early", heads)

    def write_told_early(self, told: pd.DataFrame, *, named_before: datetime) -> None:
        """Write providers (id_head, id_tail, provider); rows before ``named_before`` leave the list."""
        heads = bounds(told) if len(told) else {"lowest_head": 1, "highest_head": 0}
        with self._store.committing() as cursor:
            cursor.register("told", told)
            with keeping_cells(cursor, "told", heads):
                run(cursor, "statements/write_told_early", heads | {"named_before": named_before})
