"""One contract: what Python, the scripts and the style each must know is the same everywhere."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any, get_type_hints

import pytest
from flask import Flask, g

from librechat_analytics.dashboard import contract as module
from librechat_analytics.dashboard import ids
from librechat_analytics.dashboard.app import mount_dashboard
from librechat_analytics.dashboard.charts import colours
from librechat_analytics.dashboard.charts.figure import TALL_HEIGHT, WIDE_HEIGHT
from librechat_analytics.dashboard.contract import Contract, ContractError, build_contract
from librechat_analytics.dashboard.dash_seams.browser_files import assets_folder
from librechat_analytics.dashboard.dash_seams.quiet_dash import json_for_script_element
from librechat_analytics.dashboard.html.markup import element
from librechat_analytics.dashboard.page import index_html, page_layout
from librechat_analytics.dashboard.views import users
from librechat_analytics.dashboard.views.registry import FINOPS_VIEWS, VIEWS
from librechat_analytics.usage.filters import FILTER_PARAMETERS
from librechat_analytics.web.gatekeeper import Visitor
from tests import screenshots
from tests.dashboard.ready_answers import ReadyRepository
from tests.support import screen

PREFIX = "/librechat-analytics/"
ADDED = replace(users.VIEW, name="added", layout=list, panels=(), table=None, charts={}, label="Added view")


def scripts() -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in (assets_folder() / "js").glob("*.js")}


def style() -> str:
    own = [path for path in assets_folder().rglob("*.css") if path.parent.name != "vendor"]
    return "\n".join(path.read_text("utf-8") for path in own)


class TestContract:
    def test_the_scripts_declare_the_same_fields(self) -> None:
        declared = scripts()["contract.js"]
        types = {
            "Contract": Contract,
            "View": module.ViewContract,
            "Texts": module.BrowserTexts,
        }
        for name, fields in types.items():
            (block,) = re.findall(
                rf"@typedef \{{object\}} {name}\n(.*?)(?:@typedef|\*/)", declared, re.DOTALL
            )
            assert re.findall(r"@property \{.*\} (\w+)\n", block) == list(get_type_hints(fields)), name
        for name, fields in {"Subject": module.SubjectContract, "AgeStep": module.AgeStep}.items():
            (block,) = re.findall(rf"@typedef \{{\{{(.*)\}}\}} {name}\n", declared)
            assert re.findall(r"(\w+): ", block) == list(get_type_hints(fields)), name

    def test_every_filter_is_in_it(self) -> None:
        assert sorted(build_contract(VIEWS, PREFIX)["filters"]) == sorted(FILTER_PARAMETERS)

    def test_the_page_carries_it(self) -> None:
        contract = build_contract(VIEWS, PREFIX)
        (carried,) = re.findall(r'id="contract">(.*?)</script>', index_html(contract), re.DOTALL)
        assert json.loads(carried) == contract

    def test_nothing_in_it_can_end_its_element(self) -> None:
        text = json_for_script_element({"a": "</script><!--"})
        assert "<" not in text
        assert json.loads(text) == {"a": "</script><!--"}

    def test_a_tag_that_the_scripts_refuse_is_refused_here_already(self) -> None:
        with pytest.raises(ValueError, match=r"markup\.TAGS does not have the tag 'table'"):
            element("table")


class TestRegistry:
    def test_a_view_that_is_added_to_it_is_in_the_menu_and_has_its_callbacks(self) -> None:
        server = Flask("dashboard", static_folder=None)

        @server.before_request
        def let_everybody_in() -> None:
            g.visitor = Visitor("tests", None)

        repository: Any = ReadyRepository()
        views = (*VIEWS, ADDED)
        mount_dashboard(server, repository, prefix=PREFIX, cache_control="no-cache", views=views)
        client = server.test_client()

        (carried,) = re.findall(r'id="contract">(.*?)</script>', client.get("/").get_data(as_text=True))
        added = json.loads(carried)["views"][-1]
        assert (added["title"], added["link"], added["search"]) == ("Added view", "added-link", None)
        asked = [each["inputs"] for each in client.get("/_dash-dependencies").get_json()]
        for name in (added["request"], added["targets"]):
            assert [{"id": name, "property": "data"}] in asked

    @pytest.mark.parametrize(
        ("views", "says"),
        [
            ((*VIEWS, VIEWS[0]), "has two views with the name 'overview'"),
            ((*VIEWS, replace(ADDED, name="user")), "'user' has the name of a subject"),
            (
                (*VIEWS, replace(ADDED, panels=users.VIEW.panels[:1])),
                "the views 'users' and 'added' both have the panel 'users-table'",
            ),
            (VIEWS[:-1], "exactly one view that is about one user, model or agent"),
            ((VIEWS[0], *VIEWS[2:]), "lacks the view 'users'"),
        ],
    )
    def test_a_registry_that_does_not_fit_the_page_is_refused_by_name(self, views: Any, says: str) -> None:
        with pytest.raises(ContractError, match=re.escape(says)) as refused:
            build_contract(views, PREFIX)
        assert str(refused.value).startswith("views/registry.py")

    def test_the_tests_in_a_browser_and_the_screenshots_have_every_view_of_the_menu(self) -> None:
        titles = [view.title for view in VIEWS if view.in_menu]

        assert list(screen.VIEWS) == titles, "VIEWS in tests/support/screen.py"
        shown = {view for _, view, _, _ in screenshots.SHOTS}
        of_definitions = {view.title for view in FINOPS_VIEWS}
        assert set(titles) <= shown <= {*titles, *of_definitions}, "SHOTS in tests/screenshots.py"


class TestScripts:
    def test_every_element_that_a_script_names_is_on_the_page(self) -> None:
        layout = page_layout(VIEWS, refresh_seconds=60)
        there = {str(part.id) for part in layout._traverse() if getattr(part, "id", None)}
        there |= set(re.findall(r' id="([^"]+)"', index_html(build_contract(VIEWS, PREFIX))))
        named = {
            name
            for text in scripts().values()
            for name in re.findall(r'(?:ElementById|byId|setProps|showProps|propsOf)\("([^"]+)"', text)
        }
        assert len(named) > 20
        assert named - there == {ids.STATIC_PARTS}, "which the app adds to the layout"

    def test_every_component_whose_properties_scripts_set_is_kept_for_dash(self) -> None:
        named = {
            name
            for text in scripts().values()
            for name in re.findall(r'(?:setProps|showProps)\("([^"]+)"', text)
        }
        assert named <= ids.SET_BY_SCRIPTS | {ids.URL, ids.FILTER_REQUEST, ids.FIND_REQUEST}

    def test_every_import_is_of_a_script_that_is_there(self) -> None:
        there = scripts()
        for name, text in there.items():
            for imported in re.findall(
                r'^(?:import|export) .*?from "\./([^"]+)"', text, re.MULTILINE | re.DOTALL
            ):
                assert imported in there, f"{name} imports {imported}"


class TestStyle:
    def values(self, name: str) -> list[str]:
        return re.findall(rf"(?m)^\s*{re.escape(name)}: ([^;]+);", style())

    def value_of(self, text: str) -> str:
        while variable := re.fullmatch(r"var\((--[\w-]+)\)", text.strip()):
            text = self.values(variable[1])[0]
        return text.strip()

    def test_charts_and_legends_have_the_same_colours(self) -> None:
        same = {f"--part-{number}": colour for number, colour in enumerate(colours.PARTS, 1)}
        same |= {"--rest": colours.REST, "--ghost": colours.GHOST}
        same |= {"--blue": colours.BLUE, "--orange": colours.ORANGE}
        for name, colour in same.items():
            assert [self.value_of(value) for value in self.values(name)][:1] == [colour], name

    @pytest.mark.parametrize(
        ("frame", "pixels"),
        [
            (".wide-frame", WIDE_HEIGHT),
            (".tall-frame", TALL_HEIGHT),
            (".ranked-frame", TALL_HEIGHT),
        ],
    )
    def test_a_frame_is_as_high_as_the_chart_that_comes_into_it(self, frame: str, pixels: int) -> None:
        (height,) = re.findall(rf"{re.escape(frame)} \{{\s*min-height: ([^;]+);", style())
        assert self.value_of(height) == f"{pixels}px"

    def test_the_bar_around_the_page_has_the_colour_of_its_background(self) -> None:
        light = self.values("--ground")[0]
        (dark,) = re.findall(r'\[data-bs-theme="dark"\] \{.*?--ground: ([^;]+);', style(), re.DOTALL)
        assert {"light": light, "dark": dark} == module.THEME_GROUNDS

    @pytest.mark.parametrize("width", [module.PHONE_WIDTH, module.TABLET_WIDTH])
    def test_the_style_changes_at_the_widths_at_which_columns_go(self, width: str) -> None:
        assert re.search(rf"@media \(max-width: {width}\)|@media \(width <= {width}\)", style())
