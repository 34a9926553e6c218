"""The command line: exit codes, one sentence for each mistake, and never a traceback."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from librechat_analytics.cli.main import COMMANDS
from librechat_analytics.store.store import FILE_NAME, Store
from tests.support.documents import example_collections, write_dump
from tests.support.servers import (
    PROGRAM,
    program_environment,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., tuple[int, str]]


class TestMistakesInArguments:
    @pytest.mark.parametrize(
        ("arguments", "says"),
        [
            (("--start", "2026-01-01"), "--start and --end need --period custom."),
            (("--where", "period=7d"), "--where period=7d must be one of user, model, "),
            (("--where", "user="), "user: user is empty"),
            (
                ("--period", "custom", "--start", "2026-02-01", "--end", "2026-01-01"),
                "end: end must not be a day before start.",
            ),
        ],
    )
    def test_an_export_says_what_it_cannot_do(
        self, run: Run, tmp_path: Path, arguments: tuple[str, ...], says: str
    ) -> None:
        Store(tmp_path / "data").close()
        code, written = run("export", "usage.xlsx", *arguments)
        assert (code, written.startswith(says)) == (1, True), written

    @pytest.mark.parametrize("file", ["", ".", "no/folder/copy", "data"])
    def test_a_backup_needs_a_file_in_a_folder_that_exists(self, run: Run, tmp_path: Path, file: str) -> None:
        Store(tmp_path / "data").close()
        code, written = run("backup", file)
        assert (code, "Give the name of a file in a folder that exists." in written) == (1, True), written

    @pytest.mark.parametrize(
        "arguments", [("backup", "copy"), ("export", "copy.xlsx"), ("forget", "ana@example.com")]
    )
    def test_where_there_is_no_store_nothing_is_made_of_it(
        self, run: Run, tmp_path: Path, arguments: tuple[str, str]
    ) -> None:
        kept = tmp_path / arguments[1]
        kept.write_text("of last month")
        code, written = run(*arguments)
        assert (code, written) == (
            1,
            f"There is no store in {tmp_path / 'data'}. Run this where the server runs, or set DATA_DIR.\n",
        )
        assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [
            (kept.name, "of last month")
        ]

    def test_what_is_written_is_for_its_owner_alone(self, run: Run, tmp_path: Path) -> None:
        Store(tmp_path / "data").close()
        assert run("backup", "copy")[0] == 0
        assert (tmp_path / "copy").stat().st_mode & 0o077 == 0

    def test_a_backup_never_takes_the_stores_own_place(self, run: Run, tmp_path: Path) -> None:
        Store(tmp_path / "data").close()
        code, written = run("backup", f"data/../data/{FILE_NAME}")
        assert (code, written) == (1, f"data/../data/{FILE_NAME} is the store itself. Give another file.\n")

    @pytest.mark.parametrize("name", ["transactions", "messages"])
    def test_a_truncated_dump_is_reported_and_kept_as_far_as_it_goes(
        self, run: Run, tmp_path: Path, name: str
    ) -> None:
        folder = write_dump(tmp_path / "dump", **example_collections())
        file = folder / f"{name}.bson"
        file.write_bytes(file.read_bytes()[:-1])
        code, written = run("import", folder)
        assert code == 1
        assert f"The dump is truncated. Unreadable: {name}.bson from byte " in written
        assert f"the store holds {14 if name == 'transactions' else 15}." in written


class TestCommandLine:
    @pytest.mark.parametrize("arguments", [("nope",), ("serve", "--port"), ("import",), ("sample", "a", "b")])
    def test_a_wrong_command_line_is_2(self, run: Run, arguments: tuple[str, ...]) -> None:
        code, written = run(*arguments)
        assert code == 2
        assert "Error" in written

    def test_nothing_shows_the_commands(self, run: Run) -> None:
        _, written = run()
        for command in COMMANDS:
            assert command in written

    def test_every_command_has_a_help(self, run: Run) -> None:
        for command in COMMANDS:
            code, written = run(command, "--help")
            assert code == 0
            assert "Usage" in written

    def test_the_installed_program_fails_with_1_and_one_line(self, tmp_path: Path) -> None:
        environment = program_environment(tmp_path, DASHBOARD_API_KEY="your-secure-key-here")
        done = subprocess.run([str(PROGRAM), "serve"], env=environment, cwd=tmp_path, capture_output=True)
        assert done.returncode == 1
        assert done.stdout == b""
        assert len(done.stderr.splitlines()) == 1
