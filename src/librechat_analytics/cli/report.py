"""The command ``report``: prints a report by schedule, or sends it now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from librechat_analytics.cli.resources import opened_store, require_store
from librechat_analytics.errors import OperatorError
from librechat_analytics.settings import load_settings

if TYPE_CHECKING:
    from librechat_analytics.finops.definitions import Definitions, Report
    from librechat_analytics.settings import Settings


def report(
    name: Annotated[str, typer.Argument(help="The report's name in the file that FINOPS_FILE names.")],
) -> None:
    """Print a report by schedule as its first receiver would get it now."""
    settings = load_settings()
    definitions, found = _defined(settings, name)
    require_store(settings)
    typer.echo(_text(settings, definitions, found), nl=False)


def _defined(settings: Settings, name: str) -> tuple[Definitions, Report]:
    from librechat_analytics.app import open_definitions

    file = open_definitions(settings)
    file.require_good()
    if file.current is None or not file.current.reports:
        raise OperatorError("There are no reports: set FINOPS_FILE to a file that defines some.")
    for one in file.current.reports:
        if one.name == name:
            return file.current, one
    names = ", ".join(one.name for one in file.current.reports)
    raise OperatorError(f"There is no report {name}. The reports are: {names}.")


def _text(settings: Settings, definitions: Definitions, found: Report) -> str:
    """Write the report; the server writes it if one runs."""
    from librechat_analytics.cli.running_server import report_preview
    from librechat_analytics.exports.reports import report_message
    from librechat_analytics.finops.reports import last_report, may_name_people
    from librechat_analytics.store.errors import StoreBusyError
    from librechat_analytics.usage.answers import SourceReport
    from librechat_analytics.usage.repository import StoreRepository

    try:
        with opened_store(settings) as store:
            repository = StoreRepository(store, source=lambda: SourceReport("offline"))
            answer = last_report(repository, definitions, found)
            names = may_name_people(definitions, found)
            return report_message(repository, answer, names=names, page=settings.public_url or "").text
    except StoreBusyError:
        return report_preview(settings, found.name, format="text").decode()
