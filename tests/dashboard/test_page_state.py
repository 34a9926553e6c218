"""What the page shows around every view."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from librechat_analytics.dashboard import ids
from librechat_analytics.dashboard.page_state import (
    freshness_data,
    has_no_usage,
    page_targets,
    page_title,
)
from librechat_analytics.dashboard.views import overview, quality
from librechat_analytics.finops.definitions import Definitions
from librechat_analytics.usage.answers import Freshness, Summary
from librechat_analytics.usage.filters import Filters
from tests.dashboard.ready_answers import CERTAIN_QUALITY, NOTHING, NOW, page_data, period, query, texts

if TYPE_CHECKING:
    from librechat_analytics.dashboard.data import PageData


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


class TestNoUsage:
    EMPTY = Summary(NOTHING, None, CERTAIN_QUALITY)

    def test_a_view_without_usage_says_so_once(self) -> None:
        data = page_data(summary=self.EMPTY)
        state = page_targets(data, overview.VIEW)[ids.EMPTY_STATE]

        assert texts(state).startswith("No usage in this period.")

    def test_a_view_with_usage_says_nothing(self) -> None:
        assert page_targets(page_data(), overview.VIEW)[ids.EMPTY_STATE] == []

    def test_the_view_of_data_quality_speaks_without_usage_too(self) -> None:
        assert not has_no_usage(page_data(summary=self.EMPTY), quality.VIEW)

    def test_figures_that_cannot_be_read_are_no_empty_period(self) -> None:
        assert not has_no_usage(page_data(summary=None), overview.VIEW)


class TestCostCenter:
    """The Overview of one cost centre alone is its page."""

    def data(self, *centers: str, defined: bool = True) -> PageData:
        data = page_data(query(filters=Filters(cost_center=centers)))
        data.definitions = Definitions("sha256", ZoneInfo("UTC")) if defined else None
        return data

    def test_it_has_the_name_and_a_way_back_to_the_list(self) -> None:
        sales = self.data("Sales")
        assert page_title(sales, overview.VIEW) == "Sales"
        assert texts(page_targets(sales, overview.VIEW)[ids.CRUMBS]).startswith("Cost centres")
        assert page_title(self.data("(unassigned)"), overview.VIEW) == "Unassigned"

    def test_other_views_several_cost_centres_and_pages_without_definitions_keep_their_titles(self) -> None:
        assert page_title(self.data("Sales"), quality.VIEW) == "Data quality"
        assert page_title(self.data("Sales", "IT"), overview.VIEW) == "Overview"
        assert page_title(self.data("Sales", defined=False), overview.VIEW) == "Overview"
        assert page_targets(self.data(), overview.VIEW)[ids.CRUMBS] == []
