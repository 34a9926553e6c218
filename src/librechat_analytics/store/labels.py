"""The labels in the store: users with their groups and traits, agents with their versions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from librechat_analytics.store.cells import ALL_ROWS, keeping_cells, write_ran_keys
from librechat_analytics.store.duckdb_file import DuckDBFile
from librechat_analytics.store.sql_files import rows_of, run

if TYPE_CHECKING:
    from datetime import datetime

    import pandas as pd


@dataclass(frozen=True, slots=True)
class EndedMemberships:
    """What one reading of all groups did to memberships.

    ``existed`` counts the memberships before it. ``unconfirmed`` of them were missing from this reading but
    not yet from enough readings; if these are too many, they ``wait`` instead of ending. ``waited`` were
    waiting before this reading. ``agreed`` have been missing from enough readings and ended.
    """

    waited: int
    existed: int
    agreed: int
    unconfirmed: int
    wait: bool


class Labels(DuckDBFile):
    """What the store knows of users, groups and agents."""

    def greatest_keys(self) -> tuple[int, int]:
        """Return the greatest key of a user and of an agent, 0 without any."""
        with self.reading() as cursor:
            ((user, agent),) = rows_of(cursor, "statements/greatest_keys")
        return user, agent

    def has_unlabelled(self) -> bool:
        """Say whether the labels of a user or an agent are still to be read."""
        with self.reading() as cursor:
            ((found,),) = rows_of(cursor, "statements/has_unlabelled")
        return bool(found)

    def write_users(
        self, labels: pd.DataFrame, *, known: int, is_current: bool, as_of: datetime, now: datetime
    ) -> None:
        """Store the labels of all users that the source held at ``as_of``.

        ``write_users.sql`` names the columns. If the labels are current, a user who is missing from them
        counts as deleted, unless the user's key is greater than ``known``: then the user appeared after the
        source was read. If the labels are not current, they are stored only for users without labels, and
        these users count as deleted.
        """
        with self.committing() as cursor:
            cursor.register("labels", labels)
            run(cursor, "statements/write_users", {"known": known, "is_current": is_current, "now": now})
            if is_current:
                run(cursor, "statements/write_traits", {"as_of": as_of})

    def write_groups(self, members: pd.DataFrame, *, as_of: datetime) -> EndedMemberships:
        """Store all groups and their members as of ``as_of``.

        ``members`` has the columns id, name and "user", with a row for each member, and one row with the user
        None for a group without members.
        """
        with self.committing() as cursor:
            cursor.register("members", members)
            run(cursor, "statements/write_groups", {"as_of": as_of})
            (row,) = rows_of(cursor, "statements/list_ends")
        return EndedMemberships(*row)

    def write_agents(
        self,
        labels: pd.DataFrame,
        versions: pd.DataFrame,
        *,
        known: int,
        is_current: bool,
        as_of: datetime,
        now: datetime,
    ) -> None:
        """Store the labels and versions of all agents that the source held at ``as_of``.

        ``write_agents.sql`` names the columns. ``known`` and ``is_current`` are as in ``write_users``.
        """
        with self.committing() as cursor, keeping_cells(cursor):
            run(cursor, "statements/agents_before")
            cursor.register("labels", labels)
            cursor.register("versions", versions)
            run(
                cursor,
                "statements/write_agents",
                {"known": known, "is_current": is_current, "as_of": as_of, "now": now},
            )
            if changed := [agent for (agent,) in rows_of(cursor, "statements/changed_agents")]:
                write_ran_keys(cursor, ALL_ROWS, changed)

    def agent_providers(
        self,
    ) -> tuple[datetime | None, list[tuple[str, str | None, str | None, datetime | None, str | None]]]:
        """Return the time as of which agents were read last, and a row for each version of each agent.

        A row has the agent's id, tenant and provider, and the version's start and provider, oldest first.
        """
        with self.reading() as cursor:
            ((as_of,),) = rows_of(cursor, "statements/agents_as_of")
            return as_of, rows_of(cursor, "statements/agent_providers")

    def users_known_as(self, text: str) -> list[str]:
        """Return the ids of the users with this id or e-mail address, in upper or lower case."""
        with self.reading() as cursor:
            return [identity for (identity,) in rows_of(cursor, "statements/users_known_as", {"text": text})]

    def has_names(self) -> bool:
        """Say whether there is any name, e-mail address or domain of a user."""
        with self.reading() as cursor:
            ((has_names,),) = rows_of(cursor, "statements/has_names")
        return bool(has_names)

    def erase_names(self) -> None:
        """Erase the names, e-mail addresses and domains of all users, also from the pages of the file."""
        if self.has_names():
            with self._erasing() as cursor:
                run(cursor, "statements/erase_names")

    def forget_user(self, identity: str, *, rewrites: bool = True) -> None:
        """Erase a user's name, e-mail address and domains for good: later labels do not bring them back.

        Unless it ``rewrites`` the file, the next start does that; until then the file may still hold them.
        """
        with self._erasing(rewrites=rewrites) as cursor:
            run(cursor, "statements/forget_user", {"id": identity})
