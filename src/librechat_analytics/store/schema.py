"""The schema of the store's file: made in a new file, and brought up to date in an old one."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

from librechat_analytics.store.errors import StoreError
from librechat_analytics.store.sql_files import run

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    import duckdb

SCHEMA_VERSION = 5
PROGRAM_VERSION = version("librechat-analytics")


def prepare(
    connection: duckdb.DuckDBPyConnection,
    committing: Callable[[], AbstractContextManager[duckdb.DuckDBPyConnection]],
    folder: Path,
) -> int | None:
    """Create the schema, or migrate an older one, in one transaction.

    If the transaction is interrupted, the store stays as it was. Returns the schema version that the file
    had, None if it was empty. Raises StoreError if a newer program, or another one, wrote the file.
    """
    found, writer = _version_in(connection)
    if found == SCHEMA_VERSION and writer == PROGRAM_VERSION:
        return found
    if found is not None and not 1 <= found <= SCHEMA_VERSION:
        raise StoreError(
            f"The store in {folder} was written by version {writer or 'unknown'} of this program;"
            f" this is {PROGRAM_VERSION}. Use that one, or move the file away: the next sync or import"
            " reads again what LibreChat still has."
        )
    with committing() as cursor:
        if found is None:
            run(cursor, "schema", {"schema_version": SCHEMA_VERSION})
        for step in range(found or SCHEMA_VERSION, SCHEMA_VERSION):
            run(cursor, f"migrations/{step + 1}")
        run(
            cursor,
            "statements/write_version",
            {"schema_version": SCHEMA_VERSION, "program_version": PROGRAM_VERSION},
        )
    return found


def add_spelling(connection: duckdb.DuckDBPyConnection) -> None:
    """Add the functions and views that the queries use; they live in memory until the file is closed."""
    connection.execute("ATTACH ':memory:' AS spelling")
    run(connection, "spelling")


def _version_in(connection: duckdb.DuckDBPyConnection) -> tuple[int | None, str | None]:
    """Return the file's schema version, None without a schema, and the program version that wrote it."""
    with connection.cursor() as cursor:
        if not cursor.execute("FROM duckdb_tables() WHERE table_name = 'sync_state'").fetchall():
            return None, None
        # By column name, because a future schema may have other columns.
        rows = cursor.execute("FROM sync_state").fetchall()
        names = [name for name, *_ in cursor.description or ()]
    held = dict(zip(names, rows[0], strict=True)) if len(rows) == 1 else {}
    return held.get("schema_version", 0), held.get("written_by")
