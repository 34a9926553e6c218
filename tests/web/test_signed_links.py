"""Links that expire open the figures of the key that signed them, and nothing else."""

from __future__ import annotations

import hmac
from hashlib import sha256
from ipaddress import ip_network
from typing import TYPE_CHECKING

import pytest
from flask import Flask, request
from hypothesis import given
from hypothesis import strategies as st

from librechat_analytics.usage.filters import Scope
from librechat_analytics.web.gatekeeper import Gatekeeper, NotAdmittedError, Visitor
from librechat_analytics.web.keys import KeyRing
from librechat_analytics.web.server import FOR_OPERATORS
from librechat_analytics.web.signed_links import read_token, sign
from tests.support.servers import API_KEY

if TYPE_CHECKING:
    from pathlib import Path

    from flask.testing import FlaskClient

OWN = "k3y-for-tests-0nly-2f8a"
SALES = "s4les-lead-key-0f-the-n0rth"
NOW = 1_764_500_000
ANY_APP = Flask(__name__)


def admitted(token: str, keys_file: Path | None = None, *, own: str = OWN) -> Visitor:
    keeper = Gatekeeper(KeyRing(own, keys_file), wall_clock=lambda: float(NOW))
    with ANY_APP.test_request_context(headers={"x-api-key": token}):
        return keeper.admit(request)


def refusal(token: str, keys_file: Path | None = None, *, own: str = OWN) -> str:
    with pytest.raises(NotAdmittedError) as caught:
        admitted(token, keys_file, own=own)
    assert caught.value.status == 401
    return str(caught.value)


def test_a_portal_makes_a_token_with_nothing_but_hmac() -> None:
    text = f"link:default:{NOW + 60}"
    signature = hmac.new(OWN.encode(), text.encode(), sha256).hexdigest()

    assert sign(OWN, "default", NOW + 60) == f"{text}:{signature}"
    assert admitted(f"{text}:{signature}") == Visitor("default (link)", None, by_link=True)


def test_a_link_shows_what_its_key_may_see(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text(f"sales:{SALES} domain=example.com\n")

    assert admitted(sign(SALES, "sales", NOW + 60), tmp_path / "keys").scope == Scope(("example.com",), ())


def test_it_opens_nothing_from_the_instant_on_at_which_it_expires() -> None:
    assert admitted(sign(OWN, "default", NOW + 1)).by_link
    for seconds_ago in (0, 1, 10**9):
        assert "expired" in refusal(sign(OWN, "default", NOW - seconds_ago))


def test_an_expired_one_keeps_nobody_out_whom_a_proxy_has_signed_in() -> None:
    keeper = Gatekeeper(
        KeyRing(OWN, None),
        auth_proxies=[ip_network("10.0.0.0/8")],
        signed_in_header="X-Forwarded-User",
        wall_clock=lambda: float(NOW),
    )
    headers = {"x-api-key": sign(OWN, "default", NOW - 1), "X-Forwarded-User": "ana"}
    with ANY_APP.test_request_context(headers=headers, environ_base={"REMOTE_ADDR": "10.1.2.3"}):
        assert keeper.admit(request) == Visitor("ana", None)


def test_it_ends_with_the_key_that_signed_it(tmp_path: Path) -> None:
    token = sign(SALES, "sales", NOW + 60)
    (tmp_path / "keys").write_text(f"sales:{SALES[::-1]}\n")

    assert "expired" not in refusal(token, tmp_path / "keys")
    assert refusal(sign(OWN, "default", NOW + 60), own=OWN[::-1])


def test_a_key_signs_for_its_own_name_only(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text(f"sales:{SALES} domain=example.com\n")

    assert refusal(sign(SALES, "default", NOW + 60), tmp_path / "keys")


def test_a_hash_of_a_key_signs_nothing(tmp_path: Path) -> None:
    hashed = sha256(SALES.encode()).hexdigest()
    (tmp_path / "keys").write_text(f"sales:sha256:{hashed}\n")

    for secret in (SALES, hashed, f"sha256:{hashed}"):
        assert refusal(sign(secret, "sales", NOW + 60), tmp_path / "keys")


@given(st.data())
def test_a_token_in_which_anything_was_changed_is_refused(data: st.DataObject) -> None:
    token = sign(OWN, "default", NOW + 60)
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(
        st.characters(min_codepoint=33, max_codepoint=126).filter(lambda one: one != token[place])
    )

    assert refusal(token[:place] + other + token[place + 1 :])


@pytest.mark.parametrize(
    "text", ["", "link:", "link:a:1:", f"link:a:1:{'0' * 63}", f"link:a b:1:{'0' * 64}", OWN]
)
def test_other_texts_are_no_tokens(text: str) -> None:
    assert read_token(text) is None


def test_a_link_opens_nothing_that_is_for_operators(stranger: FlaskClient) -> None:
    headers = {"x-api-key": sign(API_KEY, "default", 9_999_999_999)}

    assert stranger.get("/api/summary", headers=headers).status_code == 200
    for path in ("/api/audit", "/api/backup", "/metrics"):
        assert stranger.get(path, headers=headers).status_code == 403, path
    assert stranger.post("/api/audit", headers=headers).status_code == 403


def test_the_endpoints_for_operators_exist(app: Flask) -> None:
    assert set(app.view_functions) >= FOR_OPERATORS
