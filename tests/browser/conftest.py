"""Programs behind nginx, and readers in a browser."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from playwright.sync_api import expect
from pymongo import MongoClient

from librechat_analytics.librechat.sample.writer import write_sample
from tests.support.documents import usage, write_dump
from tests.support.hostile import hostile_collections
from tests.support.servers import API_KEY, BrowserWatch, watched_page
from tests.support.sites import PEOPLE, ZONE, Ledger, Site, imported_site, served_site
from tests.support.waiting import PATIENCE_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page


expect.set_options(timeout=PATIENCE_SECONDS * 1000)
# Whatever a content policy blocks becomes an error of the console, and with it a failure of the test.
REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`blocked by ${event.violatedDirective}: ${event.blockedURI} ${event.sample}`));
"""


@pytest.fixture(scope="session")
def sample_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Five thousand generated transactions, imported; nobody changes them."""
    folder = tmp_path_factory.mktemp("sample")
    write_sample(folder / "dump", transactions=5000, seed=20, until=datetime.now(UTC))
    yield from imported_site(folder)


@pytest.fixture(scope="session")
def hostile_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Users, agents and models with names that are meant to do harm, imported."""
    folder = tmp_path_factory.mktemp("hostile")
    write_dump(folder / "dump", **hostile_collections(datetime.now(UTC)))
    yield from imported_site(folder, FRAME_ANCESTORS="'self' http://127.0.0.1:*")


@pytest.fixture(scope="module")  # not longer, since it is at work all the time
def live_site(tmp_path_factory: pytest.TempPathFactory, mongo_server: str) -> Iterator[Site]:
    """A program that looks into MongoDB every second."""
    uri = urlsplit(mongo_server)._replace(path=f"/LibreChat-{uuid4().hex}").geturl()
    now = datetime.now(UTC)
    with MongoClient[dict[str, Any]](uri, tz_aware=True) as client:
        database = client.get_default_database()
        database.users.insert_many(
            [
                {"_id": user, "name": name, "email": f"{name.split()[0].lower()}@example.com"}
                for user, name in PEOPLE
            ]
        )
        database.transactions.insert_many(
            [
                usage(now - timedelta(hours=9 * back), number=back, user=PEOPLE[back % len(PEOPLE)][0])
                for back in range(60)
            ]
        )
        try:
            yield from served_site(
                Site(
                    tmp_path_factory.mktemp("live") / "data",
                    {"MONGO_URI": uri, "SYNC_SECONDS": "1", "LABELS_SECONDS": "5"},
                )
            )
        finally:
            client.drop_database(database.name)


@pytest.fixture
def page(
    browser: Browser, browser_watch: BrowserWatch, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Page]:
    """A reader in Berlin at a desk, in a fresh profile; a test that fails leaves a picture of the screen."""
    failed_before = request.session.testsfailed
    desk = {"width": 1440, "height": 900}
    with watched_page(browser, browser_watch, viewport=desk, timezone_id=ZONE, locale="en-GB") as page:
        page.set_default_timeout(PATIENCE_SECONDS * 1000)
        page.add_init_script(REPORT_VIOLATIONS)
        page.on("dialog", lambda dialog: (browser_watch.errors.append(dialog.message), dialog.dismiss()))
        yield page
        if request.session.testsfailed > failed_before:
            picture = tmp_path / "screen.png"
            page.screenshot(path=picture, full_page=True)
            request.node.add_report_section("teardown", "picture", str(picture))


@pytest.fixture
def signed_in(page: Page) -> Page:
    """The page of a reader who has entered the key before."""
    page.add_init_script(f"localStorage.setItem('analyticsApiKey', {json.dumps(API_KEY)})")
    return page


@pytest.fixture
def ledger(live_site: Site) -> Iterator[Ledger]:
    with MongoClient[dict[str, Any]](live_site.settings["MONGO_URI"], tz_aware=True) as client:
        yield Ledger(client.get_default_database(), live_site)
