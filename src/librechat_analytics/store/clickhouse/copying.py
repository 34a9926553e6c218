"""Copies all that a store holds into ClickHouse or out of it, and compares both afterwards."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from librechat_analytics.store.clickhouse import schema
from librechat_analytics.store.clickhouse.commit import newest_commit
from librechat_analytics.store.clickhouse.followers import others_at_work
from librechat_analytics.store.clickhouse.publisher import Publisher
from librechat_analytics.store.clickhouse.restoring import forget_days, restoring
from librechat_analytics.store.clickhouse.tables import CELLS, DAY, TRANSACTIONS
from librechat_analytics.store.clickhouse.visible import visible
from librechat_analytics.store.clickhouse.working_copy import WorkingCopy
from librechat_analytics.store.errors import StoreError
from librechat_analytics.store.notes import end_notes
from librechat_analytics.store.sql_files import rows_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from librechat_analytics.store.clickhouse.commit import Commit
    from librechat_analytics.store.clickhouse.connection import Connection
    from librechat_analytics.store.store import Store

    Report = Callable[[str, int, int], None]

FIRST_DAY = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Comparison:
    """How many rows and months a copy has, and the months that differ, such as 2026-11."""

    rows: int
    months: int
    different: tuple[str, ...]


def copy_to(
    store: Store, connection: Connection, report: Report, *, follower: str, is_replacing: bool = False
) -> Comparison:
    """Publish all that a store holds; what an interrupted copy has sent is not sent again.

    Raises StoreError if a follower is at work, or if the database holds anything else, unless
    ``is_replacing``.
    """
    copy = WorkingCopy(store)
    if store.is_empty():
        raise StoreError("The store in DATA_DIR is empty, so there is nothing to copy.")
    schema.prepare(connection)
    _refuse_followers(connection, follower)
    published, last = copy.published(), newest_commit(connection)
    if last is not None:
        is_ours = published is not None and last.ledger == published.ledger
        if not (published and is_ours and last.version in (published.version, published.pending)):
            if not is_replacing:
                holds = (
                    "another state of the store in DATA_DIR, as when that was copied to a second database"
                    " meanwhile, and what has changed since is not known"
                    if is_ours
                    else "other rows than the store in DATA_DIR"
                )
                raise StoreError(
                    f"The ClickHouse database holds {holds}. Name another database, or replace what is there"
                    " with --replace."
                )
            schema.clear(connection)
            schema.prepare(connection)
    publisher = Publisher(store, connection, follower=follower)
    publisher.prepare(report)
    try:
        publisher.publish()
    finally:
        with suppress(StoreError):
            publisher.withdraw()
    return _compared(store, connection)


def copy_from(
    store: Store, connection: Connection, report: Report, *, is_replacing: bool = False
) -> Comparison:
    """Fill a store with all that ClickHouse holds; ClickHouse stays as it is.

    What an interrupted copy has received is not received again. The store changes only once everything is
    there and equal. Raises StoreError if a follower is at work, or if the store is not empty, unless
    ``is_replacing``: then a copy of the old one is kept beside it.
    """
    is_empty = store.is_empty()
    if not is_empty and not is_replacing:
        raise StoreError(
            "The store in DATA_DIR is not empty. Name another DATA_DIR, or replace it with --replace,"
            " which keeps the old one beside it."
        )

    def newest() -> Commit:
        commit = _newest(connection)
        schema.refuse_newer(commit)
        _refuse_followers(connection, "")
        return commit

    with restoring(store, connection, newest, lambda done, rows: report("receiving", done, rows)) as copy:
        compared = _compared(copy, connection)
        if compared.different:
            forget_days(copy, (TRANSACTIONS.name, CELLS.name), _days_of(compared.different))
            raise StoreError(
                f"What has arrived differs from ClickHouse in {', '.join(compared.different)}, so the store"
                " in DATA_DIR stays as it was. Copy again: these months are received again."
            )
        end_notes(copy)
        if not is_empty:
            store.keep_copy(datetime.now(UTC))
    return compared


def _days_of(months: Iterable[str]) -> list[int]:
    """Return the days since 1970 of months such as 2026-11."""
    firsts = (date.fromisoformat(f"{month}-01") for month in months)
    return [
        (day - FIRST_DAY).days
        for first in firsts
        for day in (first + timedelta(days=number) for number in range(31))
        if day.month == first.month
    ]


def _newest(connection: Connection) -> Commit:
    commit = newest_commit(connection)
    if commit is None:
        raise StoreError("The ClickHouse database is empty, so there is nothing to copy.")
    return commit


def _refuse_followers(connection: Connection, follower: str) -> None:
    if others_at_work(connection, follower):
        raise StoreError(
            "A follower is at work on this ClickHouse database, or was a minute ago. Stop it, and try again."
        )


def _compared(store: Store, connection: Connection) -> Comparison:
    """Compare the rows, cost and tokens of each month, in rows and in cells."""
    commit = _newest(connection)
    with store.reading() as cursor:
        here = _by_month(rows_of(cursor, "statements/sums_by_day"))
    there = _by_month(
        tuple(row.values())
        for row in connection.rows(
            _sums(TRANSACTIONS.name, visible(TRANSACTIONS, commit), "credits_e6", "tokens")
            + " UNION ALL "
            + _sums(CELLS.name, visible(CELLS, commit), "cost_e6", "prompt_tokens + completion_tokens")
        )
    )
    months = sorted({month for _, month in here.keys() | there.keys()})
    different = {
        month
        for table, month in here.keys() | there.keys()
        if here.get((table, month)) != there.get((table, month))
    }
    rows = sum(sums[0] for (table, _), sums in there.items() if table == TRANSACTIONS.name)
    return Comparison(rows, len(months), tuple(sorted(different)))


def _sums(name: str, relation: str, cost: str, tokens: str) -> str:
    return (
        f"SELECT '{name}' AS name, {DAY} AS day, count() AS documents,"
        f" sum({cost}) AS cost, sum(toInt128({tokens})) AS tokens FROM ({relation}) GROUP BY day"
    )


def _by_month(days: Iterable[tuple[object, ...]]) -> dict[tuple[str, str], tuple[int, int, int]]:
    sums: dict[tuple[str, str], tuple[int, int, int]] = {}
    for name, day, *values in days:
        month = f"{FIRST_DAY + timedelta(days=int(str(day))):%Y-%m}"
        before = sums.get((str(name), month), (0, 0, 0))
        rows, cost, tokens = (one + int(str(other)) for one, other in zip(before, values, strict=True))
        sums[str(name), month] = rows, cost, tokens
    return sums
