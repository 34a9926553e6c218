"""Errands for cron, workbooks and backups: done on the store, or by the server that holds it."""

from __future__ import annotations

import json
import shutil
import time
import urllib.error
import urllib.parse
import urllib.request
from contextlib import contextmanager
from datetime import UTC, datetime
from http.client import HTTPException, IncompleteRead
from typing import TYPE_CHECKING

from werkzeug.datastructures import MultiDict

from librechat_analytics.app import open_prices, open_store
from librechat_analytics.errors import OperatorError
from librechat_analytics.exports.files import xlsx_bytes
from librechat_analytics.exports.workbook import all_sheets
from librechat_analytics.settings import local_address, required_key
from librechat_analytics.store.store import FILE_NAME, StoreBusyError
from librechat_analytics.usage.answers import SourceReport
from librechat_analytics.usage.periods import BadPeriodError
from librechat_analytics.usage.repository import StoreRepository
from librechat_analytics.web.gatekeeper import KEY_HEADER
from librechat_analytics.web.parameters import BadParameterError, bad_period, read_request
from librechat_analytics.web.status_bodies import Audit, AuditRunning, AuditState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from http.client import HTTPResponse
    from pathlib import Path

    from librechat_analytics.settings import Settings
    from librechat_analytics.usage.filters import Scope

PATIENCE_SECONDS = 60
POLL_SECONDS = 0.5
LONGEST_SILENCE_SECONDS = 120


def require_store(settings: Settings) -> None:
    """Raise OperatorError where there is no store: a new one would be empty, and so would all made of it."""
    if not (settings.data_dir / FILE_NAME).exists():
        raise OperatorError(
            f"There is no store in {settings.data_dir}. Run this where the server runs, or set DATA_DIR."
        )


def write_report(settings: Settings, path: Path, parameters: dict[str, str]) -> None:
    """Write the workbook of a period; raises OperatorError that says what to do.

    ``parameters`` are those of the API. The store has one process: while the server runs, it is asked.
    """
    if path.suffix.lower() != ".xlsx":
        raise OperatorError(f"{path} must end in .xlsx")
    require_store(settings)
    with _taking_the_place_of(path) as part:
        try:
            part.write_bytes(_workbook(settings, parameters))
        except StoreBusyError:
            _have_server_write(settings, f"/api/export?{urllib.parse.urlencode(parameters)}", part)
        except BadPeriodError as error:
            raise OperatorError(f"{error.parameter}: {bad_period(error)}") from None
        except BadParameterError as error:
            raise OperatorError(f"{error.parameter}: {error}") from None


def write_backup(settings: Settings, path: Path) -> None:
    """Write a copy of the store, also while the server runs; raises OperatorError that says what to do."""
    if path.is_dir() or not path.parent.is_dir():
        raise OperatorError(f"{path} cannot be written. Give the name of a file in a folder that exists.")
    store_file = settings.data_dir / FILE_NAME
    if path.resolve() in (store_file.resolve(), store_file.with_name(f"{FILE_NAME}.wal").resolve()):
        raise OperatorError(f"{path} is the store itself. Give another file.")
    require_store(settings)
    with _taking_the_place_of(path) as part:
        try:
            store = open_store(settings)
        except StoreBusyError:
            _have_server_write(settings, "/api/backup", part)
        else:
            try:
                store.copy_to(part)
            finally:
                store.close()


@contextmanager
def _taking_the_place_of(path: Path) -> Iterator[Path]:
    """Give a file to write; it takes the place of the other once it is whole, and is gone if it never is."""
    part = path.with_name(f"{path.name}.part")
    try:
        part.unlink(missing_ok=True)  # what lies there may be a pipe that nobody reads
        yield part
        part.replace(path)
    except OSError as error:
        raise OperatorError(f"{path} cannot be written: {error.strerror}.") from None
    finally:
        part.unlink(missing_ok=True)


def _workbook(settings: Settings, parameters: dict[str, str]) -> bytes:
    store = open_store(settings)
    try:
        prices = open_prices(settings)
        repository = StoreRepository(store, source=lambda: SourceReport("offline"), prices=prices)
        wanted = read_request(
            MultiDict(parameters),
            default_zone=settings.dashboard_timezone,
            now=repository.now(),
            first_usage=repository.first_usage(),
        )
        sheets = all_sheets(repository, wanted.period, wanted.bucket, wanted.filters)
        return xlsx_bytes(sheets)
    finally:
        store.close()


def _have_server_write(settings: Settings, address: str, path: Path) -> None:
    with _asking_server(settings, address) as response, path.open("wb") as file:
        shutil.copyfileobj(response, file)
        if response.length:  # what is still missing: reading piece by piece does not complain of it
            raise IncompleteRead(b"", response.length)


@contextmanager
def _asking_server(settings: Settings, address: str, method: str = "GET") -> Iterator[HTTPResponse]:
    """Ask the running server; raises OperatorError that says what to do where there is no whole answer."""
    origin = local_address(settings)
    request = urllib.request.Request(  # noqa: S310 our own server
        origin + address, headers={KEY_HEADER: required_key(settings)}, method=method
    )
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(request, timeout=PATIENCE_SECONDS) as response:
            yield response
    except urllib.error.HTTPError as error:
        raise OperatorError(f"The running server refused: {_sentence(error)}") from None
    except urllib.error.URLError:
        raise OperatorError(
            f"The store is in use, but no server answers at {origin}. Set HOST and PORT to its."
        ) from None
    except (HTTPException, ConnectionError, TimeoutError):
        raise OperatorError("The running server broke off before all of it was there. Try again.") from None


def served_audits(settings: Settings) -> AuditState:
    """Ask the running server how its audits are doing."""
    with _asking_server(settings, "/api/audit") as response:
        state = json.load(response)
    return AuditState(
        running=state["running"] and AuditRunning(**state["running"]),
        audits=tuple(
            Audit(
                kind=audit["kind"],
                started_at=datetime.fromisoformat(audit["startedAt"]),
                ended_at=datetime.fromisoformat(audit["endedAt"]),
                documents=audit["documents"],
                added=audit["added"],
                gone=audit["gone"],
            )
            for audit in state["audits"]
        ),
    )


def served_unmatched_parts(settings: Settings, scope: Scope) -> tuple[str, ...]:
    """Ask the running server which parts of a scope match nobody with any usage, such as ``group=ID``."""
    return tuple(
        f"{name}={value}"
        for name, value, part in scope.parts()
        if not any(
            _may_be_somebody(settings, {"period": "all", "tenant": tenant, name: value})
            for tenant in part.tenants or ("",)
        )
    )


def _may_be_somebody(settings: Settings, parameters: dict[str, str]) -> bool:
    """Say whether the server has usage of this, or cannot know because it has not read anything."""
    query = urllib.parse.urlencode({name: value for name, value in parameters.items() if value})
    with _asking_server(settings, f"/api/summary?{query}") as response:
        summary = json.load(response)
    return summary["asOf"] is None or any(
        summary[figure] for figure in ("activeUsers", "calls", "totalTokens")
    )


def have_server_audit(settings: Settings, report: Callable[[float], None]) -> Audit:
    """Have the running server compare every id, and wait until it has; ``report`` is told the part done."""
    asked_at = datetime.now(UTC)
    with _asking_server(settings, "/api/audit", "POST"):
        pass
    give_up = time.monotonic() + LONGEST_SILENCE_SECONDS
    while time.monotonic() < give_up:
        state = served_audits(settings)
        done = [audit for audit in state.audits if audit.kind == "ids" and audit.started_at >= asked_at]
        if done:
            return done[0]
        if state.running is not None:  # whatever runs is a sign of life, and ours comes after it
            give_up = time.monotonic() + LONGEST_SILENCE_SECONDS
            if state.running.kind == "ids":
                report(state.running.progress)
        time.sleep(POLL_SECONDS)
    raise OperatorError(
        "The running server has not begun the audit yet; it begins once LibreChat's history has been read."
        " Its log says more."
    )


def _sentence(error: urllib.error.HTTPError) -> str:
    try:
        return str(json.loads(error.read())["error"])
    except (ValueError, KeyError, TypeError):
        return f"status {error.code}"
