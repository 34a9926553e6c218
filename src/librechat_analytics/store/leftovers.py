"""Files that a killed process leaves in the store's folder, with people's names in them."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from librechat_analytics.store.errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path

COPY = "being-sent-"
"""How the names of unfinished copies begin. A backup in the same folder may have any other name."""

SPILL_FOLDER = "spill"
"""Where DuckDB puts what does not fit into memory; nothing in it outlives the process."""

UNFINISHED_COPY = "unfinished-copy"
"""A folder with a store that is being copied out of ClickHouse and is not whole yet."""


def remove_unfinished_copy(folder: Path) -> None:
    """Delete what an interrupted copy out of ClickHouse has received; raises StoreError if that fails."""
    unfinished = folder / UNFINISHED_COPY
    try:
        shutil.rmtree(unfinished)
    except FileNotFoundError:
        pass
    except OSError as error:
        reason = error.strerror or str(error)
        raise StoreError(f"{unfinished} cannot be deleted: {reason}. Delete it, and try again.") from None


def remove_leftovers(folder: Path) -> None:
    """Delete unfinished copies and spilled rows. Call it only while no query is running."""
    for left in (*folder.glob(f"{COPY}*"), *(folder / SPILL_FOLDER).glob("*")):
        if left.is_file() or left.is_symlink():
            left.unlink(missing_ok=True)
