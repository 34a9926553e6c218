"""Filling a store from ClickHouse: what an interrupted copy has received is kept and is right in the end."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from contextlib import ExitStack, closing, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from librechat_analytics.store.clickhouse import restoring
from librechat_analytics.store.clickhouse.connection import Connection
from librechat_analytics.store.clickhouse.copying import Comparison, copy_from, copy_to
from librechat_analytics.store.clickhouse.publisher import Publisher
from librechat_analytics.store.store import Store, StoreError
from tests.support.directory import person, read
from tests.support.documents import ANA, NOON
from tests.support.examples import HUNT
from tests.support.published_stores import contents_of, newest, write_usage
from tests.support.servers import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from librechat_analytics.store.clickhouse.address import StoreAddress

pytestmark = pytest.mark.clickhouse

KILLS = 3 + 20 * HUNT
DAYS = 2


class StoppedHereError(Exception):
    """A copy was interrupted."""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(Store(tmp_path / "store")) as store:
        write_usage(store, 96 * DAYS)
        store.sum_up(NOON)
        read(store, NOON, [], [person(ANA, "ana@example.com")])
        yield store


@pytest.fixture
def a_few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(restoring, "ROWS_IN_A_PART", 40)


def told_nothing(_what: str, _done: int, _rows: int) -> None:
    """A report that nobody reads."""


def publish(store: Store, connection: Connection) -> None:
    copy_to(store, connection, told_nothing, follower="copy")


def stop(*_: object) -> None:
    """Interrupt a copy where this takes the place of a step."""
    raise StoppedHereError


def stopping_after(rows: int) -> Callable[[str, int, int], None]:
    def report(_what: str, done: int, _rows: int) -> None:
        if done >= rows:
            raise StoppedHereError

    return report


def received_by(copy: Callable[[Callable[[str, int, int], None]], object]) -> list[int]:
    """Copy, and return how many rows were there after each part."""
    seen: list[int] = []
    copy(lambda _what, done, _rows: seen.append(done))
    return seen


def is_the_same(store: Store, other: Store) -> bool:
    return contents_of(store) == contents_of(other) and store.state() == other.state()


@pytest.mark.usefixtures("a_few_at_once")
class TestInterrupted:
    def test_a_copy_goes_on_where_it_was(self, tmp_path: Path, store: Store, connection: Connection) -> None:
        publish(store, connection)
        with closing(Store(tmp_path / "back")) as back:
            with pytest.raises(StoppedHereError):
                copy_from(back, connection, stopping_after(90))
            assert back.is_empty()
            first, *_ = received_by(lambda report: copy_from(back, connection, report))
            assert first >= 90
            assert is_the_same(back, store)
            assert not back.has_unfinished_copy()

    def test_days_that_changed_meanwhile_are_received_again(
        self, tmp_path: Path, store: Store, connection: Connection
    ) -> None:
        publish(store, connection)
        with closing(Store(tmp_path / "back")) as back:
            with pytest.raises(StoppedHereError):
                copy_from(back, connection, stopping_after(150))
            with store.committing() as cursor:
                cursor.execute("UPDATE users SET name = 'Countess'")
            write_usage(store, 30, first=96 * DAYS)
            publish(store, connection)
            assert copy_from(back, connection, told_nothing) == Comparison(96 * DAYS + 30, 1, ())
            assert is_the_same(back, store)

    def test_a_commit_during_the_copy_is_copied_too(
        self, tmp_path: Path, store: Store, connection: Connection
    ) -> None:
        publish(store, connection)
        later = iter([30])

        def publish_amid(_what: str, done: int, _rows: int) -> None:
            if done and (rows := next(later, 0)):
                write_usage(store, rows, first=96 * DAYS)
                publish(store, connection)

        with closing(Store(tmp_path / "back")) as back:
            assert copy_from(back, connection, publish_amid).rows == 96 * DAYS + 30
            assert is_the_same(back, store)

    def test_another_ledger_begins_again(self, tmp_path: Path, store: Store, connection: Connection) -> None:
        with closing(Store(tmp_path / "back")) as back:
            with closing(Store(tmp_path / "other")) as other:
                write_usage(other, 96 * DAYS)
                publish(other, connection)
                with pytest.raises(StoppedHereError):
                    copy_from(back, connection, stopping_after(150))
            copy_to(store, connection, told_nothing, follower="copy", is_replacing=True)
            assert received_by(lambda report: copy_from(back, connection, report))[0] == 0
            assert is_the_same(back, store)

    def test_a_damaged_copy_begins_again(self, tmp_path: Path, store: Store, connection: Connection) -> None:
        publish(store, connection)
        with closing(Store(tmp_path / "back")) as back:
            with pytest.raises(StoppedHereError):
                copy_from(back, connection, stopping_after(90))
            (damaged,) = tmp_path.glob("back/unfinished-copy/*.duckdb")
            damaged.write_bytes(b"damaged" * 1000)
            copy_from(back, connection, told_nothing)
            assert is_the_same(back, store)

    def test_a_store_that_is_to_be_replaced_stays_whole(
        self, tmp_path: Path, store: Store, connection: Connection
    ) -> None:
        publish(store, connection)
        with closing(Store(tmp_path / "back")) as back:
            write_usage(back, 3)
            with pytest.raises(StoppedHereError):
                copy_from(back, connection, stopping_after(90), is_replacing=True)
            assert back.count_transactions() == 3
            assert not [*tmp_path.glob("back/usage-until-*")]
            copy_from(back, connection, told_nothing, is_replacing=True)
            assert is_the_same(back, store)
            assert len([*tmp_path.glob("back/usage-until-*")]) == 1

    def test_a_follower_that_restores_its_working_copy_goes_on(
        self, tmp_path: Path, store: Store, connection: Connection
    ) -> None:
        publish(store, connection)
        with closing(Store(tmp_path / "back")) as back:
            with pytest.raises(StoppedHereError):
                Publisher(back, connection, follower="new").prepare(stopping_after(90))
            assert back.is_empty()
        with closing(Store(tmp_path / "back")) as back:
            publisher = Publisher(back, connection, follower="new")
            first, *_ = received_by(publisher.prepare)
            assert first >= 90
            assert is_the_same(back, store)
            write_usage(back, 5, first=96 * DAYS)
            assert publisher.publish()

    def test_a_name_that_was_received_before_it_was_forgotten_is_not_in_the_file(
        self, tmp_path: Path, store: Store, connection: Connection
    ) -> None:
        publish(store, connection)
        with closing(Store(tmp_path / "back")) as back:
            with (
                pytest.raises(StoppedHereError),
                restoring.restoring(back, connection, lambda: newest(connection)),
            ):
                raise StoppedHereError
            store.forget_user(str(ANA))
            publish(store, connection)
            assert copy_from(back, connection, told_nothing).different == ()
            assert is_the_same(back, store)
        left = [path for path in (tmp_path / "back").rglob("*") if path.is_file()]
        assert [path for path in left if b"ana@example.com" in path.read_bytes()] == []

    def test_who_is_forgotten_is_not_left_in_an_unfinished_copy(
        self, tmp_path: Path, store: Store, connection: Connection
    ) -> None:
        publish(store, connection)
        with closing(Store(tmp_path / "back")) as back:
            write_usage(back, 3)
            with pytest.raises(StoppedHereError):
                copy_from(back, connection, stopping_after(90), is_replacing=True)
            back.forget_user(str(ANA))
            assert not back.has_unfinished_copy()

    def test_nobody_is_forgotten_while_an_unfinished_copy_cannot_be_deleted(self, tmp_path: Path) -> None:
        with closing(Store(tmp_path / "back")) as back:
            (tmp_path / "elsewhere").mkdir()
            (tmp_path / "back" / "unfinished-copy").symlink_to(tmp_path / "elsewhere")
            with pytest.raises(StoreError, match=r"unfinished-copy cannot be deleted: .*\. Delete it"):
                back.forget_user(str(ANA))

    def test_a_follower_goes_on_beside_an_unfinished_copy_that_cannot_be_deleted(
        self, tmp_path: Path, store: Store, connection: Connection
    ) -> None:
        publish(store, connection)
        (tmp_path / "elsewhere").mkdir()
        (tmp_path / "store" / "unfinished-copy").symlink_to(tmp_path / "elsewhere")
        publisher = Publisher(store, connection, follower="copy")
        publisher.prepare()
        write_usage(store, 5, first=96 * DAYS)
        assert publisher.publish()


class TestTheLastStep:
    def test_a_copy_that_is_killed_before_it_replaces_the_store_begins_again(
        self, tmp_path: Path, store: Store, connection: Connection, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        publish(store, connection)
        with closing(Store(tmp_path / "back")) as back:
            with monkeypatch.context() as patch:
                patch.setattr(Store, "replace_by_copy", stop)
                with pytest.raises(StoppedHereError):
                    copy_from(back, connection, told_nothing)
            assert back.is_empty()
            copy_from(back, connection, told_nothing)
            assert is_the_same(back, store)

    def test_a_copy_that_is_killed_after_it_has_replaced_the_store_has_ended(
        self, tmp_path: Path, store: Store, connection: Connection, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        publish(store, connection)
        with closing(Store(tmp_path / "back")) as back, monkeypatch.context() as patch:
            patch.setattr(Store, "remove_unfinished_copy", stop)
            with pytest.raises(StoppedHereError):
                copy_from(back, connection, told_nothing)
        with closing(Store(tmp_path / "back")) as back:
            assert not back.has_unfinished_copy()
            assert is_the_same(back, store)

    def test_a_copy_whose_last_changes_are_not_in_its_file_does_not_replace_the_store(
        self, tmp_path: Path, store: Store, connection: Connection
    ) -> None:
        publish(store, connection)
        with closing(Store(tmp_path / "back")) as back:
            with (
                pytest.raises(StoreError, match=r"cannot be written to its end, .* try again"),
                restoring.restoring(back, connection, lambda: newest(connection)) as copy,
                copy.reading() as cursor,
            ):
                cursor.execute("PRAGMA disable_checkpoint_on_shutdown")  # as if the disk were full
            assert back.is_empty()
            copy_from(back, connection, told_nothing)
            assert is_the_same(back, store)

    def test_a_full_disk_is_named(
        self, tmp_path: Path, store: Store, connection: Connection, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        publish(store, connection)
        with closing(Store(tmp_path / "back")) as back, monkeypatch.context() as patch:
            patch.setattr(Store, "scratch_file", lambda _: nullcontext(Path("/dev/full")))
            with pytest.raises(StoreError, match=r"/dev/full: No space left on device\. Check the disk"):
                copy_from(back, connection, told_nothing)


def test_an_older_program_does_not_copy_what_it_would_lose(
    tmp_path: Path, store: Store, connection: Connection
) -> None:
    publish(store, connection)
    connection.command(
        "INSERT INTO sync_state SELECT * REPLACE (version + 1 AS version, 99 AS schema_version,"
        " '99.0.0' AS program_version) FROM sync_state ORDER BY version DESC LIMIT 1"
    )
    with (
        closing(Store(tmp_path / "back")) as back,
        pytest.raises(StoreError, match=r"Version 99\.0\.0 .* lose"),
    ):
        copy_from(back, connection, told_nothing)


def test_a_month_that_arrived_wrong_leaves_the_store_alone_and_is_received_again(
    tmp_path: Path, store: Store, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(store, connection)
    receive = restoring.receive

    def lose_a_token(copy: Store, cursor: object, *rest: object) -> int:
        rows = receive(copy, cursor, *rest)  # type: ignore[arg-type]
        cursor.execute("UPDATE transactions SET tokens = tokens + 1 WHERE id_tail % 7 = 0")  # type: ignore[attr-defined]
        return rows

    with closing(Store(tmp_path / "back")) as back:
        monkeypatch.setattr(restoring, "receive", lose_a_token)
        with pytest.raises(StoreError, match=r"differs from ClickHouse in 2026-11, .* stays as it was"):
            copy_from(back, connection, told_nothing)
        assert back.is_empty()
        monkeypatch.undo()
        assert copy_from(back, connection, told_nothing).different == ()
        assert is_the_same(back, store)


def test_a_copy_that_is_killed_again_and_again_is_the_same_in_the_end(
    tmp_path: Path, store: Store, clickhouse_database: StoreAddress
) -> None:
    chance = random.Random(None if HUNT else 3)
    url = str(clickhouse_database).replace("@", f":{quote(clickhouse_database.password, safe='')}@", 1)
    command = [sys.executable, "-m", "tests.support.copying_process", str(tmp_path / "back")]

    def copying() -> subprocess.Popen[str]:
        environment = {**os.environ, "STORE_URL": url}
        return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)

    seen: list[int] = []
    with closing(Connection(clickhouse_database)) as connection:
        publish(store, connection)
        for number in range(KILLS):
            with ExitStack() as stack:
                process = stack.enter_context(copying())
                stack.callback(process.kill)
                assert process.stdout
                begun = process.stdout.readline().split()  # it says how much is there already
                seen.append(int(begun[1]) if begun else seen[-1])
                time.sleep(chance.random() / 2)
            if number == 1:
                write_usage(store, 30, first=96 * DAYS)
                publish(store, connection)
    with copying() as process:
        process.communicate(timeout=300)
    assert process.returncode == 0
    with closing(Store(tmp_path / "back")) as back:
        assert is_the_same(back, store)
    assert max(seen) > 0
