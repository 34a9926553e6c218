"""The ids that the store holds: count them by range, and compare them with those of a database."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from librechat_analytics.store.sql_files import rows_of, run

if TYPE_CHECKING:
    from datetime import datetime

    from librechat_analytics.store.store import Store

AuditKind = Literal["counts", "ids"]
BEYOND_HEADS = 2**64


class Id(NamedTuple):
    """An id as the store holds it: its first eight and its last four bytes as numbers."""

    head: int
    tail: int

    def hex(self) -> str:
        return f"{self.head:016x}{self.tail:08x}"


@dataclass(frozen=True, slots=True)
class AuditResult:
    """How an audit ended; times are UTC without a zone.

    ``documents`` counts the rows of the database, ``added`` its rows that were not held before, and ``gone``
    the held rows that the database is known to have deleted.
    """

    kind: AuditKind
    started_at: datetime
    ended_at: datetime
    documents: int
    added: int
    gone: int


class HeldIds:
    """The ids in the store, of transactions and of refused rows."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def count(self, low_head: int = 0, high_head: int = BEYOND_HEADS) -> int:
        """Count the ids from ``low_head`` on and below ``high_head`` that the database should still have."""
        with self._store.reading() as cursor:
            ((count,),) = rows_of(cursor, "statements/count_held", _heads_and_texts(low_head, high_head))
        return int(count)

    def between(self, low_head: int, high_head: int = BEYOND_HEADS) -> pd.DataFrame:
        """Return the ids held from ``low_head`` on and below ``high_head``, for ``compare``."""
        with self._store.reading() as cursor:
            run(cursor, "statements/held_between", _heads_and_texts(low_head, high_head))
            return cursor.df()

    def boundaries(self, rows_per_range: int) -> list[int]:
        """Return the heads that cut the rows held into ranges of about ``rows_per_range`` rows."""
        parts = self._store.count_transactions() // rows_per_range
        if not parts:
            return []
        fractions = [part / (parts + 1) for part in range(1, parts + 1)]
        with self._store.reading() as cursor:
            ((heads,),) = rows_of(cursor, "statements/range_boundaries", {"fractions": fractions})
        return sorted({head for head in heads if head})

    def compare(
        self, held: pd.DataFrame, heads: Heads, tails: Tails, low: Id, end: Id, settled_before: int
    ) -> list[Id]:
        """Compare the ids that the database has from ``low`` to ``end`` with those held.

        Returns the ids that are not held. The range includes both its ends. ``held`` was read before the
        database, and may also have ids outside the range. Ids that are held and no longer in the database are
        remembered as gone, unless their head is ``settled_before`` or greater. Gone ids that are in the
        database again no longer count as gone.
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
                run(cursor, "statements/write_gone")
        return missing

    def sample(self) -> tuple[list[Id], list[Id]]:
        """Return the ids of the ten newest rows, and of up to a thousand random ones."""
        with self._store.reading() as cursor:
            newest = rows_of(cursor, "statements/newest_ids")
            others = rows_of(cursor, "statements/sample_ids")
        return [Id(*row) for row in newest], [Id(*row) for row in others]

    def users(self) -> list[str]:
        """Return the ids of all users."""
        with self._store.reading() as cursor:
            return [identity for (identity,) in rows_of(cursor, "statements/list_users")]

    def any_of(self, ids: list[Id]) -> bool:
        """Say whether any of these ids is held."""
        wanted = pd.DataFrame(ids, columns=["id_head", "id_tail"]).astype(
            {"id_head": "uint64", "id_tail": "uint32"}
        )
        with self._store.reading() as cursor:
            cursor.register("wanted", wanted)
            ((found,),) = rows_of(cursor, "statements/any_held")
        return bool(found)

    def count_gone(self) -> int:
        """Count the rows held that the database is known to have deleted."""
        with self._store.reading() as cursor:
            ((count,),) = rows_of(cursor, "statements/count_gone")
        return int(count)

    def write_audit(self, result: AuditResult) -> None:
        """Store how an audit ended, in place of the last one of its kind."""
        with self._store.committing() as cursor:
            run(cursor, "statements/write_audit", asdict(result))

    def audits(self) -> tuple[AuditResult, ...]:
        """Return how the last audit of each kind ended, the latest first."""
        with self._store.reading() as cursor:
            return tuple(AuditResult(*row) for row in rows_of(cursor, "statements/list_audits"))


Heads = np.ndarray[Any, np.dtype[np.uint64]]
Tails = np.ndarray[Any, np.dtype[np.uint32]]


def _heads_and_texts(low_head: int, high_head: int) -> dict[str, object]:
    """Return the bounds of a range for ids that are stored as numbers, and for those stored as text."""
    return {
        "low_head": low_head,
        "last_head": high_head - 1,
        "low_text": Id(low_head, 0).hex(),
        "end_text": Id(high_head - 1, 2**32 - 1).hex(),
    }
