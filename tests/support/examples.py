"""How many examples Hypothesis tries: few and the same ones each time, or many new ones with HUNT."""

from __future__ import annotations

import os

from hypothesis import settings

HUNT = int(os.environ.get("HUNT", "0"))
"""So many times the usual number of examples, new ones each time; 0 for the usual ones."""


def load_profile() -> None:
    """Make every failure one that anybody can repeat: no clock, no database of earlier runs, no chance."""
    settings.register_profile(
        "tests",
        max_examples=examples(100),
        deadline=None,
        database=None,
        derandomize=not HUNT,
        print_blob=True,
    )
    settings.load_profile("tests")


def examples(count: int) -> int:
    """How many examples a test takes that usually takes ``count``."""
    return count * max(1, HUNT)
