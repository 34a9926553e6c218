"""Several tenants in one LibreChat: a filter, and a key that sees its own tenant as if it were alone."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
import time_machine
from bson import ObjectId

from librechat_analytics.dashboard.app import VIEWS
from librechat_analytics.web.api import ENDPOINTS
from tests.dashboard.ready_answers import texts
from tests.support.callbacks import ask, requests_of, run, visitor
from tests.support.documents import ANA, BOB, NOON, object_id, usage
from tests.support.engines import serving_to_limited_keys
from tests.support.servers import API_KEY, ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from tests.support.engines import Engine

    Document = dict[str, Any]

pytestmark = pytest.mark.one_in_on_clickhouse(2)

NOW = NOON + timedelta(hours=1)
CARL, DAN = ObjectId("66aa11bbccddeeff00112200"), ObjectId("67aa11bbccddeeff00112200")
ACME, GLOBEX = "acme", "Globex"
AGENT = "agent_of-both-tenants-01"
GROUPS = {ACME: object_id(NOON, 1), GLOBEX: object_id(NOON, 2)}
KEYS = {
    "acme": "acme-k3y-for-tests-0nly-1",
    "both": "b0th-k3y-for-tests-0nly-2",
    "domain": "d0main-k3y-for-tests-0nly-3",
    "group": "gr0up-k3y-for-tests-0nly-4",
    "nobody": "n0b0dy-k3y-for-tests-0nly-5",
}
LIMITS = {
    "acme": "tenant=acme",
    "both": "tenant=acme tenant=Globex",
    "domain": "tenant=acme domain=example.com",
    "group": f"tenant=acme group={GROUPS[ACME]} group={GROUPS[GLOBEX]}",
    "nobody": "tenant=ACME",
}
TENANT_OF = {ANA: ACME, CARL: ACME, BOB: GLOBEX}
COSTS = {ANA: 0.003, CARL: 0.006, BOB: 0.012, DAN: 0.024}
"""Of each user's rows, in US dollars. Ana and Bob share a domain; Dan is from before there were tenants."""


def collections(*, only_acme: bool) -> dict[str, list[Document]]:
    people: list[Document] = [
        {"_id": ANA, "name": "Ana Novak", "email": "ana@example.com", "role": "USER"},
        {"_id": CARL, "name": "Carl Moss", "email": "carl@acme.example", "role": "ADMIN"},
        {"_id": BOB, "name": "Bob Briain", "email": "bob@example.com", "role": "BOSS"},
        {"_id": DAN, "name": "Dan Dee", "email": "dan@elsewhere.example", "role": "BOSS"},
    ]
    rows, number = [], 0
    for user, cost in COSTS.items():
        tenant = TENANT_OF.get(user)
        of_globex = {} if tenant == ACME else {"model": "of-globex", "context": "of-globex"}
        for days in (1, 2, 3, 40):
            number += 1
            at = NOON - timedelta(days=days)
            fields = {
                "tenantId": tenant,
                "agentId": AGENT if days < 3 else None,
                "conversationId": f"of {user}",
            }
            rows.append(
                usage(at, number, user=user, tokenValue=-round(cost * 250_000), **fields, **of_globex)
            )
    groups = [
        {"_id": GROUPS[ACME], "name": "Acme's", "memberIds": [str(ANA)], "tenantId": ACME},
        {"_id": GROUPS[GLOBEX], "name": "Globex's", "memberIds": [str(BOB)], "tenantId": GLOBEX},
    ]
    agents = [
        {"_id": object_id(NOON, number), "id": AGENT, "name": f"Helper of {tenant}", "tenantId": tenant}
        for number, tenant in enumerate((ACME, GLOBEX))
    ]
    found = {"users": people, "groups": groups, "agents": agents, "transactions": rows}
    for person in people:
        person["tenantId"] = TENANT_OF.get(person["_id"])
    if only_acme:
        return {
            name: [each for each in documents if each.get("tenantId") == ACME]
            for name, documents in found.items()
        }
    return found


@contextmanager
def serving(engine: Engine, folder: Path, *, only_acme: bool = False) -> Iterator[Flask]:
    documents = collections(only_acme=only_acme)
    keys = "".join(f"{name}:{key} {LIMITS[name]}\n" for name, key in KEYS.items())
    prices = ROOT / "prices" / "2026-03.csv"
    with serving_to_limited_keys(engine, folder, documents, keys, now=NOW, prices_file=prices) as program:
        yield program.app


@pytest.fixture(scope="module")
def apps(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, Flask]]:
    """The app with all tenants, and one in which there has never been another than Acme."""
    with time_machine.travel(NOW, tick=False), ExitStack() as stack:
        everybody, alone = (
            stack.enter_context(serving(engine, tmp_path_factory.mktemp("tenants"), only_acme=only_acme))
            for only_acme in (False, True)
        )
        yield everybody, alone


@pytest.fixture
def client(apps: tuple[Flask, Flask]) -> FlaskClient:
    """A client whose key sees everything."""
    return visitor(apps[0], API_KEY)


def summary(client: FlaskClient, **parameters: str) -> Document:
    response = client.get(f"/api/summary?{urlencode({'period': 'all', **parameters})}")
    assert response.status_code == 200, response.get_json()
    body: Document = response.get_json()
    return body


def cost_of(*users: ObjectId) -> Any:
    return pytest.approx(sum(COSTS[user] for user in users))


class TestTheFilter:
    def test_a_tenant_has_its_rows_and_none_is_the_rest(self, client: FlaskClient) -> None:
        assert summary(client, tenant=ACME)["cost"] == cost_of(ANA, CARL)
        assert summary(client, tenant=GLOBEX)["cost"] == cost_of(BOB)
        assert summary(client, tenant="(none)")["cost"] == cost_of(DAN)
        assert summary(client)["cost"] == cost_of(ANA, BOB, CARL, DAN)

    def test_it_is_asked_for_as_it_was_recorded(self, client: FlaskClient) -> None:
        assert summary(client, tenant="globex")["calls"] == 0

    def test_it_combines_with_the_others(self, client: FlaskClient) -> None:
        assert summary(client, tenant=ACME, domain="example.com")["cost"] == cost_of(ANA)
        assert summary(client, tenant=GLOBEX, user=str(ANA))["calls"] == 0

    def test_an_agent_of_both_tenants_is_each_tenants_own(self, client: FlaskClient) -> None:
        agents = client.get(f"/api/top-agents?period=all&tenant={GLOBEX}").get_json()["agents"]
        assert [(agent["id"], agent["name"]) for agent in agents] == [(AGENT, "Helper of Globex")]
        for tenant in (ACME, GLOBEX):
            page = ask(client, "detail-question", f"?view=agent&agent={AGENT}&tenant={tenant}&period=all")
            assert page["page-title"]["children"] == f"Helper of {tenant}"

    def test_an_agent_of_both_tenants_is_drawn_with_the_figures_of_both(self, client: FlaskClient) -> None:
        parts = ask(client, "overview-question", "?period=7d&split=agent")["overview-places"]["data"]
        assert "66.7%" in texts(parts["over-time-legend"])  # two of each user's three rows of that week

    def test_it_is_offered_and_shown_as_a_chip(self, client: FlaskClient) -> None:
        offered = ask(client, "filter-question", "?period=all")["filter-choices"]["data"]["tenant"]
        assert [label for _, label in offered] == ["Globex", "acme", "Without a tenant"]
        shown = ask(client, "overview-question", "?period=all&tenant=acme")["overview-places"]["data"]
        assert texts(shown["chips"]).startswith("Tenant is acme")

    def test_files_are_filtered_as_well(self, client: FlaskClient) -> None:
        text = client.get(f"/api/top-users?period=all&tenant={ACME}&format=csv").get_data(as_text=True)
        assert "Carl Moss" in text
        assert "Bob Briain" not in text


def everything_of(client: FlaskClient) -> Iterator[tuple[str, Any]]:
    """Everything that a reader can get: bodies, files, views, detail pages, values of filters."""
    for endpoint in ENDPOINTS:
        for query in (
            "period=all",
            "period=12m&format=csv",
            "period=30d&tenant=acme",
            "period=all&tenant=Globex",
        ):
            # The forecast is about this month where no period is named.
            asked = query.partition("&")[2] if endpoint.periods else query
            response: TestResponse = client.get(f"/api/{endpoint.path}?{asked}")
            assert response.status_code == 200
            yield f"{endpoint.path} {query}", response.get_data(as_text=True)
    yield "export", client.get("/api/export?period=all").get_data()
    pages = [f"view=user&user={user}" for user in COSTS]
    pages += ["view=model&model=of-globex", f"view=agent&agent={AGENT}"]
    questions = [
        *((f"{view.name}-question", f"?view={view.name}&period=all") for view in VIEWS if view.in_menu),
        *(("overview-question", f"?period=all&split={part}") for part in ("user", "model", "agent")),
        *(("detail-question", f"?{page}&period=all") for page in pages),
        *(("overview-question", f"?period=all&group={group}") for group in GROUPS.values()),
        ("overview-question", f"?period=all&tenant={GLOBEX}"),
        ("filter-question", "?period=all"),
    ]
    for store, search in questions:
        yield search, ask(client, store, search)
    for request in requests_of(client):
        for clicked in request["inputs"]:
            if clicked["property"] == "n_clicks":
                yield clicked["id"], run(client, request, clicked, f"?view=user&user={ANA}&period=all")


class TestAKeyOfATenant:
    def test_it_gets_what_there_would_be_without_the_others(self, apps: tuple[Flask, Flask]) -> None:
        limited, alone = (dict(everything_of(visitor(app, KEYS["acme"]))) for app in apps)
        assert [name for name, answer in limited.items() if answer != alone[name]] == []
        assert limited["summary period=all"] != visitor(apps[0], API_KEY).get("/api/summary?period=all").text

    @pytest.mark.parametrize(
        ("key", "users"),
        [
            ("acme", [ANA, CARL]),
            ("both", [ANA, BOB, CARL]),
            ("domain", [ANA]),
            ("group", [ANA]),
            ("nobody", []),
        ],
    )
    def test_tenants_are_a_border_within_which_domains_and_groups_choose(
        self, apps: tuple[Flask, Flask], key: str, users: list[ObjectId]
    ) -> None:
        limited = visitor(apps[0], KEYS[key])
        assert summary(limited)["cost"] == cost_of(*users)
        listed = limited.get("/api/top-users?period=all").get_json()["users"]
        assert {user["id"] for user in listed} == {str(user) for user in users}
        for user in COSTS:
            assert summary(limited, user=str(user))["cost"] == cost_of(*({user} & set(users)))

    @pytest.mark.parametrize(
        ("key", "offered"),
        [
            ("acme", {"tenant": ["acme"], "group": ["Acme's"], "role": ["ADMIN", "USER"]}),
            ("both", {"tenant": ["Globex", "acme"], "group": ["Acme's", "Globex's"]}),
            ("domain", {"tenant": ["acme"], "group": [], "role": ["USER"], "domain": ["example.com"]}),
            ("nobody", {"tenant": [], "group": [], "role": [], "domain": [], "context": []}),
        ],
    )
    def test_it_is_offered_what_it_may_see(
        self, apps: tuple[Flask, Flask], key: str, offered: dict[str, list[str]]
    ) -> None:
        limited = visitor(apps[0], KEYS[key])
        choices = ask(limited, "filter-question", "?period=all")["filter-choices"]["data"]
        hits = ask(limited, "find-question", "", text="", kinds=["group"], number=1)["find-answer"]["data"][
            "hits"
        ]
        choices["group"] = sorted([hit["id"], hit["label"]] for hit in hits)
        for name, labels in offered.items():
            assert [label for value, label in choices[name] if value != "(none)"] == labels

    @pytest.mark.parametrize("path", ["/metrics", "/api/backup"])
    def test_what_holds_everybody_is_refused(self, apps: tuple[Flask, Flask], path: str) -> None:
        assert visitor(apps[0], KEYS["acme"]).get(path).status_code == 403
