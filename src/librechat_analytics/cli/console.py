"""What the command line prints: messages on stderr, and progress bars."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.progress import Task, TaskID

    from librechat_analytics.sync.state import Phase

console = Console(stderr=True, soft_wrap=True)

EXIT_FAILED = 1
"""The exit code of what the operator can fix; typer's own for a wrong command line is 2."""


class RowsColumn(ProgressColumn):
    """Rows done and rows per second, also where the progress itself is measured in bytes."""

    def render(self, task: Task) -> Text:
        if task.fields.get("in_percent"):
            return Text()
        rows = task.fields.get("rows", task.completed)
        rate = rows / task.elapsed if task.elapsed else 0
        return Text(f"{rows:,.0f} rows, {rate:,.0f}/s", style="dim")


def print_message(text: str, *, style: str | None = None) -> None:
    """Print a message as it is, whatever looks like markup in it."""
    console.print(text, style=style, highlight=False, markup=False)


def progress_bar() -> Progress:
    """Make a display of progress bars."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        RowsColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=console,
    )


@contextmanager
def sync_progress() -> Iterator[Callable[[Phase, int, int | None], None]]:
    """Show a bar for each phase of a sync; gives the function that the sync reports to."""
    titles = {"transactions": "Reading history", "agents": "Finding agents", "audit": "Comparing ids"}
    tasks: dict[str, TaskID] = {}
    with progress_bar() as progress:

        def report(phase: Phase, done: int, expected: int | None) -> None:
            if phase not in tasks:
                tasks[phase] = progress.add_task(titles[phase], total=expected, in_percent=phase == "audit")
            progress.update(tasks[phase], completed=done, total=max(done, expected or done))

        yield report
