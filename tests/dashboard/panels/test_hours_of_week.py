"""The hours of the week: which cells are how strong, and what the sentence says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from librechat_analytics.dashboard.panels import hours_of_week
from librechat_analytics.dashboard.panels.base import answer_panels
from librechat_analytics.dashboard.words import captions
from librechat_analytics.formatting import money
from tests.dashboard.ready_answers import hours_of_week as week
from tests.dashboard.ready_answers import page_data, query, texts

if TYPE_CHECKING:
    from librechat_analytics.usage.timeline_answers import HoursOfWeek


def heat_rows(hours: HoursOfWeek) -> Any:
    return hours_of_week.heat_rows(hours.rows, [hour.cost_usd for hour in hours.rows], money)


def caption(hours: HoursOfWeek) -> str:
    return captions.hours_of_week(hours.rows, [hour.cost_usd for hour in hours.rows], "cost", money)


class TestCells:
    def test_there_is_one_for_each_hour_of_the_week(self) -> None:
        table = heat_rows(week())

        assert [texts(row[2]) for row in table] == ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
        assert {len(row) - 3 for row in table} == {24}

    def test_each_says_when_and_how_much(self) -> None:
        cell = heat_rows(week(sun_23=2.5))[6][3 + 23]

        assert cell[1]["title"] == "Sun 23:00\N{EN DASH}00:00: $2.50"
        assert texts(cell) == "$2.50"

    @pytest.mark.parametrize(
        ("value", "level"), [(0.0, 0), (0.01, 1), (1.9, 1), (2.0, 2), (9.9, 5), (10.0, 5)]
    )
    def test_its_strength_is_a_fifth_of_the_greatest(self, value: float, level: int) -> None:
        assert hours_of_week.level(value, 10.0) == level

    def test_a_week_of_nothing_has_no_colour(self) -> None:
        assert hours_of_week.level(0.0, 0.0) == 0


class TestCaption:
    def test_it_names_the_busiest_hour_and_the_weekend(self) -> None:
        hours = week(tue_14=3.0, sat_9=1.0)

        assert caption(hours) == (
            "Busiest: Tuesdays from 14:00 to 15:00 ($3.00). Weekends account for 25.0% of the cost."
        )

    def test_a_week_of_nothing_has_none(self) -> None:
        assert caption(week()) == ""


@pytest.mark.parametrize(("name", "hidden"), [("7d", False), ("30d", False), ("today", True), ("24h", True)])
def test_a_period_without_every_hour_of_the_week_has_no_table(name: str, hidden: bool) -> None:
    (is_hidden, *_), _ = answer_panels([hours_of_week.PANEL], page_data(query(name)))
    assert is_hidden is hidden
