"""The page's files come from one version of the program, and browsers keep them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from flask import Flask

from librechat_analytics.dashboard.dash_seams import browser_files
from librechat_analytics.dashboard.dash_seams.browser_files import (
    MAIN,
    asset_url,
    assets_folder,
    assets_version,
    module_names,
    serve_versioned_assets,
)
from librechat_analytics.dashboard.dash_seams.comments import without_comments

if TYPE_CHECKING:
    from pathlib import Path

    from flask.testing import FlaskClient


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    server = Flask("files", static_folder=None)
    serve_versioned_assets(server)
    return server.test_client()


def test_a_module_is_loaded_later_where_the_entry_does_not_need_it() -> None:
    scripts = {path.name: path.read_text("utf-8") for path in (assets_folder() / "js").glob("*.js")}
    needed = {"theme.js"}
    found = ["main.js"]
    while found:
        name = found.pop()
        if name not in needed:
            needed.add(name)
            found += re.findall(r' from "\./(\w+\.js)";', without_comments(scripts[name]))

    assert {f"js/{name}" for name in scripts.keys() - needed} == browser_files.LATER


def test_each_script_is_kept_for_a_year_as_a_script(client: FlaskClient) -> None:
    assert len(module_names()) > 10
    for name in module_names():
        response = client.get(asset_url("/", name))
        assert (response.status_code, response.mimetype) == (200, "text/javascript"), name
        assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert response.text == without_comments((assets_folder() / name).read_text("utf-8"))


@pytest.mark.parametrize(
    "path", ["js/nope.js", "js", "../app.py", "js/%2e%2e/%2e%2e/app.py", "..%2f..%2fpyproject.toml"]
)
def test_nothing_else_is_served(client: FlaskClient, path: str) -> None:
    assert client.get(f"/assets/{assets_version()}/{path}").status_code == 404


def test_another_versions_address_has_nothing_so_that_versions_never_mix(client: FlaskClient) -> None:
    assert client.get(f"/assets/0123456789ab/{MAIN}").status_code == 404


def test_scripts_import_one_another_by_relative_paths_only() -> None:
    for name in module_names():
        text = (assets_folder() / name).read_text("utf-8")
        assert [path for path in re.findall(r' from "([^"]+)"', text) if not path.startswith("./")] == []


def test_the_version_changes_with_any_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser_files, "assets_folder", lambda: tmp_path)
    versions = set()
    for name, text in [("a.js", "1"), ("a.js", "2"), ("b.js", "2")]:
        (tmp_path / name).write_text(text)
        versions.add(browser_files.assets_version.__wrapped__())
    assert len(versions) == 3
