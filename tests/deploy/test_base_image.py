"""The Dockerfile names the base image by its digest, and a command renews it."""

from __future__ import annotations

import os
import re
import shutil
import sys
from typing import TYPE_CHECKING

import pytest
from deploy.base_image import BASE, DOCKERFILE, main

if TYPE_CHECKING:
    from pathlib import Path

NEWER = f"sha256:{'0f' * 32}"


@pytest.fixture
def dockerfile(tmp_path: Path) -> Path:
    return shutil.copy(DOCKERFILE, tmp_path / "Dockerfile")


def docker_that_says(folder: Path, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    program = folder / "bin" / "docker"
    program.parent.mkdir()
    program.write_text(f"#!{sys.executable}\nimport sys\n{code}\n")
    program.chmod(0o700)
    monkeypatch.setenv("PATH", str(program.parent), prepend=os.pathsep)


def test_both_stages_stand_on_the_base_that_is_named_by_its_digest() -> None:
    text = DOCKERFILE.read_text("utf-8")
    assert BASE.search(text)
    assert re.findall(r"^FROM (\S+)", text, re.MULTILINE) == ["${BASE}", "${BASE}"]


def test_a_newer_build_takes_the_place_of_the_old_one_and_nothing_else_changes(
    dockerfile: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = BASE.search(dockerfile.read_text("utf-8"))
    assert before
    docker_that_says(
        tmp_path,
        monkeypatch,
        f"assert {before['tag']!r} in sys.argv and 'inspect' in sys.argv; print({NEWER!r})",
    )
    assert main(dockerfile) == 0
    assert dockerfile.read_text("utf-8") == DOCKERFILE.read_text("utf-8").replace(before["digest"], NEWER)
    assert main(dockerfile) == 0, "and once more changes nothing"


@pytest.mark.parametrize("code", ["print('sha256:12')", "print()", "sys.exit('no such host')"])
def test_what_is_no_digest_changes_nothing_and_fails(
    dockerfile: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    code: str,
) -> None:
    docker_that_says(tmp_path, monkeypatch, code)
    assert main(dockerfile) == 1
    assert "gave no digest of python:" in capsys.readouterr().out
    assert dockerfile.read_text("utf-8") == DOCKERFILE.read_text("utf-8")


def test_without_docker_it_says_so(
    dockerfile: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(dockerfile) == 1
    assert capsys.readouterr().out.startswith("docker is missing")
