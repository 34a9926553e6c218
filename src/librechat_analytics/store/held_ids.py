"""Which ids the store holds: counted by range, and compared with those that a database has."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from librechat_analytics.store.store import run

if TYPE_CHECKING:
    from datetime import datetime

    from duckdb import DuckDBPyConnection

    from librechat_analytics.store.store import Store

AuditKind = Literal["counts", "ids"]
BEYOND_HEADS = 2**64


class Id(NamedTuple):
    """An id as the store keeps it: its first eight and its last four bytes."""

    head: int
    tail: int

    def hex(self) -> str:
        return f"{self.head:016x}{self.tail:08x}"


@dataclass(frozen=True, slots=True)
class Compared:
    """What became of one comparison: the ids that are not held, and how many have newly gone."""

    missing: list[Id]
    gone: int


@dataclass(frozen=True, slots=True)
class AuditResult:
    """How an audit ended; times are UTC without a zone.

    ``documents`` are those of the database, ``added`` those that were not held before, ``gone`` the rows held
    that the database has deleted, as far as that is known.
    """

    kind: AuditKind
    started_at: datetime
    ended_at: datetime
    documents: int
    added: int
    gone: int


class HeldIds:
    """The ids in the store, of counted rows and of refused documents."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def count(self, low_head: int = 0, high_head: int = BEYOND_HEADS) -> int:
        """Count the ids from ``low_head`` on and below ``high_head`` that the database should still have."""
        bounds = {"low_head": low_head, "last_head": high_head - 1} | _texts_between(
            Id(low_head, 0), Id(high_head - 1, 2**32 - 1)
        )
        with self._store.reading() as cursor:
            ((count,),) = cursor.execute(
                """
                SELECT
                    (SELECT count(*) FROM transactions WHERE id_head BETWEEN $low_head AND $last_head)
                    + (
                        SELECT count(*) FROM refused
                        WHERE length(id) = 24 AND id BETWEEN $low_text AND $end_text
                    )
                    - (SELECT count(*) FROM gone WHERE id_head BETWEEN $low_head AND $last_head)
                """,
                bounds,
            ).fetchall()
        return int(count)

    def boundaries(self, rows_per_range: int) -> list[int]:
        """Cut the rows held into ranges of about so many rows; gives the heads at which ranges begin."""
        parts = self._store.count_transactions() // rows_per_range
        if not parts:
            return []
        with self._store.reading() as cursor:
            ((heads,),) = cursor.execute(
                "SELECT quantile_disc(id_head, $fractions) FROM transactions",
                {"fractions": [part / (parts + 1) for part in range(1, parts + 1)]},
            ).fetchall()
        return sorted({head for head in heads if head})

    def compare(self, heads: Heads, tails: Tails, low: Id, end: Id) -> Compared:
        """Compare the ids that the database has from ``low`` to ``end``, both included, with those held.

        Remembers which rows held are no longer there, and which are again.
        """
        bounds = {"low_head": low.head, "low_tail": low.tail, "end_head": end.head, "end_tail": end.tail}
        page = pd.DataFrame({"id_head": heads, "id_tail": tails})
        with self._store.reading() as cursor:
            cursor.register("page", page)
            run(cursor, "statements/compare_ids", bounds)
            missing = [Id(*row) for row in cursor.execute("FROM not_held").fetchall()]
            newly_gone = cursor.execute("FROM newly_gone").df()
            back = cursor.execute("FROM back_again").df()
            refused = self._refused(cursor, low, end) if missing else set()
        if len(newly_gone) or len(back):
            with self._store.committing() as cursor:
                cursor.register("newly_gone", newly_gone)
                cursor.register("back_again", back)
                cursor.execute("INSERT INTO gone FROM newly_gone")
                cursor.execute(
                    "DELETE FROM gone USING back_again"
                    " WHERE gone.id_head = back_again.id_head AND gone.id_tail = back_again.id_tail"
                )
        return Compared([identity for identity in missing if identity.hex() not in refused], len(newly_gone))

    def _refused(self, cursor: DuckDBPyConnection, low: Id, end: Id) -> set[str]:
        found = cursor.execute(
            "SELECT id FROM refused WHERE length(id) = 24 AND id BETWEEN $low_text AND $end_text",
            _texts_between(low, end),
        ).fetchall()
        return {identity for (identity,) in found}

    def sample(self) -> tuple[list[Id], list[Id]]:
        """Give the ids of the ten newest rows, and of up to a thousand others."""
        with self._store.reading() as cursor:
            newest = cursor.execute(
                "SELECT id_head, id_tail FROM transactions ORDER BY id_head DESC, id_tail DESC LIMIT 10"
            ).fetchall()
            others = cursor.execute(
                "SELECT id_head, id_tail FROM transactions USING SAMPLE reservoir(1000 ROWS)"
            ).fetchall()
        return [Id(*row) for row in newest], [Id(*row) for row in others]

    def users(self, most: int | None) -> list[str]:
        """Give the ids of some users, at most so many; of all for None."""
        with self._store.reading() as cursor:
            found = cursor.execute("SELECT id FROM users LIMIT $most", {"most": most}).fetchall()
        return [identity for (identity,) in found]

    def any_of(self, ids: list[Id]) -> bool:
        """Say whether one of these ids is held."""
        asked = pd.DataFrame(ids, columns=["id_head", "id_tail"]).astype(
            {"id_head": "uint64", "id_tail": "uint32"}
        )
        with self._store.reading() as cursor:
            cursor.register("asked", asked)
            found = cursor.execute(
                "SELECT 1 FROM transactions SEMI JOIN asked USING (id_head, id_tail) LIMIT 1"
            ).fetchall()
        return bool(found)

    def count_gone(self) -> int:
        """Count the rows held that the database is known to have deleted."""
        with self._store.reading() as cursor:
            ((count,),) = cursor.execute("SELECT count(*) FROM gone").fetchall()
        return int(count)

    def write_audit(self, result: AuditResult) -> None:
        """Keep how an audit ended, in place of the last one of its kind."""
        with self._store.committing() as cursor:
            cursor.execute("DELETE FROM audits WHERE kind = ?", [result.kind])
            cursor.execute("INSERT INTO audits VALUES (?, ?, ?, ?, ?, ?)", list(astuple(result)))

    def audits(self) -> tuple[AuditResult, ...]:
        """Tell how the last audit of each kind ended, the latest first."""
        with self._store.reading() as cursor:
            rows = cursor.execute("FROM audits ORDER BY ended_at DESC").fetchall()
        return tuple(AuditResult(*row) for row in rows)


Heads = np.ndarray[Any, np.dtype[np.uint64]]
Tails = np.ndarray[Any, np.dtype[np.uint32]]


def _texts_between(low: Id, end: Id) -> dict[str, str]:
    return {"low_text": low.hex(), "end_text": end.hex()}
