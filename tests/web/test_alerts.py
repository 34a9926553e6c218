"""Alerts and receivers by the API: what they answer, the verbs, and who may see and do what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from librechat_analytics.settings import load_settings
from librechat_analytics.store.outbox_items import Outcome
from tests.support.documents import ANA, example_collections, write_dump
from tests.support.imports import fill_store
from tests.support.receivers import SECRET, FakeProgram, Reply, fake_program
from tests.support.servers import API_KEY
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient

    from librechat_analytics.finops.alerting import Alerting
    from tests.support.engines import Engine

MANAGER = "m4nager-key-0f-the-f1nance-team"
SCOPED = "sc0ped-key-0f-the-f1nance-team"
FINOPS = """
[[budget]]
name = "All of us"
period = "year"
amount = [ {{ from = "2020-01", usd = 0.000001 }} ]
thresholds = [ 50, 100 ]
to = [ "ops" ]
[[budget]]
name = "Each"
each = "user"
period = "year"
amount = [ {{ from = "2020-01", usd = 0.000001 }} ]
thresholds = [ 100 ]
[[receiver]]
name = "ops"
kind = "json"
url = "http://127.0.0.1:{port}/hook/t0ken-of-tests"
secret = "{secret}"
[[receiver]]
name = "finance"
url = "json://127.0.0.1:{port}/t0ken-of-tests"
quiet = "19:00-07:00"
names = true
"""


@dataclass(slots=True)
class World:
    """A server with alerts, and the program that is told of them."""

    app: Flask
    program: FakeProgram
    alerting: Alerting

    def client(self, key: str = API_KEY) -> FlaskClient:
        client = self.app.test_client()
        client.environ_base["HTTP_X_API_KEY"] = key
        return client

    def get(self, path: str, key: str = API_KEY) -> Any:
        response = self.client(key).get(path)
        assert response.status_code == 200, response.text
        return response.get_json()

    def post(self, path: str, key: str = MANAGER, **body: object) -> tuple[int, Any]:
        response = self.client(key).post(path, json=body)
        return response.status_code, response.get_json()

    def alert(self) -> dict[str, Any]:
        """The alert about everybody."""
        (found,) = [each for each in self.get("/api/alerts")["alerts"] if each["subject"] == "All of us"]
        return dict(found)


@pytest.fixture(scope="module")
def world(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("alerts")
    write_dump(folder / "dump", **example_collections())
    fill_store(folder, now=datetime.now(UTC))
    (folder / "keys").write_text(
        f"finance:{MANAGER} may=manage\nteam:{SCOPED} domain=example.com may=manage\n"
    )
    with fake_program() as program:
        (folder / "finops.toml").write_text(FINOPS.format(port=program.port, secret=SECRET))
        settings = load_settings(
            env_file=None,
            dashboard_api_key=API_KEY,
            dashboard_api_keys_file=folder / "keys",
            data_dir=folder / "data",
            finops_file=folder / "finops.toml",
            public_url="https://a.example.com",
        )
        with engine.serving(settings) as serving:
            world = World(serving.app, program, serving.alerting)
            wait_until(lambda: world.get("/api/receivers")["receivers"][0]["sent"])
            yield world


def test_an_alert_says_what_is_so_and_who_was_told(world: World) -> None:
    found = world.alert()
    assert (found["rule"], found["level"], found["resolvedAt"], found["silencedUntil"]) == (
        "budget",
        100,
        None,
        None,
    )
    assert found["link"] == "https://a.example.com/librechat-analytics/?view=budgets&budget=All+of+us"
    assert found["text"].startswith("The budget All of us has reached 100%: ")
    assert found["deliveries"] == [
        {"receiver": "ops", "state": "sent", "attempts": 1, "nextTry": None, "lastAnswer": "200 OK"}
    ]
    assert found["id"] in world.program.ids()


def test_every_answer_begins_as_all_do(world: World) -> None:
    for path in ("/api/alerts", "/api/receivers"):
        body = world.get(path)
        assert list(body)[:4] == ["period", "asOf", "source", "unmatched"]
        assert body["period"]["name"] == "this-month"


def test_alerts_are_listed_by_state_and_in_parts(world: World) -> None:
    everything = world.get("/api/alerts?state=all")
    assert everything["total"] == len(everything["alerts"]) == 3
    assert world.get("/api/alerts?state=resolved")["alerts"] == []
    part = world.get("/api/alerts?state=open&limit=1&offset=1")
    assert (part["alerts"], part["total"]) == (everything["alerts"][1:2], 3)


@pytest.mark.parametrize(
    "query",
    [
        "state=closed",
        "limit=0",
        "offset=x",
        "format=pdf",
        "period=7x",
        "tz=Mars",
        "states=open",
        "state=open&state=all",
    ],
)
def test_a_wrong_parameter_is_named(world: World, query: str) -> None:
    response = world.client().get(f"/api/alerts?{query}")
    assert (response.status_code, response.get_json()["parameter"]) == (400, query.partition("=")[0])


@pytest.mark.parametrize("path", ["alerts", "receivers"])
def test_parameters_of_figures_have_no_effect(world: World, path: str) -> None:
    assert world.get(f"/api/{path}?period=7d&tz=Asia/Tokyo&model=x") == world.get(f"/api/{path}")


@pytest.mark.parametrize("path", ["alerts", "receivers"])
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_lists_are_files_too(world: World, path: str, form: str) -> None:
    response = world.client().get(f"/api/{path}?format={form}")
    assert response.status_code == 200
    assert f"{path}-" in response.headers["Content-Disposition"]


def test_a_receiver_is_shown_without_its_address(world: World) -> None:
    response = world.client().get("/api/receivers")
    assert [
        (each["name"], each["kind"], each["names"], each["quiet"])
        for each in response.get_json()["receivers"]
    ] == [
        ("ops", "json", False, None),
        ("finance", "apprise", True, "19:00-07:00"),
    ]
    for secret in ("t0ken", SECRET, "127.0.0.1"):
        assert secret not in response.text


def test_a_silence_holds_until_it_ends(world: World) -> None:
    path = f"/api/alerts/{world.alert()['id']}/silence"
    until = (datetime.now(UTC) + timedelta(days=1)).replace(microsecond=0)
    status, body = world.post(path, until=until.isoformat(), reason="known")
    assert (status, body["by"], body["reason"]) == (200, "finance", "known")
    assert body["silencedUntil"] == until.isoformat().replace("+00:00", "Z")
    wait_until(
        lambda: world.alert()["silencedUntil"] == body["silencedUntil"]
    )  # on ClickHouse a second later
    assert [each["subject"] for each in world.get("/api/alerts?state=silenced")["alerts"]] == ["All of us"]
    assert world.post(path, until="2026-01-01T00:00:00Z", reason="over")[1]["silencedUntil"] is None
    wait_until(lambda: world.alert()["silencedUntil"] is None)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"until": "tomorrow", "reason": "x"}, 400),
        ({"until": "2026-12-01T08:00:00", "reason": "x"}, 400),
        ({"until": "2099-12-01T08:00:00Z", "reason": "x"}, 400),
        ({"until": "2026-12-01T08:00:00Z"}, 400),
        ({"until": "2026-12-01T08:00:00Z", "reason": ""}, 400),
        ({"until": "2026-12-01T08:00:00Z", "reason": "  "}, 400),
        ({"until": "0001-01-01T00:00:00+23:59", "reason": "x"}, 200),
        ({"until": "9999-12-31T23:59:59-23:59", "reason": "x"}, 400),
    ],
)
def test_a_silence_is_taken_or_refused(world: World, body: dict[str, str], status: int) -> None:
    assert world.post(f"/api/alerts/{world.alert()['id']}/silence", **body)[0] == status


def test_an_unknown_alert_or_receiver_is_not_there(world: World) -> None:
    silence = {"until": "2026-12-01T08:00:00Z", "reason": "x"}
    assert world.post("/api/alerts/ffff/silence", **silence)[0] == 404
    assert world.post("/api/receivers/nobody/test")[0] == 404


def test_verbs_need_a_key_that_may_manage(world: World) -> None:
    for path in (f"/api/alerts/{world.alert()['id']}/silence", "/api/receivers/ops/test"):
        assert world.post(path, API_KEY)[0] == 403


@pytest.mark.parametrize("receiver", ["ops", "finance"])
def test_a_test_says_what_the_receiver_answered(world: World, receiver: str) -> None:
    before = len(world.program.posts)
    assert world.post(f"/api/receivers/{receiver}/test")[1]["sent"]
    assert len(world.program.posts) == before + 1
    world.program.replies.append(Reply(404))
    status, body = world.post(f"/api/receivers/{receiver}/test")
    assert (status, body["sent"], "404" in body["answer"]) == (200, False, True)


def test_a_key_with_a_scope_sees_only_what_is_wholly_inside(world: World) -> None:
    found = world.get("/api/alerts", SCOPED)["alerts"]
    assert str(ANA) in {each["subject"].partition("/")[2] for each in found}
    assert {each["subject"].partition("/")[0] for each in found} == {"Each"}
    assert all(each["deliveries"] == [] for each in found)
    assert world.client(SCOPED).get("/api/receivers").status_code == 403
    assert world.post("/api/receivers/ops/test", SCOPED)[0] == 403
    silence = {"until": "2026-12-01T08:00:00Z", "reason": "x"}
    assert world.post(f"/api/alerts/{world.alert()['id']}/silence", SCOPED, **silence)[0] == 404


def test_a_link_opens_neither_alerts_nor_receivers(world: World) -> None:
    from librechat_analytics.web.signed_links import sign

    token = sign(API_KEY, "default", int(datetime.now(UTC).timestamp()) + 1000)
    for path in ("/api/alerts", "/api/receivers"):
        assert world.client(token).get(path).status_code == 403


def test_deliveries_are_counted_for_prometheus(world: World) -> None:
    text = world.client().get("/metrics").text
    assert 'librechat_analytics_deliveries{receiver="ops",state="sent"} 1.0' in text


def test_an_alert_that_is_over_cannot_be_silenced(world: World) -> None:
    outbox = world.alerting.outbox
    (alert, *_), _ = outbox.alerts(datetime.now(UTC), "open")
    assert outbox.next_tries() == {}
    outbox.note_outcome([], Outcome("sent", ""), datetime.now(UTC))
    outbox.write([], rules=("budget",), first_tries={}, now=datetime.now(UTC))
    wait_until(lambda: world.get("/api/alerts?state=resolved")["alerts"])
    silence = {"until": "2026-12-01T08:00:00Z", "reason": "x"}
    assert world.post(f"/api/alerts/{alert.id}/silence", **silence)[0] == 409


def test_without_a_file_there_are_none(client: FlaskClient, tmp_path: Path) -> None:
    assert tmp_path
    for path in ("/api/alerts", "/api/receivers"):
        response = client.get(path)
        assert (response.status_code, "FINOPS_FILE" in response.get_json()["error"]) == (404, True)
