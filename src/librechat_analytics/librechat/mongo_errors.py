"""What MongoDB's failures mean, in one sentence that says what to do."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from pymongo.errors import OperationFailure, PyMongoError, ServerSelectionTimeoutError

from librechat_analytics.librechat.source import SourceForbiddenError, SourceSlowError, SourceUnreachableError

if TYPE_CHECKING:
    from collections.abc import Iterator

AUTHENTICATION_FAILED, UNAUTHORIZED, TIME_EXPIRED = 18, 13, 50

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
    "timed out": "A firewall may be in between.",
    "": "Check host and port in MONGO_URI, and that both containers share a network.",
}
"""What to do, by what the driver says where it finds no server; the first that fits counts."""


@contextmanager
def explained_failures() -> Iterator[None]:
    try:
        yield
    except OperationFailure as error:
        if error.code == AUTHENTICATION_FAILED:
            raise SourceUnreachableError(
                "MongoDB does not accept the user or password in MONGO_URI. Check both, and authSource."
            ) from error
        if error.code == UNAUTHORIZED:
            raise SourceForbiddenError(
                "The MongoDB user may not read LibreChat's collections. Give it the role `read`."
            ) from error
        if error.code == TIME_EXPIRED:
            raise SourceSlowError(f"MongoDB takes too long: {_first_sentence(error)}.") from error
        raise SourceUnreachableError(f"MongoDB refused to answer: {_first_sentence(error)}.") from error
    except PyMongoError as error:
        reason, advice = _first_sentence(error), ""
        if isinstance(error, ServerSelectionTimeoutError):
            advice = next(f" {advice}" for said, advice in WHAT_MAY_HELP.items() if said in reason)
        raise SourceUnreachableError(f"MongoDB does not answer: {reason}.{advice}") from error


def _first_sentence(error: PyMongoError) -> str:
    """Give what happened without pymongo's own settings and topology."""
    text = str(error)
    for boring in (" (configured timeouts:", ", Timeout:", ", full error:"):
        text = text.partition(boring)[0]
    return text[:300].rstrip(".")
