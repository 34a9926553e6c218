"""Requests to the server that is running on this machine, for what only it can do: it has the store open."""

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
from typing import TYPE_CHECKING, TypedDict

from librechat_analytics.errors import OperatorError
from librechat_analytics.finops.matches import Paid
from librechat_analytics.settings import local_address, required_key
from librechat_analytics.web.gatekeeper import KEY_HEADER
from librechat_analytics.web.parameters import LARGEST_LIMIT
from librechat_analytics.web.status_bodies import Audit, AuditRunning, AuditState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from http.client import HTTPResponse
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from librechat_analytics.finops.budgets import BudgetStatus
    from librechat_analytics.settings import Settings
    from librechat_analytics.usage.filters import Scope

TIMEOUT_SECONDS = 60
POLL_SECONDS = 0.5
LONGEST_SILENCE_SECONDS = 120
"""How long the server may do nothing before we say that it has not begun the requested audit."""


@contextmanager
def _response(
    settings: Settings,
    address: str,
    method: str = "GET",
    *,
    key: str | None = None,
    given: dict[str, str] | None = None,
) -> Iterator[HTTPResponse]:
    """Send a request; raises OperatorError that says what to do unless the whole response arrives.

    ``key``: another one than the settings have. ``given``: the JSON body.
    """
    origin = local_address(settings)
    headers = {KEY_HEADER: key or required_key(settings)}
    body = None if given is None else json.dumps(given).encode()
    if body is not None:
        headers["Content-Type"] = "application/json"
    request = urllib.request.Request(  # noqa: S310 our own server
        origin + address, body, headers=headers, method=method
    )
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(request, timeout=TIMEOUT_SECONDS) as response:
            yield response
    except urllib.error.HTTPError as error:
        raise OperatorError(f"The running server refused: {_sentence(error)}") from None
    except urllib.error.URLError:
        raise OperatorError(
            f"The store is in use, but no server answers at {origin}. Set HOST and PORT to the running"
            " server's values."
        ) from None
    except (HTTPException, ConnectionError, TimeoutError):
        raise OperatorError("The running server stopped before its answer was complete. Try again.") from None


def _sentence(error: urllib.error.HTTPError) -> str:
    try:
        return str(json.loads(error.read())["error"])
    except (ValueError, KeyError, TypeError):
        return f"status {error.code}"


def download(settings: Settings, address: str, file: Path) -> None:
    """Write what the server sends into a file; raises OperatorError unless the whole response arrives."""
    with _response(settings, address) as response, file.open("wb") as stream:
        shutil.copyfileobj(response, stream)
        if response.length:  # bytes that are still missing: copying piece by piece does not notice
            raise IncompleteRead(b"", response.length)


def report_preview(settings: Settings, name: str, **parameters: str) -> tuple[bytes, str]:
    """Return a report by schedule as the running server writes it, and the name of the file that it is.

    ``parameters`` are the API's.
    """
    address = f"/api/reports/{urllib.parse.quote(name, safe='')}/preview"
    with _response(settings, f"{address}?{urllib.parse.urlencode(parameters)}") as response:
        return response.read(), response.headers.get_filename() or ""


def server_alerts(settings: Settings, state: str) -> list[dict[str, str | None]]:
    """Return the alerts of a state that the running server has: since when, what and the id."""
    with _response(
        settings, f"/api/alerts?{urllib.parse.urlencode({'state': state, 'limit': 1000})}"
    ) as response:
        found: list[dict[str, str | None]] = json.load(response)["alerts"]
    return found


class ForecastOfServer(TypedDict):
    """What a budget's period is expected to cost, as the API has it."""

    expected: float


class BudgetOfServer(TypedDict):
    """A budget as the API has it, with the fields that are used here."""

    name: str
    each: str | None
    label: str | None
    actual: float
    available: float
    usedShare: float | None
    forecast: ForecastOfServer | None
    status: BudgetStatus


def server_budgets(settings: Settings) -> list[BudgetOfServer]:
    """Return the budgets of the running server."""
    with _response(settings, "/api/budgets") as response:
        found: list[BudgetOfServer] = json.load(response)["budgets"]
    return found


def silence_on_server(settings: Settings, key: str, alert: str, until: datetime, reason: str) -> None:
    """Let the running server silence an alert; ``key`` must have ``may=manage``."""
    given = {"until": until.isoformat(), "reason": reason}
    address = f"/api/alerts/{urllib.parse.quote(alert, safe='')}/silence"
    with _response(settings, address, "POST", key=key, given=given):
        pass


def server_audits(settings: Settings) -> AuditState:
    """Return the audits of the running server, the one that is running included."""
    with _response(settings, "/api/audit") as response:
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


def run_server_audit(settings: Settings, report: Callable[[float], None]) -> Audit:
    """Let the running server compare every id, and wait for the result.

    ``report`` is called with the part done, from 0 to 1. Raises OperatorError when the audit does not begin
    within LONGEST_SILENCE_SECONDS.
    """
    requested_at = datetime.now(UTC)
    with _response(settings, "/api/audit", "POST"):
        pass
    done = audit_since(requested_at, lambda: server_audits(settings), report)
    if done is None:
        raise OperatorError(
            "The running server has not begun the audit yet; it begins after LibreChat's history has been"
            " read. See the server's log."
        )
    return done


def audit_since(
    requested_at: datetime, read: Callable[[], AuditState], report: Callable[[float], None]
) -> Audit | None:
    """Wait for the end of an audit of every id that was requested; None if it does not begin in time."""
    give_up_at = time.monotonic() + LONGEST_SILENCE_SECONDS
    while time.monotonic() < give_up_at:
        state = read()
        done = [audit for audit in state.audits if audit.kind == "ids" and audit.started_at >= requested_at]
        if done:
            return done[0]
        if state.running is not None:  # while any audit runs, the server is busy; ours comes next
            give_up_at = time.monotonic() + LONGEST_SILENCE_SECONDS
            if state.running.kind == "ids":
                report(state.running.progress)
        time.sleep(POLL_SECONDS)
    return None


def parts_without_usage(settings: Settings, scope: Scope) -> tuple[str, ...]:
    """Return the parts of a scope, such as ``group=ID``, for which the running server has no usage."""
    return tuple(
        f"{name}={value}"
        for name, value, part in scope.parts()
        if not any(
            _may_have_usage(settings, {"period": "all", "tenant": tenant, name: value})
            for tenant in part.tenants or ("",)
        )
    )


def server_cost_centers(settings: Settings, zone: ZoneInfo) -> list[Paid]:
    """Return what the running server's cost centres paid last month, and at the end what none of them paid.

    Raises OperatorError if the server has no definitions.
    """
    query = urllib.parse.urlencode({"period": "last-month", "tz": zone.key, "limit": LARGEST_LIMIT})
    with _response(settings, f"/api/cost-centers?{query}") as response:
        answer = json.load(response)
    rows = [*answer["costCenters"], {**answer["unassigned"], "name": "Unassigned"}]
    return [Paid(row["name"], row["users"], row["cost"]) for row in rows]


def _may_have_usage(settings: Settings, parameters: dict[str, str]) -> bool:
    """Say whether the server has usage, or cannot know because it has read nothing yet."""
    query = urllib.parse.urlencode({name: value for name, value in parameters.items() if value})
    with _response(settings, f"/api/summary?{query}") as response:
        summary = json.load(response)
    return summary["asOf"] is None or any(
        summary[figure] for figure in ("activeUsers", "calls", "totalTokens")
    )
