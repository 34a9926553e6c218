"""One line of the file of keys: a name, a key or its hash, what the key may see, and what it may do."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field, replace
from urllib.parse import unquote

from librechat_analytics.key_strength import require_strong_key
from librechat_analytics.plain_files import SAVE_AS_UTF_8, UNREADABLE_CHARACTER
from librechat_analytics.texts import trimmed
from librechat_analytics.usage.cost_center_rules import UNASSIGNED
from librechat_analytics.usage.filters import NONE, Scope

NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")
HASHED = re.compile(r"sha256:([0-9a-fA-F]{64})")
HASH_ONLY_IN_PART = re.compile(r"sha-?\d+:", re.IGNORECASE)
"""A mistyped hash must not count as a key: the hash itself would then let people in."""

LIMITS = ("domain", "group", "user", "tenant", "cost_center")
LIMIT_IN_KEY = re.compile(rf"[,;]({'|'.join(LIMITS)}|may)=", re.IGNORECASE)
RIGHT = "may"
MANAGE = "manage"
QUOTED = re.compile(r"([\"'`]).*\1")
DOMAIN = re.compile(r"[\w-]+(?:\.[\w-]+)*")
OBJECT_ID = re.compile(r"[0-9a-f]{24}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Key:
    """A key: its digest, its name in the log, and its scope (None: everything).

    ``secret``: the key itself, which signs links; None where the file holds only its hash. ``may_manage``:
    the key may change something, such as silence an alert.
    """

    name: str
    digest: bytes
    scope: Scope | None
    secret: str | None = field(default=None, repr=False, compare=False)
    may_manage: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line; the key of a wrong line must not count in another line either."""

    number: int
    key: Key | None
    problem: str = ""


def read_line(number: int, text: str) -> Line:
    """Read a line without the spaces around it."""
    if UNREADABLE_CHARACTER in text:
        return Line(number, None, f"is not UTF-8 text. {SAVE_AS_UTF_8}")
    named_key, *rest = text.split()
    name, colon, secret = named_key.partition(":")
    if not colon or not NAME.fullmatch(name):
        return Line(number, None, "must be name:key; a name has only letters, digits, dots and dashes.")
    try:
        digest_of_key = _read_secret(secret)
    except ValueError as error:
        return Line(number, None, str(error))
    key = Key(name, digest_of_key, None, secret=None if HASHED.fullmatch(secret) else secret)
    rights = [word for word in rest if word.partition("=")[0].lower() == RIGHT]
    try:
        may_manage = _read_rights(rights)
        scope = _read_limits([word for word in rest if word not in rights])
        return Line(number, replace(key, scope=scope, may_manage=may_manage))
    except ValueError as error:
        return Line(number, key, str(error))


def digest(key: str) -> bytes:
    """Return a key's digest: it always has the same length, and any text has one."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()


def names_a_key(text: str) -> bool:
    """Return whether a line begins as the line of a key does."""
    name, colon, _ = trimmed(text).partition(":")
    return bool(colon) and NAME.fullmatch(name) is not None and name.lower() not in (*LIMITS, RIGHT)


def _read_secret(secret: str) -> bytes:
    if not secret:
        raise ValueError("the key must follow the colon without a space.")
    if hashed := HASHED.fullmatch(secret):
        key = bytes.fromhex(hashed[1])
        if key == digest(""):  # the hash of an unset variable would let in everyone without a key
            raise ValueError("this is the hash of an empty text, not of a key.")
        return key
    if HASH_ONLY_IN_PART.match(secret):
        raise ValueError("a hash must be sha256: and its 64 hex digits.")
    if LIMIT_IN_KEY.search(secret):
        raise ValueError("separate the key from what follows it by a space, not a comma.")
    if secret.endswith((",", ";")):
        raise ValueError("separate what follows the key by a space only.")
    if QUOTED.fullmatch(secret):
        raise ValueError("write the key without quotes.")
    try:
        require_strong_key(secret)
    except ValueError as error:
        raise ValueError(f"the key {error}") from None
    return digest(secret)


def _read_rights(rights: list[str]) -> bool:
    for right in rights:
        if right.partition("=")[2].lower() != MANAGE:
            raise ValueError("may= can only be may=manage; without it a key can only read.")
    return bool(rights)


def _read_limits(limits: list[str]) -> Scope | None:
    readers = {
        "domain": _read_domain,
        "group": _read_group,
        "user": _read_user,
        "tenant": _read_tenant,
        "cost_center": _read_cost_center,
    }
    read: dict[str, list[str]] = {kind: [] for kind in readers}
    for limit in limits:
        named, equals, values = limit.partition("=")
        kind = named.lower()
        if kind not in readers or not equals:
            raise ValueError(
                "only domain=example.com, group=ID, user=ID, tenant=ID, cost_center=NAME and may=manage may"
                " follow the key, separated by spaces; a comment needs a line of its own."
            )
        for value in values.split(","):
            if (nothing := unquote(value).lower()) in (NONE, UNASSIGNED):
                raise ValueError(f"a key can only be limited to values that exist: {nothing} is not allowed.")
            read[kind].append(readers[kind](value))
    if not limits:
        return None
    return Scope(
        tuple(read["domain"]),
        tuple(read["group"]),
        tuple(read["tenant"]),
        tuple(read["cost_center"]),
        tuple(read["user"]),
    )


def _read_domain(text: str) -> str:
    domain = text.removeprefix("@").removesuffix(".").lower()
    if not DOMAIN.fullmatch(domain):
        raise ValueError(
            "domain= must be the part after the @ of e-mail addresses, such as domain=example.com;"
            " several are separated by commas without spaces."
        )
    return domain


def _read_group(text: str) -> str:
    if not _is_plain(text):
        raise ValueError(
            "group= must be the _id of a LibreChat group, such as group=66b0c1d2e3f4a5b6c7d8e9f0;"
            " several are separated by commas without spaces."
        )
    return text.lower() if OBJECT_ID.fullmatch(text) else text


def _read_user(text: str) -> str:
    if not OBJECT_ID.fullmatch(text):
        raise ValueError(
            "user= must be the _id of a LibreChat user, such as user=66b0c1d2e3f4a5b6c7d8e9f0;"
            " several are separated by commas without spaces."
        )
    return text.lower()


def _read_tenant(text: str) -> str:
    if not _is_plain(text):
        raise ValueError(
            "tenant= must be a tenantId of LibreChat, such as tenant=acme;"
            " several are separated by commas without spaces."
        )
    return text


def _read_cost_center(text: str) -> str:
    """Read a name in which a space is written as %20, a comma as %2C and a per cent sign as %25."""
    name = unquote(text)
    if not _is_plain(name) or name != name.strip() or UNREADABLE_CHARACTER in name:
        raise ValueError(
            "cost_center= must be the name of a cost centre, such as cost_center=Sales; write spaces as %20"
            " and commas as %2C. Several are separated by commas without spaces."
        )
    return name


def _is_plain(text: str) -> bool:
    return bool(text) and text.isprintable() and text.strip("\"'`") == text
