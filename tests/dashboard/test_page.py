"""The page before any figure, and what the server gives for it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask, g

from librechat_analytics.dashboard import ids
from librechat_analytics.dashboard.app import VIEWS, mount_dashboard
from librechat_analytics.dashboard.dash_seams import browser_files
from librechat_analytics.dashboard.dash_seams.quiet_dash import script_that_reports_a_failed_start
from librechat_analytics.dashboard.page import page_layout
from librechat_analytics.dashboard.shortcuts import sections_of, sheet_html
from librechat_analytics.usage.periods import PERIODS
from librechat_analytics.web.gatekeeper import Visitor
from tests.dashboard.ready_answers import ReadyRepository

if TYPE_CHECKING:
    from flask.testing import FlaskClient

PREFIX = "/librechat-analytics/"


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    server = Flask("dashboard", static_folder=None)

    @server.before_request
    def let_everybody_in() -> None:
        g.visitor = Visitor("tests", None)

    mount_dashboard(
        server,
        ReadyRepository(),  # type: ignore[arg-type]
        prefix=PREFIX,
        cache_control="private, no-cache",
        default_zone="Europe/Berlin",
    )
    return server.test_client()


@pytest.fixture(scope="module")
def index(client: FlaskClient) -> str:
    return client.get("/").get_data(as_text=True)


class TestIndex:
    def test_it_names_its_language_and_has_the_key_dialog(self, index: str) -> None:
        assert '<html lang="en"' in index
        assert re.search(r'<dialog id="api-key-dialog"[^>]*closedby="none"', index)

    def test_the_theme_comes_before_every_style(self, index: str) -> None:
        assert index.index('id="contract"') < index.index("theme.js") < index.index("stylesheet")

    def test_the_style_is_asked_for_before_the_modules(self, index: str) -> None:
        assert index.index("stylesheet") < index.index("modulepreload")

    def test_there_is_one_stylesheet(self, index: str) -> None:
        (address,) = re.findall(r'<link rel="stylesheet" href="([^"]*)">', index)

        assert re.fullmatch(r"/librechat-analytics/assets/dashboard\.css\?v=[0-9a-f]{12}", address)

    def test_only_the_entry_is_run_and_every_module_is_preloaded(self, index: str) -> None:
        version = browser_files.assets_version()
        base = f"{PREFIX}assets/{version}/js"
        scripts = {path.name for path in (browser_files.assets_folder() / "js").iterdir()}
        scripts -= {name.removeprefix("js/") for name in browser_files.LATER}

        own = re.findall(r'<script[^>]* src="([^"]*/assets/[^"]*)"', index)
        preloaded = re.findall(r'<link rel="modulepreload" href="([^"]*)"', index)
        assert own == [f"{base}/theme.js", f"{base}/main.js"]
        assert sorted([f"{base}/theme.js", *preloaded]) == sorted(f"{base}/{name}" for name in scripts)

    def test_nothing_of_dash_starts_by_itself(self, index: str) -> None:
        assert "new DashRenderer" not in index

    def test_every_view_of_the_menu_has_a_key_and_no_key_does_two_things(self, index: str) -> None:
        menu = {ids.link(view.name): view.title for view in VIEWS if view.in_menu}
        lines = [line for _, lines in sections_of(menu) for line in lines]
        keys = [key for key, _, _ in lines]

        assert len(set(keys)) == len(keys)
        assert lines[0] == ("1", "Overview", 'data-click="#overview-link"')
        with_digit = [words for key, words, _ in lines if key in set("123456789")]
        assert with_digit == list(menu.values()), "a key is one digit"
        assert re.findall(r'data-period="([^"]*)"', sheet_html(menu)) == ["24h", "7d", "30d"]
        assert sheet_html(menu) in index

    def test_it_shows_no_versions(self, index: str) -> None:
        (config,) = re.findall(r'<script id="_dash-config" type="application/json">(.*?)</script>', index)

        assert [name for name in json.loads(config) if "version" in name] == ["disable_version_check"]
        assert json.loads(config)["requests_pathname_prefix"] == PREFIX

    def test_everything_it_loads_is_below_the_prefix(self, index: str) -> None:
        addresses = re.findall(r'(?:src|href)="([^"#][^"]*)"', index)

        assert len(addresses) > 10
        assert [address for address in addresses if not address.startswith(PREFIX)] == []

    def test_the_only_inline_script_reports_a_failed_start(self, index: str) -> None:
        inline = re.findall(
            r"<script(?![^>]*(?:src=|application/json))[^>]*>(.*?)</script>", index, re.DOTALL
        )

        assert inline == [script_that_reports_a_failed_start(ids.NOT_LOADED)]

    def test_the_page_loads_plotly_after_everything_else(self, index: str) -> None:
        assert "plotly" not in "".join(re.findall("<(?:script|link)[^>]*>", index))


class TestLayout:
    def test_it_has_no_data(self, client: FlaskClient) -> None:
        layout = client.get("/_dash-layout").get_data(as_text=True)

        assert "Ada Byron" not in layout
        assert "12.5" not in layout

    def test_every_period_can_be_chosen(self) -> None:
        menu = find(page_layout(VIEWS, refresh_seconds=60), ids.PERIOD_MENU)
        chosen = [getattr(part, "data-period", None) for part in walk(menu)]

        assert [name for name in chosen if name] == [name for name in PERIODS if name != "custom"]

    def test_the_refresh_is_as_often_as_wanted(self) -> None:
        assert find(page_layout(VIEWS, refresh_seconds=60), ids.TICK).interval == 60_000

    def test_there_is_one_first_heading_and_every_panel_has_its_own(self) -> None:
        names = [type(part).__name__ for part in walk(page_layout(VIEWS, refresh_seconds=60))]

        assert names.count("H1") == 1
        assert names.count("H2") >= 10
        assert (names.count("Main"), names.count("Nav")) == (1, 2)

    def test_every_chart_is_in_a_figure_that_says_what_it_shows(self) -> None:
        found = [
            part for part in walk(page_layout(VIEWS, refresh_seconds=60)) if type(part).__name__ == "Figure"
        ]

        assert len(found) > 10
        assert all(getattr(figure, "aria-label") and figure.role == "group" for figure in found)

    def test_no_id_is_given_twice(self) -> None:
        names = [
            part.id for part in walk(page_layout(VIEWS, refresh_seconds=60)) if getattr(part, "id", None)
        ]

        assert [name for name in {*names} if names.count(name) > 1] == []


class TestCallbacks:
    def test_one_callback_fills_a_view(self, client: FlaskClient) -> None:
        callbacks = client.get("/_dash-dependencies").get_json()
        asked = [
            [f"{source['id']}.{source['property']}" for source in callback["inputs"]]
            for callback in callbacks
            if callback["clientside_function"] is None and "csv" not in str(callback["inputs"])
        ]

        views = [[f"{view.name}-question.data"] for view in VIEWS]
        assert asked == [*views, ["export.n_clicks"], ["filter-question.data"], ["find-question.data"]]

    def test_plotly_is_the_basic_build(self, client: FlaskClient) -> None:
        with client.get(f"/{browser_files.PLOTLY_PATH}") as answer:
            assert answer.mimetype == "text/javascript"
            assert b"plotly.js (basic - minified)" in answer.data[:100]


def walk(component: Any) -> Any:
    yield component
    children = getattr(component, "children", None)
    for child in children if isinstance(children, list | tuple) else [children]:
        if hasattr(child, "to_plotly_json"):
            yield from walk(child)


def find(component: Any, name: str) -> Any:
    return next(part for part in walk(component) if getattr(part, "id", None) == name)
