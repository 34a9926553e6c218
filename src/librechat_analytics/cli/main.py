"""The command line."""

from __future__ import annotations

import logging.config
import os
import secrets
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from librechat_analytics.errors import OperatorError
from librechat_analytics.librechat.dump import DumpSource
from librechat_analytics.librechat.mongo import MongoSource
from librechat_analytics.librechat.source import SourceUnreachableError
from librechat_analytics.logs import log_config, occupy_standard_files
from librechat_analytics.plain_files import UnreadableFileError, read_text
from librechat_analytics.settings import load_settings, require_a_key
from librechat_analytics.texts import trimmed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.progress import Task, TaskID

    from librechat_analytics.settings import Settings
    from librechat_analytics.store.held_ids import AuditResult
    from librechat_analytics.store.store import Store
    from librechat_analytics.sync.loop import Syncer
    from librechat_analytics.sync.state import Phase
    from librechat_analytics.web.status_bodies import Audit

program = typer.Typer(
    help="What LibreChat costs: when, by whom, on which models, through which agents.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
console = Console(stderr=True, soft_wrap=True)

DEMO_TRANSACTIONS = 60_000
DEMO_SEED = 20231031
VARIABLES_OF_OTHERS = (
    "DASH_",
    "FLASK_",
    "GUNICORN_",
    "REACT_VERSION",
    "WEB_CONCURRENCY",
    "FORWARDED_ALLOW_IPS",
    "SCRIPT_NAME",
)
EXIT_FAILED = 1
"""Something that the operator can mend; a wrong command line is 2."""


class RowsColumn(ProgressColumn):
    """Rows done and rows per second, also where progress itself is measured in bytes."""

    def render(self, task: Task) -> Text:
        if task.fields.get("in_percent"):
            return Text()
        rows = task.fields.get("rows", task.completed)
        rate = rows / task.elapsed if task.elapsed else 0
        return Text(f"{rows:,.0f} rows, {rate:,.0f}/s", style="dim")


def main() -> None:
    """Run the program; a mistake that the operator can mend is one message and exit code 1."""
    occupy_standard_files()
    os.umask(0o077)  # everybody's names and spending are in what is written
    ignore_variables_of_others()
    try:
        program()
    except OperatorError as error:
        console.print(str(error), style="red", markup=False, highlight=False)
        sys.exit(EXIT_FAILED)
    except OSError as error:
        console.print(f"{error.filename or 'A file'}: {error.strerror}", style="red", markup=False)
        sys.exit(EXIT_FAILED)
    except KeyboardInterrupt:
        sys.exit(130)


def ignore_variables_of_others() -> None:
    """Take from the environment what the frameworks below would read: it moves paths, adds some, or fails."""
    for name in [name for name in os.environ if name.upper().startswith(VARIABLES_OF_OTHERS)]:
        del os.environ[name]


@program.command()
def serve() -> None:
    """Serve dashboard and API, and keep the store level with LibreChat's MongoDB (MONGO_URI)."""
    settings = load_settings()
    require_a_key(settings)
    _log_to_stderr(settings)
    _serve(settings)


@program.command()
def sync(
    *,
    follow: Annotated[bool, typer.Option("--follow", help="Go on until stopped, instead of once.")] = False,
) -> None:
    """Read what is new in LibreChat's MongoDB into the store, without serving."""
    from librechat_analytics.sync.loop import Syncer

    settings = load_settings()
    _log_to_stderr(settings)
    with _mongo(settings) as source, _store(settings) as store, _rows_progress() as report:
        syncer = Syncer(
            store,
            source,
            sync_seconds=settings.sync_seconds,
            labels_seconds=settings.labels_seconds,
            report=report,
        )
        if follow:
            syncer.follow()
        else:
            _sync_once(syncer, store)
            console.print(f"The store holds {store.count_transactions():,} transactions.", highlight=False)
            _tell_refused(store)


@program.command()
def audit() -> None:
    """Compare every transaction's id with LibreChat's and read what is missing, also while serving."""
    from librechat_analytics.cli.one_off import have_server_audit, require_store
    from librechat_analytics.store.store import StoreBusyError
    from librechat_analytics.sync.loop import Syncer

    settings = load_settings()
    _log_to_stderr(settings)
    require_store(settings)
    with _mongo(settings) as source, _rows_progress() as report:
        try:
            with _store(settings) as store:
                syncer = Syncer(
                    store,
                    source,
                    sync_seconds=settings.sync_seconds,
                    labels_seconds=settings.labels_seconds,
                    report=report,
                )
                result: AuditResult | Audit | None = syncer.run_once("ids")
        except StoreBusyError:
            result = have_server_audit(settings, lambda part: report("audit", int(100 * part), 100))
    if result is not None:
        console.print(
            f"Compared {result.documents:,} transactions: {result.added:,} were missing and have been read;"
            f" {result.gone:,} that the store keeps are not in LibreChat's database.",
            highlight=False,
        )


@program.command()
def reset() -> None:
    """Set the store aside as a backup, to begin with an empty one for another LibreChat."""
    from librechat_analytics.cli.one_off import require_store
    from librechat_analytics.store.store import set_aside

    settings = load_settings()
    require_store(settings)
    kept = set_aside(settings.data_dir, datetime.now(UTC))
    console.print(
        f"The store is kept as {kept}. The next start reads the whole history into an empty one.",
        highlight=False,
        markup=False,
    )


@program.command(name="import")
def import_(
    folder: Annotated[
        Path,
        typer.Argument(
            help="The folder that `mongodump --out` wrote, a database's folder in it, or a .bson file there."
        ),
    ],
    *,
    merge: Annotated[
        bool, typer.Option("--merge", help="Add the transactions even if the dump is of another LibreChat.")
    ] = False,
) -> None:
    """Read a dump of LibreChat's database into the store; needs neither MongoDB nor a key."""
    settings = load_settings()
    _log_to_stderr(settings)
    source = DumpSource(folder, anonymous=settings.anonymize_users)
    try:
        with _store(settings) as store:
            _import(store, source, merge=merge)
    finally:
        source.close()


@program.command()
def sample(
    folder: Annotated[
        Path, typer.Argument(help="Where to write it; a folder as `mongodump --out` makes it.")
    ],
    transactions: Annotated[
        int, typer.Option(min=1, max=100_000_000, help="How many transactions.")
    ] = 50_000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same database.")] = 1,
    until: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ"], help="The last day. Default: now."),
    ] = None,
) -> None:
    """Write a believable LibreChat database, to try things out."""
    from librechat_analytics.librechat.sample.eras import EARLIEST_UNTIL, LATEST_UNTIL
    from librechat_analytics.librechat.sample.writer import write_sample

    last = (until or datetime.now(UTC)).replace(tzinfo=UTC, microsecond=0)
    if not EARLIEST_UNTIL <= last <= LATEST_UNTIL:
        raise OperatorError(
            f"--until must be from {EARLIEST_UNTIL:%Y-%m-%d} to {LATEST_UNTIL:%Y-%m-%d}: rows before 2000 or"
            " after 2100 are refused."
        )
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise OperatorError(f"{folder} exists and is not empty. Give a new folder.")
    with _progress() as progress:
        task = progress.add_task("Writing transactions", total=transactions)
        counts = write_sample(
            folder,
            transactions=transactions,
            seed=seed,
            until=last,
            progress=lambda written: progress.update(task, completed=written),
        )
    written = ", ".join(f"{count:,} {name}" for name, count in asdict(counts).items())
    console.print(f"Wrote {written} to {folder}.", highlight=False, markup=False)


@program.command()
def demo() -> None:
    """Serve a generated LibreChat database, to look around; nothing else is read or changed."""
    from librechat_analytics.librechat.sample.writer import write_sample
    from librechat_analytics.serving.server import address_of
    from librechat_analytics.store.store import discard

    settings = load_settings(mongo_uri=None)
    _log_to_stderr(settings)
    # A folder of its own: a demo's figures must never meet real ones.
    folder = settings.data_dir / "demo"
    key = settings.dashboard_api_key.get_secret_value() if settings.dashboard_api_key else _kept_key(folder)
    settings = load_settings(mongo_uri=None, dashboard_api_key=key, data_dir=folder)
    with tempfile.TemporaryDirectory(prefix="librechat-analytics-demo-") as scratch:
        with _progress() as progress:
            task = progress.add_task("Making a LibreChat database", total=DEMO_TRANSACTIONS)
            write_sample(
                Path(scratch) / "dump",
                transactions=DEMO_TRANSACTIONS,
                seed=DEMO_SEED,
                until=datetime.now(UTC).replace(microsecond=0),
                progress=lambda written: progress.update(task, completed=written),
            )
        discard(folder)
        with _store(settings) as store:
            source = DumpSource(Path(scratch) / "dump")
            try:
                _import(store, source)
            finally:
                source.close()
    console.print(f"\nDemo: {address_of(settings)}\nKey:  {key}\n", highlight=False, markup=False)
    _serve(settings)


@program.command()
def export(
    file: Annotated[Path, typer.Argument(help="The workbook to write, such as usage.xlsx.")],
    period: Annotated[
        str, typer.Option(help="24h, 7d, 30d, last-month, custom ...; see the API.")
    ] = "last-month",
    start: Annotated[str | None, typer.Option(help="With --period custom.")] = None,
    end: Annotated[
        str | None, typer.Option(help="With --period custom; a date is included, an instant is not.")
    ] = None,
    tz: Annotated[str | None, typer.Option(help="IANA time zone. Default: DASHBOARD_TIMEZONE.")] = None,
    where: Annotated[
        list[str] | None,
        typer.Option(help="A filter such as user=ID or domain=example.com; may be repeated."),
    ] = None,
) -> None:
    """Write a period's usage into a workbook; asks the running server where there is one."""
    from librechat_analytics.cli.one_off import write_report
    from librechat_analytics.usage.filters import FILTER_NAMES

    settings = load_settings()
    asked = {"period": period, "start": start, "end": end, "tz": tz}
    if period != "custom" and (start or end):
        raise OperatorError("--start and --end need --period custom.")
    filters: dict[str, str] = {}
    for part in where or ():
        name, _, value = part.partition("=")
        if name not in FILTER_NAMES:
            raise OperatorError(
                f"--where {part} must be one of {', '.join(FILTER_NAMES)} with a value, such as"
                " domain=example.com"
            )
        if name in filters:
            raise OperatorError(f"--where {name} is there twice.")
        filters[name] = value
    write_report(settings, file, {name: value for name, value in asked.items() if value} | filters)
    console.print(f"Wrote {file}.", highlight=False, markup=False)


@program.command()
def backup(file: Annotated[Path, typer.Argument(help="Where to write the copy of the store.")]) -> None:
    """Copy the store into a file, also while serving."""
    from librechat_analytics.cli.one_off import write_backup

    write_backup(load_settings(), file)
    console.print(
        f"Wrote {file}. To restore, put it into DATA_DIR as usage.duckdb and remove usage.duckdb.wal.",
        highlight=False,
        markup=False,
    )


@program.command()
def forget(user: Annotated[str, typer.Argument(help="The user's id or e-mail address.")]) -> None:
    """Erase a person's name and e-mail from the store for good; the figures stay, under the id."""
    from librechat_analytics.cli.one_off import require_store

    settings = load_settings()
    require_store(settings)
    with _store(settings) as store:
        known = store.users_known_as(user)
        if not known:
            raise OperatorError(f"The store knows no user {user}. Give the id or the e-mail address.")
        if len(known) > 1:
            raise OperatorError(
                f"Several users have this address: {', '.join(known)}. Give one of these ids."
            )
        store.forget_user(known[0])
    console.print(f"Forgot the names of user {known[0]}; the figures stay.", highlight=False)


@program.command()
def check() -> None:
    """Check settings, store and MongoDB; each line says what to do when something is wrong."""
    from librechat_analytics.cli.checks import run_checks

    styles = {"ok": None, "note": "yellow", "FAIL": "red"}
    failed = False
    for finding in run_checks():
        failed = failed or not finding.good
        console.print(
            f"{finding.mark:4}  {finding.text}",
            style=styles[finding.mark],
            highlight=False,
            markup=False,
        )
    if failed:
        raise typer.Exit(EXIT_FAILED)


def _sync_once(syncer: Syncer, store: Store) -> None:
    try:
        syncer.run_once()
    except SourceUnreachableError as error:
        if not error.may_pass:
            raise
        expected = store.state().expected_documents
        of_all = f" of about {expected:,}" if expected and not store.state().history_complete else ""
        held = f"The store holds {store.count_transactions():,} transactions{of_all}"
        raise OperatorError(f"{error} {held}; run the command again to go on.") from None


def _serve(settings: Settings) -> None:
    from librechat_analytics.serving.server import serve as serve_until_stopped

    serve_until_stopped(settings)


def _import(store: Store, source: DumpSource, *, merge: bool = False) -> None:
    from librechat_analytics.sync.imports import import_dump

    with _progress() as progress:
        reading = progress.add_task("Reading transactions", total=source.size_bytes(), rows=0)
        asking: list[TaskID] = []

        def report(phase: Phase, done: int, expected: int | None) -> None:
            if phase == "transactions":
                progress.update(reading, rows=done)
                return
            progress.update(reading, completed=source.size_bytes())
            if not asking:
                asking.append(progress.add_task("Finding agents", total=expected))
            progress.update(asking[0], completed=done)

        added = import_dump(
            store,
            source,
            now=datetime.now(UTC),
            report=report,
            read_bytes=lambda position: progress.update(reading, completed=position),
            merge=merge,
        )
        progress.update(reading, completed=source.size_bytes())
    console.print(
        f"Added {added:,} transactions; the store holds {store.count_transactions():,}.", highlight=False
    )
    _tell_refused(store)
    if source.broken:
        raise OperatorError(
            f"The dump breaks off: {', '.join(sorted(source.broken))} on cannot be read. Make it anew and"
            " import it again: what is held already is skipped."
        )


def _tell_refused(store: Store) -> None:
    for reason, count in store.refusals():
        console.print(f"Refused {count:,}: {reason}.", style="yellow", highlight=False, markup=False)


def _kept_key(folder: Path) -> str:
    path = folder / "key"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(24), "utf-8")
    try:
        return trimmed(read_text(path))
    except UnreadableFileError as error:
        raise OperatorError(f"{path} {error} Remove it; the next demo makes a new one.") from None


@contextmanager
def _store(settings: Settings) -> Iterator[Store]:
    from librechat_analytics.app import open_store

    store = open_store(settings)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def _mongo(settings: Settings) -> Iterator[MongoSource]:
    if settings.mongo_uri is None:
        raise OperatorError(
            "MONGO_URI is missing. Set it to LibreChat's, e.g. mongodb://mongodb:27017/LibreChat"
        )
    source = MongoSource.at(settings.mongo_uri.get_secret_value(), anonymous=settings.anonymize_users)
    try:
        yield source
    finally:
        source.close()


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        RowsColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=console,
    )


@contextmanager
def _rows_progress() -> Iterator[Callable[[Phase, int, int | None], None]]:
    titles = {"transactions": "Reading history", "agents": "Finding agents", "audit": "Comparing ids"}
    tasks: dict[str, TaskID] = {}
    with _progress() as progress:

        def report(phase: Phase, done: int, expected: int | None) -> None:
            if phase not in tasks:
                tasks[phase] = progress.add_task(titles[phase], total=expected, in_percent=phase == "audit")
            progress.update(tasks[phase], completed=done, total=max(done, expected or done))

        yield report


def _log_to_stderr(settings: Settings) -> None:
    logging.config.dictConfig(log_config(settings))
