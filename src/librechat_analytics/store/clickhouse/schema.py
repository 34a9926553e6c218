"""The schema in ClickHouse: made in an empty database, and added to in an older one."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import TYPE_CHECKING

from librechat_analytics.store.errors import StoreError

if TYPE_CHECKING:
    from librechat_analytics.store.clickhouse.commit import Commit
    from librechat_analytics.store.clickhouse.connection import Connection

TABLE = re.compile(r"^CREATE TABLE IF NOT EXISTS (\w+)", re.MULTILINE)

SCHEMA_VERSION = 1
"""Grows with each addition to ``schema.sql``."""


def prepare(connection: Connection) -> None:
    """Make the tables and columns that are missing; whatever is there stays as it is."""
    text = files(__package__).joinpath("schema.sql").read_text("utf-8")
    held = {row["name"] for row in connection.rows("SHOW TABLES")}
    for statement in text.split(";\n"):
        made = TABLE.search(statement)
        if statement.strip() and not (made and made[1] in held):
            connection.command(statement)


def clear(connection: Connection) -> None:
    """Drop all our tables; others in the database stay."""
    text = files(__package__).joinpath("schema.sql").read_text("utf-8")
    for name in TABLE.findall(text):
        connection.command(f"DROP TABLE IF EXISTS {name} SYNC")


def refuse_newer(commit: Commit) -> None:
    """Raise StoreError if a newer program wrote the commit with columns that this one does not know."""
    if commit.schema_version > SCHEMA_VERSION:
        raise StoreError(
            f"Version {commit.program_version} of this program has written to this ClickHouse database. This"
            " version would lose what that one adds. Use that version or a later one."
        )
