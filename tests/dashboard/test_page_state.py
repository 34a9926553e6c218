"""What the page shows around every view."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from librechat_analytics.dashboard.page_state import freshness_data
from librechat_analytics.usage.answers import Freshness
from tests.dashboard.ready_answers import NOW, period


def test_the_server_computes_the_age() -> None:
    data = freshness_data(Freshness(NOW - timedelta(seconds=12), "ok", NOW, None), period(), NOW, None)

    assert data["as_of_age_seconds"] == 12
    assert data["as_of_words"] == "24 Nov, 15:59"
    assert data["as_of_in_full"] == "24 Nov 2026, 15:59 Europe/Berlin"


def test_a_store_that_was_never_filled_has_no_age() -> None:
    data = freshness_data(Freshness(None, "unreachable", None, None), period(), NOW, None)

    assert data["as_of_age_seconds"] is None


def test_the_first_usage_is_a_day_of_the_period_s_zone() -> None:
    late = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    freshness = Freshness(NOW, "ok", NOW, None)

    days = [
        freshness_data(freshness, replace(period(), zone=ZoneInfo(zone)), NOW, first)["first_usage"]
        for zone, first in (("UTC", late), ("Europe/Berlin", late), ("UTC", None))
    ]
    assert days == ["2026-03-01", "2026-03-02", None]
