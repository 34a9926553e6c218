"""Tokens of links that expire: a key signs them, so that the readers of a portal need no key.

A token is ``link:NAME:EXPIRES:SIGNATURE``: the name of the key, an instant in seconds since 1970, and the
HMAC-SHA256 of the text before the last colon under the key itself, in hex. Clients send it in place of a key.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass

TOKEN = re.compile(r"link:([A-Za-z0-9._-]{1,64}):([0-9]{1,12}):([0-9a-f]{64})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Token:
    """A token as a client sent it; nothing says yet whether its signature is right."""

    key_name: str
    expires_at: int
    signature: str

    def is_signed_by(self, key: str) -> bool:
        """Return whether the key has signed exactly this name and this instant."""
        return hmac.compare_digest(self.signature, _signature(key, self.key_name, self.expires_at))


def read_token(text: str) -> Token | None:
    """Read a token; None where the text is not one."""
    found = TOKEN.fullmatch(text)
    return Token(found[1], int(found[2]), found[3]) if found else None


def sign(key: str, key_name: str, expires_at: int) -> str:
    """Return the token of a link; ``expires_at`` is in seconds since 1970."""
    return f"{_signed_text(key_name, expires_at)}:{_signature(key, key_name, expires_at)}"


def _signature(key: str, key_name: str, expires_at: int) -> str:
    text = _signed_text(key_name, expires_at)
    return hmac.new(key.encode(), text.encode(), "sha256").hexdigest()


def _signed_text(key_name: str, expires_at: int) -> str:
    return f"link:{key_name}:{expires_at}"
