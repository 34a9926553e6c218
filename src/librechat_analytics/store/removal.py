"""Take a store out of its folder: rename it, or delete it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from librechat_analytics.store.duckdb_file import FILE_NAME, LOG_NAME, kept_name
from librechat_analytics.store.errors import StoreBusyError, StoreError
from librechat_analytics.store.leftovers import remove_unfinished_copy
from librechat_analytics.store.store import Store

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path


def set_aside(folder: Path, now: datetime) -> Path:
    """Rename the store of a folder, so that the next one begins empty; return its new path.

    Raises StoreBusyError while a process uses it.
    """
    _close_log(folder)
    remove_unfinished_copy(folder)
    kept = folder / kept_name(now)
    for path in _files_in(folder):
        if path.exists():
            path.rename(kept.with_name(path.name.replace(FILE_NAME, kept.name)))
    return kept


def discard(folder: Path) -> None:
    """Delete the store of a folder, if there is one; raises StoreBusyError while a process uses it."""
    _close_log(folder)
    remove_unfinished_copy(folder)
    for path in _files_in(folder):
        path.unlink(missing_ok=True)


def _close_log(folder: Path) -> None:
    """Open and close the store, which moves its write-ahead log into the file.

    A store of another version or a damaged one keeps its log.
    """
    try:
        Store(folder).close()
    except StoreBusyError:
        raise
    except StoreError:
        pass


def _files_in(folder: Path) -> tuple[Path, Path]:
    return folder / FILE_NAME, folder / LOG_NAME
