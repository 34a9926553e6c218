"""The checks of a store in ClickHouse."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from librechat_analytics.assembly.reported_source import ReportedSource
from librechat_analytics.cli.check_result import CheckResult
from librechat_analytics.errors import OperatorError
from librechat_analytics.formatting import ago
from librechat_analytics.store.clickhouse import schema
from librechat_analytics.store.clickhouse.held_twice import count_twice
from librechat_analytics.store.clickhouse.problems import NOT_ALLOWED, RefusedError
from librechat_analytics.store.clickhouse.store import ClickHouseStore
from librechat_analytics.store.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from librechat_analytics.settings import Settings
    from librechat_analytics.store.clickhouse.commit import Commit
    from librechat_analytics.store.clickhouse.connection import Connection

RIGHTS: Final = {
    "read": "SELECT version FROM sync_state WHERE false",
    "send requests to the follower": "INSERT INTO requests SELECT * FROM requests WHERE false",
    "publish as a follower does": "INSERT INTO sync_state SELECT * FROM sync_state WHERE false",
}
"""What a user may do, and a statement without any effect that needs the right to it."""


def clickhouse_checks(
    settings: Settings, connection: Connection
) -> Generator[CheckResult, None, ClickHouseStore | None]:
    """Check the store in ClickHouse; returns it if it can be read."""
    yield CheckResult(
        good=True,
        text=f"STORE_URL is {connection.address}. Only a follower uses DATA_DIR ({settings.data_dir}), for"
        " its working copy. STORE_MEMORY_LIMIT is for each query in ClickHouse.",
    )
    try:
        (found,) = connection.rows("SELECT version() AS version, currentUser() AS user")
    except StoreError as error:
        yield CheckResult(good=False, text=str(error))
        return None
    yield CheckResult(good=True, text=f"ClickHouse {found['version']} answers.")
    yield from _rights(connection, found["user"])
    yield from follower_checks(settings, connection)
    store = ClickHouseStore(connection)
    try:
        commit = store.commit
    except StoreError as error:
        yield CheckResult(good=False, text=str(error))
        return None
    yield from _held(connection, commit)
    return store


def follower_checks(settings: Settings, connection: Connection) -> Iterator[CheckResult]:
    """Say when the follower last reported; it is no failure where there never was one."""
    source = ReportedSource(connection, sync_seconds=settings.sync_seconds)
    heartbeat, age = source.heartbeat(), source.age()
    if heartbeat is None or age is None:
        yield CheckResult(
            good=True, text="No follower has reported yet: start `sync --follow`.", is_note=True
        )
        return
    if since := source.silent_since():
        yield CheckResult(
            good=False,
            text=f"The follower has not reported since {since:%Y-%m-%d %H:%M} UTC. Start `sync --follow`.",
        )
        return
    yield CheckResult(
        good=True,
        text=f"The follower (version {heartbeat.program_version}) reported {ago(age.total_seconds())}; its"
        f" source is {heartbeat.source_status}.",
    )


def _rights(connection: Connection, user: str) -> Iterator[CheckResult]:
    may: list[str] = []
    may_not: list[str] = []
    for what, statement in RIGHTS.items():
        try:
            connection.command(statement)
        except RefusedError as error:
            if error.code not in NOT_ALLOWED:
                return  # there are no tables yet
            may_not.append(what)
        else:
            may.append(what)
    text = f"The user {user} may {', '.join(may) or 'do nothing'}"
    yield CheckResult(
        good="read" in may, text=f"{text}, but not {' and not '.join(may_not)}." if may_not else f"{text}."
    )


def _held(connection: Connection, commit: Commit) -> Iterator[CheckResult]:
    yield CheckResult(
        good=True,
        text=f"It holds {commit.documents:,} transactions, published {commit.committed_at:%Y-%m-%d %H:%M:%S}"
        f" UTC by version {commit.program_version}.",
    )
    try:
        schema.refuse_newer(commit)
    except OperatorError as error:
        yield CheckResult(good=True, text=f"{error} It can be read.", is_note=True)
    if twice := count_twice(connection, commit, commit.changed_at - timedelta(days=1)):
        yield CheckResult(
            good=False,
            text=f"{twice:,} transactions of the last day are there twice: two followers may have published."
            " Stop all followers, then start one with an empty DATA_DIR.",
        )
    else:
        yield CheckResult(good=True, text="No transaction of the last day is there twice.")
