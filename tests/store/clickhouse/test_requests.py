"""Requests to the follower: what any process writes, what the follower finds, and what comes back."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from librechat_analytics.store.clickhouse import schema
from librechat_analytics.store.clickhouse.connection import Connection
from librechat_analytics.store.clickhouse.requests import Answer, answer, ask, wait_for, waiting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from librechat_analytics.store.clickhouse.address import StoreAddress

pytestmark = pytest.mark.clickhouse


@pytest.fixture
def connection(clickhouse_database: StoreAddress) -> Iterator[Connection]:
    connection = Connection(clickhouse_database)
    schema.prepare(connection)
    yield connection
    connection.close()


def test_the_follower_finds_requests_in_their_order_as_they_were_sent(connection: Connection) -> None:
    reason = 'it\'s "maintenance" 🦊\n\\N'
    first = ask(connection, "silence", {"alert": "a1", "reason": reason})
    second = ask(connection, "audit", {})

    found = waiting(connection)

    assert [one.id for one in found] == [first, second]
    assert (found[0].kind, found[0].arguments) == ("silence", {"alert": "a1", "reason": reason})


def test_a_request_that_has_an_answer_does_not_wait_any_more(connection: Connection) -> None:
    done, other = ask(connection, "audit", {}), ask(connection, "audit", {})
    answer(connection, done, Answer(is_done=True))

    assert [one.id for one in waiting(connection)] == [other]


def test_the_sender_gets_the_answer_that_comes_while_it_waits(connection: Connection) -> None:
    sent = ask(connection, "forget", {"user": "u1"})
    later = threading.Timer(
        0.3, answer, (connection, sent, Answer(is_done=False, text="Nobody has this id."))
    )
    later.start()
    try:
        assert wait_for(connection, sent, 20) == Answer(is_done=False, text="Nobody has this id.")
    finally:
        later.join()


def test_without_a_follower_the_sender_learns_nothing_and_the_request_stays(connection: Connection) -> None:
    sent = ask(connection, "audit", {})

    assert wait_for(connection, sent, 0) is None
    assert [one.id for one in waiting(connection)] == [sent]
