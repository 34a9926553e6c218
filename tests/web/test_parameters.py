"""Every query string gets an answer, or a 400 that names the wrong parameter."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from librechat_analytics.usage.filters import FILTER_NAMES, FILTER_PARAMETERS, LEAVE_OUT
from librechat_analytics.web.api import ENDPOINTS
from librechat_analytics.web.parameters import LARGEST_LIMIT, NAMES, BadParameterError, read_request

if TYPE_CHECKING:
    from flask.testing import FlaskClient

pytestmark = pytest.mark.one_in_on_clickhouse(4)

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)

PERIODS = [
    "24H",
    "",
    "1000d",
    "custom",
    "[$ne]=x",
    "%00",
    "7d%00",
    "%ff",
    "7d%20",
    "%D0%B6",
    "<script>",
    "7d%0d%0aSet-Cookie:x=1",
    "7d&period=30d",
    "30D",
    "-30d",
    "30",
    "null",
    "all%20",
]
INSTANTS = [
    ("start=2026-01-01", "end"),
    ("end=2026-01-01", "start"),
    ("start=&end=2026-01-01", "start"),
    ("start=2026-02-01&end=2026-01-01", "end"),
    ("start=2026-01-01T00:00:00Z&end=2026-01-01T00:00:00Z", "end"),
    ("start=2026-01-01T00:00:00+00:00&end=2026-02-01", "start"),  # the + arrives as a space
    ("start=1700000000&end=2026-02-01", "start"),
    ("start=20260101&end=2026-02-01", "start"),
    ("start=2026-W01-1&end=2026-02-01", "start"),
    ("start=0001-01-01T00:00:00%2B14:00&end=2026-02-01", "start"),
    ("start=2026-01-01&end=9999-12-31T23:59:59-01:00", "end"),
    ("start=2026-01-01&end=9999-12-31", "end"),
    ("start=2026-02-29&end=2026-03-01", "start"),
    ("start=2026-13-01&end=2026-03-01", "start"),
    ("start=2026-01-01T25:00:00Z&end=2026-03-01", "start"),
    ("start=2026-01-01T23:59:60Z&end=2026-03-01", "start"),
    ("start=now&end=tomorrow", "start"),
    ("start=2026-01-01&end=tomorrow", "end"),
    ("start=NaN&end=Infinity", "start"),
    ("start=%EF%BC%92026-01-01&end=2026-03-01", "start"),  # a full-width 2
    ("start=1969-01-01&end=2026-03-01", "start"),
    ("start=2026-01-01&end=2101-01-01", "end"),
    ("start=2026-01-01%00&end=2026-03-01", "start"),
    ("start=2026-01-01x00:00:00&end=2026-03-01", "start"),
    ("start=2026-01-01&start=2026-01-02&end=2026-03-01", "start"),
    ("start[$gt]=2026-01-01&end=2026-03-01", "start[$gt]"),
]
LIMITS = [
    "0",
    "-1",
    "1001",
    "1e3",
    "10.0",
    "abc",
    "",
    "%2010",
    "1_0",
    "%EF%BC%91%EF%BC%90",  # full-width 10
    "0x10",
    "1" * 20,
    "NaN",
    "null",
    "true",
    "10;20",
    "10&limit=20",
    "00010",
    "%2B5",
    "{%22$gt%22:0}",
    "10%00",
    "10%0a",
]
OTHERS = [
    ("limit[]=10", "limit[]"),
    ("unknown=1", "unknown"),
    ("callback=alert(1)", "callback"),
    ("period[$ne]=x", "period[$ne]"),
    ("Period=7d", "Period"),
    ("%ff=1", "%FF"),
    ("=1", ""),
    ("x" * 3000 + "=1", "x" * 100),
    ("tz=Mars", "tz"),
    ("tz=../../etc/passwd", "tz"),
    ("tz=/etc/localtime", "tz"),
    ("tz=Europe/Berlin%00", "tz"),
    ("tz=", "tz"),
    ("tz=UTC&tz=UTC", "tz"),
    ("bucket=year", "bucket"),
    ("bucket=", "bucket"),
    ("bucket=DAY", "bucket"),
    ("format=xml", "format"),
    *(
        (f"{name}={value}", name)
        for name in FILTER_NAMES
        for value in ("x" * 501, "a%00b", "%0a", "a%0d", "%1f", "%7f", "%C2%85", "%C2%9f", "", f"a&{name}=")
    ),
    *((f"{name}=x&{name}={value}", name) for name in LEAVE_OUT.values() for value in ("a%00b", "")),
    ("model=x" + "".join(f"&not-user={number}" for number in range(100)), "not-user"),
]
READABLE = [
    "Mistral\u00a0Large",
    "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
    "\u0915\u094d\u200d\u0937",
    "\u3000",
    "co\u00adoperate",
    "\u05d0\u200f1",
    "with a\ttab",
    "\U0001fae9\U0001fadf",  # of Unicode 16
    "\U0001faea",  # of Unicode 17, without a category in Python
    "\ue000\ufffe\ufffd",
    "\U0001f9a0" * 500,
    "(none)",
    "(unknown)",
    " ",
    "?&=#+%25",
]
BAD = [
    *((f"period={value}", "period[$ne]" if value.startswith("[") else "period") for value in PERIODS),
    *((f"period=custom&{query}", parameter) for query, parameter in INSTANTS),
    *((f"limit={value}", "limit") for value in LIMITS),
    *OTHERS,
]
# period=[$ne]=x is a value, not a name; custom alone lacks its start.
BLAMED = {"period=custom": "start", "period=[$ne]=x": "period"}


@pytest.mark.parametrize(("query", "parameter"), BAD, ids=[query[:40] for query, _ in BAD])
@pytest.mark.parametrize("endpoint", ["summary", "usage-over-time"])
def test_a_bad_parameter_is_a_400_that_names_it(
    client: FlaskClient, caplog: pytest.LogCaptureFixture, endpoint: str, query: str, parameter: str
) -> None:
    response = client.get(f"/api/{endpoint}?{query}")
    assert response.status_code == 400
    body = response.get_json()
    assert body.keys() == {"error", "parameter"}
    assert body["parameter"] == BLAMED.get(query, parameter)
    assert body["error"].endswith(".")
    assert "Set-Cookie" not in response.headers
    assert caplog.text == ""


@pytest.mark.parametrize(
    "query",
    [
        "",
        "&&",
        "period=7d",
        "period=all&tz=Pacific/Apia",
        "period=30d&start=nonsense&end=",
        "period=custom&start=2026-01-01T00:00:00%2B00:00&end=2026-03-01",
        "period=custom&start=2024-02-29&end=2024-02-29",
        "period=custom&start=2000-01-01&end=2099-12-31",
        "limit=1",
        "limit=1000",
        "period=24h&bucket=hour&tz=Asia/Kolkata",
        "model=" + quote("no such model"),
        "user=%F0%9F%98%80",
        "user=(none)",
        "model=a&model=b&not-model=c&not-model=c",
        "model=" + "&model=".join(map(str, range(100))),
    ],
)
def test_what_the_contract_allows_is_answered(client: FlaskClient, query: str) -> None:
    assert client.get(f"/api/summary?{query}").status_code == 200


@pytest.mark.parametrize("name", [*FILTER_NAMES, "not-model"])
def test_every_filter_takes_names_of_any_script(client: FlaskClient, name: str) -> None:
    response = client.get(f"/api/summary?{urlencode({name: READABLE}, doseq=True)}")
    assert response.status_code == 200, response.get_json()


@pytest.mark.parametrize("path", [*(endpoint.path for endpoint in ENDPOINTS), "export"])
@pytest.mark.parametrize("form", ["json", "csv", "xlsx"])
def test_an_unreadable_filter_never_gets_figures(client: FlaskClient, path: str, form: str) -> None:
    for name in FILTER_PARAMETERS:
        response = client.get(f"/api/{path}?format={form}&{name}=a%00")
        assert response.status_code == 400
        assert response.get_json() == {
            "error": f"{name} must be a name or id without control characters.",
            "parameter": name,
        }


@pytest.mark.parametrize(
    ("zone", "meant"),
    [
        ("berlin", "Europe/Berlin"),
        ("Europe/Berln", "Europe/Berlin"),
        ("new york", "America/New_York"),
        ("utc", "UTC"),
    ],
)
def test_a_zone_that_is_almost_right_is_named(client: FlaskClient, zone: str, meant: str) -> None:
    response = client.get("/api/summary", query_string={"tz": zone})
    assert response.get_json() == {
        "error": f"There is no time zone “{zone}”; write {meant} if you mean that.",
        "parameter": "tz",
    }


def test_a_plus_that_arrived_as_a_space_is_explained(client: FlaskClient) -> None:
    query = "period=custom&start=2026-01-01T00:00:00+01:00&end=2026-02-01"
    assert "%2B" in client.get(f"/api/summary?{query}").get_json()["error"]


def test_too_many_points_say_which_bucket_would_do(client: FlaskClient) -> None:
    query = "period=custom&start=2020-01-01&end=2026-01-01&bucket=hour"
    response = client.get(f"/api/usage-over-time?{query}")
    assert response.status_code == 400
    assert response.get_json()["parameter"] == "bucket"
    assert "bucket=week" in response.get_json()["error"]


def test_a_text_that_is_no_utf_8_in_a_filter_is_read_with_replacement_characters(
    client: FlaskClient,
) -> None:
    assert client.get("/api/summary?user=%ff%fe").status_code in (200, 400)


odd = st.text(max_size=40) | st.sampled_from(["7d", "custom", "2026-01-01", "UTC", "10", "day", "csv"])


@given(st.lists(st.tuples(st.sampled_from(NAMES) | st.text(max_size=10), odd), max_size=8))
def test_any_query_is_read_or_refused_with_the_parameters_name(pairs: list[tuple[str, str]]) -> None:
    arguments = MultiDict(pairs)
    try:
        read = read_request(arguments, default_zone="UTC", now=NOW, first_usage=None)
    except BadParameterError:
        return
    assert read.period.range.start <= read.period.range.end
    assert read.period.range.start.tzinfo is not None
    assert read.format != "json" or 1 <= read.listing.limit <= LARGEST_LIMIT
