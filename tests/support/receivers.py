"""A program on this machine that takes alerts as JSON, and answers as a test wants."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from librechat_analytics.finops.definitions import Receiver

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SECRET = "a s3cret of 0ur tests"


@dataclass(frozen=True, slots=True)
class Reply:
    """How the program answers once; ``hang``: not at all."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    hang: bool = False


@dataclass(frozen=True, slots=True)
class Post:
    """A request that the program got."""

    headers: Mapping[str, str]
    content: bytes

    @property
    def body(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.content)
        return found


@dataclass(slots=True)
class FakeProgram:
    """The program while it runs: what it got, and the replies that it still has to give, then 200."""

    port: int
    posts: list[Post] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)
    """The ids of what it answered with 200."""
    released: threading.Event = field(default_factory=threading.Event)

    def receiver(self, name: str = "ops", *, names: bool = False, secret: str | None = SECRET) -> Receiver:
        """The program as a receiver of the definitions."""
        return Receiver(name, "json", f"http://127.0.0.1:{self.port}/hook/t0ken-of-tests", secret, names)

    def ids(self) -> list[str]:
        """The ids of all that it got."""
        return [post.body["id"] for post in self.posts]


@contextmanager
def fake_program(*replies: Reply) -> Iterator[FakeProgram]:
    """Run the program until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            reply = program.replies.pop(0) if program.replies else Reply()
            post = Post(dict(self.headers), content)
            program.posts.append(post)
            if reply.hang:
                program.released.wait()
                self.close_connection = True
                return
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body.encode())))
            self.end_headers()
            self.wfile.write(reply.body.encode())
            if reply.status == HTTPStatus.OK:
                program.taken.append(post.body.get("id", ""))

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    program = FakeProgram(server.server_port, replies=list(replies))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield program
    finally:
        program.released.set()
        server.shutdown()
        server.server_close()
