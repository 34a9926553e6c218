"""Reads STORE_URL: where ClickHouse is, and as whom and how to connect."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from ipaddress import IPv6Address
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote_to_bytes

if TYPE_CHECKING:
    from pathlib import Path

HTTP_PORT = 8123
HTTPS_PORT = 8443
PORTS_OF_TLS = (443, HTTPS_PORT)
LAST_PORT = 65535

EXAMPLE = "clickhouse://user:password@host:8443/database?secure=1"
BEGINNING = "clickhouse://"
HOST_NAME = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.?")
DATABASE = re.compile(r"[A-Za-z0-9_-]{1,200}")
BAD_ESCAPE = re.compile("%(?![0-9A-Fa-f]{2})")
SECURE = {"1": True, "true": True, "0": False, "false": False}

ENCODE_IT = (
    "cannot be used: special characters of user and password must be percent-encoded in UTF-8 (@ is %40,"
    f" / is %2F, ? is %3F, % is %25). It looks like {EXAMPLE}"
)


@dataclass(frozen=True, slots=True)
class StoreAddress:
    """Where ClickHouse is. Its text has no password; ``secure``: by TLS."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    database: str
    secure: bool
    ca_file: Path | None

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        secure = "?secure=1" if self.secure else ""
        return f"{BEGINNING}{quote(self.user, safe='')}@{host}:{self.port}/{self.database}{secure}"


def parse_store_url(url: str, ca_file: Path | None) -> StoreAddress:
    """Read an address such as ``clickhouse://user:password@host:8443/database?secure=1``.

    Raises ValueError with what to do; its text never has a part of the password.
    """
    if url[: len(BEGINNING)].lower() != BEGINNING:
        raise ValueError(f"must begin with {BEGINNING}, such as {EXAMPLE}")
    before, _, options = url[len(BEGINNING) :].partition("?")
    authority, _, path = before.partition("/")
    user_info, _, place = authority.rpartition("@")
    if "@" in path or "@" in options or not url.isprintable():
        raise ValueError(ENCODE_IT)
    secure = _secure(options)
    host, port = _place(place)
    if port in PORTS_OF_TLS and secure is None:
        raise ValueError(
            f"names port {port}, which is for TLS, without ?secure=1. Add ?secure=1, or ?secure=0 if the port"
            " really has no TLS"
        )
    if ca_file is not None and not secure:
        raise ValueError("must end with ?secure=1 when STORE_CA_FILE is set")
    user, colon, password = user_info.partition(":")
    if colon and not user:
        raise ValueError(f"must name a user before the password, such as {EXAMPLE}")
    return StoreAddress(
        host=host,
        port=port or (HTTPS_PORT if secure else HTTP_PORT),
        user=_user(user),
        password=_decoded(password),
        database=_database(path),
        secure=bool(secure),
        ca_file=ca_file,
    )


def _secure(options: str) -> bool | None:
    found = None
    for option in filter(None, options.split("&")):
        name, _, value = option.partition("=")
        if name != "secure":
            raise ValueError(f"has the unknown parameter {name}; only secure=1 is known. Leave {name} out")
        if value.lower() not in SECURE or found is not None:
            raise ValueError("must have secure=1 or secure=0, once")
        found = SECURE[value.lower()]
    return found


def _place(text: str) -> tuple[str, int | None]:
    """Return the host, and the port if there is one."""
    if "," in text:
        raise ValueError("must name one host; use the address of a load balancer for several")
    if text.startswith("["):
        host, bracket, rest = text[1:].partition("]")
        colon, port = rest[:1], rest[1:]
        is_usable = bool(bracket) and _is_ipv6(host) and colon in ("", ":")
    else:
        host, colon, port = text.partition(":")
        is_usable = bool(HOST_NAME.fullmatch(host))
    if not is_usable:
        raise ValueError(f"must name a host, in brackets if it is an IPv6 address, such as {EXAMPLE}")
    if not colon:
        return host, None
    if not (port.isascii() and port.isdigit() and len(port) < 6 and 1 <= int(port) <= LAST_PORT):
        raise ValueError(f"must have a port from 1 to {LAST_PORT} after the host")
    return host, int(port)


def _is_ipv6(text: str) -> bool:
    try:
        IPv6Address(text)
    except ValueError:
        return False
    return True


def _user(text: str) -> str:
    user = _decoded(text) or "default"
    if ":" in user:
        raise ValueError("names a user with a colon, with which nobody can sign in over HTTP")
    return user


def _database(path: str) -> str:
    name = _decoded(path.removesuffix("/"))
    if not name:
        raise ValueError(f"must name a database after the host, such as {EXAMPLE}")
    if not DATABASE.fullmatch(name):
        raise ValueError("must name a database of letters, digits, _ and - after the host")
    return name


def _decoded(text: str) -> str:
    """Replace the percent signs; a plus sign stays one."""
    try:
        decoded = unquote_to_bytes(text).decode("utf-8")
    except UnicodeDecodeError:
        raise ValueError(ENCODE_IT) from None
    if BAD_ESCAPE.search(text) or not decoded.isprintable():
        raise ValueError(ENCODE_IT)
    return decoded
