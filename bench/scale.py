"""Measures stores of several sizes on both engines, and writes the tables of docs/scale.md.

    .venv/bin/python -m bench.scale [--rows 1000000 10000000] [--folder FOLDER] [--page docs/scale.md]

The stores are made once and kept in the folder, as those of bench.questions, with the figures of each size
that was measured; the tables have them all. ClickHouse is the server that the tests start, with the same
engine inside. CPU is the time of all threads of this process and of the server. A size of 100 million rows
needs 20 GB of disk and two hours.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import tempfile
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
from tests.support.clickhouse import clickhouse_server
from tests.support.documents import usages

from bench.engines import taken
from bench.long_store import UNTIL, long_store
from bench.measuring import children, cpu_of, in_words, short
from bench.questions import FOLDER, LIMIT, ROOT, period_named, questions, repository_of
from bench.report import replaced
from librechat_analytics.librechat.transactions import read_transaction
from librechat_analytics.store.clickhouse.connection import Connection
from librechat_analytics.store.clickhouse.publisher import Publisher
from librechat_analytics.store.clickhouse.store import ClickHouseStore
from librechat_analytics.store.store import FILE_NAME, Store
from librechat_analytics.sync.frames import ledger_table, refusal_frame

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from librechat_analytics.store.interface import Reader

SIZES = (1_000_000, 10_000_000, 35_000_000)
PAGE = ROOT / "docs" / "scale.md"
BEGIN = "<!-- `python -m bench.scale` writes from here -->"
KEPT = "scale.json"
NEW_ROWS = 500
ROUNDS = 2
ASKED = ("summary", "top users", "top models", "usage over time", "quality")
PERIODS = {"30d": "30 days", "12m": "12 months"}
COSTS, QUESTIONS = "costs", "questions"
HOW_TO_READ_COSTS = f"""\
CPU is the time of all threads, of the follower and then of ClickHouse, and memory the most that each had.
Everything is published once, at the follower's first start. The {NEW_ROWS} rows are new, in one publication.
Folding deletes what they have replaced. The disk has DuckDB first and ClickHouse second.
"""
HOW_TO_READ_QUESTIONS = """\
CPU in milliseconds for one answer that is not in the cache, DuckDB first and ClickHouse second. For
ClickHouse it is that of the web process and of the server together.
"""

Figures = dict[str, dict[str, str]]


@dataclass(slots=True)
class Used:
    """What a step has used, of this process and of the server: CPU seconds, and the most memory in MB."""

    here: float = 0.0
    there: float = 0.0
    seconds: float = 0.0
    memory_here: float = 0.0
    memory_there: float = 0.0

    @property
    def cpu(self) -> str:
        """The CPU of both in words."""
        return f"{_seconds(self.here)} · {_seconds(self.there)}"

    @property
    def memory(self) -> str:
        """The memory of both in words."""
        return f"{self.memory_here:,.0f} MB · {self.memory_there:,.0f} MB"


def measured(folder: Path, rows: int) -> Figures:
    """Return the figures of one size by table and line; make the store if it is not there."""
    place = folder / short(rows)
    costs: dict[str, str] = {}
    with (
        closing(long_store(place, rows=rows)) as store,
        clickhouse_server() as address,
        closing(Connection(address)) as connection,
    ):
        with _measuring() as used:
            publisher = Publisher(store, connection, follower="first")
            publisher.prepare()
            publisher.publish()
        costs["publish everything"] = used.cpu
        costs["publish everything, memory"] = used.memory
        costs["publish everything, time"] = f"{used.seconds:,.0f} s"
        publisher.close()
        costs["disk"] = _disk(place, connection, address.database)
        asked = _asked(store, ClickHouseStore(connection))
        with tempfile.TemporaryDirectory(dir=folder) as lost:
            costs |= _follower(Path(lost), connection)
    return {COSTS: costs, QUESTIONS: asked}


def _follower(folder: Path, connection: Connection) -> dict[str, str]:
    """Measure a follower that has lost its working copy, and then publishes new rows."""
    costs: dict[str, str] = {}
    with closing(Store(folder)) as store:
        publisher = Publisher(store, connection, follower="second")
        with _measuring() as used:
            publisher.prepare()
        costs["restore a lost working copy"] = used.cpu
        costs["restore a lost working copy, memory"] = used.memory
        costs["restore a lost working copy, time"] = f"{used.seconds:,.0f} s"
        publisher.publish()  # the small tables, which every restored copy publishes again
        rows = [read_transaction(each) for each in usages(NEW_ROWS, until=UNTIL, every=timedelta(minutes=1))]
        store.write_batch(ledger_table(rows), refusal_frame(rows), {}, now=UNTIL.replace(tzinfo=None))
        with _measuring() as used:
            publisher.publish()
        costs[f"publish {NEW_ROWS} rows"] = used.cpu
        with _measuring() as used:
            publisher.fold(reader_seconds=0)
        costs["fold"] = used.cpu
        publisher.close()
    return costs


def _disk(place: Path, connection: Connection, database: str) -> str:
    (size,) = connection.only_row(
        "SELECT sum(bytes_on_disk) AS bytes FROM system.parts WHERE active AND database = {name:String}",
        {"name": database},
    )
    return " · ".join(f"{each / 1e6:,.0f} MB" for each in ((place / FILE_NAME).stat().st_size, int(size)))


def _asked(*stores: Reader) -> dict[str, str]:
    """Return the CPU of each question on each store."""
    repositories = [repository_of(store) for store in stores]
    found: dict[str, str] = {}
    for name, words in PERIODS.items():
        actions = [questions(each, period_named(each, name)) for each in repositories]
        for title in ASKED:
            found[f"{title}, {words}"] = _on_both(one[title] for one in actions)
    found["find"] = _on_both(partial(each.find, "an", LIMIT) for each in repositories)
    return found


def _on_both(asks: Iterable[Callable[[], object]]) -> str:
    return " · ".join(f"{1000 * taken(ask, ROUNDS):,.0f}" for ask in asks)


def _seconds(seconds: float) -> str:
    return f"{seconds:,.{0 if seconds >= 10 else 1 if seconds >= 1 else 2}f} s"


@contextmanager
def _measuring() -> Iterator[Used]:
    used = Used()
    servers = children()
    for pid in (os.getpid(), *servers):
        Path(f"/proc/{pid}/clear_refs").write_text("5", "ascii")  # begins the most of the memory again
    here, there, begun = time.process_time(), sum(map(cpu_of, servers)), time.perf_counter()
    yield used
    used.here, used.there = time.process_time() - here, sum(map(cpu_of, servers)) - there
    used.seconds = time.perf_counter() - begun
    used.memory_here, used.memory_there = _most_memory(os.getpid()), max(map(_most_memory, servers))


def _most_memory(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    (kilobytes,) = (line.split()[1] for line in lines if line.startswith("VmHWM:"))
    return int(kilobytes) / 1000


def table(name: str, columns: dict[int, Figures]) -> str:
    """Return one kind of figures of all sizes as a table in Markdown."""
    titles = list(next(iter(columns.values()))[name])
    lines = [
        [title, *(figures[name].get(title, "not measured") for figures in columns.values())]
        for title in titles
    ]
    head = f"| Rows | {' | '.join(map(in_words, columns))} |\n|---|{'--:|' * len(columns)}\n"
    return head + "".join(f"| {' | '.join(line)} |\n" for line in lines)


def kept(folder: Path) -> dict[int, Figures]:
    """Return the figures that were measured before, by size."""
    path = folder / KEPT
    held = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return {int(rows): figures for rows, figures in sorted(held.items(), key=lambda each: int(each[0]))}


def keep(folder: Path, rows: int, figures: Figures) -> None:
    """Keep the figures of a size beside the stores."""
    (folder / KEPT).write_text(json.dumps(kept(folder) | {rows: figures}, indent=1), "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, nargs="*", default=list(SIZES))
    parser.add_argument("--folder", type=Path, default=FOLDER, help="folder that keeps the stores")
    parser.add_argument("--page", type=Path, default=PAGE)
    chosen = parser.parse_args()
    for rows in chosen.rows:
        keep(chosen.folder, rows, measured(chosen.folder, rows))
    columns = kept(chosen.folder)
    costs, asked = table(COSTS, columns), table(QUESTIONS, columns)
    text = (
        f"Measured on {datetime.now(UTC):%-d %B %Y} on {len(os.sched_getaffinity(0))} cores"
        f" ({platform.machine()}) with DuckDB {duckdb.__version__}.\n"
        f"\n{HOW_TO_READ_COSTS}\n{costs}\n{HOW_TO_READ_QUESTIONS}\n{asked}"
    )
    chosen.page.write_text(replaced(chosen.page.read_text("utf-8"), text, BEGIN), "utf-8")
    print(text)


if __name__ == "__main__":
    main()
