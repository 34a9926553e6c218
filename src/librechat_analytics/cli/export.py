"""The commands that write files for people: ``export`` and ``backup``."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 typer reads the annotations
from typing import Annotated

import typer

from librechat_analytics.cli.console import print_message
from librechat_analytics.errors import OperatorError
from librechat_analytics.settings import load_settings


def export(
    file: Annotated[Path, typer.Argument(help="The workbook to write, such as usage.xlsx.")],
    period: Annotated[
        str, typer.Option(help="24h, 7d, 30d, last-month, custom ...; see the API.")
    ] = "last-month",
    start: Annotated[str | None, typer.Option(help="Where it begins; needs --period custom.")] = None,
    end: Annotated[
        str | None, typer.Option(help="Where it ends: a date is included, an instant is not.")
    ] = None,
    tz: Annotated[str | None, typer.Option(help="IANA time zone. Default: DASHBOARD_TIMEZONE.")] = None,
    where: Annotated[
        list[str] | None,
        typer.Option(help="A filter such as user=ID or not-domain=example.com; may be repeated."),
    ] = None,
) -> None:
    """Write the usage of a period into a workbook; the server writes it if one runs."""
    from librechat_analytics.cli.one_off import write_report
    from librechat_analytics.usage.filters import FILTER_PARAMETERS

    settings = load_settings()
    parameters = {"period": period, "start": start, "end": end, "tz": tz}
    if period != "custom" and (start or end):
        raise OperatorError("--start and --end need --period custom.")
    filters: list[tuple[str, str]] = []
    for part in where or ():
        name, _, value = part.partition("=")
        if name not in FILTER_PARAMETERS:
            raise OperatorError(
                f"--where {part} must be one of {', '.join(FILTER_PARAMETERS)} with a value, such as"
                " domain=example.com"
            )
        filters.append((name, value))
    write_report(settings, file, [(name, value) for name, value in parameters.items() if value] + filters)
    print_message(f"Wrote {file}.")


def backup(file: Annotated[Path, typer.Argument(help="Where to write the copy of the store.")]) -> None:
    """Copy the store into a file, also while serving."""
    from librechat_analytics.cli.one_off import write_backup

    write_backup(load_settings(), file)
    print_message(
        f"Wrote {file}. To restore, put it into DATA_DIR as usage.duckdb and remove usage.duckdb.wal."
    )
