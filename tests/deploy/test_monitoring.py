"""The examples for Prometheus and Grafana use only metrics that exist."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from flask import Flask, g

from librechat_analytics.store.store import Store
from librechat_analytics.usage.answers import SourceReport
from librechat_analytics.usage.repository import StoreRepository
from librechat_analytics.web.finops_metrics import (
    AnomaliesCollector,
    BudgetsCollector,
    DefinitionsCollector,
    DeliveriesCollector,
)
from librechat_analytics.web.follower_metrics import FollowerCollector, Published
from librechat_analytics.web.gatekeeper import Visitor
from librechat_analytics.web.metrics import STATUSES, serve_metrics
from librechat_analytics.web.requests_log import log_requests
from tests.support.servers import ROOT

if TYPE_CHECKING:
    from pathlib import Path

NAME = re.compile(r"\blibrechat_[a-z_]+")


def names_served(tmp_path: Path) -> set[str]:
    server = Flask(__name__)
    log_requests(server)

    @server.before_request
    def let_in() -> None:
        g.visitor = Visitor("test", None)

    store = Store(tmp_path)
    repository = StoreRepository(store, source=lambda: SourceReport("ok"))
    serve_metrics(
        server,
        repository,
        [
            AnomaliesCollector(repository, default_zone=ZoneInfo("UTC")),
            BudgetsCollector(repository, lambda: None),
            DefinitionsCollector(lambda: None),
            DeliveriesCollector(dict),
            FollowerCollector(lambda: Published(None, None, None)),
        ],
    )
    client = server.test_client()
    client.get("/metrics")
    text = client.get("/metrics").get_data(as_text=True)
    store.close()
    families = set(re.findall(r"^# TYPE (\S+)", text, re.MULTILINE))
    return families | {f"{name}_bucket" for name in families}


@pytest.mark.parametrize("file", ["prometheus-alerts.yml", "grafana-dashboard.json"])
def test_only_metrics_that_are_served_are_asked_for(tmp_path: Path, file: str) -> None:
    text = (ROOT / "deploy" / file).read_text("utf-8")
    asked = set(NAME.findall(text))
    assert asked
    unknown = asked - names_served(tmp_path)
    assert not unknown, f"deploy/{file} asks for what web/metrics.py does not serve: {unknown}"
    states = set(re.findall(r'source_status\{status=\\?"(\w+)', text))
    assert states <= set(STATUSES), f"deploy/{file} asks for an unknown state: {states - set(STATUSES)}"


@pytest.mark.parametrize("file", ["prometheus-alerts.yml", "grafana-dashboard.json"])
def test_totals_that_every_web_process_reports_are_not_added_up(file: str) -> None:
    text = (ROOT / "deploy" / file).read_text("utf-8")
    sums = r"sum(?: by \(([\w, ]+)\) )?\((?:increase\()?(librechat_(?:usage|documents)\w+)"
    added_up = re.findall(sums, text)

    assert added_up
    assert [metric for by, metric in added_up if "instance" not in by] == []


def test_every_alert_has_a_query_a_severity_and_a_summary() -> None:
    _, *rules = (ROOT / "deploy" / "prometheus-alerts.yml").read_text("utf-8").split("      - alert: ")
    names = [rule.partition("\n")[0] for rule in rules]
    assert len(rules) == len(set(names)) > 0
    for name, rule in zip(names, rules, strict=True):
        for part in (
            "        expr: ",
            "        labels: {severity: ",
            "        annotations:\n          summary: ",
        ):
            assert f"\n{part}" in rule, f"{name} in deploy/prometheus-alerts.yml lacks: {part.strip()}"


def test_the_dashboards_panels_do_not_overlap() -> None:
    dashboard = json.loads((ROOT / "deploy" / "grafana-dashboard.json").read_text("utf-8"))
    taken: set[tuple[int, int]] = set()
    for panel in dashboard["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        assert all(x < 24 for x, _ in cells)
        taken |= cells
