"""Imports, syncs, audits, deletions, restores and kills in any order: after each step all figures are right.

``python -m tests.hunt`` goes on with new seeds for as long as one likes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import Phase, seed
from hypothesis.stateful import run_state_machine_as_test

from tests.support.operations import SETTINGS, Operations, steps_taken

if TYPE_CHECKING:
    from pymongo.database import Database


def run_operations(examples: int, steps: int, database: Database[Any] | None = None) -> None:
    """Run the machine with the same steps each time."""
    machine = type("Seeded", (Operations,), {"database": staticmethod(lambda: database)})
    before = steps_taken["steps"]
    run_state_machine_as_test(
        seed(1)(machine),
        settings=SETTINGS(phases=[Phase.generate], max_examples=examples, stateful_step_count=steps),
    )
    assert steps_taken["steps"] > before


def test_figures_are_right_after_each_step_in_memory() -> None:
    run_operations(examples=3, steps=25)


def test_figures_are_right_after_each_step_on_a_real_server(mongo_database: Database[Any]) -> None:
    run_operations(examples=1, steps=10, database=mongo_database)
