"""Everything that writes rows or agents into a store, in random order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pandas as pd

from librechat_analytics.librechat.transactions import read_transaction
from librechat_analytics.store.store import FILE_NAME, Store
from librechat_analytics.store.stored_names import StoredNames
from librechat_analytics.store.unfinished import UnfinishedRows
from librechat_analytics.sync.frames import instants, ledger_table, refusal_frame, texts_frame
from tests.support.documents import ANA, BOB, usage

if TYPE_CHECKING:
    from pathlib import Path
    from random import Random

START = datetime(2026, 11, 24, 11, 59, 59, tzinfo=UTC)
NOW = START.replace(tzinfo=None)
AGENTS = ["agent_8aWN5tLYRAdtV8knVWmod", "agent_Qm7_-xT2bLr9yKcE0dWpZ"]
MODELS = ["claude-sonnet-4-6", "gpt-4o-mini", "claude-sonnet-4-6 "]
TENANTS = ["acme", "zeta"]


def moment(random: Random) -> datetime:
    """Around the edges of slots, and so near to another one that they round to the same second."""
    milliseconds = random.choice([0, 400, 500, 501, 1000, 1400, 1500, 60_000])
    return START + timedelta(minutes=15 * random.choice([-2, -1, 0, 0, 0, 1]), milliseconds=milliseconds)


def document(random: Random) -> dict[str, Any]:
    choose, cached = random.choice, random.random() < 0.4
    tokens = choose([100, 100, 100, 100, 0, -5, 2**63 - 1])
    return usage(
        at=moment(random),
        number=random.randint(0, 9),
        user=choose([*[ANA] * 8, BOB, None]),
        conversationId=choose([*["c-1"] * 4, "c-2", None]),
        tokenType=choose(["prompt", "prompt", "prompt", "completion", "completion", "credits"]),
        model=choose([*[MODELS[0]] * 4, *MODELS, *AGENTS, f"{AGENTS[0]}____1", None]),
        context=choose([*["message"] * 5, "title"]),
        rate=choose([3, 3, 3, 6, float("inf"), None, -1_000_000]),
        rawAmount=-(150 if cached and tokens == 100 else tokens),
        tokenValue=choose([-300, -300.000001, 5, -(10**24)]),
        inputTokens=-100 if cached else None,
        readTokens=-50 if cached else None,
        tenantId=choose([*[None] * 6, *TENANTS]),
    )


class Writers:
    """Everything that writes rows or agents."""

    def __init__(self, folder: Path, random: Random) -> None:
        self.folder = folder
        self.random = random
        self.store = Store(folder)

    def step(self) -> None:
        """Write something, more often what happens more often."""
        often = [self.write, self.settle, self.sum_up, self.write_agents]
        seldom = [self.write_told_early, self.write_providers, self.rename, self.open_again, self.migrate]
        self.random.choice([*often * 3, *seldom])()

    def write(self) -> None:
        random = self.random
        rows = [read_transaction(document(random)) for _ in range(random.randint(1, 30))]
        again = random.random() < 0.5
        self.store.write_batch(ledger_table(rows), refusal_frame(rows), {}, now=NOW, attribute_again=again)

    def sum_up(self) -> None:
        random = self.random
        self.store.sum_up(START + timedelta(minutes=random.randint(-45, 60)))

    def settle(self) -> None:
        random = self.random
        waiting = self.store.unattributed(None, random.choice([3, 100]))
        if not waiting:
            return

        def texts(*values: str | None) -> pd.Series[str]:
            return pd.Series(random.choices(values, k=len(waiting)), dtype="str")

        conversations = sorted({row[4] for row in waiting} - {None})
        roots = random.choice([[], [], [(each, "c-2") for each in conversations]])
        self.store.settle(
            pd.DataFrame(
                {
                    "id_head": np.array([row[0] for row in waiting], dtype="uint64"),
                    "id_tail": np.array([row[1] for row in waiting], dtype="uint32"),
                    "agent": texts(*AGENTS, None),
                    "tenant": pd.Series([row[7] for row in waiting], dtype="str"),
                    "sender": texts("Helper", None),
                    "certainty": texts("exact", "conversation", "weak", "unknown"),
                    "provider": texts("anthropic", "openAI", None),
                    "endpoint": texts("agents", None),
                    "by_endpoint": random.choices([True, False], k=len(waiting)),
                    "final": random.choices([True, False], k=len(waiting)),
                }
            ),
            texts_frame(roots, ("id", "root")),
            only_better=random.random() < 0.5,
            agents_as_of=NOW,
        )

    def write_agents(self) -> None:
        random = self.random
        ids = random.sample([(agent, tenant) for agent in AGENTS for tenant in (None, *TENANTS)], k=3)
        labels = [(*each, random.choice([None, *MODELS])) for each in ids[: random.randint(0, 3)]]
        versions = [
            (*label[:2], random.choice([None, *MODELS]), moment(random))
            for label in labels
            for _ in range(random.randint(0, 2))
        ]
        self.store.write_agents(
            texts_frame(
                ((*label, "Helper", "anthropic", label[2]) for label in labels),
                ("id", "tenant", "ran", "name", "provider", "model"),
            ),
            texts_frame(
                ((*version[:3], "anthropic") for version in versions), ("agent", "tenant", "ran", "provider")
            ).assign(since=instants(version[3] for version in versions), position=range(len(versions))),
            known=self.store.greatest_keys()[1],
            is_current=random.random() < 0.8,
            as_of=NOW,
            now=NOW,
        )

    def write_told_early(self) -> None:
        random = self.random
        unfinished = UnfinishedRows(self.store)
        told = unfinished.told_early()
        providers = random.choices(["acme", None], k=len(told))
        unfinished.write_told_early(
            pd.DataFrame(
                {
                    "id_head": np.array([row[0] for row in told], dtype="uint64"),
                    "id_tail": np.array([row[1] for row in told], dtype="uint32"),
                    "provider": pd.Series(providers, dtype="str"),
                }
            ),
            named_before=moment(random).replace(tzinfo=None),
        )

    def write_providers(self) -> None:
        model = self.random.choice(MODELS)
        UnfinishedRows(self.store).write_providers(texts_frame([(model, "acme")], ("model", "provider")))

    def rename(self) -> None:
        names = self.random.choice([(MODELS[2], MODELS[0]), (MODELS[1], "gpt"), (AGENTS[1], AGENTS[0])])
        StoredNames(self.store).rename(texts_frame([names], ("name", "listed")))

    def open_again(self) -> None:
        self.store.close()
        self.store = Store(self.folder)

    def migrate(self) -> None:
        self.store.close()
        make_older(self.folder)
        self.store = Store(self.folder)


def make_older(folder: Path) -> None:
    """Take from a store what the schema had not before cells."""
    with duckdb.connect(folder / FILE_NAME) as connection:
        ((view,),) = connection.execute("SELECT sql FROM duckdb_views() WHERE view_name = 'usage'").fetchall()
        connection.execute("DROP VIEW usage")
        for table in ("cells", "alerts", "deliveries", "silences", "evaluation_marks"):
            connection.execute(f"DROP TABLE {table}")
        for kind in ("delivery_occasion", "delivery_state"):
            connection.execute(f"DROP TYPE {kind}")
        for table, column in (
            ("transactions", "paired"),
            ("transactions", "ran_key"),
            ("sync_state", "summed_until"),
            ("sync_state", "rows_read"),
            ("sync_state", "read_one_by_one"),
            ("sync_state", "attributed_one_by_one"),
        ):
            connection.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
        connection.execute(view.replace(", ran_key, paired", ""))
        connection.execute("UPDATE sync_state SET schema_version = 3")
