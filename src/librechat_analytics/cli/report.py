"""The command ``report``: prints a report by schedule, or sends it now."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Annotated

import typer

from librechat_analytics.cli.console import EXIT_FAILED, print_message
from librechat_analytics.cli.resources import (
    definitions_in_force,
    opened_reader,
    require_store,
    stored_answers,
)
from librechat_analytics.errors import OperatorError
from librechat_analytics.settings import load_settings

if TYPE_CHECKING:
    from librechat_analytics.finops.definitions import Definitions, Receiver, Report
    from librechat_analytics.finops.messages import Answer, Message
    from librechat_analytics.settings import Settings


def report(
    name: Annotated[str, typer.Argument(help="The report's name in the file that FINOPS_FILE names.")],
    *,
    send: Annotated[
        bool, typer.Option("--send/--print", help="Send it to its receivers now, or only print it.")
    ] = False,
) -> None:
    """Print a report by schedule, as its first receiver would get it now, or send it to all of them."""
    settings = load_settings()
    definitions, found = _defined(settings, name)
    require_store(settings)
    receivers = [one for to in found.to for one in definitions.receivers if one.name == to]
    if not send:
        message = _message(settings, definitions, found, receivers[0] if receivers else None)
        typer.echo(message.text, nl=False)
        return
    if not receivers:
        raise OperatorError(f"The report {name} has no receiver: its `to` in FINOPS_FILE is empty.")
    all_taken = True
    for receiver in receivers:
        answer = _sent(_message(settings, definitions, found, receiver), found, receiver)
        print_message(f"{receiver.name}: {answer.text}")
        all_taken = all_taken and answer.is_taken
    if not all_taken:
        raise typer.Exit(EXIT_FAILED)


def _defined(settings: Settings, name: str) -> tuple[Definitions, Report]:
    definitions = definitions_in_force(settings)
    if definitions is None or not definitions.reports:
        raise OperatorError("There are no reports: set FINOPS_FILE to a file that defines some.")
    for one in definitions.reports:
        if one.name == name:
            return definitions, one
    names = ", ".join(one.name for one in definitions.reports)
    raise OperatorError(f"There is no report {name}. The reports are: {names}.")


def _message(
    settings: Settings, definitions: Definitions, found: Report, receiver: Receiver | None
) -> Message:
    """Write the report for a receiver; the server writes it if one runs."""
    from librechat_analytics.exports.reports import report_message
    from librechat_analytics.finops.reports import last_report, may_name_people
    from librechat_analytics.store.errors import StoreBusyError

    names = may_name_people(definitions, found, receiver.name if receiver else None)
    try:
        with opened_reader(settings) as store:
            repository = stored_answers(store, definitions)
            answer = last_report(repository, definitions, found)
            return report_message(repository, answer, names=names, page=settings.public_url or "")
    except StoreBusyError:
        return _message_of_server(settings, found, receiver)


def _message_of_server(settings: Settings, found: Report, receiver: Receiver | None) -> Message:
    from librechat_analytics.cli.running_server import report_preview
    from librechat_analytics.finops.messages import Attachment, Message

    whose = {"receiver": receiver.name} if receiver else {}
    text, _ = report_preview(settings, found.name, format="text", **whose)
    as_html, _ = report_preview(settings, found.name, format="html", **whose)
    title = re.search("<title>(.*)</title>", as_html.decode())
    attached: tuple[Attachment, ...] = ()
    if found.attach == "xlsx":
        workbook, file_name = report_preview(settings, found.name, format="xlsx", **whose)
        attached = (Attachment(file_name, workbook),)
    return Message(
        html.unescape(title[1]) if title else found.name, text.decode(), as_html.decode(), attached
    )


def _sent(message: Message, found: Report, receiver: Receiver) -> Answer:
    """Send the report once, in place of waiting until it is due; the outbox does not know of it."""
    import secrets
    from datetime import UTC, datetime

    from librechat_analytics.finops.messages import Notice
    from librechat_analytics.finops.receivers.services import send_to_people
    from librechat_analytics.finops.receivers.signed_json import send_json
    from librechat_analytics.store.outbox_items import REPORT

    if receiver.kind == "apprise":
        return send_to_people(receiver, message)
    identity = f"report-{secrets.token_hex(12)}"
    now = datetime.now(UTC).replace(microsecond=0)
    notice = Notice.of(identity, rule=REPORT, subject=found.name, opened_at=now, text=message.text)
    return send_json(receiver, notice)
