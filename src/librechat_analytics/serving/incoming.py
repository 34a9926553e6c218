"""Finds out when a request is complete, so that gunicorn's parser never has to wait for more."""

from __future__ import annotations

import re

from librechat_analytics.web.server import LARGEST_BODY_BYTES

LONGEST_LINE_BYTES = 8190
"""The longest first line that gunicorn's parser can accept; a filter of 500 letters fits."""

LARGEST_FIELD_BYTES = 64 * 1024
"""Large, because cookies with single sign-on tokens reach this server too."""

LARGEST_HEAD_BYTES = 2 * LARGEST_FIELD_BYTES
MOST_FIELDS = 100
LONGEST_CHUNK_LINE_BYTES = 8 * 1024

HEAD_END = b"\r\n\r\n"
BARE_LINE_FEED = re.compile(rb"(?<!\r)\n")
ANYWHERE = re.IGNORECASE | re.MULTILINE
CONTENT_LENGTH = re.compile(rb"^content-length[ \t]*:[ \t]*([^\r\n]*?)[ \t]*\r$", ANYWHERE)
TRANSFER_ENCODING = re.compile(rb"^transfer-encoding[ \t]*:", ANYWHERE)
CHUNKED = re.compile(rb"^transfer-encoding[ \t]*:[^\r\n]*\bchunked\b", ANYWHERE)
EXPECTS_CONTINUE = re.compile(rb"^expect[ \t]*:[ \t]*100-continue[ \t]*\r$", ANYWHERE)
DECIMAL = re.compile(rb"[0-9]+")
LONGEST_NUMBER = 20
HEXADECIMAL = re.compile(rb"[0-9a-fA-F]{1,15}")


class Incoming:
    """The bytes of a request as they arrive, and perhaps the first ones of the next request.

    This class only decides how far to read. The parser decides what the bytes mean, and it is stricter: a
    request that looks wrong here counts as complete, and the parser refuses it.
    """

    def __init__(self, data: bytes = b"") -> None:
        self.data = bytearray(data)
        self.head_too_large = False
        self.body_too_large = False
        self.is_wrong = False
        self.expects_continue = False
        """Whether the client waits for ``100 Continue`` before it sends the body."""
        self._searched = 0
        self._end: int | None = None
        self._next_chunk: int | None = None
        self._body_bytes = 0
        self._body_start: int | None = None

    def is_complete(self) -> bool:
        """Return whether the parser can begin: the request is complete, or there is enough to refuse it."""
        if self._body_start is None:
            self._look_for_head()
        if self._next_chunk is not None and not self.body_too_large:
            self._walk_chunks()
        if self.head_too_large or self.body_too_large or self.is_wrong:
            return True
        return self._end is not None and len(self.data) >= self._end

    def _look_for_head(self) -> None:
        end = self.data.find(HEAD_END, max(0, self._searched - len(HEAD_END)))
        if max(end, len(self.data) if end < 0 else 0) > LARGEST_HEAD_BYTES:
            self.head_too_large = True
        elif end >= 0:
            self._body_start = end + len(HEAD_END)
            self._read_head(bytes(self.data[: end + 2]), self._body_start)
        elif BARE_LINE_FEED.search(self.data, max(0, self._searched - 1)):
            self.is_wrong = True  # with such line ends the head never ends
        elif len(self.data) > LONGEST_LINE_BYTES + 2 and b"\r\n" not in self.data[2 : LONGEST_LINE_BYTES + 4]:
            self.is_wrong = True  # 2: an empty line may come first
        self._searched = len(self.data)

    def _read_head(self, head: bytes, body_start: int) -> None:
        lengths = CONTENT_LENGTH.findall(head)
        self.expects_continue = EXPECTS_CONTINUE.search(head) is not None
        if TRANSFER_ENCODING.search(head):
            if lengths or not CHUNKED.search(head):
                self.is_wrong = True
            else:
                self._next_chunk = body_start
        elif not lengths:
            self._end = body_start
        elif len(lengths) == 1 and DECIMAL.fullmatch(lengths[0]):
            length = int(lengths[0].lstrip(b"0")[:LONGEST_NUMBER] or b"0")
            self._end = body_start + length
            self.body_too_large = length > LARGEST_BODY_BYTES
        else:
            self.is_wrong = True

    def _walk_chunks(self) -> None:
        """Go through the chunks that have arrived, up to the empty one that ends the body."""
        while self._next_chunk is not None:
            line_end = self.data.find(b"\r\n", self._next_chunk)
            if line_end < 0:
                self.is_wrong = len(self.data) - self._next_chunk > LONGEST_CHUNK_LINE_BYTES
                break
            size = bytes(self.data[self._next_chunk : line_end]).partition(b";")[0].rstrip(b" \t")
            if not HEXADECIMAL.fullmatch(size):
                self.is_wrong = True
                break
            if int(size, 16) == 0:
                end = self.data.find(HEAD_END, line_end)  # fields may follow the last chunk
                if end >= 0:
                    self._end, self._next_chunk = end + len(HEAD_END), None
                else:
                    self.is_wrong = len(self.data) - line_end > LARGEST_HEAD_BYTES
                break
            chunk_end = line_end + 2 + int(size, 16) + 2
            if self._body_bytes + int(size, 16) > LARGEST_BODY_BYTES:
                self.body_too_large = True
                break
            if len(self.data) < chunk_end:
                break
            self._body_bytes += int(size, 16)
            self._next_chunk = chunk_end
        # Chunks of one byte take six times as much as their content.
        if self._body_start is not None and len(self.data) - self._body_start > 2 * LARGEST_BODY_BYTES:
            self.body_too_large = True
