"""What a process that was killed leaves beside the store: parts of it, and people's names in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

COPY = "being-sent-"
"""How the names of copies begin; backups that somebody keeps beside the store may be called anything else."""

SPILL_FOLDER = "spill"
"""Where queries put what does not fit into their memory; nothing in it outlives the process."""


def remove_leftovers(folder: Path) -> None:
    """Remove unfinished copies and spilled rows; only while no connection to the store is at work."""
    for left in (*folder.glob(f"{COPY}*"), *(folder / SPILL_FOLDER).glob("*")):
        if left.is_file() or left.is_symlink():
            left.unlink(missing_ok=True)
