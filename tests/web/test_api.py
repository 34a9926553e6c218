"""The shape of each answer, as the HTTP contract promises it."""

from __future__ import annotations

import json
import math
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from librechat_analytics.web.body import instant_json
from librechat_analytics.web.server import StrictJSON
from tests.support.documents import ANA, HELPER, OLD_AGENT

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

LISTS = {"top-users": "users", "top-models": "models", "top-agents": "agents", "cost-breakdown": "models"}
ENDPOINTS = ("summary", *LISTS, "usage-over-time")
ALL = "period=custom&start=2023-01-01&end=2026-12-31&limit=100"
NINE = (
    "cost promptTokens completionTokens totalTokens cacheReadTokens cacheWriteTokens calls activeUsers"
    " conversations"
)
FIELDS = {
    "summary": f"period asOf source unmatched {NINE} previous quality",
    "top-users": "period asOf source unmatched users total",
    "top-models": "period asOf source unmatched models total",
    "top-agents": "period asOf source unmatched agents total withoutAgent unknown",
    "cost-breakdown": "period asOf source unmatched models total",
    "usage-over-time": "period asOf source unmatched bucket points",
}
ENTRY_FIELDS = {
    "top-users": "id name email deleted cost promptTokens completionTokens totalTokens calls conversations"
    " share lastActive",
    "top-models": "model provider cost promptTokens completionTokens totalTokens cacheReadTokens"
    " cacheWriteTokens calls users conversations share",
    "top-agents": "id name model provider deleted cost promptTokens completionTokens totalTokens calls users"
    " conversations share models attribution",
    "cost-breakdown": "model promptCost completionCost cost promptTokens completionTokens cacheReadTokens"
    " cacheWriteTokens promptRate completionRate rates",
}
POINT_FIELDS = (
    "start end partial cost promptTokens completionTokens totalTokens calls activeUsers conversations"
)
QUALITY_FIELDS = (
    "defaultRateCost noModelCost agentModelCost incompleteCost sentinelRows positiveValueRows otherTokenTypes"
    " rejectedDocuments"
)
PART_FIELDS = "cost promptTokens completionTokens totalTokens calls users conversations share"
CHANGES_FIELDS = "period asOf source unmatched total previous before now difference causes parts rest"
FORECAST_FIELDS = (
    "period asOf source unmatched actual expected low high level pace reason backtest pastPeriods"
)
CHANGE_FIELDS = "subject label before now difference price quantity state"
UTC_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z")


def ask(client: FlaskClient, endpoint: str, query: str = ALL) -> dict[str, Any]:
    response = client.get(f"/api/{endpoint}?{query}")
    assert response.status_code == 200, response.data
    assert response.content_type == "application/json"
    body: dict[str, Any] = json.loads(response.data.decode("utf-8"), parse_constant=pytest.fail)
    return body


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_every_promised_field_is_there_and_the_head_comes_first(client: FlaskClient, endpoint: str) -> None:
    body = ask(client, endpoint)
    assert set(FIELDS[endpoint].split()) <= body.keys()
    assert list(body)[:4] == ["period", "asOf", "source", "unmatched"]
    assert body["period"].keys() == {"name", "start", "end", "timezone"}
    assert body["source"]["status"] == "offline"
    assert body["source"]["progress"] is None
    for instant in (body["period"]["start"], body["asOf"], body["source"]["lastSync"]):
        assert UTC_INSTANT.fullmatch(instant)


@pytest.mark.parametrize("endpoint", LISTS)
def test_every_entry_of_a_list_has_the_promised_fields(client: FlaskClient, endpoint: str) -> None:
    body = ask(client, endpoint)
    entries = body[LISTS[endpoint]]
    assert entries
    assert body["total"] == len(entries)
    for entry in entries:
        assert set(ENTRY_FIELDS[endpoint].split()) <= entry.keys()


def test_the_summary_has_the_range_before_and_its_quality(client: FlaskClient) -> None:
    body = ask(client, "summary")
    assert {"start", "end", *NINE.split()} <= body["previous"].keys()
    assert set(QUALITY_FIELDS.split()) <= body["quality"].keys()
    assert ask(client, "summary", "period=all")["previous"] is None


def test_the_points_carry_the_zones_offset(client: FlaskClient) -> None:
    body = ask(client, "usage-over-time", f"{ALL}&bucket=month&tz=Europe/Berlin")
    starts = [point["start"] for point in body["points"]]
    assert starts[0] == "2023-01-01T00:00:00+01:00"
    assert starts[6] == "2023-07-01T00:00:00+02:00"
    assert all(set(POINT_FIELDS.split()) <= point.keys() for point in body["points"])


def test_agents_and_the_rest_have_all_their_parts(client: FlaskClient) -> None:
    body = ask(client, "top-agents")
    for part in ("withoutAgent", "unknown"):
        assert set(PART_FIELDS.split()) <= body[part].keys()
    by_id = {agent["id"]: agent for agent in body["agents"]}
    assert by_id[HELPER]["attribution"] == {"exact": 1.0}
    assert by_id[HELPER]["model"] == "claude-sonnet-4-6"
    assert by_id[HELPER]["models"][0].keys() == {"model", "cost"}
    assert by_id[OLD_AGENT]["deleted"] is True
    assert by_id[OLD_AGENT]["model"] is None
    assert by_id[OLD_AGENT]["provider"] is None


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_money_is_a_number_and_counts_are_integers(client: FlaskClient, endpoint: str) -> None:
    money = {"cost", "promptCost", "completionCost", "share", "promptRate", "completionRate"}
    counts = {"calls", "users", "activeUsers", "conversations", "total", "sentinelRows", "positiveValueRows"}

    def look_at(value: Any, name: str) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                look_at(inner, key)
        elif isinstance(value, list):
            for inner in value:
                look_at(inner, "")
        elif name in money or name.endswith("Cost"):
            assert value is None or (isinstance(value, float) and math.isfinite(value)), name
            assert value is None or not (value == 0 and math.copysign(1, value) < 0), f"{name} is -0"
        elif name in counts or name.endswith("Tokens"):
            assert type(value) is int, name

    look_at(ask(client, endpoint), "")


def test_the_examples_cost_what_they_cost(client: FlaskClient) -> None:
    users = {user["id"]: user for user in ask(client, "top-users")["users"]}
    assert users[str(ANA)]["name"] == "Ana Kovac"
    # Examples 1 to 5, 11, 14 and 15, in credits; 12 has a sentinel price.
    recorded = 45702 + 12180 + 5202 + 61.8 + 5200 + 15000 + 1_500_000 + 134_400
    assert users[str(ANA)]["cost"] == pytest.approx(recorded / 1e6, abs=1e-15)
    summary = ask(client, "summary")
    assert summary["quality"]["sentinelRows"] == summary["quality"]["positiveValueRows"] == 1
    assert summary["quality"]["otherTokenTypes"] == {}


@pytest.mark.parametrize("endpoint", LISTS)
def test_the_limit_shortens_the_list_but_not_the_total(client: FlaskClient, endpoint: str) -> None:
    whole, first = ask(client, endpoint), ask(client, endpoint, ALL.replace("limit=100", "limit=1"))
    name = LISTS[endpoint]
    assert first[name] == whole[name][:1]
    assert first["total"] == whole["total"] > 1


@pytest.mark.parametrize("endpoint", LISTS)
def test_lists_are_ordered_by_cost_then_name_and_null_comes_last(client: FlaskClient, endpoint: str) -> None:
    entries = ask(client, endpoint)[LISTS[endpoint]]
    key = "model" if LISTS[endpoint] == "models" else "id"
    order = [(-entry["cost"], entry[key] is None, entry[key] or "") for entry in entries]
    assert order == sorted(order)


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_a_period_without_usage_is_all_zeros_and_no_error(client: FlaskClient, endpoint: str) -> None:
    body = ask(client, endpoint, "period=custom&start=2001-01-01&end=2001-01-31")
    if endpoint in LISTS:
        assert (body[LISTS[endpoint]], body["total"]) == ([], 0)
    elif endpoint == "summary":
        assert [body[name] for name in NINE.split()] == [0] * 9
    else:
        assert len(body["points"]) == 31
        assert all(point["cost"] == 0 for point in body["points"])


def test_an_undefined_number_is_an_error_and_never_written(app: Flask) -> None:
    writer = StrictJSON(app)
    for number in (math.nan, math.inf, -math.inf):
        with pytest.raises(ValueError, match="JSON"):
            writer.dumps({"cost": number})


def test_an_instant_is_written_in_utc_with_z() -> None:
    assert instant_json(datetime(2026, 3, 1, 12, tzinfo=UTC)) == "2026-03-01T12:00:00Z"
    assert instant_json(datetime(2026, 3, 1, 12, 0, 0, 404_000, UTC)) == "2026-03-01T12:00:00.404Z"


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_any_answer_can_be_had_as_a_file(client: FlaskClient, endpoint: str) -> None:
    table = client.get(f"/api/{endpoint}?{ALL}&format=csv")
    assert table.status_code == 200
    assert table.content_type.startswith("text/csv")
    workbook = client.get(f"/api/{endpoint}?{ALL}&format=xlsx")
    assert workbook.data[:2] == b"PK"
    for answer in (table, workbook):
        assert "attachment" in answer.headers["Content-Disposition"]


def test_the_name_of_a_file_says_whom_it_is_about_in_any_script(client: FlaskClient) -> None:
    query = "period=custom&start=2026-10-01&end=2026-10-31"
    of_october = 'attachment; filename="librechat-top-users-2026-10'
    for model, ending in (
        ("gpt-4o", '-gpt-4o.csv"'),
        ("M\u00fcller", "-muller.csv\"; filename*=UTF-8''librechat-top-users-2026-10-m%C3%BCller.csv"),
        ("\u6a21\u578b", ".csv\"; filename*=UTF-8''librechat-top-users-2026-10-%E6%A8%A1%E5%9E%8B.csv"),
    ):
        response = client.get(
            "/api/top-users", query_string=f"{query}&format=csv&{urlencode({'model': model})}"
        )
        assert response.headers["Content-Disposition"] == of_october + ending


@pytest.mark.parametrize("endpoint", [*LISTS, "summary", "usage-over-time", "what-changed", "quality"])
def test_a_filter_that_nothing_ever_had_is_named(client: FlaskClient, endpoint: str) -> None:
    assert ask(client, endpoint, f"user={ANA}&agent={HELPER}&model=(none)")["unmatched"] == []
    typos = ask(client, endpoint, f"model=gpt5.4&user={ANA}&user=x&not-domain=nope.example&model=gpt5")
    assert typos["unmatched"] == ["model", "not-domain"]


def test_what_changed_says_who_and_why(client: FlaskClient) -> None:
    body = ask(client, "what-changed", "period=custom&start=2026-01-01&end=2026-12-31&by=user&limit=2")
    assert set(body) == set(CHANGES_FIELDS.split())
    assert set(body["causes"]) == {"moreCalls", "longerCalls", "dearerModels", "changedPrices"}
    for part in body["parts"]:
        assert set(part) == set(CHANGE_FIELDS.split())
        assert part["price"] + part["quantity"] == pytest.approx(part["difference"])
    whole = sum(part["difference"] for part in body["parts"]) + body["rest"]
    assert whole == pytest.approx(body["difference"])
    assert sum(body["causes"].values()) == pytest.approx(body["difference"])


def test_the_forecast_is_of_this_month_unless_another_running_period_is_named(client: FlaskClient) -> None:
    assert ask(client, "forecast", "")["period"]["name"] == "this-month"
    for name in ("this-quarter", "this-year", "this-week"):
        assert ask(client, "forecast", f"period={name}")["period"]["name"] == name


def test_the_forecast_says_why_there_is_none(client: FlaskClient) -> None:
    body = ask(client, "forecast", "period=this-month&user=nobody")
    assert set(body) == set(FORECAST_FIELDS.split())
    assert (body["actual"], body["expected"], body["low"], body["high"]) == (0.0, None, None, None)
    assert body["reason"].startswith("No forecast: the figures end on")
    assert body["backtest"] == {"origins": 0, "meanAbsoluteError": None, "coverage": None}


@pytest.mark.parametrize("period", ["last-month", "30d", "all", "custom", "today"])
def test_a_period_that_is_over_or_has_no_end_has_no_forecast(client: FlaskClient, period: str) -> None:
    response = client.get(f"/api/forecast?period={period}&start=2026-01-01&end=2026-02-01")
    assert (response.status_code, response.get_json()["parameter"]) == (400, "period")
    assert "this-month, this-quarter, this-year, this-week" in response.get_json()["error"]


def test_what_changed_by_group_says_who_is_in_several(client: FlaskClient) -> None:
    body = ask(client, "what-changed", f"{ALL}&by=group")
    assert set(body["inSeveral"]) == {"users", "difference"}


def test_nothing_changed_where_there_is_no_previous_period(client: FlaskClient) -> None:
    body = ask(client, "what-changed", "period=all")
    assert [body[name] for name in ("previous", "before", "difference", "causes", "rest")] == [None] * 5
    assert (body["parts"], body["total"]) == ([], 0)


@pytest.mark.parametrize("by", ["tenant", "domain", "Model"])
def test_what_changed_names_what_it_can_be_taken_apart_by(client: FlaskClient, by: str) -> None:
    response = client.get(f"/api/what-changed?by={by}")
    assert (response.status_code, response.get_json()["parameter"]) == (400, "by")
    assert "model, agent, user, group, provider, cost_center" in response.get_json()["error"]


@pytest.mark.parametrize("split", ["model", "user", "agent", "provider", "group"])
def test_a_split_timeline_has_parts_and_a_legend(client: FlaskClient, split: str) -> None:
    body = ask(client, "usage-over-time", f"{ALL}&split={split}&bucket=month")
    keys = [entry["key"] for entry in body["legend"]]
    assert 0 < len(keys) <= 8
    assert all(set(entry) == {"key", "label", "cost"} for entry in body["legend"])
    assert all([*point["parts"]] == keys for point in body["points"])
    in_points = sum(point["parts"][keys[0]] for point in body["points"])
    assert in_points == pytest.approx(body["legend"][0]["cost"])


def test_a_file_of_a_split_timeline_has_a_column_for_each_part(client: FlaskClient) -> None:
    legend = ask(client, "usage-over-time", f"{ALL}&split=model&bucket=month")["legend"]
    text = client.get(f"/api/usage-over-time?{ALL}&split=model&bucket=month&format=csv").get_data(
        as_text=True
    )
    assert text.splitlines()[0].endswith(",".join([*(entry["label"] for entry in legend), "All others"]))
