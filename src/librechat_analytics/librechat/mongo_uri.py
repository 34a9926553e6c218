"""The client for a connection string: it gives up soon and never writes."""

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
"""What a connection string that was LibreChat's for years may still hold, in lower case."""

ENCODE_IT = (
    "MONGO_URI cannot be used: special characters of user, password and options must be percent-encoded"
    " in UTF-8 (@ is %40, / is %2F, : is %3A, ? is %3F, % is %25)."
)
BAD_ESCAPE = re.compile("%(?![0-9A-Fa-f]{2})")


class _Parts(NamedTuple):
    """A connection string, cut where drivers cut it."""

    scheme: str
    user_info: str
    hosts: str
    path: str
    options: str


def connect(uri: str, **options: Any) -> MongoClient[Any]:
    """Make a client that gives up soon and never writes; connects on first use.

    Everything else is as the connection string says. Raises SourceError for one that cannot be used, and
    never shows a part of its password.
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
    """Say whether a connection string says who connects: a user, or a mechanism that needs none."""
    parts = _parts(uri)
    return bool(parts.user_info) or "authmechanism=" in parts.options.lower()


def _parts(uri: str) -> _Parts:
    scheme, _, rest = uri.partition("://")
    before, _, options = rest.partition("?")
    authority, slash, database = before.partition("/")
    user_info, _, hosts = authority.rpartition("@")
    return _Parts(scheme, user_info, hosts, slash + database, options)


def _require_encoded(parts: _Parts) -> None:
    """Refuse a password whose own characters end it too early, for the rest would be taken for a host.

    A password is always followed by an ``@``. Where the password has a ``/`` or a ``?`` in it, that ``@`` is
    found in the database's name or among the options.
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
    """Say whether hosts may follow an ``@`` in the options, as where a password has a ``?`` in it.

    Azure Cosmos DB's own ``appName=@account@`` is none of that: nothing follows its last ``@``. What looks
    like an e-mail address is a value too, but only behind the ``/`` that ends the hosts.
    """
    followers = _hosts_after_at_signs(parts.options)
    return any(re.search("[:,/?]", follower) or not parts.path for follower in followers)


def _hosts_after_at_signs(options: str) -> list[str]:
    """Give what could be hosts, with what stands behind them, after each ``@`` of the options."""
    found = re.findall("@(?=([^@?/&;]+(?:[?/].*|[&;]|$)))", options, re.DOTALL)
    return [follower.rstrip("&;") for follower in found]


def _known_options_only(parts: _Parts) -> list[str]:
    """Leave out what only LibreChat's own driver knows, and refuse what this one would pass over.

    The driver warns of an option that it cannot read and does without, be it the one for TLS.
    """
    # What looks like an option may be a part of a password: then its name must not be shown.
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
            raise SourceError(f"MONGO_URI cannot be used: {name} is there twice.")
        seen.add(name.lower())
        kept.append(option)
    return kept


def _reason(error: Exception, value: str) -> str:
    """Give what the driver says against an option, without a part of its value, which may be a secret."""
    reason = str(getattr(error, "strerror", None) or error).partition(". ")[0].rstrip(".")
    parts = re.split("[:,]", unquote(value))
    return "Its value is wrong" if any(len(part) > 2 and part in reason for part in parts) else reason


def _address(parts: _Parts, options: list[str]) -> str:
    """Put the connection string together again.

    A plus sign is itself in a user, a password and a database's name, as for LibreChat; this driver would
    make a blank of it.
    """
    user_info = f"{parts.user_info}@".replace("+", "%2B") if parts.user_info else ""
    path = parts.path.replace("+", "%2B")
    given = f"?{'&'.join(options)}" if options else ""
    return f"{parts.scheme}://{user_info}{parts.hosts}{path}{given}"
