"""Measures the CPU and the wall time of several actions in turn, and writes the figures into a table."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

TO_YARDSTICK, TO_HAND = "\N{MULTIPLICATION SIGN} yardstick", "\N{MULTIPLICATION SIGN} by hand"
HEAD = f"| Measured | CPU | Wall time | {TO_YARDSTICK} | {TO_HAND} |\n|---|--:|--:|--:|--:|\n"
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Taken:
    """The seconds that an action took; the CPU's are None if another program did the work."""

    cpu_seconds: float | None
    wall_seconds: float


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table; a ratio is None where there is nothing to compare with."""

    title: str
    taken: Taken
    to_yardstick: float | None = None
    to_hand: float | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """Lines with one yardstick, which the title names."""

    title: str
    lines: tuple[Line, ...]


def measure(actions: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, Taken]:
    """Run all actions one after another, several times over, and return the least that each took.

    They take turns so that all of them run while the machine is busy and while it is not. CPU is the time of
    this process, with all its threads.
    """
    taken: dict[str, list[Taken]] = {name: [] for name in actions}
    for _ in range(rounds):
        for name, act in actions.items():
            wall, cpu = time.perf_counter(), time.process_time()
            act()
            taken[name].append(Taken(time.process_time() - cpu, time.perf_counter() - wall))
    return {name: least(all_of_one) for name, all_of_one in taken.items()}


def least(taken: Iterable[Taken]) -> Taken:
    """Return the least CPU and the least wall time."""
    listed = list(taken)
    cpu = [one.cpu_seconds for one in listed if one.cpu_seconds is not None]
    return Taken(min(cpu, default=None), min(one.wall_seconds for one in listed))


def ratio(taken: Taken, yardstick: Taken) -> float | None:
    """Return how many times the yardstick's CPU an action took; None if one of them is not known."""
    if taken.cpu_seconds is None or not yardstick.cpu_seconds:
        return None
    return taken.cpu_seconds / yardstick.cpu_seconds


def table(sections: Iterable[Section]) -> str:
    """Return the figures as a table in Markdown."""
    return HEAD + "".join(
        f"| **{section.title}** | | | | |\n" + "".join(map(_row, section.lines)) for section in sections
    )


def in_words(rows: int) -> str:
    """Return a number of rows as people say it: 10 million, 200,000."""
    millions, rest = divmod(rows, 1_000_000)
    return f"{millions} million" if millions and not rest else f"{rows:,}"


def short(rows: int) -> str:
    """Return a number of rows as the name of a folder: 10m, 200k, 2500."""
    for unit, letter in ((1_000_000, "m"), (1_000, "k")):
        if rows and not rows % unit:
            return f"{rows // unit}{letter}"
    return str(rows)


def _row(line: Line) -> str:
    ratios = ("" if one is None else f"{one:.1f}" for one in (line.to_yardstick, line.to_hand))
    cells = (line.title, _time(line.taken.cpu_seconds), _time(line.taken.wall_seconds), *ratios)
    return f"| {' | '.join(cells)} |\n"


def _time(seconds: float | None) -> str:
    if seconds is None:
        return ""
    if seconds >= 10:
        return f"{seconds:,.1f} s"
    return f"{1000 * seconds:,.{1 if seconds < 0.01 else 0}f} ms"


def children() -> list[int]:
    """Return the running processes that this one has started."""
    tasks = Path("/proc/self/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text("ascii").split()]


def cpu_of(pid: int) -> float:
    """Return the CPU seconds that a running process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    user, system = fields[11:13]
    return (int(user) + int(system)) / TICKS_A_SECOND
