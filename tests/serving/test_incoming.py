"""Requests that arrive in pieces: the server knows when they are complete."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from librechat_analytics.serving.incoming import Incoming
from librechat_analytics.web.server import LARGEST_BODY_BYTES

GET = b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST /a HTTP/1.1\r\nHost: x\r\n"
TOKENS = st.text("abcdefghijklmnopqrstuvwxyz-", min_size=1, max_size=8)


def chunked(parts: list[bytes], *, extension: bytes = b"", trailer: bytes = b"") -> bytes:
    body = b"".join(b"%x%s\r\n%s\r\n" % (len(part), extension, part) for part in parts if part)
    return POST + b"transfer-encoding:chunked\r\n\r\n" + body + b"0\r\n" + trailer + b"\r\n"


def with_length(body: bytes) -> bytes:
    return POST + b"Content-Length: %d\r\n\r\n" % len(body) + body


REQUESTS = st.one_of(
    st.just(GET),
    st.just(b"\r\n" + GET),
    st.binary(max_size=300).map(with_length),
    st.builds(
        chunked,
        st.lists(st.binary(max_size=40), max_size=6),
        extension=st.sampled_from([b"", b";a=b", b" ; a"]),
        trailer=st.sampled_from([b"", b"x-sum: 1\r\n"]),
    ),
)


@given(request=REQUESTS, behind=st.sampled_from([b"", GET, b"GE"]), cuts=st.lists(st.integers(0, 400)))
def test_a_request_is_whole_with_its_last_byte_however_it_is_cut(
    request: bytes, behind: bytes, cuts: list[int]
) -> None:
    incoming, at = Incoming(), 0
    for cut in sorted({cut for cut in cuts if cut < len(request)} | {len(request) - 1}):
        incoming.data += request[at:cut]
        at = max(at, cut)
        assert not incoming.is_complete()
    incoming.data += request[at:] + behind
    assert incoming.is_complete()
    assert not any((incoming.is_wrong, incoming.head_too_large, incoming.body_too_large))


@given(sent=st.binary(max_size=400))
def test_any_bytes_leave_it_waiting_or_done(sent: bytes) -> None:
    by_bytes = Incoming()
    whole = False
    for byte in sent:
        assert not whole or by_bytes.is_complete(), "what is whole stays so"
        by_bytes.data.append(byte)
        whole = by_bytes.is_complete()
    assert Incoming(sent).is_complete() is whole


@pytest.mark.parametrize(
    ("sent", "is_whole"),
    [
        (b"", False),
        (b"GET /health HTTP/1.1\r\nHost: x\r\n", False),
        (POST + b"Content-Length: 0000000000000000000000000000003\r\n\r\nab", False),
        (POST + b"Content-Length: 0000000000000000000000000000003\r\n\r\nabc", True),
        (POST + b"Content-Length: +3\r\n\r\n", True),
        (POST + b"Content-Length: 3\r\nContent-Length: 3\r\n\r\n", True),
        (POST + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", True),
        (POST + b"Transfer-Encoding: identity\r\n\r\n", True),
        (POST + b"X-Transfer-Encoding: chunked\r\n\r\n", True),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n", True),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n\r\n", True),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", False),
        (b"GET / HTTP/1.1\nHost: x\n", True),
        (b"\x16\x03\x01", False),
        (b"x" * 9_000, True),
    ],
)
def test_what_can_only_be_refused_is_not_waited_for(sent: bytes, is_whole: bool) -> None:
    assert Incoming(sent).is_complete() is is_whole


def test_a_body_that_is_too_large_is_not_waited_for() -> None:
    most, more = with_length(b"x" * LARGEST_BODY_BYTES), with_length(b"x" * (LARGEST_BODY_BYTES + 1))
    assert not Incoming(most[:-1]).is_complete()
    head, _, _ = more.partition(b"\r\n\r\n")
    assert Incoming(head + b"\r\n\r\n").body_too_large is False, "before it is looked at"
    incoming = Incoming(head + b"\r\n\r\n")
    assert incoming.is_complete()
    assert incoming.body_too_large


def test_chunks_add_up_to_the_same_limit() -> None:
    half = b"x" * (LARGEST_BODY_BYTES // 2)
    incoming = Incoming(chunked([half, half]))
    assert incoming.is_complete()
    assert not incoming.body_too_large
    incoming = Incoming(chunked([half, half, b"x"]))
    assert incoming.is_complete()
    assert incoming.body_too_large
