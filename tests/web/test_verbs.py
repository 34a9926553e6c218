"""Verbs: who may use them, what they take, and what the log says."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from flask import Blueprint
from pydantic import AwareDatetime, Field
from werkzeug.exceptions import NotFound

from librechat_analytics.web.body import Body
from librechat_analytics.web.gatekeeper import Gatekeeper
from librechat_analytics.web.keys import KeyRing
from librechat_analytics.web.openapi_verbs import describe_verb
from librechat_analytics.web.server import PublicPage, create_server, refuse_unknown_api_paths
from librechat_analytics.web.signed_links import sign
from librechat_analytics.web.verbs import Given, Verb, add_verb
from tests.support.servers import API_KEY

if TYPE_CHECKING:
    from pathlib import Path

    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from librechat_analytics.web.gatekeeper import Visitor

MANAGER = "m4nager-key-0f-the-f1nance-team"
READER = "re4der-key-0f-the-f1nance-team"


class Pause(Given):
    """Until when, and why."""

    until: AwareDatetime
    """An instant with an offset, such as 2026-12-01T08:00:00Z."""
    reason: str = Field(max_length=100)
    """A text of at most 100 characters."""


class Paused(Body):
    """What was paused, until when and by which key."""

    name: str
    year: int
    by: str


PAUSE = Verb("sirens/<siren>/pause", "Pause a siren", Pause, Paused, "loud", {"until": "…", "reason": "…"})
BODY = {"until": "2026-12-01T08:00:00Z", "reason": "known"}


def pause(name: str, body: Pause, visitor: Visitor) -> Paused:
    if name == "none":
        raise NotFound("There is no siren of this name.")
    return Paused(name=name, year=body.until.year, by=visitor.name)


@pytest.fixture
def anyone(tmp_path: Path) -> FlaskClient:
    """A client of a server with one verb and the keys above."""
    keys = tmp_path / "keys"
    keys.write_text(f"finance:{MANAGER} may=manage\nreader:{READER}\n")
    server = create_server(
        gatekeeper=Gatekeeper(KeyRing(API_KEY, keys)),
        readiness=lambda: "ready",
        frame_ancestors=("'self'",),
        public_page=PublicPage(),
    )
    api = Blueprint("api", __name__, url_prefix="/api")
    add_verb(api, PAUSE, pause)
    server.register_blueprint(api)
    refuse_unknown_api_paths(server)
    return server.test_client()


def post(client: FlaskClient, key: str, name: str = "loud", **body: object) -> TestResponse:
    return client.post(f"/api/sirens/{name}/pause", headers={"x-api-key": key}, json=body or BODY)


def test_a_key_that_may_manage_uses_a_verb_and_the_log_names_the_key(
    anyone: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "librechat_analytics")
    response = post(anyone, MANAGER, "loud%0done")
    assert (response.status_code, response.get_json()) == (
        200,
        {"name": "loud\rone", "year": 2026, "by": "finance"},
    )
    assert [record.getMessage() for record in caplog.records] == [
        "POST /api/sirens/loud%0Done/pause by the key finance"
    ]


def test_every_other_key_is_refused_before_its_body_is_read(anyone: FlaskClient) -> None:
    for key in (API_KEY, READER, sign(MANAGER, "finance", int(time.time()) + 60)):
        for response in (post(anyone, key), post(anyone, key, "none"), post(anyone, key, nonsense=1)):
            assert response.status_code == 403
            assert response.get_json() == {"error": "This needs a key with may=manage; yours can only read."}
    assert post(anyone, "").status_code == 401


@pytest.mark.parametrize(
    ("body", "parameter", "says"),
    [
        ({"until": BODY["until"]}, "reason", "reason is missing."),
        (BODY | {"until": "soon"}, "until", "until cannot be read. An instant with an offset, such as"),
        (BODY | {"until": "2026-12-01T08:00:00"}, "until", "until cannot be read. An instant with an offset"),
        (BODY | {"reason": "x" * 101}, "reason", "reason cannot be read. A text of at most 100 characters."),
        (BODY | {"reason": 3}, "reason", "reason cannot be read."),
        (BODY | {"who": "me"}, "who", "This field is not known. The fields are: until, reason."),
        (["until"], "body", "The body must be a JSON object. Its fields are: until, reason."),
    ],
)
def test_a_body_that_cannot_be_used_is_refused_by_field(
    anyone: FlaskClient, body: object, parameter: str, says: str
) -> None:
    response = anyone.post("/api/sirens/loud/pause", headers={"x-api-key": MANAGER}, json=body)
    assert (response.status_code, response.get_json()["parameter"]) == (400, parameter)
    assert response.get_json()["error"].startswith(says)


def test_a_body_must_be_json_and_say_so(anyone: FlaskClient) -> None:
    # A form of another site can send a text without asking first, but not JSON.
    for mimetype, status in (("text/plain", 415), ("application/x-www-form-urlencoded", 415)):
        response = anyone.post(
            "/api/sirens/loud/pause", headers={"x-api-key": MANAGER}, data="{}", content_type=mimetype
        )
        assert response.status_code == status
        assert "Content-Type: application/json" in response.get_json()["error"]
    for content in (b"", b"{", b"\xff", b"NaN"):
        response = anyone.post(
            "/api/sirens/loud/pause",
            headers={"x-api-key": MANAGER},
            data=content,
            content_type="application/json",
        )
        assert response.status_code == 400, content


def test_an_unknown_name_and_other_methods_are_refused_in_words(anyone: FlaskClient) -> None:
    unknown = post(anyone, MANAGER, "none")
    assert (unknown.status_code, unknown.get_json()) == (404, {"error": "There is no siren of this name."})
    for method in ("GET", "PUT", "OPTIONS"):
        response = anyone.open("/api/sirens/loud/pause", method=method, headers={"x-api-key": MANAGER})
        assert (response.status_code, response.headers["Allow"]) == (405, "POST")


def test_a_verb_is_described_with_its_body_and_an_example() -> None:
    path, item = describe_verb(PAUSE, {"name": "loud"})
    assert path == "/api/sirens/{siren}/pause"
    described = item.model_dump(by_alias=True, exclude_unset=True, mode="json")["post"]
    assert described["operationId"] == "sirens-pause"
    assert described["requestBody"]["content"]["application/json"]["schema"]["$ref"].endswith("/Pause")
    assert described["x-codeSamples"][0]["source"].startswith("curl -X POST -H ")
    assert "-d '{" in described["x-codeSamples"][0]["source"]
    assert {"200", "400", "401", "403", "415"} <= set(described["responses"])
