"""What the page shows around every view."""

from __future__ import annotations

from datetime import timedelta

from librechat_analytics.dashboard.page_state import freshness_data
from librechat_analytics.usage.answers import Freshness
from tests.dashboard.ready_answers import NOW, period


def test_the_server_computes_the_age() -> None:
    data = freshness_data(Freshness(NOW - timedelta(seconds=12), "ok", NOW, None), period(), NOW)

    assert data["as_of_age_seconds"] == 12
    assert data["as_of_words"] == "15:59"
    assert (data["first_day"], data["last_day"]) == ("2026-11-17", "2026-11-24")


def test_a_store_that_was_never_filled_has_no_age() -> None:
    data = freshness_data(Freshness(None, "unreachable", None, None), period(), NOW)

    assert data["as_of_age_seconds"] is None
