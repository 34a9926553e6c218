"""Hunts with new seeds for what goes wrong when imports, syncs, audits, deletions and kills mix.

``python -m tests.hunt --minutes 20`` ends at the first thing found, and prints the steps that lead there.
"""

from __future__ import annotations

import argparse
import random
import time

from hypothesis import Phase, seed
from hypothesis.stateful import run_state_machine_as_test
from pymongo import MongoClient

from tests.support.operations import SETTINGS, Operations


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--seed", type=int, default=random.randrange(2**32), help="of the first run")
    parser.add_argument("--steps", type=int, default=40, help="of each example")
    parser.add_argument("--examples", type=int, default=30, help="of each run")
    parser.add_argument(
        "--shrink", action="store_true", help="look for fewer steps to the same, up to 5 minutes"
    )
    parser.add_argument("--mongo", help="URI of a database for tests, which is emptied; without: in memory")
    chosen = parser.parse_args()
    phases = [Phase.generate, Phase.shrink] if chosen.shrink else [Phase.generate]
    some = {"phases": phases, "max_examples": chosen.examples, "stateful_step_count": chosen.steps}
    if chosen.mongo:
        client = MongoClient(chosen.mongo, tz_aware=True)
        Operations.database = staticmethod(client.get_default_database)
    end = time.monotonic() + 60 * chosen.minutes
    while time.monotonic() < end:
        run_state_machine_as_test(
            seed(chosen.seed)(type("Seeded", (Operations,), {})), settings=SETTINGS(**some)
        )
        chosen.seed += 1


if __name__ == "__main__":
    main()
