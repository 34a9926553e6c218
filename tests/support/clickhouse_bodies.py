"""The bodies of HTTP requests as clients of ClickHouse send them: in chunks, compressed, as a form."""

from __future__ import annotations

import gzip
import zlib
from dataclasses import dataclass
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import HTTP
from typing import TYPE_CHECKING

import lz4.frame
from backports import zstd

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from email.message import Message
    from io import BufferedIOBase

PIECE_BYTES = 1 << 18

OUTGOING: dict[str, Callable[[bytes], bytes]] = {
    "lz4": lz4.frame.compress,
    "gzip": gzip.compress,
    "zstd": zstd.compress,
}
"""How a piece of an answer is compressed; ClickHouse takes the first one that the client accepts."""


class DeadClientError(Exception):
    """The client went away before its request was whole."""


@dataclass(frozen=True, slots=True)
class Form:
    """A form: its texts, and its files by name."""

    values: dict[str, str]
    files: dict[str, bytes]
    is_there: bool = True


def pieces_of_body(stream: BufferedIOBase, headers: Message) -> Iterator[bytes]:
    """Read a body as it comes; raises DeadClientError if it ends too early."""
    if headers.get("Transfer-Encoding", "").lower() == "chunked":
        while size := int(stream.readline().strip() or _dead(), 16):
            yield from _exactly(stream, size)
            stream.readline()
        stream.readline()
    else:
        yield from _exactly(stream, int(headers.get("Content-Length") or 0))


def _exactly(stream: BufferedIOBase, size: int) -> Iterator[bytes]:
    while size:
        piece = stream.read(min(size, PIECE_BYTES)) or _dead()
        size -= len(piece)
        yield piece


def _dead() -> bytes:
    raise DeadClientError


def decoded(pieces: Iterator[bytes], encoding: str | None) -> Iterator[bytes]:
    """Decompress a body; it may have several compressed frames, one after the other."""
    new = {"lz4": lz4.frame.LZ4FrameDecompressor, "zstd": zstd.ZstdDecompressor, "gzip": _gunzip}.get(
        encoding or ""
    )
    if new is None:
        yield from pieces
        return
    frame = new()
    for piece in pieces:
        rest = piece
        while rest:
            yield frame.decompress(rest)
            rest = frame.unused_data or b"" if frame.eof else b""
            if frame.eof:
                frame = new()


def _gunzip() -> zlib._Decompress:
    return zlib.decompressobj(wbits=31)


def read_form(body: Iterator[bytes], content_type: str) -> Form | None:
    """Read a form with files; None if the body is none."""
    if not content_type.startswith("multipart/form-data"):
        return None
    head = f"Content-Type: {content_type}\r\n\r\n".encode()
    message = BytesParser(EmailMessage, policy=HTTP.clone(max_line_length=None)).parsebytes(
        head + b"".join(body)
    )
    form = Form({}, {})
    for part in message.iter_parts():
        name = str(part.get_param("name", header="content-disposition"))
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        if part.get_filename() is None:
            form.values[name] = content.decode()
        else:
            form.files[name] = content
    return form
