"""Horizontal bars: what plotly gets."""

from __future__ import annotations

import plotly.offline

from librechat_analytics.dashboard.charts.figure import ROW_HEIGHT, Figure, Series
from librechat_analytics.dashboard.charts.ranked import ranked_bars
from librechat_analytics.dashboard.dash_seams.browser_files import PLOTLY, assets_folder

EVIL = '<a href="https://evil.example/">Click me</a> %{x} & <b>bold</b>'


def figure(*names: str) -> Figure:
    series = Series("Cost", [float(len(names) - i) for i in range(len(names))], ["$1.00"] * len(names))
    return ranked_bars(list(names), [series], totals=["$1.00"] * len(names), revision="7d")


def test_the_first_name_is_at_the_top() -> None:
    axis = figure("first", "second")["layout"]["yaxis"]

    assert axis["ticktext"] == ["first", "second"]
    assert axis["range"] == [1.5, -0.5]


def test_a_name_that_looks_like_markup_is_shown_as_it_is() -> None:
    (name,) = figure(EVIL)["layout"]["yaxis"]["ticktext"]

    assert "<" not in name
    assert name.startswith("&lt;a href=")


def test_the_tooltip_has_the_whole_name_and_plotly_draws_none() -> None:
    bars, totals = figure(EVIL)["data"]

    assert bars["hoverinfo"] == "none"
    assert bars["customdata"][0][0] == (EVIL, "")
    assert "evil" not in str(totals)


def test_a_long_name_leaves_room_for_its_bar() -> None:
    (name,) = figure("llama-4-maverick-17b-128e-instruct")["layout"]["yaxis"]["ticktext"]

    assert len(name) <= 22
    assert name.endswith("…")


def test_its_height_grows_with_its_rows() -> None:
    assert figure("a", "b")["layout"]["height"] - figure("a")["layout"]["height"] == ROW_HEIGHT


def test_no_rows_at_all_are_a_figure_too() -> None:
    assert figure()["layout"]["yaxis"]["ticktext"] == []


def test_the_vendored_plotly_is_the_version_that_dash_is_built_for() -> None:
    head = (assets_folder() / PLOTLY).read_text(encoding="utf-8")[:200]

    assert f"plotly.js (basic - minified) v{plotly.offline.get_plotlyjs_version()}" in head
