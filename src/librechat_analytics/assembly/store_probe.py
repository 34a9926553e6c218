"""Finds out within two seconds whether ClickHouse answers, however many want to know."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

from librechat_analytics.store.errors import StoreError

if TYPE_CHECKING:
    from librechat_analytics.store.clickhouse.connection import Connection

PATIENCE_SECONDS: Final = 2.0


class StoreProbe:
    """Sends one query at a time; a server that hangs holds up one thread alone."""

    def __init__(self, connection: Connection, *, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._connection = connection
        self._patience_seconds = patience_seconds
        self._starting = threading.Lock()
        self._asking: threading.Thread | None = None
        self._is_answered = False

    def answers(self) -> bool:
        """Say whether ClickHouse answers a query in time."""
        with self._starting:
            if self._asking is None or not self._asking.is_alive():
                self._is_answered = False
                self._asking = threading.Thread(target=self._ask, name="probe", daemon=True)
                self._asking.start()
            asking = self._asking
        asking.join(self._patience_seconds)
        return self._is_answered and not asking.is_alive()

    def _ask(self) -> None:
        try:
            self._connection.rows("SELECT version FROM sync_state ORDER BY version DESC LIMIT 1")
        except StoreError:
            return
        self._is_answered = True
