"""The usage store: one DuckDB file, written by one process in atomic batches, read by its threads."""

from __future__ import annotations

import logging
import re
import secrets
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from importlib.metadata import version
from importlib.resources import files
from io import FileIO
from typing import TYPE_CHECKING, Any

import duckdb

from librechat_analytics.errors import OperatorError
from librechat_analytics.plain_files import other_kind
from librechat_analytics.store.leftovers import COPY, SPILL_FOLDER, remove_leftovers
from librechat_analytics.store.snapshots import DuckDBSnapshot

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import pandas as pd

log = logging.getLogger(__name__)

SCHEMA_VERSION = 3
PROGRAM_VERSION = version("librechat-analytics")
FILE_NAME = "usage.duckdb"
LOCK_WAIT_SECONDS = 5.0
"""A process that was killed a moment ago may still hold the file."""


class StoreError(OperatorError):
    """The store cannot be used; the text says why and what to do."""


class StoreBusyError(StoreError):
    """Another process holds the store."""


@dataclass(frozen=True, slots=True)
class SyncState:
    """What the store holds of its source.

    ``oldest_id`` and ``newest_id`` (24 hex digits) are both ends of the interval of ids held;
    times are UTC without a zone, as DuckDB keeps them.
    """

    oldest_id: str | None
    newest_id: str | None
    history_complete: bool
    as_of: datetime | None
    last_sync: datetime | None
    source_name: str | None
    expected_documents: int | None

    @property
    def anything_read(self) -> bool:
        """Whether a source was ever looked into, even if there was nothing in it."""
        return any(mark is not None for mark in (self.oldest_id, self.as_of, self.last_sync))


@dataclass(frozen=True, slots=True)
class EndedMemberships:
    """What a reading of all groups has ended.

    ``doubted`` of the memberships that ``existed`` were missing; they wait where these were too many.
    ``waited`` did so before, and of ``agreed`` enough readings agree that they have ended.
    """

    waited: int
    existed: int
    agreed: int
    doubted: int
    wait: bool


class Store:
    """The open store. One writer at a time; any number of readers, each on a snapshot of its own."""

    def __init__(self, folder: Path, *, memory_limit: str = "1GB", threads: int = 2) -> None:
        self._folder = folder
        self._fresh_file = (folder / FILE_NAME).with_suffix(".new")
        self._options: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": memory_limit,
            "threads": str(threads),
            "temp_directory": str(folder / SPILL_FOLDER),
            "checkpoint_threshold": "64MB",
            # Time zones are resolved in Python; nothing is ever downloaded.
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        }
        self._writing = threading.Lock()
        self._opening = threading.Lock()
        self._failed = False
        self.version = 0
        """Grows with each commit."""
        self.as_of_version = 0
        """The version that moved ``as_of``: no answer of an older one may be given with the state's."""
        self.changed_at = _milliseconds_now()
        """When the last commit began."""
        self._connection = self._open()
        remove_leftovers(folder)
        try:
            with self._explained():
                self._prepare()
        except StoreError:
            self._connection.close()
            raise
        self._finish_erasing()

    def _open(self) -> duckdb.DuckDBPyConnection:
        path = self._folder / FILE_NAME
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"DATA_DIR {self._folder} cannot be created: {error.strerror}.") from None
        for file in (path, path.with_name(f"{FILE_NAME}.wal")):
            if kind := other_kind(file):  # DuckDB would wait for a pipe
                raise StoreError(
                    f"The store {file} is {kind}, not a file. Remove it, or set another DATA_DIR."
                )
        give_up = time.monotonic() + LOCK_WAIT_SECONDS
        while True:
            try:
                return duckdb.connect(path, config=self._options)
            except duckdb.IOException as error:
                if "lock" not in str(error).lower():
                    raise StoreError(_unreadable(path, error)) from None
                if time.monotonic() > give_up:
                    holder = re.search(r"PID (\d+)", str(error))
                    who = f"process {holder[1]}" if holder else "another process"
                    raise StoreBusyError(
                        f"The store {path} is in use by {who}. End it and try again, or set another DATA_DIR."
                    ) from None
                time.sleep(0.1)
            except duckdb.Error as error:
                raise StoreError(_unreadable(path, error)) from None

    def _prepare(self) -> None:
        """Make the schema where there is none, and take an older one through the steps to this program's.

        All in one transaction: what ends amid it leaves the store as it was.
        """
        found, writer = self._written()
        if found == SCHEMA_VERSION and writer == PROGRAM_VERSION:
            return
        if found is not None and not 1 <= found <= SCHEMA_VERSION:
            raise StoreError(
                f"The store in {self._folder} was written by version {writer or 'unknown'} of this program;"
                f" this is {PROGRAM_VERSION}. Use that one, or move the file away: the next sync or import"
                " reads again what LibreChat still has."
            )
        started = time.monotonic()
        with self.committing() as cursor:
            if found is None:
                run(cursor, "schema", {"schema_version": SCHEMA_VERSION})
            for step in range(found or SCHEMA_VERSION, SCHEMA_VERSION):
                run(cursor, f"migrations/{step + 1}", {})
            cursor.execute(
                "UPDATE sync_state SET schema_version = ?, written_by = ?", [SCHEMA_VERSION, PROGRAM_VERSION]
            )
        if found is not None and found < SCHEMA_VERSION:
            log.info(
                "The store in %s was brought from schema %d to %d in %.1f s. Older versions of this program"
                " cannot open it any more.",
                self._folder,
                found,
                SCHEMA_VERSION,
                time.monotonic() - started,
            )

    def _written(self) -> tuple[int | None, str | None]:
        """Tell which schema the file has, None without any, and which version of the program has it."""
        with self._connection.cursor() as cursor:
            if not cursor.execute("FROM duckdb_tables() WHERE table_name = 'sync_state'").fetchall():
                return None, None
            # By name, since of a schema to come nothing else is known.
            rows = cursor.execute("FROM sync_state").fetchall()
            names = [name for name, *_ in cursor.description or ()]
        held = dict(zip(names, rows[0], strict=True)) if len(rows) == 1 else {}
        return held.get("schema_version", 0), held.get("written_by")

    def close(self) -> None:
        """Close the file; what was committed is in it."""
        self._connection.close()

    @contextmanager
    def reading(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Give a cursor on one snapshot: all that it reads belongs together.

        Raises StoreError when the file cannot be read.
        """
        with self._explained(), self._connection.cursor() as cursor:
            cursor.execute("BEGIN TRANSACTION READ ONLY")
            try:
                yield cursor
            finally:
                with suppress(duckdb.Error):
                    cursor.execute("ROLLBACK")

    @contextmanager
    def snapshot(self) -> Iterator[DuckDBSnapshot]:
        """Open a snapshot for the queries of one answer; raises StoreError when the file cannot be read."""
        with self.reading() as cursor:
            yield DuckDBSnapshot(cursor)

    @contextmanager
    def committing(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Give a cursor whose changes are committed together, or not at all; one at a time."""
        with self._writing, self._explained(), self._connection.cursor() as cursor:
            cursor.execute("BEGIN")
            try:
                yield cursor
            except BaseException:
                with suppress(duckdb.Error):  # of a database that failed as a whole; it rolls back by itself
                    cursor.execute("ROLLBACK")
                raise
            # Before others see it, so that no row that they see is younger.
            self.changed_at = _milliseconds_now()
            cursor.execute("COMMIT")
            self.version += 1

    @contextmanager
    def _explained(self) -> Iterator[None]:
        if self._failed:
            self._reopen()
        try:
            yield
        except duckdb.Error as error:
            # Such as a full disk: DuckDB then answers nothing more until the file is opened anew.
            self._failed = self._failed or isinstance(error, duckdb.FatalException)
            raise StoreError(_unreadable(self._folder / FILE_NAME, error)) from error

    def _reopen(self) -> None:
        """Open the file anew; while a reader still holds the old one, this helps the next time only."""
        with self._opening:
            if self._failed:
                self._connection.close()
                self._connection = self._open()
                self._failed = False

    def state(self) -> SyncState:
        """Read what the store holds of its source."""
        columns = ", ".join(field.name for field in fields(SyncState))
        with self.reading() as cursor:
            (row,) = cursor.execute(f"SELECT {columns} FROM sync_state").fetchall()  # noqa: S608 our own names
        return SyncState(*row)

    def write_batch(
        self,
        batch: pd.DataFrame,
        refusals: pd.DataFrame,
        state: dict[str, Any],
        *,
        now: datetime,
        ask_again: bool = False,
    ) -> int:
        """Add the rows that are not held yet and move the state, in one commit.

        ``batch`` has the columns that ``write_batch.sql`` names, each id once; ``refusals`` has id and
        reason; ``state`` names the fields of SyncState that change. ``ask_again`` also for the agents of rows
        that are held, unless they are certain. What rows that are held lack is filled in: tenants, and all of
        those that are outdated. Returns the number of rows added.
        """
        with self.committing() as cursor:
            added = 0
            if len(batch):
                cursor.register("batch", batch)
                run(cursor, "statements/write_batch", _bounds(batch))
                ((added,),) = cursor.execute("SELECT count(*) FROM fresh").fetchall()
                cursor.execute("DROP TABLE fresh")
                run(cursor, "statements/fill", _bounds(batch))
                if batch["tenant"].notna().any():
                    for name in ("agents_of_tenants", "name_agents", "fill_tenants"):
                        run(cursor, f"statements/{name}", _bounds(batch))
                if ask_again:
                    run(cursor, "statements/ask_again", _bounds(batch))
            if len(refusals):
                cursor.register("refusals", refusals)
                run(cursor, "statements/write_refused", {"now": now})
            _move(cursor, state)
        self._note_as_of(state)
        return int(added)

    def write_state(self, **state: object) -> None:
        """Change some fields of the state."""
        with self.committing() as cursor:
            _move(cursor, state)
        self._note_as_of(state)

    def _note_as_of(self, state: Mapping[str, object]) -> None:
        if "as_of" in state:
            self.as_of_version = self.version

    def greatest_keys(self) -> tuple[int, int]:
        """Give the greatest key of a user and of an agent, 0 where there is none."""
        with self.reading() as cursor:
            ((user,),) = cursor.execute("SELECT coalesce(max(key), 0) FROM users").fetchall()
            ((agent,),) = cursor.execute("SELECT coalesce(max(key), 0) FROM agents").fetchall()
        return user, agent

    def write_users(
        self, labels: pd.DataFrame, *, known: int, is_current: bool, as_of: datetime, now: datetime
    ) -> None:
        """Take over all users that the source held at an instant; ``write_users.sql`` names the columns.

        Who is missing counts as deleted, unless their key is above ``known``. Labels that are not current
        are taken of those only who have none, and these count as deleted.
        """
        with self.committing() as cursor:
            cursor.register("labels", labels)
            run(cursor, "statements/write_users", {"known": known, "is_current": is_current, "now": now})
            if is_current:
                run(cursor, "statements/write_traits", {"as_of": as_of})

    def write_groups(self, members: pd.DataFrame, *, as_of: datetime) -> EndedMemberships:
        """Take over all groups of an instant: id, name and "user", a row a member (None without any)."""
        with self.committing() as cursor:
            cursor.register("members", members)
            run(cursor, "statements/write_groups", {"as_of": as_of})
            (row,) = cursor.execute("SELECT waited, existed, agreed, doubted, wait FROM ends").fetchall()
        return EndedMemberships(*row)

    def write_agents(
        self,
        labels: pd.DataFrame,
        versions: pd.DataFrame,
        *,
        known: int,
        is_current: bool,
        as_of: datetime,
        now: datetime,
    ) -> None:
        """Take over all agents that the source held at an instant.

        ``labels`` has id, tenant, name, model and provider; the rest belongs to their versions.

        ``ran`` is the model where it really is one, in both frames; versions are in order by ``position``.
        For ``known`` and ``is_current`` see ``write_users``.
        """
        with self.committing() as cursor:
            cursor.register("labels", labels)
            cursor.register("versions", versions)
            run(
                cursor,
                "statements/write_agents",
                {"known": known, "is_current": is_current, "as_of": as_of, "now": now},
            )

    def settle(
        self,
        attributed: pd.DataFrame,
        roots: pd.DataFrame,
        *,
        only_better: bool,
        agents_as_of: datetime | None,
    ) -> None:
        """Write down who answered for rows, and with which conversations theirs count.

        ``attributed`` has id_head, id_tail, agent, tenant, sender, certainty, endpoint, provider, by_endpoint
        (whether the endpoint named the provider) and final; ``roots`` has id and root. ``only_better``: the
        agents of those rows only that are more certain than what the store has. Rows from ``agents_as_of``
        on are newer than what the agents' providers are known by, and stay on a list to be named anew.
        """
        if not len(attributed):
            return
        with self.committing() as cursor:
            cursor.register("attributed", attributed)
            parameters = {"only_better": only_better, "agents_as_of": agents_as_of}
            for name in ("agents_of_attributed", "name_agents", "settle"):
                run(cursor, f"statements/{name}", _bounds(attributed) | parameters)
            if len(roots):
                cursor.register("roots", roots)
                run(cursor, "statements/write_roots", {})
                if (roots["id"] != roots["root"]).any():
                    run(cursor, "statements/move_to_roots", {})

    def count_transactions(self) -> int:
        """Count the documents held, usage or not."""
        return self._count("transactions")

    def count_unattributed(self) -> int:
        """Count the rows whose agent is still asked for."""
        return self._count("unattributed")

    def has_unlabelled(self) -> bool:
        """Say whether a user or an agent has appeared of whom nothing was read yet."""
        with self.reading() as cursor:
            found = cursor.execute(
                """
                SELECT 1 FROM users WHERE NOT labelled AND deleted_at IS NULL
                UNION ALL
                SELECT 1 FROM agents WHERE NOT labelled AND deleted_at IS NULL
                LIMIT 1
                """
            ).fetchall()
        return bool(found)

    def _count(self, table: str) -> int:
        with self.reading() as cursor:
            ((count,),) = cursor.execute(f"SELECT count(*) FROM {table}").fetchall()  # noqa: S608 our own names
        return int(count)

    def unattributed(self, before_head: int | None, limit: int) -> list[tuple[Any, ...]]:
        """Give waiting rows with an id below ``before_head``, newest first.

        Each has id_head, id_tail, created_at, message, conversation, model, recorded_agent, tenant,
        spender, and the conversation with which its own counts, None where that was not asked yet. All rows
        of one ``id_head`` come together, so there may be more than ``limit``.
        """
        with self.reading() as cursor:
            return cursor.execute(
                """
                SELECT
                    id_head, id_tail, created_at, message, conversation, model, recorded_agent, tenant,
                    spender, roots.id
                FROM unattributed
                LEFT JOIN conversations ON conversations.id = unattributed.conversation
                LEFT JOIN conversations AS roots ON roots.key = conversations.root_key
                WHERE id_head < $before AND id_head >= coalesce((
                    SELECT min(id_head) FROM (
                        SELECT id_head FROM unattributed WHERE id_head < $before
                        ORDER BY id_head DESC LIMIT $limit
                    )
                ), 0)
                ORDER BY id_head DESC, id_tail DESC
                """,
                {"before": before_head if before_head is not None else 2**64, "limit": limit},
            ).fetchall()

    def agent_providers(
        self,
    ) -> tuple[datetime | None, list[tuple[str, str | None, str | None, datetime | None, str | None]]]:
        """Give as of when agents were read, and each one's id, tenant, provider, and versions.

        The versions are providers since when, oldest first.
        """
        with self.reading() as cursor:
            ((as_of,),) = cursor.execute("SELECT agents_as_of FROM sync_state").fetchall()
            providers = cursor.execute(
                """
                SELECT
                    agents.id, agents.tenant, agents.provider, agent_versions.since, agent_versions.provider
                FROM agents LEFT JOIN agent_versions ON agent_versions.agent_key = agents.key
                ORDER BY agents.id, agents.tenant, agent_versions.since
                """
            ).fetchall()
        return as_of, providers

    def refusals(self) -> list[tuple[str, int]]:
        """Count the refused documents by reason, most first."""
        with self.reading() as cursor:
            return cursor.execute(
                "SELECT reason, count(*) FROM refused GROUP BY reason ORDER BY count(*) DESC, reason"
            ).fetchall()

    def erase_names(self) -> None:
        """Erase all users' names, e-mails and their domains, from the tables and from the file's pages."""
        with self.reading() as cursor:
            ((named,),) = cursor.execute(
                """
                SELECT (SELECT count(coalesce(name, email)) FROM users)
                    + (SELECT count(*) FROM user_traits WHERE trait = 'domain')
                """
            ).fetchall()
        if named:
            with self._erasing() as cursor:
                cursor.execute("UPDATE users SET name = NULL, email = NULL")
                cursor.execute("DELETE FROM user_traits WHERE trait = 'domain'")
                cursor.execute("UPDATE sync_state SET domains_since = NULL")

    def users_known_as(self, text: str) -> list[str]:
        """Give the ids of the users with this id or e-mail, in whatever case."""
        with self.reading() as cursor:
            found = cursor.execute(
                "SELECT id FROM users WHERE id = lower($text) OR lower(email) = lower($text) ORDER BY id",
                {"text": text},
            ).fetchall()
        return [identity for (identity,) in found]

    def forget_user(self, identity: str) -> None:
        """Erase a user's name, e-mail and domains for good: from tables, file pages and all later labels."""
        with self._erasing() as cursor:
            cursor.execute(
                "UPDATE users SET name = NULL, email = NULL, forgotten = true WHERE id = $id",
                {"id": identity},
            )
            cursor.execute(
                """
                DELETE FROM user_traits
                WHERE trait = 'domain' AND user_key IN (SELECT key FROM users WHERE id = $id)
                """,
                {"id": identity},
            )

    def copy_to(self, path: Path) -> None:
        """Write a copy of the store as it is now; readers and the next start see no difference.

        Raises StoreError where the file cannot be written, OSError where an old one cannot be replaced.
        """
        path.unlink(missing_ok=True)
        with self._writing, self._explained():
            self._copy(path)

    def open_copy(self) -> FileIO:
        """Give a copy of the store as it is now, which is gone from the folder and from the disk once closed.

        Raises StoreError or OSError where it cannot be written.
        """
        path = self._folder / f"{COPY}{secrets.token_hex(8)}.duckdb"
        try:
            self.copy_to(path)
            return FileIO(path)
        finally:
            path.unlink(missing_ok=True)  # what is open can still be read

    def _copy(self, path: Path) -> None:
        with self._connection.cursor() as cursor:
            quoted = path.as_posix().replace("'", "''")
            cursor.execute(f"ATTACH '{quoted}' AS copy")
            try:
                try:
                    cursor.execute(f"COPY FROM DATABASE {FILE_NAME.partition('.')[0]} TO copy")
                finally:
                    cursor.execute("DETACH copy")
            finally:
                # Only a copy that found no room has one left.
                path.with_name(f"{path.name}.wal").unlink(missing_ok=True)

    @contextmanager
    def _erasing(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Erase in one commit, then write the file anew: freed pages may still hold what was erased.

        From before the commit on the new file is there, so that the next start sees what is left to do.
        """
        self._fresh_file.touch()
        with self.committing() as cursor:
            yield cursor
        self._rewrite()

    def _finish_erasing(self) -> None:
        if self._fresh_file.exists():
            try:
                self._rewrite()
            except StoreError as error:
                log.warning(
                    "Names that were erased may still be in the file; the next start tries again. %s", error
                )

    def _rewrite(self) -> None:
        with self._writing, self._explained():
            self._fresh_file.unlink(missing_ok=True)
            self._copy(self._fresh_file)
            self._connection.close()
            remove_leftovers(self._folder)
            self._fresh_file.replace(self._folder / FILE_NAME)
            self._connection = self._open()
            self.version += 1

    def checkpoint(self) -> None:
        """Fold the log into the file, worth it after much was written; put off where DuckDB says it cannot.

        It may take a transaction that has just ended for one that still writes. It folds by itself later.
        """
        refused = suppress(duckdb.TransactionException)
        with self._writing, self._explained(), self._connection.cursor() as cursor, refused:
            cursor.execute("CHECKPOINT")


def _milliseconds_now() -> datetime:
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def set_aside(folder: Path, now: datetime) -> Path:
    """Rename the store of a folder, so that the next one begins empty; gives where it is now.

    Raises StoreBusyError while a process uses it.
    """
    try:
        Store(folder).close()  # folds its log into the file
    except StoreBusyError:
        raise
    except StoreError:
        pass  # of another version, or damaged: kept as it is, with its log
    kept = folder / f"usage-until-{now:%Y-%m-%dT%H%M%S}.duckdb"
    for path in (folder / FILE_NAME, folder / f"{FILE_NAME}.wal"):
        if path.exists():
            path.rename(kept.with_name(path.name.replace(FILE_NAME, kept.name)))
    return kept


def discard(folder: Path) -> None:
    """Remove the store of a folder, if any; raises StoreBusyError while a process uses it."""
    try:
        Store(folder).close()
    except StoreBusyError:
        raise
    except StoreError:
        pass  # of another version, or damaged: all the more reason
    for path in (folder / FILE_NAME, folder / f"{FILE_NAME}.wal"):
        path.unlink(missing_ok=True)


def _bounds(rows: pd.DataFrame) -> dict[str, object]:
    return {"lowest_head": int(rows["id_head"].min()), "highest_head": int(rows["id_head"].max())}


def run(cursor: duckdb.DuckDBPyConnection, name: str, parameters: Mapping[str, object]) -> None:
    """Execute the statements of a file of this room, each with those of the parameters that it names."""
    text = files(__package__).joinpath(f"{name}.sql").read_text("utf-8")
    for statement in cursor.extract_statements(text):
        wanted = {key: value for key, value in parameters.items() if key in statement.named_parameters}
        cursor.execute(statement, wanted)


def _move(cursor: duckdb.DuckDBPyConnection, state: dict[str, Any]) -> None:
    if state:
        known = {field.name for field in fields(SyncState)}
        assignments = ", ".join(f"{name} = ${name}" for name in sorted(known & state.keys()))
        cursor.execute(f"UPDATE sync_state SET {assignments}", state)  # noqa: S608 names of our own fields


def _unreadable(path: Path, error: Exception) -> str:
    reason = str(error).splitlines()[0].rstrip(".")
    if isinstance(error, duckdb.OutOfMemoryException):
        return f"The store {path} needs more memory: {reason} Raise STORE_MEMORY_LIMIT."
    if "WAL does not match" in reason:
        return f"{path}.wal is not of this store. If {path} was put back from a backup, remove {path}.wal."
    return (
        f"The store {path} cannot be used: {reason}. Check that the folder can be written; if the file is"
        " damaged, put a backup in its place, or move it away and let the program read LibreChat again."
    )
