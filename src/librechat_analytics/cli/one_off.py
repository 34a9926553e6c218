"""Writes workbooks and backups: from the store, or with the help of the server that has it open."""

from __future__ import annotations

import urllib.parse
from contextlib import contextmanager
from typing import TYPE_CHECKING

from werkzeug.datastructures import MultiDict

from librechat_analytics.assembly.opening import open_definitions, open_prices, open_store
from librechat_analytics.cli.resources import opened_reader, refuse_clickhouse, require_store
from librechat_analytics.cli.running_server import download
from librechat_analytics.errors import OperatorError
from librechat_analytics.exports.workbook import whole_workbook
from librechat_analytics.store.duckdb_file import LOG_NAME
from librechat_analytics.store.store import FILE_NAME, StoreBusyError
from librechat_analytics.usage.answers import SourceReport
from librechat_analytics.usage.periods import BadPeriodError
from librechat_analytics.usage.repository import StoreRepository
from librechat_analytics.web.backup import BY_CLICKHOUSE
from librechat_analytics.web.parameters import BadParameterError, bad_period, read_request

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from librechat_analytics.settings import Settings


def write_report(settings: Settings, path: Path, parameters: Sequence[tuple[str, str]]) -> None:
    """Write the workbook of a period; raises OperatorError that says what to do.

    ``parameters`` are the API's. Only one process can open the store: while the server runs, it makes the
    workbook.
    """
    if path.suffix.lower() != ".xlsx":
        raise OperatorError(f"{path} must end in .xlsx")
    require_store(settings)
    with _replacing(path) as part:
        try:
            part.write_bytes(_workbook(settings, parameters))
        except StoreBusyError:
            download(settings, f"/api/export?{urllib.parse.urlencode(parameters)}", part)
        except BadPeriodError as error:
            raise OperatorError(f"{error.parameter}: {bad_period(error)}") from None
        except BadParameterError as error:
            raise OperatorError(f"{error.parameter}: {error}") from None


def write_backup(settings: Settings, path: Path) -> None:
    """Write a copy of the store, also while the server runs; raises OperatorError that says what to do."""
    refuse_clickhouse(settings, BY_CLICKHOUSE)
    if path.is_dir() or not path.parent.is_dir():
        raise OperatorError(f"{path} cannot be written. Give the name of a file in a folder that exists.")
    store_file = settings.data_dir / FILE_NAME
    if path.resolve() in (store_file.resolve(), store_file.with_name(LOG_NAME).resolve()):
        raise OperatorError(f"{path} is the store itself. Give another file.")
    require_store(settings)
    with _replacing(path) as part:
        try:
            store = open_store(settings)
        except StoreBusyError:
            download(settings, "/api/backup", part)
        else:
            try:
                store.copy_to(part)
            finally:
                store.close()


@contextmanager
def _replacing(path: Path) -> Iterator[Path]:
    """Give a file to write, which replaces ``path`` when it is complete and is removed otherwise."""
    part = path.with_name(f"{path.name}.part")
    try:
        part.unlink(missing_ok=True)  # it may be a pipe, on which writing would wait for a reader
        yield part
        part.replace(path)
    except OSError as error:
        raise OperatorError(f"{path} cannot be written: {error.strerror}.") from None
    finally:
        part.unlink(missing_ok=True)


def _workbook(settings: Settings, parameters: Sequence[tuple[str, str]]) -> bytes:
    with opened_reader(settings) as store:
        prices, definitions = open_prices(settings), open_definitions(settings)
        definitions.require_good()
        repository = StoreRepository(
            store,
            source=lambda: SourceReport("offline"),
            prices=prices,
            rules=lambda: definitions.rules,
        )
        request = read_request(
            MultiDict(parameters),
            default_zone=settings.dashboard_timezone,
            now=repository.now(),
            first_usage=repository.first_usage(),
            definitions=definitions.current,
        )
        return whole_workbook(
            repository, request.period, request.bucket, request.filters, request.definitions
        ).content
