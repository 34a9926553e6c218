"""Makes the MongoDB client for a connection string: with short timeouts, and read only."""

from __future__ import annotations

import re
import warnings
from typing import Any, NamedTuple
from urllib.parse import unquote, unquote_to_bytes

from pymongo import MongoClient
from pymongo.errors import ConfigurationError, InvalidURI
from pymongo.uri_parser import split_options

from librechat_analytics.librechat.source import SourceError

NODE_OPTIONS = frozenset(
    {
        "usenewurlparser",
        "useunifiedtopology",
        "keepalive",
        "keepaliveinitialdelay",
        "autoreconnect",
        "poolsize",
    }
)
"""Old options of the Node.js driver that LibreChat's connection string may still have, in lower case."""

ENCODE_IT = (
    "MONGO_URI cannot be used: special characters of user, password and options must be percent-encoded"
    " in UTF-8 (@ is %40, / is %2F, : is %3A, ? is %3F, % is %25)."
)
BAD_ESCAPE = re.compile("%(?![0-9A-Fa-f]{2})")


class _Parts(NamedTuple):
    """The parts of a connection string, separated as drivers do."""

    scheme: str
    user_info: str
    hosts: str
    path: str
    options: str


def connect(uri: str, **options: Any) -> MongoClient[Any]:
    """Make a client with short timeouts that never writes; connects on first use.

    The connection string decides everything else. Raises SourceError if it cannot be used; the message never
    contains a part of the password.
    """
    settings: dict[str, Any] = {
        "connect": False,
        "serverSelectionTimeoutMS": 2000,
        "connectTimeoutMS": 5000,
        "socketTimeoutMS": 15000,
        "waitQueueTimeoutMS": 2000,
        "retryWrites": False,
    }
    unless_given = {
        "appName": "librechat-analytics",
        "maxPoolSize": 4,
        "maxIdleTimeMS": 300_000,
        "retryReads": True,
        "readPreference": "secondaryPreferred",
    }
    parts = _parts(uri)
    _require_encoded(parts)
    kept = _known_options_only(parts)
    given = {option.partition("=")[0].lower() for option in kept}
    settings |= {name: value for name, value in unless_given.items() if name.lower() not in given}
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "You appear to be connected to a (CosmosDB|DocumentDB) cluster")
            return MongoClient(_address(parts, kept), **(settings | options))
    except (InvalidURI, ConfigurationError, ValueError, TypeError) as error:
        reason = str(error).partition(" Hint:")[0].rstrip(".")
        raise SourceError(f"MONGO_URI cannot be used: {reason}.") from None


def names_user(uri: str) -> bool:
    """Say whether a connection string names a user, or an authentication mechanism that needs none."""
    parts = _parts(uri)
    return bool(parts.user_info) or "authmechanism=" in parts.options.lower()


def _parts(uri: str) -> _Parts:
    scheme, _, rest = uri.partition("://")
    before, _, options = rest.partition("?")
    authority, slash, database = before.partition("/")
    user_info, _, hosts = authority.rpartition("@")
    return _Parts(scheme, user_info, hosts, slash + database, options)


def _require_encoded(parts: _Parts) -> None:
    """Refuse a password with unencoded special characters: its end would be read as a host.

    An ``@`` always follows the password. If the password contains a ``/`` or a ``?``, that ``@`` appears in
    the database's name or in the options.
    """
    is_whole = (
        "@" not in parts.path
        and "@" not in parts.user_info
        and parts.user_info.count(":") <= 1
        and _can_be_decoded(parts.user_info)
        and not _password_may_end_among_options(parts)
    )
    if not is_whole:
        raise SourceError(ENCODE_IT)


def _can_be_decoded(text: str) -> bool:
    try:
        unquote_to_bytes(text).decode("utf-8")
    except UnicodeDecodeError:
        return False
    return not BAD_ESCAPE.search(text)


def _password_may_end_among_options(parts: _Parts) -> bool:
    """Say whether hosts may follow an ``@`` in the options, because the password contains a ``?``.

    Azure Cosmos DB's own ``appName=@account@`` is different: nothing follows its last ``@``. Something that
    looks like an e-mail address can be a value too, but only after the ``/`` that ends the hosts.
    """
    followers = _hosts_after_at_signs(parts.options)
    return any(re.search("[:,/?]", follower) or not parts.path for follower in followers)


def _hosts_after_at_signs(options: str) -> list[str]:
    """Return the text after each ``@`` in the options that could begin with a host."""
    found = re.findall("@(?=([^@?/&;]+(?:[?/].*|[&;]|$)))", options, re.DOTALL)
    return [follower.rstrip("&;") for follower in found]


def _known_options_only(parts: _Parts) -> list[str]:
    """Drop options of the Node.js driver, and reject options that pymongo does not know.

    With an option that it cannot read, pymongo only warns and connects without it, even if that is TLS.
    """
    # Something that looks like an option may be a part of the password: then do not show its name.
    may_show_names = not _hosts_after_at_signs(parts.options)
    kept = []
    seen: set[str] = set()
    for option in filter(None, re.split("[&;]", parts.options)):
        name, _, value = option.partition("=")
        if name.lower() in NODE_OPTIONS:
            continue
        try:
            split_options(option)
        except (OSError, ConfigurationError, ValueError, TypeError, KeyError) as error:
            if not may_show_names:
                raise SourceError(ENCODE_IT) from None
            raise SourceError(
                f"MONGO_URI cannot be used: {name}: {_reason(error, value)}. Correct it or leave it out."
            ) from None
        if name.lower() in seen - {"readpreferencetags"}:
            raise SourceError(f"MONGO_URI cannot be used: {name} is given twice.")
        seen.add(name.lower())
        kept.append(option)
    return kept


def _reason(error: Exception, value: str) -> str:
    """Return the driver's reason against an option, without any part of its value, which may be a secret."""
    reason = str(getattr(error, "strerror", None) or error).partition(". ")[0].rstrip(".")
    parts = re.split("[:,]", unquote(value))
    return "Its value is wrong" if any(len(part) > 2 and part in reason for part in parts) else reason


def _address(parts: _Parts, options: list[str]) -> str:
    """Join the parts to a connection string again.

    For LibreChat a plus sign in a user, a password and a database's name is a plus sign; pymongo would read
    it as a space.
    """
    user_info = f"{parts.user_info}@".replace("+", "%2B") if parts.user_info else ""
    path = parts.path.replace("+", "%2B")
    given = f"?{'&'.join(options)}" if options else ""
    return f"{parts.scheme}://{user_info}{parts.hosts}{path}{given}"
