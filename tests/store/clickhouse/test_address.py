"""STORE_URL: what it means, and how a wrong one is refused."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from librechat_analytics.store.clickhouse.address import StoreAddress, parse_store_url
from tests.support.examples import examples

PRINTABLE = st.text(st.characters(categories=["L", "N", "P", "S"]), max_size=20)


def test_a_whole_address_is_read() -> None:
    address = parse_store_url("clickhouse://me:p%40ss@db.example.com:9443/usage?secure=1", Path("/ca.pem"))

    assert address == StoreAddress(
        "db.example.com", 9443, "me", "p@ss", "usage", secure=True, ca_file=Path("/ca.pem")
    )


@pytest.mark.parametrize(
    ("url", "port", "secure"),
    [
        ("clickhouse://u:p@host/d", 8123, False),
        ("ClickHouse://u:p@host/d/", 8123, False),
        ("clickhouse://u:p@host/d?secure=1", 8443, True),
        ("clickhouse://u:p@host:8123/d?secure=true", 8123, True),
        ("clickhouse://u:p@host:443/d?secure=1", 443, True),
        ("clickhouse://u:p@host:8443/d?secure=0", 8443, False),
        ("clickhouse://u:p@host:1/d?secure=False", 1, False),
    ],
)
def test_tls_follows_from_secure_alone_and_decides_the_usual_port(url: str, port: int, secure: bool) -> None:
    address = parse_store_url(url, None)

    assert (address.port, address.secure) == (port, secure)


@pytest.mark.parametrize(
    ("place", "host", "port"),
    [
        ("[::1]", "::1", 8123),
        ("[2001:db8::2]:8124", "2001:db8::2", 8124),
        ("10.0.0.7:81", "10.0.0.7", 81),
        ("click_house-1", "click_house-1", 8123),
    ],
)
def test_a_host_is_a_name_or_an_address(place: str, host: str, port: int) -> None:
    address = parse_store_url(f"clickhouse://u:p@{place}/d", None)

    assert (address.host, address.port) == (host, port)
    assert f"@[{host}]:" in str(address) or f"@{host}:" in str(address)
    assert parse_store_url(str(address), None) == StoreAddress(
        host, port, "u", "", "d", secure=False, ca_file=None
    )


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("", "must begin with clickhouse://"),
        ("http://u:p@host/d", "must begin with clickhouse://"),
        ("clickhouse://u:p@host", "must name a database"),
        ("clickhouse://u:p@host/", "must name a database"),
        ("clickhouse://u:p@host/?secure=1", "must name a database"),
        ("clickhouse://u:p@host/a/b", "database of letters"),
        ("clickhouse://u:p@host/a%60b", "database of letters"),
        ("clickhouse://u:p@/d", "must name a host"),
        ("clickhouse:///d", "must name a host"),
        ("clickhouse://u:p@::1/d", "must name a host, in brackets"),
        ("clickhouse://u:p@[::1/d", "must have a port|must name a host"),
        ("clickhouse://u:p@[nonsense]/d", "must name a host"),
        ("clickhouse://u:p@[::1]8123/d", "must name a host"),
        ("clickhouse://u:p@one:8123,two:8123/d", "must name one host"),
        ("clickhouse://u:p@host:0/d", "a port from 1 to 65535"),
        ("clickhouse://u:p@host:65536/d", "a port from 1 to 65535"),
        ("clickhouse://u:p@host:/d", "a port from 1 to 65535"),
        ("clickhouse://u:p@host:http/d", "a port from 1 to 65535"),
        ("clickhouse://u:p@host:8443/d", "port 8443, which is for TLS, without .secure=1"),
        ("clickhouse://u:p@host:443/d", "port 443"),
        ("clickhouse://u:p@host/d?sslmode=require", "unknown parameter sslmode"),
        ("clickhouse://u:p@host/d?secure=1&compress=1", "unknown parameter compress"),
        ("clickhouse://u:p@host/d?secure=maybe", "secure=1 or secure=0"),
        ("clickhouse://u:p@host/d?secure=1&secure=0", "secure=1 or secure=0, once"),
        ("clickhouse://:p@host/d", "must name a user"),
        ("clickhouse://u%3Av:p@host/d", "user with a colon"),
        ("clickhouse://u:s/cret@host/d", "percent-encoded"),
        ("clickhouse://u:s?cret@host/d", "percent-encoded"),
        ("clickhouse://u:s%cret@host/d", "percent-encoded"),
        ("clickhouse://u:%ff@host/d", "percent-encoded"),
        ("clickhouse://u:s%0Acret@host/d", "percent-encoded"),
        ("clickhouse://u:s\tcret@host/d", "percent-encoded"),
    ],
)
def test_a_wrong_address_is_refused_with_what_to_do(url: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem) as refused:
        parse_store_url(url, None)

    assert "cret" not in str(refused.value)


def test_a_file_of_an_authority_needs_tls() -> None:
    with pytest.raises(ValueError, match="STORE_CA_FILE"):
        parse_store_url("clickhouse://u:p@host/d", Path("/ca.pem"))


def test_without_a_user_it_is_the_one_that_clickhouse_has_by_itself() -> None:
    address = parse_store_url("clickhouse://host/d", None)

    assert (address.user, address.password) == ("default", "")


@settings(max_examples=examples(25))
@given(PRINTABLE.filter(lambda text: text and ":" not in text), PRINTABLE)
def test_any_user_and_password_arrive_and_no_text_shows_the_password(user: str, password: str) -> None:
    whole = f"{quote(user, safe='')}:{quote(password, safe='')}"
    address = parse_store_url(f"clickhouse://{whole}@host/database", None)

    assert (address.user, address.password) == (user, password)
    assert str(address) == f"clickhouse://{quote(user, safe='')}@host:8123/database"
    assert repr(password) not in repr(address).replace(repr(user), "") or not password
