"""A client's connection that never makes a thread wait: it keeps what cannot be sent yet."""

from __future__ import annotations

import os
import socket
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from typing import IO

from librechat_analytics.serving.incoming import Incoming

TIMEOUT_SECONDS = 30.0
"""The time for a whole request from its first byte, and for a client to take any more of a response."""

LEAST_BYTES_PER_SECOND = 32_000
"""The average rate at which a client must take a response after TIMEOUT_SECONDS."""

LINGER_SECONDS = 2.0
"""How long to discard what a client still sends; closing at once could lose the response."""

FILE_STEP_BYTES = 256 * 1024


@dataclass(slots=True)
class PartOfFile:
    """The rest of a file that is still to be sent; the connection closes the file after that."""

    file: IO[bytes]
    offset: int
    left_bytes: int

    def send(self, client: socket.socket) -> int:
        """Send a piece; raises BlockingIOError if none fits, OSError if the file has become shorter."""
        wanted = min(self.left_bytes, FILE_STEP_BYTES)
        sent = os.sendfile(client.fileno(), self.file.fileno(), self.offset, wanted)
        if sent == 0:
            raise OSError("the file has become shorter")
        self.offset += sent
        self.left_bytes -= sent
        return sent


@dataclass(slots=True)
class PartInMemory:
    """Bytes that are still to be sent."""

    data: memoryview

    @property
    def left_bytes(self) -> int:
        return len(self.data)

    def send(self, client: socket.socket) -> int:
        """Send a piece; raises BlockingIOError if none fits."""
        sent = client.send(self.data)
        self.data = self.data[sent:]
        return sent


class Wire:
    """Takes the place of the client's socket when gunicorn writes a response; never waits for the client."""

    def __init__(self, client: socket.socket) -> None:
        self._client = client
        self._parts: deque[PartInMemory | PartOfFile] = deque()
        self.sent_bytes = 0
        """The bytes sent of what had to be kept."""

    def sendall(self, data: bytes) -> None:
        """Send what fits now and keep the rest; raises OSError if the client has disconnected."""
        part = PartInMemory(memoryview(data))
        if not self._parts:
            with suppress(BlockingIOError):
                part.send(self._client)
        if part.left_bytes:
            self._parts.append(part)

    def sendfile(self, file: IO[bytes], offset: int, count: int) -> None:
        """Keep a file; the main loop sends and closes it after the thread has finished."""
        self._parts.append(PartOfFile(file, offset, count))

    def close_unless_kept(self, file: IO[bytes]) -> None:
        """Close a response's file unless it is still to be sent."""
        if not any(isinstance(part, PartOfFile) and part.file is file for part in self._parts):
            file.close()

    def send_step(self) -> bool:
        """Send a kept piece; returns whether all is sent. Raises OSError if the client has disconnected."""
        if self._parts:
            part = self._parts[0]
            with suppress(BlockingIOError):
                self.sent_bytes += part.send(self._client)
            if not part.left_bytes:
                _close(self._parts.popleft())
        return not self._parts

    @property
    def held_bytes(self) -> int:
        """The bytes kept in memory."""
        return sum(part.left_bytes for part in self._parts if isinstance(part, PartInMemory))

    def discard(self) -> None:
        """Discard what is not sent, and close its files."""
        while self._parts:
            _close(self._parts.popleft())

    # gunicorn calls these when a response fails in the middle; what was kept before is still sent.

    def recv(self, _: int) -> bytes:
        """Return nothing, like a closed connection."""
        return b""

    def settimeout(self, _: float | None) -> None:
        """Do nothing: no call here waits."""

    def shutdown(self, _: int) -> None:
        """Do nothing: the main loop does it."""

    def close(self) -> None:
        """Do nothing: the main loop does it."""


def _close(part: PartInMemory | PartOfFile) -> None:
    if isinstance(part, PartOfFile):
        part.file.close()


class Phase(Enum):
    """What a connection is doing."""

    RECEIVING = "receiving"
    ANSWERING = "answering"
    """A thread is working on the response."""
    SENDING = "sending"
    LINGERING = "lingering"
    """Everything is sent; what still arrives is discarded."""


class Connection:
    """A client's connection; it belongs to the main loop, except while a thread makes the response."""

    def __init__(self, client: socket.socket, address: object, server: object) -> None:
        client.setblocking(False)  # noqa: FBT003 the socket's own signature
        self.socket = client
        self.client, self.server = address, server
        self.sock = Wire(client)  # gunicorn's name
        self.rest = b""
        """Bytes that arrived after the current request."""
        self.stays_open = False
        self.watched = 0
        self.receive(b"", wait_seconds=TIMEOUT_SECONDS)

    def receive(self, data: bytes, *, wait_seconds: float) -> None:
        """Begin the next request with the bytes that have arrived."""
        self.phase = Phase.RECEIVING
        self.incoming = Incoming(data)
        self._deadline = time.monotonic() + (TIMEOUT_SECONDS if data else wait_seconds)

    def add(self, data: bytes) -> None:
        """Add bytes that have arrived; a request's time begins with its first byte."""
        if not self.incoming.data:
            self._deadline = time.monotonic() + TIMEOUT_SECONDS
        self.incoming.data += data

    def send(self) -> None:
        """Begin to send the kept part of the response."""
        self.phase = Phase.SENDING
        self._since = self._progress_at = time.monotonic()
        self.sock.sent_bytes = 0

    def send_more(self) -> bool:
        """Send what fits now; returns whether all is sent. Raises OSError if the client has disconnected."""
        before = self.sock.sent_bytes
        is_sent = self.sock.send_step()
        if self.sock.sent_bytes > before:
            self._progress_at = time.monotonic()
        return is_sent

    def linger(self) -> None:
        """Close the sending side and wait until the client closes its own."""
        self.phase = Phase.LINGERING
        self._deadline = time.monotonic() + LINGER_SECONDS
        self.socket.shutdown(socket.SHUT_WR)

    @property
    def is_idle(self) -> bool:
        """Whether no byte of a request has arrived."""
        return self.phase is Phase.RECEIVING and not self.incoming.data

    @property
    def deadline(self) -> float:
        """When to close it, on the monotonic clock, if the client is too slow; never while answering."""
        if self.phase is Phase.ANSWERING:
            return float("inf")
        if self.phase is Phase.SENDING:
            by_rate = self._since + TIMEOUT_SECONDS + self.sock.sent_bytes / LEAST_BYTES_PER_SECOND
            return min(by_rate, self._progress_at + TIMEOUT_SECONDS)
        return self._deadline

    def end_by(self, deadline: float) -> None:
        """Close it then at the latest, if it is waiting for the client."""
        self._deadline = min(self._deadline, deadline)

    @property
    def held_bytes(self) -> int:
        """The bytes kept in memory; 0 while answering, because a thread may change them then."""
        return 0 if self.phase is Phase.ANSWERING else len(self.incoming.data) + self.sock.held_bytes

    def close(self) -> None:
        """Close it and the files that it still had to send."""
        self.sock.discard()
        with suppress(OSError):
            self.socket.close()
