"""Budgets by the API: their bodies, their files, and which keys see them."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from flask import Flask, g

from librechat_analytics.usage.filters import Filters, Scope
from librechat_analytics.web.api import api_blueprint
from librechat_analytics.web.gatekeeper import Visitor
from tests.finops.budget_worlds import budget, definitions
from tests.usage.conftest import repository

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient

    from librechat_analytics.finops.definitions import Definitions
    from librechat_analytics.usage.repository import StoreRepository

    Client = Callable[..., FlaskClient]

__all__ = ["repository"]

NAMES = [
    *("name", "where", "each", "key", "label", "period", "amount", "carried", "available", "actual"),
    *("usedShare", "elapsedShare", "pace", "forecast", "forecastReason", "runsOutAt", "status", "thresholds"),
]


@pytest.fixture
def client(repository: StoreRepository) -> Client:
    """Make a client of an API with these definitions, with a key of that scope."""

    def make(said: Definitions | None, scope: Scope | None = None) -> FlaskClient:
        server = Flask(__name__)

        @server.before_request
        def admit() -> None:
            g.visitor = Visitor("a test", scope)

        server.register_blueprint(
            api_blueprint(repository, default_zone="America/New_York", definitions=lambda: said)
        )
        return server.test_client()

    return make


def budgets(client: FlaskClient) -> list[dict[str, Any]]:
    response = client.get("/api/budgets")
    assert response.status_code == 200
    found: list[dict[str, Any]] = response.get_json()["budgets"]
    return found


def test_a_budget_is_answered_as_the_contract_says(client: Client) -> None:
    where = Filters.of({"context": ("message",), "not-model": ("a", "b")})
    body = client(definitions(budget(10, where=where))).get("/api/budgets").get_json()
    (answered,) = body["budgets"]
    assert list(answered) == NAMES
    assert answered["where"] == {"context": "message", "not-model": ["a", "b"]}
    assert (answered["each"], answered["key"], answered["label"]) == (None, None, None)
    assert answered["period"] == {
        "name": "this-month",
        "start": "2026-10-31T23:00:00Z",
        "end": "2026-11-30T23:00:00Z",
        "timezone": "Europe/Berlin",
    }
    assert (answered["amount"], answered["carried"], answered["available"]) == (10, 0, 10)
    assert [list(one) for one in answered["thresholds"]] == [["percent", "crossedAt"]] * 2
    assert body["period"] == answered["period"] | {"end": body["period"]["end"]}
    assert body["period"]["end"] == "2026-11-24T15:00:00Z"


def test_what_is_spent_is_the_cost_of_the_summary(client: Client) -> None:
    api = client(definitions(budget(10)))
    (answered,) = budgets(api)
    summary = api.get("/api/summary?period=this-month&tz=Europe/Berlin").get_json()
    assert answered["actual"] == summary["cost"]
    assert answered["pace"] == pytest.approx(summary["cost"] / answered["elapsedShare"])


def test_a_history_ascends_to_the_running_period(client: Client) -> None:
    api = client(definitions(budget(10, name="Sales & more / AI", carry="unused")))
    body = api.get(f"/api/budgets/{quote('Sales & more / AI', safe='')}/history").get_json()
    starts = [one["period"]["start"] for one in body["periods"]]
    assert starts == sorted(starts)
    assert len(starts) == 11, "from the period of the first amount on"
    assert body["periods"][-1] == budgets(api)[0]
    assert {one["period"]["name"] for one in body["periods"][:-1]} == {"custom"}


def test_one_of_each_has_a_history_by_its_key(client: Client) -> None:
    api = client(definitions(budget(1, each="user")))
    first = budgets(api)[0]
    history = api.get(f"/api/budgets/AI/history?key={first['key']}").get_json()["periods"]
    assert history[-1] == first
    assert api.get("/api/budgets/AI/history").status_code == 404
    assert api.get("/api/budgets/AI/history?key=nobody").status_code == 404
    assert api.get("/api/budgets/Others/history").status_code == 404


def test_without_definitions_there_are_no_budgets(client: Client) -> None:
    for path in ("/api/budgets", "/api/budgets/AI/history", "/api/budgets?format=csv"):
        assert client(None).get(path).status_code == 404
    assert budgets(client(definitions())) == []


@pytest.mark.parametrize("path", ["budgets", "budgets/AI/history"])
def test_a_file_has_the_same_budgets(client: Client, path: str) -> None:
    spent = budgets(client(definitions(budget())))[0]["actual"]
    api = client(definitions(budget(spent * 10, thresholds=(1, 50))))
    response = api.get(f"/api/{path}?format=csv")
    assert "attachment" in response.headers["Content-Disposition"]
    *_, row = csv.DictReader(io.StringIO(response.get_data(as_text=True).removeprefix("\ufeff")))
    (answered,) = budgets(api)
    assert float(row["Spent (USD)"]) == answered["actual"]
    assert row["Crossed (per cent)"] == "1"
    assert row["Status"] == "Threshold crossed"
    assert api.get(f"/api/{path}?format=xlsx").status_code == 200
