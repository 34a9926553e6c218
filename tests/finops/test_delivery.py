"""Sending what waits in the outbox; only the way to the receivers is replaced."""

from __future__ import annotations

import threading
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import time, timedelta
from typing import TYPE_CHECKING

import pytest

from librechat_analytics.finops import delivery as delivery_module
from librechat_analytics.finops.delivery import Delivery
from librechat_analytics.finops.messages import Answer, Message, Notice
from librechat_analytics.store.errors import StoreError
from librechat_analytics.store.outbox import StoredOutbox
from librechat_analytics.store.outbox_items import Condition, Identity
from librechat_analytics.store.store import Store
from tests.finops.alert_worlds import DAY, HOUR, MINUTE, NOW, person, program, told
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from librechat_analytics.finops.definitions import Receiver
    from librechat_analytics.store.outbox_items import Due

TAKEN, BUSY = Answer("200 OK", is_taken=True), Answer("500", is_taken=False)
QUIET = (time(19), time(7))


class PlainWriter:
    """Writes the subjects alone."""

    def notice(self, due: Due, receiver: Receiver) -> Notice:
        return Notice(f"{receiver.name} {due.alert.subject}", {})

    def message(self, dues: Sequence[Due], receiver: Receiver, *, is_last_of_day: bool) -> Message:
        subjects = " ".join(due.alert.subject for due in dues)
        return Message(receiver.name, f"{subjects} and that is all" if is_last_of_day else subjects)


@dataclass(slots=True)
class World:
    """A delivery with its outbox, a clock that a test sets, and what was sent."""

    outbox: StoredOutbox
    now: datetime = NOW
    sent: list[str] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)

    def answer(self, text: str) -> Answer:
        self.sent.append(text)
        return self.answers.pop(0) if self.answers else TAKEN

    def delivery(self, *receivers: Receiver) -> Delivery:
        definitions = told(*receivers)
        return Delivery(
            self.outbox,
            lambda: definitions,
            PlainWriter(),
            clock=lambda: self.now,
            to_program=lambda _, notice: self.answer(notice.id),
            to_people=lambda _, message: self.answer(message.text),
        )

    def add(
        self, *subjects: str, to: str = "finance", rule: str = "budget", after: timedelta = MINUTE
    ) -> None:
        self.outbox.write(
            [Condition(Identity(rule, each, str(self.now)), receivers=(to,)) for each in subjects],
            rules=(),
            first_tries={to: self.now + after},
            now=self.now,
        )

    def send(self, receiver: Receiver, now: datetime) -> list[str]:
        """What a receiver is sent at an instant."""
        self.now, before = now, len(self.sent)
        self.delivery(receiver).send_to(receiver, told(receiver))
        return self.sent[before:]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with closing(Store(tmp_path)) as store:
        yield World(StoredOutbox(store))


def test_what_happens_within_a_minute_is_one_message(world: World) -> None:
    world.add("a")
    world.now += MINUTE / 2
    world.add("b", "c")
    assert world.send(person(), NOW + MINUTE / 2) == []
    assert world.send(person(), NOW + MINUTE) == ["a b c"]
    assert world.send(person(), NOW + HOUR) == []


def test_programs_get_each_alert_alone(world: World) -> None:
    world.add("a", "b", to="ops", after=timedelta(0))
    assert sorted(world.send(program(), NOW)) == ["ops a", "ops b"]


def test_what_was_not_taken_is_tried_again_later(world: World) -> None:
    world.add("a", to="ops", after=timedelta(0))
    world.answers = [BUSY, BUSY]
    tries = [NOW, NOW + MINUTE / 2, NOW + MINUTE, NOW + 5 * MINUTE, NOW + 6 * MINUTE, NOW + DAY]
    assert [len(world.send(program(), at)) for at in tries] == [1, 0, 1, 0, 1, 0]
    assert world.outbox.count_deliveries() == {("ops", "sent"): 1}


def test_a_receiver_that_wants_a_pause_gets_nothing_else_in_the_meantime(world: World) -> None:
    world.add(*"abcdefgh", to="ops", after=timedelta(0))
    world.answers = [Answer("429", is_taken=False, retry_after=timedelta(seconds=30))] * 4
    assert len(world.send(program(), NOW)) == 4
    assert world.send(program(), NOW + timedelta(seconds=29)) == []
    assert len(world.send(program(), NOW + timedelta(seconds=30))) == 8


def test_no_receiver_can_hold_up_the_rest_for_more_than_a_day(world: World) -> None:
    world.add(*"abcdefgh", to="ops", after=timedelta(0))
    world.answers = [Answer("429", is_taken=False, retry_after=100 * DAY)] * 4
    assert len(world.send(program(), NOW)) == 4
    assert len(world.send(program(), NOW + DAY)) == 8


@pytest.mark.parametrize("receiver", [program("finance"), person()], ids=["program", "person"])
def test_what_was_sent_but_not_noted_is_noted_before_anything_else_is_sent(
    world: World, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StoreError("The disk is full.")

    monkeypatch.setattr(delivery_module, "LOOK_SECONDS", 0)
    world.add("a", after=timedelta(0))
    delivery = world.delivery(receiver)
    with monkeypatch.context() as patch:
        patch.setattr(world.outbox, "note_outcome", full)
        with suppress(StoreError):
            delivery.send_to(receiver, told(receiver))
        delivery.send_to(receiver, told(receiver))
    assert len(world.sent) == 1
    world.add("b", after=timedelta(0))
    delivery.send_to(receiver, told(receiver))
    assert len(world.sent) == 2
    assert world.outbox.count_deliveries() == {("finance", "sent"): 2}


def test_programs_get_the_end_of_an_alert_after_its_beginning(world: World) -> None:
    world.add("a", to="ops", rule="stale-sync", after=timedelta(0))
    world.outbox.write(
        [], rules=["stale-sync"], told_ends=["stale-sync"], first_tries={"ops": NOW}, marks={}, now=NOW
    )
    world.answers = [BUSY, TAKEN, TAKEN]
    times = (NOW, NOW, NOW + MINUTE, NOW + MINUTE)
    assert [len(world.send(program(), at)) for at in times] == [1, 0, 1, 1]


def test_in_quiet_hours_only_a_runaway_is_told(world: World) -> None:
    evening, morning = NOW + timedelta(hours=7), NOW + timedelta(hours=18)
    world.now = evening - MINUTE
    world.add("a")
    world.add("runaway", rule="runaway")
    quiet = person(quiet=QUIET)
    assert world.send(quiet, evening) == ["runaway"]
    world.now = evening
    world.add("b")
    assert world.send(quiet, evening + HOUR) == []
    assert world.send(quiet, morning) == ["a b"]


def test_a_receiver_gets_twenty_messages_a_day_and_the_rest_tomorrow(world: World) -> None:
    for number in range(30):
        world.now = NOW + number * 2 * MINUTE
        world.add(str(number), after=timedelta(0))
        world.send(person(), world.now)
    assert len(world.sent) == 20
    assert world.sent[-1] == "19 and that is all"
    midnight = NOW + timedelta(hours=11)
    assert world.send(person(), midnight - MINUTE) == []
    assert world.send(person(), midnight) == [" ".join(map(str, range(20, 30)))]


def test_ten_thousand_users_over_their_budgets_are_one_message(world: World) -> None:
    world.add(*(f"Everybody/{number}" for number in range(10_000)))
    (message,) = world.send(person(), NOW + MINUTE)
    assert len(message.split()) == 10_000


def test_a_report_comes_alone(world: World) -> None:
    world.add("weekly", rule="report", after=timedelta(0))
    world.add("a", after=timedelta(0))
    assert world.send(person(), NOW) == ["a", "weekly"]


def test_a_receiver_that_hangs_holds_up_no_other(world: World) -> None:
    released = threading.Event()
    world.add("a", "b", to="slow", after=timedelta(0))
    world.add("c", to="ops", after=timedelta(0))
    definitions = told(program("slow"), program("ops"))

    def send(receiver: Receiver, notice: Notice) -> Answer:
        if receiver.name == "slow":
            released.wait()
        return world.answer(notice.id)

    delivery = Delivery(
        world.outbox, lambda: definitions, PlainWriter(), clock=lambda: world.now, to_program=send
    )
    delivery.start()
    try:
        wait_until(lambda: world.outbox.count_deliveries().get(("ops", "sent")))
        assert world.sent == ["ops c"]
        released.set()
        wait_until(lambda: world.outbox.count_deliveries().get(("slow", "sent")) == 2)
    finally:
        released.set()
        delivery.stop()


def test_what_waits_for_a_receiver_that_is_gone_is_given_up_after_three_days(world: World) -> None:
    world.add("a", to="gone")
    for days, state in ((2, "waiting"), (4, "failed")):
        world.now = NOW + days * DAY
        world.delivery(person()).send_due()
        assert world.outbox.count_deliveries() == {("gone", state): 1}


def test_without_definitions_nothing_is_sent(world: World) -> None:
    world.add("a", after=timedelta(0))
    Delivery(world.outbox, lambda: None, PlainWriter(), clock=lambda: NOW).send_due()
    assert world.outbox.count_deliveries() == {("finance", "waiting"): 1}


@pytest.mark.parametrize("receiver", [program(), person()], ids=["program", "person"])
def test_a_test_says_that_it_is_one_and_returns_the_answer(world: World, receiver: Receiver) -> None:
    world.answers = [BUSY]
    assert world.delivery(receiver).test(receiver) == BUSY
    assert "test" in world.sent[0]
    assert world.outbox.count_deliveries() == {}


@pytest.mark.parametrize("receiver", [program("finance"), person()], ids=["program", "person"])
def test_a_message_that_cannot_be_written_is_tried_again_later(
    world: World, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken(PlainWriter):
        def notice(self, due: Due, receiver: Receiver) -> Notice:
            raise ValueError(due.alert.id + receiver.name)

        def message(self, dues: Sequence[Due], receiver: Receiver, *, is_last_of_day: bool) -> Message:
            raise ValueError(f"{len(dues)} {receiver.name} {is_last_of_day}")

    world.add("a", after=timedelta(0))
    delivery = Delivery(world.outbox, lambda: None, Broken(), clock=lambda: NOW)
    delivery.send_to(receiver, told(receiver))
    (waiting,) = world.outbox.due(receiver.name, NOW + MINUTE)
    assert (waiting.delivery.attempts, waiting.delivery.next_try) == (1, NOW + MINUTE)
    assert "could not be written" in caplog.text
