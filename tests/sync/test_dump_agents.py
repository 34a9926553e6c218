"""The agents of a dump's rows: SQL finds the same ones as the definition in Python."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np
from hypothesis import given, settings

from librechat_analytics.columns import Table, Texts
from librechat_analytics.librechat.documents import EPOCH
from librechat_analytics.librechat.reply_columns import ASSISTANT_MESSAGES, CONVERSATIONS
from librechat_analytics.store.replies import replies_beside
from librechat_analytics.store.sql_files import run
from librechat_analytics.store.store import Store
from librechat_analytics.sync.dump_agents import DumpAgents, provider_rules
from librechat_analytics.sync.frames import ledger_table, refusal_frame
from librechat_analytics.sync.labels import LabelReading
from tests.support.examples import examples
from tests.support.reply_worlds import NOON, worlds

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from librechat_analytics.columns import Columns
    from tests.support.reply_worlds import World

Found = tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]


def test_sql_finds_the_agents_that_python_finds_one_by_one() -> None:
    counted: Counter[str] = Counter()

    @settings(max_examples=examples(10))
    @given(worlds())
    def holds(world: World) -> None:
        with TemporaryDirectory() as folder:
            store = Store(Path(folder), threads=1)
            try:
                write(store, world)
                (in_sql, left_to_python), (one_by_one, everything) = (
                    agents_of(store, world, all_one_by_one=slowly) for slowly in (False, True)
                )
            finally:
                store.close()
        assert in_sql == one_by_one
        assert everything == len(world.rows)
        counted.update(rows=len(world.rows), left_to_python=left_to_python)

    holds()
    assert counted["left_to_python"] < counted["rows"] / 4


def write(store: Store, world: World) -> None:
    LabelReading(store, OnlyAgents(world), NOON, as_of=EPOCH, is_current=True).write_agents(known=0)  # type: ignore[arg-type]
    store.write_batch(ledger_table([*world.rows]), refusal_frame([]), {}, now=NOON.replace(tzinfo=None))


class OnlyAgents:
    """A source of which only the agents are read."""

    def __init__(self, world: World) -> None:
        self._world = world

    def agents(self) -> list[Any]:
        return self._world.agents


def agents_of(store: Store, world: World, *, all_one_by_one: bool) -> tuple[Found, int]:
    """Find the agents and roots of all rows, and say how many rows Python looked at."""
    with replies_beside(store) as replies:
        replies.add_messages(table(ASSISTANT_MESSAGES, world.messages))
        replies.add_conversations(table(CONVERSATIONS, world.conversations))
        replies.prepare(provider_rules())
        agents = DumpAgents(
            store, replies, final_before=NOON.replace(tzinfo=None), all_one_by_one=all_one_by_one
        )
        with store.committing() as cursor:
            run(cursor, "statements/wait_in_list", {"before": 2**64, "limit": 100})
            agents.search.attribute(cursor)
            found = cursor.execute(
                # Nobody needs the name under which an agent replied if its own name is known.
                "SELECT id_head, id_tail, agent, tenant, certainty, endpoint, provider, by_endpoint, final,"
                " CASE WHEN NOT list_contains($named, agent) THEN sender END"
                " FROM attributed ORDER BY id_head, id_tail",
                {"named": [agent.id for agent in world.agents]},
            ).fetchall()
            roots = cursor.execute("SELECT id, root FROM roots ORDER BY ALL").fetchall()
    return (found, roots), agents.one_by_one


def table(kinds: Mapping[str, str], rows: Sequence[Any]) -> Table:
    table = Table({**kinds, "position": "int64"})
    columns: Columns = {"position": np.arange(len(rows))}
    for name, kind in kinds.items():
        values = [getattr(row, name) for row in rows]
        columns[name] = (
            Texts.of(values)
            if kind == "text"
            else np.array([round(value.timestamp() * 1e6) for value in values], dtype="int64")
        )
    table.add(columns)
    return table
