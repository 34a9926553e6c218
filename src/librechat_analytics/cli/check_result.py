"""What one check of ``librechat-analytics check`` found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One line of the output; a note is worth reading but is no failure."""

    good: bool
    text: str
    is_note: bool = False

    @property
    def mark(self) -> Literal["ok", "note", "FAIL"]:
        """The word at the beginning of the line."""
        if not self.good:
            return "FAIL"
        return "note" if self.is_note else "ok"
