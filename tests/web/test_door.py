"""The door: several keys, what each of them may see, wrong keys slowed down, proxies believed or not."""

from __future__ import annotations

import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from ipaddress import ip_network
from threading import Barrier
from typing import TYPE_CHECKING

import pytest
from flask import Flask, request

from librechat_analytics.usage.filters import Scope
from librechat_analytics.web.door import WRONG_KEYS, Door, NotLetInError, Visitor
from librechat_analytics.web.keys import SETTLED_NANOSECONDS, Key, KeyRing, KeysFileError, read_keys

if TYPE_CHECKING:
    from pathlib import Path

OWN = "k3y-for-tests-0nly-2f8a"
HASH_OF_NOTHING = sha256(b"").hexdigest()
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


def test_a_hash_may_be_in_capitals_and_opens_nothing_by_itself(tmp_path: Path) -> None:
    hashed = sha256(FINANCE.encode()).hexdigest().upper()
    (tmp_path / "keys").write_text(f"finance:sha256:{hashed}\n")
    door = Door(KeyRing(OWN, tmp_path / "keys"))
    assert let_in(door, key=FINANCE).name == "finance"
    for shown in (hashed, f"sha256:{hashed}", hashed.lower(), f"sha256:{hashed.lower()}"):
        assert refused(door, key=shown) == 401


def test_keys_are_exchanged_while_serving(
    keys_file: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("librechat_analytics.web.keys.LOOKED_AT_EVERY_SECONDS", 0.0)
    monkeypatch.setattr("librechat_analytics.web.keys.SETTLED_NANOSECONDS", 10**18)
    door = Door(KeyRing(None, keys_file))
    assert let_in(door, key=FINANCE).name == "finance"
    keys_file.write_text("auditor:4uditors-0wn-key-2026\n")
    assert let_in(door, key=FINANCE).name == "finance", "it may still be written"
    assert refused(door, key=FINANCE) == 401
    assert let_in(door, key="4uditors-0wn-key-2026").name == "auditor"
    keys_file.write_text("half a li")
    for instant in (1, 2):
        os.utime(keys_file, ns=(instant, instant))
        for _ in range(2):
            assert let_in(door, key="4uditors-0wn-key-2026").name == "auditor", "a broken file does nothing"
    assert caplog.text.count("line 1: must be name:key") == 1, "and is complained about once"
    keys_file.unlink()
    assert let_in(door, key="4uditors-0wn-key-2026").name == "auditor", "nor does one that is gone"
    assert "No such file" in caplog.text
    assert "4uditors-0wn-key-2026" not in caplog.text


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


def test_a_key_that_was_removed_long_ago_is_refused_the_first_time(keys_file: Path) -> None:
    door = Door(KeyRing(None, keys_file))
    assert let_in(door, key=FINANCE).name == "finance"
    keys_file.write_text("auditor:4uditors-0wn-key-2026\n")
    time.sleep(SETTLED_NANOSECONDS / 1e9 + 0.1)  # in which nobody asks
    assert refused(door, key=FINANCE) == 401


def test_a_file_that_is_still_being_written_limits_nobody_less(
    keys_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("librechat_analytics.web.keys.LOOKED_AT_EVERY_SECONDS", 0.0)
    monkeypatch.setattr("librechat_analytics.web.keys.SETTLED_NANOSECONDS", 10**18)
    door, whole = Door(KeyRing(None, keys_file)), keys_file.read_text()
    for written in (whole[: whole.index("  domain=")], whole[: whole.index(" group=")], whole, whole):
        keys_file.write_text(written)
        assert let_in(door, key=SALES).scope == Scope(("sales.example.com",), ("66b0",))


def test_a_file_put_in_place_of_another_is_seen_whatever_its_date_and_size(
    keys_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("librechat_analytics.web.keys.LOOKED_AT_EVERY_SECONDS", 0.0)
    monkeypatch.setattr("librechat_analytics.web.keys.SETTLED_NANOSECONDS", 10**18)
    door, before = Door(KeyRing(None, keys_file)), keys_file.stat()
    fresh = keys_file.with_name("fresh")
    fresh.write_text(keys_file.read_text().replace(SALES, SALES[::-1]))
    os.utime(fresh, ns=(before.st_atime_ns, before.st_mtime_ns))
    fresh.replace(keys_file)
    assert (keys_file.stat().st_mtime_ns, keys_file.stat().st_size) == (before.st_mtime_ns, before.st_size)
    assert let_in(door, key=SALES).name == "sales"
    assert refused(door, key=SALES) == 401


def test_a_file_that_changes_at_the_start_is_read_again(
    keys_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("librechat_analytics.web.keys.LOOKED_AT_EVERY_SECONDS", 0.0)
    monkeypatch.setattr("librechat_analytics.web.keys.SETTLED_NANOSECONDS", 10**18)

    def read_then_write(path: Path) -> tuple[Key, ...]:
        keys = read_keys(path)
        path.write_text(f"auditor:{SALES[::-1]}\n")
        return keys

    with monkeypatch.context() as patched:
        patched.setattr("librechat_analytics.web.keys.read_keys", read_then_write)
        door = Door(KeyRing(None, keys_file))
    assert let_in(door, key=SALES).name == "sales"
    assert refused(door, key=SALES) == 401


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(KeysFileError, match="No such file"):
        KeyRing(OWN, tmp_path / "keys")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("finance", "must be name:key"),
        ("fin ance:x", "must be name:key"),
        (":sdfkj3490fdsjk4390", "must be name:key"),
        ("finance:short", "is shorter than"),
        ("finance:your-secure-key-here", "is an example"),
        (f"finance:{OWN} users=all", "only domain=example.com and group=ID"),
        (f"finance:{OWN} domain=", "only domain=example.com and group=ID"),
        (f"a:{OWN}\na:{FINANCE}", "stands there twice"),
        (f"a:{OWN}\nb:sha256:{sha256(OWN.encode()).hexdigest()} domain=example.com", "a and b have the same"),
        (f"finance:sha256:{HASH_OF_NOTHING}", "is the hash of nothing"),
        (f"finance:sha256:{HASH_OF_NOTHING.upper()}", "is the hash of nothing"),
        (f"finance:sha256:{'0f' * 31}", "64 hex digits"),
        (f"finance:sha512:{'0f' * 64}", "64 hex digits"),
        (f"finance:SHA256:{'0f' * 32}", "64 hex digits"),
    ],
)
def test_a_line_that_is_no_key_is_named_without_being_shown(tmp_path: Path, line: str, says: str) -> None:
    path = tmp_path / "keys"
    path.write_text(line)
    with pytest.raises(KeysFileError, match=says) as caught:
        read_keys(path)
    assert OWN not in str(caught.value)
    assert "short'" not in str(caught.value)


def test_wrong_keys_are_slowed_down_and_the_right_one_never() -> None:
    door = Door(KeyRing(OWN, None))
    statuses = [refused(door, key=f"guess number {number}") for number in range(WRONG_KEYS.amount + 5)]
    assert statuses == [401] * WRONG_KEYS.amount + [429] * 5
    assert let_in(door, key=OWN).name == "default"
    assert refused(door, key="a guess", address="192.0.2.8") == 401, "others are not punished"
    assert refused(door) == 401, "showing no key at all is no guess"


def test_a_trusted_proxy_tells_who_has_signed_in() -> None:
    door = Door(
        KeyRing(OWN, None), trusted_proxies=[ip_network("10.0.0.0/8")], signed_in_header="X-Forwarded-User"
    )
    assert let_in(door, address=PROXY, X_Forwarded_User="ana@example.com") == Visitor("ana@example.com", None)
    assert let_in(door, address=PROXY, X_Forwarded_User="a\x1b[2J\x85na").name == "a[2Jna", "for the log"
    assert refused(door, address=PROXY, X_Forwarded_User=" ") == 401
    assert refused(door, address="192.0.2.7", X_Forwarded_User="ana@example.com") == 401
    assert refused(Door(KeyRing(OWN, None)), address=PROXY, X_Forwarded_User="ana@example.com") == 401


def test_a_trusted_proxy_is_known_where_ipv6_carries_ipv4() -> None:
    """As on a socket for both, which HOST=:: is."""
    door = Door(
        KeyRing(OWN, None), trusted_proxies=[ip_network("10.0.0.0/8")], signed_in_header="X-Forwarded-User"
    )
    assert (
        let_in(door, address=f"::ffff:{PROXY}", X_Forwarded_User="ana@example.com").name == "ana@example.com"
    )
    assert refused(door, address="::ffff:192.0.2.7", X_Forwarded_User="ana") == 401


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
