"""What the working copy notes of its own publication, and files for rows that are on their way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pandas as pd

from librechat_analytics.store.notes import begin_notes, is_published
from librechat_analytics.store.schema import SCHEMA_VERSION
from librechat_analytics.store.sql_files import rows_of, run

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb

    from librechat_analytics.store.store import Store


@dataclass(frozen=True, slots=True)
class Published:
    """Whose ledger the working copy is, and what it has published.

    ``version`` is that of its last commit, None before the first. ``pending`` is that of a publication which
    was begun and perhaps committed. ``store_schema`` is the schema that the store had at its last commit.
    """

    ledger: UUID
    version: int | None
    pending: int | None
    store_schema: int


@dataclass(frozen=True, slots=True)
class Sent:
    """What a publication has sent, so that its notes can be cleared.

    ``granules`` has the columns slot and conversation_key. ``noted`` and ``noted_conversations`` are the last
    notes that it has seen. ``fingerprints`` are those of the small tables that it has sent. ``waiting`` has
    for a table of incomplete rows the fingerprints that were sent, and whether they are the whole table.
    """

    granules: pd.DataFrame
    noted: int
    noted_conversations: int
    fingerprints: Mapping[str, str]
    waiting: Mapping[str, tuple[pd.DataFrame, bool]]


class WorkingCopy:
    """The store from which a follower publishes."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def published(self) -> Published | None:
        """Return what was published; None if the store never was."""
        with self.store.reading() as cursor:
            if not is_published(cursor):
                return None
            found = rows_of(cursor, "statements/read_published")
        return Published(*found[0]) if found else None

    def begin(self) -> Published:
        """Note from now on what changes in the store, which becomes a ledger of its own."""
        begun = Published(uuid4(), None, None, SCHEMA_VERSION)
        with self.store.committing(is_usage=False, is_change=False) as cursor:
            begin_publishing(cursor, begun)
        return begun

    def was_published_to(self, ledger: UUID) -> bool:
        """Say whether this ledger was published from the store, which has noted no changes since."""
        with self.store.reading() as cursor:
            tables = cursor.execute("FROM duckdb_tables() WHERE table_name = 'published'").fetchall()
            return bool(tables) and any(
                row[0] == ledger for row in rows_of(cursor, "statements/read_published")
            )

    def has_notes(self, first_slot: int, end_slot: int) -> bool:
        """Say whether anything in a range of slots is noted as not published."""
        with self.store.reading() as cursor:
            ((found,),) = rows_of(
                cursor, "statements/any_notes", {"first_slot": first_slot, "end_slot": end_slot}
            )
        return bool(found)

    def note_everything(self) -> None:
        """Note that everything must be published again."""
        with self.store.committing(is_usage=False) as cursor:
            run(cursor, "statements/note_everything")

    def note_pending(self, version: int) -> None:
        """Note that a publication was begun."""
        with self.store.committing(is_usage=False, is_change=False) as cursor:
            run(cursor, "statements/note_pending", {"version": version})

    def note_committed(self, version: int, sent: Sent | None = None) -> None:
        """Note that a publication was committed, and clear the notes of what it has sent."""
        with self.store.committing(is_usage=False, is_change=False) as cursor:
            run(cursor, "statements/note_committed", {"version": version, "store_schema": SCHEMA_VERSION})
            if sent is None:
                return
            cursor.register("sent", sent.granules)
            noted = {"noted": sent.noted, "noted_conversations": sent.noted_conversations}
            run(cursor, "statements/clear_notes", noted)
            cursor.register(
                "fingerprints",
                pd.DataFrame(
                    {
                        "name": pd.Series([*sent.fingerprints], dtype="str"),
                        "fingerprint": pd.Series([*sent.fingerprints.values()], dtype="str"),
                    }
                ),
            )
            run(cursor, "statements/write_fingerprints")
            for name, (rows, is_whole) in sent.waiting.items():
                cursor.register("waiting_sent", rows)
                run(cursor, "statements/write_waiting_sent", {"name": name, "is_whole": is_whole})


def begin_publishing(cursor: duckdb.DuckDBPyConnection, published: Published) -> None:
    """Make the tables of notes, or empty them, and write what was published."""
    begin_notes(cursor)
    run(
        cursor,
        "statements/begin_publishing",
        {
            "ledger": published.ledger,
            "version": published.version,
            "store_schema": published.store_schema,
        },
    )
