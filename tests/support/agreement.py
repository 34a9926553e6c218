"""Asks the program for figures and compares its answers with the oracle's."""

from __future__ import annotations

import json
import math
from contextlib import contextmanager
from datetime import UTC, datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from librechat_analytics.librechat.dump import DumpSource
from librechat_analytics.store.store import Store
from librechat_analytics.sync.imports import import_dump
from librechat_analytics.usage.answers import SourceReport
from librechat_analytics.usage.repository import StoreRepository
from librechat_analytics.web.api import api_blueprint
from librechat_analytics.web.gatekeeper import Gatekeeper
from librechat_analytics.web.keys import KeyRing
from librechat_analytics.web.server import PublicPage, create_server
from tests.support.engines import reading
from tests.support.oracle import ENDPOINTS, Oracle, TooManyPointsError
from tests.support.servers import API_KEY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from librechat_analytics.store.interface import Reader

    Answer = tuple[int, dict[str, Any]]
    Ask = Callable[[str, Mapping[str, Any]], Answer]

PERIODS = (
    "24h",
    "7d",
    "30d",
    "90d",
    "12m",
    "today",
    "yesterday",
    "this-week",
    "this-month",
    "last-month",
    "this-quarter",
    "last-quarter",
    "this-year",
    "last-year",
    "all",
)
NOT_COMPUTED = {"asOf", "source", "provider", "label", "unmatched", "groups"}
"""Fields of the API that the oracle leaves out."""
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe")


def strict_json(text: str) -> dict[str, Any]:
    """Read JSON strictly: NaN is an error."""

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    parsed = json.loads(text, parse_constant=refuse)
    assert isinstance(parsed, dict)
    return parsed


@contextmanager
def imported(folder: Path, store_folder: Path, now: datetime) -> Iterator[Ask]:
    """Import a dump into a new store, and answer questions about it as of ``now``."""
    store = Store(store_folder)
    try:
        import_dump(store, DumpSource(folder), now=now)
        with reading(store) as reader:
            yield api_of(reader, now)
    finally:
        store.close()


def api_of(store: Reader, now: datetime) -> Ask:
    """Put the program's API in front of a store, with a clock that does not move."""
    server = create_server(
        gatekeeper=Gatekeeper(KeyRing(API_KEY, None)),
        readiness=lambda: "ready",
        frame_ancestors=("'self'",),
        public_page=PublicPage(),
    )
    repository = StoreRepository(store, source=lambda: SourceReport("offline"), clock=lambda: now)
    server.register_blueprint(api_blueprint(repository, default_zone="UTC"))
    client = server.test_client()

    def ask(endpoint: str, parameters: Mapping[str, Any]) -> Answer:
        response = client.get(
            f"/api/{endpoint}", query_string=dict(parameters), headers={"x-api-key": API_KEY}
        )
        return response.status_code, strict_json(response.get_data(as_text=True))

    return ask


def assert_answers_agree(
    ask: Ask,
    oracle: Oracle,
    now: datetime,
    parameters: Mapping[str, Any],
    endpoints: tuple[str, ...] = ENDPOINTS,
) -> dict[str, dict[str, Any]]:
    """Ask all endpoints and compare each with the oracle; gives the bodies of those that answered."""
    bodies = {}
    for endpoint in endpoints:
        status, body = ask(endpoint, parameters)
        try:
            expected = oracle.answer(endpoint, now, dict(parameters))
        except TooManyPointsError:
            assert status == 400, f"{endpoint} {parameters}: {body}"
            assert body["parameter"] == "bucket"
            continue
        assert status == 200, f"{endpoint} {parameters}: {body}"
        assert_agrees(body, expected, oracle, f"{endpoint} {dict(parameters)}")
        bodies[endpoint] = body
    return bodies


def assert_agrees(body: dict[str, Any], expected: dict[str, Any], oracle: Oracle, where: str) -> None:
    """Raise AssertionError naming the first field that differs, or that the oracle does not compute."""
    for agent in body.get("agents", ()):
        if agent["deleted"]:
            assert agent["name"] in oracle.senders_of(agent["id"]), f"{where}: {agent}"
            agent["name"] = None
    for entry in (*body.get("agents", ()), *(body["models"] if where.startswith("top-models") else ())):
        assert entry["provider"] is None or isinstance(entry["provider"], str)
    # The program keeps millionths of a credit, that is 1e-12 US dollars a row.
    differ(body, expected, where, 1e-12 * max(1, len(oracle.rows)))


def differ(found: object, expected: object, where: str, money: float) -> None:
    if isinstance(expected, dict):
        assert isinstance(found, dict), f"{where}: {found!r} instead of {expected!r}"
        if not where.endswith(("otherTokenTypes", "attribution")):
            new = found.keys() - expected.keys() - NOT_COMPUTED
            assert not new, f"{where}: tests/support/oracle/answers.py does not compute {sorted(new)}"
            found = {key: found.get(key, "missing") for key in expected}
        assert sorted(found) == sorted(expected), f"{where}: {found} instead of {expected}"
        for key, value in expected.items():
            differ(found[key], value, f"{where} · {key}", money)
    elif isinstance(expected, list):
        assert isinstance(found, list), f"{where}: {found!r} instead of {expected!r}"
        assert len(found) == len(expected), f"{where}: {found} instead of {expected}"
        for position, (one, other) in enumerate(zip(found, expected, strict=True)):
            differ(one, other, f"{where}[{position}]", money)
    elif isinstance(expected, datetime):
        assert same_instant(found, expected), f"{where}: {found} instead of {expected}"
    elif isinstance(expected, Fraction):
        assert isinstance(found, int | float), f"{where}: {found!r} instead of {float(expected)}"
        is_money = where.lower().endswith("cost")
        # A double has 53 bits; a share or a rate inherits the rounding of what it divides.
        size = float(abs(expected))
        tolerance = max(money, size / 2**52) if is_money else 1e-9 * max(1.0, size)
        near = math.isfinite(found) and abs(Fraction(found) - expected) <= tolerance
        assert near, f"{where}: {found!r} instead of {float(expected)!r}"
    else:
        assert type(found) is type(expected) or isinstance(expected, float), (
            f"{where}: {found!r} {expected!r}"
        )
        assert found == expected, f"{where}: {found!r} instead of {expected!r}"


def same_instant(found: object, expected: datetime) -> bool:
    """Whether text is the same instant, in the same offset, and in UTC with ``Z``."""
    if not isinstance(found, str):
        return False
    at = datetime.fromisoformat(found)
    return (
        # In UTC, since Python finds an hour that occurs twice unequal to itself in another zone.
        at.astimezone(UTC) == expected.astimezone(UTC)
        and at.utcoffset() == expected.utcoffset()
        and (expected.tzinfo is not UTC or found.endswith("Z"))
    )
