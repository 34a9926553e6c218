"""The state of the source, as the API and the page show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Phase = Literal["transactions", "agents", "audit"]


@dataclass(frozen=True, slots=True)
class SourceState:
    """The state of the source; ``progress`` is 0 to 1 while its history is read for the first time."""

    status: Literal["ok", "importing", "unreachable", "offline"]
    progress: float | None = None
    problem: str | None = None
    is_foreign: bool = False
