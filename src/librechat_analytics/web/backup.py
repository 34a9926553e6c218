"""``/api/backup``: a copy of the store, one at a time, for keys that may see all users."""

from __future__ import annotations

import os
import threading
from io import BufferedReader
from typing import TYPE_CHECKING

from flask import Response as FlaskResponse
from flask import g, request, send_file
from werkzeug.exceptions import Forbidden

from librechat_analytics.web.body import json_response
from librechat_analytics.web.status_bodies import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable
    from io import FileIO

    from flask import Flask, Response

RETRY_AFTER_SECONDS = 30
CLOSING_SECONDS = 0.2
"""A client that has the last byte may ask again at once, while the first copy is still being closed."""

MIMETYPE = "application/octet-stream"
FILE_NAME = "usage.duckdb"


BY_CLICKHOUSE = (
    "The store is in ClickHouse, which backs it up itself: BACKUP DATABASE ... TO Disk(...) or TO S3(...);"
    " see docs/scale.md."
)


class CopyBeingSent(BufferedReader):
    """A copy of the store that calls back when it has been sent, or the client has gone."""

    def __init__(self, copy: FileIO, when_closed: Callable[[], None]) -> None:
        super().__init__(copy)
        self._when_closed = when_closed

    def close(self) -> None:
        """Close the copy and call back, once."""
        if not self.closed:
            super().close()
            self._when_closed()


def serve_backup(server: Flask, open_copy: Callable[[], FileIO] | None) -> None:
    """Answer with a copy of the store, one at a time: each takes as much disk space as the store.

    Without ``open_copy`` the store is in ClickHouse, which makes its own backups.
    """
    busy = threading.Lock()

    @server.get("/api/backup", provide_automatic_options=False)
    def backup() -> Response:
        if g.visitor.scope is not None:
            raise Forbidden("This key may see only some users; a backup contains all of them.")
        if open_copy is None:
            return json_response(Refusal(error=BY_CLICKHOUSE), 501)
        if request.method == "HEAD":
            return _without_copy()
        if not busy.acquire(timeout=CLOSING_SECONDS):
            sentence = "Another copy of the store is being sent; try again when it is done."
            response = json_response(Refusal(error=sentence), 503)
            response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
            return response
        try:
            copy = CopyBeingSent(open_copy(), busy.release)
        except BaseException:
            busy.release()
            raise
        # Without conditions there are no ranges either: the parts would come from different copies.
        response = send_file(
            copy, mimetype=MIMETYPE, download_name=FILE_NAME, as_attachment=True, conditional=False
        )
        response.content_length = os.fstat(copy.fileno()).st_size
        return response


def _without_copy() -> Response:
    """Answer as a GET would, but without the size, which is not known before the copy is made."""
    response = FlaskResponse(mimetype=MIMETYPE)
    response.automatically_set_content_length = False
    response.headers.set("Content-Disposition", "attachment", filename=FILE_NAME)
    return response
