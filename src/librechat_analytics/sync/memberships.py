"""Who belongs to which group: matches members' ids with users, and waits before it ends many memberships."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from librechat_analytics.librechat.documents import user_id
from librechat_analytics.sync.frames import naive, texts_frame

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from librechat_analytics.librechat.labels import Group, UserLabel
    from librechat_analytics.store.store import Store

log = logging.getLogger(__name__)


def write_memberships(store: Store, groups: list[Group], users: list[UserLabel], as_of: datetime) -> None:
    """Write down who belonged to which group at an instant, as read then."""
    user_of = matched_members(users)
    rows = [
        (group.id, group.name, user)
        for group in groups
        for user in dict.fromkeys(map(user_of, group.members)) or (None,)
    ]
    ends = store.write_groups(texts_frame(rows, ("id", "name", "user")), as_of=naive(as_of))
    if ends.agreed:
        log.info(
            "%s memberships have ended: three readings over an hour agree that LibreChat's groups lack them.",
            f"{ends.agreed:,}",
        )
    elif ends.waited and not ends.wait:
        log.info("LibreChat's groups have most of their members again.")
    elif ends.wait and not ends.waited:
        log.warning(
            "%s of %s memberships are missing in LibreChat's groups at once. They stay until three readings"
            " over an hour agree, because a directory may be half synchronised.",
            f"{ends.doubted:,}",
            f"{ends.existed:,}",
        )


def matched_members(users: Iterable[UserLabel]) -> Callable[[str], str | None]:
    """Make a function that gives the user of a member's id: the id in a directory or the user's own.

    In another case than the user's only where it cannot be somebody else's.
    """
    # LibreChat writes a member's id in the directory where there is one, else the user's own id.
    exact = {user.foreign_id: user.id for user in users if user.foreign_id} | {
        user.id: user.id for user in users
    }
    whatever_case: dict[str, set[str]] = {}
    for identity, user in exact.items():
        whatever_case.setdefault(identity.casefold(), set()).add(user)

    def user_of(member: str) -> str | None:
        if member in exact:
            return exact[member]
        found = whatever_case.get(member.casefold(), ())
        # Somebody who is deleted may still be a member, by their own id.
        return next(iter(found)) if len(found) == 1 else user_id(member)

    return user_of
