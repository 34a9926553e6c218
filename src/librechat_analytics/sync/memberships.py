"""Writes who belongs to which group; waits before it ends many memberships at once."""

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
    """Write who belonged to which group at an instant."""
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
            f"{ends.unconfirmed:,}",
            f"{ends.existed:,}",
        )


def matched_members(users: Iterable[UserLabel]) -> Callable[[str], str | None]:
    """Return a function from a member's id, in a directory or the user's own, to the user.

    An id that differs in upper and lower case matches only if it cannot be somebody else's.
    """
    # LibreChat writes a member's id in the directory if there is one, else the user's own id.
    exact = {user.foreign_id: user.id for user in users if user.foreign_id} | {
        user.id: user.id for user in users
    }
    by_folded_id: dict[str, set[str]] = {}
    for identity, user in exact.items():
        by_folded_id.setdefault(identity.casefold(), set()).add(user)

    def user_of(member: str) -> str | None:
        if member in exact:
            return exact[member]
        found = by_folded_id.get(member.casefold(), ())
        # A deleted user may still be a member, under the user's own id.
        return next(iter(found)) if len(found) == 1 else user_id(member)

    return user_of
