"""Publishing while the history is read: rows that wait for their agents are left for later."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from librechat_analytics.store.clickhouse.connection import Connection
from librechat_analytics.store.clickhouse.publisher import Publisher
from librechat_analytics.store.clickhouse.tables import CELLS, TRANSACTIONS
from librechat_analytics.store.clickhouse.visible import visible
from librechat_analytics.store.store import Store
from tests.support import in_memory
from tests.support.clickhouse import new_database
from tests.support.documents import HELPER, usages
from tests.support.examples import examples
from tests.support.in_memory import Clock, LibreChat
from tests.support.published_stores import assert_same, contents_at, contents_of, newest, write_usage
from tests.support.store_writers import Writers
from tests.support.syncing import ANSWER, answers_of, syncer

if TYPE_CHECKING:
    from librechat_analytics.store.clickhouse.address import StoreAddress

pytestmark = pytest.mark.clickhouse

READING = {"oldest_id": "0" * 24, "history_complete": False}


class WritersWithoutMigration(Writers):
    """Everything that writes rows or agents; a migration publishes everything again."""

    def migrate(self) -> None:
        self.settle()


def test_rows_that_were_published_and_still_wait_wait_again_in_a_restored_working_copy(
    tmp_path: Path, connection: Connection
) -> None:
    with closing(Store(tmp_path / "first")) as store:
        write_usage(store, 5)
        store.write_state(**READING)
        publisher = Publisher(store, connection, follower="first")
        publisher.prepare()
        waiting = store.unattributed(None, 100)
        assert len(waiting) == 5
        write_usage(store, 3, first=100)  # of other slots: these rows are left for later
        publisher.publish()
        publisher.close()
    with closing(Store(tmp_path / "second")) as restored:
        Publisher(restored, connection, follower="second").prepare()
        assert restored.count_transactions() == 5
        assert restored.unattributed(None, 100) == waiting
        assert restored.state().oldest_id is None  # it reads the history again, and has more to read


def test_a_history_that_is_restored_half_read_ends_with_the_same_figures(
    tmp_path: Path, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(in_memory, "BATCH_DOCUMENTS", 5)
    librechat = LibreChat(transactions=usages(20), messages=[ANSWER])
    documents = sorted(each["_id"] for each in librechat.collections["transactions"])
    with closing(Store(tmp_path / "whole")) as whole:
        syncer(whole, librechat, Clock()).run_once()
        expected = answers_of(whole)
    assert {*expected} == {(HELPER, "conversation")}

    with closing(Store(tmp_path / "first")) as store:
        stop_at(librechat, documents[8])
        with pytest.raises(KeyboardInterrupt):
            syncer(store, librechat, Clock()).run_once()
        publisher = Publisher(store, connection, follower="first")
        publisher.prepare()  # publishes everything, with rows that wait for their agents
        stop_at(librechat, documents[3])
        with pytest.raises(KeyboardInterrupt):
            syncer(store, librechat, Clock()).run_once()
        publisher.publish()
        publisher.close()
    librechat.before_document = lambda _: None
    with closing(Store(tmp_path / "second")) as restored:
        publisher = Publisher(restored, connection, follower="second")
        publisher.prepare()
        assert 0 < restored.count_transactions() < 20
        syncer(restored, librechat, Clock()).run_once()
        assert answers_of(restored) == expected
        publisher.publish()
        assert_same(contents_at(restored, connection, newest(connection)), contents_of(restored))


def stop_at(librechat: LibreChat, identity: object) -> None:
    """Let the reading of the history be killed at a document."""

    def stop(read: object) -> None:
        if read == identity:
            raise KeyboardInterrupt

    librechat.before_document = stop


@settings(max_examples=examples(3), phases=[Phase.generate])
@given(seed=st.integers(0, 2**32))
def test_a_reader_never_sees_cells_that_differ_from_their_rows(seed: int, clickhouse: StoreAddress) -> None:
    random = Random(seed)
    with (
        TemporaryDirectory() as folder,
        new_database(clickhouse) as address,
        closing(Connection(address)) as connection,
    ):
        writers = WritersWithoutMigration(Path(folder), random)
        writers.store.write_state(**READING)
        publisher = Publisher(writers.store, connection, follower="one")
        publisher.prepare()
        for _ in range(6):
            for _ in range(random.randint(1, 4)):
                writers.step()
            writers.store.write_state(**READING)
            publisher = Publisher(writers.store, connection, follower="one")
            publisher.prepare()
            publisher.publish(at_once=True)
            assert rows_in_cells(connection) == rows_old_enough(connection)
        writers.store.write_state(history_complete=True)
        publisher.publish(at_once=True)
        assert_same(contents_at(writers.store, connection, newest(connection)), contents_of(writers.store))
        writers.store.close()


def rows_in_cells(connection: Connection) -> list[dict[str, object]]:
    """How many rows the cells of each conversation in a slot stand for."""
    cells = visible(CELLS, newest(connection))
    return connection.rows(
        f"SELECT slot, conversation_key, sum(documents) AS documents FROM ({cells}) GROUP BY ALL ORDER BY ALL"
    )


def rows_old_enough(connection: Connection) -> list[dict[str, object]]:
    """How many rows there are of each conversation in a slot that is summed up."""
    commit = newest(connection)
    return connection.rows(
        "SELECT slot, conversation_key, count() AS documents"
        f" FROM ({visible(TRANSACTIONS, commit)})"
        f" WHERE usage_type != 'other' AND slot < {commit.summed_until or -(2**31)} GROUP BY ALL ORDER BY ALL"
    )
