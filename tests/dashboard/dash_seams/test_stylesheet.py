"""The layers of the stylesheet decide what wins, each token is set once, and no rule is unused."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import pytest

from librechat_analytics.dashboard.dash_seams.browser_files import assets_folder
from librechat_analytics.dashboard.dash_seams.stylesheet import LAYERS, stylesheet

if TYPE_CHECKING:
    from pathlib import Path

CSS = assets_folder() / "css"
FILES = sorted(CSS.glob("*.css"))
# Dash, Bootstrap or Plotly makes these, or Python puts them together from two parts.
MADE_ELSEWHERE = re.compile(
    r"_dash-loading|btn-close|form-control|progress-bar|(level|part)-\d|(ranked|tall|wide)-frame"
    r"|gridlayer|main-svg|scatterlayer|shapelayer|yaxislayer-above"
)


def text_of(file: Path) -> str:
    """A file without its comments and pictures."""
    return re.sub(r"/\*.*?\*/|url\(.*?\"\)", "", file.read_text(encoding="utf-8"), flags=re.DOTALL)


@cache
def words_of_the_page() -> frozenset[str]:
    """Every word of the code that makes the page."""
    package = assets_folder().parent
    files = [*(package / "dashboard").rglob("*.py"), *assets_folder().rglob("*.js")]
    texts = (file.read_text(encoding="utf-8") for file in files if "vendor" not in file.parts)
    return frozenset(re.findall(r"[\w-]+", " ".join(texts)))


class TestLayers:
    def test_their_order_comes_first(self) -> None:
        assert re.sub(r"/\*.*?\*/", "", stylesheet()).lstrip().startswith("@layer bootstrap, tokens, base,")

    def test_bootstrap_is_in_its_own(self) -> None:
        assert re.search(r"@layer bootstrap \{\s*/\*!\s*\* Bootstrap", stylesheet())

    @pytest.mark.parametrize(
        "file", [file for file in FILES if file.name != LAYERS], ids=lambda file: file.name
    )
    def test_each_file_is_in_one_of_them(self, file: Path) -> None:
        declared = re.findall(r"[a-z]+", text_of(CSS / LAYERS).replace("@layer", ""))
        layer = re.fullmatch(r"\s*@layer (\w+) \{.*^\}\s*", text_of(file), flags=re.DOTALL | re.MULTILINE)

        assert layer
        assert layer[1] in declared
        assert len(re.findall(r"^\S.*\{$", text_of(file), flags=re.MULTILINE)) == 1


class TestTokens:
    @pytest.mark.parametrize("theme", [":root {", ':root[data-bs-theme="dark"] {'])
    def test_each_theme_is_opened_once(self, theme: str) -> None:
        assert [file.name for file in FILES for _ in range(text_of(file).count(theme))] == ["tokens.css"]

    def test_colours_are_written_there_alone(self) -> None:
        elsewhere = [file for file in FILES if file.name != "tokens.css"]
        assert {
            file.name: found for file in elsewhere if (found := re.findall(r"#[0-9a-f]{3,8};", text_of(file)))
        } == {}

    def test_every_property_is_used_and_every_used_one_is_set(self) -> None:
        css = "".join(text_of(file) for file in FILES)
        is_set = set(re.findall(r"^\s*(--(?!bs-)[\w-]+):", css, flags=re.MULTILINE))
        assert is_set == set(re.findall(r"var\((--[\w-]+)", css))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_class_that_is_styled_is_on_the_page(file: Path) -> None:
    selectors = [line for line in text_of(file).splitlines() if line.rstrip().endswith(("{", ","))]
    classes = {name for line in selectors for name in re.findall(r"\.([a-z_][\w-]*)", line)}
    assert {name for name in classes - words_of_the_page() if not MADE_ELSEWHERE.fullmatch(name)} == set()
