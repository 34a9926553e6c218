"""What the follower does for other processes."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from librechat_analytics.assembly import done_requests
from librechat_analytics.assembly.asked_follower import AskedFollower
from librechat_analytics.assembly.done_requests import DoneRequests
from librechat_analytics.assembly.following import Following
from librechat_analytics.assembly.opening import open_definitions
from librechat_analytics.errors import NotDoneYetError
from librechat_analytics.settings import Settings
from librechat_analytics.store.clickhouse.connection import Connection
from librechat_analytics.store.clickhouse.people import name_versions
from librechat_analytics.store.clickhouse.problems import UnreachableError
from librechat_analytics.store.clickhouse.publisher import Publisher
from librechat_analytics.store.clickhouse.store import ClickHouseStore
from librechat_analytics.store.store import Store
from librechat_analytics.usage.assigned_snapshot import Assignments
from tests.support.directory import person, read
from tests.support.documents import ANA, NOON

if TYPE_CHECKING:
    from pathlib import Path

    from librechat_analytics.store.clickhouse.address import StoreAddress

pytestmark = pytest.mark.clickhouse


def test_the_follower_says_when_a_name_is_off_the_disk_to_a_user_who_cannot_see_it(
    tmp_path: Path, clickhouse_database: StoreAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(data_dir=tmp_path)
    with closing(Store(tmp_path)) as store, closing(Connection(clickhouse_database)) as connection:
        read(store, NOON, [], [person(ANA, "ana@example.com")])
        publisher = Publisher(store, connection, follower="one")
        publisher.prepare()
        publisher.publish()
        definitions = open_definitions(settings)
        following = Following(settings, store, None, definitions, prices=None, assignments=Assignments())
        begun: list[str] = []
        requests = DoneRequests(
            connection, store, following, definitions, publisher.publish, lambda: begun.append("erasing")
        )
        asking = AskedFollower(connection, lambda: None, wait_seconds=0)

        with pytest.raises(NotDoneYetError):
            asking.forget(str(ANA))
        requests.do_waiting()
        assert begun == ["erasing"]
        versions = name_versions(ClickHouseStore(connection).commit)
        with pytest.raises(NotDoneYetError):
            asking.wait_until_off_disk(versions, wait_seconds=0)
        requests.do_waiting()
        unanswered = "SELECT kind FROM requests WHERE id NOT IN (SELECT id FROM answers)"
        assert connection.rows(unanswered) == [{"kind": "off disk"}]

        def is_away(*_: object) -> int:
            raise UnreachableError("ClickHouse has stopped answering.")

        monkeypatch.setattr(done_requests, "count_older_parts", is_away)
        with pytest.raises(UnreachableError):
            requests.do_waiting()
        assert connection.rows(unanswered) == [{"kind": "off disk"}]

        monkeypatch.setattr(done_requests, "count_older_parts", lambda *_: 0)  # minutes later
        requests.do_waiting()
        assert connection.rows(unanswered) == []
