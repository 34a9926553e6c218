"""Messages to people, sent by Apprise; its own services for JSON stand for all."""

from __future__ import annotations

import pytest

from librechat_analytics.finops.definitions import Receiver
from librechat_analytics.finops.messages import Message
from librechat_analytics.finops.receivers import services
from librechat_analytics.finops.receivers.services import send_to_people
from tests.support.receivers import FakeProgram, Reply, fake_program
from tests.support.servers import free_port

MESSAGE = Message(
    "Budget Sales: 80% spent", "The budget Sales has reached 80%.\nhttps://a.example.com/?x=1&y=2"
)


def chat(program: FakeProgram, more: str = "") -> Receiver:
    return Receiver("chat", "apprise", f"json://127.0.0.1:{program.port}/t0ken-of-tests{more}")


def test_people_get_the_title_and_the_text() -> None:
    with fake_program() as program:
        assert send_to_people(chat(program), MESSAGE).is_taken
    assert (program.posts[0].body["title"], program.posts[0].body["message"]) == (MESSAGE.title, MESSAGE.text)


@pytest.mark.parametrize(
    ("status", "is_final"), [(404, True), (403, True), (429, False), (500, False), (503, False)]
)
def test_a_status_says_whether_to_try_again(status: int, is_final: bool) -> None:
    with fake_program(Reply(status)) as program:
        answer = send_to_people(chat(program), MESSAGE)
    assert (answer.is_taken, answer.is_final) == (False, is_final)
    assert str(status) in answer.text
    assert "t0ken" not in answer.text


@pytest.mark.parametrize("more", ["", "?redirect=yes"])
def test_a_redirect_is_not_followed(more: str) -> None:
    with fake_program() as elsewhere, fake_program() as program:
        program.replies.append(Reply(302, {"Location": f"http://127.0.0.1:{elsewhere.port}/"}))
        assert not send_to_people(chat(program, more), MESSAGE).is_taken
    assert elsewhere.posts == []


def test_no_name_calls_a_whole_channel() -> None:
    with fake_program() as program:
        send_to_people(chat(program), Message("Over", "@everyone, (@all) and @**all** spend; me@example.com"))
    assert program.posts[0].body["message"] == (
        "@\u200beveryone, (@\u200ball) and @\u200b**all** spend; me@example.com"
    )


def test_services_that_refuse_long_texts_get_several_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "REFUSE_LONG_TEXTS", ("json",))
    with fake_program() as program:
        assert send_to_people(chat(program), Message("Long", 5_000 * "ten signs ")).is_taken
    assert len(program.posts) == 2


def test_nobody_there_is_tried_again() -> None:
    answer = send_to_people(Receiver("chat", "apprise", f"json://127.0.0.1:{free_port()}/"), MESSAGE)
    assert (answer.is_taken, answer.is_final) == (False, False)


def test_an_address_that_no_service_understands_is_final() -> None:
    answer = send_to_people(Receiver("chat", "apprise", "slack://nonsense"), MESSAGE)
    assert (answer.is_taken, answer.is_final) == (False, True)
