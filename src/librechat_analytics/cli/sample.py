"""The command ``sample``."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path  # noqa: TC003 typer reads the annotations
from typing import Annotated

import typer

from librechat_analytics.cli.console import print_message, progress_bar
from librechat_analytics.errors import OperatorError


def sample(
    folder: Annotated[Path, typer.Argument(help="A new folder to write it to, as `mongodump --out` does.")],
    transactions: Annotated[
        int, typer.Option(min=1, max=100_000_000, help="How many transactions.")
    ] = 50_000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same database.")] = 1,
    until: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ"], help="The last day. Default: now."),
    ] = None,
) -> None:
    """Write a believable LibreChat database for trying things out."""
    from librechat_analytics.librechat.sample.eras import EARLIEST_UNTIL, LATEST_UNTIL
    from librechat_analytics.librechat.sample.writer import write_sample

    last = (until or datetime.now(UTC)).replace(tzinfo=UTC, microsecond=0)
    if not EARLIEST_UNTIL <= last <= LATEST_UNTIL:
        raise OperatorError(
            f"--until must be from {EARLIEST_UNTIL:%Y-%m-%d} to {LATEST_UNTIL:%Y-%m-%d}: rows before 2000 or"
            " after 2100 are refused."
        )
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise OperatorError(f"{folder} exists and is not empty. Give a new folder.")
    with progress_bar() as progress:
        task = progress.add_task("Writing transactions", total=transactions)
        counts = write_sample(
            folder,
            transactions=transactions,
            seed=seed,
            until=last,
            progress=lambda written: progress.update(task, completed=written),
        )
    written = ", ".join(f"{count:,} {name}" for name, count in asdict(counts).items())
    print_message(f"Wrote {written} to {folder}.")
