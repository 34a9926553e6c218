"""When a process looks for news in ClickHouse, and what it says while ClickHouse is away."""

from __future__ import annotations

import logging
import threading
import time

import pytest

from librechat_analytics.store.clickhouse.look import LOOK_SECONDS, REST_SECONDS, Look
from librechat_analytics.store.clickhouse.problems import UnreachableError
from librechat_analytics.store.errors import StoreError

AWAY = UnreachableError("ClickHouse is not running.")


class Clock:
    """A clock that moves by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


class Server:
    """Answers with what is set, or fails with it, and counts the looks."""

    def __init__(self, answer: int | StoreError) -> None:
        self.answer = answer
        self.looks = 0

    def __call__(self) -> int:
        self.looks += 1
        if isinstance(self.answer, StoreError):
            raise self.answer
        return self.answer


def test_it_looks_again_after_a_second_and_not_before() -> None:
    server, clock = Server(1), Clock()
    look = Look(server, seconds=clock)
    assert (look.newest(), look.newest(), server.looks) == (1, 1, 1)
    server.answer = 2
    clock.now += LOOK_SECONDS
    assert (look.newest(), look.newest(), server.looks) == (2, 2, 2)


@pytest.mark.parametrize("first", [AWAY, StoreError("Nothing is there.")])
def test_what_is_not_there_yet_is_found_as_soon_as_it_is(first: StoreError) -> None:
    server = Server(first)
    look = Look(server, seconds=Clock())
    for _ in range(2):
        with pytest.raises(type(first), match=str(first)):
            look.newest()
    server.answer = 3
    assert look.newest() == 3


def test_what_was_seen_stays_while_the_server_is_away() -> None:
    server, clock = Server(1), Clock()
    look = Look(server, seconds=clock)
    assert look.newest() == 1
    server.answer = AWAY
    clock.now += LOOK_SECONDS
    assert (look.newest(), look.fails()) == (1, True)
    look.require_answers()  # it says at once that it is down, so its queries will, too
    server.answer = 2
    clock.now += LOOK_SECONDS
    assert (look.newest(), look.fails()) == (2, False)


def test_a_server_that_hangs_is_left_alone_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    server, clock, passed = Server(1), Clock(), iter([0.0, 3.0, 10.0, 10.1])
    look = Look(server, seconds=clock)
    assert look.newest() == 1
    monkeypatch.setattr(time, "monotonic", lambda: next(passed))
    server.answer = AWAY
    clock.now += LOOK_SECONDS
    assert look.newest() == 1
    with pytest.raises(UnreachableError, match="not running"):
        look.require_answers()
    clock.now += REST_SECONDS / 2
    assert (look.newest(), server.looks) == (1, 2)
    server.answer = 2
    clock.now += REST_SECONDS / 2
    assert look.newest() == 2
    look.require_answers()


def test_while_one_thread_looks_the_others_go_on_with_what_is_known() -> None:
    clock, may_end, has_begun = Clock(), threading.Event(), threading.Event()
    answers = iter([1, 2])

    def ask() -> int:
        answer = next(answers)
        if answer == 2:
            has_begun.set()
            may_end.wait(60)
        return answer

    look = Look(ask, seconds=clock)
    assert look.newest() == 1
    clock.now += LOOK_SECONDS
    thread = threading.Thread(target=look.newest)
    thread.start()
    try:
        assert has_begun.wait(60)
        assert look.newest() == 1
    finally:
        may_end.set()
        thread.join()
    assert look.newest() == 2


def test_queries_that_fail_before_the_next_look_have_one_line(caplog: pytest.LogCaptureFixture) -> None:
    server = Server(1)
    look = Look(server, seconds=Clock(), is_logged=True)
    assert (look.newest(), look.fails()) == (1, False)  # one answer was cut off, and nothing more
    server.answer = AWAY
    assert [look.fails() for _ in range(3)] == [True] * 3
    assert caplog.messages == ["ClickHouse is not running. Trying again."]
    assert server.looks == 3


def test_an_outage_of_several_kinds_is_two_lines_too(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    server, clock = Server(1), Clock()
    look = Look(server, seconds=clock, is_logged=True)
    for answer in (1, AWAY, UnreachableError("It has stopped answering."), AWAY, 2):
        server.answer = answer
        clock.now += LOOK_SECONDS
        look.newest()
    assert caplog.messages == [
        "ClickHouse is not running. Trying again.",
        "The store in ClickHouse can be read again.",
    ]


def test_an_outage_is_two_lines_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    server, clock = Server(1), Clock()
    look = Look(server, seconds=clock, is_logged=True)
    for answer in (1, AWAY, AWAY, AWAY, 2, 2):
        server.answer = answer
        clock.now += LOOK_SECONDS
        look.newest()
    again = "The store in ClickHouse can be read again."
    assert caplog.messages == ["ClickHouse is not running. Trying again.", again]
    assert all(record.exc_info is None for record in caplog.records)
