"""The whole app, to hold the documentation against."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from librechat_analytics.app import close_app, create_app
from librechat_analytics.settings import Settings, load_settings
from tests.support.documents import example_collections, write_dump
from tests.support.imports import fill_store
from tests.support.servers import API_KEY, ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.testing import FlaskClient


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """The whole app on an import of the examples, with the price list that comes along."""
    folder = tmp_path_factory.mktemp("docs")
    write_dump(folder / "dump", **example_collections())
    fill_store(folder, now=datetime(2026, 11, 24, tzinfo=UTC))
    with pytest.MonkeyPatch.context() as patch:
        for name in Settings.model_fields:
            patch.delenv(name.upper(), raising=False)
        patch.chdir(folder)  # where no .env lies
        settings = load_settings(
            data_dir=folder / "data", dashboard_api_key=API_KEY, prices_file=ROOT / "prices" / "2026-11.csv"
        )
    app = create_app(settings)
    yield app.test_client()
    close_app(app)
