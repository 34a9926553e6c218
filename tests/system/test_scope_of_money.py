"""Cost centres, budgets, forecasts, anomalies, alerts and reports show a limited key nothing of anybody else.

Ana and Bob share a ledger and one definitions file. However a key is limited to Ana's part, it gets exactly
what it would get in a ledger without Bob.
"""

from __future__ import annotations

import json
import re
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
import time_machine

from librechat_analytics.dashboard.views.registry import FINOPS_VIEWS
from librechat_analytics.usage.matching import KINDS
from librechat_analytics.usage.questions import CHANGES_BY, SPLITS
from librechat_analytics.web.api import ALL_ENDPOINTS, FINOPS_ENDPOINTS
from tests.support import callbacks
from tests.support.callbacks import visitor
from tests.support.documents import ANA, BOB, NOON, object_id, usage
from tests.support.engines import serving_to_limited_keys
from tests.support.servers import API_KEY
from tests.support.waiting import wait_until
from tests.system.test_scope import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask

    from tests.support.engines import Engine

    Document = dict[str, Any]

pytestmark = pytest.mark.one_in_on_clickhouse(4)

NOW = NOON + timedelta(hours=1)
ANAS_GROUP, BOBS_GROUP = object_id(NOON, 1), object_id(NOON, 2)
DAYS = 90
"""Long enough for a forecast and for unusual days."""

LIMITS = {
    "domain": "domain=example.com",
    "group": f"group={ANAS_GROUP}",
    "user": f"user={ANA}",
    "tenant": "tenant=tenant-of-ana",
    "cost_center": "cost_center=Sales",
}
KEYS = {name: f"{name.replace('_', '-')}-0nly-k3y-for-tests" for name in LIMITS}
BOBS = ("Bob Briain", "bob@", str(BOB), "Secret lab", "model-of-bob", "Group of Bob", "tenant-of-bob")

WHERE = {
    "everything": "{}",
    "of the centre": '{ cost_center = "Sales" }',
    "of the user": f'{{ user = "{ANA}" }}',
    "of the tenant": '{ tenant = "tenant-of-ana" }',
    "of the domain": '{ domain = "example.com" }',
    "of the group": f'{{ group = "{ANAS_GROUP}" }}',
    "of Bob's centre": '{ cost_center = "Secret lab" }',
    "of Bob": f'{{ user = "{BOB}" }}',
    "of both": f'{{ user = ["{ANA}", "{BOB}"] }}',
    "without a model": '{ not-model = "model-of-bob" }',
}
EACH = ("user", "model", "agent", "group", "cost_center")


def definitions() -> str:
    amount = 'amount = [ { from = "2026-01", usd = 1 } ]\nthresholds = [ 50, 100 ]\nforecast = [ 100 ]'
    budgets = [
        f'[[budget]]\nname = "budget {name}"\nwhere = {where}\nperiod = "month"\n{amount}'
        for name, where in WHERE.items()
    ]
    each = [f'[[budget]]\nname = "each {name}"\neach = "{name}"\nperiod = "month"\n{amount}' for name in EACH]
    reports = [
        f'[[report]]\nname = "report {name}"\nevery = "monday 08:00"\nwhere = {where}\nattach = "xlsx"'
        for name, where in WHERE.items()
    ]
    head = 'zone = "Europe/Berlin"\n[cost_centers]\nmap = "people.csv"\n[alerts]\nanomalies = [ "ops" ]'
    receiver = '[[receiver]]\nname = "ops"\nkind = "json"\nurl = "file:hook"'
    return "\n".join((head, receiver, *budgets, *each, *reports))


def collections(*, with_bob: bool) -> dict[str, list[Document]]:
    """A ledger in which each of the two has used something each day, and much more yesterday."""

    def rows(number: int, **own: object) -> list[Document]:
        return [
            usage(
                NOON - timedelta(days=back),
                1000 * number + back,
                rawAmount=-1_000_000,
                tokenValue=-3_000_000 * (30 if back == 1 else 1),
                **own,
            )
            for back in range(DAYS)
        ]

    users = [
        {
            "_id": ANA,
            "name": "Ana Novak",
            "email": "ana@example.com",
            "role": "USER",
            "tenantId": "tenant-of-ana",
        }
    ]
    groups = [{"_id": ANAS_GROUP, "name": "Group of Ana", "memberIds": [str(ANA)]}]
    transactions = rows(1, tenantId="tenant-of-ana")
    if with_bob:
        users.append(
            {
                "_id": BOB,
                "name": "Bob Briain",
                "email": "bob@elsewhere.example",
                "role": "USER",
                "tenantId": "tenant-of-bob",
            }
        )
        groups.append({"_id": BOBS_GROUP, "name": "Group of Bob", "memberIds": [str(BOB)]})
        transactions += rows(2, user=BOB, model="model-of-bob", tenantId="tenant-of-bob")
    return {"users": users, "groups": groups, "agents": [], "transactions": transactions}


@contextmanager
def serving(engine: Engine, folder: Path, *, with_bob: bool) -> Iterator[Flask]:
    keys = "".join(f"of-{name}:{KEYS[name]} {limit}\n" for name, limit in LIMITS.items())
    (folder / "finops.toml").write_text(definitions())
    (folder / "people.csv").write_text(
        "who,cost_center\nana@example.com,Sales\nbob@elsewhere.example,Secret lab\n"
    )
    (folder / "hook").write_text("http://127.0.0.1:9/t0ken-of-tests")
    documents, finops = collections(with_bob=with_bob), folder / "finops.toml"
    with serving_to_limited_keys(engine, folder, documents, keys, now=NOW, finops_file=finops) as program:
        client = visitor(program.app, API_KEY)
        wait_until(lambda: client.get("/api/alerts").get_json()["alerts"])
        yield program.app


@pytest.fixture(scope="module")
def apps(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, Flask]]:
    """The app with Ana and Bob, and one in which there has never been a Bob, both at the same instant."""
    with time_machine.travel(NOW, tick=False), ExitStack() as stack:
        both, alone = (
            stack.enter_context(serving(engine, tmp_path_factory.mktemp("money"), with_bob=with_bob))
            for with_bob in (True, False)
        )
        yield both, alone


def paths() -> list[str]:
    found = []
    for endpoint in ALL_ENDPOINTS:
        names = ("budget of the user", "each user") if "<path:name>" in endpoint.path else ("",)
        period = "this-month" if endpoint.path == "forecast" else "90d"
        for name in names:
            path = endpoint.path.replace("<path:name>", quote(name))
            key = f"&key={ANA}" if name == "each user" else ""
            found.append(f"{path}?period={period}{key}")
    found += [f"{endpoint.path}?format=csv" for endpoint in FINOPS_ENDPOINTS if "<" not in endpoint.path]
    found += [f"what-changed?period=90d&by={by}" for by in CHANGES_BY]
    found += [f"usage-over-time?period=90d&split={split}" for split in SPLITS]
    found += [
        "summary?period=90d&cost_center=Secret%20lab",
        "summary?period=90d&not-cost_center=Sales",
        "top-users?period=90d&cost_center=(unassigned)",
        "alerts?state=all",
        "alerts?format=csv",
        "export?period=30d",
    ]
    return found


def said(app: Flask, key: str, path: str) -> tuple[int, str]:
    response = callbacks.visitor(app, key).get(f"/api/{path}")
    assert response.status_code in (200, 404), response.get_data(as_text=True)
    if response.status_code == 200:
        return 200, text_of(response)
    return response.status_code, response.get_data(as_text=True)


def with_limits(*things: str, limits: int = 2) -> list[tuple[str, str]]:
    """Each thing with some of the keys, and each key with about as many things."""
    names = [*KEYS]
    return [
        (thing, names[(place + 2 * step) % len(names)])
        for place, thing in enumerate(things)
        for step in range(limits)
    ]


ABOUT_MONEY = {"alerts", "anomalies", "forecast"} | {
    re.split(r"[/<]", endpoint.path)[0] for endpoint in FINOPS_ENDPOINTS
}
OF_EACH_KEY = [path for path in paths() if re.split(r"[/?]", path)[0] in ABOUT_MONEY]
"""The other answers are those of tests/system/test_scope.py too."""
OF_SOME_KEYS = [path for path in paths() if path not in OF_EACH_KEY]


@pytest.mark.parametrize(
    ("path", "limit"),
    [*with_limits(*OF_EACH_KEY, limits=len(KEYS)), *with_limits(*OF_SOME_KEYS)],
)
def test_the_api_answers_as_if_nobody_else_were_there(
    apps: tuple[Flask, Flask], path: str, limit: str
) -> None:
    limited, alone = (said(app, KEYS[limit], path) for app in apps)
    assert limited == alone
    assert [name for name in BOBS if name in limited[1]] == []


@pytest.mark.parametrize("limit", KEYS)
def test_a_report_is_seen_only_if_it_is_wholly_inside_and_has_nobody_else(
    apps: tuple[Flask, Flask], limit: str
) -> None:
    seen = []
    for name in WHERE:
        for form in ("html", "text", "xlsx") if name == "of the centre" else ("text",):
            path = f"reports/{quote(f'report {name}')}/preview?format={form}"
            limited, alone = (said(app, KEYS[limit], path) for app in apps)
            assert limited == alone, path
            assert [one for one in BOBS if one in limited[1]] == []
            seen += [name] if limited[0] == 200 else []
    assert "everything" not in seen
    assert set(seen) & {"of Bob", "of both", "of Bob's centre"} == set()
    assert seen, "the key sees none at all"


@pytest.mark.parametrize("limit", KEYS)
def test_a_key_sees_what_is_its_own(apps: tuple[Flask, Flask], limit: str) -> None:
    client = callbacks.visitor(apps[0], KEYS[limit])
    everything = callbacks.visitor(apps[0], API_KEY)
    budgets, all_budgets = (one.get("/api/budgets").get_json()["budgets"] for one in (client, everything))
    assert 0 < len(budgets) < len(all_budgets)
    alerts, all_alerts = (one.get("/api/alerts").get_json()["alerts"] for one in (client, everything))
    assert 0 < len(alerts) < len(all_alerts)
    assert {"budget", "anomaly"} <= {one["rule"] for one in all_alerts}
    assert client.get("/api/forecast?period=this-month").get_json()["expected"] is not None
    assert client.get("/api/anomalies?period=90d").get_json()["anomalies"] != []


@pytest.mark.parametrize("limit", KEYS)
def test_an_answer_that_another_key_has_got_is_not_given(apps: tuple[Flask, Flask], limit: str) -> None:
    for path in (
        "budgets",
        "cost-centers?period=90d",
        "forecast?period=this-month",
        "anomalies?period=90d",
        "alerts",
    ):
        for first, second in ((API_KEY, KEYS[limit]), (KEYS[limit], API_KEY)):
            tag = callbacks.visitor(apps[0], first).get(f"/api/{path}").headers["ETag"]
            response = callbacks.visitor(apps[0], second).get(f"/api/{path}", headers={"If-None-Match": tag})
            assert (response.status_code, response.headers["ETag"] != tag) == (200, True), path


@pytest.mark.parametrize("limit", KEYS)
def test_what_is_about_all_users_is_refused(apps: tuple[Flask, Flask], limit: str) -> None:
    client = callbacks.visitor(apps[0], KEYS[limit])
    for path in ("/api/receivers", "/api/backup", "/api/audit", "/metrics"):
        assert client.get(path).status_code == 403, path


VIEWS = [f"?view={view.name}&period=90d" for view in FINOPS_VIEWS]
DETAILS = [
    "?view=budgets&budget=budget+of+the+user",
    "?view=budgets&budget=budget+everything",
    f"?view=budgets&budget=each+user&key={ANA}",
    f"?view=budgets&budget=each+user&key={BOB}",
    "?period=90d&cost_center=Sales",
]
OVERVIEW = [
    "?period=90d",
    "?period=this-month",
    "?period=90d&by=cost_center",
    "?period=90d&split=cost_center",
]


@pytest.mark.parametrize(
    ("search", "limit"), [*with_limits(*VIEWS, *DETAILS, limits=len(KEYS)), *with_limits(*OVERVIEW)]
)
def test_the_page_is_as_if_nobody_else_were_there(apps: tuple[Flask, Flask], search: str, limit: str) -> None:
    view = search.partition("view=")[2].partition("&")[0] or "overview"
    limited, alone = (
        json.dumps(callbacks.ask(callbacks.visitor(app, KEYS[limit]), f"{view}-question", search))
        for app in apps
    )
    assert limited == alone
    assert "Something went wrong" not in limited
    assert [name for name in BOBS if name in limited and name not in search] == []


@pytest.mark.parametrize("limit", KEYS)
def test_the_find_box_finds_nothing_else(apps: tuple[Flask, Flask], limit: str) -> None:
    asked = {"text": "", "kinds": list(KINDS), "number": 1}
    client = callbacks.visitor(apps[0], KEYS[limit])
    found = json.dumps(callbacks.ask(client, "find-question", "", **asked), ensure_ascii=False)
    assert "Ana Novak" in found
    assert [name for name in BOBS if name in found] == []
