"""Which addresses messages may be sent to."""

from __future__ import annotations

import pytest
from apprise import Apprise

from librechat_analytics.finops.receiver_addresses import ALLOWED_SCHEMES, RETIRED, why_refused


@pytest.mark.parametrize(
    "address",
    [
        "slack://a/b/c",
        "mmosts://chat.example.com/token",
        "workflows://host/id/sig",
        "MAILTOS://u:p@example.com",
    ],
)
def test_services_that_reach_people_are_allowed(address: str) -> None:
    assert why_refused("apprise", address) is None


@pytest.mark.parametrize(
    "address", ["file:///etc/passwd", "syslog://", "dbus://", "exec://rm", "slack", "slack://"]
)
def test_other_schemes_are_refused(address: str) -> None:
    assert why_refused("apprise", address)


@pytest.mark.parametrize("kind", ["apprise", "json"])
def test_connectors_of_teams_are_refused_with_the_reason(kind: str) -> None:
    assert why_refused(kind, "https://acme.webhook.office.com/webhookb2/x") == RETIRED  # type: ignore[arg-type]
    assert why_refused("apprise", "msteams://a/b/c/d") == RETIRED


@pytest.mark.parametrize(
    "address",
    [
        "https://ops.example.com/hook",
        "http://127.0.0.1:9/",
        "http://localhost/x",
        "http://10.1.2.3",
        "http://[::1]/",
    ],
)
def test_programs_are_reached_by_https_and_nearby_also_by_http(address: str) -> None:
    assert why_refused("json", address) is None


@pytest.mark.parametrize(
    "address",
    [
        "http://example.com/",
        "http://169.254.169.254/latest",
        "http://0.0.0.0/",
        "http://[::ffff:169.254.169.254]/",
        "http://[::ffff:8.8.8.8]/",
        "http://2130706433/",
        "http://127.1/",
        "http://127.0.0.1@example.com/",
        "http://example.com#@127.0.0.1/",
        "http://127.0.0.1/ü",
        "http://8.8.8.8/",
        "http://127.0.0.1.example.com/",
        "https:///path",
        "https://a b/",
        "https://a:port/",
        "ftp://10.0.0.1/",
        "slack://a/b/c",
    ],
)
def test_other_addresses_of_programs_are_refused_without_showing_them(address: str) -> None:
    reason = why_refused("json", address)
    assert reason
    assert address not in reason


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")
def test_apprise_knows_every_scheme_that_is_allowed() -> None:
    known = {
        scheme
        for service in Apprise().details()["schemas"]
        for scheme in (*(service["protocols"] or ()), *(service["secure_protocols"] or ()))
    }
    assert set(ALLOWED_SCHEMES) <= known
