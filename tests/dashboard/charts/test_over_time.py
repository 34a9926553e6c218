"""Charts over time: what plotly gets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from librechat_analytics.dashboard.charts.colours import ORANGE
from librechat_analytics.dashboard.charts.figure import LEAST_COST_AXIS_USD, Figure, series
from librechat_analytics.dashboard.charts.over_time import (
    Line,
    Options,
    bars_over_time,
    lines_over_time,
    time_layout,
)
from librechat_analytics.dashboard.charts.time_axis import TimeAxis
from librechat_analytics.formatting import money, tokens
from tests.dashboard.ready_answers import timeline

if TYPE_CHECKING:
    from librechat_analytics.usage.timeline_answers import Timeline

WEEK = TimeAxis.of(timeline())


def cost(
    answer: Timeline | None = None, *, coarse: bool = False, prefix: str = "", least: float = 10
) -> Figure:
    answer = answer or timeline()
    bars = series("Cost", [point.cost_usd for point in answer.points], money)
    options = Options("7d", coarse, prefix=prefix, least=least)
    return bars_over_time(TimeAxis.of(answer), [bars], options)


class TestBars:
    def test_every_bucket_has_its_bar(self) -> None:
        figure = cost()

        assert figure["data"][0]["y"] == [2.0, 4.0, 6.0, 8.0, 10.0, 12.0, 14.0, 16.0]
        assert len(set(figure["data"][0]["x"])) == 8

    def test_partial_buckets_are_hatched(self) -> None:
        assert cost()["data"][0]["marker"]["pattern"]["shape"] == ["/", "", "", "", "", "", "", "/"]

    def test_tooltips_give_the_value_of_the_bar(self) -> None:
        assert cost()["data"][0]["customdata"][1] == [("Cost", "$4.00")]

    @pytest.mark.parametrize(
        ("cost_usd", "tick"), [(0.001, None), (0.05, ",.2f"), (0.4, ",.2f"), (400.0, None)]
    )
    def test_dollars_have_cents_where_the_axis_has_them(self, cost_usd: float, tick: str | None) -> None:
        figure = cost(timeline(cost_usd=cost_usd), prefix="$", least=0.01)

        assert figure["layout"]["yaxis"].get("tickformat") == tick

    @pytest.mark.parametrize(("lowest", "tick"), [(-1.0, "$,.2f"), (-30.0, "$~s")])
    def test_below_zero_the_sign_is_before_the_dollar(self, lowest: float, tick: str) -> None:
        axis = TimeAxis.of(timeline())
        found = time_layout(axis, [lowest, 1.0], Options("a", prefix="$"))["yaxis"]

        assert (found["tickformat"], found.get("tickprefix")) == (tick, None)

    def test_the_last_series_carries_the_total(self) -> None:
        points = timeline().points
        bars = [
            series("Prompt", [point.prompt_tokens for point in points], tokens),
            series("Completion", [point.completion_tokens for point in points], tokens, ORANGE),
        ]
        figure = bars_over_time(WEEK, bars, Options("7d"), totals=["1k"] * 8)

        assert figure["data"][0]["customdata"][0] == [("Prompt", "900")]
        assert figure["data"][1]["customdata"][0] == [("Completion", "100"), ("Total", "1k")]
        assert figure["layout"]["barmode"] == "stack"

    def test_the_axis_begins_at_zero_and_leaves_room_above_the_highest_bar(self) -> None:
        low, high = cost()["layout"]["yaxis"]["range"]

        assert low == 0
        assert high > 16

    def test_a_period_of_nothing_has_an_axis_from_zero(self) -> None:
        figure = cost(timeline(cost_usd=0.0), least=LEAST_COST_AXIS_USD)

        assert figure["layout"]["yaxis"]["range"] == [0, pytest.approx(0.01)]

    def test_a_finger_scrolls_where_a_mouse_chooses_a_range(self) -> None:
        assert cost()["layout"]["dragmode"] == "zoom"
        assert cost(coarse=True)["layout"]["dragmode"] is False
        assert cost(coarse=True)["layout"]["xaxis"]["fixedrange"] is True

    def test_the_revision_says_whether_the_chart_is_the_same(self) -> None:
        assert cost()["layout"]["uirevision"] == "7d"
        assert cost()["layout"]["meta"]["whole"] == cost()["layout"]["xaxis"]["range"]

    def test_the_background_is_clear_so_that_the_theme_shows(self) -> None:
        layout = cost()["layout"]

        assert layout["paper_bgcolor"] == layout["plot_bgcolor"] == "rgba(0,0,0,0)"
        assert "template" not in layout

    def test_two_hours_with_the_same_name_stay_two_bars(self) -> None:
        answer = timeline("hour", "24h")

        assert len(set(cost(answer)["data"][0]["x"])) == len(answer.points)


class TestLines:
    def test_a_bucket_without_a_value_is_a_gap(self) -> None:
        line = Line("Prompt", [None, 2.5], ["", "$2.50"], ORANGE)
        (trace,) = lines_over_time(WEEK, [line], Options("7d"))["data"]

        assert trace["y"] == [None, 2.5]
        assert trace["connectgaps"] is False
