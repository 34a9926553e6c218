"""Whatever comes in at the callbacks' address: an answer or a 400, never a failure of the server."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from librechat_analytics.app import close_app, create_app
from librechat_analytics.settings import load_settings
from librechat_analytics.usage.filters import FILTER_NAMES
from librechat_analytics.usage.periods import PERIODS
from tests.support.examples import examples
from tests.support.served import callback_requests
from tests.support.servers import API_KEY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

ADDRESS = "/_dash-update-component"
REFUSED = {"error": "This is not a request from the dashboard's page; reload the page."}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    folder = tmp_path_factory.mktemp("callbacks")
    app = create_app(load_settings(env_file=None, dashboard_api_key=API_KEY, data_dir=folder))
    client = app.test_client()
    client.environ_base["HTTP_X_API_KEY"] = API_KEY
    yield client
    close_app(app)


@pytest.fixture(scope="module")
def requests(client: FlaskClient) -> list[dict[str, Any]]:
    return callback_requests(client.get("/_dash-dependencies").get_json())


def post(client: FlaskClient, body: object) -> TestResponse:
    data = body if isinstance(body, bytes | str) else json.dumps(body)
    return client.post(ADDRESS, data=data, content_type="application/json")


def test_what_the_page_sends_is_answered(client: FlaskClient, requests: list[dict[str, Any]]) -> None:
    assert len(requests) >= 4
    for request in requests:
        assert post(client, request).status_code in (200, 204)


MALFORMED = [
    b"",
    b"{",
    b"null",
    b"[]",
    b"{}",
    b"0",
    b"true",
    b'"text"',
    b"\xff\xfe",
    b"NaN",
    b"[" * 2000 + b"]" * 2000,
    b"[" * 100_000,
    b'{"output":' + b"[" * 2000 + b"]" * 2000 + b"}",
    b'{"a":' * 2000 + b"1" + b"}" * 2000,
    b"1" * 5000,
    b'{"output": "x.y", "outputs": {"id": "x", "property": "y"}, "inputs": [], "changedPropIds": []}',
    b'{"output": null}',
    b'{"output": {"$gt": ""}}',
    b'{"output": ["x.y"]}',
    b'{"output": "url.search"}',
    b'{"output": ""}',
]


@pytest.mark.parametrize("body", MALFORMED, ids=lambda body: ascii(body[:20]))
def test_a_body_that_is_no_request_of_ours_is_refused(
    client: FlaskClient, caplog: pytest.LogCaptureFixture, body: bytes
) -> None:
    response = post(client, body)
    assert (response.status_code, response.get_json()) == (400, REFUSED)
    assert caplog.text == ""


def outputs_of_the_other_shape(request: dict[str, Any]) -> None:
    outputs = request["outputs"]
    request["outputs"] = outputs[0] if isinstance(outputs, list) else [outputs]


def without(name: str) -> Callable[[dict[str, Any]], None]:
    return lambda request: request.pop(name)


def with_(name: str, value: object) -> Callable[[dict[str, Any]], None]:
    return lambda request: request.update({name: value})


ODD_NAMES = [
    "{bad.x",
    "{.x",
    "{}.x",
    '{"type":"x"}.y',
    '{"a":' * 2000 + "1" + "}" * 2000 + ".x",
    "[.x",
    "x",
    "x.y",
    "",
    ".",
    "..",
    "\0.\ud800",
]
CHANGES: list[tuple[str, Callable[[dict[str, Any]], Any]]] = [
    ("no outputs", without("outputs")),
    ("no inputs", without("inputs")),
    ("outputs null", with_("outputs", None)),
    ("outputs a text", with_("outputs", "x.y")),
    ("outputs of others", with_("outputs", {"id": "x", "property": "y"})),
    ("outputs of the other shape", outputs_of_the_other_shape),
    ("outputs too few", with_("outputs", [])),
    ("inputs null", with_("inputs", None)),
    ("inputs empty", with_("inputs", [])),
    ("inputs an object", with_("inputs", {"id": "x"})),
    ("inputs texts", with_("inputs", ["users-question.data"])),
    ("inputs nested", with_("inputs", [[{"id": "x", "property": "y"}]])),
    ("inputs of others", with_("inputs", [{"id": "x", "property": "y", "value": 1}])),
    ("inputs patterns", with_("inputs", [{"id": {"type": "x"}, "property": "y"}])),
    ("inputs twice", lambda request: request["inputs"].extend(request["inputs"])),
    ("an id too many", lambda request: request["inputs"].append({"id": "x", "property": "y"})),
    ("an id that is null", lambda request: request["inputs"][0].update(id=None)),
    ("a property that is a list", lambda request: request["inputs"][0].update(property=[])),
    ("state a text", with_("state", "x")),
    ("state of others", with_("state", [{"id": "x", "property": "y"}])),
    ("changed null", with_("changedPropIds", None)),
    ("changed numbers", with_("changedPropIds", [1, {}])),
    ("changed an object", with_("changedPropIds", {"a": 1})),
    *((f"changed {name[:20]!a}", with_("changedPropIds", [name])) for name in ODD_NAMES),
    ("changed one too many", lambda request: request["changedPropIds"].append("{bad.x")),
    ("changed a state", lambda request: request["changedPropIds"].append("users-question.n_clicks")),
]


@pytest.mark.parametrize("change", [change for _, change in CHANGES], ids=[name for name, _ in CHANGES])
def test_a_request_of_ours_that_was_tampered_with_is_refused(
    client: FlaskClient,
    requests: list[dict[str, Any]],
    caplog: pytest.LogCaptureFixture,
    change: Callable[[dict[str, Any]], Any],
) -> None:
    for request in copy.deepcopy(requests):
        change(request)
        response = post(client, request)
        assert (response.status_code, response.get_json()) == (400, REFUSED)
    assert caplog.text == ""


def test_another_content_type_is_refused(client: FlaskClient, requests: list[dict[str, Any]]) -> None:
    for content_type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", None):
        response = client.post(ADDRESS, data=json.dumps(requests[0]), content_type=content_type)
        assert (response.status_code, response.get_json()) == (400, REFUSED)


ODD_VALUES = [
    None,
    "",
    "?period=nonsense",
    0,
    True,
    [],
    [[[]]],
    {},
    {"$gt": ""},
    {"search": None},
    {"search": {"$gt": ""}},
    {"search": "?period=custom&start=x&end=y", "zone": "Mars", "coarse": "perhaps", "at": "now"},
    {"search": "?period[$ne]=1&period=7d&period=8d&\x00", "zone": ["UTC"], "at": -1e300},
    {"search": "?view=\ud800&user=\udfff&period=\ud800", "zone": "\ud800"},
    {"search": "?view=quality&bill=1&bill_of=\ud800", "zone": "UTC"},
    {"search": "?period=custom&start=2000-01-01&end=2099-12-31", "zone": "UTC"},
    {"search": "?" + "x" * 100_000, "zone": "../../etc/passwd"},
    {"search": "?period=custom&start=0001-01-01T00:00:00%2B14:00&end=9999-12-31", "zone": "UTC"},
    {"search": "?sort=__class__&order=drop&q=%00&limit=1e9", "zone": "UTC", "coarse": 5},
    float("nan"),
    float("inf"),
    "1" * 10_000,
]


@pytest.mark.parametrize("value", ODD_VALUES, ids=lambda value: ascii(value)[:40])
def test_any_value_from_the_browser_is_answered_without_a_failure(
    client: FlaskClient,
    requests: list[dict[str, Any]],
    caplog: pytest.LogCaptureFixture,
    value: object,
) -> None:
    for request in copy.deepcopy(requests):
        for one in (*request["inputs"], *request["state"]):
            one["value"] = value
        response = post(client, request)
        # What is said to several inputs at once may be too much to read at all.
        assert response.status_code in (200, 204, 413)
        if response.data:
            json.loads(response.data, parse_constant=pytest.fail)
    assert "Traceback" not in caplog.text
    assert "failed" not in caplog.text


@pytest.mark.parametrize(
    "query",
    [
        "cacheKey=x&job=y",
        "oldJob=1&oldJob=2",
        "cancelJob=1",
        "endId=x",
        "setProps=1",
        "%00=%ff&[]=1",
        "x" * 4000,
    ],
)
def test_what_stands_in_the_address_changes_nothing(
    client: FlaskClient, requests: list[dict[str, Any]], caplog: pytest.LogCaptureFixture, query: str
) -> None:
    for request in requests:
        response = client.post(f"{ADDRESS}?{query}", json=request)
        assert response.status_code in (200, 204)
    assert "Traceback" not in caplog.text


def test_only_posts_run_callbacks(client: FlaskClient) -> None:
    assert client.get(ADDRESS).status_code == 404
    for method in ("PUT", "DELETE", "PATCH", "TRACE"):
        assert client.open(ADDRESS, method=method).status_code in (404, 405)


NAMES = f"view period start end tz {' '.join(FILTER_NAMES)} bill_of sort q all chart embed"
VALUES = [
    *PERIODS,
    "(none)",
    "(unknown)",
    "-cost",
    "2026-11-01",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31",
    "\0",
]
QUESTION = st.builds(
    lambda query, zone: {"search": f"?{urlencode(query, errors='replace')}", "zone": zone},
    st.dictionaries(
        st.sampled_from(NAMES.split()), st.sampled_from(VALUES) | st.text(max_size=8), max_size=6
    ),
    st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Mars", ""]),
)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(
        ["?period=custom&start=2026-01-01", "?view=user&user=(none)", "Europe/Berlin", "\ud800"]
    ),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=8) | st.sampled_from(["search", "zone", "coarse", "at"]), inner)
    ),
    max_leaves=12,
)


@given(body=JSON, data=st.data())
@settings(max_examples=examples(60), suppress_health_check=list(HealthCheck))
def test_arbitrary_json_is_answered_or_refused(
    client: FlaskClient,
    requests: list[dict[str, Any]],
    caplog: pytest.LogCaptureFixture,
    body: object,
    data: st.DataObject,
) -> None:
    caplog.clear()
    assert post(client, json.dumps(body)).status_code == 400
    request = copy.deepcopy(data.draw(st.sampled_from(requests), "request"))
    for one in (*request["inputs"], *request["state"]):
        one["value"] = data.draw(QUESTION | JSON, "value")
    request["changedPropIds"] += data.draw(st.just([]) | st.lists(st.sampled_from(ODD_NAMES), max_size=2))
    changed = data.draw(st.sampled_from(["value", "changedPropIds", "outputs", "inputs", "state", "new"]))
    if changed != "value":
        request[changed] = data.draw(JSON, changed)
    response = post(client, request)
    assert response.status_code in (200, 204, 400)
    if response.data:
        json.loads(response.data, parse_constant=pytest.fail)
    assert "Traceback" not in caplog.text
    assert "failed" not in caplog.text
