"""The commands that take something out of the store: ``forget`` and ``reset``."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from librechat_analytics.cli.console import print_message
from librechat_analytics.cli.resources import (
    asked_follower,
    opened_clickhouse,
    opened_store,
    refuse_clickhouse,
    require_store,
)
from librechat_analytics.errors import NotDoneYetError, OperatorError
from librechat_analytics.settings import load_settings

if TYPE_CHECKING:
    from librechat_analytics.settings import Settings
    from librechat_analytics.store.clickhouse.address import StoreAddress
    from librechat_analytics.store.clickhouse.requests import Answer

OFF_THE_DISK_WITHIN_SECONDS = 900.0
"""ClickHouse removes parts that are no longer in use some minutes later."""


def forget(user: Annotated[str, typer.Argument(help="The user's id or e-mail address.")]) -> None:
    """Erase a person's name and e-mail from the store for good; the figures stay, under the id."""
    settings = load_settings()
    if settings.store_address is not None:
        _forget_in_clickhouse(settings, settings.store_address, user)
        return
    require_store(settings)
    with opened_store(settings) as store:
        known = _only_one(user, store.users_known_as(user))
        store.forget_user(known)
    print_message(f"Erased the names of user {known}; the figures stay.")


def _only_one(user: str, known: list[str]) -> str:
    if not known:
        raise OperatorError(f"The store has no user {user}. Give the id or the e-mail address.")
    if len(known) > 1:
        raise OperatorError(f"Several users have this address: {', '.join(known)}. Give one of these ids.")
    return known[0]


def _forget_in_clickhouse(settings: Settings, address: StoreAddress, user: str) -> None:
    """Have the follower erase the names, and wait until they have left ClickHouse's disk."""
    from librechat_analytics.store.clickhouse.commit import newest_commit
    from librechat_analytics.store.clickhouse.people import name_versions, users_known_as
    from librechat_analytics.store.clickhouse.store import nothing_published

    with opened_clickhouse(settings, address) as connection:
        commit = newest_commit(connection)
        if commit is None:
            raise nothing_published(connection.address)
        known = _only_one(user, users_known_as(connection, commit, user))
        with asked_follower(settings, address) as follower:
            _require_done(follower.forget(known))
            print_message(f"The names of user {known} are out of all answers; the figures stay.")
            print_message("Waiting until the names are off the disk, which takes up to ten minutes ...")
            erased = newest_commit(connection) or commit
            try:
                _require_done(
                    follower.wait_until_off_disk(
                        name_versions(erased), wait_seconds=OFF_THE_DISK_WITHIN_SECONDS
                    )
                )
            except NotDoneYetError:
                raise OperatorError(
                    "The names are still in old parts on ClickHouse's disk, or the follower does not run."
                    " ClickHouse removes old parts itself. To see later whether it has, run"
                    f" librechat-analytics forget {known}."
                ) from None
    print_message("They are off ClickHouse's disk. Backups of ClickHouse may still have them.")


def _require_done(answer: Answer) -> None:
    if not answer.is_done:
        raise OperatorError(answer.text)


def reset() -> None:
    """Keep the store as a backup and begin with an empty one, for another LibreChat."""
    from librechat_analytics.store.removal import set_aside

    settings = load_settings()
    refuse_clickhouse(
        settings,
        "The store is in ClickHouse. To begin with an empty one, name another database in STORE_URL and stop,"
        " then start the follower.",
    )
    require_store(settings)
    kept = set_aside(settings.data_dir, datetime.now(UTC))
    print_message(f"The store is kept as {kept}. The next start reads the whole history into an empty one.")
