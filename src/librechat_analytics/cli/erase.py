"""The commands that take something out of the store: ``forget`` and ``reset``."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from librechat_analytics.cli.console import print_message
from librechat_analytics.cli.resources import opened_store, require_store
from librechat_analytics.errors import OperatorError
from librechat_analytics.settings import load_settings


def forget(user: Annotated[str, typer.Argument(help="The user's id or e-mail address.")]) -> None:
    """Erase a person's name and e-mail from the store for good; the figures stay, under the id."""
    settings = load_settings()
    require_store(settings)
    with opened_store(settings) as store:
        known = store.users_known_as(user)
        if not known:
            raise OperatorError(f"The store has no user {user}. Give the id or the e-mail address.")
        if len(known) > 1:
            raise OperatorError(
                f"Several users have this address: {', '.join(known)}. Give one of these ids."
            )
        store.forget_user(known[0])
    print_message(f"Erased the names of user {known[0]}; the figures stay.")


def reset() -> None:
    """Keep the store as a backup and begin with an empty one, for another LibreChat."""
    from librechat_analytics.store.removal import set_aside

    settings = load_settings()
    require_store(settings)
    kept = set_aside(settings.data_dir, datetime.now(UTC))
    print_message(f"The store is kept as {kept}. The next start reads the whole history into an empty one.")
