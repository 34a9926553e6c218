"""Measures the publication and the disk of stores of several sizes, and writes the table of docs/scale.md.

    .venv/bin/python -m bench.scale [--rows 1000000 10000000] [--folder FOLDER] [--page docs/scale.md]

The stores are made once and kept in the folder, as those of bench.questions. ClickHouse is the server that
the tests start, with the same engine inside. CPU is the time of all threads of this process and of the
server. bench.engines has the questions. A size of 100 million rows needs 15 GB of disk and an hour.
"""

from __future__ import annotations

import argparse
import os
import platform
import time
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import duckdb
from tests.support.clickhouse import clickhouse_server, publish_to

from bench.long_store import long_store
from bench.measuring import in_words, short
from bench.questions import FOLDER, ROOT
from bench.report import replaced
from librechat_analytics.store.clickhouse.connection import Connection
from librechat_analytics.store.store import FILE_NAME

SIZES = (1_000_000, 10_000_000)
PAGE = ROOT / "docs" / "scale.md"
BEGIN = "<!-- `python -m bench.scale` writes from here -->"
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
HOW_TO_READ = """\
Publishing everything is what the follower does once, at its first start. CPU is the time of all threads of
the follower and of ClickHouse together. The disk has DuckDB first and ClickHouse second.
"""


def measured(folder: Path, rows: int) -> dict[str, str]:
    """Return the figures of one size by the title of their line; make the store if it is not there."""
    place = folder / short(rows)
    figures: dict[str, str] = {}
    with (
        closing(long_store(place, rows=rows)) as store,
        clickhouse_server() as address,
        closing(Connection(address)) as connection,
    ):
        cpu, begun = _cpu_of_both(), time.perf_counter()
        publish_to(address, store)
        taken = f"{_cpu_of_both() - cpu:,.0f} s CPU, {time.perf_counter() - begun:,.0f} s"
        figures["publish everything"] = taken
        (sizes,) = connection.rows(
            "SELECT sum(bytes_on_disk) AS bytes FROM system.parts WHERE active AND database = {name:String}",
            {"name": address.database},
        )
        on_disk = ((place / FILE_NAME).stat().st_size, int(str(sizes["bytes"])))
        figures["disk"] = " · ".join(f"{size / 1e6:,.0f} MB" for size in on_disk)
    return figures


def table(columns: dict[int, dict[str, str]]) -> str:
    """Return the figures of all sizes as a table in Markdown."""
    titles = list(next(iter(columns.values())))
    lines = [[title, *(figures[title] for figures in columns.values())] for title in titles]
    head = f"| Rows | {' | '.join(map(in_words, columns))} |\n|---|{'--:|' * len(columns)}\n"
    return head + "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _cpu_of_both() -> float:
    """Return the CPU seconds of this process and of those that it has started."""
    return time.process_time() + sum(map(_cpu_of, _children(os.getpid())))


def _children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    started = [int(child) for task in tasks for child in task.read_text("ascii").split()]
    return [*started, *(each for child in started for each in _children(child))]


def _cpu_of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    user, system = fields[11:13]
    return (int(user) + int(system)) / TICKS_A_SECOND


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--folder", type=Path, default=FOLDER, help="folder that keeps the stores")
    parser.add_argument("--page", type=Path, default=PAGE)
    chosen = parser.parse_args()
    measure = partial(measured, chosen.folder)
    text = (
        f"Measured on {datetime.now(UTC):%-d %B %Y} on {len(os.sched_getaffinity(0))} cores"
        f" ({platform.machine()}) with DuckDB {duckdb.__version__}.\n\n{HOW_TO_READ}\n"
        + table({rows: measure(rows) for rows in chosen.rows})
    )
    chosen.page.write_text(replaced(chosen.page.read_text("utf-8"), text, BEGIN), "utf-8")
    print(text)


if __name__ == "__main__":
    main()
