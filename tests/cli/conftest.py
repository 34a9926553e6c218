"""Commands run in a folder and surroundings of their own."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING

import pytest

from librechat_analytics.cli.main import main
from librechat_analytics.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Run = Callable[..., tuple[int, str]]


@pytest.fixture(autouse=True)
def fresh_surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    handlers, level = logging.root.handlers[:], logging.root.level
    yield
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Run a command in this process; gives its exit code and all that it wrote, on one line a message."""

    def run(*arguments: object) -> tuple[int, str]:
        monkeypatch.setattr("sys.argv", ["librechat-analytics", *map(str, arguments)])
        code: object = 0
        try:
            main()
        except SystemExit as end:
            code = end.code
        captured = capsys.readouterr()
        written = captured.out + captured.err
        assert "Traceback" not in written
        assert isinstance(code, int | None)
        return code or 0, written

    umask = os.umask(0o022)
    yield run
    os.umask(umask)
