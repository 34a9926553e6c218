"""A dump's messages and conversations beside the store, and the agents that they show."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from librechat_analytics.store.sql_files import rows_of, run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    import duckdb

    from librechat_analytics.columns import Table
    from librechat_analytics.store.duckdb_file import DuckDBFile

DATABASE = "replies"


@dataclass(frozen=True, slots=True)
class ProviderRules:
    """What SQL needs to know of providers.

    ``of_endpoints`` has the columns endpoint and provider, for endpoints that are not named after their
    provider. Providers in ``single_family`` serve only their own models. ``of_models`` gives the providers
    that models' names show, with the columns model and provider.
    """

    of_endpoints: pd.DataFrame
    single_family: Sequence[str]
    of_models: Callable[[list[str]], pd.DataFrame]


@dataclass(frozen=True, slots=True)
class AgentSearch:
    """How the agents of a dump's rows are found.

    ``one_by_one`` takes the rows that SQL leaves to Python, with the columns of ``list_doubtful.sql``, and
    returns their agents and roots as ``Store.settle`` takes them. A row without an agent is final if it is
    older than ``final_before``; all rows are if that is None. ``all_one_by_one`` leaves every row to Python.
    """

    replies: Replies
    one_by_one: Callable[[list[tuple[Any, ...]]], tuple[pd.DataFrame, pd.DataFrame]]
    final_before: datetime | None
    all_one_by_one: bool = False

    def attribute(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Find the agents of the rows in ``waiting``, and leave them in ``attributed`` and ``roots``."""
        run(
            cursor,
            "statements/attribute",
            {
                "all_unsure": self.all_one_by_one,
                "single_family": list(self.replies.single_family),
                "all_final": self.final_before is None,
                "final_before": self.final_before,
            },
        )
        if rows := rows_of(cursor, "statements/list_doubtful"):
            attributed, roots = self.one_by_one(rows)
            cursor.register("attributed_slowly", attributed)
            cursor.register("roots_found", roots)
            run(cursor, "statements/add_attributed")


class Replies:
    """The assistant messages and conversations of a dump.

    They are in memory; what has no room there goes to the store's folder for temporary files.
    """

    def __init__(self, cursor: duckdb.DuckDBPyConnection) -> None:
        self._cursor = cursor
        self.single_family: Sequence[str] = ()
        run(cursor, "statements/create_replies")

    def add_messages(self, messages: Table) -> None:
        """Add messages with the columns of ``create_replies.sql``."""
        self._cursor.register("given", messages)
        run(self._cursor, "statements/add_messages")

    def add_conversations(self, conversations: Table) -> None:
        """Add conversations with the columns of ``create_replies.sql``."""
        self._cursor.register("given", conversations)
        run(self._cursor, "statements/add_conversations")

    def prepare(self, rules: ProviderRules) -> None:
        """Make ready for searches, after everything was added; notes the agents as the store has them now."""
        self.single_family = rules.single_family
        self._cursor.register("known_providers", rules.of_endpoints)
        models = [model for (model,) in rows_of(self._cursor, "statements/waiting_models")]
        self._cursor.register("known_families", rules.of_models(models))
        run(self._cursor, "statements/prepare_replies")

    def messages(self, ids: Sequence[str]) -> list[tuple[Any, ...]]:
        """Return the messages with these ids, in the order of the dump."""
        return self._look_up("messages_by_id", ids)

    def messages_in(self, conversations: Sequence[str]) -> list[tuple[Any, ...]]:
        """Return the messages of these conversations, in the order of the dump."""
        return self._look_up("messages_in", conversations)

    def conversations(self, ids: Sequence[str]) -> list[tuple[Any, ...]]:
        """Return the conversations with these ids, in the order of the dump."""
        return self._look_up("conversations_by_id", ids)

    def _look_up(self, name: str, ids: Sequence[str]) -> list[tuple[Any, ...]]:
        if not ids:
            return []
        self._cursor.register("wanted", pd.DataFrame({"id": pd.Series(ids, dtype="str")}))
        return rows_of(self._cursor, f"statements/{name}")


@contextmanager
def replies_beside(store: DuckDBFile) -> Iterator[Replies]:
    """Open a place for a dump's replies, as long as the block lasts."""
    with store.attached(DATABASE) as cursor:
        yield Replies(cursor)
