"""The description of the API is valid, complete and public."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from librechat_analytics.usage.periods import MAX_BUCKETS
from librechat_analytics.web import openapi
from librechat_analytics.web.api import ENDPOINTS
from librechat_analytics.web.parameters import NAMES
from tests.support import api_examples
from tests.support.documents import HELPER
from tests.support.servers import API_KEY

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

    from librechat_analytics.web.api import Endpoint

PRIVATE = (b"Kovac", b"ana@", HELPER.encode(), b"duckdb")
ADDRESS = re.compile(r'"\$URL([^"]+)"')


@pytest.fixture
def document(stranger: FlaskClient) -> dict[str, Any]:
    response = stranger.get("/api/openapi.json")
    assert (response.status_code, response.content_type) == (200, "application/json")
    described: dict[str, Any] = response.get_json()
    return described


class Links(HTMLParser):
    """What a page asks for, where it leads, and what can be led to."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.addresses: set[str] = set()
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            assert not name.startswith("on"), f"{tag} has a script in {name}"
            if name in ("href", "src", "action"):
                self.addresses.add(value or "")
            if name == "id":
                self.ids.append(value or "")


def read_page(client: FlaskClient, path: str = "/api/docs") -> Links:
    response = client.get(path)
    assert (response.status_code, response.mimetype) == (200, "text/html")
    links = Links()
    links.feed(response.get_data(as_text=True))
    return links


def test_the_document_is_valid_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1.")
    assert [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


def test_every_address_that_a_program_may_ask_is_described_and_no_other(
    app: Flask, document: dict[str, Any]
) -> None:
    rules = {rule.rule for rule in app.url_map.iter_rules() if rule.endpoint != "unknown_api"}
    in_api = {re.sub("<(?:path:)?(.+?)>", r"{\1}", rule) for rule in rules if rule.startswith("/api/")}
    expected = in_api | {"/health", "/health/ready", "/metrics"}
    assert set(document["paths"]) == expected


def test_both_ways_to_give_the_key_are_described(document: dict[str, Any], stranger: FlaskClient) -> None:
    schemes = document["components"]["securitySchemes"]
    assert [list(way) for way in document["security"]] == [["key"], ["bearer"]]
    assert (schemes["key"]["in"], schemes["key"]["name"]) == ("header", "x-api-key")
    assert (schemes["bearer"]["type"], schemes["bearer"]["scheme"]) == ("http", "bearer")
    for path in ("/api/summary", "/metrics"):
        assert stranger.get(path, headers={"Authorization": f"Bearer {API_KEY}"}).status_code == 200


def test_every_parameter_is_described_with_what_it_takes(document: dict[str, Any]) -> None:
    parameters = document["components"]["parameters"]
    assert set(parameters) == {*NAMES, "If-None-Match"}
    assert all(parameter["description"] for parameter in parameters.values())
    assert parameters["tz"]["schema"]["default"] == "UTC"
    assert (parameters["limit"]["schema"]["minimum"], parameters["limit"]["schema"]["maximum"]) == (1, 1000)
    assert "default" not in parameters["bucket"]["schema"]
    assert f"{MAX_BUCKETS:,} buckets" in parameters["bucket"]["description"]


def test_what_is_described_as_public_answers_without_the_key_and_nothing_else(
    stranger: FlaskClient, document: dict[str, Any]
) -> None:
    for path, item in document["paths"].items():
        for method, described in item.items():
            public = described.get("security", document["security"]) == []
            assert (stranger.open(path, method=method.upper()).status_code == 200) is public, path


def test_every_example_is_answered(client: FlaskClient, document: dict[str, Any]) -> None:
    for path, item in document["paths"].items():
        if "get" not in item:
            continue
        (address,) = ADDRESS.findall(item["get"]["x-codeSamples"][0]["source"])
        assert re.fullmatch(re.sub("{.+?}", ".+", path), address.partition("?")[0])
        with client.get(address) as response:
            described = {*item["get"]["responses"]}
            # ClickHouse makes its own backups.
            expected = {"404"} if "404" in described else {"200"} | described & {"501"}
            assert str(response.status_code) in expected, address


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.path)
def test_a_body_is_as_described_and_has_no_other_fields(
    client: FlaskClient, document: dict[str, Any], endpoint: Endpoint
) -> None:
    period = endpoint.periods[0] if endpoint.periods else "custom&start=2023-01-01&end=2026-12-31"
    response = client.get(f"/api/{endpoint.path}?period={period}")
    assert response.status_code == (404 if endpoint.path == "price-check" else 200)
    answers = document["paths"][f"/api/{endpoint.path}"]["get"]["responses"]
    body = answers["200"]["content"]["application/json"]["schema"]
    if response.status_code == 200:
        strict = document["components"] | {
            "schemas": {
                name: schema | {"additionalProperties": False}
                for name, schema in document["components"]["schemas"].items()
            }
        }
        described = OAS31Validator(body | {"components": strict})
        assert [error.message for error in described.iter_errors(json.loads(response.data))] == []


def test_the_answers_that_are_shown_are_those_of_the_program() -> None:
    shown = openapi.EXAMPLES_FILE.read_text("utf-8")
    assert shown == api_examples.text_of(api_examples.answers()), "run: python -m tests.support.api_examples"


def test_every_address_with_json_shows_an_answer(document: dict[str, Any]) -> None:
    lacking = [
        path
        for path, item in document["paths"].items()
        for described in item.values()
        if (body := described["responses"].get("200", {}).get("content", {}).get("application/json"))
        and "example" not in body
    ]
    assert lacking == ["/api/openapi.json"]


@pytest.mark.parametrize("path", ["/api/docs", "/api/openapi.json"])
def test_the_description_is_for_everybody_and_holds_no_data(stranger: FlaskClient, path: str) -> None:
    for prefix in ("", "/librechat-analytics"):
        response = stranger.get(prefix + path)
        assert response.status_code == 200
        assert not [private for private in PRIVATE if private in response.data]
        again = stranger.get(prefix + path, headers={"If-None-Match": response.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("path", ["/api", "/api/", "/librechat-analytics/api", "/librechat-analytics/api/"])
def test_the_folder_of_the_api_leads_everybody_to_its_description(stranger: FlaskClient, path: str) -> None:
    response = stranger.get(path)
    assert response.status_code == 302
    assert resolved(path.rpartition("/")[0] + "/" + response.headers["Location"]).endswith("/api/docs")
    assert stranger.post(path).status_code == 401


class TestPage:
    def test_it_runs_one_script_of_its_own_and_asks_no_other_host(self, stranger: FlaskClient) -> None:
        links = read_page(stranger)
        assert links.tags.isdisjoint({"iframe", "object", "embed", "form", "base", "img"})
        response = stranger.get("/api/docs")
        (script,) = re.findall("<script[^>]*>(.*?)</script>", response.get_data(as_text=True), re.DOTALL)
        digest = b64encode(sha256(script.encode()).digest()).decode()
        assert f"script-src 'self' 'sha256-{digest}';" in response.headers["Content-Security-Policy"]
        assert not [address for address in links.addresses if "//" in address]
        assert b"url(" not in stranger.get("/api/docs").data
        assert b"@import" not in stranger.get("/api/docs").data

    def test_every_link_leads_somewhere(self, client: FlaskClient) -> None:
        for path, folder in (("/api/docs", "/api/"), ("/api/docs/", "/api/docs/")):
            links = read_page(client, path)
            assert len(links.ids) == len(set(links.ids))
            assert {address[1:] for address in links.addresses if address.startswith("#")} <= set(links.ids)
            for address in links.addresses:
                if not address.startswith("#"):
                    with client.get(resolved(folder + address)) as response:
                        assert response.status_code == 200, (path, address)

    def test_it_shows_every_path_parameter_and_field(
        self, stranger: FlaskClient, document: dict[str, Any]
    ) -> None:
        text = stranger.get("/api/docs").get_data(as_text=True)
        for path, item in document["paths"].items():
            for method in item:
                assert f"{method.upper()} {path}<" in text
        for name in (*NAMES, *document["components"]["schemas"]["User"]["properties"]):
            assert f"<code>{name}</code>" in text


def resolved(address: str) -> str:
    parts: list[str] = []
    for part in address.split("/"):
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)


def test_the_name_of_a_schema_is_that_of_one_body(document: dict[str, Any]) -> None:
    assert [name for name in document["components"]["schemas"] if "__" in name] == []
