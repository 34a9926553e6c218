"""Charts: what plotly is given."""

from __future__ import annotations

import plotly.offline
import pytest

from librechat_analytics.dashboard.charts import figures
from librechat_analytics.dashboard.dash_seams.browser_files import PLOTLY, assets_folder
from librechat_analytics.formatting import money, tokens
from tests.dashboard.ready_answers import timeline

EVIL = '<a href="https://evil.example/">Click me</a> %{x} & <b>bold</b>'


def cost(**options: object) -> figures.Figure:
    answer = timeline()
    bars = figures.series_of(answer, "cost_usd", "Cost", money)
    return figures.bars_over_time(answer, [bars], revision="7d", **options)  # type: ignore[arg-type]


class TestBarsOverTime:
    def test_every_bucket_has_its_bar(self) -> None:
        figure = cost()

        assert figure["data"][0]["y"] == [2.0, 4.0, 6.0, 8.0, 10.0, 12.0, 14.0, 16.0]
        assert len(set(figure["data"][0]["x"])) == 8

    def test_buckets_that_are_not_whole_are_hatched(self) -> None:
        assert cost()["data"][0]["marker"]["pattern"]["shape"] == ["/", "", "", "", "", "", "", "/"]

    def test_tooltips_say_what_the_bar_is_worth(self) -> None:
        assert cost()["data"][0]["customdata"][1] == "Cost <b>$4.00</b>"

    @pytest.mark.parametrize(
        ("cost_usd", "tick"), [(0.001, None), (0.05, ",.2f"), (0.4, ",.2f"), (400.0, None)]
    )
    def test_dollars_have_cents_where_the_axis_has_them(self, cost_usd: float, tick: str | None) -> None:
        found = timeline(cost_usd=cost_usd)
        series = [figures.series_of(found, "cost_usd", "Cost", money)]
        figure = figures.bars_over_time(found, series, prefix="$", least=0.01, revision="7d")

        assert figure["layout"]["yaxis"].get("tickformat") == tick

    def test_the_last_series_carries_the_total(self) -> None:
        answer = timeline()
        series = [
            figures.series_of(answer, "prompt_tokens", "Prompt", tokens),
            figures.series_of(answer, "completion_tokens", "Completion", tokens, figures.ORANGE),
        ]

        figure = figures.bars_over_time(answer, series, revision="7d", totals=["1k"] * 8)

        assert "Total" not in figure["data"][0]["customdata"][0]
        assert figure["data"][1]["customdata"][0] == "Completion <b>100</b><br>Total <b>1k</b>"
        assert figure["layout"]["barmode"] == "stack"

    def test_the_axis_begins_at_zero_and_leaves_room_above_the_highest_bar(self) -> None:
        low, high = cost()["layout"]["yaxis"]["range"]

        assert low == 0
        assert high > 16

    def test_a_period_of_nothing_has_an_axis_from_zero(self) -> None:
        answer = timeline(cost_usd=0.0)
        bars = figures.series_of(answer, "cost_usd", "Cost", money)

        figure = figures.bars_over_time(answer, [bars], revision="7d", least=figures.LEAST_COST_AXIS_USD)

        assert figure["layout"]["yaxis"]["range"] == [0, pytest.approx(0.01)]

    def test_a_finger_scrolls_where_a_mouse_zooms(self) -> None:
        assert cost()["layout"]["dragmode"] == "zoom"
        assert cost(coarse=True)["layout"]["dragmode"] is False
        assert cost(coarse=True)["layout"]["xaxis"]["fixedrange"] is True

    def test_the_zoom_is_kept_as_long_as_the_revision_is(self) -> None:
        assert cost()["layout"]["uirevision"] == "7d"
        assert cost()["layout"]["meta"]["whole"] == cost()["layout"]["xaxis"]["range"]

    def test_the_ground_is_clear_so_that_the_theme_shines_through(self) -> None:
        layout = cost()["layout"]

        assert layout["paper_bgcolor"] == layout["plot_bgcolor"] == "rgba(0,0,0,0)"
        assert "template" not in layout

    def test_two_hours_that_share_a_name_stay_two_bars(self) -> None:
        answer = timeline("hour", "24h")

        figure = figures.bars_over_time(
            answer, [figures.series_of(answer, "cost_usd", "Cost", money)], revision="24h"
        )

        assert len(set(figure["data"][0]["x"])) == len(answer.points)


class TestRankedBars:
    def figure(self, *names: str) -> figures.Figure:
        series = figures.Series(
            "Cost", [float(len(names) - i) for i in range(len(names))], ["$1.00"] * len(names)
        )
        return figures.ranked_bars(list(names), [series], totals=["$1.00"] * len(names), revision="7d")

    def test_the_first_name_is_at_the_top(self) -> None:
        axis = self.figure("first", "second")["layout"]["yaxis"]

        assert axis["ticktext"] == ["first", "second"]
        assert axis["range"] == [1.5, -0.5]

    def test_a_name_that_looks_like_markup_is_shown_as_it_is(self) -> None:
        (name,) = self.figure(EVIL)["layout"]["yaxis"]["ticktext"]

        assert "<" not in name
        assert name.startswith("&lt;a href=")

    def test_no_name_reaches_a_template_of_plotly(self) -> None:
        bars, totals = self.figure(EVIL)["data"]

        assert bars["hovertemplate"] == "%{customdata}<extra></extra>"
        assert "evil" not in str(totals)
        assert "<a" not in bars["customdata"][0]
        assert "&lt;a href=" in bars["customdata"][0]

    def test_a_long_name_leaves_room_for_its_bar(self) -> None:
        (name,) = self.figure("llama-4-maverick-17b-128e-instruct")["layout"]["yaxis"]["ticktext"]

        assert len(name) <= 22
        assert name.endswith("…")

    def test_its_height_grows_with_its_rows(self) -> None:
        assert (
            self.figure("a", "b")["layout"]["height"] - self.figure("a")["layout"]["height"]
            == figures.ROW_HEIGHT
        )

    def test_nothing_at_all_is_a_figure_too(self) -> None:
        assert self.figure()["layout"]["yaxis"]["ticktext"] == []


def test_the_vendored_plotly_is_the_one_that_dash_is_built_for() -> None:
    head = (assets_folder() / PLOTLY).read_text(encoding="utf-8")[:200]

    assert f"plotly.js (basic - minified) v{plotly.offline.get_plotlyjs_version()}" in head
