"""The command ``link``: makes an address that opens the dashboard without a key until it expires."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

import typer

from librechat_analytics.errors import OperatorError
from librechat_analytics.settings import load_settings, local_address

if TYPE_CHECKING:
    from librechat_analytics.settings import Settings

LONGEST_HOURS = 366 * 24


def link(
    address: Annotated[
        str,
        typer.Argument(help="Address of the page, with its period and filters.", show_default="this server"),
    ] = "",
    *,
    hours: Annotated[
        float, typer.Option(min=0.01, max=LONGEST_HOURS, help="How long the link opens the page.")
    ] = 24,
    key: Annotated[
        str, typer.Option(help="Name of the key that signs; the link shows what this key may see.")
    ] = "default",
) -> None:
    """Print a link that opens the dashboard without a key until it expires."""
    from librechat_analytics.web.signed_links import sign

    settings = load_settings()
    expires_at = int(time.time() + hours * 3600)
    token = sign(_key_named(settings, key), key, expires_at)
    page = address or f"{local_address(settings)}/librechat-analytics/"
    # Not print_message: a terminal must not wrap the link.
    typer.echo(f"{page.partition('#')[0]}#key={token}")


def _key_named(settings: Settings, name: str) -> str:
    """Return the key of a name; raises OperatorError without one that can sign."""
    from librechat_analytics.web.keys import OWN_KEY
    from librechat_analytics.web.keys_file import read_keys_now

    if name == OWN_KEY and settings.dashboard_api_key is not None:
        return settings.dashboard_api_key.get_secret_value()
    path = settings.dashboard_api_keys_file
    found = [key for key in read_keys_now(path).keys if key.name == name] if path else []
    if not found:
        raise OperatorError(f"There is no key named {name}. DASHBOARD_API_KEY has the name {OWN_KEY}.")
    secret = found[0].secret
    if secret is None:
        raise OperatorError(
            f"The file of keys holds only the hash of {name}, which cannot sign. Write the key itself there."
        )
    return secret
