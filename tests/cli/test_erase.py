"""``forget`` with a store in ClickHouse."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from librechat_analytics.assembly.asked_follower import AskedFollower
from librechat_analytics.errors import NotDoneYetError
from librechat_analytics.store.clickhouse.connection import Connection
from librechat_analytics.store.clickhouse.publisher import Publisher
from librechat_analytics.store.clickhouse.requests import Answer
from librechat_analytics.store.store import Store
from tests.support.clickhouse_site import store_url
from tests.support.directory import person, read
from tests.support.documents import ANA, NOON

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from librechat_analytics.store.clickhouse.address import StoreAddress

pytestmark = pytest.mark.clickhouse


def test_names_that_do_not_leave_the_disk_are_looked_for_by_id_later(
    run: Callable[..., tuple[int, str]],
    tmp_path: Path,
    clickhouse_database: StoreAddress,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with closing(Store(tmp_path / "other")) as store, closing(Connection(clickhouse_database)) as connection:
        read(store, NOON, [], [person(ANA, "ana@example.com")])
        Publisher(store, connection, follower="f").prepare()

    def wait(*_: object, **__: object) -> Answer:
        raise NotDoneYetError("It has not answered.")

    monkeypatch.setattr(AskedFollower, "forget", lambda *_: Answer(is_done=True))
    monkeypatch.setattr(AskedFollower, "wait_until_off_disk", wait)
    monkeypatch.setenv("STORE_URL", store_url(clickhouse_database))
    code, written = run("forget", "ana@example.com")
    assert code == 1
    # The address is erased, so only the id finds the person.
    assert f"To see later whether it has, run librechat-analytics forget {ANA}." in " ".join(written.split())
