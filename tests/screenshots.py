"""Takes the README's pictures of a generated LibreChat database: ``make screenshots``."""

from __future__ import annotations

import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from librechat_analytics.cli.demo_definitions import write_demo_definitions
from librechat_analytics.store.store import Store
from tests.support.servers import (
    API_KEY,
    PROGRAM,
    ROOT,
    BrowserWatch,
    launched_browser,
    program_environment,
    serve,
    watched_page,
)

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PICTURES = ROOT / "docs" / "screenshots"
NOBODY_LISTENS = "http://127.0.0.1:9/"
DESK = {"width": 1440, "height": 1200}
PHONE = {"width": 360, "height": 780}
SHOTS = (
    # picture, view, window, colours
    ("overview", "Overview", DESK, "light"),
    ("users", "Users", DESK, "light"),
    ("groups", "Groups", DESK, "light"),
    ("models", "Models", DESK, "light"),
    ("agents", "Agents", DESK, "light"),
    ("cost-centers", "Cost centres", DESK, "light"),
    ("budgets", "Budgets", DESK, "light"),
    ("quality", "Data quality", DESK, "light"),
    ("overview-dark", "Overview", DESK, "dark"),
    ("overview-phone", "Overview", PHONE, "light"),
)


def take(browser: Browser, url: str, picture: str, view: str, window: dict[str, int], colours: str) -> None:
    """Write a view's picture, as tall as the window is; raises AssertionError when the page has errors."""
    with watched_page(browser, BrowserWatch(), viewport=window, color_scheme=colours) as page:
        page.add_init_script(f"localStorage.setItem('analyticsApiKey', {json.dumps(API_KEY)})")
        page.goto(url)
        page.get_by_role("link", name=view, exact=True).click()
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(1000)  # charts draw after their figures have come
        failures = page.locator(".panel-error:not(:empty)").all_inner_texts()
        assert not failures, f"{view} shows no figures: {failures[0]}"
        page.screenshot(path=PICTURES / f"{picture}.png", animations="disabled")


def main() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as name:
        folder = Path(name)
        data_dir = folder / "data"
        data_dir.mkdir()
        for command in (
            ["sample", str(folder / "dump"), "--transactions", "60000", "--seed", "20231031"],
            ["import", str(folder / "dump")],
        ):
            subprocess.run(
                [str(PROGRAM), *command], check=True, env=program_environment(data_dir), cwd=folder
            )
        store = Store(data_dir)
        path = write_demo_definitions(
            folder, store, ZoneInfo("UTC"), now=datetime.now(UTC), receiver=NOBODY_LISTENS
        )
        store.close()
        with serve(data_dir, FINOPS_FILE=str(path)) as server, launched_browser() as browser:
            for picture, view, window, colours in SHOTS:
                take(browser, f"{server.base_url}/librechat-analytics/", picture, view, window, colours)


if __name__ == "__main__":
    main()
