"""One publication: what has changed in the working copy, sent under a new version and then committed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from librechat_analytics.store.cells import FIRST_SLOT
from librechat_analytics.store.clickhouse.commit import COMMIT_FIELDS, WRITER_BITS
from librechat_analytics.store.clickhouse.schema import SCHEMA_VERSION
from librechat_analytics.store.clickhouse.sending import Sender
from librechat_analytics.store.clickhouse.tables import (
    CELLS,
    CONVERSATIONS,
    SMALL_TABLES,
    TRANSACTIONS,
    WAITING_TABLES,
)
from librechat_analytics.store.clickhouse.working_copy import Sent
from librechat_analytics.store.schema import PROGRAM_VERSION
from librechat_analytics.store.sql_files import rows_of, run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from uuid import UUID

    import duckdb

    from librechat_analytics.store.clickhouse.commit import Commit
    from librechat_analytics.store.clickhouse.connection import Connection
    from librechat_analytics.store.clickhouse.tables import PublishedTable
    from librechat_analytics.store.store import Store

ROWS_IN_A_PART = 500_000
"""How many rows are sent at once, which bounds the size of the file that they need on their way."""

END_OF_SLOTS = 2**31 - 1

MOST_DONE = 20_000
"""If so many published rows of a table of incomplete rows are complete, the table is sent whole again."""


def version_after(version: int, writer: int) -> int:
    """Return the next version of a process that has chosen the number ``writer``."""
    return ((version >> WRITER_BITS) + 1 << WRITER_BITS) + writer


class Publication:
    """What one snapshot of the working copy holds, sent in parts.

    ``last`` is the commit that it follows; None sends everything to an empty database. ``before_each`` is
    called before each insert. ``is_new_era``: another process has written ``last``.
    """

    def __init__(
        self,
        store: Store,
        cursor: duckdb.DuckDBPyConnection,
        connection: Connection,
        last: Commit | None,
        version: int,
        *,
        is_new_era: bool,
        query_prefix: str,
        before_each: Callable[[], None],
    ) -> None:
        self.version = version
        self.clean_until = 0 if last is None else last.clean_until
        self.eras = [version] if last is None else [*last.eras]
        if is_new_era and last is not None:
            self.eras += [last.version, version]
        self.tables = {} if last is None else dict(last.tables)
        self.cells_since = 0 if last is None else last.cells_since
        self.first_dead_slot = None if last is None else last.first_dead_slot
        self._cursor = cursor
        self._connection = connection
        self._last = last
        self._sender = Sender(store, cursor, connection, f"{query_prefix}-{version}", before_each)
        self._fingerprints = {} if last is None else dict(rows_of(cursor, "statements/list_fingerprints"))
        ((self._is_reading_history, self._as_of, self._state),) = rows_of(cursor, "statements/read_all_state")
        summed_until = FIRST_SLOT if last is None or last.summed_until is None else last.summed_until
        ((self._granules, self._noted, self._noted_conversations, forgotten),) = rows_of(
            cursor,
            "statements/granules_to_send",
            {"cells_from": summed_until, "sends_all": last is None},
        )
        if last is None:
            run(cursor, "statements/send_all")
        else:
            run(
                cursor,
                "statements/send_changes",
                {
                    "cells_from": FIRST_SLOT if forgotten else summed_until,
                    "last_conversation_key": last.last_conversation_key,
                },
            )
        if forgotten:
            self.cells_since = version
        self._sent_fingerprints: dict[str, str] = {}
        self._sent_waiting: dict[str, tuple[pd.DataFrame, bool]] = {}

    def send(
        self,
        report: Callable[[int, int], None] = lambda _done, _all: None,
        is_there: Callable[[int, int, int, int], bool] | None = None,
    ) -> bool:
        """Send everything; return whether there was anything.

        ``report`` gets how many rows were sent and how many there are. ``is_there`` gets the version, the
        first slot of a range, the slot after it and its rows, and says whether ClickHouse has them already.
        """
        sent = self._send_granules(report, is_there)
        sent += self._sender.send(CONVERSATIONS, self.version, "conversations_to_send")
        changed = [self._send_small(table) for table in SMALL_TABLES]
        changed += [self._send_waiting(table) for table in WAITING_TABLES]
        self._sent_fingerprints["sync_state"] = self._state
        is_same = self._state == self._fingerprints.get("sync_state")
        return bool(sent or self._granules or any(changed) or not is_same or self.cells_since == self.version)

    def commit(self, ledger: UUID, follower: str, changed_at: datetime) -> None:
        """Send the row that commits what was sent."""
        last = self._last
        # Times of a commit are aware, those of the store are not.
        as_of = None if last is None or last.as_of is None else last.as_of.replace(tzinfo=None)
        is_as_of_same = last is not None and as_of == self._as_of
        tables = ", ".join(f"'{name}': {version}" for name, version in self.tables.items())
        run(
            self._cursor,
            "statements/state_to_send",
            {
                "version": self.version,
                "ledger": ledger,
                "follower": follower,
                "schema_version": SCHEMA_VERSION,
                "program_version": PROGRAM_VERSION,
                "clean_until": self.clean_until,
                "eras": str(self.eras),
                "tables": f"{{{tables}}}",
                "cells_since": self.cells_since,
                "first_dead_slot": self.first_dead_slot,
                "as_of_version": last.as_of_version if last is not None and is_as_of_same else self.version,
                "changed_at": changed_at.replace(tzinfo=None),
            },
        )
        columns = [name for name in COMMIT_FIELDS if name != "committed_at"]
        self._sender.send_query("sync_state", columns, f"SELECT {', '.join(columns)} FROM state_to_send")

    def sent(self) -> Sent:
        """Return what was sent, so that its notes can be cleared after the commit."""
        granules = self._cursor.execute("FROM granules").df()
        return Sent(
            granules, self._noted, self._noted_conversations, self._sent_fingerprints, self._sent_waiting
        )

    def _send_granules(
        self,
        report: Callable[[int, int], None],
        is_there: Callable[[int, int, int, int], bool] | None,
    ) -> int:
        parts = [*self._parts("rows_to_send")]
        total, sent = sum(rows for *_, rows in parts), 0
        for first, end, rows in parts:
            slots = f"slot >= {first} AND slot < {end}"
            if is_there is None or not is_there(self.version, first, end, rows):
                self._sender.send(TRANSACTIONS, self.version, "rows_to_send", slots)
            sent += rows
            report(sent, total)
            self._end_older(slots)
        return total + sum(
            self._sender.send(CELLS, self.version, "cells_to_send", f"slot >= {first} AND slot < {end}")
            for first, end, _ in self._parts("cells_to_send")
        )

    def _parts(self, relation: str) -> Iterator[tuple[int, int, int]]:
        """Cut all slots into ranges, each with about as many rows of a relation; the last has none."""
        self._cursor.execute(f"CREATE OR REPLACE TEMP VIEW slots_to_send AS SELECT slot FROM {relation}")
        first = FIRST_SLOT
        for end, rows in rows_of(self._cursor, "statements/list_parts", {"rows": ROWS_IN_A_PART}):
            yield first, end, rows
            first = end
        yield first, END_OF_SLOTS, 0

    def _end_older(self, slots: str) -> None:
        """End the older rows and cells of the granules in a range of slots."""
        if self._last is None:
            return
        granules = self._cursor.execute(f"FROM granules WHERE {slots}").df()
        if not len(granules):
            return
        bounds = {"first": int(granules["slot"].min()), "last": int(granules["slot"].max())}
        older = self._connection.columns(
            _older(self._last.counts(), self._last.counts("dead_version")), bounds, {"granules": granules}
        )
        if not len(older["slot"]):
            return
        self._cursor.register("older", pd.DataFrame(older))
        self._sender.send_query(
            "dead",
            ["slot", "conversation_key", "version", "dead_version"],
            f"SELECT slot, conversation_key, version, {self.version}::UBIGINT FROM older",
        )
        lowest = int(older["slot"].min())
        self.first_dead_slot = lowest if self.first_dead_slot is None else min(self.first_dead_slot, lowest)

    def _send_small(self, table: PublishedTable) -> bool:
        columns = ", ".join(table.columns)
        # The sum of the rows' hashes does not depend on their order.
        ((fingerprint,),) = self._cursor.execute(
            f"SELECT count(*) || ':' || coalesce(sum(hash({columns})::HUGEINT), 0) FROM {table.name}"
        ).fetchall()
        if fingerprint == self._fingerprints.get(table.name) and table.name in self.tables:
            return False
        self._sender.send(table, self.version)
        self.tables[table.name] = self.version
        self._sent_fingerprints[table.name] = fingerprint
        return True

    def _send_waiting(self, table: PublishedTable) -> bool:
        columns = ", ".join(table.columns)
        parameters = {"name": table.name}
        rows = f"SELECT *, hash({columns}) AS fingerprint FROM {table.name}"
        if table.name == "unattributed" and self._is_reading_history:
            # Most rows wait then, and a restored working copy reads them again, unless they were published.
            rows = (
                f"SELECT * FROM ({rows}) WHERE (id_head, id_tail) NOT IN"
                " (SELECT id_head, id_tail FROM left_for_later)"
                f" OR fingerprint IN (SELECT fingerprint FROM published_waiting WHERE name = '{table.name}')"
            )
        self._cursor.execute(f"CREATE OR REPLACE TEMP VIEW waiting_now AS {rows}")
        if self._last is None or table.name not in self.tables:
            added, done, is_whole = 1, 0, True
        else:
            ((added, done, waiting),) = rows_of(self._cursor, "statements/compare_waiting", parameters)
            is_whole = done > max(MOST_DONE, waiting)
        if not added and not is_whole:
            return False
        relation = "waiting_now" if is_whole else "waiting_added"
        self._sender.send(table, self.version, relation)
        if is_whole:
            self.tables[table.name] = self.version
        self._sent_waiting[table.name] = (
            self._cursor.execute(f"SELECT fingerprint FROM {relation}").df(),
            is_whole,
        )
        return True


def _older(counts: str, dead_counts: str) -> str:
    """Return the query of the versions that granules have, and that nothing has ended yet."""
    slots = "slot >= {first:Int32} AND slot <= {last:Int32}"
    listed = "(slot, ifNull(conversation_key, 0)) IN (SELECT slot, conversation_key FROM granules)"
    held = " UNION ALL ".join(
        f"SELECT slot, ifNull(conversation_key, 0) AS conversation_key, version FROM {table.log}"
        f" WHERE {slots} AND {counts} AND {listed}"
        for table in (TRANSACTIONS, CELLS)
    )
    return (
        f"SELECT DISTINCT slot, conversation_key, version FROM ({held}) AS held"
        " WHERE (slot, conversation_key, version) NOT IN"
        f" (SELECT slot, conversation_key, version FROM dead WHERE {slots} AND {dead_counts})"
    )
