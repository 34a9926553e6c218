"""Looks for rows that ClickHouse holds twice, as two followers at once might leave them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from librechat_analytics.store.clickhouse.tables import TRANSACTIONS
from librechat_analytics.store.clickhouse.visible import visible

if TYPE_CHECKING:
    from datetime import datetime

    from librechat_analytics.store.clickhouse.commit import Commit
    from librechat_analytics.store.clickhouse.connection import Connection


def count_twice(connection: Connection, commit: Commit, since: datetime) -> int:
    """Count the rows since an instant that readers of a commit see once too often."""
    rows = visible(TRANSACTIONS, commit, "created_at >= {since:DateTime64(3, 'UTC')}")
    (twice,) = connection.only_row(
        f"SELECT count() - uniqExact(id_head, id_tail) FROM ({rows})", {"since": since}
    )
    return int(twice)
