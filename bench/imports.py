"""Measures the import of a sample dump against decoding the same files.

    .venv/bin/python -m bench.imports [--rows 1000000] [--memory 1GB] [--folder FOLDER]

The yardstick is ``bson.decode_file_iter`` over the files that an import must read: transactions, messages and
conversations. Each run is a process of its own, so that its peak memory is its own, and the runs take turns.
CPU counts from opening the store to closing it. The dump is made once and kept in the folder.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import bson

from bench.long_store import UNTIL
from bench.measuring import Line, Section, Taken, in_words, least, ratio, short, table
from bench.questions import FOLDER, ROOT
from librechat_analytics.librechat.dump import DumpSource
from librechat_analytics.librechat.dump_folder import collection_file, database_folder
from librechat_analytics.librechat.sample.writer import write_sample
from librechat_analytics.store.store import Store
from librechat_analytics.sync.imports import import_dump

if TYPE_CHECKING:
    from collections.abc import Sequence

READ = ("transactions", "messages", "conversations")
DECODER = "decode the files"
MEMORY = ("1GB", "256MB")
"""What DuckDB may use: the default, and the least that the documentation names for millions of rows."""


@dataclass(frozen=True, slots=True)
class Run:
    """What one process took, its largest memory, and how many rows it read or added.

    ``read_alone`` counts the documents that were read one by one, because they were not usual; None if the
    program does not say.
    """

    taken: Taken
    peak_mb: float
    rows: int
    read_alone: int | None = None


def dump(folder: Path, rows: int) -> Path:
    """Return the dump of so many rows in a folder, and make it if it is not there."""
    place = folder / f"dump-{short(rows)}"
    if not place.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as temporary:
            made = Path(temporary) / "dump"
            write_sample(made, transactions=rows, seed=1, until=UNTIL)
            made.rename(place)
    return place


def decode(source: Path) -> int:
    """Decode the files that an import must read, and do nothing with the documents."""
    count = 0
    for collection in READ:
        with collection_file(database_folder(source), collection).open("rb") as file:
            count += sum(1 for _ in bson.decode_file_iter(file))
    return count


def import_into(data: Path, source: Path, memory: str) -> tuple[int, int | None]:
    """Import the dump as the command does; return how many rows were added, and how many read one by one."""
    with closing(Store(data, memory_limit=memory)) as store:
        return import_dump(store, DumpSource(source), now=UNTIL), store.state().read_one_by_one


def run_here(source: Path, memory: str | None) -> Run:
    """Import with a limit of DuckDB's memory, or decode if there is none, in this process."""
    with tempfile.TemporaryDirectory(dir=source.parent) as data:
        wall, cpu = time.perf_counter(), time.process_time()
        rows, read_alone = import_into(Path(data), source, memory) if memory else (decode(source), None)
        taken = Taken(time.process_time() - cpu, time.perf_counter() - wall)
    return Run(taken, peak_memory_mb(), rows, read_alone)


def peak_memory_mb() -> float:
    """Return the most memory that this process had; getrusage would count its parent's too."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise RuntimeError("Linux does not say how much memory this process had")


def run_alone(source: Path, memory: str | None) -> Run:
    """Do the same in a process of its own."""
    command = [sys.executable, "-m", "bench.imports", "--once", str(source), *([memory] if memory else [])]
    answer = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout)
    return Run(Taken(**answer.pop("taken")), **answer)


def measured_imports(folder: Path, *, rows: int, memory: Sequence[str] = MEMORY, rounds: int = 2) -> Section:
    """Measure the decoder and an import with each limit of memory, in turn."""
    source = dump(folder, rows)
    runs: dict[str | None, list[Run]] = {limit: [] for limit in (None, *memory)}
    for _ in range(rounds):
        for limit, found in runs.items():
            found.append(run_alone(source, limit))
    taken = {limit: least(run.taken for run in found) for limit, found in runs.items()}
    lines = [
        Line(_title(limit, found), taken[limit], ratio(taken[limit], taken[None]))
        for limit, found in runs.items()
    ]
    read = runs[None][0].rows
    return Section(
        f"Import of {in_words(rows)} transactions, which are {read:,} documents with their messages and"
        f" conversations. Yardstick: {DECODER}",
        tuple(lines),
    )


def _title(memory: str | None, runs: list[Run]) -> str:
    if memory is None:
        return DECODER
    run = min(runs, key=lambda one: one.taken.cpu_seconds or 0.0)
    speed = run.rows / (run.taken.cpu_seconds or float("nan"))
    peak_mb = max(one.peak_mb for one in runs)
    alone = "" if run.read_alone is None else f", {run.read_alone:,} documents read one by one"
    return f"import, `STORE_MEMORY_LIMIT={memory}`: {speed:,.0f} rows a CPU second, {peak_mb:,.0f} MB{alone}"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000])
    parser.add_argument("--memory", nargs="+", default=list(MEMORY), help="limits of DuckDB's memory")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="folder that keeps the dumps")
    parser.add_argument("--rounds", type=int, default=2, help="how often each import is run")
    parser.add_argument("--once", nargs="+", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.once:
        source, *memory = chosen.once
        run = run_here(Path(source), memory[0] if memory else None)
        print(json.dumps(asdict(run)))
        return
    print(
        table(
            measured_imports(chosen.folder, rows=rows, memory=chosen.memory, rounds=chosen.rounds)
            for rows in chosen.rows
        )
    )


if __name__ == "__main__":
    main()
