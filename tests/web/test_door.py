"""The door: whom a key lets in, wrong keys slowed down, proxies believed or not."""

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
from librechat_analytics.web.door import WRONG_KEYS, Door, NotLetInError, Visitor
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
        f"# who may ask\n\nfinance:sha256:{sha256(FINANCE.encode()).hexdigest()}\n"
        f"sales:{SALES}  domain=Sales.example.com group=66b0\n"
    )
    return path


def let_in(door: Door, *, key: str | None = None, address: str = "192.0.2.7", **headers: str) -> Visitor:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    if key is not None:
        sent["x-api-key"] = key
    with ANY_APP.test_request_context(headers=sent, environ_base={"REMOTE_ADDR": address}):
        return door.let_in(request)


def refused(door: Door, **asked: str) -> int:
    with pytest.raises(NotLetInError) as caught:
        let_in(door, **asked)
    return caught.value.status


def test_every_key_is_known_by_its_name_and_sees_what_it_may(keys_file: Path) -> None:
    door = Door(KeyRing(OWN, keys_file))
    assert let_in(door, key=OWN) == Visitor("default", None)
    assert let_in(door, key=FINANCE) == Visitor("finance", None)
    assert let_in(door, key=SALES) == Visitor("sales", Scope(("sales.example.com",), ("66b0",)))
    for wrong in ("", "x", OWN[:-1], OWN + "x", OWN.upper(), f"{OWN},{OWN}", "sha256:" + "0" * 64):
        assert refused(door, key=wrong) == 401


def test_a_key_may_be_limited_to_tenants_and_to_users_of_them(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text(
        f"acme:{SALES} tenant=acme tenant=Acme2\nteam:{FINANCE} tenant=acme domain=X.example group=66b0\n"
    )
    door = Door(KeyRing(OWN, tmp_path / "keys"))
    assert let_in(door, key=SALES).scope == Scope((), (), ("acme", "Acme2"))
    assert let_in(door, key=FINANCE).scope == Scope(("x.example",), ("66b0",), ("acme",))


def test_a_hash_may_be_in_capitals_and_opens_nothing_by_itself(tmp_path: Path) -> None:
    hashed = sha256(FINANCE.encode()).hexdigest().upper()
    (tmp_path / "keys").write_text(f"finance:sha256:{hashed}\n")
    door = Door(KeyRing(OWN, tmp_path / "keys"))
    assert let_in(door, key=FINANCE).name == "finance"
    for shown in (hashed, f"sha256:{hashed}", hashed.lower(), f"sha256:{hashed.lower()}"):
        assert refused(door, key=shown) == 401


def test_guesses_at_the_same_time_are_each_refused(keys_file: Path) -> None:
    door, together = Door(KeyRing(None, keys_file)), Barrier(16)
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)

    def guess(_: int) -> set[int]:
        together.wait(10)
        return {refused(door, key=f"guess-{number}") for number in range(60)}

    try:
        with ThreadPoolExecutor(16) as threads:
            statuses = set().union(*threads.map(guess, range(16)))
    finally:
        sys.setswitchinterval(interval)
    assert statuses == {401, 429}


def test_wrong_keys_are_slowed_down_and_the_right_one_never() -> None:
    door = Door(KeyRing(OWN, None))
    statuses = [refused(door, key=f"guess number {number}") for number in range(WRONG_KEYS.amount + 5)]
    assert statuses == [401] * WRONG_KEYS.amount + [429] * 5
    assert let_in(door, key=OWN).name == "default"
    assert refused(door, key="a guess", address="192.0.2.8") == 401, "others are not punished"
    assert refused(door) == 401, "showing no key at all is no guess"


def test_a_trusted_proxy_tells_who_has_signed_in() -> None:
    door = Door(
        KeyRing(OWN, None), auth_proxies=[ip_network("10.0.0.0/8")], signed_in_header="X-Forwarded-User"
    )
    assert let_in(door, address=PROXY, X_Forwarded_User="ana@example.com") == Visitor("ana@example.com", None)
    assert let_in(door, address=PROXY, X_Forwarded_User="a\x1b[2J\x85na").name == "a[2Jna", "for the log"
    assert refused(door, address=PROXY, X_Forwarded_User=" ") == 401
    assert refused(door, address="192.0.2.7", X_Forwarded_User="ana@example.com") == 401
    assert refused(Door(KeyRing(OWN, None)), address=PROXY, X_Forwarded_User="ana@example.com") == 401


def test_a_trusted_proxy_is_known_where_ipv6_carries_ipv4() -> None:
    """As on a socket for both, which HOST=:: is."""
    door = Door(
        KeyRing(OWN, None), auth_proxies=[ip_network("10.0.0.0/8")], signed_in_header="X-Forwarded-User"
    )
    assert (
        let_in(door, address=f"::ffff:{PROXY}", X_Forwarded_User="ana@example.com").name == "ana@example.com"
    )
    assert refused(door, address="::ffff:192.0.2.7", X_Forwarded_User="ana") == 401


def test_a_proxy_that_may_name_an_address_may_not_name_a_user_and_the_other_way_round() -> None:
    everybody, header = [ip_network("10.0.0.0/8")], "X-Forwarded-User"
    names_addresses = Door(KeyRing(OWN, None), trusted_proxies=everybody, signed_in_header=header)
    assert refused(names_addresses, address=PROXY, X_Forwarded_User="ana@example.com") == 401
    names_users = Door(KeyRing(OWN, None), auth_proxies=everybody, signed_in_header=header)
    assert let_in(names_users, address=PROXY, X_Forwarded_User="ana@example.com").name == "ana@example.com"
    assert address_seen(names_users, "192.0.2.9") == PROXY


def address_seen(door: Door, forwarded: str, *, address: str = PROXY) -> str:
    with ANY_APP.test_request_context(
        headers={"X-Forwarded-For": forwarded}, environ_base={"REMOTE_ADDR": address}
    ):
        return door.address(request)


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
def test_an_address_is_told_without_its_port_in_one_spelling(forwarded: str, address: str) -> None:
    door = Door(KeyRing(OWN, None), trusted_proxies=[ip_network("10.0.0.0/8")])
    assert address_seen(door, forwarded) == address


@pytest.mark.parametrize("forwarded", ["203.0.113.5:{}", "[2001:db8::1]:{}", "unknown:{}"])
def test_who_comes_from_another_port_each_time_is_slowed_down_all_the_same(forwarded: str) -> None:
    door = Door(KeyRing(OWN, None), trusted_proxies=[ip_network("10.0.0.0/8")])
    statuses = [
        refused(door, key=f"guess {port}", address=PROXY, X_Forwarded_For=forwarded.format(port))
        for port in range(40_000, 40_000 + WRONG_KEYS.amount + 5)
    ]
    assert statuses == [401] * WRONG_KEYS.amount + [429] * 5


@pytest.mark.parametrize("scheme", ["Bearer ", "bearer ", "BEARER  "])
def test_the_key_may_come_as_a_bearer_token(keys_file: Path, scheme: str) -> None:
    door = Door(KeyRing(OWN, keys_file))
    assert let_in(door, Authorization=scheme + OWN) == Visitor("default", None)
    assert let_in(door, Authorization=scheme + SALES).scope == Scope(("sales.example.com",), ("66b0",))
    assert refused(door, Authorization=scheme + OWN[:-1]) == 401
    assert let_in(door, key="", Authorization=scheme + OWN).name == "default", "an empty header says nothing"


@pytest.mark.parametrize(
    "value", ["", "Bearer", "Bearer ", OWN, f"Basic {OWN}", f"Bearer{OWN}", f"Token {OWN}"]
)
def test_what_is_no_bearer_token_is_no_key(value: str) -> None:
    door = Door(KeyRing(OWN, None))
    assert {refused(door, Authorization=value) for _ in range(WRONG_KEYS.amount + 5)} == {401}, "nor a guess"


def test_of_two_keys_the_one_in_its_own_header_decides() -> None:
    door = Door(KeyRing(OWN, None))
    assert let_in(door, key=OWN, Authorization="Bearer a.proxys.token").name == "default"
    assert refused(door, key="wrong", Authorization=f"Bearer {OWN}") == 401


def test_wrong_bearer_tokens_are_slowed_down_too() -> None:
    door = Door(KeyRing(OWN, None))
    statuses = [refused(door, Authorization=f"Bearer guess-{n}") for n in range(WRONG_KEYS.amount + 5)]
    assert statuses == [401] * WRONG_KEYS.amount + [429] * 5
    assert let_in(door, Authorization=f"Bearer {OWN}").name == "default"


def test_what_a_proxy_says_of_addresses_counts_only_if_it_is_trusted() -> None:
    door = Door(KeyRing(OWN, None), trusted_proxies=[ip_network("10.0.0.0/8")])
    with ANY_APP.test_request_context(
        headers={"X-Forwarded-For": "6.6.6.6, 192.0.2.9"}, environ_base={"REMOTE_ADDR": PROXY}
    ):
        assert door.address(request) == "192.0.2.9"
    with ANY_APP.test_request_context(
        headers={"X-Forwarded-For": "6.6.6.6"}, environ_base={"REMOTE_ADDR": "192.0.2.7"}
    ):
        assert door.address(request) == "192.0.2.7"
