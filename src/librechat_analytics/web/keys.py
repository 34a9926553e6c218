"""All keys that let clients in; the ring follows changes of their file while the server runs."""

from __future__ import annotations

import hmac
import logging
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from librechat_analytics.plain_files import Stamp, stamp_of
from librechat_analytics.web.key_line import Key, digest
from librechat_analytics.web.keys_file import AT_REST_SECONDS, KeysFile, read_keys

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from librechat_analytics.web.signed_links import Token

log = logging.getLogger(__name__)

CHECK_SECONDS = 1.0
SETTLED_SECONDS = 1.0
"""A program that writes the file in several parts has written the next part by then."""

REMINDER_SECONDS = 3600.0

OWN_KEY = "default"
"""The name of the key in DASHBOARD_API_KEY."""


class KeyRing:
    """All keys that let clients in; the file is read again when it changes.

    Only the present content of the file counts. A wrong line refuses its own key, and without the file no
    named key is let in. The log says so, and again every hour.
    """

    def __init__(
        self,
        own_key: str | None,
        path: Path | None,
        *,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        """Take the key of the settings and read the file of named keys; both clocks give seconds."""
        self._own = () if own_key is None else (Key(OWN_KEY, digest(own_key), None, secret=own_key),)
        self._path = path
        self._clock = clock
        self._wall_clock = wall_clock
        self._lock = threading.Lock()
        self._file = KeysFile()
        self._read: Stamp | None = None
        """The stamp of the file when it was last read; None without a file."""
        self._noticed: Stamp | None = None
        """The stamp at the last check; the file may still be changing."""
        self._checked_at = self._noticed_at = self._reminded_at = clock()
        self._was_unreadable = False
        if path is not None:
            self._check(path, at_start=True)

    def find(self, given: str) -> Key | None:
        """Find a key; every key is compared, so that the time taken reveals nothing."""
        self.check()
        wanted, found = digest(given), None
        for key in (*self._own, *self._file.keys):
            if hmac.compare_digest(key.digest, wanted):
                found = key
        return found

    def signer(self, token: Token) -> Key | None:
        """Find the key that has signed a link's token; whether the link has expired is not checked."""
        self.check()
        keys: tuple[Key, ...] = (*self._own, *self._file.keys)
        for key in keys:
            if key.name == token.key_name and key.secret is not None and token.is_signed_by(key.secret):
                return key
        return None

    @property
    def named(self) -> tuple[Key, ...]:
        """The keys of the file that count."""
        return self._file.keys

    def check(self) -> None:
        """Read the file again if it has changed, and log what is wrong with it; at most once a second."""
        if self._path is None:
            return
        with self._lock:
            if self._clock() - self._checked_at >= CHECK_SECONDS:
                self._checked_at = self._clock()
                self._check(self._path)
                self._remind()

    def _check(self, path: Path, *, at_start: bool = False) -> None:
        before, self._noticed = self._noticed, None
        with suppress(OSError):  # reading the file gives the reason
            # The stamp is taken before reading, so that a change in between is seen at the next check.
            self._noticed = stamp_of(path)
        if self._noticed != before:
            self._noticed_at = self._clock()
        unchanged = self._unchanged_seconds()
        is_still = self._noticed in (before, None) or unchanged >= SETTLED_SECONDS
        has_changed = self._noticed != self._read or (self._file.waits and unchanged >= AT_REST_SECONDS)
        if at_start or (is_still and (has_changed or self._file.unreadable)):
            file = read_keys(path, at_rest=unchanged >= AT_REST_SECONDS, before=self._file.keys)
            # Some programs remove a file and write the new one a moment later: check a missing file twice.
            if at_start or self._was_unreadable or not file.unreadable:
                self._take(path, file, is_news=not at_start)
                self._read = self._noticed
            self._was_unreadable = file.unreadable
        elif not has_changed:
            self._was_unreadable = False

    def _unchanged_seconds(self) -> float:
        """Return for how long the file has not changed; the last check may be long ago."""
        by_date = 0.0 if self._noticed is None else self._wall_clock() - self._noticed.changed_ns / 1e9
        return max(self._clock() - self._noticed_at, by_date)

    def _take(self, path: Path, file: KeysFile, *, is_news: bool) -> None:
        before, self._file = self._file, file
        for problem in file.problems:
            if problem not in before.problems:
                log.error("%s", problem)
                self._reminded_at = self._clock()
        if file.waits and file.last_line != before.last_line:
            log.warning("%s", file.last_line)
        if is_news and file.keys != before.keys:
            log.info("The keys in %s have changed; there are %d.", path, len(file.keys))
        if before.problems and not file.problems:
            log.info("All lines of %s can be read again.", path)

    def _remind(self) -> None:
        if self._clock() - self._reminded_at >= REMINDER_SECONDS:
            self._reminded_at = self._clock()
            for problem in self._file.problems:
                log.error("%s", problem)
