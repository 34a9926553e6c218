"""Waiting for a condition: as short as it can be, and long enough for a machine that is busy."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE_SECONDS = 120.0
"""How long a test waits for what takes a moment on an idle machine."""


def wait_until(condition: Callable[[], object], *, problem: Callable[[], object] = str) -> None:
    """Wait until a condition is true; raises AssertionError with ``problem`` if it never is."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    pause = 0.01
    while not condition():
        assert time.monotonic() < deadline, f"still not so after {PATIENCE_SECONDS:.0f} s. {problem()}"
        time.sleep(pause)
        pause = min(1.3 * pause, 0.1)  # most conditions ask a server, which takes it time from its work
