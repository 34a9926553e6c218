"""Explains MongoDB's failures, each in a sentence or two that say what to do."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pymongo.common import MIN_SUPPORTED_SERVER_VERSION
from pymongo.errors import (
    AutoReconnect,
    ConfigurationError,
    NetworkTimeout,
    NotPrimaryError,
    OperationFailure,
    PyMongoError,
    ServerSelectionTimeoutError,
)

from librechat_analytics.librechat.source import (
    SourceForbiddenError,
    SourceRefusedError,
    SourceSlowError,
    SourceUnreachableError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

AUTHENTICATION_FAILED, UNAUTHORIZED, ATLAS_ERROR = 18, 13, 8000
NOT_SIGNED_IN = re.compile("requires authentication|not authenticated|authentication failed", re.IGNORECASE)
"""What servers say when they reject the user, with a code that also means missing rights."""

MAY_NOT_READ = "not allowed"
"""What MongoDB Atlas says about missing rights; it has one code for everything."""

SLOW = frozenset({50, 262})
"""MaxTimeMSExpired, ExceededTimeLimit."""

THROTTLED = frozenset({429, 462, 16500})
"""TooManyRequests, IngressRequestRateLimitExceeded, and Azure Cosmos DB's own code for both."""

CURSOR_LOST = frozenset({43, 175, 237})
"""CursorNotFound, QueryPlanKilled, CursorKilled."""

CHANGING_STATE = frozenset({91, 189, 10058, 10107, 11600, 11602, 13435, 13436})
"""ShutdownInProgress, PrimarySteppedDown, NotWritablePrimary, InterruptedAtShutdown and similar."""

INNER_NETWORK = frozenset({6, 7, 89, 133, 134, 9001})
"""HostUnreachable, HostNotFound, NetworkTimeout and similar, between the servers of a cluster."""

MONGODB_OF_WIRE_VERSION = {0: "2.4", 2: "2.6", 3: "3.0", 4: "3.2", 5: "3.4", 6: "3.6", 7: "4.0", 8: "4.2"}
OLDEST_DOCUMENTDB = OLDEST_COSMOS_DB = "5.0"
"""The oldest versions that behave like MongoDB 4.4; these products have version numbers of their own."""

WIRE_VERSION = re.compile(r"Server at (\S+) (reports|requires) wire version (\d+)")

WRONG_USER = "MongoDB does not accept the user or password in MONGO_URI. Check both, and authSource."
MAY_WANT_TLS = "If it never answered, it may want TLS: add tls=true to MONGO_URI."
WHAT_MAY_HELP = {
    "CERTIFICATE_VERIFY_FAILED": (
        "Its certificate must be for the host in MONGO_URI and signed by an authority in tlsCAFile."
    ),
    "SSL handshake failed": "If it does not use TLS, leave tls out of MONGO_URI.",
    "No servers found yet": "Check host, port and tls in MONGO_URI.",
    "connection closed": MAY_WANT_TLS,
    "Connection reset": MAY_WANT_TLS,
    "No replica set members": "Check replicaSet in MONGO_URI.",
    "timed out": "A firewall may be in the way.",
    "": "Check host and port in MONGO_URI, and that both containers share a network.",
}
"""What to do when the driver finds no server, by a part of its message; the first match counts."""


@contextmanager
def explained_failures(*, names_user: bool = True) -> Iterator[None]:
    """Turn every failure of MongoDB, or of the network, into a SourceUnreachableError.

    ``names_user``: whether the connection string names a user.
    """
    try:
        yield
    except OperationFailure as error:
        raise _refused(error, names_user=names_user) from error
    except PyMongoError as error:
        raise _unanswered(error) from error


def _refused(error: OperationFailure, *, names_user: bool) -> SourceUnreachableError:
    """Explain an error that the server returned."""
    code, reason = error.code, _first_sentence(error)
    if code == UNAUTHORIZED and not names_user:
        return SourceRefusedError(
            "MongoDB wants a user and MONGO_URI names none. Write it as"
            " mongodb://USER:PASSWORD@HOST:27017/LibreChat, the password percent-encoded (@ is %40)."
        )
    if code == AUTHENTICATION_FAILED or (
        code in (UNAUTHORIZED, ATLAS_ERROR) and NOT_SIGNED_IN.search(reason)
    ):
        return SourceRefusedError(WRONG_USER)
    if code == UNAUTHORIZED or (code == ATLAS_ERROR and MAY_NOT_READ in reason):
        return SourceForbiddenError(
            "The MongoDB user may not read LibreChat's collections. Give it the role `read`."
        )
    if code in SLOW:
        return SourceSlowError(f"MongoDB takes too long: {reason}.")
    if code in THROTTLED or error.has_error_label("SystemOverloadedError"):
        return SourceUnreachableError(
            "MongoDB gets more requests than it allows, and asks us to wait."
            " If this stays, allow more: on Azure Cosmos DB, more request units (RU/s)."
        )
    if code in CURSOR_LOST:
        return SourceUnreachableError(
            "MongoDB closed a query before its end. What was read until then is kept."
        )
    if code in CHANGING_STATE:
        return _changing_state(reason)
    if code in INNER_NETWORK:
        return SourceUnreachableError(f"MongoDB cannot reach one of its own servers: {reason}.")
    return SourceUnreachableError(f"MongoDB refused to answer: {reason}.")


def _unanswered(error: PyMongoError) -> SourceUnreachableError:
    """Explain why no reply came."""
    reason = _first_sentence(error)
    if isinstance(error, ConfigurationError) and (found := WIRE_VERSION.search(str(error))):
        return SourceRefusedError(_wrong_version(*found.groups()))
    if isinstance(error, NotPrimaryError):
        return _changing_state(reason)
    if isinstance(error, ServerSelectionTimeoutError):
        advice = next(advice for part, advice in WHAT_MAY_HELP.items() if part in reason)
        return SourceUnreachableError(f"MongoDB does not answer: {reason}. {advice}")
    if isinstance(error, AutoReconnect) and not isinstance(error, NetworkTimeout):
        return SourceUnreachableError(f"The connection to MongoDB broke: {reason}.")
    return SourceUnreachableError(f"MongoDB does not answer: {reason}.")


def _changing_state(reason: str) -> SourceUnreachableError:
    return SourceUnreachableError(f"MongoDB is restarting or changing its primary: {reason}.")


def _wrong_version(server: str, too_old: str, wire_version: str) -> str:
    if too_old == "requires":
        return (
            f"MongoDB at {server} is too new for this program (wire version {wire_version})."
            " Update LibreChat Analytics."
        )
    version = MONGODB_OF_WIRE_VERSION.get(int(wire_version), f"before {MIN_SUPPORTED_SERVER_VERSION}")
    return (
        f"MongoDB at {server} is too old: it behaves like MongoDB {version} (wire version {wire_version})."
        f" This program needs MongoDB {MIN_SUPPORTED_SERVER_VERSION}, Amazon DocumentDB {OLDEST_DOCUMENTDB}"
        f" or Azure Cosmos DB {OLDEST_COSMOS_DB}, or later."
    )


def _first_sentence(error: PyMongoError) -> str:
    """Return what happened, without pymongo's settings and topology."""
    text = str(error)
    for boring in (" (configured timeouts:", ", Timeout:", ", full error:"):
        text = text.partition(boring)[0]
    return text[:300].rstrip(".")
