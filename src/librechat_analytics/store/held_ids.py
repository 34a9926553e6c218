"""Which ids the store holds: counted by range, and compared with those that a database has."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from librechat_analytics.store.store import run

if TYPE_CHECKING:
    from datetime import datetime

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
class AuditResult:
    """How an audit ended; times are UTC without a zone.

    ``documents`` are those of the database, ``added`` those that were not held before, ``gone`` those held
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
        with self._store.reading() as cursor:
            run(cursor, "statements/count_held", _heads_and_texts(low_head, high_head))
            ((count,),) = cursor.fetchall()
        return int(count)

    def between(self, low_head: int, high_head: int = BEYOND_HEADS) -> pd.DataFrame:
        """Give the ids held from ``low_head`` on and below ``high_head``, for ``compare``."""
        with self._store.reading() as cursor:
            run(cursor, "statements/held_between", _heads_and_texts(low_head, high_head))
            return cursor.df()

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

    def compare(
        self, held: pd.DataFrame, heads: Heads, tails: Tails, low: Id, end: Id, settled_before: int
    ) -> list[Id]:
        """Compare the ids that the database has from ``low`` to ``end``, both included, with those held.

        ``held`` is of before the database was asked, and has these and perhaps more. Gives the ids that are
        not among it; remembers which of it are no longer there, unless their head is ``settled_before`` or
        greater, and which that were gone are there again.
        """
        bounds = {"low_head": low.head, "low_tail": low.tail, "end_head": end.head, "end_tail": end.tail}
        bounds["settled_before"] = settled_before
        page = pd.DataFrame({"id_head": heads, "id_tail": tails})
        with self._store.reading() as cursor:
            cursor.register("page", page)
            cursor.register("held", held)
            run(cursor, "statements/compare_ids", bounds)
            missing = [Id(*row) for row in cursor.execute("FROM not_held").fetchall()]
            newly_gone = cursor.execute("FROM newly_gone").df()
            back = cursor.execute("FROM back_again").df()
        if len(newly_gone) or len(back):
            with self._store.committing() as cursor:
                cursor.register("newly_gone", newly_gone)
                cursor.register("back_again", back)
                cursor.execute("INSERT INTO gone FROM newly_gone")
                cursor.execute(
                    "DELETE FROM gone USING back_again"
                    " WHERE gone.id_head = back_again.id_head AND gone.id_tail = back_again.id_tail"
                )
        return missing

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

    def users(self) -> list[str]:
        """Give the ids of all users."""
        with self._store.reading() as cursor:
            found = cursor.execute("SELECT id FROM users").fetchall()
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
        """Count the documents held that the database is known to have deleted."""
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


def _heads_and_texts(low_head: int, high_head: int) -> dict[str, object]:
    """Give the bounds of a range for ids that are kept as numbers, and for those kept as texts."""
    return {
        "low_head": low_head,
        "last_head": high_head - 1,
        "low_text": Id(low_head, 0).hex(),
        "end_text": Id(high_head - 1, 2**32 - 1).hex(),
    }
