"""What the server of the tests knows of its queries: those that run, and those that its log has."""

from __future__ import annotations

import re
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

from chdb.state.sqlitelike import connect

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from chdb.state.sqlitelike import Connection

WRITER, PASSWORD = "writer", "wr1t3r:p@ss/%"
"""A user who may do everything."""

KILL = re.compile(
    r"\s*KILL\s+QUERY\s+WHERE\s+(?P<condition>.+?)(?:\s+(?P<how>SYNC|ASYNC|TEST))?\s*;?\s*$",
    re.IGNORECASE | re.DOTALL,
)
FLUSH = re.compile(r"\s*SYSTEM\s+FLUSH\s+LOGS\b", re.IGNORECASE)
CREATE_USER = re.compile(
    r"\s*CREATE\s+USER\s+(?P<name>\w+)\s+IDENTIFIED\s+BY\s+'(?P<password>[^'\\]*)'"
    r"(?:\s+SETTINGS\s+readonly\s*=\s*(?P<readonly>[012]))?\s*;?\s*$",
    re.IGNORECASE,
)
DROP_USER = re.compile(r"\s*DROP\s+USER\s+(?:IF\s+EXISTS\s+)?(?P<name>\w+)\s*;?\s*$", re.IGNORECASE)
GRANT = re.compile(r"\s*GRANT\s+.+\s+TO\s+\w+\s*;?\s*$", re.IGNORECASE | re.DOTALL)
NO_ROWS = "SELECT 1 WHERE false"
CURRENT_USER = re.compile(r"\b(?:currentUser|user)\(\)", re.IGNORECASE)
PROCESSES = "(query_id String, user String, query String, elapsed Float64, is_initial_query UInt8)"
QUERY_LOG = (
    "(type String, event_time DateTime, query_id String, user String, query String, exception_code Int32,"
    " query_duration_ms UInt64, current_database String)"
)


def literal(text: str) -> str:
    """Write a text as ClickHouse does in a statement."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


@dataclass(slots=True)
class Query:
    """One query: who sent it and when. The engine knows it by its mark."""

    number: int
    query_id: str
    user: str
    text: str
    is_logged: bool
    database: str
    begun: float = field(default_factory=time.time)
    ended: float | None = None
    error_code: int = 0
    is_killed: bool = False

    @property
    def mark(self) -> str:
        return f"/* query {self.number} of the tests */"

    def marked(self, text: str) -> str:
        return f"{self.mark} {text}"


@dataclass(frozen=True, slots=True)
class User:
    """Someone who may ask; ``readonly`` 1: writes nothing and sends no settings, 2: writes nothing."""

    password: str
    readonly: int = 0


class Journal:
    """All users and queries; ``system.processes``, ``system.query_log`` and ``KILL QUERY`` read them.

    Users have no grants, only ``readonly``.
    """

    def __init__(self, folder: str) -> None:
        self.users = {"default": User(""), WRITER: User(PASSWORD)}
        self._folder = folder
        self._numbers = count(1)
        self._running: dict[int, Query] = {}
        self._ended: list[Query] = []

    @contextmanager
    def running(self, query_id: str, user: str, text: str, parameters: Mapping[str, str]) -> Iterator[Query]:
        """List a query while the block runs, and in the log afterwards unless it says ``log_queries=0``."""
        values = "".join(
            f" {name}={value}" for name, value in parameters.items() if name.startswith("param_")
        )
        is_logged, database = parameters.get("log_queries") != "0", parameters.get("database") or "default"
        query = Query(next(self._numbers), query_id, user, text, is_logged, database)
        query_in_log = f"{text}{values}"
        self._running[query.number] = query
        try:
            yield query
        except Exception as error:
            match = re.search(r"Code: (\d+)", str(error))
            query.error_code = int(match[1]) if match else 1
            raise
        finally:
            del self._running[query.number]
            query.ended = time.time()
            if query.is_logged and not FLUSH.match(text):
                query.text = query_in_log
                self._ended.append(query)

    def rewritten(self, query: Query, connection: Connection) -> str:
        """Return a query's text for the engine; the tables that it reads of the server are made before."""
        text = CURRENT_USER.sub(literal(query.user), query.text)
        if FLUSH.match(text) or GRANT.match(text):
            return NO_ROWS
        if created := CREATE_USER.match(text):
            self.users[created["name"]] = User(created["password"], int(created["readonly"] or 0))
            return NO_ROWS
        if dropped := DROP_USER.match(text):
            self.users.pop(dropped["name"], None)
            return NO_ROWS
        if match := KILL.match(text):
            return self._kill(query, match, connection)
        if "system.processes" in text:
            self._list_running(connection)
            text = text.replace("system.processes", "processes_of_the_tests")
        if "system.query_log" in text:
            lines = [
                f"'{'ExceptionWhileProcessing' if each.error_code else 'QueryFinish'}', {int(each.begun)},"
                f" {literal(each.query_id)}, {literal(each.user)}, {literal(each.text)}, {each.error_code},"
                f" {int(1000 * ((each.ended or each.begun) - each.begun))}, {literal(each.database)}"
                for each in list(self._ended)
            ]
            _fill(connection, "query_log_of_the_tests", QUERY_LOG, lines)
            text = text.replace("system.query_log", "query_log_of_the_tests")
        return text

    def _kill(self, query: Query, match: re.Match[str], connection: Connection) -> str:
        self._list_running(connection)
        found = connection.query(
            f"SELECT query_id FROM processes_of_the_tests WHERE {match['condition']}", "TabSeparated"
        )
        ids = {line for line in found.bytes().decode().splitlines() if line}
        chosen = [each for each in list(self._running.values()) if each.query_id in ids and each is not query]
        killer = connect(self._folder)
        try:
            for each in chosen:
                each.is_killed = True
                how = "SYNC" if (match["how"] or "").upper() == "SYNC" else "ASYNC"
                killer.query(f"KILL QUERY WHERE query LIKE {literal(each.mark + '%')} {how}")
        finally:
            killer.close()
        lines = [
            f"'finished', {literal(each.query_id)}, {literal(each.user)}, {literal(each.text)}"
            for each in chosen
        ]
        structure = "(kill_status String, query_id String, user String, query String)"
        _fill(connection, "killed_of_the_tests", structure, lines)
        return "SELECT * FROM killed_of_the_tests"

    def _list_running(self, connection: Connection) -> None:
        lines = [
            f"{literal(each.query_id)}, {literal(each.user)}, {literal(each.text)},"
            f" {time.time() - each.begun}, 1"
            for each in list(self._running.values())
        ]
        _fill(connection, "processes_of_the_tests", PROCESSES, lines)


def _fill(connection: Connection, table: str, structure: str, lines: Sequence[str]) -> None:
    connection.query(f"CREATE TEMPORARY TABLE {table} {structure}")
    if lines:
        connection.query(f"INSERT INTO {table} VALUES {', '.join(f'({line})' for line in lines)}")
