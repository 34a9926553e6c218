"""The links in findings, followed on a real store."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from librechat_analytics.dashboard.data import PageData
from librechat_analytics.dashboard.panels.findings import finding_card
from librechat_analytics.dashboard.query import read_page_query
from librechat_analytics.librechat.dump import DumpSource
from librechat_analytics.store.store import Store
from librechat_analytics.sync.imports import import_dump
from librechat_analytics.usage.answers import SourceReport
from librechat_analytics.usage.repository import StoreRepository
from tests.support.documents import HELPER, usage, write_dump

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 3, 29, 14, tzinfo=UTC)
UTC_ZONE = ZoneInfo("UTC")


def test_each_name_in_a_finding_leads_to_usage(tmp_path: Path) -> None:
    """A model's name with its rates beside it, an agent's id as LibreChat wrote it for parallel agents."""
    rows = [
        usage(NOW, 1, model="gpt-4o", rate=2.5, tokenValue=-2500),
        usage(NOW, 2, model="gpt-4o", rate=5, tokenValue=-5000),
        usage(NOW, 3, model="acme-internal", rate=6, tokenValue=-6000),
        usage(NOW, 4, model=f"{HELPER}____1", rate=6, tokenValue=-6000),
    ]
    later = NOW + timedelta(hours=1)
    store = Store(tmp_path / "data")
    import_dump(store, DumpSource(write_dump(tmp_path / "dump", transactions=rows)), now=later)
    repository = StoreRepository(store, source=lambda: SourceReport("offline"), clock=lambda: later)

    def data(search: str) -> PageData:
        query = read_page_query({"search": search}, default_zone=UTC_ZONE, now=later, first_usage=NOW)
        return PageData(repository, query, now=later)

    report = data("?view=quality")
    cards = json.dumps([finding_card(finding, 1.0, report) for finding in report.report.findings])
    links = re.findall(r'"href": "([^"]*)"', cards)

    assert [data(link).summary.totals.calls for link in links] == [1, 1, 2]
    store.close()
