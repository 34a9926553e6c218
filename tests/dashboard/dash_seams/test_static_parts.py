"""What is taken out of Dash's hands, and what must stay in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dash_bootstrap_components as dbc
from dash import html

from librechat_analytics.dashboard import app, ids
from librechat_analytics.dashboard.dash_seams.static_parts import take_out_static_parts
from librechat_analytics.dashboard.page import page_layout

if TYPE_CHECKING:
    from collections.abc import Iterator

LIVE = {"figure", "button"}


def test_content_that_no_callback_knows_becomes_markup_of_its_element() -> None:
    layout = html.Div(
        [
            html.H2(["Users ", html.Span("of all", className="soft", hidden=True)], id="head"),
            html.Div(html.Label("Name", htmlFor="field", tabIndex=-1)),
            html.P("alone"),
            html.Div(id="figure"),
        ]
    )

    parts = take_out_static_parts(layout, LIVE)

    head, unnamed, alone, figure = layout.children
    assert parts == {
        "head": ["Users ", ["span", {"class": "soft", "hidden": ""}, "of all"]],
        unnamed.id: [["label", {"for": "field", "tabindex": "-1"}, "Name"]],
    }
    assert (head.children, unnamed.children, alone.children) == (None, None, "alone")
    assert figure.id == "figure"


def test_what_a_callback_reads_or_fills_stays_with_all_that_is_around_it() -> None:
    layout = html.Div([html.Div([html.Span("x"), html.Button("Go", id="button")]), html.Div(dbc.Alert("y"))])

    assert take_out_static_parts(layout, LIVE) == {}


def test_an_element_that_a_callback_fills_is_not_filled_by_anybody_else() -> None:
    layout = html.Div([html.Div(html.Div(html.Span("at first")), id="figure")])

    parts = take_out_static_parts(layout, LIVE)

    assert "figure" not in parts
    assert list(parts.values()) == [[["span", {}, "at first"]]]


class TestThePage:
    def test_nothing_is_lost_and_at_least_a_third_is_still(self) -> None:
        before, after = (page_layout(app.VIEWS, refresh_seconds=60) for _ in range(2))
        targets = (target for view in app.VIEWS for panel in view.panels for target in panel.targets)
        live = {target.id for target in targets if target.kind != "markup"}

        parts = take_out_static_parts(after, live | {ids.TITLE})

        named = {part.id for part in _all(before) if getattr(part, "id", None)}
        assert named <= {getattr(part, "id", None) for part in _all(after)} | set(_ids(list(parts.values())))
        assert sum(1 for _ in _all(after)) < 2 / 3 * sum(1 for _ in _all(before))


def _all(part: Any) -> Iterator[Any]:
    yield part
    yield from part._traverse()


def _ids(markup: Any) -> Iterator[str]:
    if isinstance(markup, dict):
        yield from (value for name, value in markup.items() if name == "id")
    elif isinstance(markup, list):
        for part in markup:
            yield from _ids(part)
