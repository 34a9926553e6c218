"""Runs the tests of the page's scripts in Node, with the contract that Python builds."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from librechat_analytics.dashboard.contract import build_contract
from librechat_analytics.dashboard.views.registry import VIEWS
from librechat_analytics.formatting import AGE_STEPS, ago

FOLDER = Path(__file__).resolve().parent
PREFIX = "/librechat-analytics/"


def node() -> str:
    """Return the locked Node, else the machine's own one."""
    locked = Path(sys.executable).with_name("node")
    found = str(locked) if locked.exists() else shutil.which("node")
    assert found, "Node is missing: `make dev` installs it into .venv with the other locked tools"
    return found


def test_the_scripts_pass_their_own_tests(tmp_path: Path) -> None:
    edges = [edge for edge, _, _ in AGE_STEPS if edge is not None]
    seconds = [0, 1, *(edge + shift for edge in edges for shift in (-1, -0.5, 0, 1)), 30 * 3600, 10**8]
    samples = tmp_path / "samples.json"
    samples.write_text(
        json.dumps({"contract": build_contract(VIEWS, PREFIX), "ages": [[one, ago(one)] for one in seconds]})
    )
    tests = sorted(str(path) for path in FOLDER.glob("*.test.js"))

    run = subprocess.run(
        [node(), "--test", "--test-reporter=spec", *tests],
        env={**os.environ, "SCRIPT_TESTS": str(samples)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert run.returncode == 0, run.stdout + run.stderr
