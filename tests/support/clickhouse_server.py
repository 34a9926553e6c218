"""A server with ClickHouse's HTTP interface, on a free loopback port, with the engine of chdb behind it.

Run as ``python -m tests.support.clickhouse_server FOLDER PORT``. A request has a connection of the engine to
itself, so requests run side by side and temporary tables end with their request.
What it does not have: sessions, grants beyond ``readonly``, replicas, and ClickHouse's own protocol.
"""

from __future__ import annotations

import base64
import json
import re
import secrets
import sys
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from chdb import ChdbError
from chdb.state.sqlitelike import connect

from tests.support.clickhouse_bodies import (
    OUTGOING,
    DeadClientError,
    Form,
    decoded,
    pieces_of_body,
    read_form,
)
from tests.support.clickhouse_queries import Journal, Query, literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from chdb.state.sqlitelike import Connection

NO_SETTINGS = {
    "buffer_size",
    "client_protocol_version",
    "database",
    "default_format",
    "password",
    "query",
    "query_id",
    "quota_key",
    "session_id",
    "session_timeout",
    "user",
    "wait_end_of_query",
}
PART_OF_A_TABLE = re.compile("(?P<table>.+)_(?:format|structure|types)")
INSERT_OF_DATA = re.compile(
    r"\s*INSERT\s+INTO\s.+?\sFORMAT\s+(?P<format>\w+)(?:\s|$)", re.IGNORECASE | re.DOTALL
)
FORMAT_AT_THE_END = re.compile(r"\sFORMAT\s+(?P<format>\w+)\s*;?\s*$", re.IGNORECASE)
WITH_ROWS = re.compile(r"\s*(?:\(|SELECT|WITH|SHOW|DESCRIBE|DESC|EXISTS|EXPLAIN|CHECK|KILL)\b", re.IGNORECASE)
IN_PIECES = {"CSV", "Native", "RowBinary", "TabSeparated", "TSV"}
"""Formats without a beginning or an end, which can be sent while the query runs."""

STATUSES = {
    401: {194},
    403: {192, 193, 516},
    404: {46, 47, 50, 60, 81},
    400: {6, 26, 27, 38, 41, 53, 62, 70, 72, 73, 115, 117, 130, 131, 456, 457},
    408: {159},
    501: {48},
}
ENGINE_ERRORS = (ChdbError, RuntimeError)
VERSION = "26.9.2.1"
ZONE = "Asia/Kathmandu"
"""Not UTC: a program that depends on the server's zone shows it."""


@dataclass
class RefusalError(Exception):
    """An error of ClickHouse: its number, its words and its name."""

    code: int
    words: str
    name: str

    def __str__(self) -> str:
        return f"Code: {self.code}. DB::Exception: {self.words}. ({self.name}) (version {VERSION})\n"


class Handler(BaseHTTPRequestHandler):
    """Answers one client, request after request."""

    protocol_version = "HTTP/1.1"
    server: Server
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        if urlsplit(self.path).path == "/ping":
            self._send(200, b"Ok.\n", {})
        else:
            self.do_POST()

    def do_POST(self) -> None:
        parameters = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
        query_id = parameters.get("query_id") or secrets.token_hex(16)
        self.head: dict[str, str] = {
            "X-ClickHouse-Server-Display-Name": "test",
            "X-ClickHouse-Query-Id": query_id,
            "X-ClickHouse-Timezone": ZONE,
        }
        body = decoded(pieces_of_body(self.rfile, self.headers), self.headers.get("Content-Encoding"))
        try:
            user, is_readonly = self._user(parameters)
            form = read_form(body, self.headers.get("Content-Type", ""))
            if form is not None:
                parameters |= form.values
                body = iter(())
            if self.command == "GET":
                is_readonly = is_readonly or 2
            self._answer(parameters, query_id, user, is_readonly, form or Form({}, {}, is_there=False), body)
        except DeadClientError:
            self.close_connection = True
        except (*ENGINE_ERRORS, RefusalError) as error:
            self._fail(error, body)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def _user(self, parameters: dict[str, str]) -> tuple[str, int]:
        """Return who asks, and what this user's setting ``readonly`` is."""
        name = parameters.get("user") or self.headers.get("X-ClickHouse-User") or "default"
        password = parameters.get("password") or self.headers.get("X-ClickHouse-Key") or ""
        kind, _, coded = self.headers.get("Authorization", "").partition(" ")
        if kind == "Basic":
            name, _, password = base64.b64decode(coded).decode().partition(":")
        user = self.server.journal.users.get(name)
        if user is None or password != user.password:
            words = (
                f"{name}: Authentication failed: password is incorrect, or there is no user with such name"
            )
            raise RefusalError(516, words, "AUTHENTICATION_FAILED")
        return name, user.readonly

    def _answer(
        self,
        parameters: dict[str, str],
        query_id: str,
        user: str,
        is_readonly: int,
        form: Form,
        body: Iterator[bytes],
    ) -> None:
        if "session_id" in parameters:
            raise RefusalError(48, "This server has no sessions", "NOT_IMPLEMENTED")
        text, rest = self._text(parameters, body)
        if not text.strip():
            raise RefusalError(62, "Syntax error: empty query", "SYNTAX_ERROR")
        with (
            connected(self.server.folder) as connection,
            self.server.journal.running(query_id, user, text, parameters) as query,
        ):
            prepare(connection, parameters, is_readonly, form)
            if match := INSERT_OF_DATA.match(text):
                self._insert(connection, query, match, rest)
            else:
                self._select(connection, query, parameters)

    def _text(self, parameters: dict[str, str], body: Iterator[bytes]) -> tuple[str, Iterator[bytes]]:
        """Return the text of the query and the data behind it; the text may begin in the URL."""
        begun = parameters.get("query", "")
        if INSERT_OF_DATA.match(begun):
            return f"{begun}\n", body
        whole = (f"{begun}\n".encode() if begun else b"") + b"".join(body)
        head = whole[:100_000].decode(errors="replace")
        if match := INSERT_OF_DATA.match(head):
            begin = len(match[0].encode())
            return match[0], iter([whole[begin:]])
        return whole.decode(), iter(())

    def _insert(
        self, connection: Connection, query: Query, match: re.Match[str], rest: Iterable[bytes]
    ) -> None:
        statement = match[0][: match.start("format")].rstrip().removesuffix("FORMAT").removesuffix("format")
        insert = connection.send_insert(query.marked(statement), match["format"])
        try:
            for piece in rest:
                insert.append(piece)
            written = insert.finish()
            if query.is_killed:  # the engine drops the rows and says nothing
                raise RefusalError(394, "Query was cancelled", "QUERY_WAS_CANCELLED")
        except BaseException:
            with suppress(RuntimeError):
                insert.cancel()
            raise
        summary = {"written_rows": str(written.rows_written), "written_bytes": str(written.bytes_written)}
        self._send(200, b"", {"X-ClickHouse-Summary": json.dumps(summary)})

    def _select(self, connection: Connection, query: Query, parameters: dict[str, str]) -> None:
        text = self.server.journal.rewritten(query, connection)
        found = FORMAT_AT_THE_END.search(text)
        form = found["format"] if found else parameters.get("default_format", "TabSeparated")
        if WITH_ROWS.match(text):
            self.head["X-ClickHouse-Format"] = form
        if parameters.get("wait_end_of_query") == "1" or form not in IN_PIECES or not WITH_ROWS.match(text):
            result = connection.query(query.marked(text), form)
            summary = {"read_rows": str(result.storage_rows_read()), "result_rows": str(result.rows_read())}
            self._send(200, result.bytes(), {"X-ClickHouse-Summary": json.dumps(summary)}, parameters)
            return
        self._stream(connection, query.marked(text), form, parameters)

    def _stream(self, connection: Connection, text: str, form: str, parameters: dict[str, str]) -> None:
        """Send the rows while the query runs; an error in the middle comes in the answer's last piece."""
        pieces = connection.send_query(text, form)
        first = pieces.fetch()
        tag = secrets.token_hex(8)
        encoding, pack = self._encoding(parameters)
        self.send_response(200)
        head = self.head | encoding | {"Transfer-Encoding": "chunked", "X-ClickHouse-Exception-Tag": tag}
        for name, value in head.items():
            self.send_header(name, value)
        self.end_headers()
        try:
            while first is not None:
                self._chunk(pack(first.bytes()))
                first = pieces.fetch()
        except ENGINE_ERRORS as error:
            words = words_of(error)
            end = f"\r\n__exception__\r\n{tag}\r\n{words}{len(words.encode())} {tag}\r\n__exception__\r\n"
            # The server leaves out the last chunk, so that nobody takes the answer for a whole one.
            self._chunk(pack(end.encode()))
            self.close_connection = True
            return
        except BaseException:
            with suppress(*ENGINE_ERRORS):
                pieces.cancel()
            raise
        self.wfile.write(b"0\r\n\r\n")

    def _chunk(self, content: bytes) -> None:
        if content:
            self.wfile.write(f"{len(content):x}\r\n".encode() + content + b"\r\n")
            self.wfile.flush()

    def _encoding(self, parameters: dict[str, str]) -> tuple[dict[str, str], Callable[[bytes], bytes]]:
        if parameters.get("enable_http_compression") == "1":
            accepted = [name.strip() for name in self.headers.get("Accept-Encoding", "").split(",")]
            for name, pack in OUTGOING.items():
                if name in accepted:
                    return {"Content-Encoding": name}, pack
        return {}, bytes

    def _send(
        self, status: int, content: bytes, head: dict[str, str], parameters: dict[str, str] | None = None
    ) -> None:
        encoding, pack = self._encoding(parameters or {})
        packed = pack(content) if content else b""
        self.send_response(status)
        for name, value in (getattr(self, "head", {}) | head | (encoding if content else {})).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(packed)))
        self.end_headers()
        self.wfile.write(packed)

    def _fail(self, error: Exception, body: Iterator[bytes]) -> None:
        words = words_of(error)
        code = int(match[1]) if (match := re.match(r"Code: (\d+)", words)) else 1002
        try:
            for _ in body:  # what the client still sends
                pass
        except Exception:
            self.close_connection = True
        status = next((status for status, codes in STATUSES.items() if code in codes), 500)
        with suppress(OSError):
            self._send(status, words.encode(), {"X-ClickHouse-Exception-Code": str(code)})

    def log_message(self, *_: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    """Listens, with the folder of the engine's data and what is known of all queries."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, folder: str, port: int) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.folder = folder
        self.journal = Journal(folder)

    def handle_error(self, *_: object) -> None:
        """Say nothing: clients leave when they like."""


class connected:  # noqa: N801
    """A connection of the engine, closed at the end of the block."""

    def __init__(self, folder: str) -> None:
        self._connection = connect(folder)

    def __enter__(self) -> Connection:
        return self._connection

    def __exit__(self, *_: object) -> None:
        self._connection.close()


def prepare(connection: Connection, parameters: dict[str, str], is_readonly: int, form: Form) -> None:
    """Give a connection the database, the external tables, the settings and the parameters of a request."""
    if database := parameters.get("database"):
        connection.query(f"USE `{database}`")
    tables = dict.fromkeys(
        match["table"] for name in parameters if (match := PART_OF_A_TABLE.fullmatch(name))
    )
    for table in (table for table in tables if table in form.files):
        structure = parameters.get(f"{table}_structure")
        if structure is None:
            types = parameters[f"{table}_types"].split(",")
            structure = ", ".join(f"_{number} {each}" for number, each in enumerate(types, 1))
        connection.query(f"CREATE TEMPORARY TABLE `{table}` ({structure})")
        insert = connection.send_insert(
            f"INSERT INTO `{table}`", parameters.get(f"{table}_format", "TabSeparated")
        )
        if form.files[table]:
            insert.append(form.files[table])
        insert.finish()
    if is_readonly:
        connection.query(f"SET readonly = {is_readonly}")  # before the others, which it may forbid
    changes = []
    for name, value in parameters.items():
        # Beside a form, ClickHouse skips all that are named so, even the setting date_time_input_format.
        is_of_table = form.is_there and PART_OF_A_TABLE.fullmatch(name)
        if name not in NO_SETTINGS and not is_of_table:
            changes.append(f"{name} = {literal(value)}")
    if changes:
        connection.query(f"SET {', '.join(changes)}")


def words_of(error: Exception) -> str:
    """Return an error in the server's words, without what the library puts before them."""
    text = str(error)
    begin = text.find("Code: ")
    words = text[max(begin, 0) :].rstrip()
    return f"{words}\n" if "(version" in words else f"{words} (version {VERSION})\n"


def main(folder: str, port: str) -> None:
    """Serve until the process is ended."""
    keep = connect(folder)  # the engine lives as long as one connection
    try:
        Server(folder, int(port)).serve_forever(poll_interval=0.1)
    finally:
        keep.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
