"""Checks the file of keys even when there are no requests, so that the log reports problems in time."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from librechat_analytics.errors import OperatorError
from librechat_analytics.web.keys import CHECK_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from librechat_analytics.usage.filters import Scope
    from librechat_analytics.web.key_line import Key
    from librechat_analytics.web.keys import KeyRing

log = logging.getLogger(__name__)

LAST_CHECK_SECONDS = 5


class KeysWatch:
    """Keeps the keys up to date, and warns once about each limit that matches nobody."""

    def __init__(self, keys: KeyRing, unmatched: Callable[[Scope], tuple[str, ...] | None]) -> None:
        """Take the keys, and a function that returns the parts of a scope that match nobody.

        The function returns None as long as no user is known.
        """
        self._keys = keys
        self._unmatched = unmatched
        self._compared: tuple[Key, ...] = ()
        self._logged: set[tuple[str, str]] = set()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="keys", daemon=True)

    def start(self) -> None:
        """Check the file every second from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Stop checking, if ``start`` was called."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(LAST_CHECK_SECONDS)

    def _follow(self) -> None:
        while not self._stopped.wait(CHECK_SECONDS):
            self.check()

    def check(self) -> None:
        """Check the file once."""
        self._keys.check()
        named = self._keys.named
        if named != self._compared and self._compare(named):
            self._compared = named

    def _compare(self, named: tuple[Key, ...]) -> bool:
        """Log which limits match nobody; returns whether all of them could be checked."""
        for key in named:
            if key.scope is None:
                continue
            try:
                parts = self._unmatched(key.scope)
            except OperatorError:
                return False  # the store cannot be read now; requests for figures report that
            if parts is None:
                return False
            for part in parts:
                if (key.name, part) not in self._logged:
                    self._logged.add((key.name, part))
                    log.warning("Key %s: %s matches nobody today.", key.name, part)
        return True
