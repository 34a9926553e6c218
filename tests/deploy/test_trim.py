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
from tests.support.page_actions import choose_view, drawn
from tests.support.screen import VIEWS
from tests.support.servers import API_KEY, ROOT, program_environment, serve, watched_page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

    from tests.support.servers import BrowserWatch

# -S: without this environment's own packages, which are not trimmed.
PYTHON = (sys.executable, "-S", "-c")
SERVE = (*PYTHON, "from librechat_analytics.cli.main import main; main()", "serve")
# Several commands one after the other, since each process would import the packages again.
COMMANDS = """
import json, sys
from librechat_analytics.cli.main import main
for sys.argv[1:] in json.loads(sys.argv[1]):
    try:
        main()
    except SystemExit as end:
        if end.code:
            raise
"""


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


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory, paths: dict[str, str]) -> tuple[Path, str]:
    """A folder with a store of a generated ledger, and what the commands wrote there."""
    folder = tmp_path_factory.mktemp("store")
    commands = (
        ("sample", "dump", "--transactions", "2000"),
        ("import", "dump"),
        ("export", "usage.xlsx", "--period", "all"),
        ("backup", "copy.duckdb"),
        ("check",),
    )
    done = subprocess.run(
        [*PYTHON, COMMANDS, json.dumps(commands)],
        env=program_environment(folder, **paths),
        cwd=folder,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return folder, done.stdout + done.stderr


@pytest.fixture(scope="module")
def site(ledger: tuple[Path, str], paths: dict[str, str]) -> Iterator[str]:
    """The address of a program with the trimmed packages and that store."""
    with serve(ledger[0], command=SERVE, **paths) as server:
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
        page.goto(f"{site}/librechat-analytics/?split=model&period=all")
        for view in VIEWS:
            choose_view(page, view)
            drawn(page, view)
        choose_view(page, "Users")
        page.locator("#users-rows a").first.click()
        page.wait_for_url("**view=user&**")
        drawn(page, "User")
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


def test_the_commands_run(ledger: tuple[Path, str]) -> None:
    folder, written = ledger
    assert "Added 2,000 transactions" in written
    assert "holds 2,000 transactions" in written
    assert (folder / "usage.xlsx").stat().st_size > 0
    assert (folder / "copy.duckdb").stat().st_size > 0
