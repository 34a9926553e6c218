"""Tenants in a store, as a sync leaves them there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

from librechat_analytics.store.cells import forget_cells
from librechat_analytics.store.store import FILE_NAME

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def write_tenants(data_dir: Path, tenants: Mapping[str, str]) -> None:
    """Write the tenant of each user, given by the user's id, and of the user's rows."""
    with duckdb.connect(data_dir / FILE_NAME) as store:
        keys = {name: key for key, name in enumerate(dict.fromkeys(tenants.values()), 1)}
        store.execute("DELETE FROM tenants")
        store.executemany("INSERT INTO tenants VALUES (?, ?)", [[key, name] for name, key in keys.items()])
        store.executemany(
            "UPDATE users SET tenant = ? WHERE id = ?", [[name, user] for user, name in tenants.items()]
        )
        store.execute(
            "UPDATE transactions SET tenant_key = tenants.key"
            " FROM users JOIN tenants ON tenants.id = users.tenant WHERE users.key = transactions.user_key"
        )
        forget_cells(store)
