"""Which addresses there are, which methods they take, and what every answer carries."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from librechat_analytics.app import close_app, create_app
from librechat_analytics.settings import load_settings
from tests.support.servers import API_KEY

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient

NOTHING = {"error": "There is nothing at this address."}


@pytest.mark.parametrize(
    "path",
    [
        "/api/nope",
        "/api/summary/more",
        "/api/..%2f",
        "/api/summary.json",
        "/API/SUMMARY",
        "//api/summary",
        "/apis",
        "/nope",
        "/healthz",
        "/index.html",
        "/librechat-analytics/nope",
        "/librechat-analytics/api/nope",
        "/librechat-analytics/librechat-analytics/api/summary",
        "/librechat-analyticsapi/summary",
        "/_mcp",
        "/_dash-component-suites/os/environ",
        "/_dash-component-suites/dash/../../secrets.py",
        "/_dash-component-suites/librechat_analytics/settings.py",
        "/assets/%2e%2e/app.py",
        "/assets/..%2f..%2fapp.py",
        "/assets/../pyproject.toml",
        "/assets/nope.js",
        "/assets/",
    ],
)
def test_where_nothing_is_the_answer_is_404_as_json(
    client: FlaskClient, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    response = client.get(path)
    assert (response.status_code, response.get_json()) == (404, NOTHING)
    assert caplog.text == ""


def test_an_address_in_the_log_is_one_line_that_shows_every_character(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", "librechat_analytics")
    client.get("/api/a%0d%0a2026-11-28%20WARNING%20b%e2%80%a8c%1b[2Jd%ff")
    (message,) = [record.getMessage() for record in caplog.records]
    assert message.startswith("GET /api/a%0D%0A2026-11-28%20WARNING%20b%E2%80%A8c%1B%5B2Jd%")
    assert message.isprintable()


def test_a_slash_at_the_end_of_an_address_does_no_harm(client: FlaskClient) -> None:
    assert client.get("/api/summary/").get_json().keys() == client.get("/api/summary").get_json().keys()
    assert client.get("/health/").status_code == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE", "OPTIONS", "PROPFIND"])
def test_the_api_refuses_methods_that_write(client: FlaskClient, method: str) -> None:
    response = client.open("/api/top-users", method=method)
    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD"
    assert response.get_json() == {"error": "This address answers only GET, HEAD."}


def test_no_answer_lets_another_origin_in(app: Flask, client: FlaskClient) -> None:
    origin = {"Origin": "https://evil.example", "Access-Control-Request-Method": "GET"}
    rules = {rule.rule for rule in app.url_map.iter_rules()}
    assert {"/", "/health", "/api/summary", "/_dash-update-component"} <= rules
    for rule in rules:
        path = re.sub("<[^>]+>", "some/thing", rule)
        for method in ("GET", "POST", "OPTIONS"):
            with client.open(path, method=method, headers=origin) as response:
                assert not [name for name, _ in response.headers if name.startswith("Access-Control-")], path


@pytest.mark.parametrize("path", ["/", "/health", "/api/summary", "/api/usage-over-time"])
def test_head_answers_as_get_without_the_body(client: FlaskClient, path: str) -> None:
    head = client.head(path)
    assert (head.status_code, head.data) == (200, b"")
    assert head.content_type == client.get(path).content_type


class TestHeaders:
    @pytest.mark.parametrize("path", ["/", "/health", "/api/summary", "/api/nope", "/assets/dashboard.css"])
    def test_every_answer_is_protected(self, client: FlaskClient, path: str) -> None:
        with client.get(path) as response:
            headers = response.headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["X-Frame-Options"] == "SAMEORIGIN"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "frame-ancestors 'self'" in headers["Content-Security-Policy"]

    def test_the_page_runs_no_scripts_but_its_own(self, client: FlaskClient) -> None:
        policy = client.get("/").headers["Content-Security-Policy"]
        directives = dict(directive.strip().split(" ", 1) for directive in policy.split(";"))
        sources = directives["script-src"].split()
        assert sources[0] == "'self'"
        assert all(source.startswith("'sha256-") for source in sources[1:])
        assert directives["connect-src"] == "'self'"
        assert directives["form-action"] == directives["object-src"] == directives["base-uri"] == "'none'"

    @pytest.mark.parametrize(
        "path",
        [
            "/",
            "/health",
            "/metrics",
            "/api/backup",
            "/api/export",
            "/api/summary?format=csv",
            "/api/summary?limit=0",
            "/api/nope",
            "/nope",
            "/assets/nope.js",
        ],
    )
    def test_pages_files_and_errors_are_kept_by_no_cache(self, client: FlaskClient, path: str) -> None:
        with client.get(path) as response:
            assert response.headers["Cache-Control"] == "no-store"

    def test_a_client_may_keep_an_answer_and_must_revalidate_it(
        self, client: FlaskClient, stranger: FlaskClient
    ) -> None:
        assert client.get("/api/summary").headers["Cache-Control"] == "private, no-cache"
        assert stranger.get("/api/summary").headers["Cache-Control"] == "no-store"

    @pytest.mark.parametrize("path", ["/_dash-layout", "/_dash-dependencies"])
    def test_a_page_without_figures_is_not_sent_twice(
        self, client: FlaskClient, stranger: FlaskClient, path: str
    ) -> None:
        first = client.get(path)
        assert first.headers["Cache-Control"] == "private, no-cache"

        again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})

        assert (again.status_code, again.data) == (304, b"")
        assert stranger.get(path).headers["Cache-Control"] == "no-store"

    def test_files_are_kept_for_long(self, client: FlaskClient) -> None:
        with client.get("/assets/dashboard.css") as response:
            assert "max-age=31536000" in response.headers["Cache-Control"]

    @pytest.mark.parametrize("path", ["/", "/health", "/api/summary", "/nope", "/_dash-layout"])
    def test_no_answer_names_versions_or_sets_cookies(self, client: FlaskClient, path: str) -> None:
        response = client.get(path)
        names = {name.lower() for name, _ in response.headers}
        assert names.isdisjoint({"server", "x-powered-by", "set-cookie"})
        for word in (b"python_version", b"dash_version", b"plotly_version", b"GCC", b"werkzeug", b"gunicorn"):
            assert word not in response.data

    def test_origins_that_may_frame_it_are_those_of_the_settings(self, tmp_path: Path) -> None:
        portal = "https://portal.example.com"
        settings = load_settings(
            env_file=None, dashboard_api_key=API_KEY, data_dir=tmp_path, frame_ancestors=("'self'", portal)
        )
        app = create_app(settings)
        try:
            headers = app.test_client().get("/").headers
            assert f"frame-ancestors 'self' {portal}" in headers["Content-Security-Policy"]
            assert "X-Frame-Options" not in headers
        finally:
            close_app(app)


def test_what_dash_reads_from_the_environment_opens_no_more_doors(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("MCP_ENABLED", "DEBUG", "UI", "HOT_RELOAD", "PROPS_CHECK", "SERVE_DEV_BUNDLES"):
        monkeypatch.setenv(f"DASH_{name}", "true")
    monkeypatch.setenv("DASH_HEALTH_ENDPOINT", "alive")
    other = create_app(load_settings(env_file=None, dashboard_api_key=API_KEY, data_dir=tmp_path))
    try:
        assert rules_of(other) == rules_of(app)
    finally:
        close_app(other)


def rules_of(app: Flask) -> set[tuple[str, str]]:
    return {(rule.rule, rule.endpoint) for rule in app.url_map.iter_rules()}


def test_without_a_price_list_the_answer_says_how_to_have_one(client: FlaskClient) -> None:
    response = client.get("/api/price-check")
    assert response.status_code == 404
    assert "PRICES_FILE" in response.get_json()["error"]


class TestHealth:
    def test_it_is_ok_while_figures_can_be_had(self, stranger: FlaskClient) -> None:
        assert stranger.get("/health").get_json() == {"status": "ok"}
        assert stranger.get("/librechat-analytics/health").get_json() == {"status": "ok"}

    def test_it_is_ready_when_there_are_figures(self, stranger: FlaskClient) -> None:
        for path in ("/health/ready", "/librechat-analytics/health/ready"):
            assert stranger.get(path).get_json() == {"status": "ready"}
            head = stranger.head(path)
            assert (head.status_code, head.data) == (200, b"")

    def test_without_a_store_it_and_the_figures_are_unavailable(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        app = create_app(load_settings(env_file=None, dashboard_api_key=API_KEY, data_dir=tmp_path))
        close_app(app)
        client = app.test_client()
        health = client.get("/health")
        assert (health.status_code, health.get_json()) == (503, {"status": "unavailable"})
        ready = client.get("/health/ready")
        assert (ready.status_code, ready.get_json()) == (503, {"status": "unavailable"})
        assert int(ready.headers["Retry-After"]) > 0
        for path in ("/api/summary", "/api/top-users?period=all", "/api/usage-over-time"):
            response = client.get(path, headers={"x-api-key": API_KEY})
            assert response.status_code == 503
            assert int(response.headers["Retry-After"]) > 0
            body = response.get_json()
            assert body.keys() == {"error"}
            for secret in (str(tmp_path), "duckdb", "/", "Connection"):
                assert secret not in body["error"]
        assert str(tmp_path) in caplog.text  # for the operator


def test_a_body_that_is_too_large_is_refused(client: FlaskClient) -> None:
    response = client.post("/_dash-update-component", data=b"{" * 300_000, content_type="application/json")
    assert response.status_code == 413
    assert response.get_json() == {"error": "The request is too large."}


def test_an_unexpected_error_shows_only_the_request_id_and_the_log_has_it_too(
    app: Flask, client: FlaskClient, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise RuntimeError("at db.internal:27017, in /srv/data")

    monkeypatch.setitem(app.view_functions, "api.summary", fail)
    response = client.get("/api/summary")
    assert response.status_code == 500
    body = json.dumps(response.get_json())
    assert "internal" not in body
    assert "/srv" not in body
    shown = body.split("reference ")[1].split(".")[0]
    assert shown == response.headers["X-Request-Id"]
    assert shown in caplog.text
