"""Who a person is in ClickHouse, and whether an erased name is still on its disk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from librechat_analytics.store.clickhouse.commit import Commit
    from librechat_analytics.store.clickhouse.connection import Connection

WITH_NAMES: Final = ("users", "user_traits", "deliveries")
"""The tables from which a name is erased."""


def users_known_as(connection: Connection, commit: Commit, text: str) -> list[str]:
    """Return the ids of the users with this id or e-mail address, in upper or lower case.

    ClickHouse's query log does not get the address.
    """
    found = connection.rows(
        "SELECT id FROM users_log WHERE version = {version:UInt64}"
        " AND (id = lowerUTF8({text:String}) OR lowerUTF8(email) = lowerUTF8({text:String})) ORDER BY id",
        {"version": commit.tables["users"], "text": text},
        is_logged=False,
    )
    return [str(row["id"]) for row in found]


def name_versions(commit: Commit) -> dict[str, int]:
    """Return the versions that the tables with names have in a commit."""
    return {name: commit.tables[name] for name in WITH_NAMES}


def count_older_parts(connection: Connection, versions: Mapping[str, int]) -> int:
    """Count the parts on ClickHouse's disk with names of older versions, those in use included.

    Raises StoreError if the user may not read ``system.parts``: only a follower may.
    """
    older = " OR ".join(
        f"table = '{name}_log' AND toUInt64OrZero(partition) < {{{name}:UInt64}}" for name in WITH_NAMES
    )
    (older_parts,) = connection.only_row(
        f"SELECT count() FROM system.parts WHERE database = currentDatabase() AND ({older})",
        versions,
    )
    return int(older_parts)
