"""A line for each request that shows a key: by whom, how it ended, how long it took; never the key itself."""

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
    """Give every request an id, the proxy's where it sends one, and write down how those with a key end."""

    @server.before_request
    def begin() -> None:
        given = request.headers.get(ID_HEADER, "")
        g.request_id = given if READABLE_ID.fullmatch(given) else secrets.token_hex(8)
        g.begun = time.perf_counter()

    @server.after_request
    def end(response: Response) -> Response:
        response.headers[ID_HEADER] = g.request_id
        visitor = g.get("visitor")
        if visitor is not None:
            failed = response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR
            path = quote(request.path)  # a line break in it would begin a line of whoever asks
            milliseconds = round(1000 * (time.perf_counter() - g.begun))
            log.log(
                logging.WARNING if failed else logging.DEBUG,
                "%s %s %d in %d ms for %s",
                *(request.method, path, response.status_code, milliseconds, visitor.name),
                extra={
                    "request_id": g.request_id,
                    "key": visitor.name,
                    "method": request.method,
                    "path": path,
                    "status": response.status_code,
                    "milliseconds": milliseconds,
                },
            )
        return response


def reference() -> str:
    """Give the request's id, by which the log is searched for what went wrong."""
    found: str = g.get("request_id") or secrets.token_hex(8)
    return found
