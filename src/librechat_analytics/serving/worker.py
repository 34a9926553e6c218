"""gunicorn's worker with threads that never wait for a client: the main loop receives and sends.

gunicorn's own worker gives a connection to a thread at its first byte. Then as many slow clients as there are
threads block everybody else.
"""

from __future__ import annotations

import errno
import json
import logging
import selectors
import time
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from io import BytesIO
from typing import TYPE_CHECKING

from gunicorn.http import errors
from gunicorn.http.parser import RequestParser
from gunicorn.http.wsgi import FileWrapper
from gunicorn.workers.gthread import ThreadWorker

from librechat_analytics.serving import connection as connections
from librechat_analytics.serving.connection import Connection, Phase
from librechat_analytics.serving.incoming import LARGEST_FIELD_BYTES, LARGEST_HEAD_BYTES, MOST_FIELDS
from librechat_analytics.web.server import LARGEST_BODY_BYTES

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterable
    from concurrent.futures import Future
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from gunicorn.http.message import Request

    from librechat_analytics.serving.connection import Wire
    from librechat_analytics.serving.incoming import Incoming

log = logging.getLogger(__name__)

MOST_CONNECTIONS = 500
"""With more, the one that would time out first is closed. Many systems let a process open 1,024 files."""

MOST_HELD_BYTES = 128 * 1024 * 1024
"""The memory for all incomplete requests and unsent responses together."""

SWEEP_SECONDS = 0.25
ONE_LINE_SECONDS = 60
"""The shortest time between two log lines about the same problem."""

RECEIVED_STEP_BYTES = 64 * 1024
NOT_NOW = (errno.EAGAIN, errno.EWOULDBLOCK, errno.ECONNABORTED, errno.EINTR)
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"

FAILED = "Something went wrong on the server; see its log."
HEADERS_TOO_LARGE = (
    f"The headers are too large: one may have {LARGEST_FIELD_BYTES // 1024} kB, all together"
    f" {LARGEST_HEAD_BYTES // 1024} kB, and there may be {MOST_FIELDS}. Send fewer cookies."
)
NO_REQUEST = (HTTPStatus.BAD_REQUEST, "This is not a valid HTTP request.")
REFUSALS: dict[type[Exception], tuple[HTTPStatus, str]] = {
    errors.LimitRequestLine: (
        HTTPStatus.REQUEST_URI_TOO_LONG,
        "The address is too long. Ask with fewer filters.",
    ),
    errors.LimitRequestHeaders: (
        HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
        HEADERS_TOO_LARGE,
    ),
    errors.UnsupportedTransferCoding: (
        HTTPStatus.NOT_IMPLEMENTED,
        "The only transfer coding supported is chunked.",
    ),
    errors.ExpectationFailed: (
        HTTPStatus.EXPECTATION_FAILED,
        "The only expectation supported is 100-continue.",
    ),
}


class Worker(ThreadWorker):  # type: ignore[misc]
    """gunicorn's worker with threads; a thread gets only complete requests, and never waits for a client."""

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)
        self._connections: set[Connection] = set()
        self.wsgi: WSGIApplication
        self._swept_at = 0.0
        self._warned_at = float("-inf")
        self._stopping_at: float | None = None

    def load_wsgi(self) -> None:
        super().load_wsgi()
        answer: WSGIApplication = self.wsgi

        def answer_with_files(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            body: Iterable[bytes] = answer(environ, start_response)
            if isinstance(body, FileWrapper):
                # gunicorn would close the file after passing it on, long before it is sent.
                body.close = partial(environ["gunicorn.socket"].close_unless_kept, body.filelike)
            return body

        self.wsgi = answer_with_files

    def set_accept_enabled(self, enabled: bool) -> None:
        """Refuse new connections after a stop signal; gunicorn itself leaves them open and unanswered."""
        super().set_accept_enabled(enabled)
        if not self.alive:
            for listener in self.sockets:
                listener.close()

    def accept(self, listener: socket.socket) -> None:
        try:
            client, address = listener.accept()
        except OSError as error:
            if error.errno not in NOT_NOW:
                self._warn_refused(error)
                self._make_room()
                time.sleep(0.01)  # the connection still waits, and the loop would try again at once
            return
        connection = Connection(client, address, listener.getsockname())
        self._connections.add(connection)
        self.nr_conns = len(self._connections)
        self._step(connection, self._receive)
        if self.nr_conns >= self.worker_connections:
            self._make_room()

    def _warn_refused(self, error: OSError) -> None:
        if time.monotonic() - self._warned_at >= ONE_LINE_SECONDS:
            self._warned_at = time.monotonic()
            log.warning("New connections cannot be accepted: %s. The slowest are closed.", error.strerror)

    def _step(self, connection: Connection, step: Callable[[Connection], None]) -> None:
        """Take the next step with a connection; if it fails, close this one only."""
        try:
            step(connection)
        except OSError:  # the client has disconnected
            self._drop(connection)
        except Exception:
            log.exception("A connection failed")
            self._drop(connection)

    def _receive(self, connection: Connection) -> None:
        """Read what has arrived, and pass the request on when it is complete."""
        try:
            data = connection.socket.recv(RECEIVED_STEP_BYTES)
        except BlockingIOError:
            data = None
        if data == b"":
            self._drop(connection)
            return
        if data:
            connection.add(data)
        self._pass_on_if_complete(connection)

    def _pass_on_if_complete(self, connection: Connection) -> None:
        if connection.incoming.data and connection.incoming.is_complete():
            self._watch(connection, 0)
            connection.phase = Phase.ANSWERING
            self.enqueue_req(connection)
            return
        if connection.incoming.expects_continue:
            connection.incoming.expects_continue = False
            connection.sock.sendall(CONTINUE)
        self._watch(connection, selectors.EVENT_READ)

    def handle(self, connection: Connection) -> bool:
        """Answer a complete request, in a thread; returns whether the connection may stay open."""
        request = None
        try:
            incoming = connection.incoming
            if incoming.head_too_large:
                raise errors.LimitRequestHeaders("all headers together")
            parser = RequestParser(self.cfg, [bytes(incoming.data)], connection.client)
            request = next(parser)
            _take_body(request, incoming)
            connection.rest = parser.unreader.take_buffered()
            return bool(self.handle_request(request, connection))
        except StopIteration:
            log.debug("A response ended early")
        except errors.NoMoreData:  # no more bytes will come, so this is not a request
            self.handle_error(request, connection.sock, connection.client, errors.ParseException())
        except OSError:
            log.debug("A client has disconnected", exc_info=True)
        except Exception as error:
            self.handle_error(request, connection.sock, connection.client, error)
        return False

    def handle_error(self, _: object, wire: Wire, client: object, error: Exception) -> None:
        """Refuse what is not a valid request, with a body like the API's."""
        if isinstance(error, errors.ParseException):
            log.debug("Refused a request from %s: %s", client, type(error).__name__)
            status, sentence = REFUSALS.get(type(error), NO_REQUEST)
        else:
            log.error("A request failed outside the app", exc_info=error)
            status, sentence = HTTPStatus.INTERNAL_SERVER_ERROR, FAILED
        with suppress(OSError):
            wire.sendall(_refusal(status, sentence))

    def finish_request(self, connection: Connection, answered: Future[bool]) -> None:
        """Send the rest of the response, then wait for the next request or close."""
        failed = answered.cancelled() or answered.exception() is not None
        connection.stays_open = not failed and answered.result()
        connection.send()
        self._step(connection, self._send)

    def _send(self, connection: Connection) -> None:
        if not connection.send_more():
            self._watch(connection, selectors.EVENT_WRITE)
        elif connection.stays_open:
            rest, connection.rest = connection.rest, b""
            connection.receive(rest, wait_seconds=self.cfg.keepalive)
            self._pass_on_if_complete(connection)
        else:
            connection.linger()
            self._watch(connection, selectors.EVENT_READ)

    def _discard(self, connection: Connection) -> None:
        if not connection.socket.recv(RECEIVED_STEP_BYTES):
            self._drop(connection)

    def _watch(self, connection: Connection, event: int) -> None:
        """Let the main loop continue with a connection at this event; 0 means none."""
        if connection.watched and event:
            self.poller.modify(connection.socket, event, partial(self._on_ready, connection))
        elif connection.watched:
            self.poller.unregister(connection.socket)
        elif event:
            self.poller.register(connection.socket, event, partial(self._on_ready, connection))
        connection.watched = event

    def _on_ready(self, connection: Connection, _: object) -> None:
        if connection.phase is Phase.RECEIVING:
            self._step(connection, self._receive)
        elif connection.phase is Phase.SENDING:
            self._step(connection, self._send)
        elif connection.phase is Phase.LINGERING:
            self._step(connection, self._discard)

    def _drop(self, connection: Connection) -> None:
        if connection in self._connections:
            with suppress(KeyError, ValueError, OSError):
                self._watch(connection, 0)
            connection.close()
            self._connections.discard(connection)
            self.nr_conns = len(self._connections)

    def murder_keepalived(self, force: bool = False) -> None:
        """Close connections that have timed out; gunicorn's loop calls this in each round."""
        now = time.monotonic()
        if not force and now - self._swept_at < SWEEP_SECONDS:
            return
        self._swept_at = now
        if not self.alive and self._stopping_at is None:
            self._stopping_at = now
        for connection in list(self._connections):
            if force:
                self._drop(connection)
                continue
            if self._stopping_at is not None and connection.is_idle:
                connection.end_by(self._stopping_at + connections.LINGER_SECONDS)
            if connection.deadline <= now:
                self._end(connection)
        self._free_memory()

    def _end(self, connection: Connection) -> None:
        if connection.phase is not Phase.RECEIVING or connection.is_idle:
            self._drop(connection)
            return
        seconds = round(connections.TIMEOUT_SECONDS)
        sentence = f"The request was not complete after {seconds} seconds."
        connection.stays_open = False
        connection.send()
        with suppress(OSError):
            connection.sock.sendall(_refusal(HTTPStatus.REQUEST_TIMEOUT, sentence))
        self._step(connection, self._send)

    def _make_room(self) -> None:
        waiting = [one for one in self._connections if one.phase is not Phase.ANSWERING]
        if waiting:
            self._drop(min(waiting, key=_deadline))

    def _free_memory(self) -> None:
        holding = sorted((one for one in self._connections if one.held_bytes), key=_deadline)
        held_bytes = sum(one.held_bytes for one in holding)
        for connection in holding[:-1]:
            if held_bytes <= MOST_HELD_BYTES:
                break
            held_bytes -= connection.held_bytes
            self._drop(connection)


def _deadline(connection: Connection) -> float:
    return connection.deadline


def _take_body(request: Request, incoming: Incoming) -> None:
    """Give the app the body with its length, however it was sent; raises ParseException for broken chunks.

    A body that is too large was not received completely: the app refuses it because of its length.
    """
    request._expected_100_continue = False  # the main loop has sent 100 Continue
    body = b"" if incoming.body_too_large else request.body.read()
    if incoming.body_too_large or incoming.is_wrong:
        request.force_close()  # nobody knows where the next request would begin
    names = {name for name, _ in request.headers}
    if "TRANSFER-ENCODING" in names:
        length = LARGEST_BODY_BYTES + 1 if incoming.body_too_large else len(body)
        kept = [(name, value) for name, value in request.headers if name != "TRANSFER-ENCODING"]
        request.headers = [*kept, ("CONTENT-LENGTH", str(length))]
    request.body = BytesIO(body)


def _refusal(status: HTTPStatus, sentence: str) -> bytes:
    body = json.dumps({"error": sentence}).encode()
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}\r\n"
        "Connection: close\r\n"
        "Content-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n"
        "Cache-Control: no-store\r\n"
        "X-Content-Type-Options: nosniff\r\n\r\n"
    )
    return head.encode() + body
