"""The audit prints what it found, also when no advisory service answers."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import pytest
from deploy.audit import main

if TYPE_CHECKING:
    from pathlib import Path

UNKNOWN = {"name": "ours", "skip_reason": "not found"}
GOOD = {"name": "flask", "version": "3.1.3", "vulns": []}
BAD = {"name": "dash", "version": "4.4.1", "vulns": [{"id": "GHSA-1", "fix_versions": ["4.4.2"]}]}


@pytest.fixture
def auditor(tmp_path: Path) -> Any:
    """A program in the place of pip-audit; what it answers for each service is given to it."""

    def make(**answers: list[dict[str, Any]] | str) -> Path:
        program = tmp_path / "pip-audit"
        program.write_text(
            f"#!{sys.executable}\nimport json, sys, time\n"
            f"answer = json.loads({json.dumps(json.dumps(answers))})"
            "[sys.argv[sys.argv.index('--vulnerability-service') + 1]]\n"
            "if answer == 'silence':\n    time.sleep(60)\n"
            "if isinstance(answer, str):\n    sys.exit(answer)\n"
            "print(json.dumps({'dependencies': answer}))\n"
        )
        program.chmod(0o700)
        return program

    return make


@pytest.mark.parametrize(
    "pypi", [[UNKNOWN, UNKNOWN], "error\nCannot connect", []], ids=["knows none", "away", "empty"]
)
def test_without_any_service_it_says_so_and_is_no_failure(
    auditor: Any, capsys: pytest.CaptureFixture[str], pypi: list[dict[str, Any]] | str
) -> None:
    assert main(auditor(pypi=pypi, osv="error\nCannot connect either")) == 0
    told = capsys.readouterr().out
    assert told.startswith("NOT AUDITED: no advisory service has answered (pypi: ")
    assert "osv: Cannot connect either" in told


def test_a_service_that_is_silent_is_not_waited_for_long(
    auditor: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(auditor(pypi="silence", osv="silence"), timeout_seconds=0.5) == 0
    assert capsys.readouterr().out.count("no answer within 0.5 s") == 2


def test_where_the_first_service_knows_nothing_the_second_is_asked(
    auditor: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(auditor(pypi=[UNKNOWN, UNKNOWN], osv=[GOOD, UNKNOWN])) == 0
    assert capsys.readouterr().out == (
        "Audited 1 of 2 packages with osv, 0 vulnerable; 1 could not be audited.\n"
    )


def test_what_is_vulnerable_is_named_and_fails(auditor: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(auditor(pypi=[GOOD, BAD], osv="never asked")) == 1
    told = capsys.readouterr().out
    assert "dash 4.4.1: GHSA-1, fixed in 4.4.2" in told
    assert told.endswith("Audited 2 of 2 packages with pypi, 1 vulnerable; 0 could not be audited.\n")
