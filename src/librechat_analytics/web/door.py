"""Who is let in: by key, or signed in by a proxy that is trusted; wrong keys are slowed down."""

from __future__ import annotations

import logging
import re
import threading
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

if TYPE_CHECKING:
    from collections.abc import Collection
    from ipaddress import IPv4Address

    from flask import Request

    from librechat_analytics.usage.filters import Scope
    from librechat_analytics.web.keys import KeyRing

log = logging.getLogger(__name__)

Network = IPv4Network | IPv6Network

KEY_HEADER = "x-api-key"
BEARER = re.compile(r"bearer +(\S.*)", re.IGNORECASE)
IN_BRACKETS = re.compile(r"\[([^\[\]]+)\](?::[0-9]+)?")
WITH_PORT = re.compile(r"([0-9.]+):[0-9]+")
WRONG_KEYS = RateLimitItemPerMinute(300)
"""Wrong keys from one address, behind which a whole company may sit; the right key is let in at any time."""

ONE_LINE = RateLimitItemPerMinute(1)
"""Lines in the log about one address."""

LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks: the key's name or the signed-in user, and the users that they may see (None: all)."""

    name: str
    scope: Scope | None


class NotLetInError(Exception):
    """The door stays shut; the text is for the one before it."""

    def __init__(self, text: str, status: int, retry_after_seconds: int | None = None) -> None:
        super().__init__(text)
        self.status = status
        self.retry_after_seconds = retry_after_seconds


class Door:
    """Decides on each request that is not for everybody."""

    def __init__(
        self,
        keys: KeyRing,
        *,
        trusted_proxies: Collection[Network] = (),
        auth_proxies: Collection[Network] = (),
        signed_in_header: str | None = None,
    ) -> None:
        """Take the keys, who may name a client's address, and who may name a user, in which header."""
        self._keys = keys
        self._trusted_proxies = tuple(trusted_proxies)
        self._auth_proxies = tuple(auth_proxies)
        self._signed_in_header = signed_in_header
        self._failures = FixedWindowRateLimiter(MemoryStorage())
        self._counting = threading.Lock()  # two who count at the same time may start one of its timers twice

    def let_in(self, request: Request) -> Visitor:
        """Tell who asks; raises NotLetInError for whoever shows no good key."""
        key = self._keys.find(_given_key(request))
        if key is not None:
            return Visitor(key.name, key.scope)
        if (user := self._signed_in(request)) is not None:
            return Visitor(user, None)
        self._count_failure(request)
        raise NotLetInError("missing or wrong API key", 401)

    def address(self, request: Request) -> str:
        """Tell where a request comes from; what a proxy says counts only if the proxy is trusted."""
        address = _read_address(request.remote_addr or "")
        forwarded = None
        if _is_in(self._trusted_proxies, address):
            forwarded = _read_address(request.headers.get("X-Forwarded-For", "").rpartition(",")[2])
        return str(forwarded or address or "")

    def _signed_in(self, request: Request) -> str | None:
        address = _read_address(request.remote_addr or "")
        if self._signed_in_header is None or not _is_in(self._auth_proxies, address):
            return None
        name = "".join(filter(str.isprintable, request.headers.get(self._signed_in_header, "")))
        return name.strip()[:LONGEST_NAME] or None

    def _count_failure(self, request: Request) -> None:
        if not _given_key(request):
            return  # nobody guesses by showing nothing
        address = self.address(request)
        with self._counting:
            if self._failures.hit(WRONG_KEYS, address):
                return
            is_news = self._failures.hit(ONE_LINE, f"{address} told")
        if is_news:
            log.warning("Too many wrong API keys from %s; they are refused for a minute", address)
        raise NotLetInError("too many wrong API keys; wait a minute", 429, 60)


def _given_key(request: Request) -> str:
    """Give the key that a request shows, empty without one; its own header decides.

    The other one may hold what a proxy says to it, such as the token of a single sign-on.
    """
    bearer = BEARER.fullmatch(request.headers.get("Authorization", ""))
    return request.headers.get(KEY_HEADER, "") or (bearer[1] if bearer else "")


def _read_address(text: str) -> IPv4Address | IPv6Address | None:
    """Read an address as proxies write it, perhaps with a port, which changes; None where it is none."""
    text = text.strip().strip('"')
    if bare := IN_BRACKETS.fullmatch(text) or WITH_PORT.fullmatch(text):
        text = bare[1]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped  # as an IPv6 socket names whoever comes by IPv4
    return address


def _is_in(networks: tuple[Network, ...], address: IPv4Address | IPv6Address | None) -> bool:
    return address is not None and any(address in network for network in networks)
