"""A connection to an empty database of ClickHouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from librechat_analytics.store.clickhouse.connection import Connection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from librechat_analytics.store.clickhouse.address import StoreAddress


@pytest.fixture
def connection(clickhouse_database: StoreAddress) -> Iterator[Connection]:
    connection = Connection(clickhouse_database, query_prefix="tests-")
    yield connection
    connection.close()
