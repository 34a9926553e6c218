"""A TCP proxy that misbehaves on demand: between the program and MongoDB it plays the network."""

from __future__ import annotations

import select
import socket
import struct
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Literal, Self
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator
    from types import TracebackType

Mode = Literal["pass", "hang", "down", "slow", "narrow"]

NARROW_BYTES_PER_SECOND = 100_000
RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class FaultProxy:
    """Listens on a free loopback port and passes everything on to ``upstream_port``.

    ``pass``: as is. ``hang``: takes connections and bytes, and stays silent. ``down``: resets what is
    open and refuses what is new. ``slow``: each answer waits ``latency_seconds``. ``narrow``: answers
    come at NARROW_BYTES_PER_SECOND. With ``tls`` it takes nothing else from its clients. ``accepted``
    counts connections.
    """

    def __init__(self, upstream_port: int, tls: ssl.SSLContext | None = None) -> None:
        self._upstream_port = upstream_port
        self._tls = tls
        self._mode: Mode = "pass"
        self.latency_seconds = 0.0
        self.accepted = 0
        self._ended = False
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])

    def __enter__(self) -> Self:
        self._start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended = True
        self.set("down")

    def set(self, mode: Mode, *, latency_seconds: float = 0.0) -> None:
        """Behave so from now on."""
        was, self._mode = self._mode, mode
        self.latency_seconds = latency_seconds
        if mode == "down":
            with suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)  # else a waiting accept keeps the port
            self._listener.close()
            for pair in self._pairs:
                for end in pair:
                    with suppress(OSError):
                        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
                        end.close()
            self._pairs.clear()
        elif was == "down" and not self._ended:
            self._listener = socket.create_server(("127.0.0.1", self.port))
            self._start()

    def _start(self) -> None:
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
                upstream = socket.create_connection(("127.0.0.1", self._upstream_port))
            except OSError:
                return
            self.accepted += 1
            self._pairs.append((client, upstream))
            threading.Thread(target=self._pump, args=(client, upstream), daemon=True).start()

    def _pump(self, client: socket.socket, upstream: socket.socket) -> None:
        with suppress(OSError, ValueError):
            if self._tls:
                client = self._tls.wrap_socket(client, server_side=True)
            while True:
                readable, _, _ = select.select([client, upstream], [], [], 1)
                for source in readable:
                    data = source.recv(65536)
                    if not data:
                        client.close()
                        upstream.close()
                        return
                    while self._mode == "hang":
                        time.sleep(0.02)
                    if self._mode == "slow" and source is upstream:
                        time.sleep(self.latency_seconds)
                    if self._mode == "narrow" and source is upstream:
                        time.sleep(len(data) / NARROW_BYTES_PER_SECOND)
                    (client if source is upstream else upstream).sendall(data)


@contextmanager
def proxy_before(uri: str, tls: ssl.SSLContext | None = None) -> Iterator[tuple[FaultProxy, str]]:
    """Put a proxy before the server of a connection string; gives it and the string that leads through it."""
    parts = urlsplit(uri)
    assert parts.port
    with FaultProxy(parts.port, tls) as proxy:
        yield proxy, parts._replace(netloc=f"127.0.0.1:{proxy.port}").geturl()
