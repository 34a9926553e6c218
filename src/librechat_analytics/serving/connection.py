"""A client's connection that no thread waits for: it takes what there is and keeps what cannot go yet."""

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

PATIENCE_SECONDS = 30.0
"""What a request may take from its first byte to its last, and a reader before it takes more of an answer."""

LEAST_BYTES_PER_SECOND = 32_000
"""What a reader must take on average, once its patience is over."""

LINGER_SECONDS = 2.0
"""How long what a client still sends is thrown away, lest it lose the answer to it."""

FILE_STEP_BYTES = 256 * 1024


@dataclass(slots=True)
class PartOfFile:
    """What is still to be sent of a file, which belongs to the connection until then."""

    file: IO[bytes]
    offset: int
    left_bytes: int

    def send(self, client: socket.socket) -> int:
        """Send a piece; raises BlockingIOError where none fits, OSError where the file is shorter."""
        wanted = min(self.left_bytes, FILE_STEP_BYTES)
        sent = os.sendfile(client.fileno(), self.file.fileno(), self.offset, wanted)
        if sent == 0:
            raise OSError("the file has become shorter")
        self.offset += sent
        self.left_bytes -= sent
        return sent


@dataclass(slots=True)
class PartInMemory:
    """What is still to be sent of some bytes."""

    data: memoryview

    @property
    def left_bytes(self) -> int:
        return len(self.data)

    def send(self, client: socket.socket) -> int:
        """Send a piece; raises BlockingIOError where none fits."""
        sent = client.send(self.data)
        self.data = self.data[sent:]
        return sent


class Wire:
    """What gunicorn takes for the client's socket when it writes an answer; it never waits for the client."""

    def __init__(self, client: socket.socket) -> None:
        self._client = client
        self._parts: deque[PartInMemory | PartOfFile] = deque()
        self.sent_bytes = 0
        """Of what had to be kept."""

    def sendall(self, data: bytes) -> None:
        """Send what fits at the moment, keep the rest; raises OSError when the client has gone."""
        part = PartInMemory(memoryview(data))
        if not self._parts:
            with suppress(BlockingIOError):
                part.send(self._client)
        if part.left_bytes:
            self._parts.append(part)

    def sendfile(self, file: IO[bytes], offset: int, count: int) -> None:
        """Keep a file, which is sent and closed when the thread has let go of it."""
        self._parts.append(PartOfFile(file, offset, count))

    def close_unless_kept(self, file: IO[bytes]) -> None:
        """Close a file that the answer was made of, unless it is still to be sent."""
        if not any(isinstance(part, PartOfFile) and part.file is file for part in self._parts):
            file.close()

    def send_step(self) -> bool:
        """Send a piece of what is kept; tell whether all is sent. Raises OSError when the client has gone."""
        if self._parts:
            part = self._parts[0]
            with suppress(BlockingIOError):
                self.sent_bytes += part.send(self._client)
            if not part.left_bytes:
                _close(self._parts.popleft())
        return not self._parts

    @property
    def held_bytes(self) -> int:
        """What waits in memory."""
        return sum(part.left_bytes for part in self._parts if isinstance(part, PartInMemory))

    def discard(self) -> None:
        """Forget what is not sent, and close its files."""
        while self._parts:
            _close(self._parts.popleft())

    # With these gunicorn ends an answer that failed in the middle; what was sent before still goes out.

    def recv(self, _: int) -> bytes:
        """Give nothing, as a connection that has ended."""
        return b""

    def settimeout(self, _: float | None) -> None:
        """Nothing here waits."""

    def shutdown(self, _: int) -> None:
        """Leave that to the main loop."""

    def close(self) -> None:
        """Leave that to the main loop."""


def _close(part: PartInMemory | PartOfFile) -> None:
    if isinstance(part, PartOfFile):
        part.file.close()


class Phase(Enum):
    """What a connection is for at the moment."""

    RECEIVING = "receiving"
    ANSWERING = "answering"
    """A thread has it."""
    SENDING = "sending"
    LINGERING = "lingering"
    """All is sent; what still comes in is thrown away."""


class Connection:
    """A client's connection in the hands of the main loop, but for the time that a thread answers."""

    def __init__(self, client: socket.socket, address: object, server: object) -> None:
        client.setblocking(False)  # noqa: FBT003 the socket's own way
        self.socket = client
        self.client, self.server = address, server
        self.sock = Wire(client)  # gunicorn's name for it
        self.rest = b""
        """What came behind the request that is being answered."""
        self.stays_open = False
        self.watched = 0
        self.receive(b"", wait_seconds=PATIENCE_SECONDS)

    def receive(self, data: bytes, *, wait_seconds: float) -> None:
        """Begin with the next request, of which this has arrived."""
        self.phase = Phase.RECEIVING
        self.incoming = Incoming(data)
        self._deadline = time.monotonic() + (PATIENCE_SECONDS if data else wait_seconds)

    def add(self, data: bytes) -> None:
        """Add what has arrived; the time for a request is counted from its first byte."""
        if not self.incoming.data:
            self._deadline = time.monotonic() + PATIENCE_SECONDS
        self.incoming.data += data

    def send(self) -> None:
        """Begin to send what is kept of the answer."""
        self.phase = Phase.SENDING
        self._since = self._progress_at = time.monotonic()
        self.sock.sent_bytes = 0

    def send_more(self) -> bool:
        """Send what fits at the moment; tell whether all is sent, raises OSError when the client has gone."""
        before = self.sock.sent_bytes
        is_sent = self.sock.send_step()
        if self.sock.sent_bytes > before:
            self._progress_at = time.monotonic()
        return is_sent

    def linger(self) -> None:
        """End the sending side and wait for the client to end its own."""
        self.phase = Phase.LINGERING
        self._deadline = time.monotonic() + LINGER_SECONDS
        self.socket.shutdown(socket.SHUT_WR)

    @property
    def is_idle(self) -> bool:
        """Whether nothing of a request has arrived."""
        return self.phase is Phase.RECEIVING and not self.incoming.data

    @property
    def deadline(self) -> float:
        """When it is over, on the monotonic clock, unless the client does its part; never while answering."""
        if self.phase is Phase.ANSWERING:
            return float("inf")
        if self.phase is Phase.SENDING:
            by_rate = self._since + PATIENCE_SECONDS + self.sock.sent_bytes / LEAST_BYTES_PER_SECOND
            return min(by_rate, self._progress_at + PATIENCE_SECONDS)
        return self._deadline

    def end_by(self, deadline: float) -> None:
        """Let it be over then at the latest, if it is waiting for a client."""
        self._deadline = min(self._deadline, deadline)

    @property
    def held_bytes(self) -> int:
        """What it keeps in memory; not while answering, when a thread may change it."""
        return 0 if self.phase is Phase.ANSWERING else len(self.incoming.data) + self.sock.held_bytes

    def close(self) -> None:
        """Close it and whatever it still had to send."""
        self.sock.discard()
        with suppress(OSError):
            self.socket.close()
