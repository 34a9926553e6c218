"""The commands that say whether all is well: ``check`` and ``health``."""

from __future__ import annotations

import http.client
from typing import Annotated

import typer

from librechat_analytics.cli.console import EXIT_FAILED, print_message
from librechat_analytics.errors import OperatorError
from librechat_analytics.settings import load_settings, local_address

HEALTH_TIMEOUT_SECONDS = 4
"""Less than the container's HEALTHCHECK allows."""


def check(
    *,
    follower: Annotated[
        bool,
        typer.Option("--follower", help="Only say whether the follower has reported lately, for probes."),
    ] = False,
) -> None:
    """Check settings, store and MongoDB; each line says what to do when something is wrong."""
    from librechat_analytics.cli.checks import run_checks, run_follower_checks

    styles = {"ok": None, "note": "yellow", "FAIL": "red"}
    failed = False
    for result in run_follower_checks() if follower else run_checks():
        failed = failed or not result.good
        print_message(f"{result.mark:4}  {result.text}", style=styles[result.mark])
    if failed:
        raise typer.Exit(EXIT_FAILED)


def health() -> None:
    """Ask the running server whether it can answer; the exit code is 0 if it can, else 1."""
    origin = local_address(load_settings())
    # http.client, because urllib would use a proxy that the environment may name.
    connection = http.client.HTTPConnection(origin.removeprefix("http://"), timeout=HEALTH_TIMEOUT_SECONDS)
    try:
        connection.request("GET", "/health")
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "strerror", None) or str(error) or "it hung up"
        raise OperatorError(f"The server at {origin} does not answer: {reason}.") from None
    finally:
        connection.close()
    if status != http.client.OK:
        raise OperatorError(f"The server at {origin} is not healthy: /health answers {status}. See its log.")
    print_message(f"The server at {origin} is healthy.")
