"""The SQL files of the store: each says at its head which frames it reads and which parameters it takes."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

from librechat_analytics import store

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(str(files(store))) / "statements"
HEAD = re.compile(r".+ Frames: (?P<frames>[^.]+)\. Parameters: (?P<parameters>[^.]+)\.(?: .+\.)?")


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.sql")), ids=lambda path: path.stem)
def test_a_file_says_which_frames_and_parameters_it_takes(
    connection: duckdb.DuckDBPyConnection, path: Path
) -> None:
    text = path.read_text("utf-8")
    lines = text.splitlines()
    length = next(number for number, line in enumerate(lines) if not line.startswith("--"))
    head = HEAD.fullmatch(" ".join(line.removeprefix("--").strip() for line in lines[:length]))
    assert head, f"{path.name} does not begin with '-- … Frames: … Parameters: …'"
    statements = connection.extract_statements(text)
    taken = {f"${name}" for statement in statements for name in statement.named_parameters}
    assert taken == set(head["parameters"].split(", ")) - {"none"}
    body = "\n".join(lines[length:])
    for frame in set(head["frames"].split(", ")) - {"none"}:
        assert re.search(rf"\b(FROM|JOIN|USING) {frame}\b", body), f"{frame} is not read"


def test_every_file_is_run_by_the_store() -> None:
    code = "".join(path.read_text("utf-8") for path in FOLDER.parent.rglob("*.py"))
    assert not [path.stem for path in FOLDER.glob("*.sql") if not re.search(rf'["/]{path.stem}"', code)]
