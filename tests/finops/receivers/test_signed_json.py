"""Alerts as signed JSON: what the program gets, and what its answers mean."""

from __future__ import annotations

import hashlib
import hmac
import socket
import threading
from base64 import b64encode
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from librechat_analytics.finops.definitions import Receiver
from librechat_analytics.finops.messages import Answer, Notice
from librechat_analytics.finops.receivers import signed_json
from librechat_analytics.finops.receivers.signed_json import retry_after, send_json, signature
from tests.support.receivers import SECRET, Reply, fake_program
from tests.support.servers import free_port

if TYPE_CHECKING:
    from librechat_analytics.store.outbox_items import Json

BODY: dict[str, Json] = {"id": "4f", "text": "Añadido: 80% ✓", "level": 80, "link": None, "facts": {}}
NOTICE = Notice("4f", BODY)
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_the_program_gets_the_body_and_can_check_who_sent_it() -> None:
    with fake_program() as program:
        assert send_json(program.receiver(), NOTICE) == Answer("200 OK", is_taken=True)
    (post,) = program.posts
    assert post.body == BODY
    timestamp = post.headers["X-Timestamp"]
    assert abs(int(timestamp) - datetime.now(UTC).timestamp()) < 100
    expected = hmac.new(SECRET.encode(), timestamp.encode() + b"." + post.content, hashlib.sha256).hexdigest()
    assert post.headers["X-Signature"] == f"sha256={expected}"
    assert post.headers["Idempotency-Key"] == "4f"
    assert post.headers["Content-Type"] == "application/json"


def test_without_a_secret_there_is_no_signature() -> None:
    with fake_program() as program:
        send_json(program.receiver(secret=None), NOTICE)
    assert "X-Signature" not in program.posts[0].headers


def test_the_signature_is_the_one_of_the_documentation() -> None:
    assert signature("secret", "1764547200", b'{"id": "4f"}') == (
        "sha256=" + hmac.new(b"secret", b'1764547200.{"id": "4f"}', "sha256").hexdigest()
    )


@pytest.mark.parametrize(
    ("status", "is_taken", "is_final"),
    [
        (200, True, False),
        (202, True, False),
        (204, True, False),
        (301, False, False),
        (400, False, True),
        (404, False, True),
        (408, False, False),
        (410, False, True),
        (429, False, False),
        (500, False, False),
        (503, False, False),
    ],
)
def test_a_status_says_whether_to_try_again(status: int, is_taken: bool, is_final: bool) -> None:
    with fake_program(Reply(status)) as program:
        answer = send_json(program.receiver(), NOTICE)
    assert (answer.is_taken, answer.is_final) == (is_taken, is_final)
    assert answer.text.startswith(str(status))


def test_a_redirect_is_not_followed() -> None:
    with fake_program() as elsewhere, fake_program() as program:
        program.replies.append(Reply(307, {"Location": f"http://127.0.0.1:{elsewhere.port}/"}))
        assert not send_json(program.receiver(), NOTICE).is_taken
    assert (len(program.posts), elsewhere.posts) == (1, [])


def test_no_proxy_of_the_environment_is_between_programs_of_one_network(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_port()}")
    with fake_program() as program:
        assert send_json(program.receiver(), NOTICE).is_taken


def test_a_program_that_hangs_is_given_up_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signed_json, "TIMEOUT_SECONDS", 0.2)
    with fake_program(Reply(hang=True)) as program:
        assert send_json(program.receiver(), NOTICE) == Answer("no answer within 0.2 seconds", is_taken=False)


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        (b"HTTP/1.1 200 OK\r\nX-A: ", Answer("no answer within 0.3 seconds", is_taken=False)),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", Answer("200 OK", is_taken=True)),
    ],
    ids=["headers", "body"],
)
def test_a_program_that_answers_drop_by_drop_is_given_up_too(
    said: bytes, answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signed_json, "TIMEOUT_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as server, ExitStack() as sockets:

        def drip() -> None:
            client = sockets.enter_context(server.accept()[0])
            client.sendall(said)
            with suppress(OSError):
                while not given_up.wait(0.05):
                    client.sendall(b"\x20")

        given_up = threading.Event()
        dripping = threading.Thread(target=drip, daemon=True)
        dripping.start()
        found = send_json(Receiver("ops", "json", f"http://127.0.0.1:{server.getsockname()[1]}/"), NOTICE)
        given_up.set()
        dripping.join()
    assert found == answer


def test_a_user_and_a_password_in_the_address_are_sent_as_such_and_never_shown() -> None:
    with fake_program(Reply(500, body="no p%40ss w0rd, no p@ss w0rd")) as program:
        address = f"http://me:p%40ss%20w0rd@127.0.0.1:{program.port}/"
        text = send_json(Receiver("ops", "json", address), NOTICE).text
    assert program.posts[0].headers["Authorization"] == "Basic " + b64encode(b"me:p@ss w0rd").decode()
    assert "p@ss" not in text


def test_the_beginning_of_a_secret_at_the_end_of_what_was_read_is_not_shown() -> None:
    with fake_program() as program:
        receiver = program.receiver()
        filled = f"{receiver.address} " * 9
        cut = signed_json.MOST_BYTES_READ - len(filled) - len("t0ken-of-t")
        program.replies.append(Reply(500, body=f"{filled}{'.' * cut}t0ken-of-tests"))
        assert "t0ken" not in send_json(receiver, NOTICE).text


def test_nobody_there_is_no_answer() -> None:
    receiver = Receiver("ops", "json", f"http://127.0.0.1:{free_port()}/")
    assert send_json(receiver, NOTICE) == Answer("no connection: Connection refused", is_taken=False)


def test_what_is_shown_of_an_answer_holds_no_address_and_is_short() -> None:
    with fake_program() as program:
        receiver = program.receiver()
        said = f"cannot post to {receiver.address}\n token t0ken-of-tests {SECRET} " + 2000 * "x"
        program.replies.append(Reply(500, body=said))
        text = send_json(receiver, NOTICE).text
    assert text.startswith("500 Internal Server Error cannot post to")
    assert len(text) <= 200
    assert "t0ken" not in text
    assert SECRET not in text


def test_a_wish_to_be_left_alone_is_read_from_seconds_and_dates() -> None:
    with fake_program(Reply(429, {"Retry-After": "7"})) as program:
        assert send_json(program.receiver(), NOTICE).retry_after == timedelta(seconds=7)
    assert retry_after("Tue, 24 Nov 2026 12:00:30 GMT", NOW) == timedelta(seconds=30)
    assert retry_after("Tue, 24 Nov 2026 11:00:30 GMT", NOW) == timedelta(0)


@pytest.mark.parametrize("year", ["10000", "99999999999999"])
def test_a_wish_beyond_the_end_of_time_is_none(year: str) -> None:
    assert retry_after(f"Mon, 01 Jan {year} 00:00:00 GMT", NOW) is None


@given(st.text())
def test_an_unreadable_wish_is_none(text: str) -> None:
    found = retry_after(text, NOW)
    assert found is None or found >= timedelta(0)
