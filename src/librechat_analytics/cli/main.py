"""The command line: the program's commands and how it ends."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import typer

from librechat_analytics.cli.alerts import alerts
from librechat_analytics.cli.budgets import budgets
from librechat_analytics.cli.console import EXIT_FAILED, console
from librechat_analytics.cli.copy import copy
from librechat_analytics.cli.erase import forget, reset
from librechat_analytics.cli.export import backup, export
from librechat_analytics.cli.fill import audit, import_, sync
from librechat_analytics.cli.link import link
from librechat_analytics.cli.report import report
from librechat_analytics.cli.sample import sample
from librechat_analytics.cli.serve import demo, serve
from librechat_analytics.cli.status import check, health
from librechat_analytics.errors import OperatorError
from librechat_analytics.logs import occupy_standard_files

if TYPE_CHECKING:
    from collections.abc import Callable

program = typer.Typer(
    help="What LibreChat costs: when, by whom, on which models, through which agents.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
# In the order of the help. Each command imports what it needs when it runs, so that the others start fast.
COMMANDS: dict[str, Callable[..., None]] = {
    "serve": serve,
    "health": health,
    "check": check,
    "sync": sync,
    "audit": audit,
    "import": import_,
    "export": export,
    "backup": backup,
    "copy": copy,
    "report": report,
    "budgets": budgets,
    "link": link,
    "forget": forget,
    "reset": reset,
    "sample": sample,
    "demo": demo,
}
for name, command in COMMANDS.items():
    program.command(name)(command)
program.add_typer(alerts, name="alerts")

EXIT_INTERRUPTED = 130
VARIABLES_OF_OTHERS = (
    "DASH_",
    "FLASK_",
    "GUNICORN_",
    "REACT_VERSION",
    "WEB_CONCURRENCY",
    "FORWARDED_ALLOW_IPS",
    "SCRIPT_NAME",
)
"""Beginnings of the names of the frameworks' own settings."""


def main() -> None:
    """Run the program; a mistake that the operator can fix is one message and exit code 1."""
    occupy_standard_files()
    os.umask(0o077)  # the files contain everybody's names and spending
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
        sys.exit(EXIT_INTERRUPTED)


def ignore_variables_of_others() -> None:
    """Remove variables that the frameworks read: they could move paths, add some, or prevent the start."""
    for name in [name for name in os.environ if name.upper().startswith(VARIABLES_OF_OTHERS)]:
        del os.environ[name]
