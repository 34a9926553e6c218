"""The store: whole commits, no row twice, one process, unchanging snapshots."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import threading
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pandas as pd
import pytest
from bson import ObjectId

from librechat_analytics.columns import Table
from librechat_analytics.librechat.transactions import millionths, read_transaction
from librechat_analytics.store import duckdb_file
from librechat_analytics.store.removal import discard
from librechat_analytics.store.store import FILE_NAME, Store, StoreBusyError, StoreError, SyncState
from librechat_analytics.sync.frames import ledger_table, refusal_frame, texts_frame
from librechat_analytics.sync.labels import balance_frame
from tests.support.documents import ANA, HELPER, NOON, object_id, usage, usages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.support.documents import Document

NOW = NOON.replace(tzinfo=None)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "data")
    yield store
    store.close()


def write(store: Store, *documents: Document, **state: Any) -> int:
    rows = [read_transaction(document) for document in documents]
    return store.write_batch(ledger_table(rows), refusal_frame(rows), state, now=NOW)


def asked(store: Store, query: str) -> list[tuple[Any, ...]]:
    with store.reading() as cursor:
        return cursor.execute(query).fetchall()


@pytest.mark.parametrize("name", [FILE_NAME, f"{FILE_NAME}.wal"])
def test_a_pipe_in_the_place_of_the_store_is_refused_and_never_waited_for(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / name)
    with pytest.raises(StoreError, match=f"{name} is a named pipe, not a file. Remove it"):
        Store(tmp_path)


def test_a_data_dir_that_is_no_folder_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "data")
    with pytest.raises(StoreError, match=r"DATA_DIR .* cannot be created: File exists\."):
        Store(tmp_path / "data")


def test_a_new_store_holds_nothing(store: Store) -> None:
    assert store.state() == SyncState(
        oldest_id=None,
        newest_id=None,
        history_complete=False,
        as_of=None,
        last_sync=None,
        source_name=None,
        expected_documents=None,
        rows_read=None,
        read_one_by_one=None,
        attributed_one_by_one=None,
    )
    assert store.count_transactions() == 0
    assert store.refusals() == []
    assert not store.has_unlabelled()


def test_a_batch_and_the_state_that_says_so_are_written_together(store: Store) -> None:
    assert write(store, *usages(3), oldest_id="a" * 24, as_of=NOW) == 3
    state = store.state()
    assert (state.oldest_id, state.newest_id, state.as_of) == ("a" * 24, None, NOW)


def test_an_error_in_the_middle_of_a_batch_leaves_nothing_of_it(store: Store) -> None:
    write(store, usage(), newest_id="1" * 24)
    before = (store.state(), store.count_transactions(), store.version)
    rows = ledger_table([read_transaction(document) for document in usages(5)])
    broken = pd.DataFrame({"id": ["x"], "reason": [None]})  # comes after the rows, and may not be null
    with pytest.raises(StoreError, match="NOT NULL"):
        store.write_batch(rows, broken, {"newest_id": "2" * 24}, now=NOW)
    assert (store.state(), store.count_transactions(), store.version) == before
    assert asked(store, "SELECT count(*) FROM unattributed") == [(1,)]


def test_the_store_goes_on_after_a_batch_that_failed(store: Store) -> None:
    incomplete = Table({"id_head": "uint64"})
    incomplete.add({"id_head": np.array([1], dtype="uint64")})
    with pytest.raises(StoreError):
        store.write_batch(incomplete, refusal_frame([]), {}, now=NOW)
    assert write(store, usage()) == 1


def test_rows_held_already_are_not_added_again(store: Store) -> None:
    rows = usages(10)
    assert write(store, *rows[:6]) == 6
    assert write(store, *rows[3:]) == 4
    assert write(store, *rows) == 0
    assert store.count_transactions() == 10


def test_a_document_twice_in_a_batch_is_one_row(store: Store) -> None:
    assert write(store, usage(), usage()) == 1


def test_two_ids_with_the_same_head_are_two_rows(store: Store) -> None:
    first, second = ObjectId("6aa7ba7f9f3b21c7d4a10000"), ObjectId("6aa7ba7f9f3b21c7ffffffff")
    assert write(store, usage(_id=first)) == 1
    assert write(store, usage(_id=first), usage(_id=second)) == 1
    assert store.count_transactions() == 2


def test_ids_from_the_first_to_the_last_that_there_can_be_are_kept(store: Store) -> None:
    ends = [ObjectId("0" * 24), ObjectId("f" * 24)]
    assert write(store, *(usage(_id=end) for end in ends)) == 2
    assert write(store, *(usage(_id=end) for end in ends)) == 0


def test_amounts_of_any_size_are_kept_exactly(store: Store) -> None:
    values = [-1e24, 1e24, -(2**62), -0.5, -61.8, 0]
    write(store, *(usage(number=number, tokenValue=value) for number, value in enumerate(values)))
    kept = asked(store, "SELECT credits_e6 FROM transactions ORDER BY id_tail")
    assert kept == [(-millionths(value),) for value in values]


def test_odd_texts_are_kept_as_they_are(store: Store) -> None:
    odd = [
        "a.b",
        "__proto__",
        "$where",
        "x" * 500,
        "‮evil",
        "\U0001f600",
        "a\tb",
        "'; DROP TABLE users; --",
    ]
    write(store, *(usage(number=number, model=model) for number, model in enumerate(odd)))
    kept = asked(store, "SELECT id FROM models ORDER BY key")
    assert {model for (model,) in kept} == set(odd)


def test_a_refused_document_is_counted_once(store: Store) -> None:
    for _ in range(3):
        write(store, usage(tokenValue="abc"), usage(number=1, rawAmount=None))
    assert store.refusals() == [
        ("rawAmount is no finite number", 1),
        ("tokenValue is no finite number", 1),
    ]
    assert store.count_transactions() == 0


def test_the_version_grows_with_each_commit(store: Store) -> None:
    before = store.version
    write(store, usage())
    store.write_state(as_of=NOW)
    assert store.version == before + 2


def test_what_was_committed_is_there_after_opening_again(tmp_path: Path) -> None:
    first = Store(tmp_path)
    write(first, *usages(4), newest_id="1" * 24)
    first.close()
    second = Store(tmp_path)
    assert (second.count_transactions(), second.state().newest_id) == (4, "1" * 24)
    second.close()


def test_a_reader_sees_one_snapshot_while_batches_are_committed(store: Store) -> None:
    write(store, *usages(3))
    with store.reading() as cursor:
        count = "SELECT count(*) FROM transactions"
        assert cursor.execute(count).fetchall() == [(3,)]
        writer = threading.Thread(target=write, args=(store, *usages(5, until=NOON - timedelta(days=1))))
        writer.start()
        writer.join()
        assert cursor.execute(count).fetchall() == [(3,)]
    assert asked(store, count) == [(8,)]


def test_a_reader_cannot_write(store: Store) -> None:
    with pytest.raises(StoreError), store.reading() as cursor:
        cursor.execute("DELETE FROM transactions")


def test_several_threads_write_one_after_the_other(store: Store) -> None:
    failed: list[BaseException] = []

    def write_some(day: int) -> None:
        try:
            for hour in range(5):
                write(store, *usages(3, until=NOON - timedelta(days=day, hours=hour)))
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=write_some, args=(day,)) for day in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert store.count_transactions() == 60
    assert asked(store, "SELECT count(*) FROM models") == [(1,)]
    assert asked(store, "SELECT count(*), count(DISTINCT key) FROM conversations") == [(1, 1)]


def test_a_discarded_store_starts_from_nothing_whatever_it_was(tmp_path: Path) -> None:
    store = Store(tmp_path)
    write(store, *usages(3))
    store.close()
    (tmp_path / FILE_NAME).write_bytes(b"no database at all")
    discard(tmp_path)
    with closing(Store(tmp_path)) as fresh:
        assert fresh.count_transactions() == 0


class TestOpening:
    def test_a_second_process_is_refused_with_the_first_ones_number(self, tmp_path: Path) -> None:
        holds = (
            "import sys; from pathlib import Path; from librechat_analytics.store.store import Store;"
            " store = Store(Path(sys.argv[1])); print('open', flush=True); sys.stdin.read(); store.close()"
        )
        with subprocess.Popen(
            [sys.executable, "-c", holds, str(tmp_path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as first:
            assert first.stdout is not None
            assert first.stdout.readline() == "open\n"
            with pytest.MonkeyPatch.context() as patched:
                patched.setattr(duckdb_file, "LOCK_WAIT_SECONDS", 0.2)
                with pytest.raises(StoreBusyError, match=f"in use by process {first.pid}"):
                    Store(tmp_path)
            first.communicate()
        Store(tmp_path).close()

    def test_a_file_that_is_no_store_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / FILE_NAME).write_bytes(b"not a database at all" * 1000)
        with pytest.raises(StoreError, match="move it away"):
            Store(tmp_path)

    def test_a_file_cut_short_is_refused(self, tmp_path: Path) -> None:
        store = Store(tmp_path)
        write(store, *usages(200))
        store.close()
        path = tmp_path / FILE_NAME
        path.write_bytes(path.read_bytes()[:5000])
        with pytest.raises(StoreError, match="move it away"):
            Store(tmp_path)

    def test_another_programs_database_is_refused_and_left_alone(self, tmp_path: Path) -> None:
        with duckdb.connect(tmp_path / FILE_NAME) as connection:
            connection.execute("CREATE TABLE transactions (a INTEGER)")
        with pytest.raises(StoreError):
            Store(tmp_path)
        with duckdb.connect(tmp_path / FILE_NAME) as connection:
            names = connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()
        assert names == [("transactions",)]

    def test_a_folder_that_cannot_be_made_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        with pytest.raises(StoreError, match="cannot be created"):
            Store(tmp_path / "file" / "data")

    def test_nothing_is_read_from_a_store_that_was_closed(self, tmp_path: Path) -> None:
        store = Store(tmp_path)
        store.close()
        with pytest.raises(StoreError):
            store.state()
        with pytest.raises(StoreError):
            store.count_transactions()


FULL_DISK = """
import resource, sys
from pathlib import Path
from librechat_analytics.store.store import Store, StoreError
from tests.store.test_store import write
from tests.support.documents import usages

def limit_files(size):
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

store = Store(Path(sys.argv[1]))
write(store, *usages(500))
limit_files(30_000)
for attempt in (lambda: write(store, *usages(3000)), store.checkpoint, store.count_transactions):
    try:
        attempt()
    except StoreError as error:
        print(error)
limit_files(resource.RLIM_INFINITY)
print(store.count_transactions(), write(store, *usages(3000)))
store.close()
"""


def test_a_disk_that_was_full_and_is_not_any_more_needs_no_restart(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(tmp_path)], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    *errors, last = done.stdout.splitlines()
    assert "File too large" in errors[0]
    assert last == "500 3000"


NO_ROOTS = pd.DataFrame({"id": [], "root": []}, dtype="str")


class TestAttribution:
    def settle(self, store: Store, agent: str | None, *, final: bool, name: str | None = None) -> None:
        ((head, tail, *_),) = store.unattributed(None, 10)
        store.settle(
            pd.DataFrame(
                {
                    "id_head": pd.Series([head], dtype="uint64"),
                    "id_tail": pd.Series([tail], dtype="uint32"),
                    "agent": pd.Series([agent], dtype="str"),
                    "tenant": pd.Series([None], dtype="str"),
                    "sender": pd.Series([name], dtype="str"),
                    "certainty": ["exact"],
                    "endpoint": ["anthropic"],
                    "provider": ["anthropic"],
                    "by_endpoint": [True],
                    "final": [final],
                }
            ),
            NO_ROOTS,
            only_better=False,
            agents_as_of=None,
        )

    def test_usage_waits_for_its_agent_and_credits_do_not(self, store: Store) -> None:
        write(store, usage(), usage(number=1, tokenType="credits", conversationId=None))
        assert store.count_unattributed() == 1

    @pytest.mark.parametrize("identity", ["0" * 24, "f" * 16 + "0" * 8, "f" * 24])
    def test_a_row_with_an_id_at_either_end_is_asked_for(self, store: Store, identity: str) -> None:
        write(store, usage(_id=ObjectId(identity)))
        self.settle(store, HELPER, final=True)
        assert store.count_unattributed() == 0

    def test_a_row_that_is_not_final_is_asked_for_again(self, store: Store) -> None:
        write(store, usage())
        self.settle(store, None, final=False)
        assert store.count_unattributed() == 1
        self.settle(store, HELPER, final=True, name="Research Helper")
        assert store.count_unattributed() == 0
        found = asked(
            store,
            "SELECT agents.id, agents.name, certainty, providers.id FROM transactions"
            " JOIN agents ON agents.key = agent_key JOIN providers ON providers.key = provider_key",
        )
        assert found == [(HELPER, "Research Helper", "exact", "anthropic")]

    def test_waiting_rows_come_newest_first_and_never_split_a_head(self, store: Store) -> None:
        same_second = [usage(number=number) for number in range(3)]
        older = usages(3, until=NOON - timedelta(hours=1))
        write(store, *same_second, *older)
        first = store.unattributed(None, 1)
        assert len(first) == 3
        rest = store.unattributed(first[-1][0], 10)
        assert [row[2] for row in rest] == sorted((row[2] for row in rest), reverse=True)
        assert len(rest) == 3

    def test_an_empty_frame_settles_nothing(self, store: Store) -> None:
        before = store.version
        store.settle(pd.DataFrame({"id_head": []}), NO_ROOTS, only_better=False, agents_as_of=None)
        assert store.version == before


def test_a_user_that_appears_has_no_label_yet(store: Store) -> None:
    write(store, usage(user=ANA))
    assert store.has_unlabelled()
    assert asked(store, "SELECT id, name FROM users") == [(str(ANA), None)]


def test_object_ids_of_tests_sort_as_they_are_numbered() -> None:
    assert object_id(NOON, 1) < object_id(NOON, 2) < object_id(NOON + timedelta(seconds=1))


NAME, DOMAIN, OLD_DOMAIN = "Anastasia Wolkenstein", "wolkenstein.example", "valkenstein.example"


LABELS = ("id", "name", "email", "role", "tenant")


def label(store: Store) -> None:
    for days, domain in enumerate((OLD_DOMAIN, DOMAIN)):
        labels = texts_frame([(str(ANA), NAME, f"a@{domain}", "USER", None)], LABELS)
        store.write_users(
            labels.join(balance_frame([None])),
            known=1,
            is_current=True,
            as_of=NOW + timedelta(days=days),
            now=NOW,
        )
    store.checkpoint()


def names_left(folder: Path) -> list[str]:
    content = (folder / FILE_NAME).read_bytes()
    return [name for name in (NAME, DOMAIN, OLD_DOMAIN) if name.encode() in content]


def test_a_backup_beside_what_another_store_left_is_told_apart(store: Store, tmp_path: Path) -> None:
    write(store, usage())
    restored = tmp_path / "restored"
    restored.mkdir()
    store.copy_to(restored / FILE_NAME)
    write(store, usage(number=1))
    left = (tmp_path / "data" / f"{FILE_NAME}.wal").read_bytes()
    (restored / f"{FILE_NAME}.wal").write_bytes(left)
    with pytest.raises(StoreError, match=rf"put back from a backup, remove .*{FILE_NAME}\.wal\.$"):
        Store(restored)


@pytest.mark.parametrize("erase", [Store.erase_names, lambda store: store.forget_user(str(ANA))])
class TestErasing:
    def test_leaves_no_name_and_no_domain_in_the_file(
        self, store: Store, tmp_path: Path, erase: Callable[[Store], None]
    ) -> None:
        label(store)
        assert names_left(tmp_path / "data") == [NAME, DOMAIN, OLD_DOMAIN]
        erase(store)
        assert store.users_known_as(str(ANA)) == [str(ANA)]
        assert asked(store, "SELECT trait, value FROM user_traits") == [("role", "USER")]
        store.close()
        assert names_left(tmp_path / "data") == []

    def test_that_broke_off_is_done_by_the_next_start(
        self, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, erase: Callable[[Store], None]
    ) -> None:
        label(store)
        with monkeypatch.context() as disk:
            disk.setattr(Store, "_copy", fail_as_a_full_disk_does)
            with pytest.raises(StoreError, match="No space left"):
                erase(store)
        store.close()
        Store(tmp_path / "data").close()
        assert names_left(tmp_path / "data") == []
        assert [path.name for path in (tmp_path / "data").iterdir()] == [FILE_NAME]


def test_domains_are_erased_also_where_no_name_is_left(store: Store) -> None:
    label(store)
    nameless = texts_frame([(str(ANA), None, None, "USER", None)], LABELS)
    later = NOW + timedelta(days=2)
    store.write_users(nameless.join(balance_frame([None])), known=1, is_current=True, as_of=later, now=later)
    assert asked(store, "SELECT count(*) FROM user_traits WHERE trait = 'domain'") == [(2,)]
    store.erase_names()
    assert asked(store, "SELECT count(*) FROM user_traits WHERE trait = 'domain'") == [(0,)]


def test_a_copy_that_found_no_room_leaves_no_log_behind(store: Store, tmp_path: Path) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    write(store, *usages(3))
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, limits[1]))
    try:
        with pytest.raises(StoreError):
            store.copy_to(tmp_path / "copy")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert {path.name for path in tmp_path.iterdir()} <= {"copy", "data"}


def fail_as_a_full_disk_does(_: Store, path: Path) -> None:
    path.write_bytes(b"as far as it went")
    raise duckdb.IOException("No space left on device")
