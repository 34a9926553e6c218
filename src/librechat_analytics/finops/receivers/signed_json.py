"""Sends alerts to a program as signed JSON."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
import urllib.error
import urllib.request
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from importlib.metadata import version
from ipaddress import ip_address
from typing import IO, TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

from librechat_analytics.finops.messages import Answer
from librechat_analytics.finops.receivers.answers import of_status, shown

if TYPE_CHECKING:
    from collections.abc import Callable
    from email.message import Message
    from http.client import HTTPResponse

    from librechat_analytics.finops.definitions import Receiver
    from librechat_analytics.finops.messages import Notice

TIMEOUT_SECONDS: Final = 10.0
MOST_BYTES_READ: Final = 500
"""How much of an answer is read: enough to show what went wrong."""


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirect would send the message to an address that the definitions file does not name."""

    def redirect_request(
        self,
        req: urllib.request.Request,  # noqa: ARG002
        fp: IO[bytes],  # noqa: ARG002
        code: int,  # noqa: ARG002
        msg: str,  # noqa: ARG002
        headers: Message,  # noqa: ARG002
        newurl: str,  # noqa: ARG002
    ) -> None:
        return None


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Return the value of ``X-Signature``: the HMAC-SHA256 of the timestamp, a dot and the body, in hex."""
    signed = timestamp.encode() + b"." + body
    return "sha256=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def send_json(receiver: Receiver, notice: Notice) -> Answer:
    """Send a notice once and return the answer; never raises, follows no redirect, ends in time."""
    answers = [Answer(f"no answer within {TIMEOUT_SECONDS:g} seconds", is_taken=False)]
    # The limit of a socket begins again with each byte, so a program that answers drop by drop outlives it.
    attempt = threading.Thread(target=_attempt, args=(receiver, notice, answers.append), daemon=True)
    attempt.start()
    attempt.join(TIMEOUT_SECONDS)
    return answers[-1]


def _attempt(receiver: Receiver, notice: Notice, tell: Callable[[Answer], None]) -> None:
    """Send a notice; ``tell`` gets the answer as soon as its status is known, and again with an excerpt."""
    try:
        request = _request(receiver, notice)
        with _opener(request.full_url).open(request, timeout=TIMEOUT_SECONDS) as response:
            _read(receiver, response, tell)
    except urllib.error.HTTPError as error:
        with error:
            _read(receiver, error, tell)
    except (OSError, HTTPException, ValueError) as error:
        reason = getattr(error, "reason", error)
        if isinstance(reason, TimeoutError):
            return
        words = getattr(reason, "strerror", None) or type(reason).__name__
        tell(Answer(shown(f"no connection: {words}", receiver), is_taken=False))


def _request(receiver: Receiver, notice: Notice) -> urllib.request.Request:
    body = json.dumps(notice.body, ensure_ascii=False).encode()
    timestamp = str(int(time.time()))
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": notice.id,
        "User-Agent": f"LibreChat-Analytics/{version('librechat-analytics')}",
        "X-Timestamp": timestamp,
    }
    if receiver.secret is not None:
        headers["X-Signature"] = signature(receiver.secret, timestamp, body)
    parts = urlsplit(receiver.address)
    named, has_password, place = parts.netloc.rpartition("@")
    if has_password:
        headers["Authorization"] = f"Basic {b64encode(unquote(named).encode()).decode()}"
    return urllib.request.Request(  # noqa: S310 checked when it was read
        parts._replace(netloc=place).geturl(), body, headers, method="POST"
    )


def _opener(address: str) -> urllib.request.OpenerDirector:
    # A proxy cannot reach this machine or this network, so addresses in it are never sent through one.
    handlers: list[urllib.request.BaseHandler] = [_NoRedirects()]
    if _is_near(urlsplit(address).hostname or ""):
        handlers.append(urllib.request.ProxyHandler({}))
    return urllib.request.build_opener(*handlers)


def _is_near(host: str) -> bool:
    try:
        address = ip_address(host)
    except ValueError:
        return host == "localhost"
    return address.is_loopback or address.is_private


def _read(
    receiver: Receiver,
    response: HTTPResponse | urllib.error.HTTPError,
    tell: Callable[[Answer], None],
) -> None:
    pause = retry_after(response.headers.get("Retry-After"), datetime.now(UTC))
    body = b""

    def tell_so_far() -> None:
        excerpt = body.decode("utf-8", "replace")
        text = shown(f"{response.status} {response.reason} {excerpt}", receiver)
        tell(of_status(response.status or 0, text, pause))

    tell_so_far()
    try:
        while len(body) < MOST_BYTES_READ and (piece := response.read1(MOST_BYTES_READ - len(body))):
            body += piece
            tell_so_far()
    except (OSError, HTTPException, ValueError):
        pass  # the status says whether the message was taken


def retry_after(header: str | None, now: datetime) -> timedelta | None:
    """Read a ``Retry-After`` header, in seconds or as a date; None without a readable one."""
    if header is None:
        return None
    text = header.strip()
    if text.isascii() and text.isdigit():
        return timedelta(seconds=min(int(text), 10**7))
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return max(timedelta(0), (at if at.tzinfo else at.replace(tzinfo=UTC)) - now)
