"""Who is let in: a client with a key, or a user whom a trusted proxy has signed in."""

from __future__ import annotations

import logging
import re
import threading
import time
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from librechat_analytics.web.signed_links import read_token

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
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
"""Wrong keys from one address, which a whole company may share; a right key is always let in."""

LOG_LINES = RateLimitItemPerMinute(1)
"""Lines in the log about one address."""

LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who sends a request: the key's name or the signed-in user, and the scope (None: everything).

    ``may_manage``: the key has ``may=manage``; links and signed-in users never do. ``by_link``: a link that
    expires has let them in; it shows figures and nothing for operators.
    """

    name: str
    scope: Scope | None
    may_manage: bool = False
    by_link: bool = False


class NotAdmittedError(Exception):
    """A request is refused; the text is for the client."""

    def __init__(self, text: str, status: int, retry_after_seconds: int | None = None) -> None:
        super().__init__(text)
        self.status = status
        self.retry_after_seconds = retry_after_seconds


class Gatekeeper:
    """Decides who may send a request, and slows down clients that guess keys."""

    def __init__(
        self,
        keys: KeyRing,
        *,
        trusted_proxies: Collection[Network] = (),
        auth_proxies: Collection[Network] = (),
        signed_in_header: str | None = None,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        """Set the rules.

        Args:
            keys: The keys that are let in.
            trusted_proxies: Networks whose proxies may name a client's address.
            auth_proxies: Networks whose proxies may name a signed-in user.
            signed_in_header: The header in which they name the user.
            wall_clock: Gives seconds since 1970, by which links expire.
        """
        self._keys = keys
        self._trusted_proxies = tuple(trusted_proxies)
        self._auth_proxies = tuple(auth_proxies)
        self._signed_in_header = signed_in_header
        self._wall_clock = wall_clock
        self._failures = FixedWindowRateLimiter(MemoryStorage())
        self._counting = (
            threading.Lock()
        )  # two threads that count at once may start a timer of the storage twice

    def admit(self, request: Request) -> Visitor:
        """Return who sends a request; raises NotAdmittedError without a right key."""
        given = _given_key(request)
        key = self._keys.find(given)
        if key is not None:
            return Visitor(key.name, key.scope, may_manage=key.may_manage)
        token = read_token(given)
        signer = None if token is None else self._keys.signer(token)
        has_expired = token is not None and token.expires_at <= self._wall_clock()
        if signer is not None and not has_expired:
            return Visitor(f"{signer.name} (link)", signer.scope, by_link=True)
        if (user := self._signed_in(request)) is not None:
            return Visitor(user, None)
        if signer is not None:
            raise NotAdmittedError("This link has expired. Ask for a new one.", 401)
        self._count_failure(request)
        raise NotAdmittedError(f"Send a valid key in the header {KEY_HEADER}.", 401)

    def address(self, request: Request) -> str:
        """Return the client's address; a proxy's word counts only if the proxy is trusted."""
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
            return  # a request without a key guesses nothing
        address = self.address(request)
        with self._counting:
            if self._failures.hit(WRONG_KEYS, address):
                return
            may_log = self._failures.hit(LOG_LINES, f"{address} logged")
        if may_log:
            log.warning("Too many wrong API keys from %s; refusing them for a minute", address)
        raise NotAdmittedError("Too many wrong API keys. Wait a minute.", 429, 60)


def _given_key(request: Request) -> str:
    """Return the key of a request, empty without one; our own header comes first.

    Authorization may contain something that a proxy has put there, such as a token of single sign-on.
    """
    bearer = BEARER.fullmatch(request.headers.get("Authorization", ""))
    return request.headers.get(KEY_HEADER, "") or (bearer[1] if bearer else "")


def _read_address(text: str) -> IPv4Address | IPv6Address | None:
    """Read an address as proxies write it, without its port; None where it is not an address."""
    text = text.strip().strip('"')
    if bare := IN_BRACKETS.fullmatch(text) or WITH_PORT.fullmatch(text):
        text = bare[1]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped  # an IPv6 socket names IPv4 clients in this way
    return address


def _is_in(networks: tuple[Network, ...], address: IPv4Address | IPv6Address | None) -> bool:
    return address is not None and any(address in network for network in networks)
