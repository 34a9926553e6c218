"""A complete app on a store with the examples of LibreChat's ledger."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from librechat_analytics.settings import load_settings
from tests.support.documents import example_collections, write_dump
from tests.support.imports import fill_store
from tests.support.servers import API_KEY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask.testing import FlaskClient

    from tests.support.engines import Engine


@pytest.fixture(scope="session")
def app(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The app with API and dashboard, without MongoDB."""
    folder = tmp_path_factory.mktemp("web")
    write_dump(folder / "dump", **example_collections())
    fill_store(folder, now=datetime.now(UTC))
    settings = load_settings(env_file=None, dashboard_api_key=API_KEY, data_dir=folder / "data")
    with engine.serving(settings) as program:
        yield program.app


@pytest.fixture
def stranger(app: Flask) -> FlaskClient:
    """A client without a key."""
    return app.test_client()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client with the key."""
    client = app.test_client()
    client.environ_base["HTTP_X_API_KEY"] = API_KEY
    return client
