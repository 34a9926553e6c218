"""Runs the tests of the page's scripts in Node, with the contract that Python builds."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from librechat_analytics.dashboard.contract import build_contract
from librechat_analytics.dashboard.views.registry import VIEWS
from librechat_analytics.formatting import AGE_STEPS, ago
from librechat_analytics.usage.period_words import describe_range, period_in_words
from librechat_analytics.usage.periods import Period, TimeRange
from librechat_analytics.usage.wall_clock import midnight

FOLDER = Path(__file__).resolve().parent
PREFIX = "/librechat-analytics/"


def node() -> str:
    """Return the locked Node, else the machine's own one."""
    locked = Path(sys.executable).with_name("node")
    found = str(locked) if locked.exists() else shutil.which("node")
    assert found, "Node is missing: `make dev` installs it into .venv with the other locked tools"
    return found


def ranges_in_words() -> list[tuple[str, str, str, str]]:
    """Ranges by their first and last day, with their name and their days as the server writes them."""
    zone = ZoneInfo("UTC")
    found = []
    for start in range(0, 1500, 17):
        for length in (1, 2, 7, 28, 30, 31, 90, 91, 92, 365, 366):
            first = date(2023, 1, 1) + timedelta(days=start)
            first = first if start % 2 else first.replace(day=1)
            last = first + timedelta(days=length - 1)
            days = TimeRange(midnight(first, zone), midnight(last + timedelta(days=1), zone))
            name = period_in_words(Period("custom", days, None, zone))
            found.append((first.isoformat(), last.isoformat(), name, describe_range(days, zone)))
    return found


def test_the_scripts_pass_their_own_tests(tmp_path: Path) -> None:
    edges = [edge for edge, _, _ in AGE_STEPS if edge is not None]
    seconds = [0, 1, *(edge + shift for edge in edges for shift in (-1, -0.5, 0, 1)), 30 * 3600, 10**8]
    samples = tmp_path / "samples.json"
    samples.write_text(
        json.dumps(
            {
                "contract": build_contract(VIEWS, PREFIX),
                "ages": [[one, ago(one)] for one in seconds],
                "ranges": ranges_in_words(),
            }
        )
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
