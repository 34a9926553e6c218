"""The commands ``alerts``, ``alerts test`` and ``alerts silence``."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from librechat_analytics.cli.console import EXIT_FAILED
from librechat_analytics.cli.resources import (
    asked_follower,
    definitions_in_force,
    opened_alerts,
    opened_reader,
    opened_store,
    require_store,
    stored_answers,
)
from librechat_analytics.errors import OperatorError
from librechat_analytics.settings import load_settings

if TYPE_CHECKING:
    from librechat_analytics.finops.definitions import Definitions
    from librechat_analytics.settings import Settings
    from librechat_analytics.store.interface import AlertsHeld, Reader

BY = "command line"
STATES = ("open", "silenced", "resolved", "all")

alerts = typer.Typer(
    help="List alerts, test a receiver, or silence an alert.",
    context_settings={"help_option_names": ["-h", "--help"]},
)


@alerts.callback(invoke_without_command=True)
def list_alerts(
    context: typer.Context,
    state: Annotated[str, typer.Option(help="Which alerts: open, silenced, resolved or all.")] = "open",
) -> None:
    """List alerts with their ids."""
    if context.invoked_subcommand is not None:
        return
    if state not in STATES:
        raise OperatorError(f"--state must be one of {', '.join(STATES)}.")
    settings = load_settings()
    definitions = _definitions(settings)
    require_store(settings)
    found = _found(settings, definitions, state)
    for opened_at, text, identity in found:
        typer.echo(f"{opened_at}  {text}\n{' ' * len(opened_at)}  {identity}")
    if not found:
        typer.echo("There are no alerts." if state == "all" else f"There are no {state} alerts.")


@alerts.command("test")
def test(
    receiver: Annotated[str, typer.Argument(help="The receiver's name in the file that FINOPS_FILE names.")],
) -> None:
    """Send a receiver a test and print what it answers; the exit code is 1 if it does not take it."""
    from librechat_analytics.finops.delivery import send_test

    definitions = _definitions(load_settings())
    known = {one.name: one for one in definitions.receivers}
    if receiver not in known:
        names = ", ".join(known) or "none"
        raise OperatorError(f"There is no receiver {receiver}. The receivers are: {names}.")
    answer = send_test(known[receiver], datetime.now(UTC))
    typer.echo(f"{receiver}: {answer.text}")
    if not answer.is_taken:
        raise typer.Exit(EXIT_FAILED)


@alerts.command("silence")
def silence(
    alert: Annotated[str, typer.Argument(help="The alert's id, as the list shows it.")],
    *,
    until: Annotated[
        str | None,
        typer.Option(help="An instant such as 2026-12-01T08:00:00Z; one that is over ends the silence."),
    ] = None,
    reason: Annotated[str, typer.Option(help="Why, for those who read the log.")] = "Silenced by command.",
    key: Annotated[
        str | None,
        typer.Option(help="Name of a key with may=manage, for the running server.", show_default="the first"),
    ] = None,
) -> None:
    """Send nothing about an alert's subject for a while."""
    from librechat_analytics.cli.running_server import silence_on_server
    from librechat_analytics.store.errors import StoreBusyError
    from librechat_analytics.store.outbox import StoredOutbox
    from librechat_analytics.store.outbox_items import Silence

    settings = load_settings()
    require_store(settings)
    now = datetime.now(UTC)
    end = _instant(until, now)
    try:
        if settings.store_address is not None:
            with asked_follower(settings, settings.store_address) as follower:
                is_found = follower.silence(alert, until=end, reason=reason, by=BY, now=now)
        else:
            with opened_store(settings) as store:
                is_found = StoredOutbox(store).silence(alert, Silence(end, reason, BY), now)
    except StoreBusyError:
        silence_on_server(settings, _managing_key(settings, key), alert, end, reason)
        is_found = True
    if not is_found:
        raise OperatorError("There is no alert with this id; `librechat-analytics alerts` lists them.")
    is_over = "It is not silenced any more."
    typer.echo(f"Nothing is sent about it until {end:%Y-%m-%d %H:%M} UTC." if end > now else is_over)


def _instant(text: str | None, now: datetime) -> datetime:
    """Read an instant with an offset; without a text it is a day from now."""
    from librechat_analytics.finops.alerting import LONGEST_SILENCE

    if text is None:
        return now + timedelta(days=1)
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or at > now + LONGEST_SILENCE:
        raise OperatorError("--until must be an instant within a year, such as 2026-12-01T08:00:00Z.")
    return max(at, now).astimezone(UTC)  # an instant in the first hours of the year 1 may not exist in UTC


def _definitions(settings: Settings) -> Definitions:
    definitions = definitions_in_force(settings)
    if definitions is None:
        raise OperatorError("There are no alerts: set FINOPS_FILE to define them.")
    return definitions


def _found(settings: Settings, definitions: Definitions, state: str) -> list[tuple[str, str, str]]:
    """Return the time, the text and the id of each alert; the server has them if one runs."""
    from librechat_analytics.cli.running_server import server_alerts
    from librechat_analytics.store.errors import StoreBusyError

    try:
        with opened_reader(settings) as store, opened_alerts(settings, store) as held:
            return _stored(store, held, definitions, state)
    except StoreBusyError:
        return [
            (str(each["openedAt"]), str(each["text"]), str(each["id"]))
            for each in server_alerts(settings, state)
        ]


def _stored(
    store: Reader, held: AlertsHeld, definitions: Definitions, state: str
) -> list[tuple[str, str, str]]:
    from librechat_analytics.finops.alert_writer import AlertWriter

    writer = AlertWriter(stored_answers(store, definitions), lambda: definitions)
    found, _ = held.alerts(datetime.now(UTC))
    return [
        (f"{alert.opened_at:%Y-%m-%dT%H:%M:%SZ}", writer.text(alert, names=True), alert.id)
        for alert in found
        if state in ("all", alert.state)
    ]


def _managing_key(settings: Settings, name: str | None) -> str:
    """Return a key with ``may=manage`` from the file of keys; raises OperatorError if there is none."""
    from librechat_analytics.web.keys_file import read_keys_now

    path = settings.dashboard_api_keys_file
    for one in read_keys_now(path).keys if path else ():
        if one.may_manage and one.secret is not None and name in (None, one.name):
            return one.secret
    which = f"key {name} with may=manage" if name else "key with may=manage"
    raise OperatorError(
        f"The server is running, and the file of keys has no {which}, or only its hash. Add one, or stop the"
        " server first."
    )
