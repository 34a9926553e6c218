"""A killed process leaves files with names in them; the store deletes them when it opens or erases names."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from librechat_analytics.store.store import FILE_NAME, Store, StoreBusyError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NAME = "Anastasia Wolkenstein"

# Sorts more than fits into the memory allowed, and is killed when a part lies on the disk.
SPILLING = """
import os, signal, sys, threading, time
from pathlib import Path
from librechat_analytics.store.store import Store

folder = Path(sys.argv[1])
store = Store(folder, memory_limit="64MB")

def sort():
    with store.reading() as cursor:
        cursor.execute("SELECT range, hash(range)::VARCHAR AS h FROM range(30_000_000) ORDER BY h").fetchone()

threading.Thread(target=sort, daemon=True).start()
while not any(file.stat().st_size for file in folder.glob("spill/*")):
    time.sleep(0.01)
os.kill(os.getpid(), signal.SIGKILL)
"""


def files_in(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def leave(folder: Path) -> None:
    (folder / "spill").mkdir(exist_ok=True)
    for name in (
        "being-sent-1f.duckdb",
        "being-sent-1f.duckdb.wal",
        "spill/duckdb_temp_storage_DEFAULT-0.tmp",
    ):
        (folder / name).write_text(NAME)


def test_what_a_query_spilled_when_it_was_killed_is_gone_after_the_next_start(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", SPILLING, str(tmp_path)], timeout=120, check=False)
    assert done.returncode == -9
    assert any(name.startswith("spill/") for name in files_in(tmp_path))
    Store(tmp_path).close()
    assert files_in(tmp_path) == {FILE_NAME}


def test_the_next_start_leaves_what_is_somebodys_own(tmp_path: Path) -> None:
    leave(tmp_path)
    (tmp_path / "backup-2026-11-28.duckdb").write_text("somebody's own")
    Store(tmp_path).close()
    assert files_in(tmp_path) == {FILE_NAME, "backup-2026-11-28.duckdb"}


def test_who_finds_the_store_in_use_removes_nothing_of_its_holder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("librechat_analytics.store.duckdb_file.LOCK_WAIT_SECONDS", 0.0)
    holder = Store(tmp_path)
    leave(tmp_path)
    script = "import sys; from pathlib import Path; from librechat_analytics.store import duckdb_file, store"
    script += "; duckdb_file.LOCK_WAIT_SECONDS = 0; store.Store(Path(sys.argv[1]))"
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)],
        timeout=120,
        check=False,
        capture_output=True,
        text=True,
    )
    assert StoreBusyError.__name__ in done.stderr
    assert "being-sent-1f.duckdb" in files_in(tmp_path)
    holder.close()


@pytest.mark.parametrize("erase", [Store.erase_names, lambda store: store.forget_user("a" * 24)])
def test_erasing_takes_them_along(tmp_path: Path, erase: Callable[[Store], None]) -> None:
    store = Store(tmp_path)
    with store.committing() as cursor:
        cursor.execute(
            "INSERT INTO users (key, id, name, labelled) VALUES (1, $id, $name, true)",
            {"id": "a" * 24, "name": NAME},
        )
    leave(tmp_path)
    erase(store)
    store.close()
    assert files_in(tmp_path) == {FILE_NAME}
    assert NAME.encode() not in (tmp_path / FILE_NAME).read_bytes()


def test_a_copy_that_is_open_is_in_no_folder(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with store.open_copy() as copy:
        assert not any(name.startswith("being-sent") for name in files_in(tmp_path))
        (tmp_path / "restored").mkdir()
        (tmp_path / "restored" / FILE_NAME).write_bytes(copy.read())
    with_copy = Store(tmp_path / "restored")
    assert with_copy.state() == store.state()
    with_copy.close()
    store.close()


@pytest.mark.parametrize("marker", ["erasing-unfinished.duckdb", "usage.new"])
def test_the_next_start_finishes_what_a_kill_interrupted_while_it_erased(tmp_path: Path, marker: str) -> None:
    store = Store(tmp_path)
    with store.committing() as cursor:
        cursor.execute("INSERT INTO users (key, id, name) VALUES (1, 'a', $name)", {"name": NAME})
    store.checkpoint()
    with store.committing() as cursor:
        cursor.execute("UPDATE users SET name = NULL")
    store.close()
    (tmp_path / marker).touch()
    Store(tmp_path).close()
    assert files_in(tmp_path) == {FILE_NAME}
    assert NAME.encode() not in (tmp_path / FILE_NAME).read_bytes()
