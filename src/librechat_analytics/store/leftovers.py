"""Files that a killed process leaves in the store's folder, with people's names in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

COPY = "being-sent-"
"""How the names of unfinished copies begin. A backup in the same folder may have any other name."""

SPILL_FOLDER = "spill"
"""Where DuckDB puts what does not fit into memory; nothing in it outlives the process."""


def remove_leftovers(folder: Path) -> None:
    """Delete unfinished copies and spilled rows. Call it only while no query is running."""
    for left in (*folder.glob(f"{COPY}*"), *(folder / SPILL_FOLDER).glob("*")):
        if left.is_file() or left.is_symlink():
            left.unlink(missing_ok=True)
