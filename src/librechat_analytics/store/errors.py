"""Errors of the store, in words that say what an operator can do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

from librechat_analytics.errors import OperatorError

if TYPE_CHECKING:
    from pathlib import Path


class StoreError(OperatorError):
    """The store cannot be used; the text says why and what to do."""


class StoreBusyError(StoreError):
    """Another process has the store open."""


def explained(path: Path, error: Exception) -> str:
    """Say why the file at ``path`` cannot be used and what to do."""
    reason = str(error).splitlines()[0].rstrip(".")
    if isinstance(error, duckdb.OutOfMemoryException):
        return f"The store {path} needs more memory: {reason} Raise STORE_MEMORY_LIMIT."
    if "WAL does not match" in reason:
        return f"{path}.wal is not of this store. If {path} was put back from a backup, remove {path}.wal."
    return (
        f"The store {path} cannot be used: {reason}. Check that the folder can be written; if the file is"
        " damaged, put a backup in its place, or move it away and let the program read LibreChat again."
    )
