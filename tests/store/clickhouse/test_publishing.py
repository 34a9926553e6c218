"""Publishing: ClickHouse holds what the working copy holds, and at each version what it held then."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from uuid import uuid4

import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from librechat_analytics.librechat.transactions import read_transaction
from librechat_analytics.store import cells
from librechat_analytics.store.clickhouse import publisher as publisher_module
from librechat_analytics.store.clickhouse.connection import Connection
from librechat_analytics.store.clickhouse.publisher import Publisher
from librechat_analytics.store.held_ids import AuditResult, HeldIds
from librechat_analytics.store.outbox import StoredOutbox
from librechat_analytics.store.outbox_items import Condition, Identity, Silence
from librechat_analytics.store.store import Store
from librechat_analytics.sync.frames import ledger_table, refusal_frame, texts_frame
from tests.support.directory import FINANCE, SALES, group, person, read
from tests.support.documents import ANA, BOB, NOON, usage
from tests.support.examples import examples
from tests.support.published_stores import assert_same, contents_at, contents_of, newest
from tests.support.store_writers import NOW, START, Writers

if TYPE_CHECKING:
    from random import Random

    from librechat_analytics.store.clickhouse.address import StoreAddress
    from tests.support.documents import Document

pytestmark = pytest.mark.clickhouse


class AllWriters(Writers):
    """Everything that writes to the store."""

    def step(self) -> None:
        labels = [self.write_labels, self.forget_user, self.write_alerts, self.write_audit, self.find_gone]
        if self.random.random() < 0.3:
            self.random.choice(labels)()
        else:
            super().step()

    def write_labels(self) -> None:
        random = self.random
        people = [person(ANA, "ana@example.com"), person(BOB, random.choice([None, 'b,"o"b\n@x.org']))]
        members = random.sample([ANA, BOB], k=random.randint(0, 2))
        read(self.store, START, [group(FINANCE, *members), group(SALES)], people)

    def forget_user(self) -> None:
        self.store.forget_user(str(ANA))

    def write_alerts(self) -> None:
        outbox, random = StoredOutbox(self.store), self.random
        crossed = [
            Condition(Identity("budget", "Sales", "2026-11", level), {"text": "\\N, é"}, ("finance",))
            for level in random.sample([50, 80, 100], k=2)
        ]
        outbox.write(
            crossed, rules=("budget",), first_tries={"finance": START}, marks={"seen": "1"}, now=START
        )
        found, _ = outbox.alerts(START)
        silence = Silence(START + timedelta(days=random.randint(1, 3)), "known", "key")
        outbox.silence(found[0].id, silence, START)

    def write_audit(self) -> None:
        added = self.random.randint(0, 3)
        HeldIds(self.store).write_audit(AuditResult("ids", NOW, NOW, 5, added, 0))

    def find_gone(self) -> None:
        with self.store.reading() as cursor:
            ids = cursor.execute("SELECT id_head, id_tail FROM transactions LIMIT 2").df()
        with self.store.committing() as cursor:
            cursor.register("newly_gone", ids)
            cursor.execute("DELETE FROM gone; INSERT INTO gone FROM newly_gone")

    def migrate(self) -> None:
        """Leave the schema alone: test_preparing.py has published stores of older schemas."""


@settings(max_examples=examples(3), phases=[Phase.generate])
@given(random=st.randoms(use_true_random=True))
def test_each_version_holds_what_the_working_copy_held(random: Random, clickhouse: StoreAddress) -> None:
    database = f"test_{uuid4().hex}"
    server, connection = Connection(clickhouse), Connection(replace(clickhouse, database=database))
    server.command(f"CREATE DATABASE {database}")
    with TemporaryDirectory() as folder, closing(server), closing(connection):
        writers = AllWriters(Path(folder), random)
        for _ in range(random.randint(0, 3)):
            writers.step()
        publisher = Publisher(writers.store, connection, follower="one")
        publisher.prepare()
        expected = []
        for _ in range(6):
            expected.append((newest(connection), contents_of(writers.store)))
            for _ in range(random.randint(1, 4)):
                with pytest.MonkeyPatch.context() as patch:
                    patch.setattr(cells, "MOST_CHANGES", random.choice([2, 500_000, 500_000, 500_000]))
                    writers.step()
            publisher = Publisher(writers.store, connection, follower="one")
            publisher.prepare()
            publisher.publish()
        for commit, contents in expected:
            assert_same(contents_at(writers.store, connection, commit), contents)
        writers.store.close()
    server.command(f"DROP DATABASE {database} SYNC")


def test_a_conversation_with_a_new_root_is_published(tmp_path: Path, connection: Connection) -> None:
    with closing(Store(tmp_path)) as store:
        write(store, usage(NOON, 1, conversationId="c-1"), usage(NOON, 2, conversationId="c-2"))
        publisher = Publisher(store, connection, follower="one")
        publisher.prepare()
        attributed = pd.DataFrame(
            {
                "id_head": pd.Series([row[0] for row in store.unattributed(None, 2)], dtype="uint64"),
                "id_tail": pd.Series([row[1] for row in store.unattributed(None, 2)], dtype="uint32"),
                **dict.fromkeys(("agent", "tenant", "sender", "provider", "endpoint"), text(None)),
                "certainty": text("unknown"),
                "by_endpoint": False,
                "final": True,
            }
        )
        roots = texts_frame([("c-1", "c-2")], ("id", "root"))
        store.settle(attributed, roots, only_better=True, agents_as_of=NOW)
        publisher.publish()
        assert_same(contents_at(store, connection, newest(connection)), contents_of(store))


def test_a_published_row_that_becomes_one_of_a_pair_is_published_again(
    tmp_path: Path, connection: Connection
) -> None:
    end_of_slot = NOON - timedelta(milliseconds=300)  # rounds to the same second as the next slot's begin
    with closing(Store(tmp_path)) as store:
        write(store, usage(end_of_slot, 1, rawAmount=-100))
        publisher = Publisher(store, connection, follower="one")
        publisher.prepare()
        cached = {"inputTokens": -100, "readTokens": -50, "rawAmount": -150}
        write(store, usage(NOON, 2, **cached))
        publisher.publish()
        contents = contents_of(store)
        assert [row[-1] for row in contents["transactions"]] == [True, True]
        assert_same(contents_at(store, connection, newest(connection)), contents)


def test_a_person_is_forgotten_at_once_even_while_the_history_is_read(
    tmp_path: Path, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publisher_module, "REST_TIMES", 1e6)
    with closing(Store(tmp_path)) as store:
        read(store, NOON, [], [person(ANA, "ana@example.com")])
        publisher = Publisher(store, connection, follower="one")
        publisher.prepare()
        store.write_state(oldest_id="0" * 24, history_complete=False)
        assert publisher.publish()
        store.forget_user(str(ANA))
        assert not publisher.publish()  # it rests
        assert publisher.publish(at_once=True)
        assert_same(contents_at(store, connection, newest(connection)), contents_of(store))


def write(store: Store, *documents: Document) -> None:
    rows = [read_transaction(document) for document in documents]
    store.write_batch(ledger_table(rows), refusal_frame(rows), {}, now=NOW)


def text(value: str | None) -> pd.Series[str]:
    return pd.Series([value, value], dtype="str")
