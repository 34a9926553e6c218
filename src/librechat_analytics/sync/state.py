"""The state of the source, as the API and the page show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from librechat_analytics.store.store import SyncState

Phase = Literal["transactions", "agents", "audit"]


@dataclass(frozen=True, slots=True)
class SourceState:
    """The state of the source; ``progress`` is 0 to 1 while its history is read for the first time."""

    status: Literal["ok", "importing", "unreachable", "offline"]
    progress: float | None = None
    problem: str | None = None
    is_foreign: bool = False


def one_by_one(state: SyncState) -> str | None:
    """Say how many rows were read one by one, which takes longer; None if nothing was counted.

    The counts are of the last import, or of the history that was read before the first one.
    """
    if not state.rows_read:
        return None
    said = f"{state.read_one_by_one or 0:,} of {state.rows_read:,} rows were read one by one"
    if state.attributed_one_by_one is None:
        return f"{said}."
    return f"{said}, and the agents of {state.attributed_one_by_one:,} were found one by one."
