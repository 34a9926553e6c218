"""Who may ask: named keys that can be exchanged while serving, and what each of them may see."""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from librechat_analytics.errors import OperatorError
from librechat_analytics.key_strength import require_strong_key
from librechat_analytics.usage.filters import Scope

if TYPE_CHECKING:
    from pathlib import Path

log = logging.getLogger(__name__)

LOOKED_AT_EVERY_SECONDS = 1.0
SETTLED_NANOSECONDS = 1_000_000_000
"""A file that has not changed for so long is not being written any more."""
NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")
HASHED = re.compile(r"sha256:([0-9a-fA-F]{64})")
HASH_ONLY_IN_PART = re.compile(r"sha-?\d+:", re.IGNORECASE)
"""Taken for a key, what was written down as a hash would open the door itself."""

OWN_KEY = "default"
"""The name of the key in DASHBOARD_API_KEY."""


class KeysFileError(OperatorError):
    """The file of keys cannot be read; the text names the line, never a key."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key by its digest, under the name that the log knows, and the users that it may see."""

    name: str
    digest: bytes
    scope: Scope | None


def digest(key: str) -> bytes:
    """Give a key's digest: of one length whatever was sent, and comparable whatever it holds."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()


def read_keys(path: Path) -> tuple[Key, ...]:
    """Read a file of keys; raises KeysFileError that says which line is wrong and why.

    A line is ``name:key`` or ``name:sha256:<64 hex digits>``, then any number of ``domain=example.com`` and
    ``group=<id>``, which limit the key to the users of these. Empty lines and lines beginning with # count
    for nothing.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise KeysFileError(f"DASHBOARD_API_KEYS_FILE {path} cannot be read: {error}.") from None
    keys = tuple(
        _read_key(path, number, line)
        for number, line in enumerate(lines, 1)
        if line.strip() and not line.lstrip().startswith("#")
    )
    names = [key.name for key in keys]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise KeysFileError(f"DASHBOARD_API_KEYS_FILE {path}: the name {twice[0]} stands there twice.")
    by_digest: dict[bytes, Key] = {}
    for key in keys:
        if (same := by_digest.setdefault(key.digest, key)) is not key:
            raise KeysFileError(
                f"DASHBOARD_API_KEYS_FILE {path}: {same.name} and {key.name} have the same key,"
                " so that nobody could tell whose limits hold."
            )
    return keys


def _read_key(path: Path, number: int, line: str) -> Key:
    where = f"DASHBOARD_API_KEYS_FILE {path}, line {number}"
    named, *limits = line.split()
    name, colon, secret = named.partition(":")
    if not colon or not NAME.fullmatch(name):
        raise KeysFileError(f"{where}: must be name:key, the name of letters, digits, dots and dashes.")
    if hashed := HASHED.fullmatch(secret):
        key = bytes.fromhex(hashed[1])
        if key == digest(""):  # an unset variable was hashed; everybody without a key would be let in
            raise KeysFileError(f"{where}: this is the hash of nothing, not of a key.")
    elif HASH_ONLY_IN_PART.match(secret):
        raise KeysFileError(f"{where}: a hash must be sha256: and its 64 hex digits.")
    else:
        try:
            require_strong_key(secret)
        except ValueError as error:
            raise KeysFileError(f"{where}: the key {error}") from None
        key = digest(secret)
    domains: list[str] = []
    groups: list[str] = []
    for limit in limits:
        kind, _, value = limit.partition("=")
        if kind not in ("domain", "group") or not value:
            raise KeysFileError(f"{where}: after the key only domain=example.com and group=ID may stand.")
        (domains if kind == "domain" else groups).append(value.lower() if kind == "domain" else value)
    scope = Scope(tuple(domains), tuple(groups)) if limits else None
    return Key(name, key, scope)


class Stamp(NamedTuple):
    """What changes with a file.

    What puts secrets in place may give all files the same date, and new keys are as long as old ones.
    """

    changed_ns: int
    inode: int
    written_ns: int
    size_bytes: int


class KeyRing:
    """All keys that open the door; the file is read again when it changes."""

    def __init__(self, own_key: str | None, path: Path | None) -> None:
        """Take the key of the settings and the file of named ones; raises OperatorError for a wrong file."""
        self._own = () if own_key is None else (Key(OWN_KEY, digest(own_key), None),)
        self._path = path
        self._lock = threading.Lock()
        self._looked_at = float("-inf")
        self._seen: Stamp | None = None
        self._noticed: Stamp | None = None
        self._named: tuple[Key, ...] = ()
        self._problem = ""
        if path is not None:
            with suppress(OSError):  # the next line says why
                # Before it is read: what changes in between is seen at the next look.
                self._seen = self._noticed = _stamp(path)
            self._named = read_keys(path)

    def find(self, given: str) -> Key | None:
        """Find the key that was given; all are compared, so that time tells nothing."""
        wanted, found = digest(given), None
        for key in (*self._own, *self._current()):
            if hmac.compare_digest(key.digest, wanted):
                found = key
        return found

    def _current(self) -> tuple[Key, ...]:
        if self._path is None:
            return ()
        with self._lock:
            now = time.monotonic()
            if now - self._looked_at >= LOOKED_AT_EVERY_SECONDS:
                self._looked_at = now
                self._read_again(self._path)
        return self._named

    def _read_again(self, path: Path) -> None:
        try:
            stamp, before = _stamp(path), self._noticed
            self._noticed = stamp
            # Only once it stands still: a line that is half written lacks the limits of its key.
            is_still = stamp == before or time.time_ns() - stamp.changed_ns >= SETTLED_NANOSECONDS
            if is_still and stamp != self._seen:
                self._named = read_keys(path)
                self._seen = stamp
                log.info("The keys in %s have changed; there are %d.", path, len(self._named))
            if stamp == self._seen:
                self._problem = ""
        except (OSError, KeysFileError) as error:
            # A file that is being written, or written wrongly: the keys that were good stay so.
            if str(error) != self._problem:
                self._problem = str(error)
                log.warning("%s The keys that were good stay so.", error)


def _stamp(path: Path) -> Stamp:
    status = path.stat()
    return Stamp(status.st_ctime_ns, status.st_ino, status.st_mtime_ns, status.st_size)
