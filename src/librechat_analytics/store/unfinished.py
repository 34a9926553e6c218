"""Rows that are held without all that is kept of a row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from librechat_analytics.store.held_ids import Id
from librechat_analytics.store.store import run

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from librechat_analytics.store.store import Store


class UnfinishedRows:
    """Rows that an older program wrote without all that is kept today, or that were not settled when read."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def outdated(self, before: Id | None, limit: int) -> list[Id]:
        """Give ids below ``before`` of rows to be read once more, newest first."""
        top = before or Id(2**64, 0)
        with self._store.reading() as cursor:
            found = cursor.execute(
                """
                SELECT id_head, id_tail FROM outdated
                WHERE id_head < $head OR id_head = $head AND id_tail < $tail
                ORDER BY id_head DESC, id_tail DESC
                LIMIT $limit
                """,
                {"head": top.head, "tail": top.tail, "limit": limit},
            ).fetchall()
        return [Id(*row) for row in found]

    def forget_outdated(self, ids: Iterable[Id]) -> None:
        """Take ids off the list of rows to be read once more."""
        dropped = pd.DataFrame(list(ids), columns=["id_head", "id_tail"], dtype="uint64")
        if not len(dropped):
            return
        with self._store.committing() as cursor:
            cursor.register("dropped", dropped)
            cursor.execute(
                "DELETE FROM outdated USING dropped"
                " WHERE outdated.id_head = dropped.id_head AND outdated.id_tail = dropped.id_tail"
            )

    def list_without_tenant(self) -> None:
        """List the rows without a tenant as outdated; once, where there are tenants and old rows."""
        with self._store.reading() as cursor:
            ((due,),) = cursor.execute(
                "SELECT NOT tenants_read AND EXISTS (FROM tenants) FROM sync_state"
            ).fetchall()
        if due:
            with self._store.committing() as cursor:
                run(cursor, "statements/list_without_tenant", {})

    def models_without_provider(self) -> list[str]:
        """Name the models of rows whose provider is not known."""
        with self._store.reading() as cursor:
            found = cursor.execute(
                """
                SELECT id FROM models
                WHERE key IN (SELECT DISTINCT model_key FROM transactions WHERE provider_key IS NULL)
                ORDER BY id
                """
            ).fetchall()
        return [model for (model,) in found]

    def write_providers(self, providers: pd.DataFrame) -> None:
        """Write the providers (model, provider) of the models' rows that have none."""
        with self._store.committing() as cursor:
            cursor.register("known", providers)
            run(cursor, "statements/write_providers", {})

    def told_early(self) -> list[tuple[Any, ...]]:
        """Give the rows whose agents are to be asked for their providers anew.

        Each has id_head, id_tail, created_at, model, endpoint, agent, spender, tenant, and the provider held.
        """
        with self._store.reading() as cursor:
            ((count, lowest, highest),) = cursor.execute(
                "SELECT count(*), min(id_head), max(id_head) FROM told_early"
            ).fetchall()
            if not count:
                return []
            return cursor.execute(
                """
                SELECT told_early.*, providers.id
                FROM told_early
                JOIN (
                    SELECT id_head, id_tail, provider_key FROM transactions
                    WHERE id_head BETWEEN $lowest AND $highest
                ) AS held USING (id_head, id_tail)
                LEFT JOIN providers ON providers.key = held.provider_key
                """,
                {"lowest": lowest, "highest": highest},
            ).fetchall()

    def write_told_early(self, told: pd.DataFrame, *, named_before: datetime) -> None:
        """Write providers (id_head, id_tail, provider); rows before ``named_before`` leave the list."""
        bounds = {"lowest_head": 1, "highest_head": 0}
        if len(told):
            bounds = {"lowest_head": int(told["id_head"].min()), "highest_head": int(told["id_head"].max())}
        with self._store.committing() as cursor:
            cursor.register("told", told)
            run(cursor, "statements/write_told_early", bounds | {"named_before": named_before})
