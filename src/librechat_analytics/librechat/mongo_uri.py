"""The client for a connection string: it gives up soon and never writes."""

from __future__ import annotations

import re
from typing import Any

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


def connect(uri: str, **options: Any) -> MongoClient[Any]:
    """Make a client that gives up soon and never writes; connects on first use.

    What else the connection string says about is as it says there. Raises SourceError for one that cannot be
    used, never showing its password.
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
    address = _known_options_only(uri)
    given = {option.partition("=")[0].lower() for option in re.split("[?&;]", address)[1:]}
    settings |= {name: value for name, value in unless_given.items() if name.lower() not in given}
    try:
        return MongoClient(address, **(settings | options))
    except (InvalidURI, ConfigurationError, ValueError, TypeError) as error:
        raise SourceError(f"MONGO_URI cannot be used: {error}") from None


def _known_options_only(uri: str) -> str:
    """Leave out what only LibreChat's own driver knows, and refuse what this one would pass over.

    The driver warns of an option that it cannot read and does without, be it the one for TLS.
    """
    address, mark, given = uri.partition("?")
    if "@" in given:  # what looks like options may then be the end of a password
        raise SourceError(
            "MONGO_URI cannot be used: special characters of user, password and options must be"
            " percent-encoded (@ is %40, ? is %3F)."
        )
    kept = []
    seen: set[str] = set()
    for option in filter(None, re.split("[&;]", given)):
        name = option.partition("=")[0]
        if name.lower() in NODE_OPTIONS:
            continue
        try:
            split_options(option)
        except (OSError, ConfigurationError, ValueError, TypeError) as error:
            reason = getattr(error, "strerror", None) or str(error).partition(". ")[0]
            raise SourceError(
                f"MONGO_URI cannot be used: {name}: {reason.rstrip('.')}. Correct it or leave it out."
            ) from None
        if name.lower() in seen - {"readpreferencetags"}:
            raise SourceError(f"MONGO_URI cannot be used: {name} is there twice.")
        seen.add(name.lower())
        kept.append(option)
    return address + (mark if kept else "") + "&".join(kept)
