"""The commands that fill the store: ``sync``, ``audit`` and ``import``."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path  # noqa: TC003 typer reads the annotations
from threading import Event
from typing import TYPE_CHECKING, Annotated

import typer

from librechat_analytics.cli.console import print_message, progress_bar, sync_progress
from librechat_analytics.cli.resources import (
    asked_follower,
    ending_cleanly,
    log_to_stderr,
    opened_clickhouse,
    opened_mongodb,
    opened_reader,
    opened_store,
    publishing,
    refuse_clickhouse,
    require_mongodb,
    require_store,
)
from librechat_analytics.errors import OperatorError
from librechat_analytics.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.progress import TaskID

    from librechat_analytics.librechat.dump import DumpSource
    from librechat_analytics.librechat.mongo import MongoSource
    from librechat_analytics.settings import Settings
    from librechat_analytics.store.clickhouse.address import StoreAddress
    from librechat_analytics.store.held_ids import AuditResult
    from librechat_analytics.store.store import Store
    from librechat_analytics.sync.loop import Syncer
    from librechat_analytics.sync.state import Phase
    from librechat_analytics.web.status_bodies import Audit


IMPORT_INTO_A_FILE = (
    "An import fills a store in a file. Stop the follower, run the import in its DATA_DIR without STORE_URL,"
    " and start the follower again: it publishes what is new."
)


def sync(
    *,
    follow: Annotated[
        bool, typer.Option("--follow", help="Keep reading until stopped, instead of once.")
    ] = False,
) -> None:
    """Read what is new in LibreChat's MongoDB into the store, without serving.

    With STORE_URL the store is in ClickHouse; --follow then also evaluates alerts, sends them and the reports
    by schedule, and does what web processes and other commands request.
    """
    from librechat_analytics.assembly.opening import end_publishing

    settings = load_settings()
    log_to_stderr(settings)
    if follow and settings.store_address is not None:
        from librechat_analytics.assembly.follower import Follower

        require_mongodb(settings)
        stopped = Event()
        with ending_cleanly(stopped.set), sync_progress() as report:
            Follower(settings, settings.store_address, stopped, report).run()
        return
    with opened_mongodb(settings) as source, opened_store(settings) as store, sync_progress() as report:
        if settings.store_address is None:
            end_publishing(store)
        syncer = _syncer(settings, store, source, report)
        if follow:
            with ending_cleanly(syncer.stop):
                syncer.follow()
            return
        with publishing(settings, store):
            _sync_once(syncer, store)
        print_message(f"The store holds {store.count_transactions():,} transactions.")
        _print_refusals(store)


def _syncer(
    settings: Settings, store: Store, source: MongoSource, report: Callable[[Phase, int, int | None], None]
) -> Syncer:
    from librechat_analytics.sync.loop import Syncer

    return Syncer(
        store,
        source,
        sync_seconds=settings.sync_seconds,
        labels_seconds=settings.labels_seconds,
        report=report,
    )


def _sync_once(syncer: Syncer, store: Store) -> None:
    from librechat_analytics.librechat.source import SourceUnreachableError

    try:
        syncer.run_once()
    except SourceUnreachableError as error:
        if not error.may_pass:
            raise
        state = store.state()
        of_all = ""
        if state.expected_documents and not state.history_complete:
            of_all = f" of about {state.expected_documents:,}"
        raise OperatorError(
            f"{error} The store holds {store.count_transactions():,} transactions{of_all};"
            " run the command again to continue."
        ) from None


def audit() -> None:
    """Compare every transaction's id with LibreChat's and read what is missing, also while serving."""
    from librechat_analytics.cli.running_server import run_server_audit
    from librechat_analytics.store.store import StoreBusyError

    settings = load_settings()
    log_to_stderr(settings)
    require_store(settings)
    result: AuditResult | Audit | None
    if settings.store_address is not None:
        result = _audit_by_follower(settings, settings.store_address)
    else:
        with opened_mongodb(settings) as source, sync_progress() as report:
            try:
                with opened_store(settings) as store:
                    result = _syncer(settings, store, source, report).run_once("ids")
            except StoreBusyError:
                result = run_server_audit(settings, lambda part: report("audit", int(100 * part), 100))
    if result is not None:
        print_message(
            f"Compared {result.documents:,} transactions: {result.added:,} were missing and have been read;"
            f" {result.gone:,} that the store keeps are not in LibreChat's database."
        )


def _audit_by_follower(settings: Settings, address: StoreAddress) -> Audit:
    """Have the follower compare every id, and wait for the result."""
    from librechat_analytics.assembly.reported_source import ReportedSource
    from librechat_analytics.cli.running_server import audit_since
    from librechat_analytics.usage.repository import StoreRepository
    from librechat_analytics.web.status_bodies import AuditState

    with (
        opened_clickhouse(settings, address) as connection,
        opened_reader(settings) as store,
        asked_follower(settings, address) as follower,
        sync_progress() as report,
    ):
        source = ReportedSource(connection, sync_seconds=settings.sync_seconds)
        repository = StoreRepository(store, source=source.report)
        done = audit_since(
            follower.begin_audit(),
            lambda: AuditState.of(repository.freshness()),
            lambda part: report("audit", int(100 * part), 100),
        )
    if done is None:
        raise OperatorError(
            "The follower has not begun the audit yet; it begins after LibreChat's history has been read."
            " See the follower's log."
        )
    return done


def import_(
    folder: Annotated[
        Path,
        typer.Argument(
            help="The folder that `mongodump --out` wrote, a database's folder in it, or a .bson file there."
        ),
    ],
    *,
    merge: Annotated[
        bool,
        typer.Option("--merge", help="Add the transactions even if the dump is from another LibreChat."),
    ] = False,
) -> None:
    """Read a dump of LibreChat's database into the store; needs neither MongoDB nor a key."""
    from librechat_analytics.librechat.dump import DumpSource

    settings = load_settings()
    refuse_clickhouse(settings, IMPORT_INTO_A_FILE)
    log_to_stderr(settings)
    source = DumpSource(folder, anonymous=settings.anonymize_users)
    with opened_store(settings) as store:
        import_into(store, source, merge=merge)


def import_into(store: Store, source: DumpSource, *, merge: bool = False) -> None:
    """Import a dump and show the progress; raises OperatorError when the dump is truncated."""
    from librechat_analytics.sync.imports import import_dump

    with progress_bar() as progress:
        reading = progress.add_task("Reading transactions", total=source.size_bytes(), rows=0)
        attributing: list[TaskID] = []

        def report(phase: Phase, done: int, expected: int | None) -> None:
            if phase == "transactions":
                progress.update(reading, rows=done)
                return
            progress.update(reading, completed=source.size_bytes())
            if not attributing:
                attributing.append(progress.add_task("Finding agents", total=expected))
            progress.update(attributing[0], completed=done)

        added = import_dump(
            store,
            source,
            now=datetime.now(UTC),
            report=report,
            read_bytes=lambda position: progress.update(reading, completed=position),
            merge=merge,
        )
        progress.update(reading, completed=source.size_bytes())
    print_message(f"Added {added:,} transactions; the store holds {store.count_transactions():,}.")
    _print_refusals(store)
    if source.broken:
        raise OperatorError(
            f"The dump is truncated. Unreadable: {', '.join(sorted(source.broken))}. Create the dump again"
            " and import it; transactions that the store has already are skipped."
        )


def _print_refusals(store: Store) -> None:
    for reason, count in store.refusals():
        print_message(f"Refused {count:,}: {reason}.", style="yellow")
