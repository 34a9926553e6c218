"""The anomalies that the API answers with, and their file."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

import pytest

from librechat_analytics.settings import load_settings
from tests.support.callbacks import visitor
from tests.support.documents import ANA, BOB, usage, write_dump
from tests.support.imports import fill_store
from tests.support.servers import API_KEY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.testing import FlaskClient

    from tests.support.engines import Engine


NOW = datetime.now(UTC)
PEAK = (NOW - timedelta(days=1)).date()
FIELDS = "day kind subject label expected actual excess drivers rest"


@pytest.fixture(scope="module")
def client(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """Ana and Bob spend $2 a day each; yesterday Bob spent $30 more."""
    folder = tmp_path_factory.mktemp("anomalies")
    days = [PEAK - timedelta(days=day) for day in range(-1, 100)]
    spent = [(day, user, 2) for day in days for user in (ANA, BOB)] + [(PEAK, BOB, 30)]
    write_dump(
        folder / "dump",
        users=[{"_id": ANA, "name": "Ana"}, {"_id": BOB, "name": "Bob"}],
        transactions=[
            usage(
                datetime(day.year, day.month, day.day, tzinfo=UTC),
                number,
                user=user,
                rawAmount=-1_000_000 * cost,
                tokenValue=-1_000_000 * cost,
                rate=1,
            )
            for number, (day, user, cost) in enumerate(spent)
        ],
    )
    fill_store(folder, now=NOW)
    settings = load_settings(env_file=None, dashboard_api_key=API_KEY, data_dir=folder / "data")
    with engine.serving(settings) as program:
        yield visitor(program.app, API_KEY)


def ask(client: FlaskClient, query: str = "") -> list[dict[str, Any]]:
    body = client.get(f"/api/anomalies?{query}").get_json()
    assert set(body) == {"period", "asOf", "source", "unmatched", "anomalies"}
    found: list[dict[str, Any]] = body["anomalies"]
    return found


def test_each_anomaly_says_when_what_and_why(client: FlaskClient) -> None:
    found = ask(client)
    assert [(one["day"], one["kind"]) for one in found] == [
        (PEAK.isoformat(), kind) for kind in ("total", "model", "provider", "user")
    ]
    assert all(set(one) == set(FIELDS.split()) for one in found)
    total, user = found[0], found[-1]
    assert total["subject"] is None
    assert (total["expected"], total["actual"], total["excess"]) == pytest.approx((4, 34, 30))
    assert [(driver["kind"], driver["subject"]) for driver in total["drivers"]] == [("user", str(BOB))]
    assert total["drivers"][0]["excess"] + total["rest"] == pytest.approx(total["excess"])
    assert (user["label"], user["drivers"][0]["kind"]) == ("Bob", "model")


def test_the_period_and_the_filters_choose_what_is_listed(client: FlaskClient) -> None:
    assert ask(client, "period=today") == []
    assert ask(client, f"user={ANA}") == []
    assert [one["kind"] for one in ask(client, f"user={BOB}&period=90d")] == [
        "total",
        "model",
        "provider",
        "user",
    ]
    assert len(ask(client, f"period=custom&start={PEAK}&end={PEAK}")) == 4


def test_metrics_have_what_yesterdays_anomalies_cost_beyond_the_expected(client: FlaskClient) -> None:
    text = client.get("/metrics").text
    found = re.findall(r"^librechat_analytics_anomaly_excess_dollars{(.+)} (.+)$", text, re.MULTILINE)
    assert [labels for labels, _ in found] == [
        'kind="total",subject=""',
        'kind="model",subject="claude-sonnet-4-6"',
        'kind="provider",subject="anthropic"',
        f'kind="user",subject="{BOB}"',
    ]
    assert [float(excess) for _, excess in found] == pytest.approx([30] * 4)


def test_the_workbook_has_a_sheet_where_there_are_anomalies(client: FlaskClient) -> None:
    def sheets(query: str) -> list[str]:
        with ZipFile(io.BytesIO(client.get(f"/api/export?{query}").data)) as workbook:
            return re.findall(r'<sheet name="([^"]+)"', workbook.read("xl/workbook.xml").decode())

    assert "Unusual days" in sheets("period=30d")
    assert "Unusual days" not in sheets("period=today")


def test_a_file_has_a_row_for_each_anomaly(client: FlaskClient) -> None:
    rows = list(
        csv.DictReader(io.StringIO(client.get("/api/anomalies?format=csv").text.removeprefix("\ufeff")))
    )
    assert [(row["Day"], row["What"], row["Name"]) for row in rows][-1] == (PEAK.isoformat(), "User", "Bob")
    assert rows[0]["Mostly from"] == "Bob (+$30.00)"
