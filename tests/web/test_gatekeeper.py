"""The gatekeeper lets in the right keys, slows down wrong ones, and believes only trusted proxies."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from ipaddress import ip_network
from threading import Barrier
from typing import TYPE_CHECKING

import pytest
from flask import Flask, request

from librechat_analytics.usage.filters import Scope
from librechat_analytics.web.gatekeeper import WRONG_KEYS, Gatekeeper, NotAdmittedError, Visitor
from librechat_analytics.web.keys import KeyRing

if TYPE_CHECKING:
    from pathlib import Path

OWN = "k3y-for-tests-0nly-2f8a"
FINANCE = "f1nance-key-0f-ten-w0rds"
SALES = "s4les-lead-key-0f-the-n0rth"
PROXY = "10.1.2.3"


ANY_APP = Flask(__name__)


@pytest.fixture
def keys_file(tmp_path: Path) -> Path:
    path = tmp_path / "keys"
    path.write_text(
        f"# keys of the departments\n\nfinance:sha256:{sha256(FINANCE.encode()).hexdigest()}\n"
        f"sales:{SALES}  domain=Sales.example.com group=66b0\n"
    )
    return path


def admitted(
    keeper: Gatekeeper, *, key: str | None = None, address: str = "192.0.2.7", **headers: str
) -> Visitor:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    if key is not None:
        sent["x-api-key"] = key
    with ANY_APP.test_request_context(headers=sent, environ_base={"REMOTE_ADDR": address}):
        return keeper.admit(request)


def refused(keeper: Gatekeeper, **sent: str) -> int:
    with pytest.raises(NotAdmittedError) as caught:
        admitted(keeper, **sent)
    return caught.value.status


def test_each_key_has_its_name_and_its_scope(keys_file: Path) -> None:
    keeper = Gatekeeper(KeyRing(OWN, keys_file))
    assert admitted(keeper, key=OWN) == Visitor("default", None)
    assert admitted(keeper, key=FINANCE) == Visitor("finance", None)
    assert admitted(keeper, key=SALES) == Visitor("sales", Scope(("sales.example.com",), ("66b0",)))
    for wrong in ("", "x", OWN[:-1], OWN + "x", OWN.upper(), f"{OWN},{OWN}", "sha256:" + "0" * 64):
        assert refused(keeper, key=wrong) == 401


def test_a_key_may_be_limited_to_tenants_and_to_users_of_them(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text(
        f"acme:{SALES} tenant=acme tenant=Acme2\nteam:{FINANCE} tenant=acme domain=X.example group=66b0\n"
    )
    keeper = Gatekeeper(KeyRing(OWN, tmp_path / "keys"))
    assert admitted(keeper, key=SALES).scope == Scope((), (), ("acme", "Acme2"))
    assert admitted(keeper, key=FINANCE).scope == Scope(("x.example",), ("66b0",), ("acme",))


def test_a_hash_may_be_in_capitals_and_opens_nothing_by_itself(tmp_path: Path) -> None:
    hashed = sha256(FINANCE.encode()).hexdigest().upper()
    (tmp_path / "keys").write_text(f"finance:sha256:{hashed}\n")
    keeper = Gatekeeper(KeyRing(OWN, tmp_path / "keys"))
    assert admitted(keeper, key=FINANCE).name == "finance"
    for shown in (hashed, f"sha256:{hashed}", hashed.lower(), f"sha256:{hashed.lower()}"):
        assert refused(keeper, key=shown) == 401


def test_guesses_at_the_same_time_are_each_refused(keys_file: Path) -> None:
    keeper, together = Gatekeeper(KeyRing(None, keys_file)), Barrier(16)
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)

    def guess(_: int) -> set[int]:
        together.wait(120)
        return {refused(keeper, key=f"guess-{number}") for number in range(60)}

    try:
        with ThreadPoolExecutor(16) as threads:
            statuses = set().union(*threads.map(guess, range(16)))
    finally:
        sys.setswitchinterval(interval)
    assert statuses == {401, 429}


def test_wrong_keys_are_slowed_down_and_the_right_one_never() -> None:
    keeper = Gatekeeper(KeyRing(OWN, None))
    statuses = [refused(keeper, key=f"guess number {number}") for number in range(WRONG_KEYS.amount + 5)]
    assert statuses == [401] * WRONG_KEYS.amount + [429] * 5
    assert admitted(keeper, key=OWN).name == "default"
    assert refused(keeper, key="a guess", address="192.0.2.8") == 401, "others are not punished"
    assert refused(keeper) == 401, "showing no key at all is no guess"


def test_a_trusted_proxy_names_the_signed_in_user() -> None:
    keeper = Gatekeeper(
        KeyRing(OWN, None), auth_proxies=[ip_network("10.0.0.0/8")], signed_in_header="X-Forwarded-User"
    )
    assert admitted(keeper, address=PROXY, X_Forwarded_User="ana@example.com") == Visitor(
        "ana@example.com", None
    )
    assert admitted(keeper, address=PROXY, X_Forwarded_User="a\x1b[2J\x85na").name == "a[2Jna", "for the log"
    assert refused(keeper, address=PROXY, X_Forwarded_User=" ") == 401
    assert refused(keeper, address="192.0.2.7", X_Forwarded_User="ana@example.com") == 401
    assert refused(Gatekeeper(KeyRing(OWN, None)), address=PROXY, X_Forwarded_User="ana@example.com") == 401


def test_a_trusted_proxy_is_known_where_ipv6_carries_ipv4() -> None:
    """As on a socket for both, which HOST=:: is."""
    keeper = Gatekeeper(
        KeyRing(OWN, None), auth_proxies=[ip_network("10.0.0.0/8")], signed_in_header="X-Forwarded-User"
    )
    assert (
        admitted(keeper, address=f"::ffff:{PROXY}", X_Forwarded_User="ana@example.com").name
        == "ana@example.com"
    )
    assert refused(keeper, address="::ffff:192.0.2.7", X_Forwarded_User="ana") == 401


def test_a_proxy_that_may_name_an_address_may_not_name_a_user_and_the_other_way_round() -> None:
    everybody, header = [ip_network("10.0.0.0/8")], "X-Forwarded-User"
    names_addresses = Gatekeeper(KeyRing(OWN, None), trusted_proxies=everybody, signed_in_header=header)
    assert refused(names_addresses, address=PROXY, X_Forwarded_User="ana@example.com") == 401
    names_users = Gatekeeper(KeyRing(OWN, None), auth_proxies=everybody, signed_in_header=header)
    assert admitted(names_users, address=PROXY, X_Forwarded_User="ana@example.com").name == "ana@example.com"
    assert address_seen(names_users, "192.0.2.9") == PROXY


def address_seen(keeper: Gatekeeper, forwarded: str, *, address: str = PROXY) -> str:
    with ANY_APP.test_request_context(
        headers={"X-Forwarded-For": forwarded}, environ_base={"REMOTE_ADDR": address}
    ):
        return keeper.address(request)


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        ("203.0.113.5", "203.0.113.5"),
        ("203.0.113.5:41234", "203.0.113.5"),
        ("6.6.6.6:1, 203.0.113.5:41234", "203.0.113.5"),
        ("2001:db8::1", "2001:db8::1"),
        ("2001:DB8:0:0::1", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("[2001:db8::1]:4711", "2001:db8::1"),
        ('"[2001:db8::1]:4711"', "2001:db8::1"),
        ("::ffff:203.0.113.5", "203.0.113.5"),
        ("[::ffff:203.0.113.5]:99", "203.0.113.5"),
        ("fe80::1%eth0", "fe80::1"),
        ("unknown", PROXY),
        ("unknown:41234", PROXY),
        ("_hidden:7", PROXY),
        ("203.0.113.5:x", PROXY),
        ("[2001:db8::1", PROXY),
        ("203.0.113.5, ", PROXY),
        ("", PROXY),
    ],
)
def test_an_address_is_read_without_its_port_in_one_spelling(forwarded: str, address: str) -> None:
    keeper = Gatekeeper(KeyRing(OWN, None), trusted_proxies=[ip_network("10.0.0.0/8")])
    assert address_seen(keeper, forwarded) == address


@pytest.mark.parametrize("forwarded", ["203.0.113.5:{}", "[2001:db8::1]:{}", "unknown:{}"])
def test_a_new_port_for_each_guess_does_not_help(forwarded: str) -> None:
    keeper = Gatekeeper(KeyRing(OWN, None), trusted_proxies=[ip_network("10.0.0.0/8")])
    statuses = [
        refused(keeper, key=f"guess {port}", address=PROXY, X_Forwarded_For=forwarded.format(port))
        for port in range(40_000, 40_000 + WRONG_KEYS.amount + 5)
    ]
    assert statuses == [401] * WRONG_KEYS.amount + [429] * 5


@pytest.mark.parametrize("scheme", ["Bearer ", "bearer ", "BEARER  "])
def test_the_key_may_come_as_a_bearer_token(keys_file: Path, scheme: str) -> None:
    keeper = Gatekeeper(KeyRing(OWN, keys_file))
    assert admitted(keeper, Authorization=scheme + OWN) == Visitor("default", None)
    assert admitted(keeper, Authorization=scheme + SALES).scope == Scope(("sales.example.com",), ("66b0",))
    assert refused(keeper, Authorization=scheme + OWN[:-1]) == 401
    assert admitted(keeper, key="", Authorization=scheme + OWN).name == "default", (
        "an empty header says nothing"
    )


@pytest.mark.parametrize(
    "value", ["", "Bearer", "Bearer ", OWN, f"Basic {OWN}", f"Bearer{OWN}", f"Token {OWN}"]
)
def test_other_authorization_headers_are_no_key(value: str) -> None:
    keeper = Gatekeeper(KeyRing(OWN, None))
    assert {refused(keeper, Authorization=value) for _ in range(WRONG_KEYS.amount + 5)} == {401}, (
        "nor a guess"
    )


def test_the_key_in_its_own_header_comes_first() -> None:
    keeper = Gatekeeper(KeyRing(OWN, None))
    assert admitted(keeper, key=OWN, Authorization="Bearer a.proxys.token").name == "default"
    assert refused(keeper, key="wrong", Authorization=f"Bearer {OWN}") == 401


def test_wrong_bearer_tokens_are_slowed_down_too() -> None:
    keeper = Gatekeeper(KeyRing(OWN, None))
    statuses = [refused(keeper, Authorization=f"Bearer guess-{n}") for n in range(WRONG_KEYS.amount + 5)]
    assert statuses == [401] * WRONG_KEYS.amount + [429] * 5
    assert admitted(keeper, Authorization=f"Bearer {OWN}").name == "default"


def test_only_a_trusted_proxy_may_name_the_address() -> None:
    keeper = Gatekeeper(KeyRing(OWN, None), trusted_proxies=[ip_network("10.0.0.0/8")])
    with ANY_APP.test_request_context(
        headers={"X-Forwarded-For": "6.6.6.6, 192.0.2.9"}, environ_base={"REMOTE_ADDR": PROXY}
    ):
        assert keeper.address(request) == "192.0.2.9"
    with ANY_APP.test_request_context(
        headers={"X-Forwarded-For": "6.6.6.6"}, environ_base={"REMOTE_ADDR": "192.0.2.7"}
    ):
        assert keeper.address(request) == "192.0.2.7"
