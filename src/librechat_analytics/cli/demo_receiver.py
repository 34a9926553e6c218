"""The receiver of the demo's messages: it prints them on the terminal."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_BYTES = 1_000_000
MOST_LINES = 6


def start_demo_receiver(show: Callable[[str], None]) -> str:
    """Show how each message that comes in begins, until the program ends; returns the receiver's address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(min(int(self.headers.get("Content-Length", 0)), MOST_BYTES))
            try:
                show(_beginning(str(json.loads(body)["text"])))
            except (ValueError, KeyError, TypeError):
                self.send_response(400)
            else:
                self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Write no line for each request."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, name="receiver", daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}/"


def _beginning(text: str) -> str:
    lines = text.splitlines()
    return "\n".join(lines if len(lines) <= MOST_LINES else [*lines[:MOST_LINES], "…"])
