"""Compares two stores table by table, with every key replaced by what it stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

from librechat_analytics.store.store import FILE_NAME

if TYPE_CHECKING:
    from pathlib import Path

SHOWN_ROWS = 5

WITH_KEYS = """
    SELECT
        t.* EXCLUDE (
            user_key, conversation_key, model_key, ran_key, context_key, agent_key, provider_key, tenant_key
        ),
        users.id AS user, conversations.id AS conversation, models.id AS model, ran.id AS ran,
        contexts.id AS context, agents.id AS agent, agents.tenant AS agent_tenant,
        providers.id AS provider, tenants.id AS tenant
    FROM {store}.TABLE AS t
    LEFT JOIN {store}.users ON users.key = user_key
    LEFT JOIN {store}.conversations ON conversations.key = conversation_key
    LEFT JOIN {store}.models ON models.key = t.model_key
    LEFT JOIN {store}.models AS ran ON ran.key = t.ran_key
    LEFT JOIN {store}.contexts ON contexts.key = context_key
    LEFT JOIN {store}.agents ON agents.key = agent_key
    LEFT JOIN {store}.providers ON providers.key = provider_key
    LEFT JOIN {store}.tenants ON tenants.key = tenant_key"""
TABLES = {
    "transactions": WITH_KEYS.replace("TABLE", "transactions"),
    "cells": WITH_KEYS.replace("TABLE", "cells"),
    "users": "SELECT * EXCLUDE (key) FROM {store}.users",
    "user_traits": """
        SELECT t.* EXCLUDE (user_key), users.id AS user
        FROM {store}.user_traits AS t JOIN {store}.users ON users.key = user_key""",
    "memberships": """
        SELECT t.* EXCLUDE (user_key), users.id AS user
        FROM {store}.memberships AS t JOIN {store}.users ON users.key = user_key""",
    "agents": """
        SELECT t.* EXCLUDE (key, model_key), models.id AS ran
        FROM {store}.agents AS t LEFT JOIN {store}.models ON models.key = model_key""",
    "agent_versions": """
        SELECT t.* EXCLUDE (agent_key, model_key), agents.id AS agent, agents.tenant, models.id AS ran
        FROM {store}.agent_versions AS t
        JOIN {store}.agents ON agents.key = agent_key
        LEFT JOIN {store}.models ON models.key = t.model_key""",
    "conversations": """
        SELECT t.id, roots.id AS root
        FROM {store}.conversations AS t LEFT JOIN {store}.conversations AS roots ON roots.key = t.root_key""",
    # How rows were read may differ.
    "sync_state": """
        SELECT * EXCLUDE (written_by, read_one_by_one, attributed_one_by_one) FROM {store}.sync_state""",
    **{
        name: f"SELECT * FROM {{store}}.{name}"
        for name in ("groups", "waiting_ends", "unattributed", "told_early", "outdated", "gone", "refused")
    },
    **{
        name: f"SELECT * EXCLUDE (key) FROM {{store}}.{name}"
        for name in ("models", "contexts", "providers", "tenants")
    },
}
KEYED = ("users", "agents", "models", "conversations", "contexts", "providers", "tenants")


def differences(one: Path, other: Path) -> list[str]:
    """Say what differs between the closed stores of two folders; nothing if they are the same."""
    with duckdb.connect() as connection:
        for name, folder in (("one", one), ("other", other)):
            connection.execute(f"ATTACH '{folder / FILE_NAME}' AS {name} (READ_ONLY)")
        return [
            *(line for table in TABLES for line in _rows_apart(connection, table)),
            *(
                f"{store}.{table} has a key twice"
                for store in ("one", "other")
                for table in KEYED
                if connection.execute(
                    f"SELECT count(*) > count(DISTINCT key) FROM {store}.{table}"
                ).fetchall()
                != [(False,)]
            ),
        ]


def _rows_apart(connection: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    one, other = (TABLES[table].format(store=store) for store in ("one", "other"))
    found = []
    for first, second, where in ((one, other, "only in the first"), (other, one, "only in the second")):
        query = f"({first}) EXCEPT ALL ({second}) LIMIT {SHOWN_ROWS}"
        found += [f"{table}, {where}: {row}" for row in connection.execute(query).fetchall()]
    return found
