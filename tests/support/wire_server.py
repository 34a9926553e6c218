"""The smallest server of MongoDB's protocol: it says what a test wants, such as that it is too old."""

from __future__ import annotations

import socketserver
import struct
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import bson

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Document = dict[str, Any]
    Answer = Callable[[Document], Document | bytes]

HEADER = struct.Struct("<iiii")
OP_REPLY, OP_QUERY, OP_MSG = 1, 2004, 2013
GREETINGS = ("hello", "isMaster", "ismaster")
CURRENT_WIRE_VERSION = 21


def failure(code: int, message: str) -> Document:
    """Give the answer of a server that refuses a command."""
    return {"ok": 0.0, "code": code, "errmsg": message}


def batch(*documents: object, cursor: int = 0) -> Document:
    """Give the answer to a find; a cursor other than 0 has more."""
    return {"ok": 1.0, "cursor": {"id": bson.Int64(cursor), "ns": "LibreChat.x", "firstBatch": [*documents]}}


@contextmanager
def wire_server(
    answer: Answer = lambda _: {"ok": 1.0},
    *,
    max_wire_version: int = CURRENT_WIRE_VERSION,
    min_wire_version: int = 0,
) -> Iterator[str]:
    """Serve on a free loopback port; gives its URI. ``answer`` gets each command but the greeting."""
    greeting = {
        "ismaster": True,
        "isWritablePrimary": True,
        "maxBsonObjectSize": 16 * 1024 * 1024,
        "minWireVersion": min_wire_version,
        "maxWireVersion": max_wire_version,
        "ok": 1.0,
    }

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            while header := self.rfile.read(HEADER.size):
                size, request, _, kind = HEADER.unpack(header)
                command = _command(kind, self.rfile.read(size - HEADER.size))
                name = next(iter(command))
                given = greeting if name in GREETINGS else answer(command)
                document = given if isinstance(given, bytes) else bson.encode(given)
                reply, body = _reply(kind, document)
                self.wfile.write(HEADER.pack(HEADER.size + len(body), 0, request, reply) + body)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, *_: object) -> None:
            """Say nothing: clients leave when they like."""

    with Server(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        try:
            yield f"mongodb://127.0.0.1:{server.server_address[1]}/LibreChat"
        finally:
            server.shutdown()


def _command(kind: int, body: bytes) -> Document:
    if kind == OP_QUERY:  # flags, the collection's name with its NUL, two numbers, the command
        return bson.decode(body[body.index(0, 4) + 9 :])
    assert kind == OP_MSG
    size = int.from_bytes(body[5:9], "little")  # flags, the kind of the first section, the command
    return bson.decode(body[5 : 5 + size])


def _reply(kind: int, document: bytes) -> tuple[int, bytes]:
    if kind == OP_QUERY:
        return OP_REPLY, struct.pack("<iqii", 0, 0, 0, 1) + document
    return OP_MSG, struct.pack("<iB", 0, 0) + document
