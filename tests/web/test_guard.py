"""Nothing that shows data is served without the right key."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from librechat_analytics.dashboard.dash_seams.browser_files import assets_version
from librechat_analytics.dashboard.dash_seams.endpoints import FILE_ENDPOINTS, PAGE_ENDPOINTS
from librechat_analytics.web.server import PublicPage, public_endpoints
from tests.support.servers import API_KEY

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND")
REFUSED = {"error": "Send a valid key in the header x-api-key."}

# Rules that need no key. A new rule that is neither here nor guarded fails the test below.
PUBLIC_RULES = {
    "/health",
    "/health/ready",
    "/",
    "/<path:path>",  # answers 404
    "/assets/<path:filename>",
    "/assets/dashboard.css",
    f"/assets/{assets_version()}/<path:name>",
    "/_favicon.ico",
    "/_dash-component-suites/plotly/package_data/plotly.min.js",
    "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>",
    "/api",  # leads to the description
    "/api/openapi.json",  # these two describe the API and hold no data
    "/api/docs",
}


def test_every_rule_is_public_by_name_or_refuses_all_its_methods_without_the_key(
    app: Flask, stranger: FlaskClient
) -> None:
    guarded = [rule for rule in app.url_map.iter_rules() if rule.rule not in PUBLIC_RULES]
    assert len(guarded) > 10
    for prefix in ("", "/librechat-analytics"):
        for rule in guarded:
            path = prefix + re.sub("<[^>]+>", "some/thing", rule.rule)
            for method in METHODS:
                response = stranger.open(path, method=method)
                if rule.methods is None or method in rule.methods:
                    assert response.status_code == 401, (method, path)
                    assert response.headers["WWW-Authenticate"].startswith("Bearer ")
                    assert method == "HEAD" or response.get_json() == REFUSED, (method, path)
                else:
                    assert response.status_code in (401, 404), (method, path)


def test_the_public_endpoints_are_those_of_the_public_rules(app: Flask) -> None:
    endpoints = public_endpoints(PublicPage(PAGE_ENDPOINTS, FILE_ENDPOINTS))
    public = {rule.rule for rule in app.url_map.iter_rules() if rule.endpoint in endpoints}
    assert public == PUBLIC_RULES


ODD_KEYS = [
    "",
    " ",
    API_KEY[:-1],
    f"{API_KEY}x",
    API_KEY.upper(),
    API_KEY.replace("-", "%2D"),
    f"Bearer {API_KEY}",
    f'"{API_KEY}"',
    f"{API_KEY},{API_KEY}",
    f"{API_KEY}, wrong",
    "clé-secrète-de-test",
    "clé".encode().decode("latin-1"),
    "\xff\xfe",
    "x" * 8_000,
    API_KEY * 300,
    "null",
    "undefined",
]


@pytest.mark.parametrize("key", ODD_KEYS, ids=lambda key: ascii(key)[:24])
@pytest.mark.parametrize("path", ["/api/summary", "/_dash-layout", "/api/nope"])
def test_any_other_key_is_refused_with_the_same_words(stranger: FlaskClient, path: str, key: str) -> None:
    response = stranger.get(path, environ_overrides={"HTTP_X_API_KEY": key})
    assert (response.status_code, response.get_json()) == (401, REFUSED)


def test_the_key_is_taken_from_its_own_header_only(stranger: FlaskClient) -> None:
    for name in ("Authorization", "X-API-Token", "Api-Key", "Cookie"):
        assert stranger.get("/api/summary", headers={name: API_KEY}).status_code == 401
        assert stranger.get("/api/summary", headers={name: f"x-api-key={API_KEY}"}).status_code == 401
    assert stranger.get(f"/api/summary?x-api-key={API_KEY}").status_code == 401
    assert stranger.get(f"/api/summary?api_key={API_KEY}").status_code == 401


@pytest.mark.parametrize("name", ["x-api-key", "X-API-Key", "X-Api-KEY"])
def test_the_header_is_taken_in_any_case(stranger: FlaskClient, name: str) -> None:
    assert stranger.get("/api/summary", headers={name: API_KEY}).status_code == 200


def test_the_key_opens_the_api_with_and_without_the_prefix(client: FlaskClient) -> None:
    assert client.get("/api/summary").status_code == 200
    assert client.get("/librechat-analytics/api/summary").status_code == 200


@pytest.mark.parametrize(
    "path", ["/", "/librechat-analytics/", "/librechat-analytics", "/health", "/health/ready"]
)
def test_the_page_itself_needs_no_key_and_holds_no_data(stranger: FlaskClient, path: str) -> None:
    response = stranger.get(path)
    assert response.status_code == 200
    for private in (b"Kovac", b"example.com", b"claude", b"agent_"):
        assert private not in response.data


def test_a_wrong_key_is_refused_before_the_question_is_read(stranger: FlaskClient) -> None:
    assert stranger.get("/api/summary?period=nonsense").status_code == 401
    assert stranger.post("/_dash-update-component", data=b"[" * 5000).status_code == 401
    too_large = stranger.post("/_dash-update-component", data=b"x" * 1_000_000)
    assert too_large.status_code == 401
