"""The open DuckDB file: locking, transactions, copies, and rewriting it after names were erased."""

from __future__ import annotations

import logging
import re
import secrets
import threading
import time
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from io import FileIO
from typing import TYPE_CHECKING, Self

import duckdb

from librechat_analytics.plain_files import other_kind
from librechat_analytics.store import schema
from librechat_analytics.store.errors import StoreBusyError, StoreError, explained
from librechat_analytics.store.leftovers import (
    COPY,
    SPILL_FOLDER,
    UNFINISHED_COPY,
    remove_leftovers,
    remove_unfinished_copy,
)
from librechat_analytics.store.snapshots import DuckDBSnapshot

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

log = logging.getLogger(__name__)

FILE_NAME = "usage.duckdb"
LOG_NAME = f"{FILE_NAME}.wal"
"""DuckDB's log of what was committed and is not in the file yet; DuckDB deletes it when all is there."""

CATALOG = FILE_NAME.partition(".")[0]
"""DuckDB's name for the open file."""

ERASING_UNFINISHED = "erasing-unfinished.duckdb"
"""While this file exists, erased names may still be in the store's file. It becomes the rewritten store."""

OLD_ERASING_UNFINISHED = "usage.new"
"""Its name up to version 1.0.0."""

LOCK_WAIT_SECONDS = 5.0
"""How long to wait for the lock: a process that was killed a moment ago may still have the file open."""


class DuckDBFile:
    """One open DuckDB file, with one writer at a time and any number of readers, each on its own snapshot."""

    def __init__(self, folder: Path, *, memory_limit: str = "1GB", threads: int = 2) -> None:
        self._folder = folder
        self._path = folder / FILE_NAME
        self._options: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": memory_limit,
            "threads": str(threads),
            "temp_directory": str(folder / SPILL_FOLDER),
            "checkpoint_threshold": "64MB",
            # Python resolves time zones, and DuckDB must not download anything.
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        }
        self._writing = threading.Lock()
        self._opening = threading.Lock()
        self._failed = False
        self.version = 0
        """Grows with each commit."""
        self.changed_at = _milliseconds_now()
        """When the last commit began."""
        self.changes = 0
        """Grows with each commit that is to be published, of usage or not."""
        self._connection = self._open()
        remove_leftovers(folder)
        try:
            with self._explained():
                self._prepare()
                schema.add_spelling(self._connection)
        except StoreError:
            self._connection.close()
            raise
        self._finish_erasing()

    def _open(self) -> duckdb.DuckDBPyConnection:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"DATA_DIR {self._folder} cannot be created: {error.strerror}.") from None
        for file in (self._path, self._path.with_name(LOG_NAME)):
            if kind := other_kind(file):  # DuckDB would wait for a pipe
                raise StoreError(
                    f"The store {file} is {kind}, not a file. Remove it, or set another DATA_DIR."
                )
        give_up = time.monotonic() + LOCK_WAIT_SECONDS
        while True:
            try:
                return duckdb.connect(self._path, config=self._options)
            except duckdb.IOException as error:
                if "lock" not in str(error).lower():
                    raise StoreError(explained(self._path, error)) from None
                if time.monotonic() > give_up:
                    holder = re.search(r"PID (\d+)", str(error))
                    who = f"process {holder[1]}" if holder else "another process"
                    raise StoreBusyError(
                        f"The store {self._path} is in use by {who}. End it and try again,"
                        " or set another DATA_DIR."
                    ) from None
                time.sleep(0.1)
            except duckdb.Error as error:
                raise StoreError(explained(self._path, error)) from None

    def _prepare(self) -> None:
        started = time.monotonic()
        found = schema.prepare(self._connection, self.committing, self._folder)
        if found is not None and found < schema.SCHEMA_VERSION:
            log.info(
                "The store in %s was brought from schema %d to %d in %.1f s. Older versions of this program"
                " cannot open it any more.",
                self._folder,
                found,
                schema.SCHEMA_VERSION,
                time.monotonic() - started,
            )

    def close(self) -> None:
        """Close the file; everything committed stays in it."""
        self._connection.close()

    @contextmanager
    def reading(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open a cursor on one snapshot: everything that it reads is of the same commit.

        It also finds the functions and the views of ``spelling.sql``. Raises StoreError if the file cannot be
        read.
        """
        with self._explained(), self._connection.cursor() as cursor:
            cursor.execute(f"SET search_path = '{CATALOG},spelling'")
            cursor.execute("BEGIN TRANSACTION READ ONLY")
            try:
                yield cursor
            finally:
                with suppress(duckdb.Error):
                    cursor.execute("ROLLBACK")

    @contextmanager
    def snapshot(self) -> Iterator[DuckDBSnapshot]:
        """Open a snapshot for the queries of one answer; raises StoreError if the file cannot be read."""
        with self.reading() as cursor:
            yield DuckDBSnapshot(cursor)

    def pinned(self) -> Self:
        """Return this store: each of its answers may be of a later commit."""
        return self

    @contextmanager
    def committing(
        self, *, is_usage: bool = True, is_change: bool = True
    ) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open a cursor whose changes are committed together, or not at all; one at a time.

        The version grows only where ``is_usage``, because no answer about usage shows the other changes. What
        is no ``is_change`` need not be published.
        """
        with self._writing, self._explained(), self._connection.cursor() as cursor:
            cursor.execute("BEGIN")
            try:
                yield cursor
            except BaseException:
                with suppress(duckdb.Error):  # a database that failed as a whole rolls back by itself
                    cursor.execute("ROLLBACK")
                raise
            if is_usage:
                # Set before readers see the commit, so that no row that they see is younger.
                self.changed_at = _milliseconds_now()
            cursor.execute("COMMIT")
            self.version += is_usage
            self.changes += is_change

    @contextmanager
    def attached(self, name: str) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open a cursor with an empty database in memory, which all cursors find under this name."""
        with self._explained(), self._connection.cursor() as cursor:
            cursor.execute(f"ATTACH ':memory:' AS {name}")
            try:
                yield cursor
            finally:
                with suppress(duckdb.Error):
                    cursor.execute(f"DETACH {name}")

    @contextmanager
    def scratch_file(self) -> Iterator[Path]:
        """Name a file that does not exist yet and lasts no longer than the block, or this process."""
        folder = self._folder / SPILL_FOLDER
        folder.mkdir(exist_ok=True)
        path = folder / f"rows-{secrets.token_hex(8)}"
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)

    @contextmanager
    def limited_to(self, most_bytes: int) -> Iterator[None]:
        """Let DuckDB use at most so much memory; the rest goes to the folder for temporary files."""
        with self._explained(), self._connection.cursor() as cursor:
            allowed = "parse_formatted_bytes(current_setting('memory_limit'))"
            try:
                if cursor.execute(f"SELECT {allowed} > ?", [most_bytes]).fetchall() == [(True,)]:
                    cursor.execute(f"SET memory_limit = '{most_bytes}B'")
                yield
            finally:
                with suppress(duckdb.Error):
                    cursor.execute(f"SET memory_limit = '{self._options['memory_limit']}'")

    @contextmanager
    def _explained(self) -> Iterator[None]:
        if self._failed:
            self._reopen()
        try:
            yield
        except duckdb.Error as error:
            # After a fatal error, such as a full disk, DuckDB answers nothing until the file is opened again.
            self._failed = self._failed or isinstance(error, duckdb.FatalException)
            raise StoreError(explained(self._path, error)) from error

    def _reopen(self) -> None:
        """Open the file again. While a reader still has the old connection, only the next call succeeds."""
        with self._opening:
            if self._failed:
                self._connection.close()
                self._connect()
                self._failed = False

    def _connect(self) -> None:
        """Open the file, whose schema is up to date, after its connection was closed."""
        self._connection = self._open()
        schema.add_spelling(self._connection)

    def checkpoint(self) -> None:
        """Move the write-ahead log into the file, which is worth it after much was written.

        DuckDB may refuse, because it takes a transaction that has just ended for a running one. Then nothing
        is done: it moves the log by itself later.
        """
        refused = suppress(duckdb.TransactionException)
        with self._writing, self._explained(), self._connection.cursor() as cursor, refused:
            cursor.execute("CHECKPOINT")

    def copy_to(self, path: Path) -> None:
        """Write a copy of the store as it is now; readers and the next start do not notice.

        Raises StoreError if the file cannot be written, OSError if an old one cannot be replaced.
        """
        path.unlink(missing_ok=True)
        with self._writing, self._explained():
            self._copy(path)

    def keep_copy(self, now: datetime) -> Path:
        """Write a copy of the store beside it and return its path; raises StoreError if that fails."""
        path = self._folder / kept_name(now)
        try:
            self.copy_to(path)
        except OSError as error:
            raise StoreError(f"{path} cannot be written: {error.strerror}.") from None
        return path

    def open_unfinished_copy(self) -> Self:
        """Open the store that an interrupted copy has filled beside this one, or a new one."""
        folder, limit = self._folder / UNFINISHED_COPY, str(self._options["memory_limit"])
        return type(self)(folder, memory_limit=limit, threads=int(str(self._options["threads"])))

    def has_unfinished_copy(self) -> bool:
        """Say whether a copy was interrupted that would have replaced this store."""
        return (self._folder / UNFINISHED_COPY / FILE_NAME).exists()

    def remove_unfinished_copy(self) -> None:
        """Delete what an interrupted copy has received; it must be closed."""
        remove_unfinished_copy(self._folder)

    def replace_by_copy(self) -> None:
        """Take the file of the copy, which is whole now and closed; no other thread may use this store.

        Raises StoreError if the file lacks what was written last, as DuckDB leaves it on a full disk.
        """
        log_of_this = self._path.with_name(LOG_NAME)
        if (self._folder / UNFINISHED_COPY / LOG_NAME).exists():
            raise StoreError(
                f"The copy in {self._folder / UNFINISHED_COPY} cannot be written to its end, perhaps because"
                " the disk is full. Make room and try again."
            )
        with self._writing, self._explained():
            self._connection.close()
            try:
                log_of_this.unlink(missing_ok=True)  # it would be taken for the copy's
                (self._folder / UNFINISHED_COPY / FILE_NAME).replace(self._path)
            except OSError as error:
                raise StoreError(f"{self._path} cannot be replaced: {error.strerror}.") from None
            finally:
                self._connect()
            self.changed_at = _milliseconds_now()
            self.version += 1
            self.changes += 1
        self.remove_unfinished_copy()

    def open_copy(self) -> FileIO:
        """Open a copy of the store as it is now. It has no name in the folder, and closing it deletes it.

        Raises StoreError or OSError if it cannot be written.
        """
        path = self._folder / f"{COPY}{secrets.token_hex(8)}.duckdb"
        try:
            self.copy_to(path)
            return FileIO(path)
        finally:
            path.unlink(missing_ok=True)  # an open file can still be read

    def _copy(self, path: Path) -> None:
        with self._connection.cursor() as cursor:
            quoted = path.as_posix().replace("'", "''")
            cursor.execute(f"ATTACH '{quoted}' AS copy")
            try:
                try:
                    cursor.execute(f"COPY FROM DATABASE {CATALOG} TO copy")
                finally:
                    cursor.execute("DETACH copy")
            finally:
                # Only a copy that ran out of space leaves a log.
                path.with_name(f"{path.name}.wal").unlink(missing_ok=True)

    @contextmanager
    def _erasing(self, *, rewrites: bool = True) -> Iterator[duckdb.DuckDBPyConnection]:
        """Erase in one commit, then rewrite the file, because its free pages may still hold what was erased.

        The marker file is created before the commit, so that the next start knows what is left to do. While
        other threads use the store, the file cannot be rewritten: that is left to the next start.
        """
        (self._folder / ERASING_UNFINISHED).touch()
        self.remove_unfinished_copy()  # it may have the names, too
        with self.committing() as cursor:
            yield cursor
        if rewrites:
            self.rewrite()

    def _finish_erasing(self) -> None:
        old_marker = self._folder / OLD_ERASING_UNFINISHED
        if not old_marker.exists() and not (self._folder / ERASING_UNFINISHED).exists():
            return
        try:
            self.rewrite()
            old_marker.unlink(missing_ok=True)
        except StoreError as error:
            log.warning(
                "Names that were erased may still be in the file; the next start tries again. %s", error
            )

    def rewrite(self) -> None:
        """Write the file again without its free pages; no other thread may use this store."""
        rewritten = self._folder / ERASING_UNFINISHED
        with self._writing, self._explained():
            rewritten.unlink(missing_ok=True)
            self._copy(rewritten)
            self._connection.close()
            remove_leftovers(self._folder)
            rewritten.replace(self._path)
            self._connect()
            self.version += 1


def kept_name(now: datetime) -> str:
    """Return the name of a file with what a store held until now."""
    return f"usage-until-{now:%Y-%m-%dT%H%M%S}.duckdb"


def _milliseconds_now() -> datetime:
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)
