"""Sends alerts to a program as signed JSON."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from importlib.metadata import version
from ipaddress import ip_address
from typing import IO, TYPE_CHECKING, Final
from urllib.parse import urlsplit

from librechat_analytics.finops.messages import Answer
from librechat_analytics.finops.receivers.answers import of_status, shown

if TYPE_CHECKING:
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
    """Send a notice once and return the answer; never raises, follows no redirect."""
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
    give_up_at = time.monotonic() + TIMEOUT_SECONDS
    try:
        request = urllib.request.Request(receiver.address, body, headers, method="POST")  # noqa: S310 checked
        with _opener(receiver.address).open(request, timeout=TIMEOUT_SECONDS) as response:
            return _answer(receiver, response, give_up_at)
    except urllib.error.HTTPError as error:
        with error:
            return _answer(receiver, error, give_up_at)
    except TimeoutError:
        return Answer(f"no answer within {TIMEOUT_SECONDS:g} seconds", is_taken=False)
    except (urllib.error.URLError, HTTPException, OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        if isinstance(reason, TimeoutError):
            return Answer(f"no answer within {TIMEOUT_SECONDS:g} seconds", is_taken=False)
        words = getattr(reason, "strerror", None) or type(reason).__name__
        return Answer(shown(f"no connection: {words}", receiver), is_taken=False)


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


def _answer(receiver: Receiver, response: HTTPResponse | urllib.error.HTTPError, give_up_at: float) -> Answer:
    status, reason = response.status or 0, response.reason
    body = b""
    try:
        while len(body) < MOST_BYTES_READ and time.monotonic() < give_up_at:
            piece = response.read1(MOST_BYTES_READ - len(body))
            if not piece:
                break
            body += piece
    except (OSError, HTTPException):
        pass  # the status says whether the message was taken
    excerpt = body.decode("utf-8", "replace")
    return of_status(
        status,
        shown(f"{status} {reason} {excerpt}", receiver),
        retry_after(response.headers.get("Retry-After"), datetime.now(UTC)),
    )


def retry_after(header: str | None, now: datetime) -> timedelta | None:
    """Read a ``Retry-After`` header, in seconds or as a date; None without a readable one."""
    if header is None:
        return None
    text = header.strip()
    if text.isascii() and text.isdigit():
        return timedelta(seconds=min(int(text), 10**7))
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(timedelta(0), (at if at.tzinfo else at.replace(tzinfo=UTC)) - now)
