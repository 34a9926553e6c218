"""``/api/backup``: a copy of the store, for keys that may see everybody."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from flask import g, send_file
from werkzeug.exceptions import Forbidden

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flask import Flask, Response

COPY = "being-sent-"
"""How the names of copies begin; backups that somebody keeps beside the store may be called anything else."""


def serve_backup(server: Flask, folder: Path, write_copy: Callable[[Path], None]) -> None:
    """Answer with a copy of the store, written beside it and gone when it has been opened for sending."""
    # A process that was killed leaves its copy; names that are forgotten may be in it.
    for left in folder.glob(f"{COPY}*"):
        left.unlink(missing_ok=True)

    @server.get("/api/backup", provide_automatic_options=False)
    def backup() -> Response:
        if g.visitor.scope is not None:
            raise Forbidden("This key may see some users only; a backup holds all of them.")
        path = folder / f"{COPY}{secrets.token_hex(8)}.duckdb"
        try:
            write_copy(path)
            file = path.open("rb")
        finally:
            path.unlink(missing_ok=True)  # what is open can still be read
        return send_file(
            file, mimetype="application/octet-stream", download_name="usage.duckdb", as_attachment=True
        )
