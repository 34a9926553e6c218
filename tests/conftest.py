"""Fixtures that hand real servers and a real browser to the tests; one of each per test process."""

from __future__ import annotations

import gc
import os
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from pymongo import MongoClient

from tests.support.examples import load_profile
from tests.support.servers import BrowserWatch, launched_browser, mongo_wire_server, watched_page

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from playwright.sync_api import Browser, Page
    from pymongo.database import Database

load_profile()

pytest_plugins = ["tests.support.clickhouse", "tests.support.engines"]

# Those that mostly wait stand between those that mostly compute.
SLOWEST_FILES = (
    "tests/browser/test_odd_names.py",
    "tests/system/test_faults.py",
    "tests/browser/test_navigation.py",
    "tests/system/test_following.py",
    "tests/browser/test_drilldown.py",
    "tests/sync/test_whole_audit.py",
    "tests/system/test_figures.py",
    "tests/browser/test_accessibility.py",
    "tests/serving/test_slow_clients.py",
    "tests/browser/test_definitions_views.py",
    "tests/system/test_process.py",
    "tests/browser/test_refresh.py",
    "tests/browser/test_look.py",
    "tests/cli/test_import_and_sample.py",
    "tests/deploy/test_trim.py",
    "tests/browser/test_hostile_names.py",
    "tests/browser/test_choosing.py",
    "tests/browser/test_widths.py",
    "tests/cli/test_check.py",
    "tests/system/test_bad_documents.py",
    "tests/sync/test_audit.py",
    "tests/system/test_mending.py",
    "tests/system/test_surroundings.py",
    "tests/system/test_sync_reading.py",
    "tests/system/test_scope_of_money.py",
    "tests/system/test_scope.py",
    "tests/web/test_schema.py",
    "tests/system/test_import_ways.py",
    "tests/browser/test_embedding.py",
    "tests/usage/test_query_files.py",
    "tests/usage/test_cells.py",
    "tests/system/test_asking.py",
    "tests/system/test_unreadable.py",
    "tests/browser/test_key.py",
    "tests/browser/test_print.py",
    "tests/usage/test_quality.py",
    "tests/system/test_whole_path.py",
    "tests/system/test_who_answered.py",
    "tests/system/test_state_machine.py",
    "tests/system/test_tenants.py",
    "tests/system/test_load.py",
)
"""They run first, so that no process is left alone with one of them at the end."""


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collect tests without looking for garbage, and never look for it among what stays until the end."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    places = {name: place for place, name in enumerate(SLOWEST_FILES)}
    items.sort(key=lambda item: places.get(item.nodeid.partition("::")[0], len(places)))


@pytest.fixture(scope="session")
def mongo_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URI, without a database's name, of MONGO_TEST_URI's server or of one started here."""
    if given := os.environ.get("MONGO_TEST_URI"):
        yield given
        return
    with mongo_wire_server(tmp_path_factory.mktemp("mongo")) as server:
        yield server.base_url


@pytest.fixture
def mongo_uri(mongo_server: str) -> str:
    """URI of a database of this test's own, which does not exist yet."""
    return urlsplit(mongo_server)._replace(path=f"/LibreChat-{uuid4().hex}").geturl()


@pytest.fixture
def mongo_database(mongo_uri: str) -> Iterator[Database[dict[str, Any]]]:
    """The database that ``mongo_uri`` names, to write LibreChat's documents into; dropped after the test."""
    with MongoClient[dict[str, Any]](mongo_uri, tz_aware=True) as client:
        database = client.get_default_database()
        try:
            yield database
        finally:
            client.drop_database(database.name)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One headless Chromium for all tests of this process."""
    with launched_browser() as browser:
        yield browser


@pytest.fixture
def browser_watch() -> BrowserWatch:
    """What ``page`` is held to; a test that provokes a 401 adds it to ``browser_watch.expected_statuses``."""
    return BrowserWatch()


@pytest.fixture
def page(browser: Browser, browser_watch: BrowserWatch) -> Iterator[Page]:
    """A page in a fresh profile; console errors and requests to other hosts fail the test at its end."""
    with watched_page(browser, browser_watch) as page:
        yield page
