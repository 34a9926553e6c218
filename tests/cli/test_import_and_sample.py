"""`import`, `sample` and `sync`, and their mistakes in one sentence each."""

from __future__ import annotations

import os
import resource
import subprocess
from typing import TYPE_CHECKING

import pytest

from librechat_analytics.sync import loop
from tests.support.documents import example_collections, usages, write_dump
from tests.support.servers import (
    PROGRAM,
    free_port,
    program_environment,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., tuple[int, str]]


class TestImport:
    def test_a_dump_is_read_and_told(self, run: Run, tmp_path: Path) -> None:
        dump = write_dump(tmp_path / "dump" / "LibreChat", **example_collections())
        code, written = run("import", dump.parent)
        assert code == 0
        assert "Added 15 transactions; the store holds 15." in written
        assert "Added 0 transactions; the store holds 15." in run("import", dump)[1]

    def test_refused_documents_are_told_by_reason(self, run: Run, tmp_path: Path) -> None:
        rows = [document | {"tokenValue": "abc"} for document in usages(2)]
        _, written = run("import", write_dump(tmp_path / "dump", transactions=rows))
        assert "Refused 2: tokenValue is no finite number." in written

    def test_a_file_of_a_dump_stands_for_its_folder(self, run: Run, tmp_path: Path) -> None:
        dump = write_dump(tmp_path / "dump", transactions=usages(3))
        assert "Added 3 transactions" in run("import", dump / "transactions.bson")[1]

    @pytest.mark.parametrize("folder", ["nowhere", "empty", "file", "pipe", "with-a-pipe"])
    def test_what_is_no_dump_is_said_and_makes_no_store(self, run: Run, tmp_path: Path, folder: str) -> None:
        (tmp_path / "empty").mkdir()
        (tmp_path / "file").touch()
        os.mkfifo(tmp_path / "pipe")
        os.mkfifo(write_dump(tmp_path / "with-a-pipe", transactions=usages(3)) / "users.bson")
        code, written = run("import", folder)
        assert code == 1
        assert written.endswith("Give the folder that `mongodump --out` wrote.\n")
        assert not (tmp_path / "data").exists()


class TestSample:
    def test_a_sample_can_be_written_and_imported(self, run: Run, tmp_path: Path) -> None:
        assert run("sample", "new", "--transactions", 60, "--seed", 3)[0] == 0
        code, written = run("import", tmp_path / "new")
        assert code == 0
        assert "Added 60 transactions" in written

    def test_a_folder_that_is_not_empty_is_left_alone(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "full").mkdir()
        (tmp_path / "full" / "thesis.doc").touch()
        code, written = run("sample", "full")
        assert (code, written) == (1, "full exists and is not empty. Give a new folder.\n")
        assert [path.name for path in (tmp_path / "full").iterdir()] == ["thesis.doc"]

    def test_a_file_is_left_alone_too(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("thesis")
        assert run("sample", "file")[0] == 1
        assert (tmp_path / "file").read_text() == "thesis"

    @pytest.mark.parametrize("until", ["1999-01-01", "2001-03-02", "2100-01-02", "0001-01-01"])
    def test_an_end_that_would_leave_rows_without_a_date_is_refused(self, run: Run, until: str) -> None:
        code, written = run("sample", "new", "--transactions", "10", "--until", until)
        assert code == 1
        assert written.startswith("--until must be from 2001-03-03 to 2100-01-01: ")

    def test_the_earliest_end_makes_rows_that_are_all_read(self, run: Run) -> None:
        run("sample", "old", "--transactions", "200", "--until", "2001-03-03")
        assert "Refused" not in run("import", "old")[1]


class TestSync:
    def test_without_mongodb_there_is_nothing_to_read(self, run: Run, tmp_path: Path) -> None:
        code, written = run("sync")
        assert code == 1
        assert written.startswith("MONGO_URI is missing.")
        assert not (tmp_path / "data").exists()

    def test_a_mongodb_that_does_not_answer_is_one_sentence(
        self, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("MONGO_URI", f"mongodb://reader:h1dden@127.0.0.1:{free_port()}/LibreChat")
        monkeypatch.setattr(loop, "RETRY_SECONDS", 0.0)
        monkeypatch.setattr(loop, "MOST_VAIN_TRIES", 1)
        code, written = run("sync")
        assert code == 1
        assert "MongoDB does not answer: 127.0.0.1:" in written
        assert "h1dden" not in written


def test_a_file_that_cannot_grow_is_one_sentence_and_leaves_whole_batches(run: Run, tmp_path: Path) -> None:
    dump = write_dump(tmp_path / "dump", transactions=usages(11_000))
    done = subprocess.run(
        [str(PROGRAM), "import", str(dump)],
        env=program_environment(tmp_path / "data"),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000)),
    )
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert "File too large" in done.stderr
    code, written = run("import", dump)
    assert code == 0
    assert "the store holds 11,000." in written
