"""Usage over time: what the chart shows of each measure and split."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from librechat_analytics.dashboard.charts.colours import BLUE, ORANGE, REST
from librechat_analytics.dashboard.panels import over_time
from librechat_analytics.dashboard.panels.base import answer_panels
from librechat_analytics.usage.timeline_answers import SplitRow
from librechat_analytics.usage.usual import Usual
from tests.dashboard.ready_answers import USER, USER_ID, page_data, query, split, texts, timeline

EVIL = "<b>bold</b> %{x}"


def shown(asked: Any, **answers: Any) -> tuple[Any, str, dict[str, Any]]:
    """The figure, its caption, and everything that was stored."""
    (caption, error), stored = answer_panels([over_time.PANEL], page_data(asked, **answers))
    assert error is None
    return stored["over-time-chart"], str(caption), stored


class TestTotal:
    def test_the_range_before_is_a_line_over_the_bars(self) -> None:
        figure, _, stored = shown(query())

        bars, ghost = figure["data"]
        assert (bars["type"], ghost["type"]) == ("bar", "scatter")
        assert ghost["x"] == bars["x"]
        assert "Previous period 10\N{EN DASH}17 Nov 2026" in texts(stored["over-time-legend"])

    def test_a_line_of_other_days_than_the_previous_period_says_which_they_are(self) -> None:
        _, _, stored = shown(query("30d"))

        assert "Same weekdays earlier 20 Sep" in texts(stored["over-time-legend"])

    def test_the_tooltip_of_the_line_names_the_earlier_bucket(self) -> None:
        figure, _, _ = shown(query())

        assert figure["data"][1]["customdata"][1] == [
            ("Before", "$4.00 (Wed 18 Nov 2026)"),
            ("Change", "no change"),
        ]

    def test_a_range_before_without_usage_is_not_drawn(self) -> None:
        figure, _, stored = shown(query(), timeline=timeline(cost_usd=0.0))

        assert [trace["type"] for trace in figure["data"]] == ["bar"]
        assert "before" not in texts(stored["over-time-legend"])

    def test_tokens_are_prompts_and_completions(self) -> None:
        figure, _, stored = shown(query(measure="tokens"))

        assert [trace["name"] for trace in figure["data"]][:2] == ["Prompt", "Completion"]
        assert texts(stored["over-time-legend"]).startswith("Prompt Completion")

    def test_each_bucket_links_to_itself_and_keeps_measure_and_split(self) -> None:
        _, _, stored = shown(query(measure="tokens"))

        name = stored["over-time-numbers"][1][2][2]
        assert (name[0], name[2]) == ("a", "Wed 18 Nov 2026")
        assert name[1]["href"] == (
            "?view=overview&period=custom&start=2026-11-18&end=2026-11-18&measure=tokens"
        )

    def test_calls_have_no_currency(self) -> None:
        figure, caption, _ = shown(query(measure="calls"))

        assert figure["layout"]["yaxis"]["tickprefix"] == ""
        assert "$" not in caption


class TestUsual:
    USUAL = Usual(0.5, 1.0, 1.5, 2.0, 2.5, 0.1)

    def with_usual(self, asked: Any = None, **answers: Any) -> tuple[Any, str, dict[str, Any]]:
        known = (None,) * 7 + (self.USUAL,)
        return shown(asked or query(), usual=known, **answers)

    def test_the_band_is_behind_the_buckets_whose_usual_cost_is_known(self) -> None:
        figure, _, stored = self.with_usual()

        (band,) = figure["layout"]["shapes"]
        assert (band["x0"], band["x1"], band["y0"], band["y1"]) == (6.5, 7.5, 1.0, 2.0)
        assert texts(stored["over-time-legend"]).endswith("Usual same weekday, eight weeks")

    def test_an_unusual_bucket_has_a_mark_and_a_sentence(self) -> None:
        figure, caption, _ = self.with_usual()

        assert figure["data"][-1]["marker"]["color"] == [ORANGE]
        assert caption.endswith("Tue 24 Nov 2026, in part: 11 times the usual for a Tuesday.")

    def test_tokens_and_split_charts_have_no_band(self) -> None:
        for asked in (query(measure="tokens"), query(split="model")):
            figure, _, _ = self.with_usual(asked)
            assert not figure["layout"].get("shapes")

    def test_nothing_is_said_where_the_history_is_too_short(self) -> None:
        _, caption, stored = shown(query())

        assert "usual" not in caption.lower() + texts(stored["over-time-legend"]).lower()


class TestSplit:
    def test_each_part_has_a_colour_of_its_own_and_the_rest_is_grey(self) -> None:
        figure, _, stored = shown(query(split="model"), split=split("gpt-5.2", "claude", None))

        bars = [trace for trace in figure["data"] if trace["type"] == "bar"]
        assert [trace["name"] for trace in bars] == ["gpt-5.2", "claude", "All others"]
        assert [trace["marker"]["color"] for trace in bars] == [BLUE, ORANGE, REST]
        swatches = [entry[2][1]["class"] for entry in stored["over-time-legend"]]
        assert swatches == ["swatch part-1", "swatch part-2", "swatch rest", "swatch ghost"]

    def test_the_tooltip_leaves_out_parts_without_usage(self) -> None:
        figure, _, _ = shown(query(split="model"), split=split("gpt-5.2", "claude"))

        assert figure["data"][0]["y"][:3] == [1.0, None, None]

    def test_the_tooltip_ends_with_the_total_and_what_it_is_compared_with(self) -> None:
        figure, _, _ = shown(query(split="model"), split=split("gpt-5.2", "claude"))

        total, before = figure["data"][-2:]
        assert total["customdata"][1] == [("Total", "$2.00")]
        assert before["name"] == "Before"

    def test_the_total_of_groups_counts_each_user_once(self) -> None:
        figure, _, _ = shown(query(split="group"), split=split("sales", "legal"))

        assert figure["data"][-2]["customdata"][0] == [("Total", "$2.00")]

    def test_small_parts_are_lines_and_a_sentence_says_that_nobody_stands_out(self) -> None:
        small = split(*(f"a{number}" for number in range(8)))
        with_rest = replace(small, rows=(*small.rows, SplitRow(None, 0, 1000.0, 0, 0)))

        figure, caption, _ = shown(query(split="user"), split=with_rest)

        assert {trace["type"] for trace in figure["data"]} == {"scatter"}
        assert caption == "No one stands out among 1 user: the top 8 account for 3.5% of the cost."

    def test_users_have_the_same_names_as_in_the_list(self) -> None:
        figure, _, _ = shown(query(split="user"), split=split(USER_ID, "f00d", names={USER_ID: USER.name}))

        assert [trace["name"] for trace in figure["data"]][:2] == ["Ada Byron", "Unnamed user …f00d"]

    def test_a_name_that_looks_like_markup_is_shown_as_it_is(self) -> None:
        figure, _, stored = shown(query(split="model"), split=split(EVIL))

        assert "<b>bold" not in figure["data"][0]["name"]
        assert figure["data"][0]["customdata"][0] == [(EVIL, "$1.00")]
        assert EVIL in texts(stored["over-time-legend"])

    def test_the_caption_names_the_top_part(self) -> None:
        _, caption, _ = shown(query(split="model"), split=split("a", "b", "c", "d", None))

        assert caption == "d accounts for 26.7% of the cost; the top 3 account for 60.0%."

    def test_the_file_has_a_column_for_each_part_even_where_names_are_alike(self) -> None:
        asked = page_data(query(split="user"), split=split("a0001", "b0001"))

        headings = [column.title for column in over_time.csv(asked).columns]

        assert headings == ["From", "To", "Complete", "Unnamed user …0001", "Unnamed user …0001'"]

    def test_no_usage_is_a_figure_too(self) -> None:
        figure, caption, stored = shown(query(split="model"), split=split(), timeline=timeline(cost_usd=0.0))

        assert caption == ""
        assert figure["layout"]["yaxis"]["range"][0] == 0
        assert "No usage in this period." in texts(stored["over-time-empty"])
