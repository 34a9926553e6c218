"""The image's packages without what ``deploy/trim.py`` removes: the program must not miss any of it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import Request, urlopen

import pytest
from deploy.sbom import locked_packages
from deploy.trim import trim

from librechat_analytics.web.api import ENDPOINTS
from tests.support.servers import API_KEY, ROOT, program_environment, serve, watched_page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

    from tests.support.servers import BrowserWatch

# -S: without this environment's own packages, which are not trimmed.
COMMAND = (sys.executable, "-S", "-c", "from librechat_analytics.cli.main import main; main()")
ADDRESSES = (
    "",
    "?split=model&period=all",
    "?view=users&period=all",
    "?view=models&period=all",
    "?view=agents&period=all",
    "?view=quality&period=all",
)


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the packages that the image has, as links to the installed files, trimmed."""
    folder = tmp_path_factory.mktemp("image")
    for name in ("librechat-analytics", *(name for name, _, _ in locked_packages())):
        with suppress(PackageNotFoundError):  # locked for another Python than this one
            found = distribution(name)
            for top in {file.parts[0] for file in found.files or ()} - {".."}:
                if not (folder / top).exists():
                    link(Path(found.locate_file(top)), folder / top)
    trim(folder)
    return folder


def link(source: Path, target: Path) -> None:
    """Make a folder or file of links to another one's files."""
    if source.is_dir():
        shutil.copytree(source, target, copy_function=os.symlink)
    else:
        target.symlink_to(source)


@pytest.fixture(scope="module")
def paths(packages: Path) -> dict[str, str]:
    """What makes Python use the trimmed packages."""
    return {"PYTHONPATH": f"{ROOT / 'src'}:{packages}", "PYTHONDONTWRITEBYTECODE": "1"}


def run(folder: Path, paths: dict[str, str], *arguments: str) -> str:
    """Run a command of the program; gives what it printed."""
    done = subprocess.run(
        [*COMMAND, *arguments],
        env=program_environment(folder, **paths),
        cwd=folder,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, paths: dict[str, str]) -> Path:
    """A folder with a store of a generated ledger, made with the trimmed packages."""
    folder = tmp_path_factory.mktemp("store")
    run(folder, paths, "sample", "dump", "--transactions", "3000")
    assert "Added 3,000 transactions" in run(folder, paths, "import", "dump")
    return folder


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, store: Path, paths: dict[str, str]) -> Iterator[str]:
    """The address of a program with the trimmed packages and a copy of that store."""
    folder = tmp_path_factory.mktemp("site")
    shutil.copy(store / "usage.duckdb", folder)
    with serve(folder, command=(*COMMAND, "serve"), **paths) as server:
        yield server.base_url


def test_trimming_removes_what_it_lists_and_leaves_the_rest(packages: Path) -> None:
    assert not (packages / "pandas" / "tests").exists()
    assert not (packages / "plotly" / "graph_objs" / "scatter").exists()
    assert (packages / "plotly" / "graph_objs" / "_figure.py").exists()
    assert (packages / "pandas" / "core").exists()


def test_a_pattern_that_matches_nothing_fails(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"^numpy/\*\*/tests matches nothing"):
        trim(tmp_path)


def test_the_browser_misses_nothing_on_any_view(
    browser: Browser, browser_watch: BrowserWatch, site: str
) -> None:
    with watched_page(browser, browser_watch) as page:
        failed: list[str] = []
        page.on("response", lambda answer: failed.append(answer.url) if answer.status >= 400 else None)
        page.add_init_script(f"localStorage.setItem('analyticsApiKey', {json.dumps(API_KEY)})")
        for address in ADDRESSES:
            page.goto(f"{site}/librechat-analytics/{address}")
            page.locator(".view.ready:not([hidden])").wait_for()
            if "quality" not in address:
                page.locator(".js-plotly-plot .main-svg").first.wait_for()
        page.goto(f"{site}/librechat-analytics/?view=users&period=all")
        page.locator("#users-rows a").first.click()
        page.wait_for_url("**view=user&**")
        page.locator(".view.ready:not([hidden])").wait_for()
        assert failed == []


@pytest.mark.parametrize(
    "address",
    [
        *(
            f"/api/{each.path}?period=all"
            for each in ENDPOINTS
            if each.path not in ("price-check", "forecast")
        ),
        "/api/forecast?period=this-month",
        "/api/top-users?period=all&format=csv",
        "/api/top-users?period=all&format=xlsx",
        "/api/export?period=all",
        "/api/openapi.json",
        "/metrics",
        "/health/ready",
    ],
)
def test_the_api_answers(site: str, address: str) -> None:
    with urlopen(Request(f"{site}{address}", headers={"x-api-key": API_KEY})) as response:
        assert response.status == 200
        assert response.read()


def test_the_commands_run(store: Path, paths: dict[str, str]) -> None:
    run(store, paths, "export", "usage.xlsx", "--period", "all")
    run(store, paths, "backup", "copy.duckdb")
    assert "holds 3,000 transactions" in run(store, paths, "check")
