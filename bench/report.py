"""Runs the benches of questions, imports and peers, and writes their figures into docs/performance.md.

    .venv/bin/python -m bench.report [--folder FOLDER] [--page docs/performance.md]

It takes about a quarter of an hour on two cores. MONGO_TEST_URI may name a server for the aggregations.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from bench.imports import measured_imports
from bench.measuring import TO_HAND, TO_YARDSTICK, table
from bench.peers import measured_peers
from bench.questions import FOLDER, ROOT, measured_questions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bench.measuring import Section

QUESTION_ROWS = 10_000_000
IMPORT_ROWS = 1_000_000
PEER_ROWS = 200_000
PAGE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- `make bench` writes from here -->", "<!-- to here -->"
HOW_TO_READ = f"""\
CPU is the time of all threads together, the least of a few runs. *{TO_YARDSTICK}* is that CPU divided by the
CPU of the yardstick, which the line in bold names. *{TO_HAND}* divides by the CPU of the simplest SQL that a
person would write for the same question on the bare columns. The ratios hardly depend on the machine. The
times do, and the wall time also depends on what else the machine does.
"""


def block(sections: Iterable[Section], *, measured_at: datetime) -> str:
    """Return the text between the marks: when and where it was measured, how to read it, and the table."""
    machine = (
        f"Measured on {measured_at:%-d %B %Y} on {len(os.sched_getaffinity(0))} cores ({platform.machine()})"
        f" with DuckDB {duckdb.__version__} and Python {platform.python_version()}."
    )
    return f"{machine}\n\n{HOW_TO_READ}\n{table(sections)}"


def replaced(page: str, text: str, begin: str = BEGIN) -> str:
    """Return the page with another text between its marks; raises ValueError if it lacks them."""
    pattern = re.compile(f"{re.escape(begin)}\n.*?{re.escape(END)}\n", re.DOTALL)
    if len(pattern.findall(page)) != 1:
        raise ValueError(f"The page must contain {begin} and {END} once, each on a line of its own.")
    return pattern.sub(lambda _: f"{begin}\n\n{text}\n{END}\n", page)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--folder", type=Path, default=FOLDER, help="folder that keeps the stores and dumps")
    parser.add_argument("--page", type=Path, default=PAGE)
    parser.add_argument("--question-rows", type=int, default=QUESTION_ROWS)
    parser.add_argument("--import-rows", type=int, default=IMPORT_ROWS)
    parser.add_argument("--peer-rows", type=int, default=PEER_ROWS)
    chosen = parser.parse_args()
    sections = [
        *measured_questions(chosen.folder, rows=chosen.question_rows),
        measured_imports(chosen.folder, rows=chosen.import_rows),
        measured_peers(chosen.folder, rows=chosen.peer_rows, uri=os.environ.get("MONGO_TEST_URI")),
    ]
    text = block(sections, measured_at=datetime.now(UTC))
    chosen.page.write_text(replaced(chosen.page.read_text("utf-8"), text), "utf-8")
    print(text)


if __name__ == "__main__":
    main()
