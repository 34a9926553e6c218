"""Measures each question of the repository on DuckDB and on ClickHouse, side by side.

    .venv/bin/python -m bench.engines [--rows 10000000] [--folder FOLDER] [--periods 30d 12m] [--only quality]

The store is that of bench.questions, published to the ClickHouse server of the tests. Figures are CPU time;
with ClickHouse, that of this process and of the server.
"""

from __future__ import annotations

import argparse
import time
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.clickhouse import clickhouse_server, published

from bench.long_store import long_store
from bench.measuring import children, cpu_of, in_words, short
from bench.questions import FOLDER, PERIODS, period_named, questions, questions_without_period, repository_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from librechat_analytics.store.store import Store
    from librechat_analytics.usage.repository import StoreRepository


def cpu_seconds() -> float:
    """Return the CPU time that this process and its running children have used."""
    return time.process_time() + sum(map(cpu_of, children()))


@contextmanager
def on_both(store: Store) -> Iterator[tuple[StoreRepository, StoreRepository]]:
    """Publish a store, and give a repository that reads it on each engine."""
    with clickhouse_server() as address, published(store, address) as reader:
        yield repository_of(store), repository_of(reader)


def taken(ask: Callable[[], object], rounds: int) -> float:
    """Return the least CPU seconds that a question took."""
    least = float("inf")
    for _ in range(rounds):
        begun = cpu_seconds()
        ask()
        least = min(least, cpu_seconds() - begun)
    return least


def measured(
    store: Store, periods: list[str], only: list[str], rounds: int
) -> Iterator[tuple[str, str, float, float]]:
    """Yield the period, the question and the seconds on DuckDB and on ClickHouse."""
    with on_both(store) as repositories:
        for name in periods:
            asked = []
            for repository in repositories:
                period = period_named(repository, name)
                actions = questions(repository, period)
                if name == periods[-1]:
                    actions |= questions_without_period(repository, period)
                asked.append(actions)
            for title, on_duckdb in asked[0].items():
                if not only or any(part in title for part in only):
                    yield name, title, taken(on_duckdb, rounds), taken(asked[1][title], rounds)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--folder", type=Path, default=FOLDER, help="folder that keeps the stores")
    parser.add_argument("--periods", nargs="+", choices=PERIODS, default=["30d", "12m"])
    parser.add_argument("--only", nargs="+", default=[], help="parts of the names of questions")
    parser.add_argument("--rounds", type=int, default=3, help="how often each question is asked")
    chosen = parser.parse_args()
    print(
        f"{in_words(chosen.rows)} transactions\n"
        "\n| | Question | DuckDB | ClickHouse | Ratio |\n|---|---|--:|--:|--:|"
    )
    with closing(long_store(chosen.folder / short(chosen.rows), rows=chosen.rows)) as store:
        for name, title, duckdb, clickhouse in measured(store, chosen.periods, chosen.only, chosen.rounds):
            ratio = clickhouse / duckdb
            print(
                f"| {name} | {title} | {1000 * duckdb:,.0f} ms | {1000 * clickhouse:,.0f} ms | {ratio:.1f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
