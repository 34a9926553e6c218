"""Measures each answer on ten million rows, as a multiple of the time for counting these rows.

    .venv/bin/python -m bench.questions [ROWS] [--store FOLDER]

Makes a store from a generated LibreChat database of a tenth of the rows, copied ten times with other ids,
dates and conversations. Then it computes each answer for 30 days and for a year, and prints milliseconds of
CPU and their ratio to counting the period's rows. Milliseconds depend on the machine, ratios do not.

With ``--store`` the store is made in this folder and kept; a store that is there already is only measured. So
two versions of the program can be compared on the same rows. A newer version may migrate the store: give each
version a copy.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import duckdb

from librechat_analytics.librechat.dump import DumpSource
from librechat_analytics.librechat.sample.writer import write_sample
from librechat_analytics.store.store import FILE_NAME, Store
from librechat_analytics.sync.imports import import_dump
from librechat_analytics.usage.answers import SourceReport
from librechat_analytics.usage.periods import default_bucket, parse_period
from librechat_analytics.usage.prices import read_price_list
from librechat_analytics.usage.repository import StoreRepository

if TYPE_CHECKING:
    from collections.abc import Callable

PRICES = Path(__file__).resolve().parent.parent / "prices" / "2026-11.csv"
COPIES = 10
RUNS = 5
COPY = """
INSERT INTO transactions
SELECT * REPLACE (
    id_head + $copy AS id_head,
    created_at - to_minutes($copy * 7) AS created_at,
    epoch_ms(created_at - to_minutes($copy * 7)) // 900000 AS slot,
    conversation_key + $copy * $conversations AS conversation_key
)
FROM transactions WHERE rowid < $rows
"""
COUNT = "SELECT count(*), sum(cost_e6) FROM usage WHERE created_at >= ? AND created_at < ?"


def fill(folder: Path, dump: Path, rows: int) -> None:
    """Make a store with ``rows`` rows, by way of a generated dump."""
    until = datetime.now(UTC).replace(microsecond=0)
    write_sample(dump, transactions=rows // COPIES, seed=1, until=until)
    store, source = Store(folder), DumpSource(dump)
    started = time.perf_counter()
    import_dump(store, source, now=until)
    print(f"import: {rows // COPIES / (time.perf_counter() - started):,.0f} rows a second")
    source.close()
    store.close()
    with duckdb.connect(folder / FILE_NAME) as connection:
        ((held,),) = connection.execute("SELECT count(*) FROM transactions").fetchall()
        ((conversations,),) = connection.execute("SELECT max(key) FROM conversations").fetchall()
        for copy in range(1, COPIES):
            connection.execute(COPY, {"copy": copy, "rows": held, "conversations": conversations})
        connection.execute("CHECKPOINT")


def cpu_milliseconds(ask: Callable[[], object]) -> float:
    """Return the least CPU time of a few runs."""
    best = float("inf")
    for _ in range(RUNS):
        started = time.process_time()
        ask()
        best = min(best, time.process_time() - started)
    return 1000 * best


def measure(store: Store, period_name: str) -> None:
    """Print how long each answer for a period takes."""
    repository = StoreRepository(
        store, source=lambda: SourceReport("offline"), prices=read_price_list(PRICES)
    )
    period = parse_period(
        period_name,
        None,
        None,
        ZoneInfo("Europe/Berlin"),
        now=repository.now(),
        first_usage=repository.first_usage(),
    )
    unit = default_bucket(period.range)
    bounds = [edge.replace(tzinfo=None) for edge in (period.range.start, period.range.end)]

    def count() -> None:
        with store.reading() as cursor:
            cursor.execute(COUNT, bounds).fetchall()

    questions: dict[str, Callable[[], object]] = {
        "summary": lambda: repository.summary(period),
        "top-users": lambda: repository.top_users(period, 10),
        "top-models": lambda: repository.top_models(period, 10),
        "top-agents": lambda: repository.top_agents(period, 10),
        "cost-breakdown": lambda: repository.cost_breakdown(period, 10),
        "usage-over-time": lambda: repository.usage_over_time(period, unit),
        "quality": lambda: repository.quality(period),
        "split by model": lambda: repository.split_over_time(period, unit, "model"),
        "hours of week": lambda: repository.hours_of_week(period),
        "conversations": lambda: repository.conversation_costs(period),
        "caching": lambda: repository.caching(period, unit),
        "price-check": lambda: repository.price_check(period),
    }
    plainest = cpu_milliseconds(count)
    print(f"\n{period_name:16}{'CPU ms':>10}{'ratio':>8}\n{'count and sum':16}{plainest:10.0f}{1:8.1f}")
    for title, ask in questions.items():
        taken = cpu_milliseconds(ask)
        print(f"{title:16}{taken:10.0f}{taken / plainest:8.1f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("rows", type=int, nargs="?", default=10_000_000)
    parser.add_argument("--store", type=Path, help="folder whose store is measured, or made and kept")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = chosen.store or Path(temporary)
        if not (folder / FILE_NAME).exists():
            fill(folder, Path(temporary) / "dump", chosen.rows)
        store = Store(folder)
        print(f"{store.count_transactions():,} rows, {(folder / FILE_NAME).stat().st_size / 1e6:,.0f} MB")
        for period_name in ("30d", "12m"):
            measure(store, period_name)
        store.close()


if __name__ == "__main__":
    main()
