"""An id and a clock for every request, and a line in the log for each one with a key, never the key."""

from __future__ import annotations

import logging
import re
import secrets
import time
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote

from flask import g, request

if TYPE_CHECKING:
    from flask import Flask, Response

log = logging.getLogger(__name__)

ID_HEADER = "X-Request-Id"
READABLE_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


def log_requests(server: Flask) -> None:
    """Give every request an id, the proxy's if it sends one, and log how requests with a key end."""

    @server.before_request
    def begin() -> None:
        given = request.headers.get(ID_HEADER, "")
        g.request_id = given if READABLE_ID.fullmatch(given) else secrets.token_hex(8)
        g.started = time.perf_counter()

    @server.after_request
    def end(response: Response) -> Response:
        response.headers[ID_HEADER] = request_id()
        visitor = g.get("visitor")
        if visitor is not None:
            failed = response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR
            path = quote(request.path)  # a line break in it would let a client forge a line of the log
            milliseconds = round(1000 * seconds_so_far())
            log.log(
                logging.WARNING if failed else logging.DEBUG,
                "%s %s %d in %d ms for %s",
                *(request.method, path, response.status_code, milliseconds, visitor.name),
                extra={
                    "request_id": request_id(),
                    "key": visitor.name,
                    "method": request.method,
                    "path": path,
                    "status": response.status_code,
                    "milliseconds": milliseconds,
                },
            )
        return response


def seconds_so_far() -> float:
    """Return how long the request has taken until now."""
    return time.perf_counter() - float(g.started)


def request_id() -> str:
    """Return the request's id: errors show it, and the log has the reason under it."""
    return str(g.request_id)
