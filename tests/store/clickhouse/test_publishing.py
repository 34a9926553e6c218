"""Publishing: ClickHouse holds what the working copy holds, and at each version what it held then."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from librechat_analytics.store import cells
from librechat_analytics.store.clickhouse.connection import Connection
from librechat_analytics.store.clickhouse.publisher import Publisher
from librechat_analytics.store.held_ids import AuditResult, HeldIds
from librechat_analytics.store.outbox import StoredOutbox
from librechat_analytics.store.outbox_items import Condition, Identity, Silence
from tests.support.directory import FINANCE, SALES, group, person, read
from tests.support.documents import ANA, BOB
from tests.support.examples import examples
from tests.support.published_stores import assert_same, contents_at, contents_of, newest
from tests.support.store_writers import NOW, START, Writers

if TYPE_CHECKING:
    from random import Random

    from librechat_analytics.store.clickhouse.address import StoreAddress

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
